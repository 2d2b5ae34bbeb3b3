//! Writes items: grouped by kind, in batches, answered in the order asked. Just before an item is changed or deleted its version is
//! read again: DeleteItem has no check of its own, and some servers (grommunio) ignore that of UpdateItem. A small window stays.

use model::{ChangeKey, Code, Component, FolderId, ItemId};
use ports::{ErrorKind, Failure, ItemWrite, Result, WrittenItem};

use crate::client::{Client, again};
use crate::convert;
use crate::wire;
use crate::wire::change::{
    ContactChange, CreateItem, DeleteItem, NewContact, OnConflict, UpdateItem,
};
use crate::wire::item::{GetItem, Shape};

use super::items::contacts_only;

/// Items written in one request (DESIGN 7).
pub const WRITE_BATCH: usize = 50;

/// A write and its place among those asked for.
type Placed<T> = (usize, T);

/// An item with the version it must still have.
type Versioned = (ItemId, ChangeKey);

/// Writes of one kind, few enough for one request.
enum Batch {
    Create(Vec<Placed<NewContact>>),
    Update(Vec<Placed<ContactChange>>),
    Stamp(Vec<Placed<ContactChange>>),
    Delete(Vec<Placed<Versioned>>),
}

/// What came of a batch: an answer for each write, and what stopped it half-way.
struct Outcome {
    answers: Vec<Option<Result<WrittenItem>>>,
    stopped: Option<Failure>,
}

/// Writes; one answer for each write, in the order asked.
pub async fn write(
    client: &Client,
    component: Component,
    folder: &FolderId,
    writes: &[ItemWrite],
) -> Result<Vec<Result<WrittenItem>>> {
    contacts_only(component)?;
    let batches = plan(writes)?;
    let mut slots: Vec<Option<Result<WrittenItem>>> = writes.iter().map(|_| None).collect();
    let mut stopped: Option<Failure> = None;
    for batch in batches {
        let places = batch.places();
        let outcome = batch.send(client, folder).await;
        for (place, answer) in places.into_iter().zip(outcome.answers) {
            slots[place] = answer;
        }
        if let Some(failure) = outcome.stopped {
            stopped = Some(failure);
            break;
        }
    }
    let Some(failure) = stopped else {
        return Ok(fill(slots, || Failure::bug("a write was not answered")));
    };
    if slots.iter().all(Option::is_none) {
        return Err(failure);
    }
    Ok(fill(slots, || not_tried(&failure)))
}

fn fill(
    slots: Vec<Option<Result<WrittenItem>>>,
    otherwise: impl Fn() -> Failure,
) -> Vec<Result<WrittenItem>> {
    let slots = slots.into_iter();
    slots
        .map(|slot| slot.unwrap_or_else(|| Err(otherwise())))
        .collect()
}

/// What is said of writes after the one whose answer was lost: of them it is known that they did not happen.
fn not_tried(failure: &Failure) -> Failure {
    let mut copy = again(failure);
    if copy.kind == ErrorKind::OutcomeUnknown {
        copy.kind = ErrorKind::Offline;
    }
    copy
}

/// Sorts the writes by kind and cuts them into batches.
fn plan(writes: &[ItemWrite]) -> Result<Vec<Batch>> {
    let (mut creates, mut updates) = (Vec::new(), Vec::new());
    let (mut stamps, mut deletes) = (Vec::new(), Vec::new());
    for (place, write) in writes.iter().enumerate() {
        match write {
            ItemWrite::Create { fields, stamp } => {
                let leaves = convert::leaves(fields.iter())?;
                let properties = convert::properties(stamp);
                creates.push((place, NewContact { leaves, properties }));
            }
            ItemWrite::Update {
                id,
                change_key,
                set,
                stamp,
            } => {
                let values = set.iter().map(|(field, value)| (*field, value.as_str()));
                let change = ContactChange {
                    id: id.clone(),
                    change_key: Some(change_key.clone()),
                    leaves: convert::leaves(values)?,
                    properties: stamp.as_ref().map(convert::properties).unwrap_or_default(),
                };
                updates.push((place, change));
            }
            ItemWrite::Stamp { id, stamp } => {
                let change = ContactChange {
                    id: id.clone(),
                    change_key: None,
                    leaves: Default::default(),
                    properties: convert::properties(stamp),
                };
                stamps.push((place, change));
            }
            ItemWrite::Delete { id, change_key } => {
                deletes.push((place, (id.clone(), change_key.clone())));
            }
        }
    }
    let mut batches = Vec::new();
    batches.extend(cut(creates).map(Batch::Create));
    batches.extend(cut(updates).map(Batch::Update));
    batches.extend(cut(stamps).map(Batch::Stamp));
    batches.extend(cut(deletes).map(Batch::Delete));
    Ok(batches)
}

