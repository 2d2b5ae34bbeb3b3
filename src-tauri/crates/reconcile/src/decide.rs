//! What is to be done about one unit: the rows of the conflict table (DESIGN 3) for whole entries, with rights and ownership.

use std::cmp::Ordering;

use jiff::civil::Date;
use model::policy::PrivateItems;
use model::{
    Base, Change, Code, Component, Field, Fields, Item, ItemId, Link, LinkId, LinkState, Operation,
    Organiser, Problem, Record, Side, Stamping, Strategy,
};

use crate::merge::{Conditions, Content, Later, Merged, merge};
use crate::{Clocks, ItemSide, Known, Losses, RecordSide, Rules, Unit};

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
    /// Why the entry is none that is synced. Nothing is open: it is looked at again when it changes.
    pub passes: Option<Problem>,
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
            passes: None,
        }
    }

    fn write(operation: Operation) -> Self {
        Self {
            operations: vec![operation],
            link: LinkFate::Keep,
            waits: None,
            passes: None,
        }
    }

    fn wait(problem: Problem) -> Self {
        Self {
            operations: Vec::new(),
            link: LinkFate::Keep,
            waits: Some(problem),
            passes: None,
        }
    }

    fn pass(problem: Problem) -> Self {
        Self {
            passes: Some(problem),
            ..Self::nothing()
        }
    }

    /// Whether there is nothing to write, to store or to wait for.
    pub fn is_nothing(&self) -> bool {
        *self == Self::nothing()
    }
}

/// Decides on one unit.
pub fn decide(unit: &Unit, rules: &Rules) -> Decision {
    if is_outside(unit, rules) {
        return let_go(unit);
    }
    match &unit.link {
        Some(link) => match &link.state {
            LinkState::Live { item, .. } => live(unit, link, item_now(unit, item), rules),
            LinkState::LetGo { item } => coming_back(unit, link, item, rules),
            LinkState::Kept { item } => kept(unit, link, item, rules),
            LinkState::StaysAway => staying_away(unit, link, rules),
        },
        None => unlinked(unit, rules),
    }
}

/// Whether nothing that is known of it lies in the days that are synced (R3.3).
fn is_outside(unit: &Unit, rules: &Rules) -> bool {
    let component = rules.component;
    let mut known = Vec::new();
    if let Some(link) = &unit.link
        && matches!(link.state, LinkState::Live { .. } | LinkState::Kept { .. })
    {
        known.extend([link.base.item.clone(), link.base.record.clone()]);
    }
    if let ItemSide::Present(_) = unit.item {
        known.push(unit.item_values(component));
    }
    if let RecordSide::Present(_) = unit.record {
        known.push(unit.record_values(component));
    }
    !known.iter().any(|values| rules.covers(values)) && component != Component::Contacts
}

/// What is over is deleted nowhere and written nowhere; the link is remembered while both ends are there.
fn let_go(unit: &Unit) -> Decision {
    let Some(link) = &unit.link else {
        return Decision::nothing();
    };
    let lost =
        unit.item == ItemSide::Gone || matches!(unit.record, RecordSide::Gone | RecordSide::Left);
    match &link.state {
        LinkState::Kept { .. } if unit.item != ItemSide::Gone => Decision::nothing(),
        _ if lost => Decision::local(LinkFate::Drop(link.id.clone())),
        LinkState::Live { item, .. } => {
            let mut over = link.clone();
            over.state = LinkState::LetGo {
                item: item_now(unit, item).clone(),
            };
            Decision::local(LinkFate::Put(over))
        }
        LinkState::LetGo { .. } | LinkState::Kept { .. } | LinkState::StaysAway => {
            Decision::nothing()
        }
    }
}

/// One end of what was let go was moved into the days that are synced: both are looked at, and compared with what was agreed then.
fn coming_back(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    let item = item_now(unit, item);
    match (&unit.item, &unit.record) {
        (ItemSide::Present(read), RecordSide::Present(_)) => revive(unit, link, read, rules),
        (ItemSide::Present(_), RecordSide::Gone | RecordSide::Left) => {
            create_record(unit, item, rules)
        }
        (ItemSide::Gone, RecordSide::Present(_)) => create_item(unit, rules),
        (_, _) => Decision::nothing(),
    }
}

/// The item rests until the record comes back or the user changes it. Then it is taken over like a new one, unless its record is somebody
/// else's.
fn kept(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    match (&unit.item, &unit.record) {
        (ItemSide::Present(read), RecordSide::Present(_)) => revive(unit, link, read, rules),
        (ItemSide::Present(_), RecordSide::Gone) => {
            create_record(unit, item_now(unit, item), rules)
        }
        (ItemSide::Present(_), RecordSide::Left) => {
            Decision::wait(Problem::new(Code::NotAssignedToUser))
        }
        (ItemSide::Gone, RecordSide::Present(_)) => create_item(unit, rules),
        (ItemSide::Gone, _) => Decision::local(LinkFate::Drop(link.id.clone())),
        (_, _) => Decision::nothing(),
    }
}

