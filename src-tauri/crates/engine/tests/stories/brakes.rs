//! Stories of brakes: what looks like a disaster stops before its first write and asks (R6.8, S5).

use super::world::{World, contact};
use engine::brake::{self, Answer};
use model::{Code, Component, Field, Fields};
use ports::StateStore;

const T: Component = Component::Tasks;

fn task(number: usize) -> Fields {
    Fields::new()
        .with(Field::Subject, format!("Task {number:02}"))
        .with(Field::Start, "2026-12-01")
        .with(Field::Due, "2026-12-02")
}

/// Thirty tasks on both sides.
async fn thirty() -> World {
    let world = World::of(T);
    for number in 0..30 {
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
