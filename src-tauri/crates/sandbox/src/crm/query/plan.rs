//! Chooses the records a query has to look at: an index where a condition allows it, else the whole module; always by number.
//! Deliberately not here: whether they match.

use super::condition::{Condition, Values};
use super::parser::Operator;
use crate::crm::module::{Flag, Module, Slot};
use crate::crm::records::{Number, Record, Records};
use std::collections::BTreeSet;
use std::ops::Bound;

/// The living records of the module that can match, by number. Those that can but do not are among them.
pub(super) fn candidates<'a>(
    records: &'a Records,
    module: &Module,
    any_of: &[Vec<Condition>],
) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    // Of several alternatives each would need its own index; the whole module is right for all.
    let all_of = if let [all_of] = any_of {
        all_of.as_slice()
    } else {
        &[]
    };
    let slot = |condition: &&Condition| module.fields[condition.place].slot;
    let id = module.id;
    if let Some(wanted) = all_of
        .iter()
        .filter(|condition| slot(condition) == Slot::Id)
        .find_map(Condition::wanted_ids)
    {
        let wanted: BTreeSet<Number> = wanted.into_iter().collect();
        return Box::new(wanted.into_iter().filter_map(move |number| {
            records
                .living(number)
                .filter(|record| record.module.id == id)
        }));
    }
    let numbers = with_text(records, module, all_of).unwrap_or_else(|| {
        let owners = all_of
            .iter()
            .filter(|condition| slot(condition) == Slot::Owner)
            .find_map(Condition::wanted_ids);
        match owners.as_deref() {
            Some([owner]) => records.of_owner(id, *owner),
            _ => records.of_module(id),
        }
    });
    let first = all_of
        .iter()
        .filter(|condition| slot(condition) == Slot::Id)
        .find_map(lower_bound)
        .unwrap_or(Bound::Unbounded);
    Box::new(
        numbers
            .range((first, Bound::Unbounded))
            .filter_map(|number| records.living(*number)),
    )
}

fn with_text<'a>(
    records: &'a Records,
    module: &Module,
    all_of: &[Condition],
) -> Option<&'a BTreeSet<Number>> {
    all_of
        .iter()
        .filter(|condition| module.fields[condition.place].is(Flag::Indexed))
        .find_map(|condition| match (&condition.values, condition.operator) {
            (Values::Texts(texts), Operator::Equal) => {
                Some(records.with_text(module.id, condition.place, texts.first()?))
            }
            _ => None,
        })
}

fn lower_bound(condition: &Condition) -> Option<Bound<Number>> {
    let Values::Ids(ids) = &condition.values else {
        return None;
    };
    let first = Number(*ids.first()?);
    match condition.operator {
        Operator::Greater => Some(Bound::Excluded(first)),
        Operator::AtLeast => Some(Bound::Included(first)),
        _ => None,
    }
}
