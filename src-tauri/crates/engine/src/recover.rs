//! After a crash or a lost answer: every write that was begun and is not over is looked up on the server, then booked or dropped.
//! Nothing is repeated here; what did not happen is planned again, because its observations are still there.

use jiff::{SignedDuration, Timestamp};
use model::history::{Act, HistoryEntry, Tally};
use model::{
    Base, Change, ChangeKey, Code, Component, Field, Fields, Item, Link, LinkState, Observation,
    Operation, Problem, Record, RemoteId, RunId, Stamp, Stamping,
};
use ports::{ErrorKind, JournalEntry, LinkChange, LinkFilter, Outcome, Refusal};
use reconcile::agree;
use tracing::info;

use crate::Engine;
use crate::execute::{together, wiped};
use crate::plan::WHATEVER;

/// A request is given up after a minute or two; a server that is slow with it is done with it after this.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);
/// Servers keep whole seconds and their clocks are corrected by a measurement; a creation may look a little older than its journal entry.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

impl Engine {
    pub(crate) async fn recover(
        &self,
        run: RunId,
        component: Component,
        tally: &mut Tally,
    ) -> ports::Result<()> {
        let unfinished = self.doors.store.unfinished(component).await?;
        if !unfinished.is_empty() {
            // What was begun by another setting of our clock is told in the CRM's, which only an answer tells.
            self.doors.crm.sign_in().await?;
        }
        let mut missing = Vec::new();
        for entry in unfinished {
            let over = self.book(run, &entry, Likeness::Same, tally).await?;
            if over == Over::Missing {
                missing.push(entry);
            }
        }
        // Only when all others have found their own: of a series there may be many called the same.
        for entry in missing {
            self.book(run, &entry, Likeness::Rescheduled, tally).await?;
        }
        Ok(())
    }

    /// Looks a write up and books what came of it.
    async fn book(
        &self,
        run: RunId,
        entry: &JournalEntry,
        likeness: Likeness,
        tally: &mut Tally,
    ) -> ports::Result<Over> {
        let mut outcome = Outcome::default();
        let over = match self
            .look_up(run, entry, likeness, &mut outcome, tally)
            .await
        {
            Ok(Seen::Happened) => Over::Yes,
            // Even what may be under way may be there and moved: left to itself it would look new.
            Ok(Seen::Nothing) if likeness == Likeness::Same && can_be_rescheduled(entry) => {
                return Ok(Over::Missing);
            }
            Ok(Seen::Nothing) if self.may_be_under_way(entry) => Over::NotYet,
            Ok(Seen::Nothing) => Over::Yes,
            // One entry that cannot be looked at stops no other (S8). What is no creation is judged anew by the plan.
            Err(failure) if failure.is_about_one_entry() => match is_creation(&entry.operation) {
                true => Over::NotYet,
                false => Over::Yes,
            },
            Err(failure) => return Err(failure),
        };
        match over {
            Over::Yes => {
                outcome.done.push(entry.id.clone());
                outcome
                    .accepted
                    .extend(self.no_longer_under_way(entry).await?);
            }
            Over::NotYet | Over::Missing => outcome.refused.extend(self.under_way(entry)),
        }
        info!(operation = %entry.operation, happened = !outcome.history.is_empty(), "looked up");
        self.doors.store.commit(entry.component, &outcome).await?;
        Ok(over)
    }

