//! Writing appointments: what goes along, what is left alone, what a refusal says.

use std::collections::BTreeMap;

use model::{Code, Component, Field, Owner};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;
use serde_json::json;

use crate::appointments::{APPOINTMENTS, changes, event, read, talk};
use crate::stage::{NO_MORE, Stage, all_kinds};

#[tokio::test]
async fn r3_2_a_change_takes_the_times_along_and_leaves_the_rest() {
    for stage in all_kinds(0).await {
        let contact = stage.contact(&[("lastname", "Groß")]);
        let id = event(
            &stage,
            Role::Full,
            &[
                ("contact_id", contact.as_str()),
                ("location", "Raum 1"),
                ("taskpriority", "High"),
            ],
        );
        let crm = stage.crm();
        let now = read(&crm, &id).await.fields;
        let before = stage.sandbox.crm.record(id.as_str()).expect("it is there");
        let wanted = changes(
            &now,
            &[
                (Field::Location, "Raum 2"),
                (Field::End, "2026-12-01T11:00:00Z"),
            ],
        );
        let updated = crm
            .update(APPOINTMENTS, &id, &wanted, &now)
            .await
            .expect("updated");
        let expected = now
            .with(Field::Location, "Raum 2")
            .with(Field::End, "2026-12-01T11:00:00Z");
        assert_eq!(updated.fields, expected);
        let mut after = stage.sandbox.crm.record(id.as_str()).expect("it is there");
        let mut expected = before;
        expected["location"] = json!("Raum 2");
        expected["time_end"] = json!("11:00:00");
        for moved in [
            "modifiedtime",
            "label",
            "source",
            "duration_hours",
            "duration_minutes",
        ] {
            expected.remove(moved);
            after.remove(moved);
        }
        assert_eq!(after, expected);
    }
}

#[tokio::test]
async fn r3_2_every_write_of_an_event_has_all_its_times() {
    let stage = Stage::with(0).await;
    let id = event(&stage, Role::Full, &[]);
    let crm = stage.crm();
    let now = read(&crm, &id).await.fields.with(Field::Reminder, "15");
    let wanted = changes(&now, &[(Field::Subject, "Anders")]);
    crm.update(APPOINTMENTS, &id, &wanted, &now)
        .await
        .expect("updated");
    let writes = stage.sandbox.crm.journal().writes;
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].operation, "revise");
    assert_eq!(
        writes[0].element,
        json!({
            "id": id.as_str(), "subject": "Anders", "date_start": "2026-12-01", "time_start": "09:00:00",
            "due_date": "2026-12-01", "time_end": "10:30:00", "duration_hours": "1", "duration_minutes": "30",
            "reminder_time": "900",
        })
    );
}

#[tokio::test]
async fn r3_2_nothing_is_sent_where_nothing_changes() {
    for stage in all_kinds(0).await {
        let id = event(&stage, Role::Full, &[]);
        let crm = stage.crm();
        let record = read(&crm, &id).await;
        let same = changes(
            &record.fields,
            &[
                (Field::Subject, "Besprechung"),
                (Field::Start, "2026-12-01T09:00:00Z"),
                (Field::Private, ""),
                (Field::Reminder, "0"),
                // What the CRM has no field for, or what only it may say.
                (Field::TimeZone, "UTC"),
                (Field::Answers, "ben@x.example: accepted"),
                (Field::Invited, "Ben <ben@x.example>"),
            ],
        );
        let answer = crm.update(APPOINTMENTS, &id, &same, &record.fields).await;
        assert_eq!(answer.expect("as it was"), record);
        assert!(stage.sandbox.crm.journal().writes.is_empty());
    }
}

