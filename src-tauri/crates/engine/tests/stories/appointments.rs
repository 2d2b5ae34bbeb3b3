//! Stories of appointments and tasks: the days that are synced, series, what others organise, private items, days that a task lacks.

use super::world::World;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use model::policy::PrivateItems;
use model::{Code, Component, Field, Fields, Item, ItemId, Record, SeriesHead, Strategy};
use ports::memory::mailbox::Strike;
use ports::{ErrorKind, StateStore};

const A: Component = Component::Appointments;
const T: Component = Component::Tasks;

fn at(month: i8, day: i8, hour: i8) -> Timestamp {
    let year = if month < 11 { 2027 } else { 2026 };
    let civil = date(year, month, day).at(hour, 0, 0, 0);
    civil.to_zoned(TimeZone::UTC).expect("a moment").timestamp()
}

fn talk(subject: &str, start: Timestamp) -> Fields {
    let end = start + jiff::SignedDuration::from_hours(1);
    Fields::new()
        .with(Field::Subject, subject)
        .with(Field::Start, start.to_string())
        .with(Field::End, end.to_string())
}

/// Eight Mondays from 30 November 2026 at ten.
fn mondays() -> Vec<(Timestamp, Fields)> {
    (0..8)
        .map(|week| {
            let start = at(11, 30, 10) + jiff::SignedDuration::from_hours(24 * 7 * week);
            (start, talk("Weekly", start))
        })
        .collect()
}

fn item(world: &World, subject: &str) -> Item {
    let mut items = world.mailbox.items().into_iter();
    items
        .find(|item| item.fields.get(Field::Subject) == subject)
        .expect("the story has this item")
}

fn record(world: &World, subject: &str) -> Record {
    let mut records = world.crm.records().into_iter();
    records
        .find(|record| record.fields.get(Field::Subject) == subject)
        .expect("the story has this record")
}

fn record_at(world: &World, start: Timestamp) -> Option<Record> {
    let mut records = world.crm.records().into_iter();
    records.find(|record| record.fields.get(Field::Start) == start.to_string())
}

async fn reasons(world: &World) -> Vec<Code> {
    let refusals = world.store.refusals(world.component).await;
    let refusals = refusals.expect("memory does not fail");
    refusals
        .iter()
        .map(|refusal| refusal.problem.code)
        .collect()
}

#[tokio::test]
async fn r3_1_an_appointment_of_either_side_arrives_on_the_other() {
    let world = World::of(A);
    world.mailbox.user_creates(talk("Mine", at(12, 1, 8)), 10);
    world.crm.user_creates(talk("Theirs", at(12, 2, 8)), 10);
    let ran = world.sync().await;
    assert_eq!((ran.tally.items.created, ran.tally.records.created), (1, 1));
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_10_r3_3_a_preview_links_what_a_run_links_and_nothing_that_is_over() {
    let world = World::of(A);
    for (subject, month, place) in [("Over", 11, ""), ("Same", 12, ""), ("Differs", 12, "Kiel")] {
        world
            .mailbox
            .user_creates(talk(subject, at(month, 1, 8)), 10);
        let theirs = talk(subject, at(month, 1, 8)).with(Field::Location, place);
        world.crm.user_creates(theirs, 10);
    }
    let plan = world.preview().await;
    let links = plan.steps.iter().filter(|step| step.links());
    let mut links: Vec<&str> = links.map(|step| step.title.as_str()).collect();
    links.sort_unstable();
    assert_eq!(links, ["Differs", "Same"]);
    assert_eq!(world.sync().await.tally.linked, 2);
}

#[tokio::test]
async fn r3_3_what_is_over_is_not_taken_over_and_an_open_task_is() {
    let world = World::of(A);
    world.mailbox.user_creates(talk("Over", at(11, 1, 8)), 10);
    world.crm.user_creates(talk("Over too", at(11, 2, 8)), 10);
    let ran = world.sync().await;
    assert!(!ran.tally.wrote(), "{:?}", ran.tally);

    let world = World::of(T);
    let old = |status: &str| {
        Fields::new()
            .with(Field::Subject, status)
            .with(Field::Start, "2026-01-01")
            .with(Field::Due, "2026-01-02")
            .with(Field::Status, status)
    };
    world.mailbox.user_creates(old("InProgress"), 10);
    world.mailbox.user_creates(old("Completed"), 10);
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.created, 1);
    assert_eq!(
        record(&world, "InProgress").fields.get(Field::Due),
        "2026-01-02"
    );
}

