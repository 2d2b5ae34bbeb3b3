//! What is to be done about one unit: the rows of the conflict table (DESIGN 3) for whole entries, with rights and ownership.

use std::cmp::Ordering;

use model::{
    Base, Code, Component, Item, ItemId, Link, LinkId, LinkState, Operation, Problem, Record,
    Strategy,
};

use crate::merge::{Later, Merged, merge};
use crate::{Clocks, ItemSide, Known, RecordSide, Rules, Unit};

/// What becomes of the link, apart from what the operations do to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFate {
    /// Nothing.
    Keep,
    /// It becomes this: new, agreed on more, or staying away.
    Put(Link),
    /// It ends.
    Drop(LinkId),
}

/// What is to be done about one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The writes, at most one for each side.
    pub operations: Vec<Operation>,
    /// What becomes of the link.
    pub link: LinkFate,
    /// Why something is left undone; the observations stay until it is done.
    pub waits: Option<Problem>,
}

impl Decision {
    fn nothing() -> Self {
        Self::local(LinkFate::Keep)
    }

    fn local(link: LinkFate) -> Self {
        Self {
            operations: Vec::new(),
            link,
            waits: None,
        }
    }

    fn write(operation: Operation) -> Self {
        Self {
            operations: vec![operation],
            link: LinkFate::Keep,
            waits: None,
        }
    }

    fn wait(problem: Problem) -> Self {
        Self {
            operations: Vec::new(),
            link: LinkFate::Keep,
            waits: Some(problem),
        }
    }

    /// Whether there is nothing to write, to store or to wait for.
    pub fn is_nothing(&self) -> bool {
        *self == Self::nothing()
    }
}

/// Decides on one unit.
pub fn decide(unit: &Unit, rules: &Rules) -> Decision {
    match &unit.link {
        Some(link) => match &link.state {
            LinkState::Live { item, .. } => live(unit, link, item_now(unit, item), rules),
            LinkState::StaysAway => staying_away(unit, link, rules),
        },
        None => unlinked(unit, rules),
    }
}

/// An item that was moved out and back has another id than its link knows.
fn item_now<'a>(unit: &'a Unit, linked: &'a ItemId) -> &'a ItemId {
    match &unit.item {
        ItemSide::Present(item) => &item.id,
        ItemSide::Absent | ItemSide::Unchanged | ItemSide::Gone => linked,
    }
}

fn unlinked(unit: &Unit, rules: &Rules) -> Decision {
    match (&unit.item, &unit.record) {
        (ItemSide::Present(item), RecordSide::Present(record)) => {
            let link = new_link(unit, item, record, rules.component);
            settle(unit, link, None, rules)
        }
        (ItemSide::Present(item), _) => create_record(unit, &item.id, rules),
        (_, RecordSide::Present(record)) => Decision::write(Operation::CreateItem {
            link: unit.id.clone(),
            record: record.id.clone(),
            fields: unit.record_values(rules.component),
        }),
        (_, _) => Decision::nothing(),
    }
}

fn new_link(unit: &Unit, item: &Item, record: &Record, component: Component) -> Link {
    Link {
        id: unit.id.clone(),
        component,
        record: record.id.clone(),
        state: LinkState::Live {
            item: item.id.clone(),
            change_key: item.change_key.clone(),
        },
        base: Base::default(),
        stamped: None,
    }
}

fn live(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    match (&unit.item, &unit.record) {
        (ItemSide::Gone, RecordSide::Gone | RecordSide::Left) => {
            Decision::local(LinkFate::Drop(link.id.clone()))
        }
        (ItemSide::Gone, _) => item_gone(unit, link, rules),
        (_, RecordSide::Left) => delete_item(unit, link, item, rules),
        (_, RecordSide::Gone) => record_gone(unit, link, item, rules),
        (_, _) => settle(unit, link.clone(), Some(&link.base), rules),
    }
}

/// A deleted contact stays in the CRM and stays away (R2.4); anything else follows the table.
fn item_gone(unit: &Unit, link: &Link, rules: &Rules) -> Decision {
    if rules.records_outlive_items() {
        let mut link = link.clone();
        link.state = LinkState::StaysAway;
        link.stamped = None;
        return Decision::local(LinkFate::Put(link));
    }
    let record_changed = unit.record_values(rules.component) != link.base.record;
    match (rules.strategy, record_changed) {
        (Strategy::None, true) => Decision::wait(both_changed(&[])),
        (Strategy::Crm, _) | (Strategy::LastModified, true) => {
            Decision::write(Operation::CreateItem {
                link: link.id.clone(),
                record: link.record.clone(),
                fields: unit.record_values(rules.component),
            })
        }
        (Strategy::None | Strategy::LastModified, false) | (Strategy::Exchange, _) => {
            delete_record(unit, link, rules)
        }
    }
}

