//! One batch: freshen, journal, write the mailbox's part in one request, then the CRM's part record by record.

use jiff::Timestamp;
use model::history::{Act, Counts, Tally};
use model::{ItemId, Link, LinkState, Operation, OperationId, Problem, RecordId, Side};
use ports::{ErrorKind, Failure, Outcome};
use reconcile::LinkFate;

use super::freshen::{Fresh, seen_since};
use super::{Task, wiped};
use crate::Step;

/// A step under way.
pub(super) struct Work {
    pub step: Step,
    /// The link as far as it is agreed; `None` until an end that is being made exists.
    pub link: Option<Link>,
    /// Writes that are not over, with their journal entries.
    pub open: Vec<(OperationId, Operation)>,
    /// Whether everything so far went well; otherwise the observations stay.
    pub whole: bool,
    /// Whether nobody knows what became of the item's write.
    pub unsure: bool,
    /// When the ends were read.
    pub read_at: Timestamp,
    /// Whether an item and a record meet here for the first time and nobody was told yet.
    pub met: bool,
}

impl Work {
    pub fn take(&mut self, side: Side) -> Option<(OperationId, Operation)> {
        let position = self
            .open
            .iter()
            .position(|(_, operation)| operation.side() == side)?;
        Some(self.open.remove(position))
    }
}

/// How one write ended, for one entry.
pub(super) enum Ended {
    /// It took effect.
    Done,
    /// It did not, and this entry has to be looked at anew in another pass.
    Again,
    /// It did not, and the server said no.
    No(Problem),
    /// Nobody knows; the journal entry stays open.
    Lost(Problem),
}

impl Ended {
    pub fn of(failure: &Failure) -> Option<Ended> {
        match failure.kind {
            ErrorKind::Stale | ErrorKind::Gone => Some(Ended::Again),
            ErrorKind::Refused { .. } | ErrorKind::Denied => {
                Some(Ended::No(failure.problem.clone()))
            }
            ErrorKind::OutcomeUnknown => Some(Ended::Lost(failure.problem.clone())),
            ErrorKind::Offline
            | ErrorKind::Throttled { .. }
            | ErrorKind::SignInNeeded
            | ErrorKind::Malformed
            | ErrorKind::Bug => None,
        }
    }
}