    async fn look_up(
        &self,
        run: RunId,
        entry: &JournalEntry,
        likeness: Likeness,
        outcome: &mut Outcome,
        tally: &mut Tally,
    ) -> ports::Result<Seen> {
        let component = entry.component;
        let mut agreed_links = Vec::new();
        // Of an entry that is gone, or another's by now, nobody can tell whether it was overwritten before; what would be lost is kept (S4).
        let mut unclear = None;
        let overwritten = |values: &Fields, changes: &[Change], ends| {
            line(
                self,
                run,
                entry,
                (Act::Updated, values, changes.to_vec()),
                ends,
            )
        };
        let mut tell = |told: (Act, &Fields, Vec<Change>), ends| {
            outcome.history.push(line(self, run, entry, told, ends));
        };
        match &entry.operation {
            Operation::CreateItem { fields, .. } => {
                if let Some((item, link)) = self.made_item(entry, fields).await? {
                    self.expect_in_list(component, run).await?;
                    tally.items.created += 1;
                    let ends = (Some(item.id), Some(link.record.clone()));
                    tell((Act::Created, fields, vec![]), ends);
                    outcome.links.push(LinkChange::Put(link));
                }
            }
            Operation::CreateRecord {
                fields, stand_ins, ..
            } => {
                let sent = together(fields, stand_ins);
                let made = self.made_record(entry, fields, &sent, likeness).await?;
                if let Some((link, item_gone)) = made {
                    tally.records.created += 1;
                    outcome.observed.extend(item_gone);
                    let ends = (link.item().cloned(), Some(link.record.clone()));
                    tell((Act::Created, fields, vec![]), ends);
                    outcome.links.push(LinkChange::Put(link));
                }
            }
            Operation::UpdateItem { item, changes, .. } => {
                let now = self.item_now(component, item).await?;
                let now = now.map(|item| mapping::from_item(component, &item.fields));
                let links = LinkFilter::OfItems(vec![item.clone()]);
                if now.is_none() {
                    let values = self.base(component, links.clone()).await?.item;
                    let ends = (Some(item.clone()), None);
                    unclear = Some(overwritten(&values, changes, ends));
                }
                if let Some(now) = now.filter(|now| !replaced(now, changes).is_empty()) {
                    let agreed = self.agreed(component, links, |base| {
                        agree::on_item_update(base, &held(&now, changes), &now);
                    });
                    agreed_links.extend(agreed.await?);
                    tally.items.updated += 1;
                    tell(
                        (Act::Updated, &now, replaced(&now, changes)),
                        (Some(item.clone()), None),
                    );
                }
            }
            Operation::UpdateRecord {
                record, changes, ..
            } => {
                let now = self.record_now(component, record).await?;
                let now = now.map(|record| mapping::from_record(component, &record.fields));
                let links = LinkFilter::OfRecords(vec![record.clone()]);
                if now.is_none() {
                    let values = self.base(component, links.clone()).await?.record;
                    let ends = (None, Some(record.clone()));
                    unclear = Some(overwritten(&values, changes, ends));
                }
                if let Some(now) = now.filter(|now| !replaced(now, changes).is_empty()) {
                    let agreed = self.agreed(component, links, |base| {
                        agree::on_record_update(base, &held(&now, changes), &now);
                    });
                    agreed_links.extend(agreed.await?);
                    tally.records.updated += 1;
                    tell(
                        (Act::Updated, &now, replaced(&now, changes)),
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
        outcome.links.extend(agreed_links);
        outcome.history.extend(unclear.map(|line| HistoryEntry {
            reason: Some(Problem::new(Code::OutcomeUnknown)),
            ..line
        }));
        Ok(if outcome.history.is_empty() {
            Seen::Nothing
        } else {
            Seen::Happened
        })
    }

    /// What the ends of a link last agreed on; nothing where there is none any more.
    async fn base(&self, component: Component, which: LinkFilter) -> ports::Result<Base> {
        let links = self.doors.store.links(component, which).await?;
        let base = links.into_iter().next().map(|link| link.base);
        Ok(base.unwrap_or_default())
    }

    /// A write that is confirmed only now moves the base all the same: its echo is no change of the other side.
    async fn agreed(
        &self,
        component: Component,
        which: LinkFilter,
        agree: impl FnOnce(&mut Base),
    ) -> ports::Result<Option<LinkChange>> {
        let links = self.doors.store.links(component, which).await?;
        Ok(links.into_iter().next().map(|mut link| {
            agree(&mut link.base);
            LinkChange::Put(link)
        }))
    }

    /// When a write was begun, by our clock as it goes now.
    fn begun(&self, entry: &JournalEntry) -> Timestamp {
        let ahead = self.crm_ahead();
        entry.begun.checked_sub(ahead).unwrap_or(entry.begun)
    }

    fn under_way_until(&self, entry: &JournalEntry) -> Timestamp {
        let begun = self.begun(entry);
        begun.checked_add(UNDER_WAY).unwrap_or(Timestamp::MAX)
    }

    /// A server may still be busy with a request whose answer we gave up waiting for.
    fn may_be_under_way(&self, entry: &JournalEntry) -> bool {
        is_creation(&entry.operation) && self.doors.clock.now() < self.under_way_until(entry)
    }

    /// The entry that rested while its creation on the other side might take effect.
    async fn no_longer_under_way(&self, entry: &JournalEntry) -> ports::Result<Option<RemoteId>> {
        let Some((id, _)) = source(&entry.operation) else {
            return Ok(None);
        };
        let refusals = self.doors.store.refusals(entry.component).await?;
        let mut refusals = refusals.into_iter();
        let rested = refusals.any(|refusal| refusal.entry == id && refusal.content == WHATEVER);
        Ok(rested.then_some(id))
    }

    /// A creation that may still take effect is not repeated before that is over.
    fn under_way(&self, entry: &JournalEntry) -> Option<Refusal> {
        let (id, fields) = source(&entry.operation)?;
        Some(Refusal {
            entry: id,
            title: mapping::title(entry.component, fields),
            problem: Problem::new(Code::OutcomeUnknown),
            since: self.begun(entry),
            attempts: 1,
            retry_at: self.under_way_until(entry),
            content: WHATEVER.to_owned(),
        })
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
            crm: self.setup.owner.crm.clone(),
            record: record.clone(),
            link: link.clone(),
            revision: None,
        };
        let folder = self.folder(component).await?;
        let mailbox = &self.doors.mailbox;
        let found = match mailbox.find_stamped(component, &folder, &[stamp]).await {
            // The folder went, and the item with it; observing makes it anew.
            Err(failure) if failure.kind == ErrorKind::Gone => return Ok(None),
            found => found?,
        };
        let Some(head) = found.first() else {
            return Ok(None);
        };
        let Some(item) = self.item_now(component, &head.id).await? else {
            return Ok(None);
        };
        // Meanwhile the record may have got another item; then this one is a copy like any other.
        let linked = self
            .links_of_records(component, vec![record.clone()])
            .await?;
        if linked
            .get(record)
            .is_some_and(|other| other.item().is_some() && other.id != *link)
        {
            return Ok(None);
        }
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
            stamping: Stamping::of(&item),
        };
        Ok(Some((item, link)))
    }

    /// The record a lost answer may have made: own, called the same, created since, and not linked to anything else. With it comes the
    /// news that the item is gone meanwhile, where that has to be dealt with.
    async fn made_record(
        &self,
        entry: &JournalEntry,
        fields: &Fields,
        sent: &Fields,
        likeness: Likeness,
    ) -> ports::Result<Option<(Link, Option<Observation>)>> {
        let Operation::CreateRecord { link, item, .. } = &entry.operation else {
            return Ok(None);
        };
        let component = entry.component;
        let begun = self.begun(entry);
        let since = begun.checked_sub(SLACK).unwrap_or(begun);
        let crm = &self.doors.crm;
        let candidates = match likeness {
            Likeness::Same => crm.find_created(component, sent, since).await?,
            Likeness::Rescheduled => crm.find_rescheduled(component, sent, since).await?,
        };
        let ids = candidates.iter().map(|record| record.id.clone()).collect();
        let linked = self.links_of_records(component, ids).await?;
        let free = |record: &&Record| match linked.get(&record.id) {
            Some(other) => other.id == *link,
            None => true,
        };
        let mut free: Vec<&Record> = candidates.iter().filter(free).collect();
        free.sort_by(|a, b| a.id.cmp(&b.id));
        let Some(record) = free.first().copied() else {
            return Ok(None);
        };
        if likeness == Likeness::Rescheduled && free.len() > 1 {
            return Ok(None);
        }
        let now = self.item_now(component, item).await?;
        // Deleted meanwhile: a contact's record stays and the contact stays away (R2.4); anything else is judged as any deletion.
        let stays_away = now.is_none() && component == Component::Contacts;
        let state = match stays_away {
            false => LinkState::Live {
                item: item.clone(),
                change_key: not_looked_at(),
            },
            true => LinkState::StaysAway,
        };
        let gone =
            (now.is_none() && !stays_away).then(|| Observation::ItemGone { id: item.clone() });
        // Only a record nobody touched since shows what the server made of it; anything else may be somebody's edit and is looked at.
        let untouched = record.created.is_some() && record.created == record.modified;
        let kept = if untouched {
            mapping::from_record(component, &record.fields)
        } else {
            sent.clone()
        };
        let link = Link {
            id: link.clone(),
            component,
            record: record.id.clone(),
            state,
            base: Base {
                item: fields.clone(),
                record: agree::on_creation(sent, &kept),
            },
            stamped: None,
            stamping: now.as_ref().map(Stamping::of).unwrap_or_default(),
        };
        Ok(Some((link, gone)))
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

/// How like what was sent a record has to be that a lost answer may have made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Called the same, an appointment at the same time.
    Same,
    /// An appointment called the same that somebody has moved to another time already.
    Rescheduled,
}

/// Whether a write that was begun is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// It is.
    Yes,
    /// It may still take effect, or could not be looked at.
    NotYet,
    /// There is no record like it, unless it was moved meanwhile.
    Missing,
}

fn can_be_rescheduled(entry: &JournalEntry) -> bool {
    let makes_record = matches!(entry.operation, Operation::CreateRecord { .. });
    entry.component == Component::Appointments && makes_record
}

/// What a look at the server told of a write that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// It took effect.
    Happened,
    /// Nothing of it is there.
    Nothing,
}

/// What something is made from on the other side.
fn source(operation: &Operation) -> Option<(RemoteId, &Fields)> {
    match operation {
        Operation::CreateRecord { item, fields, .. } => {
            Some((RemoteId::Mailbox(item.clone()), fields))
        }
        Operation::CreateItem { record, fields, .. } => {
            Some((RemoteId::Crm(record.clone()), fields))
        }
        Operation::UpdateItem { .. }
        | Operation::UpdateRecord { .. }
        | Operation::DeleteItem { .. }
        | Operation::DeleteRecord { .. } => None,
    }
}

fn is_creation(operation: &Operation) -> bool {
    source(operation).is_some()
}

/// A version no item has: whatever the feed tells of it is read.
fn not_looked_at() -> ChangeKey {
    ChangeKey::new("")
}

fn one<T>(answers: Vec<ports::Result<T>>) -> ports::Result<Option<T>> {
    match answers.into_iter().next() {
        Some(Ok(found)) => Ok(Some(found)),
        Some(Err(failure)) if failure.kind == ErrorKind::Gone => Ok(None),
        Some(Err(failure)) if failure.says_re_assigned() => Ok(None),
        Some(Err(failure)) => Err(failure),
        None => Ok(None),
    }
}

/// The changes that are there now.
fn held(now: &Fields, changes: &[Change]) -> Vec<Change> {
    let changes = changes.iter();
    let is_there = |change: &&Change| holds(now, change.field, &change.after);
    changes.filter(is_there).cloned().collect()
}

/// The changes of which what was to be overwritten is gone: by us, or by somebody since. It is kept either way (S4).
fn replaced(now: &Fields, changes: &[Change]) -> Vec<Change> {
    let changes = changes.iter();
    let is_gone = |change: &&Change| !holds(now, change.field, &change.before);
    changes.filter(is_gone).cloned().collect()
}

fn holds(now: &Fields, field: Field, value: &str) -> bool {
    mapping::equal(field, now.get(field), value)
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