#[tokio::test]
async fn r3_3_an_appointment_that_leaves_the_window_is_deleted_nowhere() {
    let world = World::of(A);
    let id = world.mailbox.user_creates(talk("Soon", at(11, 27, 8)), 10);
    world.sync().await;
    world.minutes_pass(30 * 24 * 60);
    world.sync().await;
    assert_eq!(
        (world.mailbox.items().len(), world.crm.records().len()),
        (1, 1)
    );
    // Nobody follows it any more, whichever side changes or deletes it.
    world
        .mailbox
        .user_edits(&id, Field::Location, "Kiel", world.seconds_pass(10));
    world.sync().await;
    assert_eq!(record(&world, "Soon").fields.get(Field::Location), "");
    assert_eq!(world.links().await, 0);
    world.mailbox.user_removes(&id);
    world.sync().await;
    assert_eq!(world.crm.records().len(), 1);
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_3_what_was_let_go_and_is_moved_to_the_future_is_the_same_appointment_again() {
    let world = World::of(A);
    world.mailbox.user_creates(talk("Soon", at(11, 27, 8)), 10);
    world.sync().await;
    world.minutes_pass(30 * 24 * 60);
    let id = record(&world, "Soon").id;
    world
        .crm
        .user_edits(&id, Field::Location, "Kiel", world.seconds_pass(10));
    world.sync().await;
    assert_eq!(item(&world, "Soon").fields.get(Field::Location), "");
    for (field, value) in [(Field::Start, at(1, 27, 8)), (Field::End, at(1, 27, 9))] {
        world
            .crm
            .user_edits(&id, field, &value.to_string(), world.seconds_pass(10));
    }
    world.sync().await;
    let item = item(&world, "Soon");
    assert_eq!(item.fields.get(Field::Start), at(1, 27, 8).to_string());
    assert_eq!(item.fields.get(Field::Location), "Kiel");
    assert_eq!(
        (world.mailbox.items().len(), world.crm.records().len()),
        (1, 1)
    );
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_3_more_past_days_bring_what_was_over_before() {
    let mut world = World::of(A);
    world.mailbox.user_creates(talk("Over", at(11, 10, 8)), 10);
    world.crm.user_creates(talk("Over too", at(11, 11, 8)), 10);
    world.sync().await;
    world.past_days = 30;
    let ran = world.sync().await;
    assert_eq!((ran.tally.items.created, ran.tally.records.created), (1, 1));
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_4_s8_what_makes_no_sense_is_listed_and_everything_else_goes_on() {
    let world = World::of(A);
    let unnamed = talk("", at(12, 1, 8));
    let id = world.mailbox.user_creates(unnamed, 10);
    let backwards = talk("Backwards", at(12, 2, 8)).with(Field::End, at(12, 2, 7).to_string());
    world.crm.user_creates(backwards, 10);
    world.mailbox.user_creates(talk("Fine", at(12, 3, 8)), 10);
    let ran = world.sync().await;
    assert_eq!((ran.tally.items.created, ran.tally.records.created), (0, 1));
    let mut found = reasons(&world).await;
    found.sort();
    assert_eq!(found, [Code::FieldMandatory, Code::EndBeforeStart]);
    world
        .mailbox
        .user_edits(&id, Field::Subject, "Named", world.seconds_pass(10));
    let backwards = record(&world, "Backwards").id;
    let end = at(12, 2, 9).to_string();
    world
        .crm
        .user_edits(&backwards, Field::End, &end, world.seconds_pass(10));
    let ran = world.sync().await;
    assert_eq!((ran.tally.items.created, ran.tally.records.created), (1, 1));
    assert_eq!(reasons(&world).await, []);
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_5_every_occurrence_up_to_the_horizon_is_a_record_and_new_ones_come_up() {
    let mut world = World::of(A);
    world.policy.series_horizon_days = 14;
    world.mailbox.user_creates_series(mondays(), 10);
    world.sync().await;
    assert_eq!(world.crm.records().len(), 2);
    world.assert_settled().await;
    world.minutes_pass(7 * 24 * 60);
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.created, 1);
    assert_eq!(ran.tally.records.deleted, 0);
    assert!(record_at(&world, at(12, 14, 10)).is_some());
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_5_an_exception_changes_its_own_record_and_a_deleted_occurrence_removes_its_own() {
    let world = World::of(A);
    let series = world.mailbox.user_creates_series(mondays(), 10);
    world.sync().await;
    assert_eq!(world.crm.records().len(), 8);
    let second = ItemId::occurrence(&series, at(12, 7, 10));
    let third = ItemId::occurrence(&series, at(12, 14, 10));
    world.mailbox.user_edits(
        &second,
        Field::Subject,
        "With guests",
        world.seconds_pass(10),
    );
    world.mailbox.user_removes(&third);
    let ran = world.sync().await;
    assert_eq!(
        (ran.tally.records.updated, ran.tally.records.deleted),
        (1, 1)
    );
    assert_eq!(
        record(&world, "With guests").fields.get(Field::Start),
        at(12, 7, 10).to_string()
    );
    assert!(record_at(&world, at(12, 14, 10)).is_none());
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_5_an_edit_in_the_crm_makes_an_exception_of_that_occurrence_only() {
    let world = World::of(A);
    let series = world.mailbox.user_creates_series(mondays(), 10);
    world.sync().await;
    let id = record_at(&world, at(12, 7, 10)).expect("there").id;
    world
        .crm
        .user_edits(&id, Field::Location, "Kiel", world.seconds_pass(10));
    let gone = record_at(&world, at(12, 21, 10)).expect("there").id;
    world.crm.user_deletes(&gone);
    let ran = world.sync().await;
    assert_eq!((ran.tally.items.updated, ran.tally.items.deleted), (1, 1));
    let changed: Vec<ItemId> = world
        .mailbox
        .items()
        .into_iter()
        .filter(|item| item.fields.get(Field::Location) == "Kiel")
        .map(|item| item.id)
        .collect();
    assert_eq!(changed, [ItemId::occurrence(&series, at(12, 7, 10))]);
    assert_eq!(world.mailbox.items().len(), 7);
    assert!(
        world
            .mailbox
            .items()
            .iter()
            .all(|item| item.stamp.is_none())
    );
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_5_a_change_of_the_whole_series_updates_the_records_it_touches_and_no_other() {
    let world = World::of(A);
    let series = world.mailbox.user_creates_series(mondays(), 10);
    world.crm.user_creates(talk("Another", at(12, 3, 8)), 10);
    world.sync().await;
    let ids = |world: &World| {
        let mut ids: Vec<_> = world
            .crm
            .records()
            .into_iter()
            .map(|record| record.id)
            .collect();
        ids.sort();
        ids
    };
    let before = ids(&world);
    let later = mondays().into_iter().map(|(start, _)| {
        let start = start + jiff::SignedDuration::from_hours(1);
        (start, talk("Weekly", start))
    });
    world
        .mailbox
        .user_changes_series(&series, later.collect(), world.seconds_pass(10));
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.updated, 8);
    assert_eq!(
        (ran.tally.records.created, ran.tally.records.deleted),
        (0, 0)
    );
    assert_eq!(ids(&world), before);
    world.assert_settled().await;
    world.mailbox.user_removes_series(&series);
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.deleted, 8);
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_5_past_occurrences_of_a_deleted_series_stay_in_the_crm() {
    let world = World::of(A);
    let series = world.mailbox.user_creates_series(mondays(), 10);
    world.sync().await;
    world.minutes_pass(28 * 24 * 60);
    world.mailbox.user_removes_series(&series);
    let ran = world.sync().await;
    // 30 November, 7 and 14 December are over by then.
    assert_eq!(ran.tally.records.deleted, 5);
    assert_eq!(world.crm.records().len(), 3);
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_5_a_lost_state_file_finds_the_occurrences_again_and_doubles_nothing() {
    let mut world = World::of(A);
    world.mailbox.user_creates_series(mondays(), 10);
    world.sync().await;
    world.store = std::sync::Arc::new(ports::memory::MemoryStore::new());
    let ran = world.sync().await;
    assert!(!ran.tally.wrote(), "{:?}", ran.tally);
    assert_eq!(ran.tally.linked, 8);
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_6_s6_what_somebody_else_organises_reaches_the_crm_and_is_never_written() {
    let world = World::of(A);
    let fields = talk("Their meeting", at(12, 1, 8));
    world.mailbox.user_is_invited(fields, 10);
    world.sync().await;
    let id = record(&world, "Their meeting").id;
    world
        .crm
        .user_edits(&id, Field::Location, "Kiel", world.seconds_pass(10));
    world.sync().await;
    assert_eq!(world.mailbox.writes(), 0);
    assert_eq!(reasons(&world).await, [Code::OrganisedByOther]);
    world.crm.user_deletes(&id);
    world.sync().await;
    assert_eq!(
        (world.mailbox.writes(), world.mailbox.items().len()),
        (0, 1)
    );
    world.assert_settled().await;
}

#[tokio::test]
async fn r3_8_a_private_item_follows_the_policy_also_when_that_changes() {
    let mut world = World::of(A);
    let private = talk("Doctor", at(12, 1, 8)).with(Field::Private, "1");
    let id = world.mailbox.user_creates(private, 10);
    let ran = world.sync().await;
    assert_eq!((ran.tally.records.created, ran.tally.skipped), (0, 1));
    assert_eq!(reasons(&world).await, []);
    world.assert_settled().await;
    world.policy.private_items = PrivateItems::Busy;
    world.sync().await;
    assert_eq!(world.crm.records().len(), 1);
    record(&world, "Busy");
    world.assert_settled().await;
    world
        .mailbox
        .user_edits(&id, Field::Private, "", world.seconds_pass(10));
    world.sync().await;
    record(&world, "Doctor");
    world.assert_settled().await;
}

#[tokio::test]
async fn r4_1_s3_a_stand_in_day_is_never_written_back_into_the_mailbox() {
    let world = World::of(T);
    let task = Fields::new().with(Field::Subject, "Call back");
    world.mailbox.user_creates(task, world.seconds_pass(10));
    world.sync().await;
    assert_eq!(
        record(&world, "Call back").fields.get(Field::Due),
        "2026-11-26"
    );
    let id = record(&world, "Call back").id;
    world
        .crm
        .user_edits(&id, Field::Priority, "High", world.seconds_pass(10));
    world.sync().await;
    let held = item(&world, "Call back").fields;
    assert_eq!(
        (held.get(Field::Due), held.get(Field::Priority)),
        ("", "High")
    );
    world.assert_settled().await;
    world
        .crm
        .user_edits(&id, Field::Due, "2026-12-24", world.seconds_pass(10));
    world.sync().await;
    assert_eq!(
        item(&world, "Call back").fields.get(Field::Due),
        "2026-12-24"
    );
    world.assert_settled().await;
}

#[tokio::test]
async fn s1_a_task_whose_creation_was_lost_and_whose_item_was_deleted_leaves_no_orphan() {
    let world = World::of(T);
    let task = Fields::new().with(Field::Subject, "Call back");
    let id = world.mailbox.user_creates(task, world.seconds_pass(10));
    let lost = ports::memory::mailbox::Strike::After;
    world.crm.fail_writes(lost, ErrorKind::OutcomeUnknown);
    world.write_and_quit().await;
    world.mailbox.user_removes(&id);
    world.sync().await;
    assert_eq!(world.crm.records().len(), 0);
    world.assert_settled().await;
}

fn call(subject: &str) -> Fields {
    Fields::new()
        .with(Field::Subject, subject)
        .with(Field::Start, "2026-12-01")
        .with(Field::Due, "2026-12-02")
}

#[tokio::test]
async fn r6_9_what_was_deleted_before_other_days_are_synced_is_deleted_all_the_same() {
    let mut world = World::of(T);
    let gone = world.mailbox.user_creates(call("Gone"), 10);
    for subject in ["Stays", "Stays too"] {
        world.mailbox.user_creates(call(subject), 10);
    }
    world.sync().await;
    world.mailbox.user_removes(&gone);
    world.past_days = 14;
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.deleted, 1);
    assert_eq!((world.crm.records().len(), world.links().await), (2, 2));
    world.assert_settled().await;
}

#[tokio::test]
async fn s4_a_record_edited_while_its_deletion_is_on_its_way_is_not_deleted() {
    let world = World::of(T);
    let gone = world.mailbox.user_creates(call("Gone"), 10);
    world.mailbox.user_creates(call("Stays"), 10);
    world.sync().await;
    world.mailbox.user_removes(&gone);
    let now = world.seconds_pass(1);
    world.crm.user_creates(call("New"), now);
    let edited = record(&world, "Gone").id;
    world.edit_record_while_writing(&edited, Field::Due, "2026-12-31");
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.deleted, 0);
    for day in [&item(&world, "Gone").fields, &record(&world, "Gone").fields] {
        assert_eq!(day.get(Field::Due), "2026-12-31", "R6.7: the change wins");
    }
    world.assert_settled().await;
}

#[tokio::test]
async fn s4_a_clock_that_was_far_ahead_holds_up_no_series() {
    let world = World::of(A);
    let series = world.mailbox.user_creates_series(mondays(), 10);
    world.sync().await;
    let heads = world.store.series(A).await.expect("memory does not fail");
    let unread = SeriesHead {
        until: jiff::civil::Date::MIN,
        ..heads[0].clone()
    };
    let kept = world.store.keep_series(A, &[unread], &[]).await;
    kept.expect("memory does not fail");
    world.could_not_read(&series, 30 * 24).await;
    world.sync().await;
    assert_eq!(world.refusals().await, []);
}

#[tokio::test]
async fn s1_an_item_that_may_be_made_again_already_is_not_made_once_more() {
    let mut world = World::of(T);
    world.policy.conflict_strategy = Strategy::Crm;
    let lost = world.mailbox.user_creates(call("Call"), 10);
    world.mailbox.user_creates(call("Stays"), 10);
    world.sync().await;
    world.mailbox.user_removes(&lost);
    world
        .mailbox
        .fail_writes(Strike::Before, ErrorKind::OutcomeUnknown);
    world.sync().await;
    world.minutes_pass(3);
    world.sync().await;
    assert_eq!(world.mailbox.items().len(), 1, "it may be under way");
    world.minutes_pass(3);
    world.sync().await;
    assert_eq!(world.mailbox.items().len(), 2);
    assert_eq!(world.refusals().await, [], "nothing stays listed");
    world.assert_settled().await;
}

#[tokio::test]
async fn s1_a_record_that_may_be_made_again_already_is_not_made_once_more() {
    let mut world = World::of(T);
    world.policy.conflict_strategy = Strategy::Exchange;
    for subject in ["Call", "Stays"] {
        world.mailbox.user_creates(call(subject), 10);
    }
    world.sync().await;
    world.crm.user_deletes(&record(&world, "Call").id);
    world
        .crm
        .fail_writes(Strike::Before, ErrorKind::OutcomeUnknown);
    world.sync().await;
    world.minutes_pass(3);
    world.sync().await;
    assert_eq!(world.crm.records().len(), 1, "it may be under way");
    world.minutes_pass(3);
    world.sync().await;
    assert_eq!(world.crm.records().len(), 2);
    assert_eq!(world.refusals().await, [], "nothing stays listed");
    world.assert_settled().await;
}
