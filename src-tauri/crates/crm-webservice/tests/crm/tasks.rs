//! Tasks, which are the CRM's calendar entries of type Task.

use std::collections::BTreeMap;

use crm_webservice::WebserviceCrm;
use jiff::tz::TimeZone;
use model::policy::PickList;
use model::{Change, Component, Field, Fields, RecordId, Window};
use ports::{Crm, ErrorKind};
use proptest::prelude::*;
use sandbox::company::Role;
use serde_json::{Value, json};

use crate::script::{Reply, Script, plain_crm};
use crate::stage::{NO_MORE, Stage, all_kinds, read_all_of};

const TASKS: Component = Component::Tasks;

pub fn call_back() -> Fields {
    Fields::new()
        .with(Field::Subject, "Zurückrufen")
        .with(Field::Start, "2026-12-01")
        .with(Field::Due, "2026-12-03")
        .with(Field::Status, "InProgress")
        .with(Field::Priority, "High")
        .with(Field::Description, "eins\nzwei")
}

/// A task as the CRM's own pages make it; later values replace earlier ones.
fn task(stage: &Stage, fields: &[(&str, &str)]) -> RecordId {
    let mut all = BTreeMap::from([
        ("subject", "Angebot"),
        ("activitytype", "Task"),
        ("taskstatus", "Not Started"),
        ("taskpriority", "Medium"),
        ("date_start", "2026-12-01"),
        ("time_start", "13:45:00"),
        ("due_date", "2026-12-03"),
    ]);
    all.extend(fields.iter().copied());
    let all: Vec<_> = all.into_iter().collect();
    stage.record_of(Role::Full, "Calendar", &all)
}

fn change(field: Field, before: &str, after: &str) -> Change {
    Change {
        field,
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

async fn read(crm: &WebserviceCrm, id: &RecordId) -> model::Record {
    let mut answers = crm
        .read(TASKS, std::slice::from_ref(id))
        .await
        .expect("answers");
    answers.remove(0).expect("it is there")
}

#[tokio::test]
async fn r4_1_a_task_reaches_the_crm_and_comes_back() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let made = crm
            .create(TASKS, &call_back(), NO_MORE)
            .await
            .expect("created");
        assert_eq!(made.fields, call_back());
        assert_eq!(read(&crm, &made.id).await, made);
        for (name, value) in [
            ("activitytype", "Task"),
            ("time_start", "08:00:00"),
            ("taskstatus", "In Progress"),
            ("taskpriority", "High"),
        ] {
            assert_eq!(stage.value(&made.id, name), value, "{name}");
        }
        let (brought, _) = read_all_of(TASKS, &crm, None).await;
        assert_eq!(brought.ids(), [made.id.as_str()]);
    }
}

#[tokio::test]
async fn r4_1_a_change_names_type_and_days_and_leaves_the_time_of_day() {
    let stage = Stage::with(0).await;
    let id = task(&stage, &[]);
    let crm = stage.crm();
    let now = read(&crm, &id).await.fields;
    let wanted = [
        change(Field::Due, "2026-12-03", "2026-12-04"),
        change(Field::Status, "NotStarted", "Completed"),
    ];
    let updated = crm
        .update(TASKS, &id, &wanted, &now)
        .await
        .expect("updated");
    let expected = now
        .with(Field::Due, "2026-12-04")
        .with(Field::Status, "Completed");
    assert_eq!(updated.fields, expected);
    let writes = stage.sandbox.crm.journal().writes;
    assert_eq!(
        writes[0].element,
        json!({
            "id": id.as_str(), "activitytype": "Task", "date_start": "2026-12-01", "due_date": "2026-12-04",
            "taskstatus": "Completed",
        })
    );
    assert_eq!(stage.value(&id, "time_start"), "13:45:00");
}

#[tokio::test]
async fn r4_1_where_whole_records_are_written_nothing_of_a_task_is_lost() {
    let stage = Stage::of(sandbox::crm::Flavour::Five, 0).await;
    let contact = stage.contact(&[("lastname", "Groß")]);
    let id = task(
        &stage,
        &[("contact_id", contact.as_str()), ("location", "Büro")],
    );
    let crm = stage.crm();
    let now = read(&crm, &id).await.fields;
    let wanted = [change(Field::Subject, "Angebot", "Anders")];
    crm.update(TASKS, &id, &wanted, &now)
        .await
        .expect("updated");
    for (name, value) in [
        ("subject", "Anders"),
        ("contact_id", contact.as_str()),
        ("location", "Büro"),
        ("time_start", "13:45:00"),
        ("taskpriority", "Medium"),
        ("activitytype", "Task"),
    ] {
        assert_eq!(stage.value(&id, name), value, "{name}");
    }
}

