//! Carries a plan out, a batch at a time: read the ends that will be written once more, decide again on what is really there, keep the
//! intent in the journal, write, keep what came of it. What only changes our own state needs no server.

use model::history::{Act, HistoryEntry, Tally};
use model::{
    Change, Code, Component, Fields, ItemId, Operation, OperationId, Problem, RecordId, RemoteId,
    RunId, Side,
};
use ports::{JournalEntry, LinkChange, Outcome, Refusal};
use reconcile::{Decision, LinkFate};
use tracing::debug;

use crate::progress::{Phase, Progress};
use crate::refuse::{self, Case};
use crate::{Engine, Plan, Step};

mod batch;
mod freshen;
mod items;
mod records;
pub(crate) use records::together;

/// How many entries are journaled, and sent to the mailbox, at once.
const BATCH: usize = 50;
/// How many local changes are stored at once.
const LOCAL_BATCH: usize = 500;

/// What all parts of carrying out a plan share.
struct Task<'a> {
    engine: &'a Engine,
    run: RunId,
    plan: &'a Plan,
}

impl Engine {
    /// Carries out a plan. The answer says whether another pass is needed because something changed meanwhile.
    pub(crate) async fn execute(
        &self,
        run: RunId,
        plan: &Plan,
        tally: &mut Tally,
    ) -> ports::Result<bool> {
        let task = Task {
            engine: self,
            run,
            plan,
        };
        task.count_waiting(tally);
        task.settle_local(tally).await?;
        task.write(tally).await
    }
}

