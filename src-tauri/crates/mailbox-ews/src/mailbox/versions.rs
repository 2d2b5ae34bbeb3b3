//! The version an item must still have to be written. It is read just before: DeleteItem has no check of its own, and some servers
//! (grommunio) ignore that of UpdateItem. A small window stays.
//!
//! A write to one occurrence changes the version of its whole series. Such a version is known for our own, and only then does it do as
//! well as the one that was read.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeKey, Code, ItemId};
use ports::{ErrorKind, Failure, Result, WrittenItem};

use super::outcome::Outcome;
use crate::client::Client;
use crate::convert;
use crate::wire;
use crate::wire::item::{GetItem, Shape, Which};

/// An item with the version it must still have.
#[derive(Debug, Clone)]
pub struct Versioned {
    /// By which id the server knows it.
    pub id: ItemId,
    /// The version.
    pub change_key: ChangeKey,
    /// The series it is an occurrence of.
    pub series: Option<ItemId>,
}

/// What the writes of one call made of the series they were about.
#[derive(Debug, Default)]
pub struct OwnWrites {
    /// By series and the version that was read: the version now.
    left: BTreeMap<(ItemId, ChangeKey), ChangeKey>,
}

impl OwnWrites {
    /// Keeps what an occurrence was written to.
    pub fn note(&mut self, item: &Versioned, answer: &Result<WrittenItem>) {
        let key = answer
            .as_ref()
            .ok()
            .and_then(|item| item.change_key.clone());
        if let (Some(series), Some(key)) = (item.series.clone(), key) {
            self.left.insert((series, item.change_key.clone()), key);
        }
    }

    /// Keeps what deletions of occurrences made of their series, which no answer tells.
    pub async fn look(&mut self, client: &Client, deleted: &[Versioned]) {
        let of_series = deleted.iter().filter_map(|item| {
            let series = item.series.clone()?;
            Some((series, item.change_key.clone()))
        });
        let read: BTreeSet<(ItemId, ChangeKey)> = of_series.collect();
        let ids: Vec<ItemId> = read.iter().map(|(series, _)| series.clone()).collect();
        if ids.is_empty() {
            return;
        }
        // Without an answer the rest is stale, and the next run writes it.
        let now = versions(client, &ids).await.unwrap_or_default();
        let known = read.into_iter().zip(now);
        self.left
            .extend(known.filter_map(|(read, now)| Some((read, now.ok()?))));
    }

    fn explain(&self, item: &Versioned, found: &ChangeKey) -> bool {
        let series = item.series.clone();
        series
            .is_some_and(|series| self.left.get(&(series, item.change_key.clone())) == Some(found))
    }
}

/// Finds those that still have their version, each with its place and as much of it as was asked for. What is to be said of the others is in the outcome.
pub async fn check(
    client: &Client,
    items: &[Versioned],
    shape: Shape,
    own: &OwnWrites,
) -> (Outcome, Vec<(usize, wire::Item)>) {
    let ids: Vec<ItemId> = items.iter().map(|item| item.id.clone()).collect();
    let found = match read(client, shape, &ids).await {
        Ok(found) => found,
        Err(failure) => return (Outcome::of(Err(failure), items.len()), Vec::new()),
    };
    let mut outcome = Outcome::of(Ok(Vec::new()), items.len());
    let mut good = Vec::new();
    for (at, (found, item)) in found.into_iter().zip(items).enumerate() {
        let found = match found {
            Ok(found) => found,
            Err(failure) => {
                outcome.answers[at] = Some(Err(failure));
                continue;
            }
        };
        let key = convert::change_key(&found);
        match key == item.change_key || own.explain(item, &key) {
            true => good.push((at, found)),
            false => outcome.answers[at] = Some(Err(changed_meanwhile(&item.id))),
        }
    }
    (outcome, good)
}

/// The versions items have now.
pub async fn versions(client: &Client, ids: &[ItemId]) -> Result<Vec<Result<ChangeKey>>> {
    let items = read(client, Shape::IdOnly, ids).await?;
    let key = |item: Result<wire::Item>| item.map(|item| convert::change_key(&item));
    Ok(items.into_iter().map(key).collect())
}

async fn read(client: &Client, shape: Shape, ids: &[ItemId]) -> Result<Vec<Result<wire::Item>>> {
    let asked = |ids: Vec<ItemId>| GetItem {
        shape,
        ids: Which::items(&ids),
    };
    client.each(ids, asked).await
}

fn changed_meanwhile(id: &ItemId) -> Failure {
    Failure::new(ErrorKind::Stale, Code::EntryChangedMeanwhile).with("entry", id.as_str())
}