#[tokio::test]
async fn r4_2_an_unknown_status_reads_as_not_started_and_stays_when_something_else_changes() {
    for stage in all_kinds(0).await {
        let id = task(
            &stage,
            &[("taskstatus", "überfällig"), ("taskpriority", "")],
        );
        let crm = stage.crm();
        let now = read(&crm, &id).await.fields;
        assert_eq!(now.get(Field::Status), "NotStarted");
        assert_eq!(now.get(Field::Priority), "Normal");
        let same = [
            change(Field::Subject, "Angebot", "Anders"),
            change(Field::Status, "NotStarted", "NotStarted"),
            change(Field::Priority, "Normal", "Normal"),
        ];
        crm.update(TASKS, &id, &same, &now).await.expect("updated");
        assert_eq!(stage.value(&id, "subject"), "Anders");
        assert_eq!(stage.value(&id, "taskstatus"), "überfällig");
        assert_eq!(stage.value(&id, "taskpriority"), "");
    }
}

#[tokio::test]
async fn r4_2_the_policy_maps_values_both_ways() {
    let stage = Stage::with(0).await;
    let id = task(&stage, &[("taskstatus", "überfällig")]);
    let map = |a: &str, b: &str| BTreeMap::from([(a.to_owned(), b.to_owned())]);
    let list = PickList {
        to_exchange: map("Überfällig", "WaitingOnOthers"),
        to_crm: map("WaitingOnOthers", "planned"),
    };
    let crm = stage.crm_as(Role::Full, |options| {
        options.pick_lists = BTreeMap::from([("task_status".to_owned(), list)]);
    });
    let now = read(&crm, &id).await.fields;
    assert_eq!(now.get(Field::Status), "WaitingOnOthers");
    let made = crm
        .create(
            TASKS,
            &call_back().with(Field::Status, "WaitingOnOthers"),
            NO_MORE,
        )
        .await
        .expect("created");
    assert_eq!(
        stage.value(&made.id, "taskstatus"),
        "Planned",
        "as the CRM spells it"
    );
}

#[tokio::test]
async fn r3_3_the_list_of_own_tasks_has_all_that_are_not_done() {
    for stage in all_kinds(0).await {
        let on = |status: &str, due: &str| {
            task(
                &stage,
                &[
                    ("date_start", "2026-01-01"),
                    ("due_date", due),
                    ("taskstatus", status),
                ],
            )
        };
        let open = on("In Progress", "2026-02-01");
        let done = on("Completed", "2026-11-19");
        let done_lately = on("Completed", "2026-11-20");
        let own_word = on("überfällig", "2026-02-01");
        let window = Window::of(stage.clock_time(), &TimeZone::UTC, 2, 180);
        let heads = stage
            .crm()
            .owned(TASKS, Some(&window))
            .await
            .expect("a list");
        let ids: Vec<_> = heads.iter().map(|head| &head.id).collect();
        assert_eq!(ids, [&open, &done_lately, &own_word], "not {done}");
        assert_eq!(
            stage.crm().owned(TASKS, None).await.expect("a list").len(),
            4
        );
    }
}

#[tokio::test]
async fn r3_3_a_long_list_of_tasks_is_complete() {
    let stage = Stage::with(0).await;
    for number in 0..230 {
        let status = if number % 2 == 0 {
            "Completed"
        } else {
            "Deferred"
        };
        task(
            &stage,
            &[("taskstatus", status), ("due_date", "2026-12-24")],
        );
    }
    let window = Window::of(stage.clock_time(), &TimeZone::UTC, 2, 180);
    let heads = stage
        .crm()
        .owned(TASKS, Some(&window))
        .await
        .expect("a list");
    assert_eq!(heads.len(), 230);
}

#[tokio::test]
async fn s1_a_task_whose_answer_was_lost_is_found_by_its_subject() {
    for stage in all_kinds(0).await {
        let began = stage.clock_time();
        let crm = stage.crm();
        stage.fault("crm:cut-after:create:1");
        let failure = crm
            .create(TASKS, &call_back(), NO_MORE)
            .await
            .expect_err("lost");
        assert_eq!(failure.kind, ErrorKind::OutcomeUnknown);
        task(&stage, &[("subject", "Zurückrufen")]);
        let found = stage.crm().find_created(TASKS, &call_back(), began).await;
        let found = found.expect("an answer");
        assert_eq!(found.len(), 1, "the one with the same values");
        assert_eq!(found[0].fields, call_back());
    }
}

