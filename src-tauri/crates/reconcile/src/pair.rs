//! Brings together what belongs together: links with what was observed of their ends, new items with new records by stamp and by
//! natural key. What cannot be told apart is held, never guessed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{
    Base, Code, Component, Field, Fields, Fingerprint, Item, ItemId, Link, LinkId, LinkState,
    Observation, Problem, Record, RecordId, RemoteId, Stamp, Stamping,
};

use crate::{ItemSide, Known, Losses, RecordSide, Unit};

mod natural;
mod series;

/// An entry that is left alone until somebody makes it plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which one.
    pub entry: RemoteId,
    /// How a person calls it.
    pub title: String,
    /// Why.
    pub problem: Problem,
}

/// What came of pairing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairing {
    /// What to decide on.
    pub units: Vec<Unit>,
    /// What is left alone.
    pub held: Vec<Held>,
    /// Observations that have no consequence, such as a deleted record that was never linked.
    pub idle: Vec<RemoteId>,
    /// Records that stamps name and nothing is known of: to be read before pairing again.
    pub unknown_records: Vec<RecordId>,
    /// Items of links that were let go and whose record comes back, or of which a copy came up: to be read before pairing again.
    pub unknown_items: Vec<ItemId>,
}

/// Pairs observations. `links` are those of the observed items and records, and those that stay away; `fresh` gives ids for links
/// to be.
pub fn pair(
    component: Component,
    crm: &Fingerprint,
    links: Vec<Link>,
    observations: Vec<Observation>,
    fresh: &mut dyn FnMut() -> LinkId,
) -> Pairing {
    let mut pairs = Pairs::new(component, links);
    for observation in observations {
        pairs.take(observation);
    }
    pairs.join_by_series();
    pairs.believe_newer_stamps(crm);
    pairs.join_by_stamp(crm, fresh);
    pairs.ask_for_other_ends();
    pairs.join_by_natural_key(fresh);
    pairs.finish(fresh)
}

struct Pairs {
    component: Component,
    units: Vec<Unit>,
    by_item: BTreeMap<String, usize>,
    by_record: BTreeMap<RecordId, usize>,
    by_link: BTreeMap<LinkId, usize>,
    items: Vec<Item>,
    records: BTreeMap<RecordId, Record>,
    gone_records: BTreeSet<RecordId>,
    left_records: BTreeSet<RecordId>,
    held_stamps: BTreeSet<RecordId>,
    joined: Vec<Unit>,
    result: Pairing,
}

impl Pairs {
    fn new(component: Component, links: Vec<Link>) -> Self {
        let mut pairs = Self {
            component,
            units: Vec::with_capacity(links.len()),
            by_item: BTreeMap::new(),
            by_record: BTreeMap::new(),
            by_link: BTreeMap::new(),
            items: Vec::new(),
            records: BTreeMap::new(),
            gone_records: BTreeSet::new(),
            left_records: BTreeSet::new(),
            held_stamps: BTreeSet::new(),
            joined: Vec::new(),
            result: Pairing::default(),
        };
        for link in links {
            pairs.add_link(link);
        }
        pairs
    }

    fn add_link(&mut self, link: Link) {
        if self.by_link.contains_key(&link.id) {
            return;
        }
        let position = self.units.len();
        let item = match &link.state {
            LinkState::Live { item, .. } => {
                self.by_item.insert(item.as_str().to_owned(), position);
                ItemSide::Unchanged
            }
            LinkState::LetGo { item } | LinkState::Kept { item } => {
                self.by_item.insert(item.as_str().to_owned(), position);
                ItemSide::Unchanged
            }
            LinkState::StaysAway => ItemSide::Absent,
        };
        self.by_record.insert(link.record.clone(), position);
        self.by_link.insert(link.id.clone(), position);
        self.units.push(Unit {
            id: link.id.clone(),
            link: Some(link),
            known: Known::Stored,
            item,
            record: RecordSide::Unchanged,
            subjects: Vec::new(),
            choice: None,
            losses: Losses::Follow,
        });
    }

