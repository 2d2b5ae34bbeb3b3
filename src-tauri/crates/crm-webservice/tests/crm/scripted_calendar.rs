//! Events and tasks as the sandbox cannot play them: other zones, servers that only know whole records, fields that appear.

use std::collections::BTreeMap;

use model::{Change, Code, Component, Field, Fields, Record, RecordId};
use ports::{Crm, ErrorKind};
use serde_json::{Value, json};

use crate::script::{Asked, Reply, Script, plain_crm};
use crate::stage::{NO_MORE, read_all_of};

const APPOINTMENTS: Component = Component::Appointments;
const TASKS: Component = Component::Tasks;

fn talk(date: &str, start: &str, end: &str) -> Value {
    json!({"id": "18x1", "assigned_user_id": "19x5", "activitytype": "Meeting", "subject": "Talk",
           "date_start": date, "time_start": start, "due_date": date, "time_end": end,
           "reminder_time": "15", "recurringtype": "Weekly", "modifiedtime": "2026-11-22 10:00:00"})
}

fn describe(name: &str, prefix: &str, fields: &[&str]) -> Reply {
    let fields: Vec<Value> = fields
        .iter()
        .map(|name| json!({"name": name, "label": name.to_uppercase(), "editable": true, "type": {"name": "string"}}))
        .collect();
    Reply::success(json!({
        "name": name, "idPrefix": prefix, "fields": fields, "createable": true, "updateable": true,
        "deleteable": true, "retrieveable": true,
    }))
}

const EVENT_FIELDS: &[&str] = &[
    "subject",
    "activitytype",
    "eventstatus",
    "date_start",
    "time_start",
    "due_date",
    "time_end",
    "duration_hours",
    "reminder_time",
    "recurringtype",
    "location",
];

/// A CRM with this event, as 8.4 answers; what is written is answered with the same event.
fn one_event(asked: &Asked, row: &Value) -> Reply {
    match asked.operation.as_str() {
        "describe" => describe("Events", "18", EVENT_FIELDS),
        "retrieve" | "create" | "revise" | "update" => Reply::success(row.clone()),
        _ => plain_crm(asked, &[], &json!([row])),
    }
}

fn change(now: &Fields, field: Field, after: &str) -> Change {
    Change {
        field,
        before: now.get(field).to_owned(),
        after: after.to_owned(),
    }
}

async fn read(crm: &crm_webservice::WebserviceCrm, component: Component, id: &str) -> Record {
    let mut answers = crm
        .read(component, &[RecordId::new(id)])
        .await
        .expect("answers");
    answers.remove(0).expect("it is there")
}

fn last_element(script: &Script, operation: &str) -> Value {
    let asked = script.asked.lock().expect("no panic");
    let last = asked
        .iter()
        .rev()
        .find(|asked| asked.operation == operation);
    serde_json::from_str(last.expect("sent").get("element")).expect("JSON")
}

#[tokio::test]
async fn r3_2_a_server_in_berlin_is_read_and_written_in_its_own_time() {
    let row = talk("2026-07-01", "10:00", "11:30:00");
    let script = Script::new(move |asked| one_event(asked, &row)).await;
    let crm = script.crm_with(|options| options.time_zone = "Europe/Berlin".to_owned());
    let now = read(&crm, APPOINTMENTS, "18x1").await.fields;
    assert_eq!(now.get(Field::Start), "2026-07-01T08:00:00Z");
    assert_eq!(now.get(Field::End), "2026-07-01T09:30:00Z");
    let later = [change(&now, Field::End, "2026-12-01T09:30:00Z")];
    crm.update(APPOINTMENTS, &RecordId::new("18x1"), &later, &now)
        .await
        .expect("updated");
    let sent = last_element(&script, "revise");
    assert_eq!(
        (&sent["date_start"], &sent["time_start"]),
        (&json!("2026-07-01"), &json!("10:00:00"))
    );
    assert_eq!(
        (&sent["due_date"], &sent["time_end"]),
        (&json!("2026-12-01"), &json!("10:30:00"))
    );
    assert_eq!(
        sent.get("duration_minutes"),
        None,
        "describe does not have it"
    );
    assert_eq!(sent["reminder_time"], "900");
    assert_eq!(sent.get("recurringtype"), None);
}

