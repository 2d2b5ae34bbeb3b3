//! The journal, refusals, facts, and forgetting.

use model::{
    Code, Component, Field, ItemId, Link, OperationId, Problem, RecordId, RemoteId, RunId, Side,
    SyncToken,
};

use super::history::entry;
use super::made_up::{AWKWARD, CONTACTS, at, commit, item, journal, link, put, record};
use crate::{Cursor, HistoryFilter, JournalEntry, LinkFilter, Outcome, Refusal, StateStore};

async fn unfinished(store: &impl StateStore) -> Vec<JournalEntry> {
    store.unfinished(CONTACTS).await.expect("unfinished")
}

/// Also when several are begun at once.
pub async fn begun_writes_are_unfinished_until_done_and_keep_their_order(store: &impl StateStore) {
    let (z, a, m) = (
        journal("z", RunId(1)),
        journal("a", RunId(1)),
        journal("m", RunId(2)),
    );
    let mut task = journal("task", RunId(2));
    task.component = Component::Tasks;
    store.begin(&[z.clone(), a.clone()]).await.expect("begun");
    store.begin(&[m.clone(), task]).await.expect("begun");
    assert_eq!(unfinished(store).await, [z, a.clone(), m]);
    let outcome = Outcome {
        done: vec![OperationId::new("z"), OperationId::new("m")],
        ..Outcome::default()
    };
    commit(store, outcome).await;
    assert_eq!(unfinished(store).await, [a]);
    let tasks = store
        .unfinished(Component::Tasks)
        .await
        .expect("unfinished");
    assert_eq!(tasks.len(), 1);
}

fn refusal(entry: RemoteId, attempts: u32) -> Refusal {
    Refusal {
        entry,
        title: AWKWARD.to_owned(),
        problem: Problem::new(Code::FieldMandatory).with("field", Field::LastName.name()),
        since: at(1),
        attempts,
        retry_at: at(2),
        content: "hash".to_owned(),
    }
}

fn refused(refusals: impl IntoIterator<Item = Refusal>) -> Outcome {
    Outcome {
        refused: refusals.into_iter().collect(),
        ..Outcome::default()
    }
}

async fn refusals(store: &impl StateStore) -> Vec<Refusal> {
    let mut refusals = store.refusals(CONTACTS).await.expect("refusals");
    refusals.sort_by_key(|refusal| refusal.entry.clone());
    refusals
}

/// A second refusal of the same entry takes the place of the first.
pub async fn a_refusal_stays_until_accepted(store: &impl StateStore) {
    let item = RemoteId::Mailbox(ItemId::new("1"));
    let record = RemoteId::Crm(RecordId::new("1"));
    let first = [refusal(item.clone(), 1), refusal(record.clone(), 1)];
    commit(store, refused(first)).await;
    commit(store, refused([refusal(item.clone(), 2)])).await;
    assert_eq!(
        refusals(store).await,
        [refusal(item.clone(), 2), refusal(record.clone(), 1)]
    );
    let outcome = Outcome {
        accepted: vec![item],
        ..Outcome::default()
    };
    commit(store, outcome).await;
    assert_eq!(refusals(store).await, [refusal(record, 1)]);
    let tasks = store.refusals(Component::Tasks).await;
    assert_eq!(tasks.expect("refusals"), []);
}

/// The refusal is the newer of the two.
pub async fn an_entry_accepted_and_refused_in_one_step_is_refused(store: &impl StateStore) {
    let item = RemoteId::Mailbox(ItemId::new("1"));
    commit(store, refused([refusal(item.clone(), 1)])).await;
    let outcome = Outcome {
        accepted: vec![item.clone()],
        ..refused([refusal(item.clone(), 2)])
    };
    commit(store, outcome).await;
    assert_eq!(refusals(store).await, [refusal(item, 2)]);
}

/// A change on both sides is one entry that waits; what is refused waits for something else, on whichever side it is.
pub async fn what_waits_is_counted_once_and_without_what_is_refused(store: &impl StateStore) {
    put(store, [link(1), link(2), link(3)]).await;
    let seen = ["i1", "i2", "i4", "i5"].map(|id| item(id, "Meyer"));
    let seen = seen
        .into_iter()
        .chain(["r1", "r3", "r4"].map(|id| record(id, "Meyer")));
    let seen: Vec<_> = seen.collect();
    let observed = store.observe(CONTACTS, &seen, None).await;
    observed.expect("observed");
    assert_eq!(
        waiting_count(store).await,
        6,
        "both ends of the first link are one"
    );
    let entries = [
        RemoteId::Crm(RecordId::new("r2")),
        RemoteId::Mailbox(ItemId::new("i3")),
        RemoteId::Mailbox(ItemId::new("i5")),
    ];
    commit(store, refused(entries.map(|entry| refusal(entry, 1)))).await;
    assert_eq!(waiting_count(store).await, 3);
    let tasks = store.waiting_count(Component::Tasks).await;
    assert_eq!(tasks.expect("a count"), 0);
}

async fn waiting_count(store: &impl StateStore) -> u64 {
    store.waiting_count(CONTACTS).await.expect("a count")
}

/// A second value takes the place of the first.
pub async fn a_fact_is_remembered_until_forgotten(store: &impl StateStore) {
    for value in [Some("first"), Some(AWKWARD), Some(""), None] {
        store.set_fact("folder", value).await.expect("set");
        let found = store.fact("folder").await.expect("fact");
        assert_eq!(found.as_deref(), value);
    }
    assert_eq!(store.fact("other").await.expect("fact"), None);
}

async fn fill(store: &impl StateStore, component: Component, link: Link) {
    let cursor = Cursor {
        side: Side::Mailbox,
        token: Some(SyncToken::new("1")),
    };
    let observed = store
        .observe(component, &[item("i1", "Meyer")], Some(cursor))
        .await;
    observed.expect("observed");
    let begun = JournalEntry {
        component,
        id: OperationId::new(component.name()),
        ..journal("", RunId(1))
    };
    store.begin(&[begun]).await.expect("begun");
    let outcome = Outcome {
        links: vec![crate::LinkChange::Put(link)],
        history: vec![entry("Meyer", component)],
        ..refused([refusal(RemoteId::Mailbox(ItemId::new("i1")), 1)])
    };
    store.commit(component, &outcome).await.expect("committed");
}

async fn remembered(store: &impl StateStore, component: Component) -> [usize; 5] {
    let cursor = store.cursor(component, Side::Mailbox).await;
    let observations = store.observations(component).await;
    let links = store.links(component, LinkFilter::All).await;
    let unfinished = store.unfinished(component).await;
    let refusals = store.refusals(component).await;
    [
        cursor.expect("cursor").iter().count(),
        observations.expect("observations").len(),
        links.expect("links").len(),
        unfinished.expect("unfinished").len(),
        refusals.expect("refusals").len(),
    ]
}

/// Everything else of it goes.
pub async fn forgetting_a_component_leaves_the_others_and_the_history(store: &impl StateStore) {
    let mut task = link(2);
    task.component = Component::Tasks;
    fill(store, CONTACTS, link(1)).await;
    fill(store, Component::Tasks, task).await;
    put(store, [link(3)]).await;
    assert_eq!(remembered(store, CONTACTS).await, [1, 1, 2, 1, 1]);
    store.forget(CONTACTS).await.expect("forgotten");
    assert_eq!(remembered(store, CONTACTS).await, [0; 5]);
    assert_eq!(remembered(store, Component::Tasks).await, [1; 5]);
    let history = store.history(&HistoryFilter::default()).await;
    assert_eq!(history.expect("history").len(), 2);
}
