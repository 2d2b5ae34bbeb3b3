//! Writes items: grouped by kind, in batches, answered in the order asked. Just before an item is changed or deleted its version is
//! looked at.

use model::{Code, Component, FolderId, ItemId};
use ports::{ErrorKind, Failure, ItemWrite, Notify, Result, WrittenItem};

use crate::client::{Client, again};
use crate::convert;
use crate::convert::appointment::sort_invited;
use crate::options::UserZone;
use crate::wire;
use crate::wire::change::{CreateItem, DeleteItem, ItemChange, NewItem, OnConflict, UpdateItem};
use crate::wire::item::{Shape, Which};
use crate::wire::leaf::Leaf;

use super::outcome::Outcome;
use super::sorted::{Batch, Update, plan, subject};
use super::versions::{OwnWrites, Versioned, check, versions};
use super::{items, series};

/// Writes; one answer for each write, in the order asked.
pub async fn write(
    client: &Client,
    component: Component,
    folder: &FolderId,
    writes: &[ItemWrite],
    user: &UserZone,
) -> Result<Vec<Result<WrittenItem>>> {
    let names = names(client, writes, user).await?;
    let batches = plan(component, writes, &names, user)?;
    let zone = match component {
        Component::Appointments => Some(user.windows.as_str()),
        Component::Contacts | Component::Tasks | Component::Emails => None,
    };
    let answers = send_all(client, folder, writes, batches, zone).await?;
    // An occurrence keeps the name the product has for it, whatever id the exception got.
    let named = answers.into_iter().zip(writes).zip(names);
    Ok(named
        .map(|((answer, write), name)| {
            name?;
            let mut written = answer?;
            if let Some(id) = subject(write).filter(|id| id.as_occurrence().is_some()) {
                written.id = id.clone();
            }
            Ok(written)
        })
        .collect())
}

/// The id by which Exchange knows the item of each write today; none for a new one. Occurrences have to be looked for.
async fn names(
    client: &Client,
    writes: &[ItemWrite],
    user: &UserZone,
) -> Result<Vec<Result<Option<ItemId>>>> {
    let ids: Vec<Option<ItemId>> = writes.iter().map(|write| subject(write).cloned()).collect();
    let is_occurrence = |id: &ItemId| id.as_occurrence().is_some();
    let occurrences: Vec<ItemId> = ids
        .iter()
        .flatten()
        .filter(|id| is_occurrence(id))
        .cloned()
        .collect();
    if occurrences.is_empty() {
        return Ok(ids.into_iter().map(Ok).collect());
    }
    let places = series::places(client, &occurrences, user).await?;
    let found: Vec<Which> = places.iter().flatten().cloned().collect();
    let read = items::get(client, Shape::IdOnly, &found).await?;
    let mut read = read.into_iter();
    let mut names = places.into_iter().map(|place| {
        place?;
        let item = read.next();
        let item = item.unwrap_or_else(|| Err(Failure::bug("an occurrence was not answered")))?;
        Ok(Some(item.id))
    });
    let named = ids.into_iter().map(|id| match id {
        Some(id) if is_occurrence(&id) => names
            .next()
            .unwrap_or_else(|| Err(Failure::bug("an occurrence was lost"))),
        id => Ok(id),
    });
    Ok(named.collect())
}

