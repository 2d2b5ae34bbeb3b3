//! Takes back what a sync did (R6.11), from the values the history keeps (S4). It decides nothing by itself: overwritten values become
//! decisions that the next run carries out on both sides, with its brakes and its last look before every write; what was deleted is made
//! anew on the side it went from, and the run takes it over as it takes over everything new. What somebody changed since stays.

use std::collections::BTreeMap;

use model::history::{Act, HistoryEntry};
use model::{
    Change, Choice, Code, Component, Direction, Field, Fields, Item, ItemId, Link, LinkId,
    LinkState, Observation, Pick, Picked, Problem, Record, RecordId, RunId, Side, Stamp, Stamping,
};
use ports::{ItemWrite, LinkFilter, Notify, Outcome};

use crate::{Engine, choices};

/// What became of a wish to undo.
#[derive(Debug, Default)]
pub struct Undone {
    /// What is taken back by the next run.
    pub back: Vec<HistoryEntry>,
    /// What stays as it is, and why.
    pub left: Vec<(HistoryEntry, Problem)>,
}

/// A link with all that is to be taken back on it, newest first, and both its ends as they are now.
struct Pair {
    link: Link,
    lines: Vec<HistoryEntry>,
}

/// A value that was written, and the one that stood there before.
struct Written {
    side: Side,
    after: String,
    before: String,
}

impl Engine {
    /// Prepares the undoing of these lines, newest first; the next run does it.
    pub async fn undo(
        &self,
        run: RunId,
        component: Component,
        lines: Vec<HistoryEntry>,
    ) -> ports::Result<Undone> {
        let mut undone = Undone::default();
        let mut pairs: BTreeMap<LinkId, Pair> = BTreeMap::new();
        for line in lines {
            match line.act {
                Act::Updated => match self.link_of(component, &line).await? {
                    Some(link) => pairs
                        .entry(link.id.clone())
                        .or_insert_with(|| Pair {
                            link,
                            lines: Vec::new(),
                        })
                        .lines
                        .push(line),
                    None => undone.left.push((line, Problem::new(Code::EntryGone))),
                },
                Act::Deleted => self.make_anew(run, component, line, &mut undone).await?,
                Act::Created | Act::Linked | Act::Unlinked | Act::Refused | Act::PassedOver => {
                    undone
                        .left
                        .push((line, Problem::new(Code::UndoNotPossible)));
                }
            }
        }
        self.put_back(component, pairs.into_values().collect(), &mut undone)
            .await?;
        Ok(undone)
    }

    async fn link_of(
        &self,
        component: Component,
        line: &HistoryEntry,
    ) -> ports::Result<Option<Link>> {
        let store = &self.doors.store;
        if let Some(record) = &line.record {
            let filter = LinkFilter::OfRecords(vec![record.clone()]);
            return Ok(store.links(component, filter).await?.pop());
        }
        match &line.item {
            Some(item) => {
                let filter = LinkFilter::OfItems(vec![item.clone()]);
                Ok(store.links(component, filter).await?.pop())
            }
            None => Ok(None),
        }
    }

    /// Looks at both ends of each pair and keeps what is to stand there as a decision on what they hold.
    async fn put_back(
        &self,
        component: Component,
        pairs: Vec<Pair>,
        undone: &mut Undone,
    ) -> ports::Result<()> {
        let mut possible = Vec::new();
        for pair in pairs {
            match obstacle(&pair.link) {
                Some(code) => leave(undone, pair.lines, &Problem::new(code)),
                None => possible.push(pair),
            }
        }
        let items: Vec<ItemId> = possible
            .iter()
            .filter_map(|p| p.link.item().cloned())
            .collect();
        let records: Vec<RecordId> = possible.iter().map(|p| p.link.record.clone()).collect();
        if possible.is_empty() {
            return Ok(());
        }
        let items = self.doors.mailbox.read(component, &items).await?;
        let records = self.doors.crm.read(component, &records).await?;
        let mut choices = choices::load(&*self.doors.store, component).await?;
        let mut seen = Vec::new();
        for ((pair, item), record) in possible.into_iter().zip(items).zip(records) {
            match (item, record) {
                (Ok(item), Ok(record)) => {
                    let choice = self.decide_back(&pair, (&item, &record), undone);
                    if !choice.is_empty() {
                        choices.insert(pair.link.id, choice);
                        seen.extend([Observation::Item(item), Observation::Record(record)]);
                    }
                }
                (Err(failure), _) | (_, Err(failure)) if failure.is_about_one_entry() => {
                    leave(undone, pair.lines, &failure.problem);
                }
                (Err(failure), _) | (_, Err(failure)) => return Err(failure),
            }
        }
        choices::keep(&*self.doors.store, component, &choices).await?;
        self.doors.store.observe(component, &seen, None).await
    }

