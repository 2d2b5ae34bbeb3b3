//! Patterns and ranges, one named case per row: the first dates of each.

use std::num::NonZeroU32;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use mapping::series::{Length, Series, When};
use model::series::{DaySet, Index, Pattern, Range, Recurrence};

use Range::{EndDate, NoEnd, Numbered};
use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday};

/// Name, pattern, range, first day, and the first dates, all of them where the range ends.
type Case = (&'static str, Pattern, Range, &'static str, &'static str);

fn weekly(interval: u32, days: impl Into<DaySet>, first_day_of_week: Weekday) -> Pattern {
    Pattern::Weekly {
        interval,
        days: days.into(),
        first_day_of_week,
    }
}

fn monthly(interval: u32, days: impl Into<DaySet>, index: Index) -> Pattern {
    Pattern::RelativeMonthly {
        interval,
        days: days.into(),
        index,
    }
}

fn on_day(interval: u32, day: u8) -> Pattern {
    Pattern::AbsoluteMonthly { interval, day }
}

fn yearly(month: u8, days: impl Into<DaySet>, index: Index) -> Pattern {
    Pattern::RelativeYearly {
        month,
        days: days.into(),
        index,
    }
}

fn daily(interval: u32) -> Pattern {
    Pattern::Daily { interval }
}

fn in_year(month: u8, day: u8) -> Pattern {
    Pattern::AbsoluteYearly { month, day }
}

#[rustfmt::skip] // one case per row
fn days_and_weeks() -> Vec<Case> {
    vec![
        ("every day", daily(1), Numbered(3), "2026-02-27", "2026-02-27 2026-02-28 2026-03-01"),
        ("every third day", daily(3), Numbered(3), "2026-12-30", "2026-12-30 2027-01-02 2027-01-05"),
        ("every 999 days", daily(999), Numbered(2), "2026-01-01", "2026-01-01 2028-09-26"),
        ("up to a day that is in it", daily(2), EndDate(date(2026, 1, 5)), "2026-01-01", "2026-01-01 2026-01-03 2026-01-05"),
        ("up to a day between", daily(2), EndDate(date(2026, 1, 4)), "2026-01-01", "2026-01-01 2026-01-03"),
        ("up to its first day", daily(1), EndDate(date(2026, 1, 1)), "2026-01-01", "2026-01-01"),
        ("up to a day before it", daily(1), EndDate(date(2025, 12, 31)), "2026-01-01", ""),
        ("until the last year", daily(1), EndDate(date(9999, 12, 31)), "9999-12-29", "9999-12-29 9999-12-30"),
        ("every week", weekly(1, Tuesday, Monday), Numbered(3), "2026-04-07", "2026-04-07 2026-04-14 2026-04-21"),
        ("two days, begun between", weekly(1, [Monday, Thursday], Monday), Numbered(3), "2026-04-07", "2026-04-09 2026-04-13 2026-04-16"),
        ("begun after the week's day", weekly(2, Monday, Monday), Numbered(2), "2026-04-07", "2026-04-20 2026-05-04"),
        // RFC 5545 has this pair under WKST.
        ("weeks from Monday", weekly(2, [Tuesday, Sunday], Monday), Numbered(4), "1997-08-05", "1997-08-05 1997-08-10 1997-08-19 1997-08-24"),
        ("weeks from Sunday", weekly(2, [Tuesday, Sunday], Sunday), Numbered(4), "1997-08-05", "1997-08-05 1997-08-17 1997-08-19 1997-08-31"),
        ("weekdays", weekly(1, DaySet::WEEKDAY, Monday), Numbered(4), "2026-04-09", "2026-04-09 2026-04-10 2026-04-13 2026-04-14"),
        ("weeks up to a day", weekly(1, [Monday, Friday], Monday), EndDate(date(2026, 4, 17)), "2026-04-10", "2026-04-10 2026-04-13 2026-04-17"),
    ]
}

#[rustfmt::skip] // one case per row
fn months() -> Vec<Case> {
    vec![
        ("a day of the month", on_day(1, 15), Numbered(3), "2026-01-15", "2026-01-15 2026-02-15 2026-03-15"),
        ("begun after the month's day", on_day(2, 15), Numbered(2), "2026-01-20", "2026-03-15 2026-05-15"),
        ("begun before the month's day", on_day(1, 15), Numbered(2), "2026-01-10", "2026-01-15 2026-02-15"),
        ("the 31st", on_day(1, 31), Numbered(4), "2026-01-31", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("the 30th in a leap year", on_day(1, 30), Numbered(3), "2028-01-30", "2028-01-30 2028-02-29 2028-03-30"),
        ("the 29th in no leap year", on_day(1, 29), Numbered(3), "2026-01-29", "2026-01-29 2026-02-28 2026-03-29"),
        ("the 31st, begun on a month's last day", on_day(1, 31), Numbered(2), "2026-04-30", "2026-04-30 2026-05-31"),
        ("every quarter up to a day", on_day(3, 31), EndDate(date(2026, 6, 30)), "2025-12-31", "2025-12-31 2026-03-31 2026-06-30"),
        ("every quarter up to the day before", on_day(3, 31), EndDate(date(2026, 6, 29)), "2025-12-31", "2025-12-31 2026-03-31"),
        ("the first Monday", monthly(1, Monday, Index::First), Numbered(3), "2026-01-05", "2026-01-05 2026-02-02 2026-03-02"),
        ("the second Tuesday", monthly(1, Tuesday, Index::Second), Numbered(2), "2026-04-01", "2026-04-14 2026-05-12"),
        ("the third Sunday of every second month", monthly(2, Sunday, Index::Third), Numbered(3), "2026-04-20", "2026-06-21 2026-08-16 2026-10-18"),
        ("the fourth Friday", monthly(1, Friday, Index::Fourth), Numbered(2), "2026-05-01", "2026-05-22 2026-06-26"),
        ("the last Friday", monthly(1, Friday, Index::Last), Numbered(3), "2026-05-01", "2026-05-29 2026-06-26 2026-07-31"),
        ("the first weekday", monthly(1, DaySet::WEEKDAY, Index::First), Numbered(3), "2026-08-01", "2026-08-03 2026-09-01 2026-10-01"),
        ("the last weekday", monthly(1, DaySet::WEEKDAY, Index::Last), Numbered(2), "2026-01-01", "2026-01-30 2026-02-27"),
        ("the second weekend day", monthly(1, DaySet::WEEKEND_DAY, Index::Second), Numbered(2), "2026-02-01", "2026-02-07 2026-03-07"),
        ("the last day", monthly(1, DaySet::DAY, Index::Last), Numbered(3), "2028-01-01", "2028-01-31 2028-02-29 2028-03-31"),
        ("the fourth day", monthly(1, DaySet::DAY, Index::Fourth), Numbered(2), "2026-01-01", "2026-01-04 2026-02-04"),
    ]
}

#[rustfmt::skip] // one case per row
fn years() -> Vec<Case> {
    vec![
        ("a birthday", in_year(7, 20), Numbered(3), "2026-07-20", "2026-07-20 2027-07-20 2028-07-20"),
        ("begun after the year's day", in_year(7, 20), Numbered(2), "2026-07-21", "2027-07-20 2028-07-20"),
        ("begun months before", in_year(12, 31), Numbered(2), "2026-01-01", "2026-12-31 2027-12-31"),
        ("29 February", in_year(2, 29), Numbered(5), "2024-02-29", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("the fourth Thursday of November", yearly(11, Thursday, Index::Fourth), Numbered(3), "2026-01-01", "2026-11-26 2027-11-25 2028-11-23"),
        ("the last Sunday of March", yearly(3, Sunday, Index::Last), EndDate(date(2028, 3, 26)), "2026-03-29", "2026-03-29 2027-03-28 2028-03-26"),
        ("the first weekend day of the year", yearly(1, [Saturday, Sunday], Index::First), Numbered(2), "2026-01-01", "2026-01-03 2027-01-02"),
    ]
}

fn series(pattern: Pattern, range: Range, first_day: Date) -> Series {
    let recurrence = Recurrence {
        pattern,
        range,
        first_day,
    };
    let days = NonZeroU32::MIN;
    Series::new(&recurrence, Length::AllDay { days }, TimeZone::UTC).expect("usable")
}

fn date_at(series: &Series, index: u32) -> Option<Date> {
    match series.occurrence_at(index)?.when {
        When::AllDay { first, .. } => Some(first),
        When::Timed { .. } => unreachable!("made of whole days"),
    }
}

#[test]
fn r3_5_a_series_occurs_on_the_days_of_its_pattern() {
    for (name, pattern, range, first_day, dates) in [days_and_weeks(), months(), years()].concat() {
        let series = series(pattern, range, first_day.parse().expect("a date"));
        let found: Vec<String> = (1..)
            .map_while(|index| date_at(&series, index))
            .map(|date| date.to_string())
            .collect();
        assert_eq!(found.join(" "), dates, "{name}");
    }
}

#[test]
fn r3_5_without_an_end_it_goes_on() {
    let forever = series(daily(1), NoEnd, date(1990, 1, 1));
    assert_eq!(date_at(&forever, 0), None);
    assert_eq!(date_at(&forever, 13_515), Some(date(2027, 1, 1)));
    assert_eq!(date_at(&forever, u32::MAX), None);
}

#[test]
fn r3_5_numbers_far_from_the_start_are_right() {
    let window = |from: &str, to: &str| {
        let moment = |text: &str| format!("{text}T00:00:00Z").parse().expect("a moment");
        moment(from)..moment(to)
    };
    let cases = [
        (daily(1), 13_515),
        (weekly(1, [Friday], Monday), 1_931),
        (on_day(1, 1), 445),
        (in_year(1, 1), 38),
    ];
    for (pattern, index) in cases {
        let series = series(pattern.clone(), NoEnd, date(1990, 1, 1));
        let found: Vec<u32> = series
            .expand(window("2027-01-01", "2027-01-02"))
            .map(|occurrence| occurrence.index)
            .collect();
        assert_eq!(found, [index], "{pattern:?}");
    }
}
