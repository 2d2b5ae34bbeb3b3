//! Entries that wait, brakes, undo and *why?*, as a window asks for them.

use model::{Code, Component, Side, Sought};
use ports::ErrorKind;

use super::planned;
use crate::view::{
    self, Brake, BrakeAnswer, Decision, NotUndone, PlannedLine, Problem, UndoWhat, Undone,
    WaitingEntry, WaitingKind, WaitingValue, Why, WhyCause, WhyEntry,
};
use crate::waiting::{is_open, missing};
use crate::{Answer, Braked, Controller, Explanation, Resolution, Undo, Waiting, failure};

impl Controller {
    /// What waits for the user, the longest waiting first.
    pub async fn waiting_entries(&self) -> ports::Result<Vec<WaitingEntry>> {
        let mut all: Vec<_> = self.waiting().await?.iter().map(shown).collect();
        all.sort_by_key(|entry| entry.problem.since);
        Ok(all)
    }

    /// Helps an entry along; the answer is what is still in its way.
    pub async fn decide(&self, id: &str, decision: Decision) -> ports::Result<Option<Problem>> {
        let resolution = match decision {
            Decision::Keep { side } => Resolution::Keep(side.into()),
            Decision::Fields { answers } => Resolution::Fields(answers.into_iter().collect()),
            Decision::Again => Resolution::Again,
        };
        self.must_not_be_paused().await?;
        let report = self.resolve(id, resolution).await?;
        if let Some(failure) = report.failure {
            return Err(failure);
        }
        let still = self.waiting().await?;
        let still = still.iter().find(|waiting| waiting.id == id);
        Ok(still.map(|waiting| shown(waiting).problem))
    }

    /// The brakes that tripped.
    pub async fn brakes(&self) -> ports::Result<Vec<Brake>> {
        let braked = self.braked().await?;
        Ok(braked.into_iter().map(brake).collect())
    }

    /// What a run would do if the brake were approved. Asks both servers and writes nothing.
    pub async fn brake_plan(&self, id: &str) -> ports::Result<Vec<PlannedLine>> {
        let component = self.braked_component(id).await?;
        let report = self.preview(Some(vec![component])).await?;
        let parts = report.components.into_values();
        Ok(parts
            .flat_map(|part| part.operations)
            .map(|operation| planned(&operation))
            .collect())
    }

    /// Says what to do about a brake; a run begins with it.
    pub async fn decide_brake(&self, id: &str, answer: BrakeAnswer) -> ports::Result<()> {
        let answer = match answer {
            BrakeAnswer::Approve => Answer::Approve,
            BrakeAnswer::Restore => Answer::Restore,
            BrakeAnswer::Ignore => Answer::Ignore,
        };
        self.must_not_be_paused().await?;
        let report = self.answer_brake(id, answer).await?;
        report.failure.map_or(Ok(()), Err)
    }

    /// Nothing is written while syncing is paused, so nothing that was decided would happen.
    async fn must_not_be_paused(&self) -> ports::Result<()> {
        match self.is_paused().await? {
            true => Err(failure(ErrorKind::Denied, Code::Paused)),
            false => Ok(()),
        }
    }

    async fn braked_component(&self, id: &str) -> ports::Result<Component> {
        let braked = self.braked().await?;
        let found = braked.into_iter().find(|braked| braked.id == id);
        found.map(|braked| braked.component).ok_or_else(|| {
            failure(ErrorKind::Refused { field: None }, Code::NothingWaits).with("entry", id)
        })
    }

    /// Takes back what a line or a run did.
    pub async fn take_back(&self, what: UndoWhat) -> ports::Result<Undone> {
        let what = match what {
            UndoWhat::Line { line } => Undo::Line(line),
            UndoWhat::Run { run } => Undo::Run(run),
        };
        self.must_not_be_paused().await?;
        let report = self.undo(&what).await?;
        let left = report.left.into_iter().map(|(line, problem)| NotUndone {
            title: line.title,
            problem: Problem::since(&problem, 0),
        });
        Ok(Undone {
            back: report.back.len() as u64,
            left: left.collect(),
        })
    }

    /// Why what is called so was or was not synced.
    pub async fn explain(&self, text: &str) -> ports::Result<Why> {
        let Some(sought) = Sought::new(text) else {
            return Ok(explained(Explanation::default()));
        };
        Ok(explained(self.why(&sought).await?))
    }
}

fn shown(waiting: &Waiting) -> WaitingEntry {
    let problem = &waiting.refusal.problem;
    let kind = match problem.code {
        Code::DeletedAndChanged => WaitingKind::Deleted,
        code if code.is_conflict() => WaitingKind::Conflict,
        _ => WaitingKind::Refused,
    };
    let asked = match kind {
        WaitingKind::Refused => missing(waiting),
        WaitingKind::Conflict | WaitingKind::Deleted => Vec::new(),
    };
    let fields = waiting.fields.iter().map(|field| WaitingValue {
        field: field.field.name().to_owned(),
        base: field.base.clone(),
        crm: field.crm.clone(),
        mailbox: field.exchange.clone(),
        open: is_open(waiting, field) || asked.iter().any(|name| name == field.field.name()),
    });
    let first = waiting.fields.first();
    let gone = first.filter(|_| kind == WaitingKind::Deleted).map(|field| {
        match field.crm.is_none() {
            true => Side::Crm,
            false => Side::Mailbox,
        }
        .into()
    });
    let since = view::millis(waiting.refusal.since);
    WaitingEntry {
        id: waiting.id.clone(),
        component: waiting.component.into(),
        kind,
        title: waiting.refusal.title.clone(),
        problem: Problem::since(problem, since),
        gone,
        fields: fields.collect(),
        asked,
        retry_at: view::retry(waiting.refusal.retry_at),
    }
}

fn brake(braked: Braked) -> Brake {
    let since = view::millis(braked.tripped.since);
    let alarms = braked.tripped.alarms.iter();
    Brake {
        id: braked.id,
        component: braked.component.into(),
        alarms: alarms.map(|alarm| Problem::since(alarm, since)).collect(),
        since,
    }
}

fn explained(explanation: Explanation) -> Why {
    let causes = explanation.causes.into_iter().map(|cause| WhyCause {
        component: cause.component.map(Into::into),
        problem: Problem::since(&cause.problem, 0),
    });
    let entries = explanation.entries.into_iter().map(|entry| WhyEntry {
        title: entry.title,
        component: entry.component.into(),
        synced: entry.synced,
        reasons: entry
            .reasons
            .iter()
            .map(|reason| Problem::since(reason, 0))
            .collect(),
        last: entry.last,
    });
    Why {
        causes: causes.collect(),
        entries: entries.collect(),
        more: explanation.more,
    }
}
