//! Recurring appointments: their occurrences, and where in a series an occurrence stands. Exchange expands a series itself (CalendarView);
//! for servers that do not, the pattern is worked out here. Exceptions and deletions are told by the series either way.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mapping::series::{Length, Occurrence, Series, When};
use model::{Code, Component, FolderId, Item, ItemId, Window};
use ports::{ErrorKind, Failure, Result};

use super::items::get;
use crate::client::{Client, again};
use crate::convert;
use crate::convert::appointment::{is_all_day, zone_of};
use crate::options::UserZone;
use crate::wire;
use crate::wire::calendar::{Details, Exception, Role};
use crate::wire::item::{Shape, Which, time};
use crate::wire::leaf::{Leaf, Leaves};

mod view;

pub use view::Expansion;

/// One occurrence as the pattern has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plain {
    original_start: Timestamp,
    end: Timestamp,
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
    let twins = twins(&masters);
    let answers = masters.into_iter().map(|master| {
        let master = master?;
        let uid = master.details.uid.as_ref();
        let uid = uid.filter(|uid| !twins.contains(*uid));
        // The pattern must be understood in any case: places of occurrences are counted by it.
        let pattern = expand(&master, window, user)?;
        // A view without the series proves nothing: gromox shows it on the day of its first occurrence only.
        let seen = shown.as_ref().zip(uid);
        let seen = seen.and_then(|(shown, uid)| shown.get(uid).cloned());
        let plain = seen.unwrap_or(pattern);
        Ok(items_of(&master, plain, &exceptions, user))
    });
    Ok(answers.collect())
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

/// Two series may have one UID, as a copied one has; then the view does not tell them apart.
fn twins(masters: &[Result<Master>]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let masters = masters.iter().flatten();
    let uids = masters.filter_map(|master| master.details.uid.clone());
    uids.filter(|uid| !seen.insert(uid.clone())).collect()
}

/// The exceptions of all series that concern the window, in full.
async fn exceptions(
    client: &Client,
    masters: &[Result<Master>],
    window: &Window,
) -> Result<BTreeMap<ItemId, wire::Item>> {
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
    let mut found = BTreeMap::new();
    for (id, item) in concerned.into_iter().zip(read) {
        match item {
            Ok(item) => {
                found.insert(id, item);
            }
            // Deleted between both looks: the series has changed again and will be told again.
            Err(failure) if failure.kind == ErrorKind::Gone => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(found)
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
    exceptions: &BTreeMap<ItemId, wire::Item>,
    user: &UserZone,
) -> Vec<Item> {
    let changed = master.details.exceptions.iter();
    let special: BTreeSet<Timestamp> = changed
        .clone()
        .map(|exception| exception.original_start)
        .chain(master.details.deleted.iter().copied())
        .collect();
    let plain = plain
        .into_iter()
        .filter(|one| !special.contains(&one.original_start))
        .map(|one| (one.original_start, placed(&master.item, &one)));
    let changed = changed.filter_map(|exception| {
        let item = exceptions.get(&exception.id)?.clone();
        Some((exception.original_start, item))
    });
    let called = |(original, item): (Timestamp, wire::Item)| Item {
        id: ItemId::occurrence(&master.item.id, original),
        stamp: None,
        ..convert::converted(Component::Appointments, item, user)
    };
    plain.chain(changed).map(called).collect()
}

/// The series on the day of one occurrence.
fn placed(series: &wire::Item, one: &Plain) -> wire::Item {
    let mut item = series.clone();
    item.leaves
        .insert(Leaf::Start, one.original_start.to_string());
    item.leaves.insert(Leaf::End, one.end.to_string());
    item
}

/// The occurrences by the pattern.
fn expand(master: &Master, window: &Window, user: &UserZone) -> Result<Vec<Plain>> {
    let series = series_of(master, user)?;
    let zone = zone_of(&master.item.leaves, user);
    let plain = |occurrence: Occurrence| {
        let end = match occurrence.when {
            When::Timed { end, .. } => end,
            When::AllDay { last, .. } => midnight(last.tomorrow().ok()?, &zone)?,
        };
        Some(Plain {
            original_start: occurrence.original_start,
            end,
        })
    };
    let bounds = window.from()..window.until();
    Ok(series.expand(bounds).filter_map(plain).collect())
}

fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

/// The pattern of a series, ready to be worked out.
fn series_of(master: &Master, user: &UserZone) -> Result<Series> {
    let unusable = |why: String| {
        let refused = ErrorKind::Refused { field: None };
        Failure::new(refused, Code::EntryRefused).with("detail", why)
    };
    let recurrence = match &master.details.recurrence {
        Some(Ok(recurrence)) => recurrence,
        Some(Err(why)) => return Err(unusable(why.clone())),
        None => return Err(unusable("no pattern".to_owned())),
    };
    let leaves = &master.item.leaves;
    let zone = zone_of(leaves, user);
    let length = length(leaves, &zone).ok_or_else(|| unusable("no start".to_owned()))?;
    Series::new(recurrence, length, zone).map_err(|error| unusable(error.to_string()))
}

fn length(leaves: &Leaves, zone: &TimeZone) -> Option<Length> {
    let local = |leaf| {
        let moment = leaves.get(&leaf).and_then(|text| time(text))?;
        Some(moment.to_zoned(zone.clone()).datetime())
    };
    let (start, end) = (local(Leaf::Start)?, local(Leaf::End)?);
    if is_all_day(leaves) {
        let days = start.date().until(end.date()).ok()?.get_days();
        let days = NonZeroU32::new(u32::try_from(days.max(1)).ok()?)?;
        return Some(Length::AllDay { days });
    }
    let lasts = start.duration_until(end).as_secs().max(0);
    Some(Length::Timed {
        start: start.time(),
        lasts: Duration::from_secs(u64::try_from(lasts).ok()?),
    })
}

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
