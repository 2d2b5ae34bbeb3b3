//! Links and the ways they are asked for.

use model::{
    Base, ChangeKey, Component, Field, ItemId, Link, LinkId, LinkState, RecordId, SeriesHead,
    Stamping,
};

use super::made_up::{CONTACTS, commit, fields, link, live, put, stamped};
use crate::{LinkChange, LinkFilter, Outcome, StateStore};

async fn links(store: &impl StateStore, filter: LinkFilter) -> Vec<Link> {
    let mut links = store.links(CONTACTS, filter).await.expect("links");
    links.sort_by(|one, other| one.id.cmp(&other.id));
    links
}

fn items(ids: &[&str]) -> LinkFilter {
    LinkFilter::OfItems(ids.iter().copied().map(ItemId::new).collect())
}

/// Bases that differ, bases that are equal, empty ones; with and without a stamp.
pub async fn a_link_comes_back_as_it_was_put(store: &impl StateStore) {
    let mut equal = link(2);
    equal.base.record = equal.base.item.clone();
    let mut half = link(3);
    half.base.record = model::Fields::new();
    let mut away = stamped(link(4));
    away.state = LinkState::StaysAway;
    let mut empty = link(5);
    empty.base = Base::default();
    let all = [stamped(link(1)), equal, half, away, empty];
    put(store, all.clone()).await;
    assert_eq!(links(store, LinkFilter::All).await, all);
}

/// An item's id changes when it moves.
pub async fn a_changed_link_is_found_by_its_new_item_only(store: &impl StateStore) {
    put(store, [link(1)]).await;
    let mut moved = link(1);
    moved.state = live("elsewhere");
    moved.base.item = fields("Maier");
    put(store, [moved.clone()]).await;
    assert_eq!(links(store, items(&["i1"])).await, []);
    assert_eq!(links(store, items(&["elsewhere"])).await, [moved]);
}

/// The others stay; dropping an unknown one does nothing.
pub async fn a_dropped_link_is_gone(store: &impl StateStore) {
    put(store, [link(1), link(2)]).await;
    let drop = |id: &str| LinkChange::Drop(LinkId::new(id));
    let outcome = Outcome {
        links: vec![drop("l1"), drop("never there")],
        ..Outcome::default()
    };
    commit(store, outcome).await;
    assert_eq!(links(store, LinkFilter::All).await, [link(2)]);
}

/// Put and dropped, dropped and put, put twice.
pub async fn the_last_change_of_a_link_in_a_step_counts(store: &impl StateStore) {
    let outcome = Outcome {
        links: vec![
            LinkChange::Put(link(1)),
            LinkChange::Drop(LinkId::new("l1")),
            LinkChange::Drop(LinkId::new("l2")),
            LinkChange::Put(link(2)),
            LinkChange::Put(link(3)),
            LinkChange::Put(stamped(link(3))),
        ],
        ..Outcome::default()
    };
    commit(store, outcome).await;
    assert_eq!(
        links(store, LinkFilter::All).await,
        [link(2), stamped(link(3))]
    );
}

/// More ids than a statement of most databases may carry.
pub async fn links_are_found_by_thousands_of_items_or_records(store: &impl StateStore) {
    put(store, (0..10).map(link)).await;
    let many = |letter: char| (5..40_000).map(move |number| format!("{letter}{number}"));
    let mut expected: Vec<Link> = (5..10).map(link).collect();
    expected.sort_by(|one, other| one.id.cmp(&other.id));
    let of_items = LinkFilter::OfItems(many('i').map(ItemId::new).collect());
    assert_eq!(links(store, of_items).await, expected);
    let of_records = LinkFilter::OfRecords(many('r').map(RecordId::new).collect());
    assert_eq!(links(store, of_records).await, expected);
    assert_eq!(links(store, items(&[])).await, []);
    assert_eq!(links(store, items(&["i7", "i7"])).await, [link(7)]);
}

/// A base that moved on needs another stamp.
pub async fn a_link_is_unstamped_until_its_stamp_is_that_of_its_base(store: &impl StateStore) {
    let mut behind = stamped(link(2));
    behind.base.item = behind.base.item.with(Field::Phone, "1");
    let mut away = link(4);
    away.state = LinkState::StaysAway;
    put(store, [link(1), behind.clone(), stamped(link(3)), away]).await;
    assert_eq!(
        links(store, LinkFilter::Unstamped).await,
        [link(1), behind.clone()]
    );
    put(store, [stamped(link(1)), stamped(behind)]).await;
    assert_eq!(links(store, LinkFilter::Unstamped).await, []);
}