impl Task<'_> {
    /// Whether another pass is needed.
    pub(super) async fn write_batch(
        &self,
        steps: &[&Step],
        tally: &mut Tally,
    ) -> ports::Result<bool> {
        let mut again = false;
        let mut ready = Vec::new();
        let mut local = Outcome::default();
        for (planned, fresh) in steps.iter().zip(self.freshen(steps).await?) {
            let Fresh { step, unread } = fresh;
            match unread {
                Some((_, failure)) if !failure.is_about_one_entry() => return Err(failure),
                Some((side, failure)) => {
                    self.refuse(&step, side, failure.problem, &mut local, tally)
                }
                None if does_more(planned, &step) => {
                    let seen = seen_since(&planned.unit, &step.unit);
                    local.observed.extend(seen);
                    again = true;
                }
                None if step.decision.operations.is_empty() => {
                    self.settle(&step, &step.decision, &mut local, tally);
                }
                None => ready.push(step),
            }
        }
        if local != Outcome::default() {
            self.commit(&local).await?;
        }
        let mut works = self.journal(ready).await?;
        again |= self.write_items(&mut works, tally).await?;
        again |= self.write_records(works, tally).await?;
        Ok(again)
    }

    async fn journal(&self, steps: Vec<Step>) -> ports::Result<Vec<Work>> {
        let operations: Vec<&Operation> = steps
            .iter()
            .flat_map(|step| &step.decision.operations)
            .collect();
        let read_at = self.engine.writable().await?.clock.now();
        let mut ids = self.begin(&operations).await?.into_iter();
        let mut works = Vec::with_capacity(steps.len());
        for step in steps {
            let count = step.decision.operations.len();
            works.push(Work {
                link: match &step.decision.link {
                    LinkFate::Put(link) => Some(link.clone()),
                    LinkFate::Keep | LinkFate::Drop(_) => step.unit.link.clone(),
                },
                open: ids
                    .by_ref()
                    .take(count)
                    .zip(step.decision.operations.iter().cloned())
                    .collect(),
                whole: step.decision.waits.is_none(),
                unsure: false,
                read_at,
                met: step.unit.link.is_none() && step.unit.subjects.len() > 1,
                step,
            });
        }
        Ok(works)
    }

    /// Books how one write ended. `Done` has been booked by the caller, who knows what it did to the link.
    pub(super) fn book(
        &self,
        work: &mut Work,
        id: OperationId,
        side: Side,
        ended: Ended,
        outcome: &mut Outcome,
        tally: &mut Tally,
    ) -> bool {
        match ended {
            Ended::Done => {
                outcome.done.push(id);
                false
            }
            Ended::Again => {
                outcome.done.push(id);
                work.whole = false;
                true
            }
            Ended::No(problem) => {
                outcome.done.push(id);
                work.whole = false;
                self.refuse(&work.step, side, problem, outcome, tally);
                false
            }
            Ended::Lost(problem) => {
                work.whole = false;
                work.unsure |= side == Side::Mailbox;
                outcome.refused.push(self.lost(&work.step, side, problem));
                true
            }
        }
    }

    /// The entry rests, with its reason, until it changes or a day has passed.
    fn refuse(
        &self,
        step: &Step,
        side: Side,
        problem: Problem,
        outcome: &mut Outcome,
        tally: &mut Tally,
    ) {
        tally.failed += 1;
        let refusal = self.refused(step, side, problem);
        outcome
            .history
            .extend(self.refusal_line(step, &refusal, side));
        outcome.refused.push(refusal);
    }

    /// After the last write of a step: its observations are dealt with.
    pub(super) fn close(&self, work: &Work, outcome: &mut Outcome) {
        if work.open.is_empty() && work.whole {
            self.accept(&work.step, outcome);
        }
    }

    pub(super) fn tell_history(
        &self,
        work: &Work,
        operation: &Operation,
        ends: (Option<ItemId>, Option<RecordId>),
        outcome: &mut Outcome,
        tally: &mut Tally,
    ) {
        let counts = match operation.side() {
            Side::Mailbox => &mut tally.items,
            Side::Crm => &mut tally.records,
        };
        let (act, changes) = count(operation, counts);
        outcome
            .history
            .push(self.line(&work.step, operation.side(), act, ends.0, ends.1, changes));
    }

    /// A pair that meets for the first time is told as linked, besides what had to be written for it.
    pub(super) fn tell_linked(&self, work: &mut Work, outcome: &mut Outcome, tally: &mut Tally) {
        if let (true, Some(link)) = (work.met, &work.link) {
            work.met = false;
            tally.linked += 1;
            let ends = (link.item().cloned(), Some(link.record.clone()));
            outcome.history.push(self.line(
                &work.step,
                Side::Crm,
                Act::Linked,
                ends.0,
                ends.1,
                vec![],
            ));
        }
    }
}

/// Whether an entry would go, or a field be written over, that the brake did not see in the plan: it has to look at that too (S5).
fn does_more(planned: &Step, fresh: &Step) -> bool {
    if fresh.unit.link.is_none() {
        return false;
    }
    let ends = |step: &Step| reconcile::brake::ends(&step.unit, &step.decision);
    let overwrites = |step: &Step| reconcile::brake::overwrites(&step.decision);
    !ends(fresh).is_subset(&ends(planned)) || !overwrites(fresh).is_subset(&overwrites(planned))
}

fn count(operation: &Operation, counts: &mut Counts) -> (Act, Vec<model::Change>) {
    match operation {
        Operation::CreateItem { .. } | Operation::CreateRecord { .. } => {
            counts.created += 1;
            (Act::Created, Vec::new())
        }
        Operation::UpdateItem { changes, .. } | Operation::UpdateRecord { changes, .. } => {
            counts.updated += 1;
            (Act::Updated, changes.clone())
        }
        Operation::DeleteItem { fields, .. } | Operation::DeleteRecord { fields, .. } => {
            counts.deleted += 1;
            (Act::Deleted, wiped(fields))
        }
    }
}

/// Where the item of a step is, if anywhere.
pub(super) fn item_end(work: &Work) -> Option<(ItemId, model::ChangeKey)> {
    if let reconcile::ItemSide::Present(item) = &work.step.unit.item {
        return Some((item.id.clone(), item.change_key.clone()));
    }
    match work.link.as_ref().map(|link| &link.state) {
        Some(LinkState::Live { item, change_key }) => Some((item.clone(), change_key.clone())),
        Some(LinkState::LetGo { .. } | LinkState::Kept { .. } | LinkState::StaysAway) | None => {
            None
        }
    }
}
