//! Where in its series an occurrence stands, which is how a request names it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{Code, ItemId};
use ports::{ErrorKind, Failure, Result};

use super::pattern::series_of;
use super::{Master, get, master};
use crate::client::{Client, again};
use crate::options::UserZone;
use crate::wire::item::{Shape, Which};

/// How each of these items is named in a request. Occurrences are counted along the pattern their series has now.
pub async fn places(
    client: &Client,
    ids: &[ItemId],
    user: &UserZone,
) -> Result<Vec<Result<Which>>> {
    let series = ids.iter().filter_map(ItemId::as_occurrence);
    let series: BTreeSet<ItemId> = series.map(|(series, _)| series).collect();
    let series: Vec<ItemId> = series.into_iter().collect();
    let mut known = BTreeMap::new();
    if !series.is_empty() {
        let read = get(client, Shape::Appointment, &Which::items(&series)).await?;
        for (id, item) in series.into_iter().zip(read) {
            known.insert(id, item.and_then(master));
        }
    }
    let place = |id: &ItemId| match id.as_occurrence() {
        None => Ok(Which::Item(id.clone())),
        Some((series, start)) => match known.get(&series) {
            Some(Ok(master)) => place_in(master, start, user),
            Some(Err(failure)) if failure.problem.code != Code::EntryOfOtherKind => {
                Err(again(failure))
            }
            // What is no series any more has no occurrences.
            Some(Err(_)) | None => Err(gone()),
        },
    };
    Ok(ids.iter().map(place).collect())
}

fn place_in(master: &Master, original_start: Timestamp, user: &UserZone) -> Result<Which> {
    if master.details.deleted.contains(&original_start) {
        return Err(gone());
    }
    let mut exceptions = master.details.exceptions.iter();
    if let Some(own) = exceptions.find(|own| own.original_start == original_start) {
        return Ok(Which::Item(own.id.clone()));
    }
    let index = series_of(master, user)?.index_of(original_start);
    index.map_or_else(
        || Err(gone()),
        |index| {
            Ok(Which::Occurrence {
                series: master.item.id.clone(),
                index,
            })
        },
    )
}

fn gone() -> Failure {
    Failure::new(ErrorKind::Gone, Code::EntryGone)
}
