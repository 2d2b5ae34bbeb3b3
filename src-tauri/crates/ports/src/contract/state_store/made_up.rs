//! Entries for the suite, with values that are awkward to store.

use jiff::Timestamp;
use model::{
    Base, Change, ChangeKey, Component, Field, Fields, Item, ItemId, Link, LinkId, LinkState,
    Observation, Operation, OperationId, Owner, Record, RecordId, Revision, RunId, Stamp,
};

use crate::{JournalEntry, LinkChange, Outcome, StateStore};

/// Quotes, line breaks, letters outside the first plane, combined and right-to-left ones.
pub const AWKWARD: &str = "O'Neill \"x\"\r\n\tGroß 😀 e\u{301} \u{202e}שלום %_\\ {}";

pub const CONTACTS: Component = Component::Contacts;

/// A moment with a fraction, that many seconds after the epoch.
pub fn at(second: i64) -> Timestamp {
    Timestamp::new(second, 123_456_789).expect("a moment of our time")
}

pub fn fields(name: &str) -> Fields {
    Fields::new()
        .with(Field::LastName, name)
        .with(Field::Description, AWKWARD)
}

pub fn item(id: &str, name: &str) -> Observation {
    Observation::Item(Item {
        id: ItemId::new(id),
        change_key: ChangeKey::new("ck=="),
        fields: fields(name),
        organiser: model::Organiser::User,
        stamp: Stamp::parse("crm/12x3/l1", None).ok(),
        created: Some(at(1)),
        modified: None,
    })
}

pub fn record(id: &str, name: &str) -> Observation {
    Observation::Record(Record {
        id: RecordId::new(id),
        owner: Owner::Me,
        fields: fields(name),
        created: None,
        modified: Some(at(2)),
    })
}

/// A live link `l<n>` of item `i<n>` and record `r<n>`, not yet stamped.
pub fn link(number: u32) -> Link {
    Link {
        id: LinkId::new(format!("l{number}")),
        component: CONTACTS,
        record: RecordId::new(format!("r{number}")),
        state: live(&format!("i{number}")),
        base: Base {
            item: fields("Meyer").with(Field::Organisation, "acme"),
            record: fields("Meyer").with(Field::Organisation, "ACME"),
        },
        stamping: model::Stamping::Allowed,
        stamped: None,
    }
}

pub fn live(item: &str) -> LinkState {
    LinkState::Live {
        item: ItemId::new(item),
        change_key: ChangeKey::new("ck"),
    }
}

pub fn stamped(mut link: Link) -> Link {
    link.stamped = Some(Revision::of(&link.base));
    link
}

pub fn journal(id: &str, run: RunId) -> JournalEntry {
    JournalEntry {
        id: OperationId::new(id),
        run,
        component: CONTACTS,
        operation: Operation::UpdateRecord {
            link: LinkId::new("l1"),
            record: RecordId::new("r1"),
            changes: vec![change("", AWKWARD)],
        },
        begun: at(7),
    }
}

pub fn change(before: &str, after: &str) -> Change {
    Change {
        field: Field::Phone,
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

pub async fn put(store: &impl StateStore, links: impl IntoIterator<Item = Link>) {
    let outcome = Outcome {
        links: links.into_iter().map(LinkChange::Put).collect(),
        ..Outcome::default()
    };
    commit(store, outcome).await;
}

pub async fn commit(store: &impl StateStore, outcome: Outcome) {
    store.commit(CONTACTS, &outcome).await.expect("committed");
}
