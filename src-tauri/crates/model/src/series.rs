//! How an appointment repeats: pattern, range and first day, in the words of Exchange with their RFC 5545 counterparts. Which dates come
//! out of it is worked out in `mapping::series`; a task that makes its next instance when it is done (regeneration) is not here.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

mod days;

pub use days::DaySet;

/// The longest interval that Exchange takes.
pub const MAX_INTERVAL: u32 = 999;

/// A rule for repeating. Read from a server it may hold anything; `check` tells whether dates can come out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// On which days (the parts of `RRULE` from `FREQ` to `BYSETPOS`).
    pub pattern: Pattern,
    /// Until when (`COUNT`, `UNTIL`).
    pub range: Range,
    /// The day from which on the pattern counts, and before which nothing occurs: the range's `StartDate` (the date of `DTSTART`). It
    /// need not be a day of the pattern; then the first occurrence is the pattern's next day.
    pub first_day: Date,
}

/// On which days. Each pattern is anchored at `Recurrence::first_day`: intervals count from its day, week, month or year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Pattern {
    /// Every so many days (`FREQ=DAILY`).
    Daily {
        /// 1 is every day (`INTERVAL`).
        interval: u32,
    },
    /// On some days of every so many weeks (`FREQ=WEEKLY`).
    Weekly {
        /// 1 is every week (`INTERVAL`).
        interval: u32,
        /// The days (`BYDAY`).
        days: DaySet,
        /// With which day a week begins (`WKST`): it matters for intervals above 1.
        #[serde(with = "days::one")]
        first_day_of_week: Weekday,
    },
    /// On one day of every so many months (`FREQ=MONTHLY;BYMONTHDAY=`).
    AbsoluteMonthly {
        /// 1 is every month (`INTERVAL`).
        interval: u32,
        /// 1 to 31; a month that is shorter has it on its last day, where RFC 5545 would leave the month out.
        day: u8,
    },
    /// On the first to fourth or last of some days in every so many months (`FREQ=MONTHLY;BYDAY=;BYSETPOS=`).
    RelativeMonthly {
        /// 1 is every month (`INTERVAL`).
        interval: u32,
        /// Of which days (`BYDAY`).
        days: DaySet,
        /// Which of them (`BYSETPOS`).
        index: Index,
    },
    /// On one day of each year (`FREQ=YEARLY;BYMONTH=;BYMONTHDAY=`).
    AbsoluteYearly {
        /// 1 to 12 (`BYMONTH`).
        month: u8,
        /// 1 to 31; the month's last day where it is shorter, so 29 February is on the 28th in most years.
        day: u8,
    },
    /// On the first to fourth or last of some days in one month of each year (`FREQ=YEARLY;BYMONTH=;BYDAY=;BYSETPOS=`).
    RelativeYearly {
        /// 1 to 12 (`BYMONTH`).
        month: u8,
        /// Of which days (`BYDAY`).
        days: DaySet,
        /// Which of them (`BYSETPOS`).
        index: Index,
    },
}

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// For ever.
    NoEnd,
    /// Up to and with this day, in the zone of the series (`UNTIL`, which is a moment).
    EndDate(Date),
    /// So many occurrences of the pattern, those counted that were deleted later (`COUNT`).
    Numbered(u32),
}

/// Which of the days of a month (`BYSETPOS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // 1 to 4 and -1
pub enum Index {
    First,
    Second,
    Third,
    Fourth,
    Last,
}

/// Why no dates can come out of a recurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// An interval of none, or longer than Exchange takes.
    #[error("the interval {0} is not between 1 and {MAX_INTERVAL}")]
    Interval(u32),
    /// A day that no month has.
    #[error("no month has a day {0}")]
    Day(u8),
    /// A month that no year has.
    #[error("no year has a month {0}")]
    Month(u8),
    /// A pattern on days of the week that names none.
    #[error("the pattern names no day of the week")]
    NoDays,
    /// A range of no occurrence.
    #[error("the series is to occur no time")]
    NoOccurrence,
}

impl Recurrence {
    /// Whether dates can come out of it. A wrong number is refused, not bent: a guess would fill a calendar with wrong days.
    pub fn check(&self) -> Result<(), Unusable> {
        self.pattern.check()?;
        match self.range {
            Range::Numbered(0) => Err(Unusable::NoOccurrence),
            Range::NoEnd | Range::EndDate(_) | Range::Numbered(_) => Ok(()),
        }
    }
}

