//! Series: what a write of the master does to its occurrences, and writes of single occurrences.

use super::Occasion;
use crate::exchange::failure::Failure;
use crate::exchange::item::{Changes, Item};
use crate::exchange::mode::Mode;
use crate::exchange::render;
use crate::exchange::series::pattern::{End, Pattern};
use crate::exchange::series::{Series, time_of, zone_of};
use crate::exchange::xml::Element;
use crate::exchange::zone;
use jiff::civil::Date;

const KIND: &str = "CalendarItem";

/// Fields that say when a series takes place; another value in one of them ends all exceptions.
const TIMES: [&str; 5] = [
    "Recurrence",
    "Start",
    "End",
    "IsAllDayEvent",
    "StartTimeZone",
];

/// How many occurrences are compared with their next one.
const COMPARED: usize = 12;

/// Completes the master of a series after a write, or what was one before.
pub(super) fn complete(
    item: &mut Item,
    before: Option<&Item>,
    occasion: &Occasion,
) -> Result<(), Failure> {
    let Some(recurrence) = item.fields.get("Recurrence").cloned() else {
        item.changes = Changes::default();
        return Ok(());
    };
    if item.occurrence.is_some() {
        return Err(Failure::invalid_property_set("calendar:Recurrence"));
    }
    let pattern = Pattern::read(&recurrence)?;
    let first = pattern.day_at(1).ok_or_else(no_occurrence)?;
    begin_on(item, first).ok_or_else(no_occurrence)?;
    item.fields.set(KIND, kept(&recurrence, item, &pattern));
    if occasion.mode == Mode::Exchange {
        check_lengths(item)?;
    }
    let same = |before: &Item| {
        TIMES
            .iter()
            .all(|name| before.fields.get(name) == item.fields.get(name))
    };
    if !before.is_some_and(same) {
        item.changes = Changes::default();
    }
    Ok(())
}

fn no_occurrence() -> Failure {
    Failure::new(
        "ErrorRecurrenceHasNoOccurrence",
        "The recurrence has no occurrence.",
    )
}

/// The master begins with its first occurrence: the day is that of the pattern, only the time of day is its own.
fn begin_on(item: &mut Item, first: Date) -> Option<()> {
    let zone = zone_of(item);
    let start = zone::local(&zone, time_of(item, "Start")?);
    let end = zone::local(&zone, time_of(item, "End")?);
    let length = end.date().since(start.date()).ok()?;
    let last = first.checked_add(length).ok()?;
    let start = zone::instant(&zone, first.to_datetime(start.time()))?;
    let end = zone::instant(&zone, last.to_datetime(end.time()))?;
    item.fields.set_text(KIND, "Start", render::time(start));
    item.fields.set_text(KIND, "End", render::time(end));
    Some(())
}

/// The recurrence as Exchange shows it: the days of its range carry the offset of the zone.
fn kept(recurrence: &Element, item: &Item, pattern: &Pattern) -> Element {
    let zone = zone_of(item);
    let mut kept = recurrence.clone();
    let range = kept
        .children
        .last_mut()
        .expect("read as a pattern just now");
    let mut set = |name: &str, day: Date| {
        if let Some(element) = range.get_mut(name) {
            element.text = zone::day_with_offset(&zone, day);
        }
    };
    set("StartDate", pattern.start);
    if let End::On(last) = pattern.end {
        set("EndDate", last);
    }
    kept
}

/// No occurrence may reach into the next one.
fn check_lengths(item: &Item) -> Result<(), Failure> {
    let Some(series) = Series::of(item) else {
        return Ok(());
    };
    let days: Vec<Date> = (1..=COMPARED)
        .map_while(|index| series.pattern.day_at(index))
        .collect();
    for pair in days.windows(2) {
        let (Some((_, end)), Some((next, _))) = (series.planned(pair[0]), series.planned(pair[1]))
        else {
            continue;
        };
        if end > next {
            return Err(Failure::new(
                "ErrorOccurrenceTimeSpanTooBig",
                "An occurrence is longer than the time to the next one.",
            ));
        }
    }
    Ok(())
}

/// The master with one occurrence changed by a function.
pub fn with_occurrence(
    master: &Item,
    day: Date,
    occasion: &Occasion,
    change_it: impl FnOnce(&mut Item) -> Result<(), Failure>,
) -> Result<Item, Failure> {
    let series = Series::of(master).ok_or_else(Failure::item_not_found)?;
    let before = series.occurrence(day).ok_or_else(Failure::item_not_found)?;
    let mut after = before.clone();
    change_it(&mut after)?;
    if occasion.mode == Mode::Exchange && before.fields.get("Start") != after.fields.get("Start") {
        check_place(&series, day, &after)?;
    }
    let mut changed = master.clone();
    let exception = changed.changes.exceptions.entry(day).or_default();
    exception.note(&before, &after);
    changed.next_attachment = after.next_attachment;
    Ok(changed)
}

/// An occurrence stays between its neighbours and off their days (MS-OXOCAL: it cannot be moved past another one).
fn check_place(series: &Series<'_>, day: Date, after: &Item) -> Result<(), Failure> {
    let day_of = |time| zone::local(&series.zone, time).date();
    let Some(own) = time_of(after, "Start").map(day_of) else {
        return Ok(());
    };
    let starts = |day: Option<Date>| Some(day_of(series.span(day?)?.0));
    let (before, next) = series.neighbours(day);
    let crosses = starts(before).is_some_and(|other| own <= other)
        || starts(next).is_some_and(|other| own >= other);
    if crosses {
        return Err(Failure::new(
            "ErrorOccurrenceCrossingBoundary",
            "Cannot move the occurrence over another one of the series.",
        ));
    }
    Ok(())
}

/// The master without one occurrence. The last one that is left cannot be deleted: the series has to be.
pub fn delete_occurrence(master: &Item, day: Date) -> Result<Item, Failure> {
    let series = Series::of(master).ok_or_else(Failure::item_not_found)?;
    if series.is_deleted(day) || !series.has(day) {
        return Err(Failure::item_not_found());
    }
    if series.pattern.end != End::Never && series.days_left() == [day] {
        return Err(no_occurrence());
    }
    let mut changed = master.clone();
    changed.changes.exceptions.remove(&day);
    changed.changes.deleted.insert(day);
    Ok(changed)
}
