//! Cursors, and the observations that were read up to them.

use model::{Component, ItemId, Observation, RecordId, RemoteId, Side, SyncToken};

use super::made_up::{AWKWARD, CONTACTS, commit, item, record};
use crate::{Cursor, Outcome, StateStore};

fn cursor(side: Side, token: &str) -> Option<Cursor> {
    Some(Cursor {
        side,
        token: Some(SyncToken::new(token)),
    })
}

async fn waiting(store: &impl StateStore) -> Vec<Observation> {
    let mut waiting = store.observations(CONTACTS).await.expect("observations");
    waiting.sort_by_key(Observation::subject);
    waiting
}

async fn observe(store: &impl StateStore, observations: &[Observation]) {
    store
        .observe(CONTACTS, observations, None)
        .await
        .expect("observed");
}

/// Three cursors do not mix.
pub async fn a_cursor_is_kept_for_its_component_and_side(store: &impl StateStore) {
    let places = [
        (CONTACTS, Side::Mailbox, "m"),
        (CONTACTS, Side::Crm, AWKWARD),
        (Component::Tasks, Side::Mailbox, "t"),
    ];
    for (component, side, token) in places {
        let kept = store.observe(component, &[], cursor(side, token)).await;
        kept.expect("kept");
    }
    for (component, side, token) in places {
        let found = store.cursor(component, side).await.expect("cursor");
        assert_eq!(found, Some(SyncToken::new(token)));
    }
    let none = store.cursor(Component::Tasks, Side::Crm).await;
    assert_eq!(none.expect("cursor"), None);
}

/// `None` forgets; no cursor at all leaves it.
pub async fn a_forgotten_cursor_is_gone(store: &impl StateStore) {
    let kept = store.observe(CONTACTS, &[], cursor(Side::Crm, "1")).await;
    kept.expect("kept");
    observe(store, &[item("i1", "Meyer")]).await;
    let found = store.cursor(CONTACTS, Side::Crm).await.expect("cursor");
    assert_eq!(found, Some(SyncToken::new("1")));
    let forget = Cursor {
        side: Side::Crm,
        token: None,
    };
    let forgotten = store.observe(CONTACTS, &[], Some(forget)).await;
    forgotten.expect("forgotten");
    let found = store.cursor(CONTACTS, Side::Crm).await.expect("cursor");
    assert_eq!(found, None);
}

/// Every kind of observation, with every part of it.
pub async fn an_observation_waits_with_all_it_held(store: &impl StateStore) {
    let mut observations = vec![
        item("i1", AWKWARD),
        Observation::ItemGone {
            id: ItemId::new("i2"),
        },
        record("r1", AWKWARD),
        Observation::RecordGone {
            id: RecordId::new("r2"),
        },
        Observation::RecordLeft {
            id: RecordId::new("r3"),
        },
    ];
    observe(store, &observations).await;
    observations.sort_by_key(Observation::subject);
    assert_eq!(waiting(store).await, observations);
    let others = store.observations(Component::Tasks).await;
    assert_eq!(others.expect("observations"), []);
}

/// Also within one page.
pub async fn a_newer_observation_replaces_the_older_one(store: &impl StateStore) {
    observe(store, &[item("i1", "Meyer")]).await;
    let gone = Observation::ItemGone {
        id: ItemId::new("i1"),
    };
    observe(store, &[item("i1", "Maier"), gone.clone()]).await;
    assert_eq!(waiting(store).await, [gone]);
}

/// An item and a record may carry the same id.
pub async fn one_id_on_two_sides_is_two_entries(store: &impl StateStore) {
    let both = [item("1", "Meyer"), record("1", "Maier")];
    observe(store, &both).await;
    assert_eq!(waiting(store).await, both);
}

/// Only the settled one goes.
pub async fn a_settled_observation_is_gone(store: &impl StateStore) {
    observe(store, &[item("1", "Meyer"), record("1", "Maier")]).await;
    let outcome = Outcome {
        settled: vec![
            RemoteId::Mailbox(ItemId::new("1")),
            RemoteId::Mailbox(ItemId::new("never seen")),
        ],
        ..Outcome::default()
    };
    commit(store, outcome).await;
    assert_eq!(waiting(store).await, [record("1", "Maier")]);
}

/// A version found just before a write is newer than the one the step dealt with.
pub async fn what_was_observed_in_the_same_step_outlives_the_settling(store: &impl StateStore) {
    observe(store, &[record("1", "Meyer")]).await;
    let outcome = Outcome {
        settled: vec![RemoteId::Crm(RecordId::new("1"))],
        observed: vec![record("1", "Maier")],
        ..Outcome::default()
    };
    commit(store, outcome).await;
    assert_eq!(waiting(store).await, [record("1", "Maier")]);
}
