//! The conflict table for one field (DESIGN 3): what the base, the mailbox and the CRM hold, and who wins.

use std::cmp::Ordering;

use mapping::equal;
use model::{Base, Change, Component, Field, Fields, Strategy};

/// Which side was modified later, where that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// The item.
    Mailbox,
    /// The record.
    Crm,
    /// Nobody can tell.
    Unknown,
}

impl Later {
    /// The answer of a comparison of the item's time with the record's.
    pub fn of(item_to_record: Option<Ordering>) -> Self {
        match item_to_record {
            Some(Ordering::Greater) => Later::Mailbox,
            Some(Ordering::Less) => Later::Crm,
            Some(Ordering::Equal) | None => Later::Unknown,
        }
    }
}

/// What becomes of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldVerdict {
    /// Neither side changed.
    Rest,
    /// Both hold the same now; only the base moves.
    Adopt,
    /// The item takes the record's value.
    ToItem,
    /// The record takes the item's value.
    ToRecord,
    /// The user has to choose.
    Conflict,
}

/// The verdict on a field of a link that has a base.
pub fn three_way(
    field: Field,
    base: (&str, &str),
    item: &str,
    record: &str,
    strategy: Strategy,
    later: Later,
) -> FieldVerdict {
    let item_changed = item != base.0;
    let record_changed = record != base.1;
    match (item_changed, record_changed) {
        (false, false) => FieldVerdict::Rest,
        _ if equal(field, item, record) => FieldVerdict::Adopt,
        (true, false) => match strategy {
            Strategy::None | Strategy::Exchange | Strategy::LastModified => FieldVerdict::ToRecord,
            Strategy::Crm => FieldVerdict::ToItem,
        },
        (false, true) => match strategy {
            Strategy::None | Strategy::Crm | Strategy::LastModified => FieldVerdict::ToItem,
            Strategy::Exchange => FieldVerdict::ToRecord,
        },
        (true, true) => both_differ(strategy, later),
    }
}

/// The verdict on a field when an item and a record meet for the first time: what only one side has is taken over.
pub fn first_meeting(
    field: Field,
    item: &str,
    record: &str,
    strategy: Strategy,
    later: Later,
) -> FieldVerdict {
    if equal(field, item, record) {
        return FieldVerdict::Adopt;
    }
    match (item.is_empty(), record.is_empty()) {
        (true, _) => FieldVerdict::ToItem,
        (_, true) => FieldVerdict::ToRecord,
        (false, false) => both_differ(strategy, later),
    }
}

fn both_differ(strategy: Strategy, later: Later) -> FieldVerdict {
    match (strategy, later) {
        (Strategy::None, _) | (Strategy::LastModified, Later::Unknown) => FieldVerdict::Conflict,
        (Strategy::Crm, _) | (Strategy::LastModified, Later::Crm) => FieldVerdict::ToItem,
        (Strategy::Exchange, _) | (Strategy::LastModified, Later::Mailbox) => {
            FieldVerdict::ToRecord
        }
    }
}

/// The verdicts on all fields of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// The base with what is agreed already.
    pub base: Base,
    /// What the item has to take over.
    pub to_item: Vec<Change>,
    /// What the record has to take over.
    pub to_record: Vec<Change>,
    /// Fields the user has to choose in.
    pub conflicts: Vec<Field>,
}

/// Merges an entry field by field; without a base it is a first meeting.
pub fn merge(
    component: Component,
    base: Option<&Base>,
    item: &Fields,
    record: &Fields,
    strategy: Strategy,
    later: Later,
) -> Merged {
    let mut merged = Merged {
        base: base.cloned().unwrap_or_default(),
        ..Merged::default()
    };
    for &field in Field::synced(component) {
        let (held, kept) = (item.get(field), record.get(field));
        let verdict = match base {
            Some(base) => {
                let base = (base.item.get(field), base.record.get(field));
                three_way(field, base, held, kept, strategy, later)
            }
            None => first_meeting(field, held, kept, strategy, later),
        };
        match verdict {
            FieldVerdict::Rest => {}
            FieldVerdict::Adopt => {
                merged.base.item.set(field, held);
                merged.base.record.set(field, kept);
            }
            FieldVerdict::ToItem => merged.to_item.push(change(field, held, kept)),
            FieldVerdict::ToRecord => merged.to_record.push(change(field, kept, held)),
            FieldVerdict::Conflict => merged.conflicts.push(field),
        }
    }
    merged
}

fn change(field: Field, before: &str, after: &str) -> Change {
    Change {
        field,
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

#[cfg(test)]
mod tests;