impl Task<'_> {
    fn count_waiting(&self, tally: &mut Tally) {
        tally.failed += self.plan.resting.len() as u64;
        for (_, problem) in self.plan.skipped() {
            match problem.code {
                Code::FieldMandatory | Code::EndBeforeStart => tally.conflicts += 1,
                code if code.is_conflict() => tally.conflicts += 1,
                _ => tally.skipped += 1,
            }
        }
    }

    /// What waits for a decision or a right is listed with its reason until that changes, so that nothing is left undone silently (S9).
    fn list_waiting(&self) -> Outcome {
        let now = self.engine.doors.clock.now();
        let waiting = self.plan.steps.iter().filter_map(|step| {
            let problem = step.decision.waits.clone()?;
            let entry = step.unit.subjects.first()?.clone();
            Some((entry, step.title.clone(), problem))
        });
        let held = self.plan.held.iter();
        let held = held.map(|held| (held.entry.clone(), held.title.clone(), held.problem.clone()));
        let mut outcome = Outcome::default();
        for (entry, title, problem) in held.chain(waiting) {
            let earlier = self.plan.refusals.get(&entry);
            if earlier.is_some_and(|earlier| earlier.problem == problem) {
                continue;
            }
            let case = Case {
                earlier,
                entry,
                title,
                content: String::new(),
            };
            outcome.refused.push(refuse::waiting(case, problem, now));
        }
        outcome
    }

    /// Steps without a write: what is agreed, what stays away, what ends, what is of no consequence.
    async fn settle_local(&self, tally: &mut Tally) -> ports::Result<()> {
        let no_longer_refused = self
            .plan
            .idle
            .iter()
            .filter(|entry| self.plan.refusals.contains_key(entry));
        let idle = Outcome {
            settled: self.plan.idle.clone(),
            accepted: no_longer_refused.cloned().collect(),
            ..Outcome::default()
        };
        let mut outcomes = vec![idle, self.list_waiting()];
        for step in &self.plan.steps {
            if step.decision.operations.is_empty() {
                let mut outcome = Outcome::default();
                self.settle(step, &step.decision, &mut outcome, tally);
                outcomes.push(outcome);
            }
        }
        for chunk in outcomes.chunks(LOCAL_BATCH) {
            let together = chunk.iter().cloned().fold(Outcome::default(), joined);
            if together != Outcome::default() {
                self.commit(&together).await?;
            }
        }
        Ok(())
    }

    /// What a decision changes in our own state when nothing (more) has to be written for it.
    fn settle(&self, step: &Step, decision: &Decision, outcome: &mut Outcome, tally: &mut Tally) {
        match &decision.link {
            LinkFate::Keep => {}
            LinkFate::Put(link) => {
                if step.unit.link.is_none() {
                    tally.linked += 1;
                    let record = Some(link.record.clone());
                    let item = link.item().cloned();
                    outcome.history.push(self.line(
                        step,
                        Side::Crm,
                        Act::Linked,
                        item,
                        record,
                        vec![],
                    ));
                } else if link.item().is_none() {
                    let record = Some(link.record.clone());
                    outcome.history.push(self.line(
                        step,
                        Side::Crm,
                        Act::Unlinked,
                        None,
                        record,
                        vec![],
                    ));
                }
                outcome.links.push(LinkChange::Put(link.clone()));
            }
            LinkFate::Drop(id) => outcome.links.push(LinkChange::Drop(id.clone())),
        }
        if decision.waits.is_none() {
            self.accept(step, outcome);
        }
    }

    /// The observations of this step are dealt with, and what was refused before is not any more.
    fn accept(&self, step: &Step, outcome: &mut Outcome) {
        outcome.settled.extend(step.unit.subjects.iter().cloned());
        outcome.accepted.extend(
            step.unit
                .subjects
                .iter()
                .filter(|entry| self.plan.refusals.contains_key(entry))
                .cloned(),
        );
    }

    async fn write(&self, tally: &mut Tally) -> ports::Result<bool> {
        let steps: Vec<&Step> = self
            .plan
            .steps
            .iter()
            .filter(|step| !step.decision.operations.is_empty())
            .collect();
        let total = steps.len() as u64;
        let mut done = 0;
        let mut again = false;
        for chunk in steps.chunks(BATCH) {
            if self.engine.stop.is_set() {
                break;
            }
            self.tell(done, total);
            again |= self.write_batch(chunk, tally).await?;
            done += chunk.len() as u64;
        }
        if total > 0 {
            self.tell(done, total);
        }
        Ok(again)
    }

    fn tell(&self, done: u64, total: u64) {
        self.engine.watcher.progress(Progress {
            component: self.component(),
            phase: Phase::Writing,
            done,
            total: Some(total),
        });
    }

    fn component(&self) -> Component {
        self.plan.component
    }

    async fn commit(&self, outcome: &Outcome) -> ports::Result<()> {
        self.engine
            .doors
            .store
            .commit(self.component(), outcome)
            .await
    }

    /// Keeps the intent of every write of a batch before the first is sent.
    async fn begin(&self, operations: &[&Operation]) -> ports::Result<Vec<OperationId>> {
        let makes_item = |operation: &&Operation| matches!(operation, Operation::CreateItem { .. });
        if operations.iter().any(makes_item) {
            self.engine
                .expect_in_list(self.component(), self.run)
                .await?;
        }
        let begun = self.engine.doors.clock.now() + self.engine.crm_ahead();
        let entries: Vec<JournalEntry> = operations
            .iter()
            .map(|operation| JournalEntry {
                id: OperationId::new(uuid::Uuid::new_v4().simple().to_string()),
                run: self.run,
                component: self.component(),
                operation: (*operation).clone(),
                begun,
            })
            .collect();
        self.engine.doors.store.begin(&entries).await?;
        for entry in &entries {
            debug!(operation = %entry.operation, "begun");
        }
        Ok(entries.into_iter().map(|entry| entry.id).collect())
    }

    fn line(
        &self,
        step: &Step,
        side: Side,
        act: Act,
        item: Option<ItemId>,
        record: Option<RecordId>,
        changes: Vec<Change>,
    ) -> HistoryEntry {
        HistoryEntry {
            id: 0,
            at: self.engine.doors.clock.now(),
            run: self.run,
            component: self.component(),
            side,
            act,
            title: step.title.clone(),
            item,
            record,
            changes,
            reason: None,
        }
    }

    /// The line of a refused entry; told once, not at every try.
    fn refusal_line(&self, step: &Step, refusal: &Refusal, side: Side) -> Option<HistoryEntry> {
        if refusal.attempts > 1 {
            return None;
        }
        let (item, record) = match refusal.entry.clone() {
            RemoteId::Mailbox(id) => (Some(id), None),
            RemoteId::Crm(id) => (None, Some(id)),
        };
        let mut line = self.line(step, side, Act::Refused, item, record, vec![]);
        line.reason = Some(refusal.problem.clone());
        Some(line)
    }

    /// The case of a refusal: the entry whose data could not be taken over.
    fn case(&self, step: &Step, target: Side) -> Case<'_> {
        let source = step
            .unit
            .subjects
            .iter()
            .find(|entry| entry.side() != target)
            .or(step.unit.subjects.first())
            .cloned()
            .unwrap_or_else(|| RemoteId::Crm(RecordId::new(step.unit.id.as_str())));
        Case {
            earlier: self.plan.refusals.get(&source),
            entry: source,
            title: step.title.clone(),
            content: step.content.clone(),
        }
    }

    fn refused(&self, step: &Step, target: Side, problem: Problem) -> Refusal {
        refuse::refused(
            self.case(step, target),
            problem,
            self.engine.doors.clock.now(),
        )
    }

    fn lost(&self, step: &Step, target: Side, problem: Problem) -> Refusal {
        refuse::lost(
            self.case(step, target),
            problem,
            self.engine.doors.clock.now(),
        )
    }
}

fn joined(mut all: Outcome, one: Outcome) -> Outcome {
    all.done.extend(one.done);
    all.links.extend(one.links);
    all.settled.extend(one.settled);
    all.observed.extend(one.observed);
    all.history.extend(one.history);
    all.refused.extend(one.refused);
    all.accepted.extend(one.accepted);
    all
}

/// The before-images of a deletion, as changes to nothing (S4).
pub(crate) fn wiped(fields: &Fields) -> Vec<Change> {
    fields
        .iter()
        .map(|(field, value)| Change {
            field,
            before: value.to_owned(),
            after: String::new(),
        })
        .collect()
}