fn cut<T: Clone>(writes: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let batches: Vec<Vec<T>> = writes.chunks(WRITE_BATCH).map(<[T]>::to_vec).collect();
    batches.into_iter()
}

impl Batch {
    fn places(&self) -> Vec<usize> {
        match self {
            Batch::Create(writes) => places(writes),
            Batch::Update(writes) | Batch::Stamp(writes) => places(writes),
            Batch::Delete(writes) => places(writes),
        }
    }

    async fn send(self, client: &Client, folder: &FolderId) -> Outcome {
        match self {
            Batch::Create(writes) => create(client, folder, things(writes)).await,
            Batch::Update(writes) => update(client, things(writes)).await,
            Batch::Stamp(writes) => stamp(client, things(writes)).await,
            Batch::Delete(writes) => delete(client, things(writes)).await,
        }
    }
}

fn places<T>(writes: &[Placed<T>]) -> Vec<usize> {
    writes.iter().map(|(place, _)| *place).collect()
}

fn things<T>(writes: Vec<Placed<T>>) -> Vec<T> {
    writes.into_iter().map(|(_, thing)| thing).collect()
}

async fn create(client: &Client, folder: &FolderId, items: Vec<NewContact>) -> Outcome {
    let asked = |items| CreateItem {
        folder: folder.clone(),
        items,
    };
    let answers = client.each(&items, asked).await;
    let made = |item| written(item).map_err(about_folder);
    let answers = answers.map(|answers| answers.into_iter().map(made).collect());
    Outcome::of(answers, items.len())
}

/// Of a new item nothing can be missing but its folder, whatever the server calls it.
fn about_folder(mut failure: Failure) -> Failure {
    if failure.kind == ErrorKind::Gone {
        failure.problem.code = Code::FolderMissing;
    }
    failure
}

async fn update(client: &Client, changes: Vec<ContactChange>) -> Outcome {
    let versioned: Vec<Versioned> = changes.iter().map(versioned).collect();
    let write = async |places: &[usize]| {
        let wanted: Vec<ContactChange> = places.iter().map(|at| changes[*at].clone()).collect();
        let asked = |changes| UpdateItem {
            on_conflict: OnConflict::Refuse,
            changes,
        };
        let items = client.each(&wanted, asked).await?;
        Ok(items.into_iter().map(written).collect())
    };
    // A change of nothing cannot be written down; the version that was found is its answer.
    let is_empty = |at: usize| changes[at].is_empty();
    checked(client, &versioned, is_empty, write).await
}

async fn delete(client: &Client, items: Vec<Versioned>) -> Outcome {
    let write = async |places: &[usize]| {
        let ids: Vec<ItemId> = places.iter().map(|at| items[*at].0.clone()).collect();
        let answers = client.each(&ids, |ids| DeleteItem { ids }).await?;
        let deleted = |(id, answer): (ItemId, Result<()>)| {
            answer.map(|()| WrittenItem {
                id,
                change_key: None,
            })
        };
        Ok(ids.into_iter().zip(answers).map(deleted).collect())
    };
    checked(client, &items, |_| false, write).await
}