    fn take(&mut self, observation: Observation) {
        let subject = observation.subject();
        let position = match &subject {
            RemoteId::Mailbox(id) => self.by_item.get(id.as_str()).copied(),
            RemoteId::Crm(id) => self.by_record.get(id).copied(),
        };
        match position {
            Some(position) => self.show(position, observation, subject),
            None => self.keep_unlinked(observation, subject),
        }
    }

    fn show(&mut self, position: usize, observation: Observation, subject: RemoteId) {
        let unit = &mut self.units[position];
        unit.subjects.push(subject);
        match observation {
            Observation::Item(item) => unit.item = ItemSide::Present(item),
            Observation::ItemGone { .. } => unit.item = ItemSide::Gone,
            Observation::Record(record) => unit.record = RecordSide::of(record),
            Observation::RecordGone { .. } => unit.record = RecordSide::Gone,
            Observation::RecordLeft { .. } => unit.record = RecordSide::Left,
        }
    }

    fn keep_unlinked(&mut self, observation: Observation, subject: RemoteId) {
        match observation {
            Observation::Item(item) => self.items.push(item),
            Observation::ItemGone { .. } => self.result.idle.push(subject),
            Observation::Record(record) => match RecordSide::of(record) {
                RecordSide::Present(record) => {
                    self.records.insert(record.id.clone(), record);
                }
                _ => self.note_unlinked_loss(subject),
            },
            Observation::RecordGone { id } => {
                self.gone_records.insert(id);
                self.result.idle.push(subject);
            }
            Observation::RecordLeft { .. } => self.note_unlinked_loss(subject),
        }
    }

    fn note_unlinked_loss(&mut self, subject: RemoteId) {
        if let RemoteId::Crm(id) = &subject {
            self.left_records.insert(id.clone());
        }
        self.result.idle.push(subject);
    }

    /// What was let go, or kept without its record, is decided on only with both ends at hand.
    fn ask_for_other_ends(&mut self) {
        for unit in &self.units {
            let Some(link) = &unit.link else { continue };
            let (LinkState::LetGo { item } | LinkState::Kept { item }) = &link.state else {
                continue;
            };
            match (&unit.item, &unit.record) {
                (ItemSide::Present(_), RecordSide::Unchanged) => {
                    self.result.unknown_records.push(link.record.clone());
                }
                (ItemSide::Unchanged, RecordSide::Present(_)) => {
                    self.result.unknown_items.push(item.clone());
                }
                (_, _) => {}
            }
        }
    }

    /// A recurring appointment whose pattern changed has other occurrences: they take the place of those that are gone, so that the
    /// records are changed and not made anew (R3.5).
    fn join_by_series(&mut self) {
        let mut gone: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
        for (position, unit) in self.units.iter().enumerate() {
            let item = unit.link.as_ref().and_then(Link::item);
            if let (ItemSide::Gone, Some(item)) = (&unit.item, item) {
                gone.entry(item.series()).or_default().push(position);
            }
        }
        let mut new: BTreeMap<ItemId, Vec<Item>> = BTreeMap::new();
        for item in std::mem::take(&mut self.items) {
            match gone.contains_key(&item.id.series()) {
                true => new.entry(item.id.series()).or_default().push(item),
                false => self.items.push(item),
            }
        }
        for (series, items) in new {
            let places = gone.remove(&series).unwrap_or_default();
            let starts = |position: &usize| start_of_unit(&self.units[*position]);
            let places = places.iter().map(|at| (starts(at), *at)).collect();
            let (taken, rest) = series::take_places(places, items);
            self.items.extend(rest);
            for (position, item) in taken {
                self.rebind(position, item);
            }
        }
    }

    fn believe_newer_stamps(&mut self, crm: &Fingerprint) {
        for position in 0..self.units.len() {
            self.believe_newer_stamp(position, crm);
        }
    }

