//! What happens when a brake trips (R6.8): nothing of the component is written until somebody says what to do. The answer holds for what
//! was shown and not for more: a yes for one run, anything else until it is carried out, entry by entry.

use std::collections::BTreeSet;

use model::{Code, Component, LinkId, Problem};
use ports::{ErrorKind, Failure, StateStore};
use reconcile::brake::Alarm;
use serde::{Deserialize, Serialize};

use crate::{Engine, Plan};

pub(crate) mod answers;

/// What somebody says to a tripped brake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is meant so: do it.
    Approve,
    /// It is not: put back what is missing, from the side that still has it.
    Restore,
    /// Leave both sides as they are.
    Ignore,
}

/// A brake that tripped, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tripped {
    /// Why.
    pub alarms: Vec<Problem>,
    /// Whom it is about.
    #[serde(default)]
    pub links: BTreeSet<LinkId>,
    /// Since when.
    pub since: jiff::Timestamp,
    /// What somebody said.
    pub answer: Option<Answer>,
}

/// Whether a plan may be carried out.
pub(crate) enum Verdict {
    /// It may.
    Go,
    /// It is to be made anew, because somebody said what is to become of entries in it.
    PlanAnew,
}

impl Engine {
    /// Looks at a plan before anything of it is written. A failure says that it has to wait.
    pub(crate) async fn brake(&self, component: Component, plan: &Plan) -> ports::Result<Verdict> {
        let store = &*self.doors.store;
        let links = store.link_count(component).await?;
        let steps = plan.steps.iter().map(|step| (&step.unit, &step.decision));
        let alarms = reconcile::brake::alarms(steps, links);
        let before = tripped(store, component).await?;
        let answered = before.as_ref().filter(|before| covers(before, &alarms));
        match answered.and_then(|before| Some((before, before.answer?))) {
            Some((before, answer @ (Answer::Restore | Answer::Ignore))) => {
                self.take_answer(component, plan, before, answer).await?;
                keep(store, component, None).await?;
                return Ok(Verdict::PlanAnew);
            }
            Some((_, Answer::Approve)) if !alarms.is_empty() => return Ok(Verdict::Go),
            Some((_, Answer::Approve)) | None => {}
        }
        let Some(first) = alarms.first() else {
            if before.is_some() {
                keep(store, component, None).await?;
            }
            return Ok(Verdict::Go);
        };
        let failure = waits(&first.problem);
        let since = before.map_or_else(|| self.doors.clock.now(), |before| before.since);
        let links = alarms.iter().flat_map(|alarm| alarm.links.clone());
        let now = Tripped {
            links: links.collect(),
            alarms: alarms.into_iter().map(|alarm| alarm.problem).collect(),
            since,
            answer: None,
        };
        keep(store, component, Some(&now)).await?;
        Err(failure)
    }

    /// A yes holds for one run.
    pub(crate) async fn forget_answer(&self, component: Component) -> ports::Result<()> {
        let store = &*self.doors.store;
        match tripped(store, component).await? {
            Some(_) => keep(store, component, None).await,
            None => Ok(()),
        }
    }
}

/// The brake of a component, if it tripped.
pub async fn tripped(
    store: &dyn StateStore,
    component: Component,
) -> ports::Result<Option<Tripped>> {
    let Some(text) = store.fact(&fact(component)).await? else {
        return Ok(None);
    };
    let read = serde_json::from_str(&text);
    read.map(Some)
        .map_err(|error| Failure::new(ErrorKind::Bug, Code::StateUnusable).caused_by(error))
}

/// Says what to do about a tripped brake; the next run does it. `false`: none is tripped.
pub async fn answer(
    store: &dyn StateStore,
    component: Component,
    answer: Answer,
) -> ports::Result<bool> {
    let Some(mut tripped) = tripped(store, component).await? else {
        return Ok(false);
    };
    tripped.answer = Some(answer);
    keep(store, component, Some(&tripped)).await?;
    Ok(true)
}

async fn keep(
    store: &dyn StateStore,
    component: Component,
    tripped: Option<&Tripped>,
) -> ports::Result<()> {
    let text = tripped
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| Failure::bug("a brake cannot be stored").caused_by(error))?;
    store.set_fact(&fact(component), text.as_deref()).await
}

pub(crate) fn fact(component: Component) -> String {
    format!("brake.{component}")
}

/// It stops this component and no other.
fn waits(alarm: &Problem) -> Failure {
    let failure = Failure::new(ErrorKind::Denied, alarm.code);
    let values = alarm.values.iter();
    values.fold(failure, |failure, (name, value)| failure.with(name, value))
}

/// Whether what is planned now is no more than what was shown then.
fn covers(shown: &Tripped, now: &[Alarm]) -> bool {
    let number = |alarm: &Problem| -> u64 {
        let text = alarm.values.get("count").map_or("", String::as_str);
        text.parse().unwrap_or(u64::MAX)
    };
    let same = |one: &Problem, other: &Problem| {
        let value = |name: &str| one.values.get(name) == other.values.get(name);
        one.code == other.code && value("side") && value("field")
    };
    now.iter().all(|now| {
        let (links, now) = (&now.links, &now.problem);
        let mut alarms = shown.alarms.iter();
        links.is_subset(&shown.links)
            && alarms.any(|shown| same(shown, now) && number(now) <= number(shown))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(numbers: std::ops::Range<u32>) -> BTreeSet<LinkId> {
        numbers
            .map(|number| LinkId::new(format!("l{number}")))
            .collect()
    }

    fn swept(side: &str, field: &str, count: &str) -> Problem {
        let problem = Problem::new(Code::FieldSwept);
        let problem = problem.with("side", side).with("field", field);
        problem.with("count", count)
    }

    fn alarm(problem: Problem, links: BTreeSet<LinkId>) -> Alarm {
        Alarm { problem, links }
    }

    #[test]
    fn r6_8_an_answer_is_about_what_was_shown_or_less_of_it() {
        let shown = Tripped {
            alarms: vec![
                swept("crm", "phone", "12"),
                Problem::new(Code::ManyDeletions)
                    .with("side", "mailbox")
                    .with("count", "12"),
            ],
            links: links(0..12),
            since: jiff::Timestamp::UNIX_EPOCH,
            answer: None,
        };
        let phone = |count| swept("crm", "phone", count);
        let of = |problem, links| covers(&shown, &[alarm(problem, links)]);
        assert!(of(phone("12"), links(0..12)));
        assert!(of(phone("11"), links(1..12)));
        assert!(covers(&shown, &[]));
        assert!(!of(phone("13"), links(0..12)), "more of it");
        assert!(!of(phone("12"), links(1..13)), "others than those");
        assert!(!of(swept("mailbox", "phone", "12"), links(0..12)));
        assert!(!of(swept("crm", "mobile", "12"), links(0..12)));
        let emptied = Problem::new(Code::SideEmpty).with("side", "crm");
        let emptied = emptied.with("field", "phone").with("count", "12");
        assert!(!of(emptied, links(0..12)), "something else");
        let both = [
            alarm(phone("12"), links(0..12)),
            alarm(swept("crm", "mobile", "1"), links(0..1)),
        ];
        assert!(!covers(&shown, &both), "one of them was not shown");
    }
}
