//! Stories of brakes: what looks like a disaster stops before its first write and asks (R6.8, S5).

use super::world::{World, contact};
use engine::brake::{self, Answer};
use model::{Code, Component, Field, Fields, Item, Owner};
use ports::memory::mailbox::Strike;
use ports::{ErrorKind, HistoryFilter, StateStore};

const T: Component = Component::Tasks;

fn task(number: usize) -> Fields {
    Fields::new()
        .with(Field::Subject, format!("Task {number:02}"))
        .with(Field::Start, "2026-12-01")
        .with(Field::Due, "2026-12-02")
}

/// Thirty tasks on both sides.
async fn thirty() -> World {
    tasks(30).await
}

async fn tasks(count: usize) -> World {
    let world = World::of(T);
    for number in 0..count {
        world.mailbox.user_creates(task(number), 10);
    }
    world.sync().await;
    world
}

fn remove(world: &World, count: usize) {
    for item in world.mailbox.items().into_iter().take(count) {
        world.mailbox.user_removes(&item.id);
    }
}

/// The same tasks each time, whatever ids their items have.
fn remove_first(world: &World, count: usize) {
    for item in world.mailbox.items() {
        if (0..count).any(|number| item.fields.get(Field::Subject) == format!("Task {number:02}")) {
            world.mailbox.user_removes(&item.id);
        }
    }
}

async fn say(world: &World, answer: Answer) {
    let store = &*world.store;
    let said = brake::answer(store, world.component, answer).await;
    assert!(said.expect("memory does not fail"), "a brake is tripped");
}

async fn code_of_stop(world: &World) -> Option<Code> {
    let before = (world.mailbox.writes(), world.crm.writes());
    let ran = world.try_sync().await;
    let stopped = ran.failure.map(|failure| failure.problem.code);
    if stopped.is_some() {
        assert_eq!(before, (world.mailbox.writes(), world.crm.writes()));
    }
    stopped
}

#[tokio::test]
async fn r6_8_s5_many_deletions_wait_for_a_yes_and_then_happen() {
    let world = thirty().await;
    remove(&world, 11);
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
    assert_eq!(world.crm.records().len(), 30);
    say(&world, Answer::Approve).await;
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.deleted, 11);
    world.assert_settled().await;
    let tripped = brake::tripped(&*world.store, T).await;
    assert_eq!(tripped.expect("memory does not fail"), None);
    remove(&world, 11);
    assert_eq!(
        code_of_stop(&world).await,
        Some(Code::ManyDeletions),
        "a yes holds for one run"
    );
}

#[tokio::test]
async fn r6_8_s5_a_yes_holds_for_what_was_shown_and_not_for_more() {
    let world = thirty().await;
    remove(&world, 11);
    code_of_stop(&world).await;
    say(&world, Answer::Approve).await;
    remove(&world, 5);
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
    assert_eq!(world.crm.records().len(), 30);
}

