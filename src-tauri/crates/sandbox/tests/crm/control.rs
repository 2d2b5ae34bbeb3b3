//! The control door: acting as a user of the CRM, looking at everything, counting requests.

use crate::client::Client;
use sandbox::Options;
use sandbox::crm::Rights;
use serde_json::json;

#[tokio::test]
async fn a_user_of_the_crm_creates_edits_gives_away_and_deletes_without_a_request_of_the_client() {
    let client = Client::start(Options::default()).await;
    client.running.crm.reset_journal();
    let made = client
        .control(
            "POST",
            "records/Contacts?user=ben",
            r#"{"lastname": "Kiel", "assigned_user_id": "anna"}"#,
        )
        .await
        .json();
    let id = made["id"].as_str().expect("it was made").to_owned();
    assert_eq!(
        (
            made["assigned_user_id"].as_str(),
            made["modifiedby"].as_str()
        ),
        (Some("19x5"), Some("19x6"))
    );
    assert_eq!(made["source"], "CRM");
    let edited = client
        .control("PATCH", &format!("records/{id}"), r#"{"phone": "1"}"#)
        .await
        .json();
    assert_eq!(
        (edited["phone"].as_str(), edited["modifiedby"].as_str()),
        (Some("1"), Some("19x5"))
    );
    let given = client
        .control(
            "PATCH",
            &format!("records/{id}"),
            r#"{"assigned_user_id": "Team Selling"}"#,
        )
        .await
        .json();
    assert_eq!(given["assigned_user_id"], "20x2");
    assert_eq!(
        client
            .control("DELETE", &format!("records/{id}?user=ben"), "")
            .await
            .status(),
        200
    );
    assert_eq!(
        client
            .control("GET", &format!("records/{id}"), "")
            .await
            .status(),
        404
    );
    let all = client.control("GET", "records/Contacts", "").await.json();
    assert_eq!(all, json!({ "records": [], "deleted": [id.clone()] }));
    client
        .control("POST", &format!("records/{id}/restore"), "")
        .await;
    assert_eq!(client.retrieve(&id).await.result()["lastname"], "Kiel");
    assert_eq!(client.running.crm.journal().all_requests(), 1);
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reason() {
    let client = Client::start(Options::default()).await;
    let refused = client
        .control("POST", "records/Contacts?user=rita", r#"{"lastname": "x"}"#)
        .await;
    assert_eq!(
        (refused.status(), refused.json()["error"].clone()),
        (409, json!("ACCESS_DENIED: Permission to write is denied"))
    );
    assert_eq!(
        client
            .control("POST", "records/Contacts", "nonsense")
            .await
            .status(),
        400
    );
    assert_eq!(client.control("GET", "nothing", "").await.status(), 404);
}

#[tokio::test]
async fn requests_are_counted_by_operation_and_writes_are_kept() {
    let client = Client::start(Options::default()).await;
    client.control("DELETE", "requests", "").await;
    let id = client
        .create("Contacts", &[("lastname", "x")])
        .await
        .result()["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    client.create("Contacts", &[]).await;
    client.write("revise", &[("id", &id), ("phone", "1")]).await;
    client.delete(&id).await;
    client.query("select id from Contacts;").await;
    client.query("select id from Contacts;").await;
    let journal = client.control("GET", "requests", "").await.json();
    assert_eq!(
        journal["counts"]["create"],
        json!({ "requests": 2, "writes": 1 })
    );
    assert_eq!(
        journal["counts"]["query"],
        json!({ "requests": 2, "writes": 0 })
    );
    assert_eq!(journal["writes"].as_array().map(Vec::len), Some(4));
    assert_eq!(journal["writes"][1]["outcome"], "MANDATORY_FIELDS_MISSING");
    assert_eq!(
        journal["writes"][2],
        json!({ "operation": "revise", "user": "anna", "id": id, "element": { "id": id, "phone": "1" }, "outcome": "ok" })
    );
    assert_eq!(journal["writes"][3]["id"], json!(id));
    assert_eq!(client.running.crm.journal().all_writes(), 3);
}

#[tokio::test]
async fn the_clock_is_set_and_moved_and_records_go_by_it() {
    let client = Client::start(Options {
        crm_clock_offset: 90,
        ..Options::default()
    })
    .await;
    let clock = client
        .control("POST", "clock", r#"{"set": "2026-11-22T10:00:00Z"}"#)
        .await
        .json();
    assert_eq!(
        (clock["exchange"].as_str(), clock["crm"].as_str()),
        (Some("2026-11-22T10:00:00Z"), Some("2026-11-22T10:01:30Z"))
    );
    client
        .control("POST", "clock", r#"{"advance": 3600}"#)
        .await;
    let made = client
        .create("Contacts", &[("lastname", "x")])
        .await
        .result();
    assert_eq!(
        (made["createdtime"].as_str(), made["modifiedtime"].as_str()),
        (Some("2026-11-22 11:01:30"), Some("2026-11-22 11:01:30"))
    );
}

#[tokio::test]
async fn a_module_can_be_closed_to_a_user_while_it_runs() {
    let client = Client::start(Options::default()).await;
    let id = client
        .create("Contacts", &[("lastname", "x")])
        .await
        .result()["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let closed = client
        .control(
            "POST",
            "rights",
            r#"{"user": "anna", "module": "Contacts", "rights": "closed"}"#,
        )
        .await;
    assert_eq!(closed.status(), 200);
    assert_eq!(client.retrieve(&id).await.code(), "ACCESS_DENIED");
    assert_eq!(
        client.query("select id from Contacts;").await.code(),
        "ACCESS_DENIED"
    );
    assert!(
        client
            .running
            .crm
            .set_rights("anna", "Contacts", Rights::ReadOnly)
    );
    assert_eq!(client.retrieve(&id).await.result()["lastname"], "x");
    assert_eq!(
        client
            .write("revise", &[("id", &id), ("phone", "1")])
            .await
            .code(),
        "ACCESS_DENIED"
    );
    assert_eq!(
        client
            .control(
                "POST",
                "rights",
                r#"{"user": "nobody", "status": "inactive"}"#
            )
            .await
            .status(),
        400
    );
}

#[tokio::test]
async fn sessions_expire_on_request() {
    let client = Client::start(Options::default()).await;
    client.control("POST", "sessions/expire", "").await;
    assert_eq!(
        client.query("select id from Contacts;").await.code(),
        "INVALID_SESSIONID"
    );
}
