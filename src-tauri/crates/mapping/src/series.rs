//! The occurrences of a repeating appointment, as Exchange has them: the wall clock stands still in the zone of the series, and the clock's
//! changes move the moments. A wall clock that a change leaves out is moved on by as much; of one that comes twice the earlier counts.
//!
//! Exceptions and deleted occurrences are not here: they are told by the number or the original start that each occurrence has here.

use std::num::NonZeroU32;
use std::ops::Range;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use model::series::{Recurrence, Unusable};

mod dates;

use dates::Dates;

/// A change of the clock moves a start by a day at most (a zone that leaves out a day); one more for the day's rest.
const MOVED_DAYS: i64 = 2;

/// A repeating appointment.
#[derive(Debug, Clone)]
pub struct Series {
    dates: Dates,
    length: Length,
    zone: TimeZone,
}

/// What an occurrence takes of the days it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// From a wall clock on.
    Timed {
        /// When it begins.
        start: Time,
        /// How far the wall clock goes on, so that an end at eight stays at eight whatever the clock does between.
        lasts: Duration,
    },
    /// Whole days.
    AllDay {
        /// How many.
        days: NonZeroU32,
    },
}

/// One occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Counted from 1 over the whole pattern, deleted ones included (`InstanceIndex` of EWS).
    pub index: u32,
    /// When the pattern has it begin, by which exceptions and deletions name it (`RECURRENCE-ID`). For whole days: midnight in the zone.
    pub original_start: Timestamp,
    /// When it is.
    pub when: When,
}

/// When an occurrence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the fields say it
pub enum When {
    /// Between two moments.
    Timed { start: Timestamp, end: Timestamp },
    /// On days, the last one included. They are dates everywhere, never moments.
    AllDay { first: Date, last: Date },
}

impl Series {
    /// A series, if dates can come out of its recurrence.
    pub fn new(recurrence: &Recurrence, length: Length, zone: TimeZone) -> Result<Self, Unusable> {
        recurrence.check()?;
        Ok(Self {
            dates: Dates::new(recurrence),
            length,
            zone,
        })
    }

    /// The occurrences that are on within the window, in their order; whole days count from midnight to midnight in the zone. The way to
    /// the window is worked out, not counted, so a series that began long ago costs nothing more.
    pub fn expand(&self, window: Range<Timestamp>) -> impl Iterator<Item = Occurrence> {
        let before = self.length.days().saturating_add(MOVED_DAYS);
        let last = self.local(window.end).saturating_add(MOVED_DAYS.days());
        self.dates
            .from(self.local(window.start), before)
            .take_while(move |(_, date)| *date <= last)
            // One that ends after the calendar's last day is followed by such only.
            .map_while(|(index, date)| self.occurrence(index, date))
            .filter(move |occurrence| self.is_within(occurrence, &window))
    }

    /// The occurrence with this number.
    pub fn occurrence_at(&self, index: u32) -> Option<Occurrence> {
        self.occurrence(index, self.dates.date(index)?)
    }

    /// The number of the occurrence that the pattern has begin at this moment. Where a zone leaves out a whole day, two may begin together:
    /// then the first one's.
    pub fn index_of(&self, original_start: Timestamp) -> Option<u32> {
        let day = self.local(original_start);
        self.dates
            .from(day, MOVED_DAYS)
            .take_while(|(_, date)| *date <= day)
            .filter_map(|(index, date)| self.occurrence(index, date))
            .find(|occurrence| occurrence.original_start == original_start)
            .map(|occurrence| occurrence.index)
    }

    fn occurrence(&self, index: u32, date: Date) -> Option<Occurrence> {
        let (original_start, when) = match self.length {
            Length::Timed { start, lasts } => self.timed(date.to_datetime(start), lasts)?,
            Length::AllDay { days } => {
                let more = Span::new().try_days(i64::from(days.get()) - 1).ok()?;
                let last = date.checked_add(more).ok()?;
                (self.midnight(date)?, When::AllDay { first: date, last })
            }
        };
        Some(Occurrence {
            index,
            original_start,
            when,
        })
    }

    /// The end goes by the wall clock at the moment of the start, which a change may have moved: or it could come before the start.
    fn timed(&self, wall_clock: DateTime, lasts: Duration) -> Option<(Timestamp, When)> {
        let start = self.zone.to_timestamp(wall_clock).ok()?;
        let wall_clock = self.zone.to_datetime(start).checked_add(lasts).ok()?;
        let end = self.zone.to_timestamp(wall_clock).ok()?.max(start);
        Some((start, When::Timed { start, end }))
    }

    fn is_within(&self, occurrence: &Occurrence, window: &Range<Timestamp>) -> bool {
        let (start, end) = match occurrence.when {
            When::Timed { start, end } => (start, end),
            When::AllDay { last, .. } => {
                let after = last.tomorrow().ok().and_then(|day| self.midnight(day));
                (occurrence.original_start, after.unwrap_or(Timestamp::MAX))
            }
        };
        let begins = window.contains(&start);
        begins || (start < window.start && window.start < end && window.start < window.end)
    }

    fn midnight(&self, day: Date) -> Option<Timestamp> {
        self.zone
            .to_timestamp(day.to_datetime(Time::midnight()))
            .ok()
    }

    fn local(&self, moment: Timestamp) -> Date {
        self.zone.to_datetime(moment).date()
    }
}

impl Length {
    fn days(self) -> i64 {
        match self {
            Self::Timed { lasts, .. } => {
                i64::try_from(lasts.as_secs() / (24 * 60 * 60)).unwrap_or(i64::MAX)
            }
            Self::AllDay { days } => days.get().into(),
        }
    }
}