    /// An item that was stamped, and now names another record than its link does, was stamped after the state was kept: an older state was
    /// put back (R7.10). The stamp knows what became of the entry since.
    fn believe_newer_stamp(&mut self, position: usize, crm: &Fingerprint) {
        let Some((item, stamp, id)) = newer_stamp(&self.units[position], crm) else {
            return;
        };
        let is_lost = self.gone_records.contains(&stamp.record)
            || self.left_records.contains(&stamp.record)
            || self.by_record.contains_key(&stamp.record);
        match self.records.remove(&stamp.record) {
            Some(record) => {
                let stamp = Stamp { link: id, ..stamp };
                let unit = rebuilt(self.component, item, record, &stamp);
                self.by_record.insert(stamp.record, position);
                let mut before = std::mem::replace(&mut self.units[position], unit);
                // The record it had is one of its own where it is the user's again.
                if let RecordSide::Present(record) = before.record {
                    let id = RemoteId::Crm(record.id.clone());
                    before.subjects.retain(|subject| subject != &id);
                    self.by_record.remove(&record.id);
                    self.records.insert(record.id.clone(), record);
                }
                self.units[position].subjects.append(&mut before.subjects);
            }
            None if is_lost => {}
            None => self.result.unknown_records.push(stamp.record),
        }
    }

    /// Items that carry a stamp of this CRM: moved out and back, brought back, copied, or left over from a lost state file.
    fn join_by_stamp(&mut self, crm: &Fingerprint, fresh: &mut dyn FnMut() -> LinkId) {
        let (mut stamped, plain): (Vec<Item>, Vec<Item>) = std::mem::take(&mut self.items)
            .into_iter()
            .partition(|item| item.stamp.as_ref().is_some_and(|stamp| &stamp.crm == crm));
        self.items = plain;
        // The oldest of several items with one stamp is the original; Outlook copies stamps along.
        stamped.sort_by(|a, b| a.created.cmp(&b.created).then(a.id.cmp(&b.id)));
        for item in stamped {
            let Some(stamp) = item.stamp.clone() else {
                continue;
            };
            self.place_stamped(item, &stamp, crm, fresh);
        }
    }

    fn place_stamped(
        &mut self,
        item: Item,
        stamp: &Stamp,
        crm: &Fingerprint,
        fresh: &mut dyn FnMut() -> LinkId,
    ) {
        let known = self
            .by_link
            .get(&stamp.link)
            .or_else(|| self.by_record.get(&stamp.record))
            .copied();
        match known {
            Some(position) if self.is_free(position) => {
                self.rebind(position, item);
                self.believe_newer_stamp(position, crm);
            }
            Some(position) => {
                // A copy, if the original is still there. No list tells of one that went before it was ever listed.
                if let (ItemSide::Unchanged, Some(original)) = (
                    &self.units[position].item,
                    self.units[position].link.as_ref().and_then(Link::item),
                ) {
                    self.result.unknown_items.push(original.clone());
                }
                self.items.push(item);
            }
            None => self.place_by_record(item, stamp, fresh),
        }
    }

    /// A link whose item is gone, or stays away, may take the item back.
    fn is_free(&self, position: usize) -> bool {
        match &self.units[position].item {
            ItemSide::Gone | ItemSide::Absent => true,
            ItemSide::Unchanged | ItemSide::Present(_) => false,
        }
    }

    fn rebind(&mut self, position: usize, item: Item) {
        let unit = &mut self.units[position];
        // While a contact stays away nobody follows its record, so what it holds now has to be read.
        if let (ItemSide::Absent, RecordSide::Unchanged, Some(link)) =
            (&unit.item, &unit.record, &unit.link)
        {
            self.result.unknown_records.push(link.record.clone());
        }
        unit.subjects.push(RemoteId::Mailbox(item.id.clone()));
        unit.item = ItemSide::Present(item);
    }

    fn place_by_record(&mut self, item: Item, stamp: &Stamp, fresh: &mut dyn FnMut() -> LinkId) {
        if let Some(record) = self.records.remove(&stamp.record) {
            let unit = rebuilt(self.component, item, record, stamp);
            self.by_record
                .insert(stamp.record.clone(), self.units.len());
            self.by_link.insert(stamp.link.clone(), self.units.len());
            self.units.push(unit);
        } else if self.gone_records.contains(&stamp.record) {
            self.items.push(item);
        } else if self.left_records.contains(&stamp.record) {
            // The oldest item of a record that is another's now waits; a later one is a copy.
            match self.held_stamps.insert(stamp.record.clone()) {
                true => self.hold_item(&item, Problem::new(Code::NotAssignedToUser)),
                false => self.items.push(item),
            }
        } else {
            self.result.unknown_records.push(stamp.record.clone());
            self.joined.push(single_item(item, fresh()));
        }
    }

