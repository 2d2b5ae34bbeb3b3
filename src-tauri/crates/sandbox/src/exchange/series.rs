//! A series of appointments: its occurrences, put together from the master, the pattern and what differs. Times follow the wall clock
//! of the zone the series was made in, across changes of clocks.
//! Deliberately not here: writing (`write::series`); tasks, whose recurrence has no occurrences before they are due.

pub mod pattern;

use super::item::{Exception, Item, Kind, Occurrence};
use super::render;
use super::zone;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use pattern::{End, Pattern};

/// A series.
pub struct Series<'a> {
    master: &'a Item,
    /// The days it takes place.
    pub pattern: Pattern,
    /// The zone whose wall clock it follows.
    pub zone: TimeZone,
    start: DateTime,
    end: DateTime,
}

impl<'a> Series<'a> {
    /// The series of an appointment; `None` of anything that is not the master of one.
    pub fn of(master: &'a Item) -> Option<Self> {
        if master.kind != Kind::CalendarItem {
            return None;
        }
        let pattern = Pattern::read(master.fields.get("Recurrence")?).ok()?;
        let zone = zone_of(master);
        let at = |name| Some(zone::local(&zone, time_of(master, name)?));
        let (start, end) = (at("Start")?, at("End")?);
        Some(Self {
            master,
            pattern,
            start,
            end,
            zone,
        })
    }

    /// When the occurrence of a day would begin and end by the pattern.
    pub fn planned(&self, day: Date) -> Option<(Timestamp, Timestamp)> {
        let length = self.end.date().since(self.start.date()).ok()?;
        let start = day.to_datetime(self.start.time());
        let end = day.checked_add(length).ok()?.to_datetime(self.end.time());
        Some((
            zone::instant(&self.zone, start)?,
            zone::instant(&self.zone, end)?,
        ))
    }

    /// When the occurrence of a day begins and ends, moved or not.
    pub fn span(&self, day: Date) -> Option<(Timestamp, Timestamp)> {
        let (start, end) = self.planned(day)?;
        let moved = |name: &str| {
            let exception = self.master.changes.exceptions.get(&day)?;
            exception.fields.get(name)?.as_ref()?.text.parse().ok()
        };
        Some((moved("Start").unwrap_or(start), moved("End").unwrap_or(end)))
    }

    /// Whether the occurrence of a day was deleted.
    pub fn is_deleted(&self, day: Date) -> bool {
        self.master.changes.deleted.contains(&day)
    }

    /// Whether the pattern has this day.
    pub fn has(&self, day: Date) -> bool {
        self.pattern.days_until(day).last() == Some(&day)
    }

    /// The occurrence of a day of the pattern; `None` if it was deleted.
    pub fn occurrence(&self, day: Date) -> Option<Item> {
        if self.is_deleted(day) {
            return None;
        }
        let exception = self.master.changes.exceptions.get(&day);
        self.put_together(day, exception)
    }

    fn put_together(&self, day: Date, exception: Option<&Exception>) -> Option<Item> {
        let (start, end) = self.planned(day)?;
        let mut item = self.master.clone();
        item.changes = Default::default();
        item.fields.remove("Recurrence");
        let kind = item.kind.element();
        item.fields.set_text(kind, "Start", render::time(start));
        item.fields.set_text(kind, "End", render::time(end));
        if let Some(exception) = exception {
            exception.put_over(&mut item);
        }
        item.occurrence = Some(Occurrence {
            day,
            original: start,
            is_exception: exception.is_some(),
        });
        Some(item)
    }

    /// The occurrences that are not over before a time and have begun before another one.
    pub fn overlapping(&self, from: Timestamp, to: Timestamp) -> Vec<Item> {
        let overlaps = |day: &Date| self.span(*day).is_some_and(|span| overlap(span, from, to));
        // A moved occurrence can come before the day the pattern has it.
        let moved = self.master.changes.exceptions.keys().next_back().copied();
        let last = zone::local(&self.zone, to).date();
        self.pattern
            .days_until(moved.map_or(last, |moved| moved.max(last)))
            .into_iter()
            .filter(overlaps)
            .filter_map(|day| self.occurrence(day))
            .collect()
    }

    /// The days that are left, of a series that ends.
    pub fn days_left(&self) -> Vec<Date> {
        let left = |day: &Date| !self.is_deleted(*day);
        self.pattern.all_days().into_iter().filter(left).collect()
    }

    /// The first day that is left.
    pub fn first(&self) -> Option<Date> {
        if self.pattern.end != End::Never {
            return self.days_left().first().copied();
        }
        let mut index = 1;
        loop {
            let day = self.pattern.day_at(index)?;
            if !self.is_deleted(day) {
                return Some(day);
            }
            index += 1;
        }
    }

    /// The last day that is left, of a series that ends.
    pub fn last(&self) -> Option<Date> {
        self.days_left().last().copied()
    }

    /// The days before and after one that are left.
    pub fn neighbours(&self, day: Date) -> (Option<Date>, Option<Date>) {
        let before = self.pattern.days_until(day).into_iter().rev();
        let mut before = before.filter(|other| *other < day && !self.is_deleted(*other));
        let mut after = self.pattern.day_after(day);
        while let Some(next) = after.filter(|next| self.is_deleted(*next)) {
            after = self.pattern.day_after(next);
        }
        (before.next(), after)
    }
}

/// The zone an appointment was made in.
pub fn zone_of(item: &Item) -> TimeZone {
    let kept = item.fields.get("StartTimeZone");
    kept.and_then(|kept| zone::of_definition(kept).ok())
        .unwrap_or(TimeZone::UTC)
}

/// Whether an appointment that is no series lies between two times, at least in part.
pub fn lies_in(item: &Item, from: Timestamp, to: Timestamp) -> bool {
    time_of(item, "Start")
        .zip(time_of(item, "End"))
        .is_some_and(|span| overlap(span, from, to))
}

/// One that has no length counts where it begins.
fn overlap((start, end): (Timestamp, Timestamp), from: Timestamp, to: Timestamp) -> bool {
    start < to && (end > from || start >= from)
}

/// A stored time of an item.
pub fn time_of(item: &Item, name: &str) -> Option<Timestamp> {
    item.fields.text(name)?.parse().ok()
}

#[cfg(test)]
mod tests;