/// Both ends are there again, and are compared with what was agreed when they last were.
fn revive(unit: &Unit, link: &Link, item: &Item, rules: &Rules) -> Decision {
    let mut revived = link.clone();
    revived.state = LinkState::Live {
        item: item.id.clone(),
        change_key: item.change_key.clone(),
    };
    settle(unit, revived, Some(&link.base), rules)
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
        (ItemSide::Present(item), _) => {
            let hidden = rules.hides(&unit.item_values(rules.component));
            if hidden && rules.private_items == PrivateItems::Skip {
                return Decision::pass(Problem::new(Code::PrivateItem));
            }
            create_record(unit, &item.id, rules)
        }
        (_, RecordSide::Present(_)) => create_item(unit, rules),
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
        stamping: Stamping::of(item),
    }
}

fn live(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    match (&unit.item, &unit.record) {
        (ItemSide::Gone, RecordSide::Gone | RecordSide::Left) => {
            Decision::local(LinkFate::Drop(link.id.clone()))
        }
        (ItemSide::Gone, _) if unit.losses == Losses::PutBack => create_item(unit, rules),
        (ItemSide::Gone, _) if unit.losses == Losses::Leave => stay_away(link),
        (_, RecordSide::Gone | RecordSide::Left) if unit.losses == Losses::Leave => {
            let mut alone = link.clone();
            alone.state = LinkState::Kept { item: item.clone() };
            Decision::local(LinkFate::Put(alone))
        }
        (_, RecordSide::Gone) if unit.losses == Losses::PutBack => create_record(unit, item, rules),
        // Nobody but its new owner can give it back.
        (_, RecordSide::Left) if unit.losses == Losses::PutBack => {
            Decision::wait(Problem::new(Code::NotAssignedToUser))
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
        return stay_away(link);
    }
    let left = unit.record_values(rules.component);
    match survivor(unit, &left) {
        Some(Side::Mailbox) => return delete_record(unit, link, rules),
        Some(Side::Crm) => return create_item(unit, rules),
        None => {}
    }
    let record_changed = left != link.base.record;
    match (rules.strategy, record_changed) {
        (Strategy::None, true) => Decision::wait(deleted_and_changed(Side::Mailbox)),
        (Strategy::Crm, _) | (Strategy::LastModified, true) => create_item(unit, rules),
        (Strategy::None | Strategy::LastModified, false) | (Strategy::Exchange, _) => {
            delete_record(unit, link, rules)
        }
    }
}

fn stay_away(link: &Link) -> Decision {
    let mut link = link.clone();
    link.state = LinkState::StaysAway;
    link.stamped = None;
    Decision::local(LinkFate::Put(link))
}

fn record_gone(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    let left = unit.item_values(rules.component);
    match survivor(unit, &left) {
        Some(Side::Mailbox) => return create_record(unit, item, rules),
        Some(Side::Crm) => return delete_item(unit, link, item, rules),
        None => {}
    }
    let item_changed = left != link.base.item;
    match (rules.strategy, item_changed) {
        (Strategy::None, true) => Decision::wait(deleted_and_changed(Side::Crm)),
        (Strategy::Exchange, _) | (Strategy::LastModified, true) => {
            create_record(unit, item, rules)
        }
        (Strategy::None | Strategy::LastModified, false) | (Strategy::Crm, _) => {
            delete_item(unit, link, item, rules)
        }
    }
}

/// Whose state a person wants to keep, the end that is left or that it is gone.
fn survivor(unit: &Unit, left: &Fields) -> Option<Side> {
    let choice = unit.choice.as_ref()?;
    choice.survivor(left)
}

fn staying_away(unit: &Unit, link: &Link, rules: &Rules) -> Decision {
    match (&unit.item, &unit.record) {
        (ItemSide::Present(item), RecordSide::Gone | RecordSide::Left) => {
            create_record(unit, &item.id, rules)
        }
        (ItemSide::Present(item), _) => revive(unit, link, item, rules),
        (_, RecordSide::Gone | RecordSide::Left) => {
            Decision::local(LinkFate::Drop(link.id.clone()))
        }
        (_, _) => Decision::nothing(),
    }
}

/// Both ends exist: merge, then write what either side has to take over and keep what is agreed.
fn settle(unit: &Unit, mut link: Link, base: Option<&Base>, rules: &Rules) -> Decision {
    let (held, kept) = (
        unit.item_values(rules.component),
        unit.record_values(rules.component),
    );
    let is_remembered = base.is_some() && unit.known == Known::Stored;
    let stand_ins = mapping::days::stand_ins(rules.component, &held, day_made(unit, rules));
    let conditions = Conditions {
        strategy: rules.strategy,
        later: later(unit, rules),
        content: match rules.hides(&held) {
            true => Content::Hidden,
            false => Content::Open,
        },
        choice: unit.choice.as_ref(),
        flips: rules.flips.of(&link.record),
        stand_ins: (!is_remembered).then_some(&stand_ins),
    };
    let mut merged = merge(rules.component, base, &held, &kept, &conditions);
    let before = unit.link.clone();
    if let ItemSide::Present(item) = &unit.item {
        link.stamping = Stamping::of(item);
    }
    link.base = merged.base.clone();
    let waits = hold_back(&mut merged, &link, (&held, &kept), rules);
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
        passes: None,
    }
}

