//! Patterns against plain facts about the calendar.

use super::*;
use jiff::ToSpan;
use jiff::civil::{Weekday, date};
use proptest::prelude::*;

fn pattern(pattern: &str, range: &str) -> Result<Pattern, Failure> {
    let text = format!("<Recurrence>{pattern}{range}</Recurrence>");
    Pattern::read(&Element::parse(&text).expect("well-formed"))
}

fn numbered(start: &str, count: u32) -> String {
    format!(
        "<NumberedRecurrence><StartDate>{start}</StartDate><NumberOfOccurrences>{count}</NumberOfOccurrences></NumberedRecurrence>"
    )
}

fn days(inner: &str, start: &str, count: u32) -> Vec<String> {
    let read = pattern(inner, &numbered(start, count)).expect("a pattern");
    read.all_days().iter().map(Date::to_string).collect()
}

fn absolute_monthly(interval: u32, day: i8) -> String {
    format!(
        "<AbsoluteMonthlyRecurrence><Interval>{interval}</Interval><DayOfMonth>{day}</DayOfMonth></AbsoluteMonthlyRecurrence>"
    )
}

fn relative_monthly(days: &str, index: &str) -> String {
    format!(
        "<RelativeMonthlyRecurrence><Interval>1</Interval><DaysOfWeek>{days}</DaysOfWeek><DayOfWeekIndex>{index}</DayOfWeekIndex></RelativeMonthlyRecurrence>"
    )
}

#[test]
fn the_31st_is_the_last_day_of_short_months() {
    assert_eq!(
        days(&absolute_monthly(1, 31), "2027-01-31", 4),
        ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    );
}

#[test]
fn the_29th_of_february_is_the_28th_in_other_years() {
    let yearly = "<AbsoluteYearlyRecurrence><DayOfMonth>29</DayOfMonth><Month>February</Month></AbsoluteYearlyRecurrence>";
    assert_eq!(
        days(yearly, "2027-02-01", 3),
        ["2027-02-28", "2028-02-29", "2029-02-28"]
    );
}

#[test]
fn sets_of_days_are_counted_as_one() {
    assert_eq!(
        days(&relative_monthly("Weekday", "Last"), "2027-01-01", 3),
        ["2027-01-29", "2027-02-26", "2027-03-31"]
    );
    assert_eq!(
        days(&relative_monthly("Day", "Third"), "2027-01-01", 2),
        ["2027-01-03", "2027-02-03"]
    );
    assert_eq!(
        days(&relative_monthly("WeekendDay", "First"), "2027-01-01", 2),
        ["2027-01-02", "2027-02-06"]
    );
    let yearly = "<RelativeYearlyRecurrence><DaysOfWeek>Monday</DaysOfWeek><DayOfWeekIndex>Second</DayOfWeekIndex><Month>March</Month></RelativeYearlyRecurrence>";
    assert_eq!(days(yearly, "2027-01-01", 2), ["2027-03-08", "2028-03-13"]);
}

#[test]
fn the_first_day_of_the_week_decides_which_days_belong_together() {
    let weekly = |first: &str| {
        format!(
            "<WeeklyRecurrence><Interval>2</Interval><DaysOfWeek>Tuesday Sunday</DaysOfWeek><FirstDayOfWeek>{first}</FirstDayOfWeek></WeeklyRecurrence>"
        )
    };
    assert_eq!(
        days(&weekly("Monday"), "2027-04-06", 4),
        ["2027-04-06", "2027-04-11", "2027-04-20", "2027-04-25"]
    );
    assert_eq!(
        days(&weekly("Sunday"), "2027-04-06", 4),
        ["2027-04-06", "2027-04-18", "2027-04-20", "2027-05-02"]
    );
}

#[test]
fn the_last_day_of_a_range_belongs_to_it_and_a_zone_behind_it_says_nothing() {
    let daily = "<DailyRecurrence><Interval>1</Interval></DailyRecurrence>";
    let range = "<EndDateRecurrence><StartDate>2027-04-05+02:00</StartDate><EndDate>2027-04-07Z</EndDate></EndDateRecurrence>";
    let read = pattern(daily, range).expect("a pattern");
    assert_eq!(read.all_days().len(), 3);
    assert_eq!(read.day_at(3), Some(date(2027, 4, 7)));
    assert_eq!((read.day_at(4), read.day_at(0)), (None, None));
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    let code = |inner: &str, range: &str| pattern(inner, range).expect_err("refused").code;
    let ten = numbered("2027-04-05", 10);
    let weekly = "<WeeklyRecurrence><Interval>1</Interval><DaysOfWeek>Weekday</DaysOfWeek></WeeklyRecurrence>";
    assert_eq!(
        code(weekly, &ten),
        "ErrorCalendarInvalidDayForWeeklyRecurrence"
    );
    assert_eq!(
        code(&absolute_monthly(1, 32), &ten),
        "ErrorCalendarInvalidRecurrence"
    );
    assert_eq!(
        code(&absolute_monthly(0, 1), &ten),
        "ErrorCalendarInvalidRecurrence"
    );
    let backwards = "<EndDateRecurrence><StartDate>2027-04-05</StartDate><EndDate>2027-04-04</EndDate></EndDateRecurrence>";
    assert_eq!(
        code(&absolute_monthly(1, 1), backwards),
        "ErrorCalendarInvalidRecurrence"
    );
}

fn some_day() -> impl Strategy<Value = Date> {
    (0..20_000i64).prop_map(|days| date(2000, 1, 1).checked_add(days.days()).expect("in range"))
}

proptest! {
    #[test]
    fn daily_occurrences_are_as_many_days_apart_as_the_interval_says(start in some_day(), interval in 1..40i32) {
        let daily = format!("<DailyRecurrence><Interval>{interval}</Interval></DailyRecurrence>");
        let all = pattern(&daily, &numbered(&start.to_string(), 12)).expect("a pattern").all_days();
        prop_assert_eq!(all.len(), 12);
        prop_assert_eq!(all[0], start);
        for pair in all.windows(2) {
            prop_assert_eq!(pair[1].since(pair[0]).expect("in range").get_days(), interval);
        }
    }

    #[test]
    fn monthly_occurrences_come_once_a_month_on_their_day_or_the_last_one(start in some_day(), wanted in 1..=31i8) {
        let all = pattern(&absolute_monthly(1, wanted), &numbered(&start.to_string(), 30)).expect("a pattern").all_days();
        prop_assert_eq!(all.len(), 30);
        for day in &all {
            prop_assert_eq!(day.day(), wanted.min(day.days_in_month()));
        }
        for pair in all.windows(2) {
            let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
            prop_assert_eq!(months(pair[1]) - months(pair[0]), 1);
        }
    }

    #[test]
    fn weekly_occurrences_lie_on_their_days_in_every_nth_week(start in some_day(), interval in 1..6i32) {
        let weekly = format!(
            "<WeeklyRecurrence><Interval>{interval}</Interval><DaysOfWeek>Monday Friday</DaysOfWeek><FirstDayOfWeek>Monday</FirstDayOfWeek></WeeklyRecurrence>"
        );
        let all = pattern(&weekly, &numbered(&start.to_string(), 20)).expect("a pattern").all_days();
        let week = |day: Date| {
            let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).expect("in range");
            monday.since(date(1990, 1, 1)).expect("in range").get_days() / 7
        };
        for day in &all {
            prop_assert!(*day >= start);
            prop_assert!([Weekday::Monday, Weekday::Friday].contains(&day.weekday()));
            prop_assert_eq!((week(*day) - week(start)) % interval, 0);
        }
    }
}
