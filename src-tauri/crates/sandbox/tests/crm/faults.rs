//! Faults on order, as a client sees them, and whether the write behind them took effect.

use crate::client::{Answer, Client};
use sandbox::Options;

async fn with_faults(specs: &[&str]) -> Client {
    let client = Client::start(Options::default()).await;
    for spec in specs {
        client
            .running
            .ground
            .faults
            .add(spec.parse().expect("a good fault"));
    }
    client
}

fn contacts(client: &Client) -> usize {
    client.running.crm.records("Contacts").len()
}

#[tokio::test]
async fn a_cut_before_leaves_nothing_behind_and_a_cut_after_leaves_the_record() {
    let client = with_faults(&["crm:cut-before:create:1"]).await;
    assert_eq!(
        client.create("Contacts", &[("lastname", "x")]).await,
        Answer::Cut
    );
    assert_eq!(contacts(&client), 0);
    client
        .running
        .ground
        .faults
        .add("crm:cut-after:create:1".parse().expect("a good fault"));
    assert_eq!(
        client.create("Contacts", &[("lastname", "x")]).await,
        Answer::Cut
    );
    assert_eq!(contacts(&client), 1);
    assert_eq!(
        client
            .create("Contacts", &[("lastname", "x")])
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn an_empty_500_before_or_after_looks_the_same_but_is_not() {
    let client = with_faults(&["crm:empty-500:create:1"]).await;
    assert_eq!(
        (
            client
                .create("Contacts", &[("lastname", "x")])
                .await
                .status(),
            contacts(&client)
        ),
        (500, 0)
    );
    client.running.ground.faults.add(
        "crm:empty-500-after:create:1"
            .parse()
            .expect("a good fault"),
    );
    let answer = client.create("Contacts", &[("lastname", "x")]).await;
    assert_eq!(
        (answer.status(), answer.body(), contacts(&client)),
        (500, b"".as_slice(), 1)
    );
}

#[tokio::test]
async fn a_refused_write_does_not_use_up_a_fault_for_writes_that_took_effect() {
    let client = with_faults(&["crm:cut-after:create:1"]).await;
    assert_eq!(
        client
            .create("Contacts", &[("firstname", "no last name")])
            .await
            .code(),
        "MANDATORY_FIELDS_MISSING"
    );
    assert_eq!(
        client.create("Contacts", &[("lastname", "x")]).await,
        Answer::Cut
    );
}

#[tokio::test]
async fn an_expired_session_is_really_gone() {
    let mut client = with_faults(&["crm:expired-session:create:1"]).await;
    assert_eq!(
        client.create("Contacts", &[("lastname", "x")]).await.code(),
        "INVALID_SESSIONID"
    );
    assert_eq!(
        client.create("Contacts", &[("lastname", "x")]).await.code(),
        "INVALID_SESSIONID"
    );
    assert_eq!(contacts(&client), 0);
    client.session = client.sign_in("anna").await;
    assert_eq!(
        client
            .create("Contacts", &[("lastname", "x")])
            .await
            .result()["lastname"],
        "x"
    );
}

#[tokio::test]
async fn a_refused_field_refuses_requests_with_that_field_only() {
    let client = with_faults(&["crm:refused-field:::mobile"]).await;
    let id = client
        .create("Contacts", &[("lastname", "x")])
        .await
        .result()["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let refused = client
        .write("revise", &[("id", &id), ("mobile", "1")])
        .await;
    assert_eq!(refused.code(), "MANDATORY_FIELDS_MISSING");
    assert_eq!(
        refused.json()["error"]["message"],
        "mobile does not have a value"
    );
    assert_eq!(
        client
            .write("revise", &[("id", &id), ("phone", "1")])
            .await
            .result()["phone"],
        "1"
    );
}

#[tokio::test]
async fn busy_and_503_say_when_to_come_back() {
    let client = with_faults(&[
        "crm:busy:query:1:1500",
        "crm:503:query:1:7",
        "crm:503:query:1",
    ])
    .await;
    let query = || client.query("select id from Contacts;");
    let busy = query().await;
    assert_eq!(
        (busy.status(), busy.header("Retry-After")),
        (429, Some("2"))
    );
    let down = query().await;
    assert_eq!(
        (down.status(), down.header("Retry-After")),
        (503, Some("7"))
    );
    let down = query().await;
    assert_eq!((down.status(), down.header("Retry-After")), (503, None));
    assert_eq!(query().await.status(), 200);
}

#[tokio::test]
async fn a_page_of_html_comes_instead_of_json() {
    let client = with_faults(&["crm:html:query:1"]).await;
    let answer = client.query("select id from Contacts;").await;
    assert_eq!(answer.status(), 200);
    assert!(answer.body().starts_with(b"<!DOCTYPE html>"));
    assert!(
        answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
    );
}

#[tokio::test]
async fn sync_can_be_absent_while_everything_else_works() {
    let client = with_faults(&["crm:no-sync"]).await;
    assert_eq!(client.sync(1_700_000_000).await.status(), 500);
    assert_eq!(client.sync(1_700_000_000).await.status(), 500);
    assert_eq!(client.query("select id from Contacts;").await.status(), 200);
}

#[tokio::test]
async fn a_slow_answer_comes_in_the_end() {
    let client = with_faults(&["crm:slow:query:1:1"]).await;
    assert_eq!(client.query("select id from Contacts;").await.status(), 200);
    assert!(client.running.ground.faults.list().is_empty());
}

#[tokio::test]
async fn faults_are_ordered_and_cancelled_through_the_control_door() {
    let client = with_faults(&[]).await;
    let listed = client
        .control("POST", "faults", "crm:html:query:1\ncrm:busy\n")
        .await;
    assert_eq!(
        listed.json(),
        serde_json::json!(["crm:html:query:1:", "crm:busy:::"])
    );
    let bad = client
        .control("POST", "faults", "crm:html\ncrm:tired")
        .await;
    assert_eq!(bad.status(), 400);
    assert_eq!(
        client
            .control("GET", "faults", "")
            .await
            .json()
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    client.control("DELETE", "faults", "").await;
    assert_eq!(client.query("select id from Contacts;").await.status(), 200);
}

#[tokio::test]
async fn an_answer_that_ends_in_its_middle_leaves_the_record() {
    let client = with_faults(&["crm:cut-body:create:1"]).await;
    let half = client.create("Contacts", &[("lastname", "x")]).await;
    assert_eq!(half.status(), 200);
    let whole = serde_json::from_slice::<serde_json::Value>(half.body());
    assert!(whole.is_err(), "{whole:?}");
    assert_eq!(contacts(&client), 1);
}

#[tokio::test]
async fn changes_come_twice_and_in_another_order_when_ordered() {
    let client = with_faults(&[]).await;
    for name in ["x", "y"] {
        client.create("Contacts", &[("lastname", name)]).await;
    }
    let names = async || {
        let changes = client.sync(1).await.result();
        let updated = changes["updated"].as_array().expect("a list").clone();
        let name = |record: &serde_json::Value| record["lastname"].as_str().map(str::to_owned);
        updated.iter().filter_map(name).collect::<Vec<_>>()
    };
    let plain = names().await;
    assert!(plain.len() >= 2, "{plain:?}");
    let faults = &client.running.ground.faults;
    faults.add("crm:twice:sync:1".parse().expect("a good fault"));
    assert_eq!(names().await, [plain.clone(), plain.clone()].concat());
    faults.add("crm:reversed:sync:1".parse().expect("a good fault"));
    let reversed: Vec<String> = plain.into_iter().rev().collect();
    assert_eq!(names().await, reversed);
}