/// Takes out what may not be written, and says why. What is right on its own side is not sent on while it would make no sense on the
/// other (R3.4); what somebody else organises is not written at all (R3.6).
fn hold_back(
    merged: &mut Merged,
    link: &Link,
    (held, kept): (&Fields, &Fields),
    rules: &Rules,
) -> Option<Problem> {
    let mut reasons = Vec::new();
    if !merged.conflicts.is_empty() {
        reasons.push(about(Code::BothChanged, &merged.conflicts));
    }
    if !merged.flips.is_empty() {
        reasons.push(about(Code::FieldFlips, &merged.flips));
    }
    if !merged.to_item.is_empty() {
        let flaw = mapping::days::flaw(rules.component, &after(held, &merged.to_item));
        let foreign =
            (link.stamping == Stamping::Foreign).then(|| organised_by_other(&merged.to_item));
        if let Some(reason) = foreign.or(flaw) {
            reasons.push(reason);
            merged.to_item.clear();
        }
    }
    if !merged.to_record.is_empty() {
        let right = (!rules.rights.update).then(|| right_missing("update", rules));
        let flaw = mapping::days::flaw(rules.component, &after(kept, &merged.to_record));
        if let Some(reason) = flaw.or(right) {
            reasons.push(reason);
            merged.to_record.clear();
        }
    }
    reasons.into_iter().next()
}

fn after(values: &Fields, changes: &[Change]) -> Fields {
    let mut after = values.clone();
    for change in changes {
        after.set(change.field, change.after.clone());
    }
    after
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

fn create_item(unit: &Unit, rules: &Rules) -> Decision {
    let fields = unit.record_values(rules.component);
    if let Some(flaw) = mapping::days::flaw(rules.component, &fields) {
        return Decision::wait(flaw);
    }
    let linked = unit.link.as_ref().map(|link| link.record.clone());
    let record = match &unit.record {
        RecordSide::Present(record) => Some(record.id.clone()),
        RecordSide::Absent | RecordSide::Unchanged | RecordSide::Gone | RecordSide::Left => linked,
    };
    match record {
        Some(record) => Decision::write(Operation::CreateItem {
            link: unit.id.clone(),
            record,
            fields,
        }),
        None => Decision::nothing(),
    }
}

fn create_record(unit: &Unit, item: &ItemId, rules: &Rules) -> Decision {
    let mut fields = unit.item_values(rules.component);
    if let Some(flaw) = mapping::days::flaw(rules.component, &fields) {
        return Decision::wait(flaw);
    }
    if !rules.rights.create {
        return Decision::wait(right_missing("create", rules));
    }
    if rules.hides(&fields) {
        fields = without_content(&fields, &rules.busy);
    }
    Decision::write(Operation::CreateRecord {
        link: unit.id.clone(),
        item: item.clone(),
        stand_ins: mapping::days::stand_ins(rules.component, &fields, day_made(unit, rules)),
        fields,
    })
}

/// What the CRM sees of a private item: that the time is taken (R3.8).
fn without_content(item: &Fields, busy: &str) -> Fields {
    let open = item.iter().filter(|(field, _)| !field.is_content());
    let open: Fields = open
        .map(|(field, value)| (field, value.to_owned()))
        .collect();
    open.with(Field::Subject, busy)
}

/// The day the item was made, in the user's zone.
fn day_made(unit: &Unit, rules: &Rules) -> Date {
    let made = match &unit.item {
        ItemSide::Present(item) => item.created.or(item.modified),
        ItemSide::Absent | ItemSide::Unchanged | ItemSide::Gone => None,
    };
    made.map_or(rules.today(), |made| rules.window.day_of(made))
}

/// What somebody else organises stays in the mailbox, whatever becomes of its record (R3.6).
fn delete_item(unit: &Unit, link: &Link, item: &ItemId, rules: &Rules) -> Decision {
    if is_foreign(unit, link) {
        return Decision::local(LinkFate::Drop(link.id.clone()));
    }
    Decision::write(Operation::DeleteItem {
        link: link.id.clone(),
        item: item.clone(),
        fields: unit.item_values(rules.component),
    })
}

fn is_foreign(unit: &Unit, link: &Link) -> bool {
    match &unit.item {
        ItemSide::Present(item) => item.organiser == Organiser::Other,
        ItemSide::Absent | ItemSide::Unchanged | ItemSide::Gone => {
            link.stamping == Stamping::Foreign
        }
    }
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

fn organised_by_other(changes: &[Change]) -> Problem {
    let names: Vec<&str> = changes.iter().map(|change| change.field.name()).collect();
    Problem::new(Code::OrganisedByOther).with("field", names.join(", "))
}

/// `side` is where it was deleted.
fn deleted_and_changed(side: Side) -> Problem {
    Problem::new(Code::DeletedAndChanged).with("side", side.name())
}

fn about(code: Code, fields: &[Field]) -> Problem {
    let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    Problem::new(code).with("field", names.join(", "))
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
mod appointments;
#[cfg(test)]
mod tests;
