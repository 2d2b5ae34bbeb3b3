//! What a newcomer does, in the real program: from the first start to a synced mailbox, a decided conflict, and out again.

use std::fs;
use std::path::Path;

use crate::keyring::Keyring;
use crate::office::{Office, made_in_the_crm};
use crate::session::Session;
use crate::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn r7_7_a_connection_whose_servers_are_gone_can_be_forgotten() {
    let session = Session::start();
    let _keyring = Keyring::unlocked(&session);
    let office = Office::unconnected(0).await;
    let window = Window::open(&session, &["--lang", "en"]).await;
    signs_in(&window, &office).await;
    first_sync(&window).await;
    drop(office);
    window.tab("Settings").await;
    window.click("Disconnect …").await;
    window.says("Try again").await;
    window.click("Forget the connection …").await;
    window.click("Yes, forget it").await;
    window.says("Disconnected.").await;
    window.click("Close").await;
    window.says("Connect the CRM").await;
}

/// Signs in on both sides as the forms ask for it.
async fn signs_in(window: &Window, office: &Office) {
    signs_in_to_the_crm(window, office, &office.user().access_key).await;
    signs_in_to_exchange(window, office).await;
}

async fn signs_in_to_the_crm(window: &Window, office: &Office, key: &str) {
    window
        .fill("Address of the CRM", &office.sandbox.crm_url)
        .await;
    window.fill("User", &office.user().name).await;
    window.fill("Access key", key).await;
    window.click("Connect to the CRM").await;
}

async fn signs_in_to_exchange(window: &Window, office: &Office) {
    let user = office.user();
    window.says("Sign in to your mailbox.").await;
    window.fill("E-mail address", &user.email).await;
    window.fill("Password", &user.password).await;
    window
        .fill("Server address (optional)", &office.sandbox.exchange_url)
        .await;
    window.click("Connect to Exchange").await;
}