/// It has no item, and is not counted.
pub async fn a_link_that_stays_away_is_no_live_one(store: &impl StateStore) {
    let mut away = link(1);
    away.state = LinkState::StaysAway;
    put(store, [link(1), link(2)]).await;
    put(store, [away.clone()]).await;
    assert_eq!(store.link_count(CONTACTS).await.expect("count"), 1);
    assert_eq!(links(store, LinkFilter::StayingAway).await, [away.clone()]);
    let mut records = store.linked_records(CONTACTS).await.expect("records");
    records.sort();
    let mut expected: Vec<_> = links(store, LinkFilter::All)
        .await
        .into_iter()
        .map(|link| link.record)
        .collect();
    expected.sort();
    assert!(!expected.is_empty() && expected.contains(&away.record));
    assert_eq!(records, expected);
    assert_eq!(links(store, items(&["i1"])).await, []);
    let of_record = LinkFilter::OfRecords(vec![RecordId::new("r1")]);
    assert_eq!(links(store, of_record).await, [away]);
}

/// The same ids may occur in two components.
pub async fn links_of_other_components_stay_out(store: &impl StateStore) {
    let mut task = link(1);
    task.id = LinkId::new("task");
    task.component = Component::Tasks;
    put(store, [link(1)]).await;
    let outcome = Outcome {
        links: vec![LinkChange::Put(task.clone())],
        ..Outcome::default()
    };
    let committed = store.commit(Component::Tasks, &outcome).await;
    committed.expect("committed");
    for filter in [LinkFilter::All, items(&["i1"]), LinkFilter::Unstamped] {
        assert_eq!(links(store, filter.clone()).await, [link(1)]);
        let tasks = store.links(Component::Tasks, filter).await;
        assert_eq!(tasks.expect("links"), [task.clone()]);
    }
    assert_eq!(store.link_count(CONTACTS).await.expect("count"), 1);
}

/// R3.5: an appointment that became a series is found with its occurrences.
pub async fn links_of_a_series_are_those_of_its_occurrences_and_of_itself(store: &impl StateStore) {
    let start = |second| jiff::Timestamp::from_second(second).expect("a moment");
    let series = ItemId::new("AAMk+/=");
    let of = |number, item: &ItemId| {
        let mut link = link(number);
        link.state = live(item.as_str());
        link.stamping = Stamping::Occurrence;
        link
    };
    let own = of(1, &series);
    let first = of(2, &ItemId::occurrence(&series, start(-60)));
    let second = of(3, &ItemId::occurrence(&series, start(60)));
    let other = of(4, &ItemId::occurrence(&ItemId::new("AAMk"), start(60)));
    put(store, [own.clone(), first.clone(), second.clone(), other]).await;
    let found = links(store, LinkFilter::OfSeries(vec![series])).await;
    assert_eq!(found, [own, first, second]);
    assert_eq!(links(store, LinkFilter::Unstamped).await, []);
}

/// R3.3, R6.8: it is remembered, neither counted nor stamped, like one whose item stays without its record.
pub async fn a_link_that_was_let_go_keeps_its_item_and_is_no_live_one(store: &impl StateStore) {
    let mut over = link(1);
    over.state = LinkState::LetGo {
        item: ItemId::new("i1"),
    };
    put(store, [over.clone(), link(2)]).await;
    let mut kept = link(3);
    kept.state = LinkState::Kept {
        item: ItemId::new("i3"),
    };
    put(store, [kept.clone()]).await;
    assert_eq!(links(store, items(&["i1"])).await, [over]);
    assert_eq!(links(store, items(&["i3"])).await, [kept]);
    assert_eq!(store.link_count(CONTACTS).await.expect("count"), 1);
    assert_eq!(links(store, LinkFilter::Unstamped).await, [link(2)]);
    assert_eq!(links(store, LinkFilter::StayingAway).await, []);
}

/// A later look replaces an earlier one.
pub async fn series_are_remembered_until_forgotten(store: &impl StateStore) {
    let head = |id: &str, change_key: &str| SeriesHead {
        id: ItemId::new(id),
        change_key: ChangeKey::new(change_key),
        until: jiff::civil::date(2027, 5, 26),
    };
    let keep = async |seen: &[SeriesHead], gone: &[ItemId]| {
        let kept = store.keep_series(Component::Appointments, seen, gone).await;
        kept.expect("kept");
    };
    keep(&[head("s1", "a"), head("s2", "a")], &[]).await;
    keep(&[head("s2", "b")], &[ItemId::new("s1")]).await;
    let all = store.series(Component::Appointments).await.expect("series");
    assert_eq!(all, [head("s2", "b")]);
    assert_eq!(store.series(CONTACTS).await.expect("series"), []);
    let forgotten = store.forget(Component::Appointments).await;
    forgotten.expect("forgotten");
    let all = store.series(Component::Appointments).await.expect("series");
    assert_eq!(all, []);
}
