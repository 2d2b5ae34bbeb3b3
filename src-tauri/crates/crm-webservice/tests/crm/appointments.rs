//! Appointments, which are the CRM's events.

use std::collections::BTreeMap;

use crm_webservice::WebserviceCrm;
use model::{Change, Component, Field, Fields, Owner, RecordId, Window};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;
use sandbox::crm::{Flavour, Rights};

use crate::stage::{NO_MORE, Stage, all_kinds, read_all_of};

pub const APPOINTMENTS: Component = Component::Appointments;

pub fn talk(subject: &str) -> Fields {
    Fields::new()
        .with(Field::Subject, subject)
        .with(Field::Start, "2026-12-01T09:00:00Z")
        .with(Field::End, "2026-12-01T10:30:00Z")
}

/// An event as the CRM's own pages make it; later values replace earlier ones.
pub fn event(stage: &Stage, role: Role, fields: &[(&str, &str)]) -> RecordId {
    let mut all = BTreeMap::from([
        ("subject", "Besprechung"),
        ("activitytype", "Meeting"),
        ("eventstatus", "Planned"),
        ("date_start", "2026-12-01"),
        ("time_start", "09:00:00"),
        ("due_date", "2026-12-01"),
        ("time_end", "10:30:00"),
        ("duration_hours", "1"),
        ("duration_minutes", "30"),
        ("visibility", "Public"),
    ]);
    all.extend(fields.iter().copied());
    let all: Vec<_> = all.into_iter().collect();
    stage.record_of(role, "Events", &all)
}

pub fn changes(now: &Fields, pairs: &[(Field, &str)]) -> Vec<Change> {
    pairs
        .iter()
        .map(|(field, after)| Change {
            field: *field,
            before: now.get(*field).to_owned(),
            after: (*after).to_owned(),
        })
        .collect()
}

pub async fn read(crm: &WebserviceCrm, id: &RecordId) -> model::Record {
    let mut answers = crm
        .read(APPOINTMENTS, std::slice::from_ref(id))
        .await
        .expect("answers");
    answers.remove(0).expect("it is there")
}

#[tokio::test]
async fn r3_2_an_appointment_reaches_the_crm_and_comes_back() {
    for stage in all_kinds(0).await {
        let fields = talk("Ä'\"\\ Besprechung")
            .with(Field::Location, "Raum 1")
            .with(Field::Description, "eins\nzwei")
            .with(Field::Private, "1");
        let crm = stage.crm();
        let made = crm
            .create(APPOINTMENTS, &fields, NO_MORE)
            .await
            .expect("created");
        assert_eq!(made.fields, fields);
        assert_eq!(made.owner, Owner::Me);
        assert_eq!(read(&crm, &made.id).await, made);
        for (name, value) in [
            ("activitytype", "Meeting"),
            ("eventstatus", "Planned"),
            ("visibility", "Private"),
            ("date_start", "2026-12-01"),
            ("time_start", "09:00:00"),
            ("duration_hours", "1"),
        ] {
            assert_eq!(stage.value(&made.id, name), value, "{name}");
        }
    }
}

#[tokio::test]
async fn r3_2_the_zone_of_the_login_bounds_the_days() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    let account = crm.sign_in().await.expect("signed in");
    assert_eq!(account.zone.as_deref(), Some("Europe/Berlin"));
    let fields = Fields::new()
        .with(Field::Subject, "Urlaub")
        .with(Field::Start, "2027-03-27")
        .with(Field::End, "2027-03-29")
        .with(Field::AllDay, "1");
    let made = crm
        .create(APPOINTMENTS, &fields, NO_MORE)
        .await
        .expect("created");
    assert_eq!(made.fields, fields);
    assert_eq!(stage.value(&made.id, "date_start"), "2027-03-26");
    assert_eq!(stage.value(&made.id, "time_start"), "23:00:00");
    assert_eq!(stage.value(&made.id, "due_date"), "2027-03-29");
    assert_eq!(
        stage.value(&made.id, "time_end"),
        "22:00:00",
        "the clocks were set forward"
    );
}