#[tokio::test]
async fn s1_an_event_whose_answer_was_lost_is_found_by_subject_and_times() {
    for fault in ["crm:cut-after:create:1", "crm:empty-500-after:create:1"] {
        for stage in all_kinds(0).await {
            let began = stage.clock_time();
            let crm = stage.crm();
            stage.fault(fault);
            let failure = crm
                .create(APPOINTMENTS, &talk("Jour fixe"), NO_MORE)
                .await
                .expect_err("lost");
            assert_eq!(failure.kind, ErrorKind::OutcomeUnknown);
            let other_day = [
                ("subject", "Jour fixe"),
                ("date_start", "2026-12-08"),
                ("due_date", "2026-12-08"),
            ];
            let next_week = event(&stage, Role::Full, &other_day);
            stage.advance(30);
            let found = stage
                .crm()
                .find_created(APPOINTMENTS, &talk("Jour fixe"), began)
                .await;
            let found = found.expect("an answer");
            assert_eq!(found.len(), 1, "{fault}: not {next_week}");
            assert_eq!(found[0].fields, talk("Jour fixe"));
        }
    }
}

#[tokio::test]
async fn s1_an_event_that_was_moved_before_its_answer_was_looked_for_is_found_by_its_subject() {
    for stage in all_kinds(0).await {
        let began = stage.clock_time();
        let crm = stage.crm();
        let made = crm.create(APPOINTMENTS, &talk("Jour fixe"), NO_MORE).await;
        let made = made.expect("created").id;
        event(&stage, Role::Full, &[("subject", "Jour fixe")]);
        stage.advance(30);
        let look = async || {
            let (crm, sent) = (stage.crm(), talk("Jour fixe"));
            let found = crm.find_rescheduled(APPOINTMENTS, &sent, began);
            let found = found.await.expect("an answer").into_iter();
            found.map(|record| record.id).collect::<Vec<_>>()
        };
        assert_eq!(look().await, [], "nobody changed one of them");
        stage.edit(
            &made,
            &[("date_start", "2026-12-09"), ("due_date", "2026-12-09")],
        );
        assert_eq!(look().await, [made]);
    }
}

#[tokio::test]
async fn r6_5_a_missing_field_is_named_as_ours_or_with_the_crms_label() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    let no_start = talk("X").with(Field::Start, "");
    let failure = crm
        .create(APPOINTMENTS, &no_start, NO_MORE)
        .await
        .expect_err("no start");
    assert_eq!(
        failure.kind,
        ErrorKind::Refused {
            field: Some(Field::Start)
        }
    );
    assert_eq!(failure.problem.code, Code::FieldMandatory);
    stage.fault("crm:refused-field:create:1:eventstatus");
    let failure = crm
        .create(APPOINTMENTS, &talk("X"), NO_MORE)
        .await
        .expect_err("demanded");
    assert_eq!(failure.kind, ErrorKind::Refused { field: None });
    assert_eq!(failure.problem.values["field"], "eventstatus");
    assert_eq!(failure.problem.values["label"], "Status");
}

#[tokio::test]
async fn r6_5_what_the_user_filled_in_is_sent_under_the_crms_names() {
    let stage = Stage::with(0).await;
    let more = BTreeMap::from([
        ("eventstatus".to_owned(), "Held".to_owned()),
        ("taskpriority".to_owned(), "Low".to_owned()),
        ("assigned_user_id".to_owned(), "19x1".to_owned()),
    ]);
    let made = stage
        .crm()
        .create(APPOINTMENTS, &talk("X"), &more)
        .await
        .expect("created");
    assert_eq!(made.owner, Owner::Me, "it stays the user's");
    assert_eq!(stage.value(&made.id, "eventstatus"), "Held");
    assert_eq!(stage.value(&made.id, "taskpriority"), "Low");
    let contact = BTreeMap::from([("homephone".to_owned(), "7".to_owned())]);
    let person = crate::stage::person("A", "B");
    let made = stage
        .crm()
        .create(Component::Contacts, &person, &contact)
        .await
        .expect("created");
    assert_eq!(stage.value(&made.id, "homephone"), "7");
}
