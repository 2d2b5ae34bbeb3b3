//! The days on which a series takes place: an EWS recurrence put into a rule of RFC 5545 and expanded by the crate `rrule`.
//! Deliberately not here: times of day and zones (`series`); a pattern knows calendar days only.

use crate::exchange::failure::Failure;
use crate::exchange::xml::Element;
use jiff::civil::Date;
use rrule::RRuleSet;

/// A pattern with its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The rule without its start.
    rule: String,
    /// The day from which it is counted.
    pub start: Date,
    /// Where it ends.
    pub end: End,
}

/// Where a pattern ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nowhere.
    Never,
    /// On this day, which is still part of it.
    On(Date),
    /// After so many occurrences.
    After(u32),
}

/// Days of the week by name, in the words of RFC 5545; the first seven are days, the rest are sets.
const DAYS: [(&str, &str); 10] = [
    ("Monday", "MO"),
    ("Tuesday", "TU"),
    ("Wednesday", "WE"),
    ("Thursday", "TH"),
    ("Friday", "FR"),
    ("Saturday", "SA"),
    ("Sunday", "SU"),
    ("Day", "MO,TU,WE,TH,FR,SA,SU"),
    ("Weekday", "MO,TU,WE,TH,FR"),
    ("WeekendDay", "SA,SU"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The last day a search for an occurrence looks at: patterns without one in this time have none.
const SEARCHED_YEARS: i16 = 100;

impl Pattern {
    /// Reads a `Recurrence` element of an appointment, or of a task whose pattern is no regeneration.
    pub fn read(recurrence: &Element) -> Result<Self, Failure> {
        let [pattern, range] = recurrence.children.as_slice() else {
            return Err(invalid());
        };
        let start = day_of(range, "StartDate").ok_or_else(invalid)?;
        let end = match range.name.as_str() {
            "EndDateRecurrence" => End::On(day_of(range, "EndDate").ok_or_else(invalid)?),
            "NumberedRecurrence" => End::After(number(range, "NumberOfOccurrences", 1..=999)?),
            _ => End::Never,
        };
        if matches!(end, End::On(last) if last < start) {
            return Err(invalid());
        }
        let rule = rule(pattern)?;
        Ok(Self { rule, start, end })
    }

    /// All days up to one, in order.
    pub fn days_until(&self, last: Date) -> Vec<Date> {
        let Ok(set) = self.expanded().parse::<RRuleSet>() else {
            return Vec::new();
        };
        set.into_iter()
            .filter_map(|time| day(&time))
            .take_while(|day| *day <= last)
            .collect()
    }

    /// The day with this index, counted from 1.
    pub fn day_at(&self, index: usize) -> Option<Date> {
        let set = self.expanded().parse::<RRuleSet>().ok()?;
        let limit = self.horizon();
        set.into_iter()
            .filter_map(|time| day(&time))
            .take_while(|day| *day <= limit)
            .nth(index.checked_sub(1)?)
    }

    /// All days of a pattern that ends; of one that does not, none.
    pub fn all_days(&self) -> Vec<Date> {
        match self.end {
            End::Never => Vec::new(),
            End::On(last) => self.days_until(last),
            End::After(_) => self.days_until(Date::MAX),
        }
    }

    /// The first day after another one.
    pub fn day_after(&self, day: Date) -> Option<Date> {
        let set = self.expanded().parse::<RRuleSet>().ok()?;
        let limit = self.horizon();
        set.into_iter()
            .filter_map(|time| self::day(&time))
            .take_while(|next| *next <= limit)
            .find(|next| *next > day)
    }

    fn horizon(&self) -> Date {
        match self.end {
            End::On(last) => last,
            End::After(_) => Date::MAX,
            End::Never => {
                let year = self.start.year().saturating_add(SEARCHED_YEARS).min(9998);
                Date::new(year, 12, 31).unwrap_or(Date::MAX)
            }
        }
    }

    /// The whole rule. It runs in UTC, where every day has its midnight.
    fn expanded(&self) -> String {
        let end = match self.end {
            End::Never => String::new(),
            End::On(day) => format!(";UNTIL={}T000000Z", day.strftime("%Y%m%d")),
            End::After(count) => format!(";COUNT={count}"),
        };
        let start = self.start.strftime("%Y%m%d");
        format!("DTSTART:{start}T000000Z\nRRULE:{}{end}", self.rule)
    }
}

/// A day of a range; a zone behind it says nothing about the day.
fn day_of(range: &Element, name: &str) -> Option<Date> {
    range.get_text(name)?.trim().get(..10)?.parse().ok()
}

fn day(time: &(impl std::fmt::Display + ?Sized)) -> Option<Date> {
    time.to_string().get(..10)?.parse().ok()
}

fn rule(pattern: &Element) -> Result<String, Failure> {
    let interval = |most| number(pattern, "Interval", 1..=most);
    Ok(match pattern.name.as_str() {
        "DailyRecurrence" => format!("FREQ=DAILY;INTERVAL={}", interval(999)?),
        "WeeklyRecurrence" => {
            let first = pattern.get_text("FirstDayOfWeek").unwrap_or("Sunday");
            check_plain_days(pattern)?;
            format!(
                "FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST={}",
                interval(99)?,
                days(pattern)?,
                one_day(first).ok_or_else(invalid)?
            )
        }
        "AbsoluteMonthlyRecurrence" => {
            let interval = interval(99)?;
            format!(
                "FREQ=MONTHLY;INTERVAL={interval};{}",
                day_of_month(pattern)?
            )
        }
        "RelativeMonthlyRecurrence" => {
            let interval = interval(99)?;
            format!("FREQ=MONTHLY;INTERVAL={interval};{}", nth_day(pattern)?)
        }
        "AbsoluteYearlyRecurrence" => {
            format!(
                "FREQ=YEARLY;BYMONTH={};{}",
                month(pattern)?,
                day_of_month(pattern)?
            )
        }
        "RelativeYearlyRecurrence" => {
            format!(
                "FREQ=YEARLY;BYMONTH={};{}",
                month(pattern)?,
                nth_day(pattern)?
            )
        }
        _ => return Err(invalid()),
    })
}

/// A day that short months do not have is their last one.
fn day_of_month(pattern: &Element) -> Result<String, Failure> {
    let day = number(pattern, "DayOfMonth", 1..=31)?;
    if day <= 28 {
        return Ok(format!("BYMONTHDAY={day}"));
    }
    let days: Vec<String> = (28..=day).map(|day| day.to_string()).collect();
    Ok(format!("BYMONTHDAY={};BYSETPOS=-1", days.join(",")))
}

fn nth_day(pattern: &Element) -> Result<String, Failure> {
    let position = match pattern.get_text("DayOfWeekIndex").map(str::trim) {
        Some("First") => 1,
        Some("Second") => 2,
        Some("Third") => 3,
        Some("Fourth") => 4,
        Some("Last") => -1,
        _ => return Err(invalid()),
    };
    Ok(format!("BYDAY={};BYSETPOS={position}", days(pattern)?))
}

fn days(pattern: &Element) -> Result<String, Failure> {
    let words = pattern.get_text("DaysOfWeek").unwrap_or_default();
    let known: Option<Vec<&str>> = words.split_whitespace().map(one_day).collect();
    match known {
        Some(days) if !days.is_empty() => Ok(days.join(",")),
        _ => Err(invalid()),
    }
}

/// Sets of days belong to months and years.
fn check_plain_days(weekly: &Element) -> Result<(), Failure> {
    let words = weekly.get_text("DaysOfWeek").unwrap_or_default();
    let is_set = |word: &str| DAYS[7..].iter().any(|(set, _)| *set == word);
    if words.split_whitespace().any(is_set) {
        return Err(Failure::new(
            "ErrorCalendarInvalidDayForWeeklyRecurrence",
            "A weekly recurrence names days, not sets of days.",
        ));
    }
    Ok(())
}

fn one_day(name: &str) -> Option<&'static str> {
    DAYS.iter()
        .find(|(known, _)| *known == name.trim())
        .map(|(_, short)| *short)
}

fn month(pattern: &Element) -> Result<usize, Failure> {
    let name = pattern.get_text("Month").unwrap_or_default().trim();
    MONTHS
        .iter()
        .position(|known| *known == name)
        .map(|at| at + 1)
        .ok_or_else(invalid)
}

fn number(
    element: &Element,
    name: &str,
    allowed: std::ops::RangeInclusive<u32>,
) -> Result<u32, Failure> {
    element
        .get_text(name)
        .and_then(|text| text.trim().parse().ok())
        .filter(|number| allowed.contains(number))
        .ok_or_else(invalid)
}

fn invalid() -> Failure {
    Failure::new(
        "ErrorCalendarInvalidRecurrence",
        "The recurrence is not one that can be kept.",
    )
}

#[cfg(test)]
mod tests;
