//! Which occurrences a recurring appointment has (R3.5), whoever works them out.

use model::{Field, Fields, ItemId};
use sandbox::options::Mode;

use crate::BOTH;
use crate::diary::{Diary, WEEKLY, starts, window};

/// Whole days in a zone, up to the one before the other, eight times every seventh day.
fn fair(
    zone: &'static str,
    first: &'static str,
    after: &'static str,
) -> Vec<(&'static str, &'static str)> {
    vec![
        ("Subject", "Messe"),
        ("Start", first),
        ("End", after),
        ("IsAllDayEvent", "true"),
        ("StartTimeZone", zone),
        ("Recurrence/DailyRecurrence/Interval", "7"),
        ("Recurrence/NumberedRecurrence/StartDate", first),
        ("Recurrence/NumberedRecurrence/NumberOfOccurrences", "8"),
    ]
}

#[tokio::test]
async fn r3_5_a_series_that_began_long_ago_has_its_occurrences_in_the_window() {
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let items = diary
            .occurrences(&series, &window("2027-10-25", "2027-11-07"))
            .await;
        assert_eq!(
            starts(&items),
            ["2027-10-25T07:00:00Z", "2027-11-01T08:00:00Z"],
            "{mode:?}"
        );
    }
}

#[tokio::test]
async fn r3_5_an_exception_is_in_every_window_that_its_old_or_its_new_time_touches() {
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let moved = [
            ("Start", "2027-04-08T22:00:00"),
            ("End", "2027-04-11T02:00:00"),
        ];
        diary.user_changes(&series, "2027-04-12", &moved);
        for (first, horizon, there) in [
            ("2027-04-06", "2027-04-07", false),
            ("2027-04-06", "2027-04-08", true),
            ("2027-04-09", "2027-04-09", true),
            ("2027-04-10", "2027-04-10", true),
            ("2027-04-11", "2027-04-11", true),
            ("2027-04-12", "2027-04-12", true),
            ("2027-04-13", "2027-04-18", false),
        ] {
            let items = diary.occurrences(&series, &window(first, horizon)).await;
            let expected: &[&str] = if there {
                &["2027-04-08T20:00:00Z"]
            } else {
                &[]
            };
            assert_eq!(starts(&items), expected, "{mode:?} {first}");
        }
    }
}

#[tokio::test]
async fn r3_5_a_copied_series_and_its_original_keep_their_own_occurrences() {
    let later = [
        ("Start", "2027-03-22T09:00:00"),
        ("End", "2027-03-22T12:00:00"),
    ];
    let thursdays = [
        ("Start", "2027-03-25T09:00:00"),
        ("End", "2027-03-25T10:00:00"),
        ("Recurrence/WeeklyRecurrence/Interval", "1"),
        ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Thursday"),
        ("Recurrence/NoEndRecurrence/StartDate", "2027-03-25"),
    ];
    let window = window("2027-04-05", "2027-04-11");
    for mode in BOTH {
        let changes: [(&[(&str, &str)], &str); 3] = [
            (&[("Subject", "Kopie")], "2027-04-05T07:00:00Z"),
            (&later, "2027-04-05T07:00:00Z"),
            (&thursdays, "2027-04-08T07:00:00Z"),
        ];
        for (change, start_of_copy) in changes {
            let diary = Diary::new(mode).await;
            let original = diary.user_makes(&WEEKLY);
            let copy = diary.user_copies(&original, change);
            let both = [(&original, "2027-04-05T07:00:00Z"), (&copy, start_of_copy)];
            // Each asked for alone: nothing tells that there is another one.
            for (series, start) in both {
                let items = diary.occurrences(series, &window).await;
                assert_eq!(starts(&items), [start], "{mode:?} {change:?}");
            }
            let ids = both.map(|(series, _)| series.clone());
            let answers = diary.answers(&ids, &window).await;
            for (answer, (series, start)) in answers.into_iter().zip(both) {
                let items = answer.expect("a series");
                assert_eq!(starts(&items), [start], "{mode:?} {change:?}");
                assert_eq!(items[0].id.series(), *series);
            }
        }
    }
}

