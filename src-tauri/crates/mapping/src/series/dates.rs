//! The dates of a recurrence, by number and back, each worked out without counting from the first one. Times and zones are not here.

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday, date};
use model::series::{DaySet, Index, Pattern, Range, Recurrence};

const EPOCH: Date = date(1970, 1, 1);
const MONTHS_OF_A_YEAR: i64 = 12;

/// Farther from `EPOCH` than any date in days.
const BEYOND: i64 = 10_000_000;

/// The dates of a recurrence. They are counted from 1.
#[derive(Debug, Clone)]
pub(super) struct Dates {
    rule: Rule,
    /// Steps of the rule that lie before the first day.
    skipped: i64,
    /// The last number, as the range has it.
    last: u32,
}

/// Steps of a pattern. They begin with the period that has the first day: step 0 may lie before that day.
#[derive(Debug, Clone)]
enum Rule {
    Days {
        first: i64,
        interval: i64,
    },
    Weeks {
        /// The day with which the first week begins.
        start: i64,
        interval: i64,
        /// Days from the beginning of a week, in order.
        days: Vec<i64>,
    },
    /// One date in every so many months.
    Months {
        first: i64,
        interval: i64,
        day: DayOfMonth,
    },
}

#[derive(Debug, Clone, Copy)]
enum DayOfMonth {
    Number(u8),
    OneOf(DaySet, Index),
}

impl Dates {
    /// The dates of a recurrence that was checked.
    pub(super) fn new(recurrence: &Recurrence) -> Self {
        let rule = Rule::new(&recurrence.pattern, recurrence.first_day);
        let mut dates = Self {
            skipped: rule.step_from(day_number(recurrence.first_day)),
            rule,
            last: u32::MAX,
        };
        dates.last = match recurrence.range {
            Range::NoEnd => u32::MAX,
            Range::Numbered(count) => count,
            Range::EndDate(last) => dates.number(dates.rule.step_from(day_number(last) + 1)) - 1,
        };
        dates
    }

    /// The date with this number, if the range and the calendar go that far.
    pub(super) fn date(&self, number: u32) -> Option<Date> {
        if !(1..=self.last).contains(&number) {
            return None;
        }
        self.rule.date(i64::from(number) - 1 + self.skipped)
    }

    /// The numbers and dates from so many days before this one on.
    pub(super) fn from(&self, day: Date, days_before: i64) -> impl Iterator<Item = (u32, Date)> {
        let step = self
            .rule
            .step_from(day_number(day) - days_before.min(BEYOND));
        (self.number(step)..=u32::MAX).map_while(|number| Some((number, self.date(number)?)))
    }

    /// The number of a step; the first date's for the steps before it.
    fn number(&self, step: i64) -> u32 {
        u32::try_from((step - self.skipped).max(0))
            .unwrap_or(u32::MAX - 1)
            .saturating_add(1)
    }
}

impl Rule {
    fn new(pattern: &Pattern, first_day: Date) -> Self {
        let month = month_number(first_day.year(), first_day.month());
        let yearly = |month: u8, day| Self::Months {
            first: i64::from(first_day.year()) * MONTHS_OF_A_YEAR + i64::from(month) - 1,
            interval: MONTHS_OF_A_YEAR,
            day,
        };
        match *pattern {
            Pattern::Daily { interval } => Self::Days {
                first: day_number(first_day),
                interval: interval.into(),
            },
            Pattern::Weekly {
                interval,
                days,
                first_day_of_week,
            } => Self::weeks(interval, days, first_day_of_week, first_day),
            Pattern::AbsoluteMonthly { interval, day } => Self::Months {
                first: month,
                interval: interval.into(),
                day: DayOfMonth::Number(day),
            },
            Pattern::RelativeMonthly {
                interval,
                days,
                index,
            } => Self::Months {
                first: month,
                interval: interval.into(),
                day: DayOfMonth::OneOf(days, index),
            },
            Pattern::AbsoluteYearly { month, day } => yearly(month, DayOfMonth::Number(day)),
            Pattern::RelativeYearly { month, days, index } => {
                yearly(month, DayOfMonth::OneOf(days, index))
            }
        }
    }

    fn weeks(interval: u32, days: DaySet, week_start: Weekday, first_day: Date) -> Self {
        let into_week = |day: Weekday| i64::from(day.since(week_start));
        let mut days: Vec<i64> = days.iter().map(into_week).collect();
        days.sort_unstable();
        Self::Weeks {
            start: day_number(first_day) - into_week(first_day.weekday()),
            interval: interval.into(),
            days,
        }
    }

