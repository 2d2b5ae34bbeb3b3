//! Occurrences: wall clocks, exceptions and deletions.

use super::*;
use crate::exchange::write::{self, Occasion};
use crate::exchange::xml::{Element, Ns};
use proptest::prelude::*;

fn master(fields: &str) -> Item {
    let text = format!(
        "<CalendarItem xmlns=\"{}\">{fields}</CalendarItem>",
        Ns::Types.uri()
    );
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    write::create(&Element::parse(&text).expect("well-formed"), now).expect("it can be made")
}

fn every_day(zone: &str, start: &str, count: u32) -> Item {
    let day = &start[..10];
    master(&format!(
        "<Subject>Jour fixe</Subject><Start>{start}</Start>\
         <Recurrence><WeeklyRecurrence><Interval>1</Interval><DaysOfWeek>Monday Tuesday Wednesday Thursday Friday Saturday Sunday</DaysOfWeek></WeeklyRecurrence>\
         <NumberedRecurrence><StartDate>{day}</StartDate><NumberOfOccurrences>{count}</NumberOfOccurrences></NumberedRecurrence></Recurrence>\
         <StartTimeZone Id=\"{zone}\"/>"
    ))
}

fn occasion() -> Occasion {
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    now.into()
}

fn starts(item: &Item) -> Vec<String> {
    let series = Series::of(item).expect("a series");
    let days = series.days_left();
    days.into_iter()
        .filter_map(|day| Some(render::time(series.span(day)?.0)))
        .collect()
}

#[test]
fn nine_in_the_morning_stays_nine_when_clocks_change() {
    let item = every_day("W. Europe Standard Time", "2027-03-27T08:00:00Z", 3);
    assert_eq!(
        starts(&item),
        [
            "2027-03-27T08:00:00Z",
            "2027-03-28T07:00:00Z",
            "2027-03-29T07:00:00Z"
        ]
    );
}

#[test]
fn an_exception_holds_only_what_differs_and_the_series_reaches_the_rest() {
    let item = every_day("W. Europe Standard Time", "2027-04-05T07:00:00Z", 3);
    let day = jiff::civil::date(2027, 4, 6);
    let mut item = write::with_occurrence(&item, day, &occasion(), |item| {
        item.fields.set_text("CalendarItem", "Location", "Kiel");
        Ok(())
    })
    .expect("it can be changed");
    item.fields.set_text("CalendarItem", "Subject", "anders");
    item.fields.set_text("CalendarItem", "Location", "Plön");
    let series = Series::of(&item).expect("a series");
    let text = |day, name| {
        let occurrence = series.occurrence(day).expect("it is there");
        occurrence.fields.text(name).map(str::to_owned)
    };
    assert_eq!(text(day, "Subject").as_deref(), Some("anders"));
    assert_eq!(text(day, "Location").as_deref(), Some("Kiel"));
    let next = day.tomorrow().expect("in range");
    assert_eq!(text(next, "Location").as_deref(), Some("Plön"));
}

#[test]
fn a_deleted_occurrence_is_gone_and_the_last_one_cannot_be_deleted() {
    let item = every_day("UTC", "2027-04-05T07:00:00Z", 2);
    let day = jiff::civil::date(2027, 4, 5);
    let item = write::delete_occurrence(&item, day).expect("it can be deleted");
    assert_eq!(starts(&item), ["2027-04-06T07:00:00Z"]);
    let other = jiff::civil::date(2027, 4, 6);
    let failure = write::delete_occurrence(&item, other).expect_err("refused");
    assert_eq!(failure.code, "ErrorRecurrenceHasNoOccurrence");
    let failure = write::delete_occurrence(&item, day).expect_err("gone already");
    assert_eq!(failure.code, "ErrorItemNotFound");
}

