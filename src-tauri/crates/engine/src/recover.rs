//! After a crash or a lost answer: every write that was begun and is not over is looked up on the server, then booked or dropped.
//! Nothing is repeated here; what did not happen is planned again, because its observations are still there.

use model::history::{Act, HistoryEntry, Tally};
use model::{
    Base, Change, ChangeKey, Component, Fields, Item, Link, LinkState, Operation, Record, RunId,
    Stamp,
};
use ports::{ErrorKind, JournalEntry, LinkChange, Outcome};
use reconcile::agree;
use tracing::info;

use crate::Engine;
use crate::execute::wiped;

/// Servers keep whole seconds and their clocks are corrected by a measurement; a creation may look a little older than its journal entry.
const SLACK: jiff::SignedDuration = jiff::SignedDuration::from_mins(2);

impl Engine {
    pub(crate) async fn recover(
        &self,
        run: RunId,
        component: Component,
        tally: &mut Tally,
    ) -> ports::Result<()> {
        for entry in self.doors.store.unfinished(component).await? {
            let mut outcome = Outcome {
                done: vec![entry.id.clone()],
                ..Outcome::default()
            };
            self.look_up(run, &entry, &mut outcome, tally).await?;
            info!(operation = %entry.operation, happened = !outcome.history.is_empty(), "looked up");
            self.doors.store.commit(component, &outcome).await?;
        }
        Ok(())
    }

    async fn look_up(
        &self,
        run: RunId,
        entry: &JournalEntry,
        outcome: &mut Outcome,
        tally: &mut Tally,
    ) -> ports::Result<()> {
        let component = entry.component;
        let mut tell = |told: (Act, &Fields, Vec<Change>), ends| {
            outcome.history.push(line(self, run, entry, told, ends));
        };
        match &entry.operation {
            Operation::CreateItem { fields, .. } => {
                if let Some((item, link)) = self.made_item(entry, fields).await? {
                    tally.items.created += 1;
                    let ends = (Some(item.id), Some(link.record.clone()));
                    tell((Act::Created, fields, vec![]), ends);
                    outcome.links.push(LinkChange::Put(link));
                }
            }
            Operation::CreateRecord { fields, .. } => {
                if let Some(link) = self.made_record(entry, fields).await? {
                    tally.records.created += 1;
                    let ends = (link.item().cloned(), Some(link.record.clone()));
                    tell((Act::Created, fields, vec![]), ends);
                    outcome.links.push(LinkChange::Put(link));
                }
            }
            Operation::UpdateItem { item, changes, .. } => {
                let now = self.item_now(component, item).await?;
                let now = now.map(|item| mapping::from_item(component, &item.fields));
                if let Some(now) = now.filter(|now| holds(now, changes)) {
                    tally.items.updated += 1;
                    tell(
                        (Act::Updated, &now, changes.clone()),
                        (Some(item.clone()), None),
                    );
                }
            }
            Operation::UpdateRecord {
                record, changes, ..
            } => {
                let now = self.record_now(component, record).await?;
                let now = now.map(|record| mapping::from_record(component, &record.fields));
                if let Some(now) = now.filter(|now| holds(now, changes)) {
                    tally.records.updated += 1;
                    tell(
                        (Act::Updated, &now, changes.clone()),
                        (None, Some(record.clone())),
                    );
                }
            }
            Operation::DeleteItem { item, fields, .. } => {
                if self.item_now(component, item).await?.is_none() {
                    tally.items.deleted += 1;
                    tell(
                        (Act::Deleted, fields, wiped(fields)),
                        (Some(item.clone()), None),
                    );
                }
            }
            Operation::DeleteRecord { record, fields, .. } => {
                if self.record_now(component, record).await?.is_none() {
                    tally.records.deleted += 1;
                    tell(
                        (Act::Deleted, fields, wiped(fields)),
                        (None, Some(record.clone())),
                    );
                }
            }
        }
        Ok(())
    }