#[tokio::test]
async fn r6_8_what_was_not_meant_is_put_back_from_the_other_side() {
    let world = thirty().await;
    remove(&world, 30);
    assert_eq!(code_of_stop(&world).await, Some(Code::SideEmpty));
    say(&world, Answer::Restore).await;
    let ran = world.sync().await;
    assert_eq!(
        (ran.tally.items.created, ran.tally.records.deleted),
        (30, 0)
    );
    assert_eq!(world.mailbox.items().len(), 30);
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_both_sides_may_stay_as_they_are() {
    let world = thirty().await;
    remove(&world, 12);
    code_of_stop(&world).await;
    say(&world, Answer::Ignore).await;
    let ran = world.sync().await;
    assert!(!ran.tally.wrote(), "{:?}", ran.tally);
    assert_eq!(
        (world.mailbox.items().len(), world.crm.records().len()),
        (18, 30)
    );
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_a_loss_that_is_repaired_needs_no_answer() {
    let world = thirty().await;
    let items = world.mailbox.items();
    remove(&world, 20);
    code_of_stop(&world).await;
    for item in items.into_iter().take(20) {
        world.mailbox.user_puts_back(item);
    }
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.deleted, 0);
    let tripped = brake::tripped(&*world.store, T).await;
    assert_eq!(tripped.expect("memory does not fail"), None);
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_s5_a_yes_to_what_is_repaired_meanwhile_is_no_yes_to_the_next_loss() {
    let world = thirty().await;
    let items = world.mailbox.items();
    remove_first(&world, 11);
    code_of_stop(&world).await;
    say(&world, Answer::Approve).await;
    for item in items.into_iter().take(11) {
        world.mailbox.user_puts_back(item);
    }
    // A run that ends early does not come to forget anything at its end.
    world.crm.fail_writes(Strike::Before, ErrorKind::Offline);
    world.mailbox.user_creates(task(40), 20);
    assert!(world.try_sync().await.failure.is_some());
    remove_first(&world, 11);
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
}

#[tokio::test]
async fn r6_8_s5_what_a_yes_did_not_come_to_is_asked_about_once_more() {
    let world = tasks(200).await;
    remove(&world, 150);
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
    say(&world, Answer::Approve).await;
    world.write_and_quit().await;
    let left = world.crm.records().len();
    assert!((51..200).contains(&left), "it ended in its midst: {left}");
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
    assert_eq!(world.crm.records().len(), left);
}

#[tokio::test]
async fn r6_8_an_answer_is_over_once_nothing_is_lost_any_more() {
    let world = thirty().await;
    give_away(&world, 11, Owner::Other);
    world.minutes_pass(16);
    code_of_stop(&world).await;
    say(&world, Answer::Ignore).await;
    world.sync().await;
    assert_eq!(counts(&world), (30, 30));
    give_away(&world, 11, Owner::Me);
    world.sync().await;
    assert_eq!((counts(&world), world.links().await), ((30, 30), 30));
    world.assert_settled().await;
    give_away(&world, 11, Owner::Other);
    world.minutes_pass(16);
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
}

#[tokio::test]
async fn r6_8_only_what_was_swept_over_is_taken_back() {
    let world = thirty().await;
    sweep(&world);
    let edited = world.crm.records().pop().expect("there are thirty");
    let now = world.seconds_pass(1);
    world
        .crm
        .user_edits(&edited.id, Field::Description, "called", now);
    assert_eq!(code_of_stop(&world).await, Some(Code::FieldSwept));
    say(&world, Answer::Restore).await;
    world.sync().await;
    assert_eq!(due(&world, "2026-12-02"), (30, 30));
    let items = world.mailbox.items().into_iter();
    let called = items.filter(|item| item.fields.get(Field::Description) == "called");
    assert_eq!(called.count(), 1, "an edit like any other");
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_a_brake_stops_one_component_and_an_answer_is_about_one() {
    let world = thirty().await;
    remove(&world, 11);
    code_of_stop(&world).await;
    let (store, other) = (&*world.store, Component::Contacts);
    let tripped = brake::tripped(store, other).await;
    assert_eq!(tripped.expect("memory does not fail"), None);
    let answered = brake::answer(store, other, Answer::Approve).await;
    assert!(!answered.expect("memory does not fail"));
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
}

#[tokio::test]
async fn r6_8_r2_4_an_emptied_contacts_folder_asks_too() {
    let world = World::new();
    for number in 0..5 {
        world
            .mailbox
            .user_creates(contact(&format!("Person{number}")), 10);
    }
    world.sync().await;
    remove(&world, 5);
    assert_eq!(code_of_stop(&world).await, Some(Code::SideEmpty));
    assert_eq!(
        world.store.link_count(Component::Contacts).await.ok(),
        Some(5)
    );
    say(&world, Answer::Restore).await;
    world.sync().await;
    assert_eq!(world.mailbox.items().len(), 5);
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_a_field_blanked_everywhere_asks() {
    let world = thirty().await;
    for record in world.crm.records().into_iter().take(11) {
        world
            .crm
            .user_edits(&record.id, Field::Due, "2026-12-24", world.seconds_pass(1));
    }
    assert_eq!(code_of_stop(&world).await, Some(Code::FieldSwept));
    say(&world, Answer::Approve).await;
    let ran = world.sync().await;
    assert_eq!(ran.tally.items.updated, 11);
    world.assert_settled().await;
}

fn give_away(world: &World, count: usize, owner: Owner) {
    for record in world.crm.records().into_iter().take(count) {
        world.crm.user_assigns(&record.id, owner);
    }
}

/// Somebody, or something, writes the same day into the last eleven records.
fn sweep(world: &World) {
    for record in world.crm.records().into_iter().rev().take(11) {
        let now = world.seconds_pass(1);
        world
            .crm
            .user_edits(&record.id, Field::Due, "2026-12-24", now);
    }
}

/// On how many items and records a day stands.
fn due(world: &World, day: &str) -> (usize, usize) {
    let (items, records) = (world.mailbox.items(), world.crm.records());
    let items = items.iter().filter(|it| it.fields.get(Field::Due) == day);
    let records = records.iter().filter(|it| it.fields.get(Field::Due) == day);
    (items.count(), records.count())
}

fn counts(world: &World) -> (usize, usize) {
    (world.mailbox.items().len(), world.crm.records().len())
}

#[tokio::test]
async fn r6_8_s5_what_is_put_back_is_put_back_to_the_end_however_often_a_run_is_cut_off() {
    let world = tasks(110).await;
    remove(&world, 110);
    assert_eq!(code_of_stop(&world).await, Some(Code::SideEmpty));
    say(&world, Answer::Restore).await;
    world.write_and_quit().await;
    assert_eq!(counts(&world), (100, 110), "it was cut off");
    let ran = world.sync().await;
    assert_eq!(
        (ran.tally.items.created, ran.tally.records.deleted),
        (10, 0)
    );
    world.assert_settled().await;
    remove(&world, 1);
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.deleted, 1, "the answer is carried out");
    remove(&world, 11);
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
}

#[tokio::test]
async fn r6_8_what_was_put_back_before_a_run_was_cut_off_can_be_deleted_again() {
    let world = tasks(20).await;
    remove(&world, 20);
    code_of_stop(&world).await;
    say(&world, Answer::Restore).await;
    world.write_and_quit().await;
    remove(&world, 1);
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.deleted, 1);
    assert_eq!(counts(&world), (19, 19));
}

#[tokio::test]
async fn r6_8_s5_what_could_not_be_put_back_is_not_deleted_the_day_after() {
    let world = thirty().await;
    for record in world.crm.records().into_iter().take(11) {
        world.crm.user_deletes(&record.id);
    }
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
    say(&world, Answer::Restore).await;
    let no = ErrorKind::Refused { field: None };
    world.crm.fail_writes(Strike::Before, no);
    world.sync().await;
    assert_eq!(counts(&world), (30, 29));
    world.sync().await;
    world.minutes_pass(25 * 60);
    world.sync().await;
    assert_eq!(counts(&world), (30, 30));
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_s5_an_answer_holds_for_what_is_left_of_the_losses() {
    for (answer, left) in [(Answer::Restore, (30, 30)), (Answer::Ignore, (24, 30))] {
        let world = thirty().await;
        let items: Vec<Item> = world.mailbox.items().into_iter().take(12).collect();
        remove(&world, 12);
        code_of_stop(&world).await;
        say(&world, answer).await;
        for item in items.into_iter().take(6) {
            world.mailbox.user_puts_back(item);
        }
        let ran = world.sync().await;
        assert_eq!(ran.tally.records.deleted, 0, "{answer:?}");
        assert_eq!(counts(&world), left, "{answer:?}");
        world.assert_settled().await;
    }
}

#[tokio::test]
async fn r6_8_what_swept_over_a_field_is_left_where_it_is() {
    let world = thirty().await;
    sweep(&world);
    assert_eq!(code_of_stop(&world).await, Some(Code::FieldSwept));
    say(&world, Answer::Ignore).await;
    let ran = world.sync().await;
    assert!(!ran.tally.wrote(), "{:?}", ran.tally);
    assert_eq!(due(&world, "2026-12-24"), (0, 11));
    world.assert_settled().await;
    let last = world.crm.records().pop().expect("there are thirty");
    let now = world.seconds_pass(1);
    world
        .crm
        .user_edits(&last.id, Field::Due, "2026-12-31", now);
    world.sync().await;
    assert_eq!(due(&world, "2026-12-31"), (1, 1), "what is newer is synced");
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_what_swept_over_a_field_is_taken_back() {
    let world = thirty().await;
    sweep(&world);
    assert_eq!(code_of_stop(&world).await, Some(Code::FieldSwept));
    say(&world, Answer::Restore).await;
    let ran = world.sync().await;
    assert_eq!(
        (ran.tally.items.updated, ran.tally.records.updated),
        (0, 11)
    );
    assert_eq!(due(&world, "2026-12-02"), (30, 30));
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_s3_a_swept_field_that_somebody_filled_since_is_not_taken_back() {
    let world = thirty().await;
    sweep(&world);
    code_of_stop(&world).await;
    say(&world, Answer::Restore).await;
    world.crm.fail_writes(Strike::Before, ErrorKind::Offline);
    world.try_sync().await;
    let last = world.crm.records().pop().expect("there are thirty");
    let now = world.seconds_pass(1);
    world
        .crm
        .user_edits(&last.id, Field::Due, "2026-12-31", now);
    world.sync().await;
    assert_eq!(due(&world, "2026-12-31"), (1, 1));
    assert_eq!(due(&world, "2026-12-02"), (29, 29));
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_s5_deletions_and_a_swept_field_at_once_get_the_same_answer() {
    for answer in [Answer::Restore, Answer::Ignore] {
        let world = thirty().await;
        remove(&world, 11);
        sweep(&world);
        assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
        say(&world, answer).await;
        let ran = world.sync().await;
        assert_eq!(ran.tally.records.deleted, 0, "{answer:?}");
        let (sides, swept) = (counts(&world), due(&world, "2026-12-24"));
        match answer {
            Answer::Restore => assert_eq!((sides, swept), ((30, 30), (0, 0))),
            _ => assert_eq!((sides, swept), ((19, 30), (0, 11))),
        }
        world.assert_settled().await;
    }
}

#[tokio::test]
async fn r6_8_r6_11_an_undo_that_sweeps_over_a_field_can_be_left_undone() {
    for answer in [Answer::Restore, Answer::Ignore] {
        let world = thirty().await;
        sweep(&world);
        code_of_stop(&world).await;
        say(&world, Answer::Approve).await;
        world.sync().await;
        let lines = world.store.history(&HistoryFilter::default()).await;
        let mut lines = lines.expect("memory does not fail");
        lines.retain(|line| line.act == model::history::Act::Updated);
        let run = lines[0].run;
        let undone = world.engine().undo(run, T, lines).await;
        assert_eq!(undone.expect("memory does not fail").back.len(), 11);
        assert_eq!(code_of_stop(&world).await, Some(Code::FieldSwept));
        say(&world, answer).await;
        let ran = world.sync().await;
        assert!(!ran.tally.wrote(), "{answer:?}: {:?}", ran.tally);
        assert_eq!(due(&world, "2026-12-24"), (11, 11));
        world.assert_settled().await;
    }
}

#[tokio::test]
async fn r6_8_r1_5_s5_records_given_away_at_once_take_no_item_with_them_when_it_was_not_meant() {
    let world = thirty().await;
    give_away(&world, 11, Owner::Other);
    world.minutes_pass(16);
    assert_eq!(code_of_stop(&world).await, Some(Code::ManyDeletions));
    say(&world, Answer::Restore).await;
    let ran = world.sync().await;
    assert_eq!(ran.tally.items.deleted, 0);
    let reasons = world.refusals().await;
    let reasons = reasons.iter().map(|refusal| refusal.problem.code);
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [Code::NotAssignedToUser; 11],
        "S9: they are listed"
    );
    world.assert_settled().await;
    give_away(&world, 11, Owner::Me);
    world.sync().await;
    assert_eq!((counts(&world), world.links().await), ((30, 30), 30));
    assert_eq!(world.refusals().await, []);
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_8_s5_what_goes_between_a_plan_and_its_writes_is_asked_about_too() {
    let world = thirty().await;
    for (number, item) in world.mailbox.items().into_iter().take(12).enumerate() {
        let field = [Field::Priority, Field::Description][number % 2];
        let now = world.seconds_pass(1);
        world.mailbox.user_edits(&item.id, field, "High", now);
    }
    let crm = world.crm.clone();
    let ran = world.sync_while(move || {
        for record in crm.records() {
            crm.user_assigns(&record.id, Owner::Other);
        }
    });
    let failure = ran.await.failure.expect("it stops");
    assert_eq!(failure.problem.code, Code::ManyDeletions);
    assert_eq!(counts(&world), (30, 30));
}

#[tokio::test]
async fn r6_8_what_sweeps_over_a_field_between_a_plan_and_its_writes_is_asked_about_too() {
    let world = thirty().await;
    sweep(&world);
    code_of_stop(&world).await;
    say(&world, Answer::Restore).await;
    let (crm, now) = (world.crm.clone(), world.seconds_pass(60));
    let ran = world.sync_while(move || {
        for record in crm.records().into_iter().rev().take(11) {
            crm.user_edits(&record.id, Field::Due, "2026-12-31", now);
        }
    });
    let failure = ran.await.failure.expect("it stops");
    assert_eq!(failure.problem.code, Code::FieldSwept);
    assert_eq!(due(&world, "2026-12-31"), (0, 11));
}
