//! Acting as the user on appointments and tasks, in process and through the control door, and keeping it over a restart.

use crate::client::Scene;
use sandbox::Options;
use sandbox::exchange::{ActError, Exchange};
use sandbox::options::Mode;
use sandbox::state::Kept;
use serde_json::{Value, json};
use std::sync::Arc;

const WEEKLY: [(&str, &str); 8] = [
    ("Subject", "Jour fixe"),
    ("Start", "2027-03-22T09:00:00"),
    ("End", "2027-03-22T10:00:00"),
    ("StartTimeZone", "W. Europe Standard Time"),
    ("Recurrence/WeeklyRecurrence/Interval", "1"),
    ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Monday"),
    ("Recurrence/EndDateRecurrence/StartDate", "2027-03-22"),
    ("Recurrence/EndDateRecurrence/EndDate", "2027-04-12"),
];

async fn scene() -> Scene {
    Scene::new(Options::default()).await
}

fn starts(scene: &Scene) -> Vec<String> {
    let time = |text: &str| text.parse().expect("a time");
    let seen = scene.running.exchange.calendar(
        &scene.user,
        "calendar",
        time("2027-01-01T00:00:00Z"),
        time("2028-01-01T00:00:00Z"),
    );
    seen.iter()
        .map(|item| item.fields["Start"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_makes_a_series_and_changes_and_deletes_single_occurrences() {
    let scene = scene().await;
    let (exchange, user) = (&scene.running.exchange, scene.user.as_str());
    let id = exchange
        .create(user, "calendar", &WEEKLY)
        .expect("it can be made");
    assert_eq!(
        starts(&scene),
        [
            "2027-03-22T08:00:00Z",
            "2027-03-29T07:00:00Z",
            "2027-04-05T07:00:00Z",
            "2027-04-12T07:00:00Z"
        ]
    );
    let later = [
        ("Start", "2027-03-30T14:00:00"),
        ("End", "2027-03-30T15:00:00"),
    ];
    let exception = exchange
        .edit_occurrence(user, &id, "2027-03-29", &later)
        .expect("it can be changed");
    exchange
        .delete_occurrence(user, &id, "2027-04-05")
        .expect("it can be deleted");
    assert_eq!(
        starts(&scene),
        [
            "2027-03-22T08:00:00Z",
            "2027-03-30T12:00:00Z",
            "2027-04-12T07:00:00Z"
        ]
    );
    let seen = exchange.item(user, &id).expect("it is there");
    assert_eq!(seen.deleted_days, ["2027-04-05"]);
    assert_eq!(
        (seen.exceptions[0].day.as_str(), &seen.exceptions[0].id),
        ("2027-03-29", &exception)
    );
    exchange
        .edit(user, &exception, &[("Location", "Kiel")])
        .expect("by its id too");
    let seen = exchange.item(user, &exception).expect("it is there");
    assert_eq!(seen.fields["Location"], "Kiel");
    exchange
        .edit(user, &id, &[("Subject", "anders")])
        .expect("the whole series");
    assert_eq!(
        exchange.item(user, &exception).expect("it is there").fields["Subject"],
        "anders"
    );
    for none in ["2027-03-23", "2027-04-05", "2027-04-19"] {
        let refused = exchange.delete_occurrence(user, &id, none);
        assert_eq!(refused, Err(ActError::Occurrence(none.to_owned())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_becomes_another_one_or_a_single_appointment() {
    let scene = scene().await;
    let (exchange, user) = (&scene.running.exchange, scene.user.as_str());
    let id = exchange
        .create(user, "calendar", &WEEKLY)
        .expect("it can be made");
    exchange
        .delete_occurrence(user, &id, "2027-04-05")
        .expect("it can be deleted");
    let monthly = [
        ("Recurrence/AbsoluteMonthlyRecurrence/Interval", "1"),
        ("Recurrence/AbsoluteMonthlyRecurrence/DayOfMonth", "31"),
        ("Recurrence/NumberedRecurrence/StartDate", "2027-03-22"),
        ("Recurrence/NumberedRecurrence/NumberOfOccurrences", "2"),
    ];
    exchange
        .edit(user, &id, &monthly)
        .expect("it can be changed");
    assert_eq!(
        starts(&scene),
        ["2027-03-31T07:00:00Z", "2027-04-30T07:00:00Z"]
    );
    assert!(
        exchange
            .item(user, &id)
            .expect("it is there")
            .deleted_days
            .is_empty()
    );
    exchange
        .edit(user, &id, &[("Recurrence", "")])
        .expect("it can be cleared");
    assert_eq!(starts(&scene), ["2027-03-31T07:00:00Z"]);
    let nonsense = [("Recurrence/WeeklyRecurrence/Interval", "often")];
    assert!(matches!(
        exchange.edit(user, &id, &nonsense),
        Err(ActError::Refused(_))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_does_the_same_through_the_control_door() {
    let scene = scene().await;
    let act = |act: Value| {
        let mut wish = act;
        wish["user"] = json!(scene.user);
        scene.control("POST", "exchange/act", &wish.to_string())["id"].clone()
    };
    let fields: serde_json::Map<String, Value> = WEEKLY
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let id = act(json!({"act": "create", "folder": "calendar", "fields": fields}));
    act(
        json!({"act": "edit_occurrence", "item": id, "day": "2027-03-29", "fields": {"Location": "Kiel"}}),
    );
    act(json!({"act": "delete_occurrence", "item": id, "day": "2027-04-05"}));
    let whole_day = act(json!({"act": "create", "folder": "calendar", "fields": {
        "Subject": "Messe", "Start": "2027-05-03T00:00:00", "End": "2027-05-04T00:00:00", "IsAllDayEvent": "true",
        "StartTimeZone": "W. Europe Standard Time"}}));
    act(
        json!({"act": "invited", "folder": "calendar", "organizer": "Karl <karl@kunde.example>", "response": "accept",
        "fields": {"Subject": "Besuch", "Start": "2027-05-05T08:00:00Z"}}),
    );
    let task = act(
        json!({"act": "create", "folder": "tasks", "fields": {"Subject": "Angebot", "DueDate": "2027-02-05T00:00:00Z"}}),
    );
    act(json!({"act": "complete_task", "item": task}));
    let path = format!(
        "exchange/calendar?user={}&folder=calendar&from=2027-03-01T00:00:00Z&to=2027-06-01T00:00:00Z",
        scene.user
    );
    let seen = scene.control("GET", &path, "");
    let seen: Vec<(&str, &str)> = seen
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| {
            (
                item["fields"]["Subject"].as_str().expect("a subject"),
                item["fields"]["Start"].as_str().expect("a start"),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("Jour fixe", "2027-03-22T08:00:00Z"),
            ("Jour fixe", "2027-03-29T07:00:00Z"),
            ("Jour fixe", "2027-04-12T07:00:00Z"),
            ("Messe", "2027-05-02T22:00:00Z"),
            ("Besuch", "2027-05-05T08:00:00Z"),
        ]
    );
    act(json!({"act": "delete", "item": whole_day}));
    let tasks = scene.control(
        "GET",
        &format!("exchange/items?user={}&folder=tasks", scene.user),
        "",
    );
    assert_eq!(tasks[0]["fields"]["Status"], "Completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_series_has_its_exceptions_again_and_its_occurrences_keep_their_ids() {
    let scene = scene().await;
    let (exchange, user) = (&scene.running.exchange, scene.user.as_str());
    let id = exchange
        .create(user, "calendar", &WEEKLY)
        .expect("it can be made");
    let fields = [
        ("Location", "Kiel"),
        (
            "{6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1}/CrmRecord:String",
            "c/1/2",
        ),
    ];
    let exception = exchange
        .edit_occurrence(user, &id, "2027-03-29", &fields)
        .expect("it can be changed");
    exchange
        .delete_occurrence(user, &id, "2027-04-05")
        .expect("it can be deleted");
    let saved = exchange.snapshot();
    let again = Exchange::new(
        Arc::clone(&scene.running.ground),
        Mode::Exchange,
        Some(saved),
    )
    .expect("it can be read");
    assert_eq!(again.item(user, &id), exchange.item(user, &id));
    assert_eq!(
        again.item(user, &exception),
        exchange.item(user, &exception)
    );
    assert!(again.item(user, &exception).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_and_a_copied_series_keep_their_exceptions() {
    let scene = scene().await;
    let (exchange, user) = (&scene.running.exchange, scene.user.as_str());
    let act = sandbox::exchange::Act::CreateFolder {
        path: "calendar/CRM-Sync".to_owned(),
        class: None,
    };
    exchange.act(user, &act).expect("the name is free");
    let id = exchange
        .create(user, "calendar", &WEEKLY)
        .expect("it can be made");
    exchange
        .edit_occurrence(user, &id, "2027-03-29", &[("Location", "Kiel")])
        .expect("it can be changed");
    let before = exchange.item(user, &id).expect("it is there").canonical;
    let copy = exchange
        .copy_to(user, &id, "calendar/CRM-Sync")
        .expect("it can be copied");
    let moved = exchange
        .move_to(user, &id, "calendar/CRM-Sync")
        .expect("it can be moved");
    for id in [copy, moved] {
        assert_eq!(
            exchange.item(user, &id).expect("it is there").canonical,
            before
        );
    }
}