/// Starts what the preview showed, and sees it through.
async fn first_sync(window: &Window) {
    window.click("Start sync").await;
    window.says("Done. Both sides are synced.").await;
    window.click("To the overview").await;
    window.says("Mailbox and CRM agree.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_3_from_the_first_start_to_a_synced_mailbox_and_a_decided_conflict() {
    let session = Session::start();
    session.manage("conflict_strategy = \"none\"\n");
    let _keyring = Keyring::unlocked(&session);
    let office = Office::unconnected(0).await;
    let record = made_in_the_crm(&office, &[("lastname", "Åkesson"), ("phone", "110")]);
    let window = Window::open(&session, &["--lang", "en"]).await;
    signs_in(&window, &office).await;
    // The preview says what would be done, and nothing is done before the user says so (R6.10).
    window.says("This is what the first sync would do.").await;
    window.says("1 new in the mailbox").await;
    window.says("Nothing is deleted.").await;
    assert!(office.items().is_empty());
    first_sync(&window).await;
    office.item_arrives("Åkesson").await;

    office.both_sides_change_the_phone(&record, "Åkesson");
    window.click("Sync now").await;
    window.tab("Conflicts").await;
    window.says("Åkesson").await;
    window.click("Keep Exchange").await;
    office.record_holds(&record, "phone", "118").await;
    window.says("Nothing to decide").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_nothing_typed_as_a_secret_is_in_a_file_of_the_profile() {
    let session = Session::start();
    let _keyring = Keyring::unlocked(&session);
    let office = Office::unconnected(2).await;
    let everything = [("EXCO_LOG", "trace".to_owned())];
    let window = Window::open_with(&session, &["--lang", "en"], &everything).await;
    signs_in(&window, &office).await;
    first_sync(&window).await;
    no_secret_is_in(&session.profile(), &office);
    let logs = fs::read_dir(session.profile().join("logs")).expect("it is there");
    let written = logs
        .flatten()
        .map(|log| log.metadata().map_or(0, |log| log.len()));
    assert!(written.sum::<u64>() > 10_000, "every request is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_4_a_wrong_password_is_told_beside_its_field_and_corrected() {
    let session = Session::start();
    let _keyring = Keyring::unlocked(&session);
    let office = Office::unconnected(0).await;
    let window = Window::open(&session, &["--lang", "en"]).await;
    signs_in_to_the_crm(&window, &office, "not the key").await;
    window.says("does not accept user name or access key").await;
    window.fill("Access key", &office.user().access_key).await;
    window.click("Connect to the CRM").await;
    window.says("Sign in to your mailbox.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_7_disconnecting_says_what_goes_and_leaves_the_users_own() {
    let session = Session::start();
    let _keyring = Keyring::unlocked(&session);
    let office = Office::unconnected(0).await;
    let record = made_in_the_crm(&office, &[("lastname", "Åkesson")]);
    let window = Window::open(&session, &["--lang", "en"]).await;
    signs_in(&window, &office).await;
    first_sync(&window).await;
    office.item_arrives("Åkesson").await;
    window.tab("Settings").await;
    window.click("Disconnect …").await;
    window.says("is removed").await;
    window.click("Disconnect …").await;
    window.click("Yes, disconnect and remove").await;
    window.says("Disconnected.").await;
    assert!(office.items().is_empty());
    assert!(office.sandbox.crm.record(&record).is_some(), "S7");
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_4_without_a_credential_store_it_works_until_the_program_ends() {
    let session = Session::start();
    works_without_keeping(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_4_with_a_locked_credential_store_it_works_until_the_program_ends() {
    let session = Session::start();
    let _keyring = Keyring::locked(&session);
    works_without_keeping(&session).await;
}

/// The store cannot be used: the form says so and offers to go on without it. The next start asks again.
async fn works_without_keeping(session: &Session) {
    let office = Office::unconnected(0).await;
    made_in_the_crm(&office, &[("lastname", "Åkesson")]);
    let window = Window::open(session, &["--lang", "en"]).await;
    signs_in_to_the_crm(&window, &office, &office.user().access_key).await;
    window.says("credential store cannot be used").await;
    window.click("Sign in without saving").await;
    signs_in_to_exchange(&window, &office).await;
    window.says("credential store cannot be used").await;
    window.click("Sign in without saving").await;
    first_sync(&window).await;
    office.item_arrives("Åkesson").await;
    no_secret_is_in(&session.profile(), &office);
    window.close(session).await;
    let window = Window::open(session, &["--lang", "en"]).await;
    window
        .says("A new sign-in is needed; all links are kept.")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_4_a_locked_credential_store_is_told_and_used_once_its_owner_opens_it() {
    let session = Session::start();
    let keyring = Keyring::unlocked(&session);
    let office = Office::unconnected(0).await;
    made_in_the_crm(&office, &[("lastname", "Åkesson")]);
    let window = Window::open(&session, &["--lang", "en"]).await;
    signs_in(&window, &office).await;
    first_sync(&window).await;
    office.item_arrives("Åkesson").await;
    window.close(&session).await;
    keyring.lock(&session);
    let window = Window::open(&session, &["--lang", "en"]).await;
    // The store asks its owner, who does not answer.
    keyring.asks(&session).await.closes();
    window.says("credential store cannot be used").await;
    made_in_the_crm(&office, &[("lastname", "Łoś")]);
    window.click("Sync now").await;
    keyring.asks(&session).await.answers();
    office.item_arrives("Łoś").await;
    window.says("Mailbox and CRM agree.").await;
}

/// S11: what was typed as a secret is in no file of the profile.
fn no_secret_is_in(folder: &Path, office: &Office) {
    for entry in fs::read_dir(folder).expect("the profile is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            no_secret_is_in(&path, office);
            continue;
        }
        let held = fs::read(&path).expect("it can be read");
        for secret in [&office.user().access_key, &office.user().password] {
            let found = held
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "S11: a secret is in {}", path.display());
        }
    }
}