    fn decide_back(
        &self,
        pair: &Pair,
        (item, record): (&Item, &Record),
        undone: &mut Undone,
    ) -> Choice {
        let component = pair.link.component;
        let held = mapping::from_item(component, &item.fields);
        let kept = mapping::from_record(component, &record.fields);
        let mut choice = Choice::default();
        let mut stay = Vec::new();
        for (field, written) in written(&pair.lines) {
            let base = &pair.link.base;
            let (now, other, agreed) = match written.side {
                Side::Mailbox => (held.get(field), kept.get(field), base.record.get(field)),
                Side::Crm => (kept.get(field), held.get(field), base.item.get(field)),
            };
            // What somebody changed on either side since, though no sync has taken it over yet, is newer.
            let is_newer = now != written.after || other != agreed;
            if is_newer || field.direction() != Direction::Both {
                stay.push(field.name());
                continue;
            }
            let picked = Picked {
                item: held.get(field).to_owned(),
                record: kept.get(field).to_owned(),
                pick: Pick::Value(written.before),
            };
            choice.fields.insert(field, picked);
        }
        let changed = Problem::new(Code::ChangedSince).with("field", stay.join(", "));
        match choice.is_empty() {
            true => leave(undone, pair.lines.clone(), &changed),
            false => {
                if let (Some(line), false) = (pair.lines.first(), stay.is_empty()) {
                    undone.left.push((line.clone(), changed));
                }
                undone.back.extend(pair.lines.iter().cloned());
            }
        }
        choice
    }