/// Writes those items only that still have their version.
async fn checked(
    client: &Client,
    items: &[Versioned],
    is_empty: impl Fn(usize) -> bool,
    write: impl AsyncFnOnce(&[usize]) -> Result<Vec<Result<WrittenItem>>>,
) -> Outcome {
    let ids: Vec<ItemId> = items.iter().map(|(id, _)| id.clone()).collect();
    let found = match versions(client, &ids).await {
        Ok(found) => found,
        Err(failure) => return Outcome::of(Err(failure), items.len()),
    };
    let mut outcome = Outcome::of(Ok(Vec::new()), items.len());
    let mut good = Vec::new();
    for (at, (found, (id, wanted))) in found.into_iter().zip(items).enumerate() {
        match found {
            Ok(key) if key == *wanted && is_empty(at) => {
                outcome.answers[at] = Some(Ok(WrittenItem {
                    id: id.clone(),
                    change_key: Some(key),
                }));
            }
            Ok(key) if key == *wanted => good.push(at),
            Ok(_) => outcome.answers[at] = Some(Err(changed_meanwhile(id))),
            Err(failure) => outcome.answers[at] = Some(Err(failure)),
        }
    }
    if good.is_empty() {
        return outcome;
    }
    match write(&good).await {
        Ok(answers) => {
            for (at, answer) in good.into_iter().zip(answers) {
                outcome.answers[at] = Some(answer);
            }
        }
        Err(failure) => outcome.stop(&good, failure),
    }
    outcome
}

async fn stamp(client: &Client, changes: Vec<ContactChange>) -> Outcome {
    let asked = |changes| UpdateItem {
        on_conflict: OnConflict::Overwrite,
        changes,
    };
    let answers = client.each(&changes, asked).await;
    let answers = answers.map(|items| items.into_iter().map(written).collect());
    let mut outcome = Outcome::of(answers, changes.len());
    // Some servers want a version even where it does not matter.
    let stale: Vec<usize> = (0..changes.len())
        .filter(|at| outcome.is_stale(*at))
        .collect();
    if stale.is_empty() {
        return outcome;
    }
    let ids: Vec<ItemId> = stale.iter().map(|at| changes[*at].id.clone()).collect();
    let found = match versions(client, &ids).await {
        Ok(found) => found,
        Err(failure) => {
            outcome.stop(&stale, failure);
            return outcome;
        }
    };
    for (at, key) in stale.into_iter().zip(found) {
        let change = ContactChange {
            change_key: key.ok(),
            ..changes[at].clone()
        };
        match client.each(&[change], asked).await {
            Ok(items) => outcome.answers[at] = items.into_iter().next().map(written),
            Err(failure) => {
                outcome.stop(&[at], failure);
                return outcome;
            }
        }
    }
    outcome
}

/// The versions items have now.
async fn versions(client: &Client, ids: &[ItemId]) -> Result<Vec<Result<ChangeKey>>> {
    let asked = |ids| GetItem {
        shape: Shape::IdOnly,
        ids,
    };
    let items = client.each(ids, asked).await?;
    let key = |item: Result<wire::Item>| item.map(|item| convert::change_key(&item));
    Ok(items.into_iter().map(key).collect())
}

impl Outcome {
    fn of(answers: Result<Vec<Result<WrittenItem>>>, count: usize) -> Self {
        let (mut answers, stopped): (Vec<_>, _) = match answers {
            Ok(answers) => (answers.into_iter().map(Some).collect(), None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        answers.resize_with(count, || None);
        let mut outcome = Self {
            answers,
            stopped: None,
        };
        if let Some(failure) = stopped {
            let all: Vec<usize> = (0..count).collect();
            outcome.stop(&all, failure);
        }
        outcome
    }

    /// The request for these writes failed as a whole. Only when nobody knows what became of them do they get an answer of
    /// their own.
    fn stop(&mut self, writes: &[usize], failure: Failure) {
        if failure.kind == ErrorKind::OutcomeUnknown {
            for at in writes {
                self.answers[*at] = Some(Err(again(&failure)));
            }
        }
        self.stopped = Some(failure);
    }

    fn is_stale(&self, at: usize) -> bool {
        match &self.answers[at] {
            Some(Err(failure)) => failure.kind == ErrorKind::Stale,
            Some(Ok(_)) | None => false,
        }
    }
}

fn versioned(change: &ContactChange) -> Versioned {
    let key = change.change_key.clone();
    (change.id.clone(), key.unwrap_or_else(|| ChangeKey::new("")))
}

fn written(item: Result<wire::Item>) -> Result<WrittenItem> {
    let item = item?;
    Ok(WrittenItem {
        change_key: Some(convert::change_key(&item)),
        id: item.id,
    })
}

fn changed_meanwhile(id: &ItemId) -> Failure {
    Failure::new(ErrorKind::Stale, Code::EntryChangedMeanwhile).with("entry", id.as_str())
}