    fn join_by_natural_key(&mut self, fresh: &mut dyn FnMut() -> LinkId) {
        let items = std::mem::take(&mut self.items);
        let records: Vec<Record> = std::mem::take(&mut self.records).into_values().collect();
        let matched = natural::match_up(self.component, items, records);
        for (item, record) in matched.pairs {
            self.joined.push(first_meeting(item, record, fresh()));
        }
        for item in matched.ambiguous_items {
            self.hold_item(&item, Problem::new(Code::MatchNotUnique));
        }
        for record in matched.ambiguous_records {
            let title = mapping::title(
                self.component,
                &mapping::from_record(self.component, &record.fields),
            );
            self.result.held.push(Held {
                entry: RemoteId::Crm(record.id),
                title,
                problem: Problem::new(Code::MatchNotUnique),
            });
        }
        self.items = self.bring_back(matched.items);
        for record in matched.records {
            self.joined.push(single_record(record, fresh()));
        }
    }

    /// A new item that equals a record whose item was once deleted is the same entry again, not a second one. So is one whose link's item
    /// is gone and had not got its stamp yet: it was moved out and back.
    fn bring_back(&mut self, items: Vec<Item>) -> Vec<Item> {
        let away: Vec<(usize, Fields)> = self
            .units
            .iter()
            .enumerate()
            .filter(|(_, unit)| self.may_come_back(unit))
            .map(|(position, unit)| (position, unit.record_values(self.component)))
            .collect();
        let (found, rest) = natural::match_positions(self.component, items, &away);
        for (item, position) in found {
            match is_typed_again(&self.units[position]) {
                true => self.meet_again(position, item),
                false => self.rebind(position, item),
            }
        }
        rest
    }

    /// A contact's record outlives its item (R2.4), so it is there for one that is typed in again.
    fn may_come_back(&self, unit: &Unit) -> bool {
        let outlives = self.component == Component::Contacts
            && !matches!(unit.record, RecordSide::Gone | RecordSide::Left);
        match unit.item {
            ItemSide::Absent => true,
            ItemSide::Gone => outlives || !is_typed_again(unit),
            ItemSide::Unchanged | ItemSide::Present(_) => false,
        }
    }

    /// Another item than before has yet to meet the record: what nobody typed into it was not emptied (S3).
    fn meet_again(&mut self, position: usize, item: Item) {
        let unit = &mut self.units[position];
        if let RecordSide::Present(record) = &unit.record {
            let mut met = first_meeting(item, record.clone(), unit.id.clone());
            met.subjects.append(&mut unit.subjects);
            *unit = met;
            return;
        }
        let asked_for = unit.link.as_ref().map(|link| link.record.clone());
        self.result.unknown_records.extend(asked_for);
        self.rebind(position, item);
    }

    fn hold_item(&mut self, item: &Item, problem: Problem) {
        let common = mapping::from_item(self.component, &item.fields);
        self.result.held.push(Held {
            entry: RemoteId::Mailbox(item.id.clone()),
            title: mapping::title(self.component, &common),
            problem,
        });
    }

    fn finish(mut self, fresh: &mut dyn FnMut() -> LinkId) -> Pairing {
        for item in self.items {
            self.joined.push(single_item(item, fresh()));
        }
        self.result.units = self
            .units
            .into_iter()
            .filter(|unit| !unit.subjects.is_empty())
            .chain(self.joined)
            .collect();
        self.result
    }
}

impl RecordSide {
    /// What a record that was read says: it is the user's, or it left.
    pub fn of(record: Record) -> Self {
        match record.owner {
            model::Owner::Me => RecordSide::Present(record),
            model::Owner::Other => RecordSide::Left,
        }
    }
}