    /// The item a lost answer may have made: it carries the stamp of the link to be.
    async fn made_item(
        &self,
        entry: &JournalEntry,
        fields: &Fields,
    ) -> ports::Result<Option<(Item, Link)>> {
        let Operation::CreateItem { link, record, .. } = &entry.operation else {
            return Ok(None);
        };
        let component = entry.component;
        let stamp = Stamp {
            crm: self.setup.crm.clone(),
            record: record.clone(),
            link: link.clone(),
            revision: None,
        };
        let folder = self.folder(component).await?;
        let mailbox = &self.doors.mailbox;
        let found = mailbox.find_stamped(component, &folder, &[stamp]).await?;
        let Some(head) = found.first() else {
            return Ok(None);
        };
        let Some(item) = self.item_now(component, &head.id).await? else {
            return Ok(None);
        };
        // Only an item nobody touched since shows what the server made of it; anything else may be the user's edit and is looked at.
        let untouched = item.created.is_some() && item.created == item.modified;
        let held = if untouched {
            mapping::from_item(component, &item.fields)
        } else {
            fields.clone()
        };
        let link = Link {
            id: link.clone(),
            component,
            record: record.clone(),
            state: LinkState::Live {
                item: item.id.clone(),
                change_key: not_looked_at(),
            },
            base: Base {
                item: agree::on_creation(fields, &held),
                record: fields.clone(),
            },
            stamped: None,
        };
        Ok(Some((item, link)))
    }

    /// The record a lost answer may have made: own, with the same values, created since, and not linked to anything else.
    async fn made_record(
        &self,
        entry: &JournalEntry,
        fields: &Fields,
    ) -> ports::Result<Option<Link>> {
        let Operation::CreateRecord { link, item, .. } = &entry.operation else {
            return Ok(None);
        };
        let component = entry.component;
        let since = entry.begun.checked_sub(SLACK).unwrap_or(entry.begun);
        let candidates = self
            .doors
            .crm
            .find_created(component, fields, since)
            .await?;
        let ids = candidates.iter().map(|record| record.id.clone()).collect();
        let linked = self.links_of_records(component, ids).await?;
        let free = |record: &&Record| match linked.get(&record.id) {
            Some(other) => other.id == *link,
            None => true,
        };
        let Some(record) = candidates
            .iter()
            .filter(free)
            .min_by(|a, b| a.id.cmp(&b.id))
        else {
            return Ok(None);
        };
        // Deleted meanwhile: then the record stays and the contact stays away, as after any deletion.
        let state = match self.item_now(component, item).await? {
            Some(_) => LinkState::Live {
                item: item.clone(),
                change_key: not_looked_at(),
            },
            None => LinkState::StaysAway,
        };
        let kept = mapping::from_record(component, &record.fields);
        Ok(Some(Link {
            id: link.clone(),
            component,
            record: record.id.clone(),
            state,
            base: Base {
                item: fields.clone(),
                record: agree::on_creation(fields, &kept),
            },
            stamped: None,
        }))
    }

    async fn item_now(
        &self,
        component: Component,
        id: &model::ItemId,
    ) -> ports::Result<Option<Item>> {
        let answers = self
            .doors
            .mailbox
            .read(component, std::slice::from_ref(id))
            .await?;
        one(answers)
    }

    async fn record_now(
        &self,
        component: Component,
        id: &model::RecordId,
    ) -> ports::Result<Option<Record>> {
        let answers = self
            .doors
            .crm
            .read(component, std::slice::from_ref(id))
            .await?;
        one(answers)
    }
}

/// A version no item has: whatever the feed tells of it is read.
fn not_looked_at() -> ChangeKey {
    ChangeKey::new("")
}

fn one<T>(answers: Vec<ports::Result<T>>) -> ports::Result<Option<T>> {
    match answers.into_iter().next() {
        Some(Ok(found)) => Ok(Some(found)),
        Some(Err(failure)) if failure.kind == ErrorKind::Gone => Ok(None),
        Some(Err(failure)) => Err(failure),
        None => Ok(None),
    }
}

fn holds(now: &Fields, changes: &[Change]) -> bool {
    changes
        .iter()
        .all(|change| mapping::equal(change.field, now.get(change.field), &change.after))
}

fn line(
    engine: &Engine,
    run: RunId,
    entry: &JournalEntry,
    told: (Act, &Fields, Vec<Change>),
    ends: (Option<model::ItemId>, Option<model::RecordId>),
) -> HistoryEntry {
    let (act, values, changes) = told;
    HistoryEntry {
        id: 0,
        at: engine.doors.clock.now(),
        run,
        component: entry.component,
        side: entry.operation.side(),
        act,
        title: mapping::title(entry.component, values),
        item: ends.0,
        record: ends.1,
        changes,
        reason: None,
    }
}