#[tokio::test]
async fn r3_2_a_server_found_to_have_the_users_clock_has_it_all_year() {
    let mut row = talk("2026-07-01", "10:00:00", "11:30:00");
    row["modifiedtime"] = json!("2026-11-22 10:30:00");
    let script = Script::new(move |asked| match asked.operation.as_str() {
        // In November an hour ahead of UTC.
        "sync" => Reply::success(json!({
            "updated": [row], "deleted": [], "more": false, "lastModifiedTime": 1795339800,
        })),
        "login" => Reply::success(
            json!({"sessionName": "s", "userId": "19x5", "time_zone": "Europe/Berlin"}),
        ),
        _ => one_event(asked, &row),
    })
    .await;
    let (brought, _) = read_all_of(APPOINTMENTS, &script.crm(), None).await;
    assert_eq!(
        brought.seen[0].fields.get(Field::Start),
        "2026-07-01T08:00:00Z"
    );
}

#[tokio::test]
async fn r3_2_a_clock_that_goes_wrong_moves_no_appointment() {
    let row = talk("2026-07-01", "10:00:00", "11:30:00");
    let script = Script::new(move |asked| match asked.operation.as_str() {
        "getchallenge" => Reply::success(json!({"token": "t", "serverTime": "1795345200"})),
        _ => one_event(asked, &row),
    })
    .await;
    let crm = script.crm();
    let offset = crm
        .sign_in()
        .await
        .expect("signed in")
        .clock_offset
        .expect("told");
    assert_eq!(offset.as_secs(), 3600);
    let record = read(&crm, APPOINTMENTS, "18x1").await;
    assert_eq!(record.fields.get(Field::Start), "2026-07-01T10:00:00Z");
}

#[tokio::test]
async fn r3_2_an_old_time_of_modification_is_not_taken_for_a_zone() {
    let mut row = talk("2026-07-01", "10:00:00", "11:30:00");
    row["modifiedtime"] = json!("2026-11-22 08:00:00");
    let script = Script::new(move |asked| match asked.operation.as_str() {
        // The latest change was a deletion, two hours after that of the event.
        "sync" => Reply::success(json!({
            "updated": [row], "deleted": ["18x9"], "more": false, "lastModifiedTime": 1795341600,
        })),
        _ => one_event(asked, &row),
    })
    .await;
    let crm = script.crm();
    let (brought, _) = read_all_of(APPOINTMENTS, &crm, None).await;
    assert_eq!(
        brought.seen[0].fields.get(Field::Start),
        "2026-07-01T10:00:00Z"
    );
    let now = &brought.seen[0].fields;
    let same = crm
        .update(APPOINTMENTS, &RecordId::new("18x1"), &[], now)
        .await;
    assert_eq!(same.expect("as it was").fields, *now);
    let again = read(&crm, APPOINTMENTS, "18x1").await;
    assert_eq!(again.fields, *now);
}

/// A server without `sync` that keeps Berlin's time and answers writes with what it was sent; our clock and its stand at 10:00 UTC.
fn late_confession(asked: &Asked, stored: &mut Value) -> Reply {
    let sent =
        serde_json::from_str::<BTreeMap<String, Value>>(asked.get("element")).unwrap_or_default();
    for (name, value) in sent.into_iter().filter(|(name, _)| name != "reminder_time") {
        stored[name] = value;
    }
    if matches!(asked.operation.as_str(), "create" | "revise") {
        stored["modifiedtime"] = json!("2026-11-22 11:00:00");
    }
    match asked.operation.as_str() {
        "login" => Reply::success(
            json!({"sessionName": "s", "userId": "19x5", "time_zone": "Europe/Berlin"}),
        ),
        _ => one_event(asked, stored),
    }
}