    /// The date of a step.
    fn date(&self, step: i64) -> Option<Date> {
        match self {
            Self::Days { first, interval } => date_of(first + step * interval),
            Self::Weeks {
                start,
                interval,
                days,
            } => {
                let count = days.len() as i64;
                let week = start + step.div_euclid(count) * interval * 7;
                date_of(week + days[step.rem_euclid(count) as usize])
            }
            Self::Months {
                first,
                interval,
                day,
            } => day.in_month(first + step * interval),
        }
    }

    /// The first step whose date is this day or later.
    fn step_from(&self, day: i64) -> i64 {
        match self {
            Self::Days { first, interval } => rounded_up(day - first, *interval),
            Self::Weeks {
                start,
                interval,
                days,
            } => {
                let days_in = (day - start).max(0);
                let passed = days_in % (interval * 7);
                let before = days.iter().filter(|day| **day < passed).count();
                days_in / (interval * 7) * days.len() as i64 + before as i64
            }
            Self::Months {
                first, interval, ..
            } => {
                let Some(date) = date_of(day) else {
                    return if day < 0 { 0 } else { BEYOND };
                };
                let months = month_number(date.year(), date.month()) - first;
                let step = rounded_up(months, *interval);
                step + i64::from(self.date(step).is_some_and(|found| found < date))
            }
        }
    }
}

impl DayOfMonth {
    fn in_month(self, month: i64) -> Option<Date> {
        let year = i16::try_from(month.div_euclid(MONTHS_OF_A_YEAR)).ok()?;
        let month = i8::try_from(month.rem_euclid(MONTHS_OF_A_YEAR)).ok()? + 1;
        let first = Date::new(year, month, 1).ok()?;
        let day = match self {
            Self::Number(day) => i8::try_from(day).ok()?.min(first.days_in_month()),
            Self::OneOf(days, index) => nth(first, days, index)?,
        };
        Date::new(year, month, day).ok()
    }
}

/// Each day of the week is in each month four times at least, so there is always one.
fn nth(first_of_month: Date, days: DaySet, index: Index) -> Option<i8> {
    let weekday = |day: i8| first_of_month.weekday().wrapping_add(i64::from(day) - 1);
    let mut found = (1..=first_of_month.days_in_month()).filter(|day| days.contains(weekday(*day)));
    match index {
        Index::First => found.next(),
        Index::Second => found.nth(1),
        Index::Third => found.nth(2),
        Index::Fourth => found.nth(3),
        Index::Last => found.next_back(),
    }
}

fn rounded_up(count: i64, interval: i64) -> i64 {
    (count.max(0) + interval - 1) / interval
}

fn month_number(year: i16, month: i8) -> i64 {
    i64::from(year) * MONTHS_OF_A_YEAR + i64::from(month) - 1
}

fn day_number(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / 24
}

fn date_of(number: i64) -> Option<Date> {
    if !(-BEYOND..=BEYOND).contains(&number) {
        return None;
    }
    EPOCH
        .checked_add(SignedDuration::from_hours(number * 24))
        .ok()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use model::series::{DaySet, Range};

    use super::*;

    #[test]
    fn r3_5_the_first_date_from_a_day_on_is_the_next_one_whatever_the_day() {
        let days = DaySet::from([Weekday::Monday, Weekday::Wednesday, Weekday::Friday]);
        let first_day_of_week = Weekday::Monday;
        let patterns = [
            Pattern::Daily { interval: 1 },
            Pattern::Daily { interval: 3 },
            Pattern::Weekly {
                interval: 1,
                days,
                first_day_of_week,
            },
            Pattern::Weekly {
                interval: 2,
                days,
                first_day_of_week,
            },
            Pattern::AbsoluteMonthly {
                interval: 1,
                day: 31,
            },
        ];
        for pattern in patterns {
            let first_day = date(2026, 11, 26);
            let dates = Dates::new(&Recurrence {
                pattern: pattern.clone(),
                range: Range::NoEnd,
                first_day,
            });
            let all: Vec<(u32, Date)> = (1..=90)
                .filter_map(|number| Some((number, dates.date(number)?)))
                .collect();
            for later in 0..60 {
                let day = first_day + later.days();
                let next = all.iter().find(|(_, date)| *date >= day).copied();
                assert_eq!(dates.from(day, 0).next(), next, "{pattern:?} from {day}");
            }
        }
    }
}
