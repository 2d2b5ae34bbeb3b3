//! Recurring appointments: their occurrences, and where in a series an occurrence stands. Exchange expands a series itself (CalendarView);
//! for servers that do not, the pattern is worked out here. Exceptions and deletions are told by the series either way. A pattern that
//! cannot be read is refused either way: its occurrences could be shown, but none of them could be written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{ChangeKey, Code, Component, FolderId, Item, ItemId, Window};
use ports::{ErrorKind, Failure, Result};

use super::items::get;
use crate::client::{Client, again};
use crate::convert;
use crate::options::UserZone;
use crate::wire;
use crate::wire::calendar::{Details, Exception, Role};
use crate::wire::item::{Shape, Which};
use crate::wire::leaf::Leaf;

mod compared;
mod pattern;
mod places;
mod view;

pub use places::places;
pub use view::Expansion;

/// One occurrence as the pattern has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plain {
    original_start: Timestamp,
    end: Timestamp,
    /// Its version, if it came with one of its own.
    change_key: Option<ChangeKey>,
}

/// A series that was read, with what is needed to place its occurrences.
struct Master {
    item: wire::Item,
    details: Details,
}

/// The occurrences of each series within the window.
pub async fn occurrences(
    client: &Client,
    expansion: &Expansion,
    folder: &FolderId,
    series: &[ItemId],
    window: &Window,
    user: &UserZone,
) -> Result<Vec<Result<Vec<Item>>>> {
    let read = get(client, Shape::Appointment, &Which::items(series)).await?;
    let masters: Vec<Result<Master>> = read.into_iter().map(|item| item.and_then(master)).collect();
    let shown = match masters.iter().all(Result::is_err) {
        true => None,
        false => expansion.look(client, folder, window).await?,
    };
    let exceptions = exceptions(client, &masters, window).await?;
    let planned = masters.iter().map(|master| match master {
        Ok(master) => pattern::expand(master, window, user),
        Err(failure) => Err(again(failure)),
    });
    let planned: Vec<Result<Vec<Plain>>> = planned.collect();
    let plain = match shown {
        Some(shown) => compared::settle(client, &masters, planned, shown).await?,
        None => planned,
    };
    let answers = masters.into_iter().zip(plain);
    let answers = answers.map(|(master, plain)| items_of(&master?, plain?, &exceptions, user));
    Ok(answers.collect())
}

/// How many occurrences an item has by its pattern alone.
#[cfg(any(test, feature = "hostile"))]
pub fn unrolled(item: wire::Item, window: &Window, user: &UserZone) -> Result<usize> {
    Ok(pattern::expand(&master(item)?, window, user)?.len())
}

impl Master {
    /// The original starts of the occurrences that are no more as the pattern has them.
    fn special(&self) -> BTreeSet<Timestamp> {
        let changed = self.details.exceptions.iter();
        let changed = changed.map(|exception| exception.original_start);
        changed
            .chain(self.details.deleted.iter().copied())
            .collect()
    }
}

fn master(item: wire::Item) -> Result<Master> {
    match item.calendar.as_deref() {
        Some(details) if details.role == Role::Master => Ok(Master {
            details: details.clone(),
            item,
        }),
        _ => Err(Failure::new(
            ErrorKind::Refused { field: None },
            Code::EntryOfOtherKind,
        )),
    }
}

/// The exceptions of all series that concern the window, in full.
async fn exceptions(
    client: &Client,
    masters: &[Result<Master>],
    window: &Window,
) -> Result<BTreeMap<ItemId, Result<wire::Item>>> {
    let masters = masters.iter().flatten();
    let all = masters.flat_map(|master| &master.details.exceptions);
    let concerned: Vec<ItemId> = all
        .filter(|exception| concerns(exception, window))
        .map(|exception| exception.id.clone())
        .collect();
    if concerned.is_empty() {
        return Ok(BTreeMap::new());
    }
    let read = get(client, Shape::Appointment, &Which::items(&concerned)).await?;
    let found = concerned.into_iter().zip(read);
    // Deleted between both looks: the series has changed again and will be told again.
    let is_gone =
        |read: &Result<wire::Item>| matches!(read, Err(failure) if failure.kind == ErrorKind::Gone);
    Ok(found.filter(|(_, read)| !is_gone(read)).collect())
}

/// Whether its old or its new time lies in the window, be it in part.
fn concerns(exception: &Exception, window: &Window) -> bool {
    let bounds = window.from()..window.until();
    let runs_in = exception.start < bounds.start && exception.end > bounds.start;
    bounds.contains(&exception.original_start) || bounds.contains(&exception.start) || runs_in
}

fn items_of(
    master: &Master,
    plain: Vec<Plain>,
    exceptions: &BTreeMap<ItemId, Result<wire::Item>>,
    user: &UserZone,
) -> Result<Vec<Item>> {
    let special = master.special();
    let plain = plain
        .into_iter()
        .filter(|one| !special.contains(&one.original_start))
        .map(|one| Ok((one.original_start, placed(&master.item, one))));
    let changed = master.details.exceptions.iter();
    let changed = changed.filter_map(|exception| {
        let read = exceptions.get(&exception.id)?.as_ref();
        let item = read.map_err(again).cloned();
        Some(item.map(|item| (exception.original_start, item)))
    });
    let called = |(original, item): (Timestamp, wire::Item)| Item {
        id: ItemId::occurrence(&master.item.id, original),
        stamp: None,
        ..convert::converted(Component::Appointments, item, user)
    };
    plain.chain(changed).map(|one| one.map(called)).collect()
}

/// The series on the day of one occurrence.
fn placed(series: &wire::Item, one: Plain) -> wire::Item {
    let mut item = series.clone();
    item.leaves
        .insert(Leaf::Start, one.original_start.to_string());
    item.leaves.insert(Leaf::End, one.end.to_string());
    item.change_key = one.change_key.or(item.change_key);
    item
}
