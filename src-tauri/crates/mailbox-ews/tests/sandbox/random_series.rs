//! Any series has the same occurrences whether the server expands it or the pattern is worked out here, and those that its owner sees.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, date};
use jiff::{Timestamp, ToSpan};
use model::{Fields, ItemId, Window};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestRunner};
use sandbox::exchange::{Act, DeleteHow};
use sandbox::options::Mode;
use tokio::runtime::Runtime;

use crate::diary::{CALENDAR, Diary, original_start};

const ZONES: [&str; 7] = [
    "W. Europe Standard Time",
    "Eastern Standard Time",
    "AUS Eastern Standard Time",
    "Newfoundland Standard Time",
    "Tokyo Standard Time",
    "Egypt Standard Time",
    "UTC",
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

/// Any series and any window to look at it through.
#[derive(Debug, Clone)]
struct Case {
    fields: Vec<(String, String)>,
    zone: &'static str,
    window: Window,
}

/// Parts of a recurrence: `DailyRecurrence/Interval` and its value.
type Parts = Vec<(String, String)>;

fn parts(name: &str, parts: &[(&str, String)]) -> Parts {
    let part = |(part, value): &(&str, String)| (format!("{name}/{part}"), value.clone());
    parts.iter().map(part).collect()
}

fn any_days() -> impl Strategy<Value = String> {
    let names = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    proptest::sample::subsequence(names.to_vec(), 1..=7).prop_map(|days| days.join(" "))
}

fn any_day_of_month() -> impl Strategy<Value = String> {
    prop_oneof![1..=31_u32, 28..=31_u32].prop_map(|day| day.to_string())
}

fn any_relative() -> impl Strategy<Value = [(&'static str, String); 2]> {
    let days = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Day",
        "Weekday",
        "WeekendDay",
    ];
    let index = ["First", "Second", "Third", "Fourth", "Last"];
    (select(days.to_vec()), select(index.to_vec())).prop_map(|(days, index)| {
        [
            ("DaysOfWeek", days.to_owned()),
            ("DayOfWeekIndex", index.to_owned()),
        ]
    })
}

/// Any pattern of the six kinds.
fn any_pattern() -> impl Strategy<Value = Parts> {
    let interval = || (1..=5_u32).prop_map(|interval| ("Interval", interval.to_string()));
    let month = || select(MONTHS.to_vec()).prop_map(|month| ("Month", month.to_owned()));
    let week_start = select(vec!["Monday", "Sunday", "Wednesday"]);
    prop_oneof![
        interval().prop_map(|interval| parts("DailyRecurrence", &[interval])),
        (interval(), any_days(), week_start).prop_map(|(interval, days, start)| {
            let more = [("DaysOfWeek", days), ("FirstDayOfWeek", start.to_owned())];
            parts("WeeklyRecurrence", &[&[interval][..], &more].concat())
        }),
        (interval(), any_day_of_month()).prop_map(|(interval, day)| parts(
            "AbsoluteMonthlyRecurrence",
            &[interval, ("DayOfMonth", day)]
        )),
        (interval(), any_relative()).prop_map(|(interval, which)| {
            parts(
                "RelativeMonthlyRecurrence",
                &[&[interval][..], &which].concat(),
            )
        }),
        (month(), 1..=28_u32).prop_map(|(month, day)| parts(
            "AbsoluteYearlyRecurrence",
            &[("DayOfMonth", day.to_string()), month]
        )),
        (month(), any_relative()).prop_map(|(month, which)| {
            parts("RelativeYearlyRecurrence", &[&which[..], &[month]].concat())
        }),
    ]
}

/// Any range of the three kinds, from this day on.
fn any_range(first: Date) -> impl Strategy<Value = Parts> {
    let start = move || ("StartDate", first.to_string());
    prop_oneof![
        Just(parts("NoEndRecurrence", &[start()])),
        (0..1500_i64).prop_map(move |days| {
            let last = first.checked_add(days.days()).expect("a near day");
            parts(
                "EndDateRecurrence",
                &[start(), ("EndDate", last.to_string())],
            )
        }),
        (1..60_u32).prop_map(move |count| {
            parts(
                "NumberedRecurrence",
                &[start(), ("NumberOfOccurrences", count.to_string())],
            )
        }),
    ]
}

/// Start, end, and whether they are days. No wall clock that a change leaves out: what Exchange makes of one is not known.
fn any_times(first: Date) -> impl Strategy<Value = Parts> {
    let own = |start: String, end: String, all_day: &str| {
        let names = ["Start", "End", "IsAllDayEvent"].map(str::to_owned);
        let values = [start, end, all_day.to_owned()];
        names.into_iter().zip(values).collect()
    };
    prop_oneof![
        (4..24_i8, 0..60_i8, 0..600_i64).prop_map(move |(hour, minute, lasts)| {
            let start = first.to_datetime(Time::constant(hour, minute, 0, 0));
            let end = start.checked_add(lasts.minutes()).expect("a near day");
            own(start.to_string(), end.to_string(), "false")
        }),
        (1..3_i64).prop_map(move |days| {
            let midnight = |day: Date| day.to_datetime(Time::midnight()).to_string();
            let after = first.checked_add(days.days()).expect("a near day");
            own(midnight(first), midnight(after), "true")
        }),
    ]
}

fn any_window(first: Date) -> impl Strategy<Value = Window> {
    let begins = prop_oneof![-40..60_i64, -40..900_i64];
    (begins, 0..120_i64).prop_map(move |(begins, lasts)| {
        let begin = first.checked_add(begins.days()).expect("a near day");
        Window {
            today: begin,
            first: begin,
            horizon: begin.checked_add(lasts.days()).expect("a near day"),
            zone: mapping::zones::zone("Europe/Berlin").expect("a zone"),
        }
    })
}

fn any_case() -> impl Strategy<Value = Case> {
    let first = (0..3000_i64).prop_map(|days| {
        date(2021, 1, 1)
            .checked_add(days.days())
            .expect("a near day")
    });
    let zone = select(ZONES.to_vec());
    (first, zone).prop_flat_map(|(first, zone)| {
        let all = (
            any_pattern(),
            any_range(first),
            any_times(first),
            any_window(first),
        );
        all.prop_map(move |(pattern, range, times, window)| {
            let recurrence = pattern.into_iter().chain(range);
            let recurrence = recurrence.map(|(name, value)| (format!("Recurrence/{name}"), value));
            let own = [("Subject", "Termin"), ("StartTimeZone", zone)];
            let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Case {
                fields: own.into_iter().chain(times).chain(recurrence).collect(),
                zone,
                window,
            }
        })
    })
}

/// Occurrences by their original start.
type Seen = BTreeMap<Timestamp, Fields>;

impl Diary {
    fn make(&self, case: &Case) -> Option<ItemId> {
        let fields: Vec<(&str, &str)> = case
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let exchange = &self.world.sandbox.exchange;
        let made = exchange.create(&self.world.user, CALENDAR, &fields);
        made.ok().map(ItemId::new)
    }

    async fn seen(&self, series: &ItemId, window: &Window) -> Seen {
        let items = self.occurrences(series, window).await;
        let named = items.into_iter().map(|item| {
            let start = original_start(&item).expect("an occurrence");
            (start, item.fields)
        });
        named.collect()
    }

    /// How many there are for the owner.
    fn shown(&self, window: &Window) -> usize {
        let (exchange, user) = (&self.world.sandbox.exchange, &self.world.user);
        let shown = exchange.calendar(user, CALENDAR, window.from(), window.until());
        shown.len()
    }

    /// The owner takes out the first of these occurrences and gives the second a place.
    fn change(&self, series: &ItemId, seen: &Seen, zone: &str) {
        let zone = mapping::zones::zone(zone).expect("a zone");
        let days: Vec<String> = seen
            .keys()
            .map(|start| start.to_zoned(zone.clone()).date().to_string())
            .collect();
        let (exchange, user) = (&self.world.sandbox.exchange, &self.world.user);
        exchange
            .delete_occurrence(user, series.as_str(), &days[0])
            .expect("there is another one");
        exchange
            .edit_occurrence(user, series.as_str(), &days[1], &[("Location", "Kiel")])
            .expect("it is there");
    }

    fn remove(&self, series: &ItemId) {
        let gone = Act::Delete {
            item: series.as_str().to_owned(),
            how: DeleteHow::Hard,
        };
        let exchange = &self.world.sandbox.exchange;
        exchange.act(&self.world.user, &gone).expect("it is there");
    }
}

async fn compare(diaries: &[Diary; 2], case: &Case) -> Result<(), TestCaseError> {
    let made = [diaries[0].make(case), diaries[1].make(case)];
    let compared = match &made {
        [Some(own), Some(other)] => compare_made(diaries, [own, other], case).await,
        // An occurrence reaches into the next one, say; then both refuse the series.
        [own, other] if own == other => Ok(()),
        _ => Err(TestCaseError::fail("one of both refuses it")),
    };
    for (diary, series) in diaries.iter().zip(made) {
        series.iter().for_each(|series| diary.remove(series));
    }
    compared
}

async fn compare_made(
    [exchange, gromox]: &[Diary; 2],
    [own, other]: [&ItemId; 2],
    case: &Case,
) -> Result<(), TestCaseError> {
    let seen = exchange.seen(own, &case.window).await;
    prop_assert_eq!(&gromox.seen(other, &case.window).await, &seen);
    prop_assert_eq!(exchange.shown(&case.window), seen.len());
    if seen.len() > 2 {
        exchange.change(own, &seen, case.zone);
        gromox.change(other, &seen, case.zone);
        let now = exchange.seen(own, &case.window).await;
        prop_assert_eq!(&gromox.seen(other, &case.window).await, &now);
        prop_assert_eq!(now.len(), seen.len() - 1);
        prop_assert_eq!(exchange.shown(&case.window), now.len());
    }
    Ok(())
}

#[test]
fn r3_5_the_server_and_the_pattern_give_the_same_occurrences() {
    let runtime = Runtime::new().expect("a runtime");
    let diaries = runtime.block_on(async { [Mode::Exchange, Mode::Gromox].map(Diary::new) });
    let [exchange, gromox] = diaries;
    let diaries = runtime.block_on(async { [exchange.await, gromox.await] });
    let config = ProptestConfig {
        cases: 128,
        max_shrink_iters: 256,
        ..ProptestConfig::with_source_file(file!())
    };
    TestRunner::new(config)
        .run(&any_case(), |case| {
            runtime.block_on(compare(&diaries, &case))
        })
        .unwrap_or_else(|failed| panic!("{failed}"));
}
