//! Writes sorted by kind and by who hears of them, and cut into batches.

use std::collections::BTreeMap;

use model::{ChangeKey, Component, ItemId};
use ports::{ItemWrite, Notify, Result};

use super::versions::Versioned;
use crate::convert;
use crate::options::UserZone;
use crate::wire::change::{ItemChange, NewItem};
use crate::wire::leaf::Leaf;

/// Items written in one request (DESIGN 7).
pub const WRITE_BATCH: usize = 50;

/// A write and its place among those asked for.
type Placed<T> = (usize, T);

/// Writes of one kind of which the same people hear, few enough for one request.
pub enum Batch {
    Create(Notify, Vec<Placed<NewItem>>),
    Update(Notify, Vec<Placed<Update>>),
    Stamp(Vec<Placed<ItemChange>>),
    Delete(Notify, Vec<Placed<Versioned>>),
}

/// A change, and which series it is made to an occurrence of.
#[derive(Clone)]
pub struct Update {
    pub change: ItemChange,
    pub series: Option<ItemId>,
}

impl Update {
    /// What must still be there.
    pub fn versioned(&self) -> Versioned {
        let key = self.change.change_key.clone();
        Versioned {
            id: self.change.id.clone(),
            change_key: key.unwrap_or_else(|| ChangeKey::new("")),
            series: self.series.clone(),
        }
    }
}

impl Batch {
    /// The places of its writes.
    pub fn places(&self) -> Vec<usize> {
        match self {
            Batch::Create(_, writes) => places(writes),
            Batch::Update(_, writes) => places(writes),
            Batch::Stamp(writes) => places(writes),
            Batch::Delete(_, writes) => places(writes),
        }
    }
}

fn places<T>(writes: &[Placed<T>]) -> Vec<usize> {
    writes.iter().map(|(place, _)| *place).collect()
}

/// The item a write is about, if there is one already.
pub fn subject(write: &ItemWrite) -> Option<&ItemId> {
    match write {
        ItemWrite::Create { .. } => None,
        ItemWrite::Update { id, .. }
        | ItemWrite::Stamp { id, .. }
        | ItemWrite::Delete { id, .. } => Some(id),
    }
}

/// Sorts and cuts. A write whose item was not found is in no batch.
pub fn plan(
    component: Component,
    writes: &[ItemWrite],
    names: &[Result<Option<ItemId>>],
    user: &UserZone,
) -> Result<Vec<Batch>> {
    let mut sorted = Sorted::default();
    for (place, (write, name)) in writes.iter().zip(names).enumerate() {
        if let Ok(name) = name {
            sorted.add(place, component, write, name.as_ref(), user)?;
        }
    }
    Ok(sorted.batches())
}

#[derive(Default)]
struct Sorted {
    creates: Vec<(Notify, Placed<NewItem>)>,
    updates: Vec<(Notify, Placed<Update>)>,
    stamps: Vec<Placed<ItemChange>>,
    deletes: Vec<(Notify, Placed<Versioned>)>,
}

impl Sorted {
    fn add(
        &mut self,
        place: usize,
        component: Component,
        write: &ItemWrite,
        name: Option<&ItemId>,
        user: &UserZone,
    ) -> Result<()> {
        let kind = convert::kind(component)?;
        let changed =
            |id: &ItemId, change_key: Option<&ChangeKey>, leaves, properties| ItemChange {
                kind: kind.clone(),
                id: name.unwrap_or(id).clone(),
                change_key: change_key.cloned(),
                leaves,
                properties,
            };
        match write {
            ItemWrite::Create {
                fields,
                stamp,
                notify,
            } => {
                let item = NewItem {
                    leaves: convert::new_leaves(component, fields, user)?,
                    properties: convert::properties(stamp),
                    kind,
                };
                self.creates.push((*notify, (place, item)));
            }
            ItemWrite::Update {
                id,
                change_key,
                set,
                stamp,
                notify,
            } => {
                let values = set.iter().map(|(field, value)| (*field, value.as_str()));
                let mut leaves = convert::leaves(component, values, user)?;
                if id.as_occurrence().is_some() {
                    // An exception goes by the clock of its series.
                    leaves.retain(|leaf, _| !matches!(leaf, Leaf::StartZone | Leaf::EndZone));
                }
                let properties = stamp.as_ref().map(convert::properties).unwrap_or_default();
                let update = Update {
                    change: changed(id, Some(change_key), leaves, properties),
                    series: series(id),
                };
                self.updates.push((*notify, (place, update)));
            }
            ItemWrite::Stamp { id, stamp } => {
                let change = changed(id, None, Default::default(), convert::properties(stamp));
                self.stamps.push((place, change));
            }
            ItemWrite::Delete {
                id,
                change_key,
                notify,
            } => {
                let versioned = Versioned {
                    id: name.unwrap_or(id).clone(),
                    change_key: change_key.clone(),
                    series: series(id),
                };
                self.deletes.push((*notify, (place, versioned)));
            }
        }
        Ok(())
    }

    fn batches(self) -> Vec<Batch> {
        let both = [Notify::Nobody, Notify::Attendees];
        let mut batches = Vec::new();
        for notify in both {
            let creates = cut(told(&self.creates, notify));
            batches.extend(creates.map(|writes| Batch::Create(notify, writes)));
            for wave in waves(told(&self.updates, notify)) {
                batches.extend(cut(wave).map(|writes| Batch::Update(notify, writes)));
            }
        }
        batches.extend(cut(self.stamps).map(Batch::Stamp));
        for notify in both {
            let deletes = cut(told(&self.deletes, notify));
            batches.extend(deletes.map(|writes| Batch::Delete(notify, writes)));
        }
        batches
    }
}

fn series(id: &ItemId) -> Option<ItemId> {
    id.as_occurrence().map(|(series, _)| series)
}

/// One after the other what is for occurrences of the same series: each change gives the others another version.
fn waves(updates: Vec<Placed<Update>>) -> Vec<Vec<Placed<Update>>> {
    let mut waves: Vec<Vec<Placed<Update>>> = Vec::new();
    let mut before: BTreeMap<ItemId, usize> = BTreeMap::new();
    for (place, update) in updates {
        let wave = match &update.series {
            None => 0,
            Some(series) => {
                let count = before.entry(series.clone()).or_default();
                *count += 1;
                *count - 1
            }
        };
        if waves.len() <= wave {
            waves.resize_with(wave + 1, Vec::new);
        }
        waves[wave].push((place, update));
    }
    waves
}

/// The writes of which these people hear.
fn told<T: Clone>(writes: &[(Notify, Placed<T>)], notify: Notify) -> Vec<Placed<T>> {
    let wanted = writes.iter().filter(|(own, _)| *own == notify);
    wanted.map(|(_, write)| write.clone()).collect()
}

fn cut<T: Clone>(writes: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let batches: Vec<Vec<T>> = writes.chunks(WRITE_BATCH).map(<[T]>::to_vec).collect();
    batches.into_iter()
}
