//! Reads the ends that are about to be written once more, so that a decision is never made on old values (optimistic writes).

use std::collections::{BTreeMap, BTreeSet};

use model::{ItemId, Observation, Operation, RecordId, Side};
use ports::{ErrorKind, Failure};
use reconcile::{ItemSide, RecordSide, Unit, decide};

use super::Task;
use crate::Step;

/// A step as it is right before writing.
pub(super) struct Fresh {
    /// The step, with the ends that will be written just read.
    pub step: Step,
    /// The end that could not be read, and why; the step stays planned.
    pub unread: Option<(Side, Failure)>,
}

impl Task<'_> {
    /// Reads what the operations aim at and decides again, until every aim was read: a fresh value may bring in the other side too.
    pub(super) async fn freshen(&self, steps: &[&Step]) -> ports::Result<Vec<Fresh>> {
        let mut fresh: Vec<Fresh> = steps
            .iter()
            .map(|step| Fresh {
                step: (*step).clone(),
                unread: None,
            })
            .collect();
        let (mut items_read, mut records_read) = (BTreeSet::new(), BTreeSet::new());
        loop {
            let (items, records) = aims(&fresh, &items_read, &records_read);
            if items.is_empty() && records.is_empty() {
                return Ok(fresh);
            }
            let items = self.read_items(items, &mut items_read).await?;
            let records = self.read_records(records, &mut records_read).await?;
            for entry in &mut fresh {
                self.renew(entry, &items, &records);
            }
        }
    }

    async fn read_items(
        &self,
        ids: Vec<ItemId>,
        read: &mut BTreeSet<ItemId>,
    ) -> ports::Result<BTreeMap<ItemId, ports::Result<ItemSide>>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        read.extend(ids.iter().cloned());
        let answers = self
            .engine
            .doors
            .mailbox
            .read(self.component(), &ids)
            .await?;
        Ok(ids
            .into_iter()
            .zip(answers)
            .map(|(id, answer)| match answer {
                Ok(item) => (id, Ok(ItemSide::Present(item))),
                Err(failure) if failure.kind == ErrorKind::Gone => (id, Ok(ItemSide::Gone)),
                Err(failure) => (id, Err(failure)),
            })
            .collect())
    }

    async fn read_records(
        &self,
        ids: Vec<RecordId>,
        read: &mut BTreeSet<RecordId>,
    ) -> ports::Result<BTreeMap<RecordId, ports::Result<RecordSide>>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        read.extend(ids.iter().cloned());
        let answers = self.engine.doors.crm.read(self.component(), &ids).await?;
        Ok(ids
            .into_iter()
            .zip(answers)
            .map(|(id, answer)| match answer {
                Ok(record) => (id, Ok(RecordSide::of(record))),
                Err(failure) if failure.kind == ErrorKind::Gone => (id, Ok(RecordSide::Gone)),
                Err(failure) if failure.says_re_assigned() => (id, Ok(RecordSide::Left)),
                Err(failure) => (id, Err(failure)),
            })
            .collect())
    }

    fn renew(
        &self,
        entry: &mut Fresh,
        items: &BTreeMap<ItemId, ports::Result<ItemSide>>,
        records: &BTreeMap<RecordId, ports::Result<RecordSide>>,
    ) {
        let Fresh { step, unread } = entry;
        let item = item_of(&step.unit).and_then(|id| items.get(&id));
        let record = record_of(&step.unit).and_then(|id| records.get(&id));
        *unread = match (item, record) {
            (Some(Err(failure)), _) => Some((Side::Mailbox, failure.again())),
            (_, Some(Err(failure))) => Some((Side::Crm, failure.again())),
            (_, _) => None,
        };
        if unread.is_some() {
            return;
        }
        if let Some(Ok(side)) = item {
            step.unit.item = side.clone();
        }
        if let Some(Ok(side)) = record {
            step.unit.record = side.clone();
        }
        if item.is_some() || record.is_some() {
            step.decision = decide(&step.unit, &self.plan.rules);
        }
    }
}

fn aims(
    fresh: &[Fresh],
    items_read: &BTreeSet<ItemId>,
    records_read: &BTreeSet<RecordId>,
) -> (Vec<ItemId>, Vec<RecordId>) {
    let (mut items, mut records) = (Vec::new(), Vec::new());
    for entry in fresh {
        if entry.unread.is_some() {
            continue;
        }
        for operation in &entry.step.decision.operations {
            match operation {
                Operation::UpdateItem { item, .. } | Operation::DeleteItem { item, .. } => {
                    if !items_read.contains(item) {
                        items.push(item.clone());
                    }
                }
                Operation::UpdateRecord { record, .. } | Operation::DeleteRecord { record, .. } => {
                    if !records_read.contains(record) {
                        records.push(record.clone());
                    }
                }
                Operation::CreateItem { .. } | Operation::CreateRecord { .. } => {}
            }
        }
    }
    (items, records)
}

/// What the last look showed that the plan did not know.
pub(super) fn seen_since(planned: &Unit, fresh: &Unit) -> Vec<Observation> {
    let item = match &fresh.item {
        ItemSide::Present(item) => Some(Observation::Item(item.clone())),
        ItemSide::Gone => item_of(planned).map(|id| Observation::ItemGone { id }),
        ItemSide::Absent | ItemSide::Unchanged => None,
    };
    let id = record_of(planned);
    let record = match &fresh.record {
        RecordSide::Present(record) => Some(Observation::Record(record.clone())),
        RecordSide::Gone => id.map(|id| Observation::RecordGone { id }),
        RecordSide::Left => id.map(|id| Observation::RecordLeft { id }),
        RecordSide::Absent | RecordSide::Unchanged => None,
    };
    let item = item.filter(|_| fresh.item != planned.item);
    let record = record.filter(|_| fresh.record != planned.record);
    item.into_iter().chain(record).collect()
}

fn item_of(unit: &Unit) -> Option<ItemId> {
    match &unit.item {
        ItemSide::Present(item) => Some(item.id.clone()),
        ItemSide::Absent | ItemSide::Unchanged | ItemSide::Gone => {
            unit.link.as_ref().and_then(|link| link.item().cloned())
        }
    }
}

fn record_of(unit: &Unit) -> Option<RecordId> {
    match &unit.record {
        RecordSide::Present(record) => Some(record.id.clone()),
        RecordSide::Absent | RecordSide::Unchanged | RecordSide::Gone | RecordSide::Left => {
            unit.link.as_ref().map(|link| link.record.clone())
        }
    }
}