#[tokio::test]
async fn r3_2_a_zone_that_shows_at_the_first_write_corrects_what_was_written_and_read() {
    let mut stored = talk("2026-07-01", "10:00:00", "11:30:00");
    let script = Script::new(move |asked| late_confession(asked, &mut stored)).await;
    let crm = script.crm();
    let (brought, token) = read_all_of(APPOINTMENTS, &crm, None).await;
    let now = &brought.seen[0].fields;
    assert_eq!(
        now.get(Field::Start),
        "2026-07-01T10:00:00Z",
        "nothing better is known"
    );
    let fields = now.clone().with(Field::Subject, "Neu");
    let made = crm
        .create(APPOINTMENTS, &fields, NO_MORE)
        .await
        .expect("created");
    assert_eq!(made.fields, fields);
    let sent = last_element(&script, "revise");
    assert_eq!(
        (&sent["time_start"], &sent["time_end"]),
        (&json!("12:00:00"), &json!("13:30:00"))
    );
    let failure = crm
        .changes(APPOINTMENTS, Some(&token))
        .await
        .expect_err("read wrongly");
    assert_eq!(failure.kind, ErrorKind::Stale);
    let (_, token) = read_all_of(APPOINTMENTS, &crm, None).await;
    read_all_of(APPOINTMENTS, &crm, Some(&token)).await;
}

#[tokio::test]
async fn r3_2_a_zone_that_shows_at_a_renaming_moves_nothing() {
    let mut stored = talk("2026-07-01", "10:00:00", "11:30:00");
    let script = Script::new(move |asked| late_confession(asked, &mut stored)).await;
    let crm = script.crm();
    let now = read(&crm, APPOINTMENTS, "18x1").await.fields;
    let changes = [change(&now, Field::Subject, "Anders")];
    let updated = crm
        .update(APPOINTMENTS, &RecordId::new("18x1"), &changes, &now)
        .await
        .expect("updated");
    assert_eq!(last_element(&script, "revise")["time_start"], "10:00:00");
    assert_eq!(script.count("revise"), 1);
    assert_eq!(updated.fields.get(Field::Start), "2026-07-01T08:00:00Z");
}

/// A server that only writes whole records.
fn without_revise(asked: &Asked, row: &Value, other: impl Fn(&Asked, &Value) -> Reply) -> Reply {
    match asked.operation.as_str() {
        "revise" => Reply::refusal("UNKNOWN_OPERATION", "Unknown operation requested"),
        _ => other(asked, row),
    }
}

#[tokio::test]
async fn r3_2_a_whole_event_is_written_with_its_reminder_in_seconds() {
    let row = talk("2026-07-01", "10:00", "11:30:00");
    let script = Script::new(move |asked| without_revise(asked, &row, one_event)).await;
    let crm = script.crm();
    let id = RecordId::new("18x1");
    let now = read(&crm, APPOINTMENTS, "18x1").await.fields;
    for (field, after, reminder) in [
        (Field::Subject, "Anders", Some("900")),
        (Field::Reminder, "60", Some("3600")),
        (Field::Reminder, "", None),
    ] {
        crm.update(APPOINTMENTS, &id, &[change(&now, field, after)], &now)
            .await
            .expect("updated");
        let sent = last_element(&script, "update");
        assert_eq!(
            sent.get("reminder_time").and_then(Value::as_str),
            reminder,
            "{field} {after}"
        );
        assert_eq!(sent["recurringtype"], "Weekly", "what is there goes along");
        assert_eq!(sent["time_start"], "10:00:00");
        assert_eq!(sent["time_end"], "11:30:00");
    }
    assert_eq!(script.count("revise"), 1);
}

#[tokio::test]
async fn r2_6_a_whole_task_is_written_with_its_reminder_in_seconds() {
    let row = json!({"id": "9x1", "assigned_user_id": "19x5", "subject": "Angebot", "taskstatus": "überfällig",
                     "activitytype": "Task", "date_start": "2026-12-01", "time_start": "13:00:00",
                     "due_date": "2026-12-03", "reminder_time": "30"});
    let fields = [
        "subject",
        "activitytype",
        "taskstatus",
        "date_start",
        "time_start",
        "due_date",
        "reminder_time",
    ];
    let script = Script::new(move |asked| {
        without_revise(asked, &row, |asked, row| match asked.operation.as_str() {
            "describe" => describe("Calendar", "9", &fields),
            _ => one_event(asked, row),
        })
    })
    .await;
    let crm = script.crm();
    let now = read(&crm, TASKS, "9x1").await.fields;
    let changes = [change(&now, Field::Subject, "Anders")];
    crm.update(TASKS, &RecordId::new("9x1"), &changes, &now)
        .await
        .expect("updated");
    let expected = json!({
        "id": "9x1", "assigned_user_id": "19x5", "subject": "Anders", "taskstatus": "überfällig",
        "activitytype": "Task", "date_start": "2026-12-01", "time_start": "13:00:00", "due_date": "2026-12-03",
        "reminder_time": "1800",
    });
    assert_eq!(last_element(&script, "update"), expected);
}