    /// What was deleted is made anew where it was.
    async fn make_anew(
        &self,
        run: RunId,
        component: Component,
        line: HistoryEntry,
        undone: &mut Undone,
    ) -> ports::Result<()> {
        let fields: Fields = line
            .changes
            .iter()
            .map(|change| (change.field, change.before.clone()))
            .collect();
        if self.is_there(component, &fields).await? {
            undone.left.push((line, Problem::new(Code::EntryThere)));
            return Ok(());
        }
        let made = match line.side {
            Side::Mailbox => self.make_item(component, &line, &fields).await,
            Side::Crm => self.make_record(component, &fields).await,
        };
        match made {
            Ok(seen) => {
                let mut told = line.clone();
                (told.id, told.run, told.act) = (0, run, Act::Created);
                told.at = self.doors.clock.now();
                told.changes = Vec::new();
                match &seen {
                    Observation::Item(item) => told.item = Some(item.id.clone()),
                    Observation::Record(record) => told.record = Some(record.id.clone()),
                    _ => {}
                }
                let outcome = Outcome {
                    observed: vec![seen],
                    history: vec![told],
                    ..Outcome::default()
                };
                self.doors.store.commit(component, &outcome).await?;
                undone.back.push(line);
            }
            Err(failure) if failure.is_about_one_entry() => {
                undone.left.push((line, failure.problem))
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Whether an entry that is called the same is linked: it came back already, by itself or by an earlier undo.
    async fn is_there(&self, component: Component, fields: &Fields) -> ports::Result<bool> {
        let links = self.doors.store.links(component, LinkFilter::All).await?;
        let same = |base: &Fields| {
            let identity = Field::identity(component).iter();
            identity.clone().any(|&field| !fields.get(field).is_empty())
                && identity
                    .clone()
                    .all(|&field| base.get(field) == fields.get(field))
        };
        let is_live = |link: &Link| matches!(link.state, LinkState::Live { .. });
        Ok(links
            .iter()
            .any(|link| is_live(link) && same(&link.base.item)))
    }

    /// With a stamp of the record it belonged to: if that is still there, the two are one entry again.
    async fn make_item(
        &self,
        component: Component,
        line: &HistoryEntry,
        fields: &Fields,
    ) -> ports::Result<Observation> {
        let record = line.record.clone().unwrap_or_else(|| RecordId::new(""));
        let write = ItemWrite::Create {
            fields: mapping::new_item(component, fields),
            stamp: Stamp {
                crm: self.setup.owner.crm.clone(),
                record,
                link: LinkId::new(uuid::Uuid::new_v4().simple().to_string()),
                revision: None,
            },
            notify: Notify::Nobody,
        };
        let folder = self.folder(component).await?;
        let mailbox = &self.writable().await?.mailbox;
        let answers = mailbox.write(component, &folder, &[write]).await?;
        let written = answers.into_iter().next().transpose()?;
        let written = written.ok_or_else(|| ports::Failure::bug("a write without an answer"))?;
        let item = self.one_item(component, &written.id).await?;
        Ok(Observation::Item(item))
    }

    async fn make_record(
        &self,
        component: Component,
        fields: &Fields,
    ) -> ports::Result<Observation> {
        let crm = &self.writable().await?.crm;
        let made = crm.create(component, fields, &BTreeMap::new()).await?;
        Ok(Observation::Record(made))
    }
}

/// Why nothing can be taken back on a link.
fn obstacle(link: &Link) -> Option<Code> {
    match (&link.state, link.stamping) {
        (LinkState::StaysAway | LinkState::Kept { .. }, _) => Some(Code::EntryGone),
        (LinkState::LetGo { .. }, _) => Some(Code::OutsideDays),
        (LinkState::Live { .. }, Stamping::Foreign) => Some(Code::OrganisedByOther),
        (LinkState::Live { .. }, _) => None,
    }
}

fn leave(undone: &mut Undone, lines: Vec<HistoryEntry>, problem: &Problem) {
    let left = lines.into_iter().map(|line| (line, problem.clone()));
    undone.left.extend(left);
}

/// What the lines, newest first, wrote into each field last, and what stood there before the first of them. A value that somebody else
/// wrote in between breaks the chain: only what came after it is taken back.
fn written(lines: &[HistoryEntry]) -> BTreeMap<Field, Written> {
    let mut all: BTreeMap<Field, Written> = BTreeMap::new();
    for line in lines {
        for Change {
            field,
            before,
            after,
        } in &line.changes
        {
            match all.get_mut(field) {
                None => {
                    let written = Written {
                        side: line.side,
                        after: after.clone(),
                        before: before.clone(),
                    };
                    all.insert(*field, written);
                }
                Some(newer) if newer.before == *after => newer.before.clone_from(before),
                Some(_) => {}
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn line(side: Side, before: &str, after: &str) -> HistoryEntry {
        HistoryEntry {
            id: 0,
            at: Timestamp::UNIX_EPOCH,
            run: RunId(1),
            component: Component::Contacts,
            side,
            act: Act::Updated,
            title: "Groß".to_owned(),
            item: None,
            record: None,
            changes: vec![Change {
                field: Field::Phone,
                before: before.to_owned(),
                after: after.to_owned(),
            }],
            reason: None,
        }
    }

    #[test]
    fn r6_11_a_field_that_was_written_twice_goes_back_to_what_it_was_before_both() {
        let phone = |lines: &[HistoryEntry]| {
            let mut all = written(lines);
            let written = all.remove(&Field::Phone).expect("it was written");
            (written.side, written.after, written.before)
        };
        let told = |side, after: &str, before: &str| (side, after.to_owned(), before.to_owned());
        let chain = [line(Side::Crm, "2", "3"), line(Side::Mailbox, "1", "2")];
        assert_eq!(phone(&chain), told(Side::Crm, "3", "1"));
        let broken = [line(Side::Crm, "5", "3"), line(Side::Crm, "1", "2")];
        assert_eq!(phone(&broken), told(Side::Crm, "3", "5"));
    }
}
