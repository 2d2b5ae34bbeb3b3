//! The tray and the life of the process.

use tauri::image::Image;

use crate::office::{Office, made_in_the_crm};
use crate::process::Running;
use crate::session::Session;
use crate::tray::{Entry, Panel};

fn choice(label: &str) -> Entry {
    Entry::Choice {
        label: label.to_owned(),
        enabled: true,
    }
}

fn grey(label: &str) -> Entry {
    Entry::Choice {
        label: label.to_owned(),
        enabled: false,
    }
}

fn menu(label: &str, enabled: bool, entries: &[&str]) -> Entry {
    Entry::Menu {
        label: label.to_owned(),
        enabled,
        entries: entries.iter().map(|label| choice(label)).collect(),
    }
}

#[tokio::test]
async fn r10_1_a_new_profile_shows_its_menu_in_german() {
    let session = Session::start();
    let mut panel = Panel::start(&session).await;
    let _app = Running::start(&mut session.app(&["--background", "--lang", "de"]));
    let icon = panel.icon().await;
    icon.line_is("Nicht verbunden").await;
    let menu = [
        grey("Nicht verbunden"),
        Entry::Separator,
        grey("Jetzt abgleichen"),
        menu(
            "Anhalten",
            false,
            &["Für 1 Stunde", "Bis morgen", "Bis ich fortsetze"],
        ),
        Entry::Separator,
        grey("Konflikte"),
        choice("Öffnen"),
        choice("Einstellungen"),
        menu(
            "Hilfe",
            true,
            &["Protokollordner öffnen", "Über Exchange Connector"],
        ),
        Entry::Separator,
        choice("Beenden"),
    ];
    assert_eq!(icon.entries_when(|entries| entries == menu).await, menu);
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_1_where_the_desktop_has_no_tray_the_window_is_shown_instead() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    // Connected, so that nothing but the missing tray asks for a window.
    let _app = Running::start(session.app(&["--lang", "en"]).envs(office.secrets()));
    session.windows(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_after_the_window_the_program_begins_afresh_and_syncs_on() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let mut panel = Panel::start(&session).await;
    let mut app = Running::start(
        session
            .app(&["--open", "--lang", "en", "--calm", "1"])
            .envs(office.secrets()),
    );
    panel.icon().await;
    let windows = session.windows(1).await;
    session.close(&windows[0]);
    // The new one in the place of the old registers its own icon.
    let icon = panel.icon().await;
    icon.line_is("In sync").await;
    assert!(app.is_running(), "it is the same process");
    app.has_no_children().await;
    session.windows(0).await;
    made_in_the_crm(&office, &[("lastname", "Åkesson")]);
    icon.choose("Sync now").await;
    office.item_arrives("Åkesson").await;
    icon.choose("Open").await;
    session.windows(1).await;
}

#[tokio::test]
async fn r10_3_the_language_of_the_system_is_used() {
    let session = Session::start();
    let mut panel = Panel::start(&session).await;
    let _app = Running::start(session.app(&["--background"]).env("LANG", "de_AT.UTF-8"));
    panel.icon().await.line_is("Nicht verbunden").await;
}

#[tokio::test]
async fn r10_1_the_picture_follows_the_state() {
    let session = Session::start();
    let mut panel = Panel::start(&session).await;
    let _app = Running::start(&mut session.app(&["--background", "--lang", "en"]));
    let icon = panel.icon().await;
    icon.line_is("Not connected").await;
    let shown = Image::from_path(icon.picture().await).expect("the picture was written");
    let wanted = Image::from_path("icons/tray/signed-out.png").expect("the picture is kept");
    assert!(shown.rgba() == wanted.rgba());
}

#[tokio::test]
async fn quit_in_the_menu_ends_the_program() {
    let session = Session::start();
    let mut panel = Panel::start(&session).await;
    let app = Running::start(&mut session.app(&["--background", "--lang", "en"]));
    panel.icon().await.choose("Quit").await;
    assert!(app.ended().await.success());
}

#[tokio::test]
async fn the_window_comes_when_opened_and_the_program_outlives_it() {
    let session = Session::start();
    let mut panel = Panel::start(&session).await;
    let mut app = Running::start(&mut session.app(&["--background", "--lang", "en"]));
    let icon = panel.icon().await;
    icon.line_is("Not connected").await;
    session.windows(0).await;
    for _ in 0..2 {
        icon.choose("Open").await;
        let windows = session.windows(1).await;
        session.close(&windows[0]);
        session.windows(0).await;
        assert_eq!(icon.entries().await[0], grey("Not connected"));
        assert!(app.is_running());
    }
}

#[tokio::test]
async fn two_clicks_open_one_window() {
    let session = Session::start();
    let mut panel = Panel::start(&session).await;
    let _app = Running::start(&mut session.app(&["--background", "--lang", "en"]));
    let icon = panel.icon().await;
    icon.line_is("Not connected").await;
    icon.choose("Open").await;
    icon.choose("Open").await;
    let windows = session.windows(1).await;
    // A second one would come right behind the first.
    icon.entries().await;
    assert_eq!(session.windows(1).await, windows);
}

#[tokio::test]
async fn r9_3_a_second_start_shows_the_window_of_the_first() {
    let session = Session::start();
    let mut panel = Panel::start(&session).await;
    let mut first = Running::start(&mut session.app(&["--background"]));
    panel.icon().await.line_is("Not connected").await;
    let second = Running::start(&mut session.app(&[]));
    assert!(second.ended().await.success());
    session.windows(1).await;
    assert!(first.is_running());
}

#[tokio::test]
async fn a_start_by_hand_shows_the_window_while_nothing_is_connected() {
    let session = Session::start();
    let _app = Running::start(&mut session.app(&[]));
    session.windows(1).await;
}