impl Pattern {
    fn check(&self) -> Result<(), Unusable> {
        match *self {
            Self::Daily { interval } => check_interval(interval),
            Self::Weekly { interval, days, .. } | Self::RelativeMonthly { interval, days, .. } => {
                check_interval(interval).and(check_days(days))
            }
            Self::AbsoluteMonthly { interval, day } => check_interval(interval).and(check_day(day)),
            Self::AbsoluteYearly { month, day } => check_month(month).and(check_day(day)),
            Self::RelativeYearly { month, days, .. } => check_month(month).and(check_days(days)),
        }
    }
}

fn check_interval(interval: u32) -> Result<(), Unusable> {
    match interval {
        1..=MAX_INTERVAL => Ok(()),
        other => Err(Unusable::Interval(other)),
    }
}

fn check_day(day: u8) -> Result<(), Unusable> {
    match day {
        1..=31 => Ok(()),
        other => Err(Unusable::Day(other)),
    }
}

fn check_month(month: u8) -> Result<(), Unusable> {
    match month {
        1..=12 => Ok(()),
        other => Err(Unusable::Month(other)),
    }
}

fn check_days(days: DaySet) -> Result<(), Unusable> {
    if days.is_empty() {
        return Err(Unusable::NoDays);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn recurrence(pattern: Pattern, range: Range) -> Recurrence {
        Recurrence {
            pattern,
            range,
            first_day: date(2026, 4, 7),
        }
    }

    fn samples() -> Vec<Recurrence> {
        let (index, days) = (Index::Last, DaySet::WEEKDAY);
        vec![
            recurrence(Pattern::Daily { interval: 999 }, Range::NoEnd),
            recurrence(
                Pattern::Weekly {
                    interval: 2,
                    days: [Weekday::Tuesday, Weekday::Sunday].into(),
                    first_day_of_week: Weekday::Sunday,
                },
                Range::EndDate(date(2026, 12, 31)),
            ),
            recurrence(
                Pattern::AbsoluteMonthly {
                    interval: 1,
                    day: 31,
                },
                Range::Numbered(1),
            ),
            recurrence(
                Pattern::RelativeMonthly {
                    interval: 3,
                    days,
                    index,
                },
                Range::NoEnd,
            ),
            recurrence(Pattern::AbsoluteYearly { month: 2, day: 29 }, Range::NoEnd),
            recurrence(
                Pattern::RelativeYearly {
                    month: 12,
                    days,
                    index,
                },
                Range::NoEnd,
            ),
        ]
    }

    #[test]
    fn every_kind_is_usable_and_comes_back_from_json() {
        for sample in samples() {
            assert_eq!(sample.check(), Ok(()), "{sample:?}");
            let text = serde_json::to_string(&sample).expect("writes");
            assert_eq!(
                serde_json::from_str::<Recurrence>(&text).expect("reads"),
                sample
            );
        }
    }

    #[test]
    fn the_stored_form_is_readable_and_stays_as_it_is() {
        assert_eq!(
            serde_json::to_string(&samples()[1]).expect("writes"),
            r#"{"pattern":{"type":"weekly","interval":2,"days":["tuesday","sunday"],"first_day_of_week":"sunday"},"range":{"end_date":"2026-12-31"},"first_day":"2026-04-07"}"#
        );
    }

    #[test]
    fn numbers_that_mean_nothing_are_refused() {
        let day = |day| Pattern::AbsoluteMonthly { interval: 1, day };
        let month = |month| Pattern::AbsoluteYearly { month, day: 1 };
        let none = Pattern::RelativeYearly {
            month: 1,
            days: DaySet::default(),
            index: Index::First,
        };
        let cases = [
            (Pattern::Daily { interval: 0 }, Unusable::Interval(0)),
            (Pattern::Daily { interval: 1000 }, Unusable::Interval(1000)),
            (day(0), Unusable::Day(0)),
            (day(32), Unusable::Day(32)),
            (month(0), Unusable::Month(0)),
            (month(13), Unusable::Month(13)),
            (none, Unusable::NoDays),
        ];
        for (pattern, reason) in cases {
            assert_eq!(recurrence(pattern, Range::NoEnd).check(), Err(reason));
        }
        let daily = Pattern::Daily { interval: 1 };
        assert_eq!(
            recurrence(daily, Range::Numbered(0)).check(),
            Err(Unusable::NoOccurrence)
        );
    }
}
