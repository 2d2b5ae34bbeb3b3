//! The CRM's part of a batch: record by record, as many at once as the CRM takes, each kept as soon as it is confirmed.

use std::sync::Mutex;

use futures_util::StreamExt;
use jiff::SignedDuration;
use model::history::Tally;
use model::{
    Base, Change, Code, Fields, Link, LinkState, Operation, OperationId, Owner, Record, RecordId,
    RemoteId, Side, Stamping,
};
use ports::{ErrorKind, Failure, LinkChange, Outcome};
use reconcile::{ItemSide, RecordSide, agree};

use super::Task;
use super::batch::{Ended, Work, item_end};
use crate::resolve;

/// How old a look may be when it is written over.
const FRESH: SignedDuration = SignedDuration::from_secs(3);

impl Task<'_> {
    /// Whether another pass is needed.
    pub(super) async fn write_records(
        &self,
        works: Vec<Work>,
        tally: &mut Tally,
    ) -> ports::Result<bool> {
        let stopped: Mutex<Option<Failure>> = Mutex::new(None);
        let shared = Mutex::new(std::mem::take(tally));
        let parallel = self.engine.doors.crm.parallel_writes().max(1);
        let answers: Vec<ports::Result<bool>> = futures_util::stream::iter(works)
            .map(|work| self.write_record(work, &shared, &stopped))
            .buffer_unordered(parallel)
            .collect()
            .await;
        *tally = shared.into_inner().expect("no holder of the lock panics");
        if let Some(failure) = stopped.into_inner().expect("no holder of the lock panics") {
            return Err(failure);
        }
        let mut again = false;
        for answer in answers {
            again |= answer?;
        }
        Ok(again)
    }

    async fn write_record(
        &self,
        mut work: Work,
        tally: &Mutex<Tally>,
        stopped: &Mutex<Option<Failure>>,
    ) -> ports::Result<bool> {
        let Some((id, operation)) = work.take(Side::Crm) else {
            return Ok(false);
        };
        if work.unsure {
            // Written now, the record would count as modified later than the item, whoever typed last. The next look sees both.
            self.put_back(id).await?;
            return Ok(true);
        }
        let is_stopped = stopped
            .lock()
            .expect("no holder of the lock panics")
            .is_some();
        if is_stopped || self.engine.stop.is_set() {
            self.put_back(id).await?;
            return Ok(false);
        }
        let answer = match self.is_still_as_read(&work, &operation).await {
            Ok(true) => self.send(&work, &operation).await,
            Ok(false) => Err(Failure::new(ErrorKind::Stale, Code::EntryChangedMeanwhile)),
            Err(failure) => Err(failure),
        };
        let mut outcome = Outcome::default();
        let mut mine = Tally::default();
        let ended = match answer {
            Ok(record) => {
                self.record_done(&mut work, &operation, record, &mut outcome, &mut mine);
                Ended::Done
            }
            Err(failure) => match Ended::of(&failure) {
                Some(ended) => ended,
                None => {
                    *stopped.lock().expect("no holder of the lock panics") = Some(failure);
                    self.put_back(id).await?;
                    return Ok(false);
                }
            },
        };
        let again = self.book(&mut work, id, Side::Crm, ended, &mut outcome, &mut mine);
        self.close(&work, &mut outcome);
        self.commit(&outcome).await?;
        tally
            .lock()
            .expect("no holder of the lock panics")
            .add_part(mine);
        Ok(again)
    }

    /// A write that is not sent in this run: its journal entry is over, its observations stay.
    async fn put_back(&self, id: OperationId) -> ports::Result<()> {
        let outcome = Outcome {
            done: vec![id],
            ..Outcome::default()
        };
        self.commit(&outcome).await
    }

    /// Whether the record holds what is to be overwritten or deleted. A batch may take a minute, and the CRM checks no versions (facts: crm 4),
    /// so a look that is more than a moment old is taken once more.
    async fn is_still_as_read(&self, work: &Work, operation: &Operation) -> ports::Result<bool> {
        let age = self.engine.doors.clock.now().duration_since(work.read_at);
        if age <= FRESH {
            return Ok(true);
        }
        match operation {
            Operation::UpdateRecord {
                record, changes, ..
            } => {
                let is_as_read =
                    |change: &Change, now: &Fields| now.get(change.field) == change.before;
                let now = self.values_now(record).await?;
                Ok(now.is_some_and(|now| changes.iter().all(|change| is_as_read(change, &now))))
            }
            Operation::DeleteRecord { record, fields, .. } => {
                match self.values_now(record).await {
                    Ok(now) => Ok(now.as_ref() == Some(fields)),
                    // Then there is nothing left to lose.
                    Err(failure) if failure.kind == ErrorKind::Gone => Ok(true),
                    Err(failure) => Err(failure),
                }
            }
            Operation::CreateItem { .. }
            | Operation::UpdateItem { .. }
            | Operation::DeleteItem { .. }
            | Operation::CreateRecord { .. } => Ok(true),
        }
    }

    /// What the record holds now; nothing if it is somebody else's.
    async fn values_now(&self, record: &RecordId) -> ports::Result<Option<Fields>> {
        let crm = &self.engine.doors.crm;
        let ids = std::slice::from_ref(record);
        let answers = crm.read(self.component(), ids).await?;
        let now = match answers.into_iter().next().transpose() {
            Err(failure) if failure.says_re_assigned() => None,
            now => now?,
        };
        let own = now.filter(|now| now.owner == Owner::Me);
        Ok(own.map(|now| mapping::from_record(self.component(), &now.fields)))
    }

    async fn send(&self, work: &Work, operation: &Operation) -> ports::Result<Option<Record>> {
        let (crm, component) = (&self.engine.writable().await?.crm, self.component());
        match operation {
            Operation::CreateRecord {
                item,
                fields,
                stand_ins,
                ..
            } => {
                let (store, entry) = (&*self.engine.doors.store, RemoteId::Mailbox(item.clone()));
                let more = resolve::more_of(store, component, &entry).await?;
                let whole = together(fields, stand_ins);
                let made = crm.create(component, &whole, &more).await?;
                if !more.is_empty() {
                    resolve::forget_more(store, component, &entry).await?;
                }
                Ok(Some(made))
            }
            Operation::UpdateRecord {
                record, changes, ..
            } => {
                let now = match &work.step.unit.record {
                    RecordSide::Present(record) => &record.fields,
                    _ => {
                        return Err(Failure::bug(
                            "a record was to be written and not read before",
                        ));
                    }
                };
                crm.update(component, record, changes, now).await.map(Some)
            }
            Operation::DeleteRecord { record, .. } => match crm.delete(component, record).await {
                Err(failure) if failure.kind != ErrorKind::Gone => Err(failure),
                _ => Ok(None),
            },
            Operation::CreateItem { .. }
            | Operation::UpdateItem { .. }
            | Operation::DeleteItem { .. } => {
                Err(Failure::bug("an item's write was sent to the CRM"))
            }
        }
    }

    fn record_done(
        &self,
        work: &mut Work,
        operation: &Operation,
        record: Option<Record>,
        outcome: &mut Outcome,
        tally: &mut Tally,
    ) {
        let kept = record
            .as_ref()
            .map(|record| mapping::from_record(self.component(), &record.fields))
            .unwrap_or_default();
        match operation {
            Operation::CreateRecord {
                fields, stand_ins, ..
            } => {
                if let Some(record) = &record {
                    let sent = together(fields, stand_ins);
                    let agreed = Base {
                        item: fields.clone(),
                        record: agree::on_creation(&sent, &kept),
                    };
                    work.link = self.made(work, &record.id, operation, agreed);
                }
            }
            Operation::UpdateRecord { changes, .. } => self.agree(work, changes, &kept),
            _ => {}
        }
        if let Operation::DeleteRecord { link, .. } = operation {
            outcome.links.push(LinkChange::Drop(link.clone()));
        } else if let Some(link) = &work.link {
            outcome.links.push(LinkChange::Put(link.clone()));
        }
        let written = match operation {
            Operation::UpdateRecord { record, .. } | Operation::DeleteRecord { record, .. } => {
                Some(record.clone())
            }
            _ => record.map(|record| record.id),
        };
        let item = item_end(work).map(|(item, _)| item);
        self.tell_linked(work, outcome, tally);
        self.tell_history(work, operation, (item, written), outcome, tally);
    }

    fn made(
        &self,
        work: &Work,
        record: &RecordId,
        operation: &Operation,
        base: Base,
    ) -> Option<Link> {
        let (item, change_key) = item_end(work)?;
        Some(Link {
            id: operation.link().clone(),
            component: self.component(),
            record: record.clone(),
            state: LinkState::Live { item, change_key },
            base,
            stamped: None,
            stamping: match &work.step.unit.item {
                ItemSide::Present(item) => Stamping::of(item),
                _ => Stamping::Allowed,
            },
        })
    }

    fn agree(&self, work: &mut Work, changes: &[Change], kept: &Fields) {
        if let Some(link) = &mut work.link {
            agree::on_record_update(&mut link.base, changes, kept);
        }
    }
}

/// What a record is made of: the item's values and what stands in for those it lacks.
pub(crate) fn together(fields: &Fields, stand_ins: &Fields) -> Fields {
    let mut whole = fields.clone();
    for (field, value) in stand_ins.iter() {
        whole.set(field, value);
    }
    whole
}
