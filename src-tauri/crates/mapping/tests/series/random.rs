//! Random series, from everyday ones to the ends of what the types hold.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::civil::{Date, Time, Weekday, date};
use jiff::{SignedDuration, ToSpan};
use mapping::series::Length;
use model::series::{DaySet, Index, Pattern, Range, Recurrence};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Zones with every kind of change: at night, at midnight, by half an hour, by a day, by another rule each year, none.
pub const ZONES: [&str; 10] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
];

/// A day of these years.
pub fn day(years: RangeInclusive<i16>) -> impl Strategy<Value = Date> {
    let first = date(*years.start(), 1, 1);
    let days = date(*years.end(), 12, 31).duration_since(first).as_hours() / 24;
    (0..=days).prop_map(move |day| first + day.days())
}

fn interval() -> impl Strategy<Value = u32> {
    prop_oneof![6 => 1..=4u32, 2 => 1..=40u32, 1 => 1..=999u32]
}

fn days() -> impl Strategy<Value = DaySet> {
    prop_oneof![
        vec(select(&WEEK[..]), 1..4).prop_map(DaySet::from_iter),
        select(&[DaySet::DAY, DaySet::WEEKDAY, DaySet::WEEKEND_DAY][..]),
    ]
}

fn index() -> impl Strategy<Value = Index> {
    use Index::{First, Fourth, Last, Second, Third};
    select(&[First, Second, Third, Fourth, Last][..])
}

/// Any pattern that is usable, with everyday intervals.
pub fn pattern() -> impl Strategy<Value = Pattern> {
    let day = || prop_oneof![1..=31u8, 28..=31u8];
    prop_oneof![
        interval().prop_map(|interval| Pattern::Daily { interval }),
        (interval(), days(), select(&WEEK[..])).prop_map(|(interval, days, first_day_of_week)| {
            Pattern::Weekly {
                interval,
                days,
                first_day_of_week,
            }
        }),
        (interval(), day()).prop_map(|(interval, day)| Pattern::AbsoluteMonthly { interval, day }),
        (interval(), days(), index()).prop_map(|(interval, days, index)| {
            Pattern::RelativeMonthly {
                interval,
                days,
                index,
            }
        }),
        (1..=12u8, day()).prop_map(|(month, day)| Pattern::AbsoluteYearly { month, day }),
        (1..=12u8, days(), index()).prop_map(|(month, days, index)| Pattern::RelativeYearly {
            month,
            days,
            index
        }),
    ]
}

/// A usable recurrence of our time.
pub fn recurrence() -> impl Strategy<Value = Recurrence> {
    let range = prop_oneof![
        Just(Range::NoEnd),
        (1..60u32).prop_map(Range::Numbered),
        day(2005..=2040).prop_map(Range::EndDate),
    ];
    (pattern(), range, day(2005..=2035)).prop_map(|(pattern, range, first_day)| Recurrence {
        pattern,
        range,
        first_day,
    })
}

/// From no time to some days.
pub fn length() -> impl Strategy<Value = Length> {
    prop_oneof![
        (0..24 * 60i64, 0..5000u64).prop_map(|(start, minutes)| Length::Timed {
            start: Time::midnight() + SignedDuration::from_mins(start),
            lasts: Duration::from_secs(minutes * 60),
        }),
        (1..40u32).prop_map(|days| Length::AllDay {
            days: NonZeroU32::new(days).expect("not 0"),
        }),
    ]
}

/// Whatever the types hold, sense or not.
pub fn anything() -> impl Strategy<Value = (Recurrence, Length)> {
    let number = || prop_oneof![0..=1000u32, any::<u32>()];
    let any_day = || prop_oneof![day(-9999..=9999), day(9999..=9999), day(-9999..=-9999)];
    let pattern = prop_oneof![
        2 => pattern(),
        1 => number().prop_map(|interval| Pattern::Daily { interval }),
        1 => (number(), days(), select(&WEEK[..])).prop_map(|(interval, days, first_day_of_week)| Pattern::Weekly {
            interval,
            days,
            first_day_of_week,
        }),
        1 => (number(), any::<u8>()).prop_map(|(interval, day)| Pattern::AbsoluteMonthly { interval, day }),
        1 => (number(), index()).prop_map(|(interval, index)| Pattern::RelativeMonthly {
            interval,
            days: DaySet::default(),
            index,
        }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(month, day)| Pattern::AbsoluteYearly { month, day }),
    ];
    let range = prop_oneof![
        Just(Range::NoEnd),
        number().prop_map(Range::Numbered),
        any_day().prop_map(Range::EndDate),
    ];
    let length = prop_oneof![
        length(),
        any::<u32>().prop_map(|days| Length::AllDay {
            days: NonZeroU32::new(days).unwrap_or(NonZeroU32::MAX),
        }),
        any::<u64>().prop_map(|seconds| Length::Timed {
            start: Time::MAX,
            lasts: Duration::from_secs(seconds),
        }),
    ];
    (pattern, range, any_day(), length).prop_map(|(pattern, range, first_day, length)| {
        let recurrence = Recurrence {
            pattern,
            range,
            first_day,
        };
        (recurrence, length)
    })
}