async fn send_all(
    client: &Client,
    folder: &FolderId,
    writes: &[ItemWrite],
    batches: Vec<Batch>,
    zone: Option<&str>,
) -> Result<Vec<Result<WrittenItem>>> {
    let mut slots: Vec<Option<Result<WrittenItem>>> = writes.iter().map(|_| None).collect();
    let mut stopped: Option<Failure> = None;
    let mut own = OwnWrites::default();
    let mut batches = batches.into_iter().peekable();
    while let Some(batch) = batches.next() {
        let places = batch.places();
        let is_last = batches.peek().is_none();
        let outcome = batch.send(client, folder, zone, &mut own, is_last).await;
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
pub(super) fn not_tried(failure: &Failure) -> Failure {
    let mut copy = again(failure);
    if copy.kind == ErrorKind::OutcomeUnknown {
        copy.kind = ErrorKind::Offline;
    }
    copy
}

impl Batch {
    async fn send(
        self,
        client: &Client,
        folder: &FolderId,
        zone: Option<&str>,
        own: &mut OwnWrites,
        is_last: bool,
    ) -> Outcome {
        match self {
            Batch::Create(notify, writes) => {
                let asked = |items| CreateItem {
                    zone: zone.map(str::to_owned),
                    notify,
                    folder: folder.clone(),
                    items,
                };
                create(client, things(writes), asked).await
            }
            Batch::Update(notify, writes) => {
                let asked = |changes| UpdateItem {
                    zone: zone.map(str::to_owned),
                    notify,
                    on_conflict: OnConflict::Refuse,
                    changes,
                };
                update(client, things(writes), asked, own).await
            }
            Batch::Stamp(writes) => stamp(client, things(writes)).await,
            Batch::Delete(notify, writes) => {
                let items = things(writes);
                let outcome = delete(client, &items, notify, own).await;
                if !is_last {
                    own.look(client, &items).await;
                }
                outcome
            }
        }
    }
}

fn things<T>(writes: Vec<(usize, T)>) -> Vec<T> {
    writes.into_iter().map(|(_, thing)| thing).collect()
}

async fn create(
    client: &Client,
    items: Vec<NewItem>,
    asked: impl Fn(Vec<NewItem>) -> CreateItem,
) -> Outcome {
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

async fn update(
    client: &Client,
    updates: Vec<Update>,
    asked: impl Fn(Vec<ItemChange>) -> UpdateItem,
    own: &mut OwnWrites,
) -> Outcome {
    let items: Vec<Versioned> = updates.iter().map(Update::versioned).collect();
    let (mut outcome, good) = check(client, &items, shape(&updates), own).await;
    let (mut places, mut changes) = (Vec::new(), Vec::new());
    for (at, found) in good {
        let mut change = updates[at].change.clone();
        sort_invited(&mut change.leaves, &found.leaves);
        if change.is_empty() {
            // A change of nothing cannot be written down; the version that was found is its answer.
            outcome.answers[at] = Some(written(Ok(found)));
            continue;
        }
        places.push(at);
        change.change_key = found.change_key;
        changes.push(change);
    }
    if places.is_empty() {
        return outcome;
    }
    match client.each(&changes, asked).await {
        Ok(answers) => {
            for (at, answer) in places.into_iter().zip(answers) {
                let answer = written(answer);
                own.note(&items[at], &answer);
                outcome.answers[at] = Some(answer);
            }
        }
        Err(failure) => outcome.stop(&places, failure),
    }
    outcome
}

/// What has to be known of items to change them: who is invited to them today, if that is to be another.
fn shape(updates: &[Update]) -> Shape {
    let mut changes = updates.iter().map(|update| &update.change);
    match changes.any(|change| change.leaves.contains_key(&Leaf::Required)) {
        true => Shape::Invited,
        false => Shape::IdOnly,
    }
}

async fn delete(client: &Client, items: &[Versioned], notify: Notify, own: &OwnWrites) -> Outcome {
    let (mut outcome, good) = check(client, items, Shape::IdOnly, own).await;
    if good.is_empty() {
        return outcome;
    }
    let places: Vec<usize> = good.into_iter().map(|(at, _)| at).collect();
    let ids: Vec<ItemId> = places.iter().map(|at| items[*at].id.clone()).collect();
    match client.each(&ids, |ids| DeleteItem { notify, ids }).await {
        Ok(answers) => {
            for ((at, id), answer) in places.into_iter().zip(ids).zip(answers) {
                outcome.answers[at] = Some(answer.map(|()| WrittenItem {
                    id,
                    change_key: None,
                }));
            }
        }
        Err(failure) => outcome.stop(&places, failure),
    }
    outcome
}

/// Writes properties, whatever the version.
pub(super) async fn stamp(client: &Client, changes: Vec<ItemChange>) -> Outcome {
    let asked = |changes| UpdateItem {
        zone: None,
        notify: Notify::Nobody,
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
        let change = ItemChange {
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

fn written(item: Result<wire::Item>) -> Result<WrittenItem> {
    let item = item?;
    Ok(WrittenItem {
        change_key: Some(convert::change_key(&item)),
        id: item.id,
    })
}