#[tokio::test]
async fn r1_5_tasks_changed_and_deleted_are_told() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let kept = task(&stage, &[]);
        let doomed = task(&stage, &[]);
        let (_, token) = read_all_of(TASKS, &crm, None).await;
        let (_, token) = read_all_of(TASKS, &crm, Some(&token)).await;
        stage.advance(600);
        stage.edit(
            &kept,
            &[("time_start", "17:00:00"), ("taskstatus", "Completed")],
        );
        let anna = stage.name(Role::Full);
        stage
            .sandbox
            .crm
            .delete(&anna, doomed.as_str())
            .expect("allowed");
        let (brought, _) = read_all_of(TASKS, &crm, Some(&token)).await;
        assert_eq!(brought.ids(), [kept.as_str()]);
        assert_eq!(brought.seen[0].fields.get(Field::Status), "Completed");
        assert!(brought.gone.is_empty() || brought.gone == [doomed]);
    }
}

#[tokio::test]
async fn r1_5_events_and_tasks_given_to_a_colleague_are_no_longer_the_users_though_nobody_may_see_them()
 {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let event = crate::appointments::event(&stage, Role::Full, &[]);
        let (anna, colleague) = (stage.name(Role::Full), stage.name(Role::Colleague));
        for (component, given) in [(TASKS, task(&stage, &[])), (Component::Appointments, event)] {
            let assigned = stage.sandbox.crm.assign(&anna, given.as_str(), &colleague);
            assigned.expect("allowed");
            let answer = crm.read(component, std::slice::from_ref(&given)).await;
            let answer = answer.expect("the module is open").remove(0);
            let failure = answer.expect_err("private");
            assert!(failure.says_re_assigned(), "{failure:?}");
        }
    }
}

/// A CRM with one task of this status, which offers these.
fn one_task(asked: &crate::script::Asked, held: &str, offered: &[String]) -> Reply {
    let row = json!({"id": "9x1", "subject": "Angebot", "taskstatus": held, "assigned_user_id": "19x5",
                     "date_start": "2026-12-01", "due_date": "2026-12-03"});
    match asked.operation.as_str() {
        "describe" => {
            let values: Vec<Value> = offered
                .iter()
                .map(|value| json!({"value": value}))
                .collect();
            let field =
                |name: &str, kind: Value| json!({"name": name, "editable": true, "type": kind});
            let text = || json!({"name": "string"});
            Reply::success(json!({
                "name": "Calendar", "idPrefix": "9", "retrieveable": true, "updateable": true,
                "fields": [
                    field("subject", text()), field("date_start", text()), field("due_date", text()),
                    field("taskstatus", json!({"name": "picklist", "picklistValues": values})),
                ],
            }))
        }
        "retrieve" | "revise" => Reply::success(row),
        _ => plain_crm(asked, &[], &json!([row])),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the CRM's list and the policy are: what a record reads as, given back, never changes the record.
    #[test]
    fn r4_2_mapping_there_and_back_changes_no_untouched_record(
        offered in prop::collection::vec("[A-Ca-c ]{1,3}|Completed|Planned|Deferred", 0..6),
        to_exchange in prop::collection::btree_map("[A-Ca-c]{1,2}|Planned", "InProgress|deferred|x", 0..4),
        to_crm in prop::collection::btree_map("InProgress|Deferred|NotStarted", "[A-Ca-c]{1,2}|Completed", 0..3),
        held in prop_oneof!["[A-Ca-c ]{0,3}", Just("Planned".to_owned()), Just("überfällig".to_owned())],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let script = Script::new(move |asked| one_task(asked, &held, &offered)).await;
            let crm = script.crm_with(|options| {
                let list = PickList { to_exchange, to_crm };
                options.pick_lists = BTreeMap::from([("task_status".to_owned(), list)]);
            });
            let id = RecordId::new("9x1");
            let now = read(&crm, &id).await.fields;
            let status = now.get(Field::Status);
            prop_assert!(!status.is_empty());
            let untouched = [change(Field::Status, status, status)];
            crm.update(TASKS, &id, &untouched, &now).await.expect("nothing to do");
            prop_assert_eq!(script.count("revise"), 0);
            let renamed = [change(Field::Subject, "Angebot", "Anders"), change(Field::Status, status, status)];
            crm.update(TASKS, &id, &renamed, &now).await.expect("updated");
            let asked = script.asked.lock().expect("no panic");
            let sent = asked.iter().find(|asked| asked.operation == "revise").expect("sent");
            prop_assert!(!sent.get("element").contains("taskstatus"));
            Ok(())
        })?;
    }
}