fn record_gone(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    let item_changed = unit.item_values(rules.component) != link.base.item;
    match (rules.strategy, item_changed) {
        (Strategy::None, true) => Decision::wait(both_changed(&[])),
        (Strategy::Exchange, _) | (Strategy::LastModified, true) => {
            create_record(unit, item, rules)
        }
        (Strategy::None | Strategy::LastModified, false) | (Strategy::Crm, _) => {
            delete_item(unit, link, item, rules)
        }
    }
}

fn staying_away(unit: &Unit, link: &Link, rules: &Rules) -> Decision {
    match (&unit.item, &unit.record) {
        (ItemSide::Present(item), RecordSide::Gone | RecordSide::Left) => {
            create_record(unit, &item.id, rules)
        }
        (ItemSide::Present(item), _) => {
            let mut revived = link.clone();
            revived.state = LinkState::Live {
                item: item.id.clone(),
                change_key: item.change_key.clone(),
            };
            settle(unit, revived, Some(&link.base), rules)
        }
        (_, RecordSide::Gone | RecordSide::Left) => {
            Decision::local(LinkFate::Drop(link.id.clone()))
        }
        (_, _) => Decision::nothing(),
    }
}

/// Both ends exist: merge, then write what either side has to take over and keep what is agreed.
fn settle(unit: &Unit, mut link: Link, base: Option<&Base>, rules: &Rules) -> Decision {
    let merged = merge(
        rules.component,
        base,
        &unit.item_values(rules.component),
        &unit.record_values(rules.component),
        rules.strategy,
        later(unit, rules),
    );
    let waits = waits(&merged, rules);
    let before = unit.link.clone();
    link.base = merged.base.clone();
    follow_item(unit, &mut link, waits.is_none());
    let operations = operations(&merged, &link, rules);
    let link = if before.as_ref() == Some(&link) && unit.known == Known::Stored {
        LinkFate::Keep
    } else {
        LinkFate::Put(link)
    };
    Decision {
        operations,
        link,
        waits,
    }
}

/// The id follows an item that moved; the version behind the base only when nothing of that version is left to deal with.
fn follow_item(unit: &Unit, link: &mut Link, all_settled: bool) {
    if let (ItemSide::Present(read), LinkState::Live { item, change_key }) =
        (&unit.item, &mut link.state)
    {
        *item = read.id.clone();
        if all_settled {
            *change_key = read.change_key.clone();
        }
    }
}

fn operations(merged: &Merged, link: &Link, rules: &Rules) -> Vec<Operation> {
    let mut operations = Vec::new();
    if let (Some(item), false) = (link.item(), merged.to_item.is_empty()) {
        operations.push(Operation::UpdateItem {
            link: link.id.clone(),
            item: item.clone(),
            changes: merged.to_item.clone(),
        });
    }
    if rules.rights.update && !merged.to_record.is_empty() {
        operations.push(Operation::UpdateRecord {
            link: link.id.clone(),
            record: link.record.clone(),
            changes: merged.to_record.clone(),
        });
    }
    operations
}

fn waits(merged: &Merged, rules: &Rules) -> Option<Problem> {
    if !merged.conflicts.is_empty() {
        Some(both_changed(&merged.conflicts))
    } else if !merged.to_record.is_empty() && !rules.rights.update {
        Some(right_missing("update", rules))
    } else {
        None
    }
}

fn create_record(unit: &Unit, item: &ItemId, rules: &Rules) -> Decision {
    if !rules.rights.create {
        return Decision::wait(right_missing("create", rules));
    }
    Decision::write(Operation::CreateRecord {
        link: unit.id.clone(),
        item: item.clone(),
        fields: unit.item_values(rules.component),
    })
}

fn delete_item(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    Decision::write(Operation::DeleteItem {
        link: link.id.clone(),
        item: item.clone(),
        fields: unit.item_values(rules.component),
    })
}

fn delete_record(unit: &Unit, link: &Link, rules: &Rules) -> Decision {
    if !rules.rights.delete {
        return Decision::wait(right_missing("delete", rules));
    }
    Decision::write(Operation::DeleteRecord {
        link: link.id.clone(),
        record: link.record.clone(),
        fields: unit.record_values(rules.component),
    })
}

fn right_missing(right: &str, rules: &Rules) -> Problem {
    Problem::new(Code::PermissionMissing)
        .with("right", right)
        .with("module", rules.component.name())
}

fn both_changed(fields: &[model::Field]) -> Problem {
    let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    Problem::new(Code::BothChanged).with("field", names.join(", "))
}

/// Whole seconds, because the CRM keeps no more: an equal second decides nothing.
fn later(unit: &Unit, rules: &Rules) -> Later {
    let (ItemSide::Present(item), RecordSide::Present(record)) = (&unit.item, &unit.record) else {
        return Later::Unknown;
    };
    if rules.clocks == Clocks::Apart {
        return Later::Unknown;
    }
    let order = item.modified.zip(record.modified).map(|(item, record)| {
        let item = item.as_second() - rules.mailbox_ahead;
        item.cmp(&record.as_second())
    });
    Later::of(order.filter(|order| *order != Ordering::Equal))
}

#[cfg(test)]
mod tests;
