//! Events and tasks of a CRM as its administrators set it up: own fields and values, another zone, users who are invited.

use std::collections::BTreeMap;

use model::{Code, Component, Field};
use ports::{Crm, ErrorKind};
use sandbox::Options;
use sandbox::company::{Role, Sizes};
use sandbox::crm::{AddedField, AddedValues, Flavour};

use crate::appointments::{APPOINTMENTS, changes, event, read, talk};
use crate::stage::{NO_MORE, Stage, all_kinds, read_all_of};

const TASKS: Component = Component::Tasks;

#[tokio::test]
async fn r3_2_a_reminder_is_kept_changed_and_cleared() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let wanted = talk("Erinnert").with(Field::Reminder, "15");
        let mut record = crm
            .create(APPOINTMENTS, &wanted, NO_MORE)
            .await
            .expect("created");
        assert_eq!(record.fields, wanted);
        for (field, after, reminder) in [
            (Field::Location, "Raum 2", "15"),
            (Field::Reminder, "90", "90"),
            (Field::Subject, "Anders", "90"),
            (Field::Reminder, "", ""),
            (Field::Location, "Raum 3", ""),
        ] {
            let now = record.fields.clone();
            let change = changes(&now, &[(field, after)]);
            record = crm
                .update(APPOINTMENTS, &record.id, &change, &now)
                .await
                .expect("updated");
            assert_eq!(record.fields, now.with(field, after), "{field}");
            assert_eq!(
                read(&crm, &record.id).await.fields.get(Field::Reminder),
                reminder
            );
        }
    }
}

#[tokio::test]
async fn r2_6_users_who_are_invited_survive_a_sync_that_changes_nothing() {
    for stage in all_kinds(0).await {
        let (anna, colleague) = (stage.name(Role::Full), stage.name(Role::Colleague));
        let id = event(&stage, Role::Full, &[("reminder_time", "30")]);
        stage
            .sandbox
            .crm
            .invite(&anna, id.as_str(), &[&colleague])
            .expect("allowed");
        let crm = stage.crm();
        let (brought, token) = read_all_of(APPOINTMENTS, &crm, None).await;
        let now = &brought.seen[0].fields;
        let all: Vec<_> = now.iter().collect();
        crm.update(APPOINTMENTS, &id, &changes(now, &all), now)
            .await
            .expect("as it was");
        read_all_of(APPOINTMENTS, &crm, Some(&token)).await;
        crm.owned(APPOINTMENTS, None).await.expect("a list");
        assert_eq!(stage.sandbox.crm.invited(id.as_str()), [colleague]);
        assert_eq!(stage.value(&id, "reminder_time"), "30");
    }
}

#[tokio::test]
async fn r6_5_a_field_the_administrator_demands_is_named_and_can_be_filled_in() {
    for (component, module, fields) in [
        (APPOINTMENTS, "Events", talk("Termin")),
        (TASKS, "Calendar", crate::tasks::call_back()),
        (
            Component::Contacts,
            "Contacts",
            crate::stage::person("Anna", "Groß"),
        ),
    ] {
        let stage = Stage::with(0).await;
        let crm = stage.crm();
        crm.changes(component, None)
            .await
            .expect("described before");
        let added = AddedField {
            module: module.to_owned(),
            name: "cf_855".to_owned(),
            label: "Kostenstelle".to_owned(),
            kind: "string".to_owned(),
            mandatory: true,
        };
        stage.sandbox.crm.add_field(added).expect("a new field");
        let failure = crm
            .create(component, &fields, NO_MORE)
            .await
            .expect_err("demanded");
        assert_eq!(failure.kind, ErrorKind::Refused { field: None });
        assert_eq!(failure.problem.code, Code::FieldMandatory);
        assert_eq!(failure.problem.values["field"], "cf_855");
        assert_eq!(failure.problem.values["label"], "Kostenstelle");
        let more = BTreeMap::from([("cf_855".to_owned(), "A-17".to_owned())]);
        let made = crm
            .create(component, &fields, &more)
            .await
            .expect("filled in");
        assert_eq!(made.fields, fields);
        assert_eq!(stage.value(&made.id, "cf_855"), "A-17");
    }
}