#[tokio::test]
async fn r3_2_where_the_server_tells_no_zone_the_days_are_those_of_the_option() {
    let stage = Stage::of(Flavour::Five, 0).await;
    let crm = stage.crm_as(Role::Full, |options| {
        options.user_zone = mapping::zones::zone("America/New_York").expect("a zone");
    });
    let account = crm.sign_in().await.expect("signed in");
    let told = account.zone.is_some();
    let id = event(
        &stage,
        Role::Full,
        &[
            ("date_start", "2026-12-01"),
            ("time_start", "05:00:00"),
            ("due_date", "2026-12-02"),
            ("time_end", "05:00"),
        ],
    );
    let fields = read(&crm, &id).await.fields;
    assert!(!told, "5.x tells nothing of the kind");
    assert_eq!(fields.get(Field::Start), "2026-12-01");
    assert_eq!(fields.get(Field::End), "2026-12-01");
    assert_eq!(fields.get(Field::AllDay), "1");
}

#[tokio::test]
async fn r3_1_only_events_of_the_named_types_sync() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let meeting = event(&stage, Role::Full, &[]);
        let call = event(&stage, Role::Full, &[("activitytype", "Call")]);
        let other = event(&stage, Role::Full, &[("activitytype", "Mobile Call")]);
        let (first, token) = read_all_of(APPOINTMENTS, &crm, None).await;
        assert_eq!(first.ids(), [meeting.as_str(), call.as_str()]);
        let heads = crm.owned(APPOINTMENTS, None).await.expect("a list");
        assert_eq!(heads.len(), 2);
        let (_, token) = read_all_of(APPOINTMENTS, &crm, Some(&token)).await;
        stage.advance(600);
        stage.edit(&other, &[("location", "X")]);
        stage.edit(&call, &[("activitytype", "Mobile Call")]);
        stage.edit(&meeting, &[("location", "Y")]);
        let (brought, _) = read_all_of(APPOINTMENTS, &crm, Some(&token)).await;
        assert_eq!(brought.ids(), [meeting.as_str()]);
        assert_eq!(read(&crm, &call).await.owner, Owner::Other, "it leaves");
    }
}

#[tokio::test]
async fn r3_1_an_item_becomes_the_first_type_where_there_are_no_meetings() {
    let stage = Stage::with(0).await;
    let crm = stage.crm_as(Role::Full, |options| {
        options.event_types = vec!["Besichtigung".to_owned(), "Call".to_owned()];
    });
    let made = crm
        .create(APPOINTMENTS, &talk("Haus"), NO_MORE)
        .await
        .expect("created");
    assert_eq!(stage.value(&made.id, "activitytype"), "Besichtigung");
    assert_eq!(made.owner, Owner::Me);
}

#[tokio::test]
async fn r3_1_r4_2_what_the_policy_changes_is_read_anew() {
    let stage = Stage::with(0).await;
    let call = event(&stage, Role::Full, &[("activitytype", "Mobile Call")]);
    let (before, token) = read_all_of(APPOINTMENTS, &stage.crm(), None).await;
    assert_eq!(before.ids(), Vec::<String>::new());
    let crm = stage.crm_as(Role::Full, |options| {
        options.event_types = vec!["Mobile Call".to_owned()];
    });
    let failure = crm.changes(APPOINTMENTS, Some(&token)).await;
    assert_eq!(failure.expect_err("other types").kind, ErrorKind::Stale);
    let (after, _) = read_all_of(APPOINTMENTS, &crm, None).await;
    assert_eq!(after.ids(), [call.as_str()]);
}