#[tokio::test]
async fn r3_2_a_reminder_is_cleared_by_a_save_that_does_not_name_it() {
    let row = talk("2026-07-01", "10:00:00", "11:30:00");
    let script = Script::new(move |asked| one_event(asked, &row)).await;
    let crm = script.crm();
    let now = read(&crm, APPOINTMENTS, "18x1").await.fields;
    let changes = [change(&now, Field::Reminder, "")];
    crm.update(APPOINTMENTS, &RecordId::new("18x1"), &changes, &now)
        .await
        .expect("updated");
    let sent = last_element(&script, "revise");
    assert_eq!(sent.get("reminder_time"), None);
    assert_eq!(sent["time_start"], "10:00:00");
}

#[tokio::test]
async fn r3_2_an_event_without_understandable_times_can_still_be_renamed() {
    let row = talk("0000-00-00", "10:00:00", "11:30:00");
    let script = Script::new(move |asked| one_event(asked, &row)).await;
    let crm = script.crm();
    let now = read(&crm, APPOINTMENTS, "18x1").await.fields;
    assert_eq!(now.get(Field::Start), "");
    let changes = [change(&now, Field::Subject, "Anders")];
    crm.update(APPOINTMENTS, &RecordId::new("18x1"), &changes, &now)
        .await
        .expect("updated");
    let expected = json!({"id": "18x1", "subject": "Anders", "reminder_time": "900"});
    assert_eq!(last_element(&script, "revise"), expected);
}

#[tokio::test]
async fn r6_5_a_field_demanded_since_yesterday_is_named_with_its_label() {
    let row = talk("2026-07-01", "10:00:00", "11:30:00");
    let mut described = 0;
    let script = Script::new(move |asked| match asked.operation.as_str() {
        "describe" => {
            described += 1;
            let more: &[&str] = if described == 1 { &[] } else { &["cf_850"] };
            describe("Events", "18", &[EVENT_FIELDS, more].concat())
        }
        "create" if !asked.get("element").contains("cf_850") => {
            Reply::refusal("MANDATORY_FIELDS_MISSING", "cf_850 does not have a value")
        }
        _ => one_event(asked, &row),
    })
    .await;
    let crm = script.crm();
    let fields = Fields::new()
        .with(Field::Subject, "Talk")
        .with(Field::Start, "2026-07-01T10:00:00Z")
        .with(Field::End, "2026-07-01T11:30:00Z");
    let failure = crm
        .create(APPOINTMENTS, &fields, NO_MORE)
        .await
        .expect_err("demanded");
    assert_eq!(failure.kind, ErrorKind::Refused { field: None });
    assert_eq!(failure.problem.code, Code::FieldMandatory);
    assert_eq!(failure.problem.values["field"], "cf_850");
    assert_eq!(failure.problem.values["label"], "CF_850");
    let more = BTreeMap::from([("cf_850".to_owned(), "A-17".to_owned())]);
    crm.create(APPOINTMENTS, &fields, &more)
        .await
        .expect("filled in");
    assert_eq!(last_element(&script, "create")["cf_850"], "A-17");
}

#[tokio::test]
async fn s1_an_event_in_the_hour_that_is_there_twice_is_found_again() {
    // The server's text means 00:30 and 01:30 UTC; it was told the second and will always say the first.
    let mut row = talk("2026-10-25", "02:30:00", "04:00:00");
    row["createdtime"] = json!("2026-11-22 10:30:00");
    let script = Script::new(move |asked| one_event(asked, &row)).await;
    let crm = script.crm_with(|options| options.time_zone = "Europe/Berlin".to_owned());
    let sent = Fields::new()
        .with(Field::Subject, "Talk")
        .with(Field::Start, "2026-10-25T01:30:00Z")
        .with(Field::End, "2026-10-25T03:00:00Z")
        .with(Field::Reminder, "15");
    let found = crm
        .find_created(APPOINTMENTS, &sent, crate::stage::start_time())
        .await
        .expect("an answer");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].fields.get(Field::Start), "2026-10-25T00:30:00Z");
}
