//! What a newcomer does, in the real program: from the first start to a synced mailbox, a decided conflict, and out again.

use std::fs;
use std::path::Path;

use crate::keyring::Keyring;
use crate::office::{Office, made_in_the_crm};
use crate::session::{ASK_AGAIN, NEVER, Session};
use crate::window::Window;

/// Signs in on both sides as the forms ask for it.
async fn signs_in(window: &Window, office: &Office) {
    let user = office.user();
    window
        .fill("Address of the CRM", &office.sandbox.crm_url)
        .await;
    window.fill("User", &user.name).await;
    window.fill("Access key", &user.access_key).await;
    window.click("Connect to the CRM").await;
    window.says("Sign in to your mailbox.").await;
    window.fill("E-mail address", &user.email).await;
    window.fill("Password", &user.password).await;
    window
        .fill("Server address (optional)", &office.sandbox.exchange_url)
        .await;
    window.click("Connect to Exchange").await;
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
    window.click("Start sync").await;
    office.item_arrives("Åkesson").await;
    window.click("To the overview").await;
    window.says("Mailbox and CRM agree.").await;
    no_secret_is_in(&session.profile(), &office);

    office
        .sandbox
        .crm
        .edit(&office.user().name, &record, &[("phone", "117")])
        .expect("the record is there");
    office.edits_item("Åkesson", &[("PhoneNumbers/BusinessPhone", "118")]);
    window.click("Sync now").await;
    window.tab("Conflicts").await;
    window.says("Åkesson").await;
    window.click("Keep Exchange").await;
    let decided = async {
        while office.sandbox.crm.record(&record).expect("it is there")["phone"] != "118" {
            tokio::time::sleep(ASK_AGAIN).await;
        }
    };
    tokio::time::timeout(NEVER, decided)
        .await
        .expect("the CRM takes the mailbox's phone");
    window.says("Nothing to decide").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_4_a_wrong_password_is_told_beside_its_field_and_corrected() {
    let session = Session::start();
    let _keyring = Keyring::unlocked(&session);
    let office = Office::unconnected(0).await;
    let user = office.user();
    let window = Window::open(&session, &["--lang", "en"]).await;
    window
        .fill("Address of the CRM", &office.sandbox.crm_url)
        .await;
    window.fill("User", &user.name).await;
    window.fill("Access key", "not the key").await;
    window.click("Connect to the CRM").await;
    window.says("does not accept user name or access key").await;
    window.fill("Access key", &user.access_key).await;
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
    window.click("Start sync").await;
    office.item_arrives("Åkesson").await;
    window.click("To the overview").await;
    window.says("Mailbox and CRM agree.").await;
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
async fn r10_4_without_a_credential_store_the_form_says_what_to_do() {
    let session = Session::start();
    let office = Office::unconnected(0).await;
    let user = office.user();
    let window = Window::open(&session, &["--lang", "en"]).await;
    window
        .fill("Address of the CRM", &office.sandbox.crm_url)
        .await;
    window.fill("User", &user.name).await;
    window.fill("Access key", &user.access_key).await;
    window.click("Connect to the CRM").await;
    window.says("credential store").await;
}

/// S11: what was typed as a secret is in no file of the profile.
fn no_secret_is_in(folder: &Path, office: &Office) {
    let secrets = [&office.user().access_key, &office.user().password];
    for entry in fs::read_dir(folder).expect("the profile is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            no_secret_is_in(&path, office);
            continue;
        }
        let held = fs::read(&path).expect("it can be read");
        for secret in secrets {
            let found = held
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "S11: a secret is in {}", path.display());
        }
    }
}
