//! Series and the changes of the clock: the wall clock stays, the moments move.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, date, time};
use jiff::tz::TimeZone;
use mapping::series::{Length, Occurrence, Series, When};
use mapping::zones;
use model::series::{Pattern, Range, Recurrence};

fn daily(zone: &str, first_day: Date, length: Length) -> Series {
    let recurrence = Recurrence {
        pattern: Pattern::Daily { interval: 1 },
        range: Range::Numbered(3),
        first_day,
    };
    Series::new(&recurrence, length, zones::zone(zone).expect("a zone")).expect("usable")
}

fn timed(hour: i8, minute: i8, minutes: u64) -> Length {
    Length::Timed {
        start: time(hour, minute, 0, 0),
        lasts: Duration::from_secs(minutes * 60),
    }
}

fn days(days: u32) -> Length {
    Length::AllDay {
        days: NonZeroU32::new(days).expect("some"),
    }
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// Every occurrence as `start/end`.
fn shown(series: &Series) -> String {
    let times = |occurrence: Occurrence| match occurrence.when {
        When::Timed { start, end } => format!("{start}/{end}"),
        When::AllDay { first, last } => format!("{first}/{last}"),
    };
    let all: Vec<String> = (1..)
        .map_while(|index| series.occurrence_at(index))
        .map(times)
        .collect();
    all.join(" ")
}

#[test]
#[rustfmt::skip] // one case per row
fn r3_2_r3_5_the_wall_clock_stays_over_changes_of_the_clock() {
    let berlin = "W. Europe Standard Time";
    let (spring, autumn) = (date(2026, 3, 28), date(2026, 10, 24));
    let cases = [
        ("spring", berlin, spring, timed(9, 0, 60), "2026-03-28T08:00:00Z/2026-03-28T09:00:00Z 2026-03-29T07:00:00Z/2026-03-29T08:00:00Z 2026-03-30T07:00:00Z/2026-03-30T08:00:00Z"),
        ("autumn", berlin, autumn, timed(9, 0, 60), "2026-10-24T07:00:00Z/2026-10-24T08:00:00Z 2026-10-25T08:00:00Z/2026-10-25T09:00:00Z 2026-10-26T08:00:00Z/2026-10-26T09:00:00Z"),
        ("through the night of the change", berlin, spring, timed(22, 0, 8 * 60), "2026-03-28T21:00:00Z/2026-03-29T04:00:00Z 2026-03-29T20:00:00Z/2026-03-30T04:00:00Z 2026-03-30T20:00:00Z/2026-03-31T04:00:00Z"),
        ("begins in the hour that is left out", berlin, spring, timed(2, 30, 30), "2026-03-28T01:30:00Z/2026-03-28T02:00:00Z 2026-03-29T01:30:00Z/2026-03-29T02:00:00Z 2026-03-30T00:30:00Z/2026-03-30T01:00:00Z"),
        ("ends in the hour that is left out", berlin, spring, timed(1, 0, 90), "2026-03-28T00:00:00Z/2026-03-28T01:30:00Z 2026-03-29T00:00:00Z/2026-03-29T01:30:00Z 2026-03-29T23:00:00Z/2026-03-30T00:30:00Z"),
        ("begins in the hour that comes twice", berlin, autumn, timed(2, 30, 15), "2026-10-24T00:30:00Z/2026-10-24T00:45:00Z 2026-10-25T00:30:00Z/2026-10-25T00:45:00Z 2026-10-26T01:30:00Z/2026-10-26T01:45:00Z"),
        ("lasts over the hour that comes twice", berlin, autumn, timed(2, 30, 60), "2026-10-24T00:30:00Z/2026-10-24T01:30:00Z 2026-10-25T00:30:00Z/2026-10-25T02:30:00Z 2026-10-26T01:30:00Z/2026-10-26T02:30:00Z"),
        ("half an hour's change", "Australia/Lord_Howe", date(2026, 4, 4), timed(9, 0, 0), "2026-04-03T22:00:00Z/2026-04-03T22:00:00Z 2026-04-04T22:30:00Z/2026-04-04T22:30:00Z 2026-04-05T22:30:00Z/2026-04-05T22:30:00Z"),
        ("whole days stay days", berlin, spring, days(2), "2026-03-28/2026-03-29 2026-03-29/2026-03-30 2026-03-30/2026-03-31"),
        ("a day that a zone left out moves on by it", "Pacific/Apia", date(2011, 12, 29), timed(9, 0, 60), "2011-12-29T19:00:00Z/2011-12-29T20:00:00Z 2011-12-30T19:00:00Z/2011-12-30T20:00:00Z 2011-12-30T19:00:00Z/2011-12-30T20:00:00Z"),
    ];
    for (name, zone, first_day, length, expected) in cases {
        assert_eq!(shown(&daily(zone, first_day, length)), expected, "{name}");
    }
}

#[test]
fn r3_5_a_day_whose_midnight_is_left_out_begins_an_hour_later() {
    // Egypt's clocks go on at midnight, on the last Friday of April.
    let series = daily("Egypt Standard Time", date(2026, 4, 24), days(1));
    let first = series.occurrence_at(1).expect("one");
    assert_eq!(first.original_start, moment("2026-04-23T22:00:00Z"));
    assert_eq!(series.index_of(first.original_start), Some(1));
}

#[test]
fn r3_5_the_last_day_is_one_of_the_zone() {
    let recurrence = Recurrence {
        pattern: Pattern::Daily { interval: 1 },
        range: Range::EndDate(date(2026, 6, 2)),
        first_day: date(2026, 6, 1),
    };
    // Late on 2 June in Honolulu it is 3 June by UTC; early on 2 June on Kiritimati it is 1 June.
    for (zone, hour) in [("Pacific/Honolulu", 23), ("Pacific/Kiritimati", 1)] {
        let zone = zones::zone(zone).expect("a zone");
        let series = Series::new(&recurrence, timed(hour, 0, 30), zone).expect("usable");
        assert!(series.occurrence_at(2).is_some());
        assert_eq!(series.occurrence_at(3), None);
    }
}

#[test]
fn r3_5_a_window_has_what_is_on_within_it() {
    let series = daily("UTC", date(2026, 6, 1), timed(10, 0, 60));
    let cases = [
        (
            "from its start",
            "2026-06-02T10:00:00Z",
            "2026-06-02T10:01:00Z",
            1,
        ),
        ("within", "2026-06-02T10:20:00Z", "2026-06-02T10:40:00Z", 1),
        (
            "up to its end",
            "2026-06-02T10:59:59Z",
            "2026-06-02T12:00:00Z",
            1,
        ),
        (
            "after it",
            "2026-06-02T11:00:00Z",
            "2026-06-02T12:00:00Z",
            0,
        ),
        (
            "up to its start",
            "2026-06-02T09:00:00Z",
            "2026-06-02T10:00:00Z",
            0,
        ),
        (
            "two days",
            "2026-06-01T00:00:00Z",
            "2026-06-03T00:00:00Z",
            2,
        ),
        (
            "no window",
            "2026-06-02T10:20:00Z",
            "2026-06-02T10:20:00Z",
            0,
        ),
        (
            "the wrong way round",
            "2026-06-03T00:00:00Z",
            "2026-06-01T00:00:00Z",
            0,
        ),
    ];
    for (name, from, to, count) in cases {
        let found = series.expand(moment(from)..moment(to)).count();
        assert_eq!(found, count, "{name}");
    }
}

#[test]
fn r3_5_a_long_occurrence_reaches_into_a_later_window() {
    let series = daily("Europe/Berlin", date(2026, 6, 1), days(30));
    let found: Vec<u32> = series
        .expand(moment("2026-06-30T22:00:00Z")..moment("2026-07-31T00:00:00Z"))
        .map(|occurrence| occurrence.index)
        .collect();
    assert_eq!(found, [2, 3]);
}

#[test]
fn r3_5_a_moment_at_which_nothing_begins_has_no_number() {
    let series = daily("UTC", date(2026, 6, 1), timed(10, 0, 60));
    assert_eq!(series.index_of(moment("2026-06-03T10:00:00Z")), Some(3));
    for none in [
        "2026-06-03T10:00:01Z",
        "2026-05-31T10:00:00Z",
        "2026-06-04T10:00:00Z",
    ] {
        assert_eq!(series.index_of(moment(none)), None, "{none}");
    }
}

#[test]
fn r3_5_an_occurrence_that_lasts_for_days_is_within_a_window_in_its_middle() {
    let recurrence = Recurrence {
        pattern: Pattern::Daily { interval: 20 },
        range: Range::NoEnd,
        first_day: date(2026, 3, 2),
    };
    let ten_days = Length::Timed {
        start: time(8, 0, 0, 0),
        lasts: Duration::from_secs(10 * 24 * 60 * 60),
    };
    let series = Series::new(&recurrence, ten_days, TimeZone::UTC).expect("usable");
    let at = |day| {
        let noon = date(2026, 3, day).at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
        noon.expect("a moment").timestamp()
    };
    let within = |from, until| series.expand(at(from)..at(until)).count();
    assert_eq!((within(11, 12), within(13, 14)), (1, 0));
}