/// The item of a unit, with a stamp that is newer than its link, and the link's id.
fn newer_stamp(unit: &Unit, crm: &Fingerprint) -> Option<(Item, Stamp, LinkId)> {
    let (Some(link), ItemSide::Present(item)) = (&unit.link, &unit.item) else {
        return None;
    };
    let stamp = item.stamp.as_ref()?;
    let is_newer = link.is_older_than(Some(stamp), crm);
    is_newer.then(|| (item.clone(), stamp.clone(), link.id.clone()))
}

/// Whether an item that equals the lost one is another: had it been moved out and back, it would carry the stamp that the lost one had.
fn is_typed_again(unit: &Unit) -> bool {
    let link = unit.link.as_ref();
    unit.item == ItemSide::Absent || link.is_some_and(|link| link.stamped.is_some())
}

/// When the pattern has the occurrence of a link begin; of a single appointment when it began.
fn start_of_unit(unit: &Unit) -> Option<Timestamp> {
    let link = unit.link.as_ref()?;
    let of_occurrence = link.item().and_then(ItemId::as_occurrence);
    of_occurrence.map_or_else(|| series::start(&link.base.item), |(_, start)| Some(start))
}

fn single_item(item: Item, id: LinkId) -> Unit {
    Unit {
        id,
        link: None,
        known: Known::Stored,
        subjects: vec![RemoteId::Mailbox(item.id.clone())],
        item: ItemSide::Present(item),
        record: RecordSide::Absent,
        choice: None,
        losses: Losses::Follow,
    }
}

fn single_record(record: Record, id: LinkId) -> Unit {
    Unit {
        id,
        link: None,
        known: Known::Stored,
        subjects: vec![RemoteId::Crm(record.id.clone())],
        item: ItemSide::Absent,
        record: RecordSide::Present(record),
        choice: None,
        losses: Losses::Follow,
    }
}

fn first_meeting(item: Item, record: Record, id: LinkId) -> Unit {
    Unit {
        id,
        link: None,
        known: Known::Stored,
        subjects: vec![
            RemoteId::Mailbox(item.id.clone()),
            RemoteId::Crm(record.id.clone()),
        ],
        item: ItemSide::Present(item),
        record: RecordSide::Present(record),
        choice: None,
        losses: Losses::Follow,
    }
}

/// A link made again from an item's stamp, with a base that says which side changed since (DESIGN 2, stamp).
fn rebuilt(component: Component, item: Item, record: Record, stamp: &Stamp) -> Unit {
    let held = mapping::from_item(component, &item.fields);
    let kept = mapping::from_record(component, &record.fields);
    let base = stamp.revision.as_ref().and_then(|revision| {
        let rests = (revision.matches_item(&held), revision.matches_record(&kept));
        base_of(component, rests, &held, &kept)
    });
    let link = base.map(|base| Link {
        id: stamp.link.clone(),
        component,
        record: record.id.clone(),
        state: LinkState::Live {
            item: item.id.clone(),
            change_key: item.change_key.clone(),
        },
        stamped: stamp.revision.clone(),
        stamping: Stamping::of(&item),
        base,
    });
    Unit {
        link,
        known: Known::Rebuilt,
        ..first_meeting(item, record, stamp.link.clone())
    }
}

/// `rests`: whether item and record still hold what the revision says. The side that moved gets a base that differs wherever the
/// sides differ, so that the merge sees it as the changed one.
fn base_of(
    component: Component,
    rests: (bool, bool),
    held: &Fields,
    kept: &Fields,
) -> Option<Base> {
    let differing = |own: &Fields, other: &Fields| -> Fields {
        Field::synced(component)
            .iter()
            .map(|&field| {
                let same = mapping::equal(field, own.get(field), other.get(field));
                let value = if same {
                    own.get(field)
                } else {
                    other.get(field)
                };
                (field, value.to_owned())
            })
            .collect()
    };
    match rests {
        (true, true) => Some(Base {
            item: held.clone(),
            record: kept.clone(),
        }),
        (true, false) => Some(Base {
            item: held.clone(),
            record: differing(kept, held),
        }),
        (false, true) => Some(Base {
            item: differing(held, kept),
            record: kept.clone(),
        }),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests;
