//! The same rules expanded by the crate `rrule`, which goes by RFC 5545 and by another way.

use std::cell::Cell;
use std::fmt::Write;
use std::time::Duration;

use jiff::civil::{Date, Weekday, time};
use jiff::{Timestamp, Zoned};
use mapping::series::{Length, Series};
use mapping::zones;
use model::series::{DaySet, Index, Pattern, Range, Recurrence};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rrule::RRuleSet;

use crate::random::recurrence;

const CASES: u32 = 4000;
const FIRST: u16 = 25;

/// In the forenoon no clock changes, so that both programs mean the same moment by it.
const START: jiff::civil::Time = time(10, 0, 0, 0);

fn two_letters(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

fn by_day(days: DaySet) -> String {
    days.iter().map(two_letters).collect::<Vec<_>>().join(",")
}

fn position(index: Index) -> i8 {
    match index {
        Index::First => 1,
        Index::Second => 2,
        Index::Third => 3,
        Index::Fourth => 4,
        Index::Last => -1,
    }
}

/// RFC 5545 leaves out months that are shorter: the last of the days from the 28th on is what Exchange means.
fn by_month_day(day: u8) -> String {
    if day <= 28 {
        return format!("BYMONTHDAY={day}");
    }
    let days: Vec<String> = (28..=day).map(|day| day.to_string()).collect();
    format!("BYMONTHDAY={};BYSETPOS=-1", days.join(","))
}

fn rule(pattern: &Pattern) -> String {
    match *pattern {
        Pattern::Daily { interval } => format!("FREQ=DAILY;INTERVAL={interval}"),
        Pattern::Weekly {
            interval,
            days,
            first_day_of_week,
        } => format!(
            "FREQ=WEEKLY;INTERVAL={interval};BYDAY={};WKST={}",
            by_day(days),
            two_letters(first_day_of_week)
        ),
        Pattern::AbsoluteMonthly { interval, day } => {
            format!("FREQ=MONTHLY;INTERVAL={interval};{}", by_month_day(day))
        }
        Pattern::RelativeMonthly {
            interval,
            days,
            index,
        } => format!(
            "FREQ=MONTHLY;INTERVAL={interval};BYDAY={};BYSETPOS={}",
            by_day(days),
            position(index)
        ),
        Pattern::AbsoluteYearly { month, day } => {
            format!("FREQ=YEARLY;BYMONTH={month};{}", by_month_day(day))
        }
        Pattern::RelativeYearly { month, days, index } => format!(
            "FREQ=YEARLY;BYMONTH={month};BYDAY={};BYSETPOS={}",
            by_day(days),
            position(index)
        ),
    }
}

fn at_start(day: Date, zone: &str) -> Zoned {
    let zone = zones::zone(zone).expect("a zone");
    day.to_datetime(START)
        .to_zoned(zone)
        .expect("a day of our time")
}

fn written(recurrence: &Recurrence, zone: &str) -> String {
    let first = recurrence.first_day.strftime("%Y%m%d");
    let mut text = format!(
        "DTSTART;TZID={zone}:{first}T100000\nRRULE:{}",
        rule(&recurrence.pattern)
    );
    match recurrence.range {
        Range::NoEnd => {}
        Range::Numbered(count) => write!(text, ";COUNT={count}").expect("a String takes it"),
        Range::EndDate(last) => {
            let until = at_start(last, zone).timestamp().strftime("%Y%m%dT%H%M%SZ");
            write!(text, ";UNTIL={until}").expect("a String takes it");
        }
    }
    text
}

/// The other program's zones change their clocks up to here only.
fn is_known(moment: &Timestamp) -> bool {
    *moment < Timestamp::constant(4_102_444_800, 0) // 2100-01-01
}

fn theirs(text: &str) -> Vec<Timestamp> {
    let set: RRuleSet = text.parse().expect("a rule");
    let moments = set.all(FIRST).dates;
    moments
        .iter()
        .map(|moment| Timestamp::from_second(moment.timestamp()).expect("our time"))
        .take_while(is_known)
        .collect()
}

fn ours(recurrence: &Recurrence, zone: &str) -> Vec<Timestamp> {
    let length = Length::Timed {
        start: START,
        lasts: Duration::from_secs(3600),
    };
    let zone = zones::zone(zone).expect("a zone");
    let series = Series::new(recurrence, length, zone).expect("usable");
    (1..=u32::from(FIRST))
        .map_while(|index| series.occurrence_at(index))
        .map(|occurrence| occurrence.original_start)
        .take_while(is_known)
        .collect()
}

#[test]
fn r3_5_another_program_finds_the_same_dates() {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let zone = select(&["UTC", "Europe/Berlin", "America/New_York"][..]);
    let compared = Cell::new(0);
    TestRunner::new_with_rng(config, seed)
        .run(&(recurrence(), zone), |(recurrence, zone)| {
            // An end before the beginning is no rule for the other program.
            prop_assume!(
                !matches!(recurrence.range, Range::EndDate(last) if last < recurrence.first_day)
            );
            let text = written(&recurrence, zone);
            let ours = ours(&recurrence, zone);
            prop_assert_eq!(&ours, &theirs(&text), "{}", text);
            compared.set(compared.get() + ours.len());
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(compared.get() > 10 * CASES as usize, "{compared:?}");
}