#[tokio::test]
async fn r3_3_the_list_of_own_events_ends_where_the_window_begins() {
    for stage in all_kinds(0).await {
        let ends = |date: &str, time: &str| {
            event(
                &stage,
                Role::Full,
                &[
                    ("date_start", "2026-01-01"),
                    ("due_date", date),
                    ("time_end", time),
                ],
            )
        };
        // The window begins on the 20th at midnight in Berlin, which is 23:00 the day before for the server.
        let over = ends("2026-11-19", "22:59:59");
        let just = ends("2026-11-19", "23:00:00");
        let later = ends("2031-01-01", "10:00:00");
        let zone = mapping::zones::zone("Europe/Berlin").expect("a zone");
        let window = Window::of(stage.clock_time(), &zone, 2, 180);
        let heads = stage
            .crm()
            .owned(APPOINTMENTS, Some(&window))
            .await
            .expect("a list");
        let ids: Vec<_> = heads.iter().map(|head| &head.id).collect();
        assert_eq!(ids, [&just, &later], "not {over}");
        let all = stage.crm().owned(APPOINTMENTS, None).await.expect("a list");
        assert_eq!(all.len(), 3);
    }
}

#[tokio::test]
async fn r1_5_events_given_away_deleted_and_changed_are_told_as_with_contacts() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let kept = event(&stage, Role::Full, &[]);
        let doomed = event(&stage, Role::Full, &[]);
        let given = event(&stage, Role::Full, &[]);
        let theirs = event(&stage, Role::Colleague, &[]);
        let (first, token) = read_all_of(APPOINTMENTS, &crm, None).await;
        assert_eq!(
            first.ids(),
            [kept.as_str(), doomed.as_str(), given.as_str()]
        );
        let (_, token) = read_all_of(APPOINTMENTS, &crm, Some(&token)).await;
        stage.advance(600);
        let (anna, colleague) = (stage.name(Role::Full), stage.name(Role::Colleague));
        let tried = stage.requests("sync");
        stage.edit(&kept, &[("location", "Neu")]);
        stage
            .sandbox
            .crm
            .delete(&anna, doomed.as_str())
            .expect("allowed");
        stage
            .sandbox
            .crm
            .assign(&anna, given.as_str(), &colleague)
            .expect("allowed");
        stage
            .sandbox
            .crm
            .assign(&colleague, theirs.as_str(), &anna)
            .expect("allowed");
        let (brought, token) = read_all_of(APPOINTMENTS, &crm, Some(&token)).await;
        let mut ids = brought.ids();
        ids.sort();
        assert_eq!(ids, [kept.as_str(), theirs.as_str()]);
        let told: &[RecordId] = if stage.requests("sync") > tried {
            std::slice::from_ref(&doomed)
        } else {
            &[]
        };
        assert_eq!(brought.gone, told, "only sync tells deletions");
        let (after, _) = read_all_of(APPOINTMENTS, &crm, Some(&token)).await;
        assert_eq!(after.ids(), Vec::<String>::new());
        let answers = crm
            .read(APPOINTMENTS, &[doomed, given])
            .await
            .expect("answers");
        let kind = |place: usize| {
            answers[place]
                .as_ref()
                .map(|record| record.owner)
                .map_err(|failure| failure.kind.clone())
        };
        assert_eq!(kind(0), Err(ErrorKind::Gone));
        assert_eq!(kind(1), Err(ErrorKind::Denied), "events are private");
    }
}

#[tokio::test]
async fn r3_1_a_cursor_of_contacts_is_none_of_events() {
    let stage = Stage::with(3).await;
    let crm = stage.crm();
    let (_, token) = crate::stage::read_all(&crm, None).await;
    let failure = crm
        .changes(APPOINTMENTS, Some(&token))
        .await
        .expect_err("not of events");
    assert_eq!(failure.kind, ErrorKind::Stale);
}

#[tokio::test]
async fn r1_6_rights_on_events_are_their_own() {
    let stage = Stage::with(0).await;
    let anna = stage.name(Role::Full);
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&anna, "Events", Rights::ReadOnly)
    );
    let crm = stage.crm();
    let events = crm.rights(APPOINTMENTS).await.expect("described");
    assert!(events.read && !events.create && !events.update && !events.delete);
    let tasks = crm.rights(Component::Tasks).await.expect("described");
    assert!(tasks.create && tasks.update && tasks.delete);
    let failure = crm
        .create(APPOINTMENTS, &talk("X"), NO_MORE)
        .await
        .expect_err("read only");
    assert_eq!(failure.kind, ErrorKind::Denied);
    assert_eq!(failure.problem.values["module"], "Events");
}
