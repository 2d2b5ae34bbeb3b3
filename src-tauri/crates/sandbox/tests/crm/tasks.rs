//! Tasks beyond what the probe asks: which of two modules a record is, status in lists, queries, sync.

use crate::client::{Client, EVENT, TASK, id_of};
use sandbox::Options;
use serde_json::json;

async fn client() -> Client {
    Client::start(Options::default()).await
}

fn as_event(id: &str) -> String {
    id.replace("9x", "18x")
}

#[tokio::test]
async fn a_task_without_its_type_becomes_an_event_that_answers_as_a_task_once() {
    let client = client().await;
    let fields: Vec<_> = TASK
        .into_iter()
        .filter(|(name, _)| *name != "activitytype")
        .collect();
    let made = client.create("Calendar", &fields).await;
    let id = id_of(&made);
    assert!(id.starts_with("9x"));
    assert_eq!(made.result()["taskstatus"], "", "an event has none");
    assert_eq!(client.retrieve(&id).await.code(), "INVALID_ID_ATTRIBUTE");
    assert_eq!(
        client.retrieve(&as_event(&id)).await.result()["subject"],
        "Angebot"
    );
    let events = client.query("select id from Events;").await.result();
    assert_eq!(events, json!([{ "id": as_event(&id) }]));
    assert_eq!(
        client.query("select id from Calendar;").await.result(),
        json!([])
    );
    let crm = &client.running.crm;
    let by_hand = crm.create("anna", "Calendar", &fields).expect("made");
    assert_eq!(
        by_hand["activitytype"], "Task",
        "the page for tasks sees to it"
    );
}

#[tokio::test]
async fn an_event_that_is_made_a_task_is_one() {
    let client = client().await;
    let id = id_of(&client.event(&[]).await);
    let answer = client
        .write("revise", &[("id", &id), ("activitytype", "Task")])
        .await;
    assert_eq!(id_of(&answer), id);
    assert_eq!(client.retrieve(&id).await.code(), "INVALID_ID_ATTRIBUTE");
    let task = client.retrieve(&id.replace("18x", "9x")).await.result();
    assert_eq!(task["subject"], "Besprechung");
}

#[tokio::test]
async fn a_task_ends_with_its_last_day_and_keeps_its_status_apart_from_that_of_events() {
    let client = client().await;
    let made = client
        .task(&[("due_date", "2026-12-03"), ("reminder_time", "600")])
        .await
        .result();
    // As create_Calendar_task.json of the recorded samples: from eight of the clock to the end of the third day.
    assert_eq!(
        (&made["duration_hours"], &made["duration_minutes"]),
        (&json!("63"), &json!("0"))
    );
    assert_eq!(
        (&made["eventstatus"], &made["reminder_time"]),
        (&json!(""), &json!("10"))
    );
    let row = client.query("select * from Calendar;").await.result();
    assert_eq!(
        (&row[0]["eventstatus"], &row[0]["taskstatus"]),
        (&json!("Not Started"), &json!("Not Started"))
    );
    let id = made["id"].as_str().expect("an id");
    client
        .write("revise", &[("id", id), ("taskstatus", "Überfällig")])
        .await;
    let found = client
        .query("select id,reminder_time from Calendar where taskstatus='uberfallig';")
        .await
        .result();
    assert_eq!(found, json!([{ "id": id, "reminder_time": null }]));
}

#[tokio::test]
async fn tasks_are_found_by_status_and_due_date_and_synced_apart_from_events() {
    let start: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    let client = Client::start(Options {
        clock: Some(start),
        ..Options::default()
    })
    .await;
    let crm = &client.running.crm;
    let make = |status: &str, due: &str| {
        let fields = [
            TASK.as_slice(),
            &[("taskstatus", status), ("due_date", due)],
        ]
        .concat();
        let made = crm.create("anna", "Calendar", &fields).expect("made");
        made["id"].as_str().expect("an id").to_owned()
    };
    let done = make("Completed", "2026-12-03");
    let later = make("Planned", "2027-01-10");
    crm.create("anna", "Events", &EVENT).expect("made");
    let ask = async |rest: &str| {
        client
            .query(&format!("select id from Calendar where {rest};"))
            .await
            .result()
    };
    assert_eq!(
        ask("taskstatus in ('Completed','Deferred')").await,
        json!([{ "id": done }])
    );
    assert_eq!(ask("due_date>'2026-12-31'").await, json!([{ "id": later }]));
    assert_eq!(ask("due_date=''").await, json!(null));
    crm.delete("anna", &done).expect("deleted");
    let told = client
        .sync_of("Calendar", start.as_second() - 1)
        .await
        .result();
    assert_eq!(told["updated"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&told["updated"][0]["id"], &told["deleted"]),
        (&json!(later), &json!([done]))
    );
}

#[tokio::test]
async fn events_alone_have_invited_users() {
    let client = client().await;
    let crm = &client.running.crm;
    let event = id_of(&client.event(&[]).await);
    let task = id_of(&client.task(&[]).await);
    assert!(crm.invite("anna", &event, &["ben"]).is_ok());
    assert!(crm.invite("anna", &task, &["ben"]).is_err());
    assert!(
        crm.invite("ben", &event, &["ben"]).is_err(),
        "it is none of his"
    );
}
