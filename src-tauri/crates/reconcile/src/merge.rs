//! The conflict table for one field (DESIGN 3): what the base, the mailbox and the CRM hold, and who wins.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use mapping::equal;
use model::{Base, Change, Choice, Component, Direction, Field, Fields, Strategy};

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
    /// It went to and fro too often to be written once more.
    Flips,
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
    let changed = (item != base.0, record != base.1);
    by_table(changed, equal(field, item, record), strategy, later)
}

/// The conflict table: which sides changed, and whether both hold the same now.
fn by_table(changed: (bool, bool), same: bool, strategy: Strategy, later: Later) -> FieldVerdict {
    match changed {
        (false, false) => FieldVerdict::Rest,
        _ if same => FieldVerdict::Adopt,
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
    let empty = (item.is_empty(), record.is_empty());
    for_strangers(empty, equal(field, item, record), strategy, later)
}

fn for_strangers(
    empty: (bool, bool),
    same: bool,
    strategy: Strategy,
    later: Later,
) -> FieldVerdict {
    match empty {
        _ if same => FieldVerdict::Adopt,
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
    /// Fields that go to and fro.
    pub flips: Vec<Field>,
}

/// What a merge depends on besides the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions<'a> {
    /// Who wins.
    pub strategy: Strategy,
    /// Which side was modified later.
    pub later: Later,
    /// Whether the CRM may see what the item is about.
    pub content: Content,
    /// What a person decided.
    pub choice: Option<&'a Choice>,
    /// Fields that went to and fro too often.
    pub flips: Option<&'a BTreeSet<Field>>,
    /// Days the record may have in place of those the item lacks, where nobody remembers whether it does (R4.1).
    pub stand_ins: Option<&'a Fields>,
}

/// Whether the CRM may see what an item is about (R3.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// It may.
    Open,
    /// The item is private: only what the CRM told itself still travels.
    Hidden,
}

/// Merges an entry group by group; without a base it is a first meeting.
pub fn merge(
    component: Component,
    base: Option<&Base>,
    item: &Fields,
    record: &Fields,
    conditions: &Conditions<'_>,
) -> Merged {
    let mut merged = Merged {
        base: base.cloned().unwrap_or_default(),
        ..Merged::default()
    };
    for group in Field::groups(component) {
        let stays = |choice: &&Choice| choice.stays(group, item, record);
        if conditions.choice.filter(stays).is_some() {
            adopt(&mut merged.base, group, item, record);
            continue;
        }
        if let Some(wanted) = chosen(group, (item, record), conditions) {
            take_over(&mut merged, group, (item, record), &wanted);
            continue;
        }
        match verdict(component, group, base, (item, record), conditions) {
            FieldVerdict::Rest => {}
            FieldVerdict::Adopt => adopt(&mut merged.base, group, item, record),
            FieldVerdict::ToItem => merged.to_item.extend(changes(group, item, record)),
            FieldVerdict::ToRecord => merged.to_record.extend(changes(group, record, item)),
            FieldVerdict::Conflict => merged.conflicts.extend(group),
            FieldVerdict::Flips => merged.flips.extend(group),
        }
    }
    merged
}

/// What a person wants to stand in the fields of a group, where both sides may hold it.
fn chosen(
    group: &[Field],
    (item, record): (&Fields, &Fields),
    conditions: &Conditions<'_>,
) -> Option<Fields> {
    let may = group.iter().all(|field| {
        let hidden = conditions.content == Content::Hidden && field.is_content();
        field.direction() == Direction::Both && !hidden
    });
    let choice = conditions.choice.filter(|_| may)?;
    choice.wanted(group, item, record)
}

fn adopt(base: &mut Base, group: &[Field], item: &Fields, record: &Fields) {
    for &field in group {
        base.item.set(field, item.get(field));
        base.record.set(field, record.get(field));
    }
}