#[tokio::test]
async fn r3_7_answers_are_written_into_the_field_the_policy_names() {
    for stage in all_kinds(0).await {
        let added = AddedField {
            module: "Events".to_owned(),
            name: "cf_901".to_owned(),
            label: "Antworten".to_owned(),
            kind: "text".to_owned(),
            mandatory: false,
        };
        stage.sandbox.crm.add_field(added).expect("a new field");
        let crm = stage.crm_as(Role::Full, |options| {
            let answers = ("answers".to_owned(), "cf_901".to_owned());
            options.overrides.appointments = [answers].into_iter().collect();
        });
        let id = event(&stage, Role::Full, &[]);
        let now = read(&crm, &id).await.fields;
        let answer = "ben@x.example: accepted\nlea@x.example: declined";
        let change = changes(&now, &[(Field::Answers, answer)]);
        let updated = crm
            .update(APPOINTMENTS, &id, &change, &now)
            .await
            .expect("updated");
        assert_eq!(updated.fields, now.with(Field::Answers, answer));
        assert_eq!(stage.value(&id, "cf_901"), answer);
    }
}

#[tokio::test]
async fn r4_2_a_value_the_administrator_added_can_be_the_one_the_policy_names() {
    let stage = Stage::with(0).await;
    let added = AddedValues {
        module: "Calendar".to_owned(),
        field: "taskstatus".to_owned(),
        values: vec!["Wartet".to_owned()],
    };
    stage.sandbox.crm.add_values(added).expect("a new value");
    let map = |a: &str, b: &str| BTreeMap::from([(a.to_owned(), b.to_owned())]);
    let list = model::policy::PickList {
        to_exchange: map("Wartet", "WaitingOnOthers"),
        to_crm: map("WaitingOnOthers", "Wartet"),
    };
    let crm = stage.crm_as(Role::Full, |options| {
        options.pick_lists = BTreeMap::from([("task_status".to_owned(), list)]);
    });
    let waiting = crate::tasks::call_back().with(Field::Status, "WaitingOnOthers");
    let made = crm.create(TASKS, &waiting, NO_MORE).await.expect("created");
    assert_eq!(made.fields, waiting);
    assert_eq!(stage.value(&made.id, "taskstatus"), "Wartet");
}

#[tokio::test]
async fn r3_2_a_crm_that_keeps_berlins_time_shows_it_by_sync_or_at_the_first_write() {
    for flavour in [Flavour::Eight, Flavour::Five] {
        for has_sync in [true, false] {
            let zone = mapping::zones::zone("Europe/Berlin").expect("a zone");
            let stage = Stage::start(Options {
                crm_flavour: flavour,
                crm_zone: "Europe/Berlin".to_owned(),
                sizes: Sizes {
                    mailbox_contacts: 0,
                    crm_contacts: 0,
                    shared_contacts: 0,
                },
                ..Options::default()
            })
            .await;
            if !has_sync {
                stage.fault("crm:no-sync");
            }
            let crm = stage.crm_as(Role::Full, |options| options.user_zone = zone);
            let summer = talk("Sommer")
                .with(Field::Start, "2027-07-01T08:00:00Z")
                .with(Field::End, "2027-07-01T09:30:00Z");
            let made = crm
                .create(APPOINTMENTS, &summer, NO_MORE)
                .await
                .expect("created");
            assert_eq!(made.fields, summer);
            assert_eq!(stage.value(&made.id, "time_start"), "10:00:00");
            let days = talk("Urlaub")
                .with(Field::Start, "2027-03-27")
                .with(Field::End, "2027-03-29")
                .with(Field::AllDay, "1");
            let made = crm
                .create(APPOINTMENTS, &days, NO_MORE)
                .await
                .expect("created");
            assert_eq!(made.fields, days);
            assert_eq!(stage.value(&made.id, "time_start"), "00:00:00");
            assert_eq!(stage.value(&made.id, "time_end"), "00:00:00");
            assert_eq!(stage.value(&made.id, "due_date"), "2027-03-30");
        }
    }
}
