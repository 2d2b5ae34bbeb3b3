//! The state file: a sandbox that stops and goes on.

use crate::client::Client;
use sandbox::Options;
use sandbox::company::Sizes;
use sandbox::crm::Rights;

#[tokio::test]
async fn a_stopped_sandbox_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = || Options {
        state: Some(folder.path().join("state.json")),
        sizes: Sizes::both(40),
        ..Options::default()
    };
    let client = Client::start(options()).await;
    let crm = &client.running.crm;
    let id = client
        .create("Contacts", &[("lastname", "Kiel \\ 'x' \u{1}")])
        .await;
    assert_eq!(id.status(), 200);
    let gone = crm.records("Contacts")[3]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    crm.delete("anna", &gone).expect("it is there");
    crm.set_rights("anna", "Leads", Rights::Closed);
    let (contacts, accounts, deleted) = (
        crm.records("Contacts"),
        crm.records("Accounts"),
        crm.deleted("Contacts"),
    );
    client.running.stop().await.expect("it stops");

    let again = Client::start(options()).await;
    let crm = &again.running.crm;
    assert_eq!(
        (
            crm.records("Contacts"),
            crm.records("Accounts"),
            crm.deleted("Contacts")
        ),
        (contacts, accounts, deleted)
    );
    assert_eq!(
        again.query("select id from Leads;").await.code(),
        "ACCESS_DENIED"
    );
    let next = again
        .create("Contacts", &[("lastname", "next")])
        .await
        .result();
    let highest = crm
        .records("Contacts")
        .iter()
        .filter_map(|contact| contact["contact_no"].as_str().map(str::len))
        .max();
    assert_eq!(next["contact_no"].as_str().map(str::len), highest);
    assert_eq!(
        again
            .query("select groupname from Groups;")
            .await
            .result()
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn a_state_file_of_somebody_else_stops_the_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("state.json");
    std::fs::write(&path, "{}").expect("it can be written");
    let started = sandbox::start(Options {
        state: Some(path),
        ..Options::default()
    })
    .await;
    assert!(started.is_err_and(|error| error.to_string().contains("format 0")));
}
