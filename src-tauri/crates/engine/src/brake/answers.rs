//! What somebody said at a brake, entry by entry, when it was not a yes (R6.8): kept until it is carried out, however often runs are cut off
//! or servers say no in between. What is to become of a field is kept as a decision on it, like any other.

use std::collections::BTreeMap;

use mapping::equal;
use model::{
    Code, Component, Direction, Field, Fields, Link, LinkId, Operation, Pick, Picked, Problem,
    RemoteId, Side,
};
use ports::{ErrorKind, Failure, StateStore};
use reconcile::{Losses, Rules, Unit};
use serde::{Deserialize, Serialize};
use tracing::info;

use super::{Answer, Tripped};
use crate::{Engine, Plan, Step, choices};

/// What is to become of entries of which an end is gone, by link.
pub(crate) type Answers = BTreeMap<LinkId, Answered>;

/// What is to become of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    answer: Answer,
    /// The ends of the link when it was said: once what is gone was made anew, they are others, and its next loss is another.
    ends: Vec<RemoteId>,
}

impl Engine {
    /// Keeps what an answer says about each entry that the brake tripped for.
    pub(super) async fn take_answer(
        &self,
        component: Component,
        plan: &Plan,
        tripped: &Tripped,
        answer: Answer,
    ) -> ports::Result<()> {
        let mut answers = plan.answered.clone();
        let mut decided = plan.decided.clone();
        let steps = plan.steps.iter();
        for step in steps.filter(|step| tripped.links.contains(&step.unit.id)) {
            let id = step.unit.id.clone();
            if step.unit.is_lost() {
                let ends = ends(&step.unit);
                answers.insert(id, Answered { answer, ends });
                continue;
            }
            let picks = picks(step, &tripped.alarms, &plan.rules, answer);
            if !picks.is_empty() {
                decided.entry(id).or_default().fields.extend(picks);
            }
        }
        let store = &*self.doors.store;
        keep(store, component, &answers).await?;
        choices::keep(store, component, &decided).await
    }

    /// Answers of which nothing is left in the plan are carried out.
    pub(crate) async fn forget_answers(
        &self,
        component: Component,
        plan: &Plan,
    ) -> ports::Result<()> {
        let store = &*self.doors.store;
        match load(store, component).await? == plan.answered {
            true => Ok(()),
            false => keep(store, component, &plan.answered).await,
        }
    }
}

/// Gives a unit what was said about its loss, as far as that is the same.
pub(crate) fn give(unit: &mut Unit, answers: &mut Answers) -> Option<Answered> {
    let answered = answers.remove(&unit.id);
    let answered = answered.filter(|said| unit.is_lost() && said.ends == ends(unit))?;
    unit.losses = match answered.answer {
        Answer::Restore => Losses::PutBack,
        Answer::Ignore => Losses::Leave,
        Answer::Approve => Losses::Follow,
    };
    Some(answered)
}

fn ends(unit: &Unit) -> Vec<RemoteId> {
    unit.link.iter().flat_map(Link::ends).collect()
}

/// What is to stand in the fields of an entry that something swept over.
fn picks(
    step: &Step,
    alarms: &[Problem],
    rules: &Rules,
    answer: Answer,
) -> BTreeMap<Field, Picked> {
    let unit = &step.unit;
    let held = unit.item_values(rules.component);
    let kept = unit.record_values(rules.component);
    let swept = |field: &Field| is_swept(step, alarms, *field);
    let mut picks = BTreeMap::new();
    for group in Field::groups(rules.component).filter(|group| group.iter().any(swept)) {
        let back = match answer {
            Answer::Restore => old_side(unit, group, rules).map(Pick::Back),
            Answer::Ignore | Answer::Approve => None,
        };
        for &field in group {
            let picked = Picked {
                item: held.get(field).to_owned(),
                record: kept.get(field).to_owned(),
                pick: back.clone().unwrap_or(Pick::Stay),
            };
            picks.insert(field, picked);
        }
    }
    picks
}

fn is_swept(step: &Step, alarms: &[Problem], field: Field) -> bool {
    let told = |side: Side| {
        alarms.iter().any(|alarm| {
            let value = |name: &str| alarm.values.get(name).map(String::as_str);
            alarm.code == Code::FieldSwept
                && value("side") == Some(side.name())
                && value("field") == Some(field.name())
        })
    };
    step.decision.operations.iter().any(|operation| {
        let (Operation::UpdateItem { changes, .. } | Operation::UpdateRecord { changes, .. }) =
            operation
        else {
            return false;
        };
        told(operation.side()) && changes.iter().any(|change| change.field == field)
    })
}

/// The side that still shows what both agreed on, if it can be written to the other. Where nobody does, or a field travels one way only, both
/// sides stay as they are.
fn old_side(unit: &Unit, group: &[Field], rules: &Rules) -> Option<Side> {
    let base = &unit.link.as_ref()?.base;
    let held = unit.item_values(rules.component);
    let kept = unit.record_values(rules.component);
    let hides = rules.hides(&held);
    let goes = |&field: &Field| {
        field.direction() == Direction::Both
            && !(hides && field.is_content())
            && equal(field, base.item.get(field), base.record.get(field))
    };
    let all = |one: &Fields, other: &Fields| {
        group
            .iter()
            .all(|&field| one.get(field) == other.get(field))
    };
    let old = match group.iter().all(goes) {
        false => None,
        true if all(&held, &base.item) => Some(Side::Mailbox),
        true if all(&kept, &base.record) => Some(Side::Crm),
        true => None,
    };
    if old.is_none() {
        info!(link = %unit.id, "what was there before cannot be put back; both sides stay as they are");
    }
    old
}

pub(crate) async fn load(store: &dyn StateStore, component: Component) -> ports::Result<Answers> {
    let Some(text) = store.fact(&fact(component)).await? else {
        return Ok(Answers::new());
    };
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(ErrorKind::Bug, Code::StateUnusable).caused_by(error))
}

async fn keep(
    store: &dyn StateStore,
    component: Component,
    answers: &Answers,
) -> ports::Result<()> {
    let text = match answers.is_empty() {
        true => None,
        false => Some(serde_json::to_string(answers).expect("answers are plain data")),
    };
    store.set_fact(&fact(component), text.as_deref()).await
}

pub(crate) fn fact(component: Component) -> String {
    format!("answered.{component}")
}

#[cfg(test)]
mod tests;
