//! The app at work: signed in at both servers of the sandbox.

use std::fs;

use crate::office::{Office, made_in_the_crm};
use crate::session::Session;
use crate::tray::{Entry, Panel};
use crate::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_a_first_sync_is_seen_to_its_end() {
    let session = Session::start();
    let office = Office::connected(&session, 16).await;
    office.pause(&session).await;
    let window = Window::open_with(&session, &["--lang", "en"], &office.secrets()).await;
    window.says("Nothing is synced until you resume.").await;
    // The run stands still at its first question, so that it can be watched.
    office.order("crm:slow:query:1:4000");
    window.click("Resume").await;
    window.says("Reading the").await;
    window.says("Syncing …").await;
    window.says("Mailbox and CRM agree.").await;
    // Sixteen people on each side, six of them the same: 26 in all, on both sides.
    window.says("linked 26").await;
    window.says("6 newly linked").await;
    window.says(&office.user().email).await;
    window.click("Activity").await;
    window.says("Created in the mailbox").await;
    window.says("Created in the CRM").await;
    window.says("Linked with the CRM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_an_edit_is_found_in_the_activity_with_both_values() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let record = made_in_the_crm(
        &office,
        &[
            ("firstname", "Zoë"),
            ("lastname", "Åkesson"),
            ("phone", "110"),
        ],
    );
    let window = Window::open_with(&session, &["--lang", "de"], &office.secrets()).await;
    window.says("verknüpft 1").await;
    office
        .sandbox
        .crm
        .edit(&office.user().name, &record, &[("phone", "117")])
        .expect("the record is there");
    window.click("Jetzt abgleichen").await;
    window.click("Aktivität").await;
    window.says("Im Postfach geändert: Telefon").await;
    window.search("117").await;
    window.says("1 Eintrag gefunden").await;
    window.open_first_entry().await;
    let table = window.text("table").await;
    assert!(table.contains("110") && table.contains("117"), "{table}");
    window.search("kommt nicht vor").await;
    window.says("Nichts gefunden zu „kommt nicht vor“.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_1_tray_and_window_show_the_same_pause() {
    let session = Session::start();
    let office = Office::connected(&session, 2).await;
    let mut panel = Panel::start(&session).await;
    let window = Window::open_with(&session, &["--lang", "en"], &office.secrets()).await;
    let icon = panel.icon().await;
    icon.line_is("In sync").await;
    icon.choose("Until I resume").await;
    window.says("Nothing is synced until you resume.").await;
    icon.line_is("Paused").await;
    // The slot for pausing offers to go on, and to pause again after that.
    icon.choose("Resume").await;
    icon.line_is("In sync").await;
    icon.choose("For 1 hour").await;
    icon.entries_when(|entries| {
        matches!(entries.first(), Some(Entry::Choice { label, .. })
            if label.starts_with("Paused · until "))
    })
    .await;
    window.click("Resume").await;
    icon.line_is("In sync").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_3_another_language_holds_at_once_in_window_and_tray() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let mut panel = Panel::start(&session).await;
    let window = Window::open_with(&session, &[], &office.secrets()).await;
    let icon = panel.icon().await;
    icon.line_is("In sync").await;
    window.tab("Settings").await;
    window.choose("Language", "Deutsch").await;
    window.says("Allgemein").await;
    icon.line_is("Alles synchron").await;
    let help = Entry::Menu {
        label: "Hilfe".to_owned(),
        enabled: true,
        entries: vec![
            Entry::Choice {
                label: "Protokollordner öffnen".to_owned(),
                enabled: true,
            },
            Entry::Choice {
                label: "Über Exchange Connector".to_owned(),
                enabled: true,
            },
        ],
    };
    icon.entries_when(|entries| entries.contains(&help)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_the_tabs_stay_where_they_are_while_the_words_above_change() {
    let session = Session::start();
    let office = Office::connected(&session, 2).await;
    office.pause(&session).await;
    let window = Window::open_with(&session, &["--lang", "de"], &office.secrets()).await;
    // One line of words, then two.
    window
        .says("Bis Sie fortsetzen, wird nichts abgeglichen.")
        .await;
    let paused = window.place_of("[role=tablist]").await;
    window.click("Fortsetzen").await;
    window.says("stimmen überein. Nächste Prüfung").await;
    assert_eq!(window.place_of("[role=tablist]").await, paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_1_sync_now_in_the_tray_takes_a_change_over() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let mut panel = Panel::start(&session).await;
    let _app = office.app_in_background(&session);
    let icon = panel.icon().await;
    icon.line_is("In sync").await;
    made_in_the_crm(&office, &[("lastname", "Åkesson")]);
    let sync_now = Entry::Choice {
        label: "Sync now".to_owned(),
        enabled: true,
    };
    icon.entries_when(|entries| entries.contains(&sync_now))
        .await;
    icon.choose("Sync now").await;
    office.item_arrives("Åkesson").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_5_what_the_crm_refuses_is_listed_and_syncs_once_corrected() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let record = made_in_the_crm(&office, &[("lastname", "Åkesson"), ("phone", "110")]);
    let mut panel = Panel::start(&session).await;
    let window = Window::open_with(&session, &["--lang", "en"], &office.secrets()).await;
    let icon = panel.icon().await;
    office.item_arrives("Åkesson").await;
    icon.line_is("In sync").await;
    office.order("crm:refused-field:::phone");
    office.edits_item("Åkesson", &[("PhoneNumbers/BusinessPhone", "117")]);
    window.click("Sync now").await;
    icon.line_is("Needs attention · 1 entry could not be taken over")
        .await;
    window.says("1 entry waits for your decision").await;
    window.tab("Conflicts").await;
    window.says("The field “Phone”").await;
    office.sandbox.ground.faults.clear();
    office.edits_item("Åkesson", &[("PhoneNumbers/BusinessPhone", "118")]);
    window.click("Sync now").await;
    icon.line_is("In sync").await;
    let record = office
        .sandbox
        .crm
        .record(&record)
        .expect("the record is there");
    assert_eq!(record["phone"], "118");
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_5_the_settings_say_that_the_crm_has_no_field_for_the_message_id() {
    let session = Session::start();
    let office = Office::of(sandbox::Options {
        crm_key_field: sandbox::crm::Presence::Absent,
        ..sandbox::Options::default()
    })
    .await;
    office.sign_in(&session).await;
    let window = Window::open_with(&session, &["--lang", "en"], &office.secrets()).await;
    window.says("Mailbox and CRM agree.").await;
    // The settings show what is known when they are opened; the look for it follows the first run.
    window.tab("Settings").await;
    window
        .says_once_opened_again("Message-ID", ["Overview", "Settings"])
        .await;
}

/// A brake that tripped: so many records are gone that somebody has to say what was meant.
async fn with_a_brake(session: &Session) -> (Office, Window) {
    let office = Office::connected(session, 0).await;
    let records: Vec<String> = (0..12)
        .map(|number| made_in_the_crm(&office, &[("lastname", &format!("Åkesson {number}"))]))
        .collect();
    let window = Window::open_with(session, &["--lang", "en"], &office.secrets()).await;
    window.says("Mailbox and CRM agree.").await;
    assert_eq!(office.items().len(), 12);
    for record in &records {
        let user = &office.user().name;
        let deleted = office.sandbox.crm.delete(user, record);
        deleted.expect("the record is there");
    }
    window.click("Sync now").await;
    window.tab("Conflicts").await;
    window
        .says("All entries are missing at once in the CRM: 12 of 12.")
        .await;
    window.says("What would happen: 12 entries").await;
    assert_eq!(office.items().len(), 12, "S3: nothing happened yet");
    (office, window)
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_8_what_a_brake_stopped_is_carried_out_once_it_is_confirmed() {
    let session = Session::start();
    let (office, window) = with_a_brake(&session).await;
    window.click("This was intended …").await;
    window.click("Yes, carry out").await;
    window.says("Nothing to decide").await;
    office.has_items(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_8_what_a_brake_stopped_is_put_back() {
    let session = Session::start();
    let (office, window) = with_a_brake(&session).await;
    window.click("Put back").await;
    window.says("Nothing to decide").await;
    office.has_records(12).await;
    assert_eq!(office.items().len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_a_server_that_is_down_is_named_in_tray_and_window() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let secrets = office.secrets();
    drop(office);
    let mut panel = Panel::start(&session).await;
    let window = Window::open_with(&session, &["--lang", "en"], &secrets).await;
    let icon = panel.icon().await;
    icon.entries_when(|entries| {
        matches!(entries.first(), Some(Entry::Choice { label, .. })
            if label.starts_with("Offline · The server 127.0.0.1"))
    })
    .await;
    window.says("does not answer").await;
    window
        .says("The sync tries again by itself, nothing is lost.")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_a_profile_that_cannot_be_used_is_told_in_tray_and_window() {
    let session = Session::start();
    fs::write(session.profile(), "a file where a folder should be").expect("the place is free");
    let mut panel = Panel::start(&session).await;
    let window = Window::open(&session, &["--lang", "de"]).await;
    assert_eq!(
        window.text("h1").await,
        "Der Abgleich ließ sich nicht starten."
    );
    window.says("Prüfen Sie freien Speicherplatz").await;
    let icon = panel.icon().await;
    icon.entries_when(|entries| {
        matches!(entries.first(), Some(Entry::Choice { label, .. })
            if label.starts_with("Die eigenen Dateien des Programms"))
    })
    .await;
}