fn take_over(
    merged: &mut Merged,
    group: &[Field],
    (item, record): (&Fields, &Fields),
    wanted: &Fields,
) {
    let (to_item, to_record) = (merged.to_item.len(), merged.to_record.len());
    merged.to_item.extend(changes(group, item, wanted));
    merged.to_record.extend(changes(group, record, wanted));
    if (merged.to_item.len(), merged.to_record.len()) == (to_item, to_record) {
        adopt(&mut merged.base, group, item, record);
    }
}

fn verdict(
    component: Component,
    group: &[Field],
    base: Option<&Base>,
    (item, record): (&Fields, &Fields),
    conditions: &Conditions<'_>,
) -> FieldVerdict {
    let base_item = base.map_or_else(Fields::new, |base| base.item.clone());
    let differs = |one: &Fields, other: &Fields| group.iter().any(|&f| one.get(f) != other.get(f));
    if conditions.content == Content::Hidden
        && group.iter().any(|field| field.is_content())
        && differs(item, &base_item)
    {
        return FieldVerdict::Rest;
    }
    let same = group.iter().all(|&f| equal(f, item.get(f), record.get(f)));
    let (strategy, later) = (conditions.strategy, conditions.later);
    let found = match base {
        Some(base) => {
            let changed = (differs(item, &base.item), differs(record, &base.record));
            by_table(changed, same, strategy, later)
        }
        None => {
            let empty = |side: &Fields| group.iter().all(|&f| side.get(f).is_empty());
            for_strangers((empty(item), empty(record)), same, strategy, later)
        }
    };
    let found = directed(component, group, item, found);
    match found {
        FieldVerdict::ToItem if stands_in(group, item, record, conditions) => FieldVerdict::Adopt,
        FieldVerdict::ToItem | FieldVerdict::ToRecord if flips(group, conditions) => {
            FieldVerdict::Flips
        }
        found => found,
    }
}

/// What only stands in for a day is not taken for one that somebody set (S3).
fn stands_in(group: &[Field], item: &Fields, record: &Fields, conditions: &Conditions<'_>) -> bool {
    let stands_in = |field: Field, days: &Fields| {
        let day = days.get(field);
        !day.is_empty() && record.get(field) == day && item.get(field).is_empty()
    };
    let days = conditions.stand_ins;
    days.is_some_and(|days| group.iter().all(|field| stands_in(*field, days)))
}

/// What travels one way only is never put back, so it cannot go to and fro.
fn flips(group: &[Field], conditions: &Conditions<'_>) -> bool {
    let flips = |field| conditions.flips.is_some_and(|flips| flips.contains(field));
    group[0].direction() == Direction::Both && group.iter().any(flips)
}

/// Fields that travel one way never go the other, and a task's day that only the CRM demands is not taken from it (R4.1): what
/// stands there is then as good as agreed on.
fn directed(
    component: Component,
    group: &[Field],
    item: &Fields,
    found: FieldVerdict,
) -> FieldVerdict {
    let is_day_of_task = component == Component::Tasks
        && group.iter().all(|f| matches!(f, Field::Start | Field::Due));
    let cleared = group.iter().all(|&f| item.get(f).is_empty());
    match (group[0].direction(), found) {
        (Direction::ToMailbox, FieldVerdict::ToRecord) => FieldVerdict::Adopt,
        (Direction::ToMailbox, FieldVerdict::Conflict) => FieldVerdict::ToItem,
        (Direction::ToCrm, FieldVerdict::ToItem) => FieldVerdict::Adopt,
        (Direction::ToCrm, FieldVerdict::Conflict) => FieldVerdict::ToRecord,
        (Direction::Both, FieldVerdict::ToRecord) if is_day_of_task && cleared => {
            FieldVerdict::Adopt
        }
        (_, found) => found,
    }
}

fn changes<'a>(
    group: &'a [Field],
    from: &'a Fields,
    to: &'a Fields,
) -> impl Iterator<Item = Change> + 'a {
    let differing = group.iter().filter(|&&f| from.get(f) != to.get(f));
    differing.map(|&field| change(field, from.get(field), to.get(field)))
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