#[tokio::test]
async fn r3_5_an_occurrence_has_everything_its_series_has() {
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let more = [
            ("Location", "Büro 2"),
            ("Body", "Punkt 1\nPunkt 2"),
            ("Sensitivity", "Private"),
            ("ReminderIsSet", "true"),
            ("ReminderMinutesBeforeStart", "30"),
            ("RequiredAttendees", "Ben <ben@kunde.example>"),
        ];
        let series = diary.user_makes(&[&WEEKLY[..], &more].concat());
        let items = diary
            .occurrences(&series, &window("2027-03-22", "2027-03-31"))
            .await;
        let expected = Fields::new()
            .with(Field::Subject, "Jour fixe")
            .with(Field::Description, "Punkt 1\nPunkt 2")
            .with(Field::Location, "Büro 2")
            .with(Field::Private, "1")
            .with(Field::Reminder, "30")
            .with(Field::Invited, "Ben <ben@kunde.example>")
            .with(Field::TimeZone, "W. Europe Standard Time");
        let times = [
            ["2027-03-22T08:00:00Z", "2027-03-22T09:00:00Z"],
            ["2027-03-29T07:00:00Z", "2027-03-29T08:00:00Z"],
        ];
        for (item, [start, end]) in items.iter().zip(times) {
            let expected = expected
                .clone()
                .with(Field::Start, start)
                .with(Field::End, end);
            assert_eq!(item.fields, expected, "{mode:?}");
            assert_eq!(
                item.id,
                ItemId::occurrence(&series, start.parse().expect("a moment"))
            );
            assert_eq!(item.stamp, None);
            // By its own name it is the same.
            assert_eq!(diary.world.read(&item.id).await, *item);
        }
        assert_eq!(items.len(), 2);
    }
}

#[tokio::test]
async fn r3_5_whole_days_of_a_series_are_the_same_days_where_the_clock_skips_midnight() {
    for mode in BOTH {
        for (zone, first, after, last_of_second) in [
            (
                "Egypt Standard Time",
                "2027-04-22",
                "2027-04-23",
                "2027-04-29",
            ),
            (
                "Egypt Standard Time",
                "2027-04-23",
                "2027-04-25",
                "2027-05-01",
            ),
            (
                "Middle East Standard Time",
                "2027-03-20",
                "2027-03-22",
                "2027-03-28",
            ),
            (
                "W. Europe Standard Time",
                "2027-03-21",
                "2027-03-23",
                "2027-03-29",
            ),
            (
                "Tokyo Standard Time",
                "2027-03-21",
                "2027-03-23",
                "2027-03-29",
            ),
        ] {
            let diary = Diary::new(mode).await;
            let series = diary.user_makes(&fair(zone, first, after));
            let items = diary
                .occurrences(&series, &window("2027-03-01", "2027-06-30"))
                .await;
            assert_eq!(items.len(), 8);
            let second = &items[1].fields;
            let day: jiff::civil::Date = first.parse().expect("a day");
            let day = day
                .checked_add(jiff::ToSpan::days(7))
                .expect("a day")
                .to_string();
            assert_eq!(
                [second.get(Field::Start), second.get(Field::End)],
                [day.as_str(), last_of_second],
                "{mode:?} {zone}"
            );
            for item in &items {
                assert_eq!(diary.world.read(&item.id).await, *item, "{mode:?} {zone}");
            }
        }
    }
}

#[tokio::test]
async fn r3_5_an_occurrence_that_lies_across_the_edge_of_the_window_belongs_to_it() {
    let night = [
        ("Subject", "Nachtschicht"),
        ("Start", "2027-03-22T22:00:00"),
        ("End", "2027-03-23T06:00:00"),
        ("StartTimeZone", "W. Europe Standard Time"),
        ("Recurrence/DailyRecurrence/Interval", "3"),
        ("Recurrence/NoEndRecurrence/StartDate", "2027-03-22"),
    ];
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&night);
        for (first, horizon, expected) in [
            ("2027-04-03", "2027-04-03", vec!["2027-04-03T20:00:00Z"]),
            ("2027-04-04", "2027-04-05", vec!["2027-04-03T20:00:00Z"]),
            ("2027-04-05", "2027-04-05", vec![]),
            (
                "2027-04-04",
                "2027-04-06",
                vec!["2027-04-03T20:00:00Z", "2027-04-06T20:00:00Z"],
            ),
        ] {
            let items = diary.occurrences(&series, &window(first, horizon)).await;
            assert_eq!(starts(&items), expected, "{mode:?} {first}");
        }
    }
}

#[tokio::test]
async fn r3_5_a_window_of_many_years_is_looked_at_in_parts() {
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let items = diary
            .occurrences(&series, &window("2027-01-01", "2032-12-31"))
            .await;
        let ids: std::collections::BTreeSet<&ItemId> = items.iter().map(|item| &item.id).collect();
        assert_eq!((items.len(), ids.len()), (302, 302), "{mode:?}");
    }
}

#[tokio::test]
async fn r3_5_a_server_that_showed_a_series_as_it_is_is_not_asked_for_its_occurrences_again() {
    for (mode, asked) in [(Mode::Exchange, 3), (Mode::Gromox, 2)] {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        // Nothing of it is there; it begins there; it goes on there.
        for (first, horizon, count) in [
            ("2027-03-01", "2027-03-14", 0),
            ("2027-03-15", "2027-03-28", 1),
            ("2027-03-29", "2027-04-11", 2),
        ] {
            let items = diary.occurrences(&series, &window(first, horizon)).await;
            assert_eq!(items.len(), count, "{mode:?} {first}");
        }
        let journal = diary.world.sandbox.exchange.journal();
        assert_eq!(journal.requests("FindItem"), asked, "{mode:?}");
    }
}
