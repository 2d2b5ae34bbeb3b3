//! Signing in, sync, odd values and odd requests.

use crate::client::{Client, roles};
use sandbox::Options;
use sandbox::company::{Role, Sizes};
use sandbox::crm::Status;
use serde_json::{Value, json};

#[tokio::test]
async fn the_ready_line_names_both_halves_and_the_first_users_are_one_person() {
    let client = Client::start(Options::default()).await;
    let line = client.running.ready_line();
    assert_eq!(
        roles(&client.running.users),
        [Role::Full, Role::Colleague, Role::ReadOnly, Role::Inactive]
    );
    assert_eq!(line["crm"]["users"][0]["role"], "full");
    assert_eq!(line["crm"]["users"][0]["user"], "anna");
    assert_eq!(line["exchange"]["users"][0]["email"], "anna@firma.example");
    assert_eq!(line["crm"]["url"], client.running.crm_url.as_str());
    assert!(
        line["exchange"]["url"]
            .as_str()
            .is_some_and(|url| url.ends_with("/EWS/Exchange.asmx"))
    );
}

#[tokio::test]
async fn a_challenge_is_good_for_five_minutes() {
    let start = "2026-11-22T10:00:00Z".parse().expect("a time");
    let client = Client::start(Options {
        clock: Some(start),
        ..Options::default()
    })
    .await;
    let challenge = client
        .get(&[("operation", "getchallenge"), ("username", "ANNA")])
        .await
        .result();
    assert_eq!(
        challenge["expireTime"].as_i64(),
        challenge["serverTime"].as_i64().map(|time| time + 300)
    );
    client
        .running
        .ground
        .clock
        .advance(jiff::SignedDuration::from_secs(301));
    let login = client
        .post(&[
            ("operation", "login"),
            ("username", "anna"),
            ("accessKey", "x"),
        ])
        .await;
    assert_eq!(login.code(), "INVALID_AUTH_TOKEN");
}

#[tokio::test]
async fn an_open_session_of_a_user_set_inactive_goes_on_but_none_can_be_opened() {
    let client = Client::start(Options::default()).await;
    assert!(client.running.crm.set_status("anna", Status::Inactive));
    assert_eq!(
        client
            .create("Contacts", &[("lastname", "x")])
            .await
            .result()["lastname"],
        "x"
    );
    assert_eq!(client.sign_in("anna").await, "");
}

#[tokio::test]
async fn control_letters_come_back_raw_so_that_the_answer_is_no_json() {
    let client = Client::start(Options::default()).await;
    let answer = client
        .create("Contacts", &[("lastname", "a\u{1}b\u{b}c\td")])
        .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json(), Value::Null);
    let text = String::from_utf8_lossy(answer.body()).replace(['\u{1}', '\u{b}'], "");
    let read: Value = serde_json::from_str(&text).expect("JSON without the control letters");
    assert_eq!(read["result"]["lastname"], "abc\td");
}

#[tokio::test]
async fn an_address_longer_than_the_web_server_takes_is_refused() {
    let client = Client::start(Options::default()).await;
    let ids = vec!["'12x123456'"; 700].join(",");
    assert_eq!(
        client
            .query(&format!("select id from Contacts where id in ({ids});"))
            .await
            .status(),
        414
    );
    let ids = vec!["'12x123456'"; 100].join(",");
    assert_eq!(
        client
            .query(&format!("select id from Contacts where id in ({ids});"))
            .await
            .result(),
        json!([])
    );
}

#[tokio::test]
async fn sync_pages_hold_the_hundred_earliest_and_all_that_share_the_last_second() {
    let start = "2026-11-22T10:00:00Z".parse().expect("a time");
    let client = Client::start(Options {
        clock: Some(start),
        ..Options::default()
    })
    .await;
    let crm = &client.running.crm;
    let make = |count: usize| {
        (0..count).for_each(|number| {
            drop(crm.create("anna", "Contacts", &[("lastname", &number.to_string())]))
        })
    };
    make(60);
    client
        .running
        .ground
        .clock
        .advance(jiff::SignedDuration::from_secs(1));
    make(70);
    client
        .running
        .ground
        .clock
        .advance(jiff::SignedDuration::from_secs(1));
    make(5);
    let since = client
        .running
        .ground
        .clock
        .seconds(sandbox::faults::Side::Crm)
        - 3;
    let first = client.sync(since).await.result();
    assert_eq!(first["updated"].as_array().map(Vec::len), Some(130));
    assert_eq!(
        (first["more"].clone(), first["lastModifiedTime"].as_i64()),
        (json!(true), Some(since + 2))
    );
    let second = client.sync(since + 2).await.result();
    assert_eq!(second["updated"].as_array().map(Vec::len), Some(5));
    assert_eq!(second["more"], false);
}

#[tokio::test]
async fn what_php_falls_over_is_an_empty_500() {
    let client = Client::start(Options::default()).await;
    let session = client.session.as_str();
    for (time, module) in [
        ("0", "Contacts"),
        ("", "Contacts"),
        ("1700000000", ""),
        ("1700000000", "Emails"),
    ] {
        let answer = client
            .get(&[
                ("operation", "sync"),
                ("sessionName", session),
                ("modifiedTime", time),
                ("elementType", module),
            ])
            .await;
        assert_eq!(
            (answer.status(), answer.body()),
            (500, b"".as_slice()),
            "{time} {module}"
        );
    }
    assert_eq!(
        client
            .get(&[("operation", "files_frobnicate"), ("sessionName", session)])
            .await
            .status(),
        500
    );
}

#[tokio::test]
async fn the_made_up_company_is_there_as_the_database_keeps_it() {
    let client = Client::start(Options {
        sizes: Sizes::both(400),
        ..Options::default()
    })
    .await;
    let crm = &client.running.crm;
    let contacts = crm.records("Contacts");
    let mine = contacts
        .iter()
        .filter(|contact| contact["assigned_user_id"] == "19x5")
        .count();
    assert_eq!((mine, contacts.len()), (400, 420));
    assert!(!crm.records("Accounts").is_empty());
    assert!(contacts.iter().any(|contact| {
        contact["account_id"]
            .as_str()
            .is_some_and(|id| crm.record(id).is_some())
    }));
    for contact in &contacts {
        let text = |field: &str| contact[field].as_str().unwrap_or_default();
        assert!(text("lastname").chars().count() <= 80 && !text("lastname").is_empty());
        assert!(!contact.values().any(|value| {
            value
                .as_str()
                .is_some_and(|text| text.chars().any(|letter| letter.len_utf8() > 3))
        }));
    }
    let created: Vec<_> = contacts
        .iter()
        .take(400)
        .map(|contact| contact["createdtime"].as_str().unwrap_or_default())
        .collect();
    assert!(created.is_sorted(), "the lowest id was created first");
}
