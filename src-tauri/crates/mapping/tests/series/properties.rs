//! What holds for every series.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mapping::series::{Length, Occurrence, Series, When};
use mapping::zones;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

use crate::random::{ZONES, anything, length, recurrence};

/// As many as the properties look at.
const ALL: u32 = 300;

fn zone() -> impl Strategy<Value = TimeZone> {
    select(&ZONES[..]).prop_map(|name| zones::zone(name).expect("a zone"))
}

fn any_moment() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    seconds.prop_map(|second| Timestamp::from_second(second).expect("in range"))
}

fn all(series: &Series) -> Vec<Occurrence> {
    (1..=ALL)
        .map_while(|index| series.occurrence_at(index))
        .collect()
}

/// From the first moment to the last, whole days by the midnights of the zone.
fn moments(occurrence: &Occurrence, zone: &TimeZone) -> (Timestamp, Timestamp) {
    match occurrence.when {
        When::Timed { start, end } => (start, end),
        When::AllDay { first, last } => {
            let midnight = |day: jiff::civil::Date| {
                day.to_zoned(zone.clone())
                    .expect("a day of our time")
                    .timestamp()
            };
            (midnight(first), midnight(last.tomorrow().expect("a day")))
        }
    }
}

/// Found cases are kept beside this file.
fn config() -> ProptestConfig {
    let found = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/series/properties.found");
    ProptestConfig {
        cases: 600,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(found))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn r3_5_a_window_has_what_the_whole_series_has_there(
        recurrence in recurrence(), length in length(), zone in zone(),
        from in 0..ALL as usize, hours in 0..5000i64, lasts in 1..5000i64,
    ) {
        let series = Series::new(&recurrence, length, zone.clone()).expect("usable");
        let all = all(&series);
        prop_assume!(!all.is_empty());
        let near = all[from % all.len()].original_start;
        let window = near - SignedDuration::from_mins(hours * 7)..near - SignedDuration::from_mins(hours * 7 - lasts * 11);
        // A series that goes on is only known up to the last one looked at.
        let known = if all.len() < ALL as usize { Timestamp::MAX } else { all[all.len() - 1].original_start };
        prop_assume!(window.end <= known);
        let expected: Vec<Occurrence> = all.into_iter().filter(|occurrence| {
            let (start, end) = moments(occurrence, &zone);
            start < window.end && (end > window.start || start >= window.start)
        }).collect();
        prop_assert_eq!(series.expand(window).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn r3_5_number_and_original_start_find_each_other(
        recurrence in recurrence(), length in length(), zone in zone(),
    ) {
        let series = Series::new(&recurrence, length, zone).expect("usable");
        for (position, occurrence) in all(&series).iter().enumerate() {
            prop_assert_eq!(occurrence.index as usize, position + 1);
            let found = series.index_of(occurrence.original_start).expect("it begins there");
            let same = series.occurrence_at(found).expect("it has a number");
            prop_assert_eq!(same.original_start, occurrence.original_start);
            // Two begin together only where a zone left out a whole day.
            prop_assert!(found == occurrence.index || found + 1 == occurrence.index);
        }
    }

    #[test]
    fn r3_2_r3_5_the_wall_clock_is_the_same_at_every_start(
        recurrence in recurrence(), length in length(), zone in zone(),
    ) {
        let series = Series::new(&recurrence, length, zone.clone()).expect("usable");
        let wall_clock = match length {
            Length::Timed { start, .. } => start,
            Length::AllDay { .. } => jiff::civil::Time::midnight(),
        };
        let mut before = None;
        for occurrence in all(&series) {
            let (start, end) = moments(&occurrence, &zone);
            prop_assert!(start <= end);
            prop_assert!(before.is_none_or(|before| before <= start));
            before = Some(start);
            let local = zone.to_datetime(start);
            let left_out = || zone.to_ambiguous_timestamp(local.date().to_datetime(wall_clock)).is_ambiguous();
            prop_assert!(local.time() == wall_clock || left_out());
        }
    }

    #[test]
    fn nothing_that_the_types_hold_makes_it_panic(
        (recurrence, length) in anything(), zone in zone(), from in any_moment(), to in any_moment(), index in any::<u32>(),
    ) {
        let made = Series::new(&recurrence, length, zone);
        prop_assert_eq!(made.is_ok(), recurrence.check().is_ok());
        if let Ok(series) = made {
            for occurrence in series.expand(from..to).take(5) {
                prop_assert_eq!(series.occurrence_at(occurrence.index), Some(occurrence));
            }
            for index in [1, 2, index] {
                if let Some(occurrence) = series.occurrence_at(index) {
                    prop_assert!(series.index_of(occurrence.original_start).is_some());
                }
            }
            series.index_of(from);
        }
    }
}