#[test]
fn an_occurrence_moves_between_its_neighbours_only() {
    let item = master(
        "<Start>2027-04-05T07:00:00Z</Start><Recurrence><DailyRecurrence><Interval>7</Interval></DailyRecurrence>\
         <NoEndRecurrence><StartDate>2027-04-05</StartDate></NoEndRecurrence></Recurrence>",
    );
    let moved = |to: &str| {
        write::with_occurrence(&item, jiff::civil::date(2027, 4, 12), &occasion(), |item| {
            item.fields.set_text("CalendarItem", "Start", to);
            Ok(())
        })
    };
    assert!(moved("2027-04-18T07:00:00Z").is_ok());
    assert!(moved("2027-04-06T07:00:00Z").is_ok());
    for crossing in ["2027-04-19T06:00:00Z", "2027-04-05T20:00:00Z"] {
        let failure = moved(crossing).expect_err("it crosses");
        assert_eq!(failure.code, "ErrorOccurrenceCrossingBoundary");
    }
}

#[test]
fn whole_days_of_a_series_begin_at_midnight_of_their_zone() {
    let item = master(
        "<Start>2027-03-27T10:00:00Z</Start><End>2027-03-27T11:00:00Z</End><IsAllDayEvent>true</IsAllDayEvent>\
         <Recurrence><DailyRecurrence><Interval>1</Interval></DailyRecurrence>\
         <NumberedRecurrence><StartDate>2027-03-27</StartDate><NumberOfOccurrences>3</NumberOfOccurrences></NumberedRecurrence></Recurrence>\
         <StartTimeZone Id=\"W. Europe Standard Time\"/>",
    );
    assert_eq!(
        starts(&item),
        [
            "2027-03-26T23:00:00Z",
            "2027-03-27T23:00:00Z",
            "2027-03-28T22:00:00Z"
        ]
    );
}

proptest! {
    #[test]
    fn the_wall_clock_stays_what_it_was_whatever_the_zone_and_the_season(
        zone in prop::sample::select(vec![
            "W. Europe Standard Time", "Pacific Standard Time", "AUS Eastern Standard Time", "India Standard Time",
            "Newfoundland Standard Time", "Chatham Islands Standard Time", "UTC",
        ]),
        month in 1..=12u8, day in 1..=28u8, hour in 0..24u8, minute in 0..60u8,
    ) {
        let start = format!("2027-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z");
        let item = every_day(zone, &start, 60);
        let series = Series::of(&item).expect("a series");
        let clock = zone::local(&series.zone, time_of(&item, "Start").expect("a start")).time();
        let mut count = 0;
        for day in series.days_left() {
            let (start, _) = series.span(day).expect("a span");
            let local = zone::local(&series.zone, start);
            prop_assert_eq!(local.date(), day);
            // A clock that is skipped on this very day shows the hour after the gap.
            let skipped = series.zone.to_ambiguous_timestamp(day.to_datetime(clock)).is_ambiguous();
            prop_assert!(skipped || local.time() == clock, "{} instead of {}", local, clock);
            count += 1;
        }
        prop_assert_eq!(count, 60);
    }

    #[test]
    fn a_view_cut_in_two_shows_together_what_the_whole_one_shows(cut in 0..40_000i64) {
        let item = every_day("W. Europe Standard Time", "2027-03-15T07:45:00Z", 20);
        let series = Series::of(&item).expect("a series");
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let (from, to) = (at("2027-03-12T00:00:00Z"), at("2027-04-10T00:00:00Z"));
        let cut = from.checked_add(jiff::ToSpan::minutes(cut)).expect("in range");
        let days = |from, to| -> Vec<Date> {
            let seen = series.overlapping(from, to).into_iter();
            seen.filter_map(|item| item.occurrence.map(|one| one.day)).collect()
        };
        let mut both = days(from, cut);
        // One that runs at the cut is in both halves.
        both.extend(days(cut, to));
        both.dedup();
        prop_assert_eq!(both, days(from, to));
        prop_assert_eq!(days(from, to).len(), 20);
    }
}
