//! The clock of the demo's people, who live in Berlin: days relative to today, and times as they read them on the wall. The servers
//! keep UTC, so everything that is shown went through here.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Berlin's zone as Outlook calls it.
pub const OUTLOOK_NAME: &str = "W. Europe Standard Time";

/// What day it is.
pub fn today() -> Date {
    day(Timestamp::now())
}

/// That day of the week after this one.
pub fn next_week(today: Date, weekday: Weekday) -> Date {
    let monday = weeks_later(today, 1)
        .checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let day =
        monday.and_then(|day| day.checked_add(i64::from(weekday.to_monday_zero_offset()).days()));
    day.expect("the calendar does not end soon")
}

/// The same day of the week, so many weeks later.
pub fn weeks_later(day: Date, weeks: i64) -> Date {
    day.checked_add(weeks.weeks())
        .expect("the calendar does not end soon")
}

/// The moment at which Berlin's clock shows this.
pub fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
    let clock = day.at(hour, minute, 0, 0).to_zoned(zone());
    clock.expect("the calendar does not end soon").timestamp()
}

/// Which day it is in Berlin at that moment.
pub fn day(moment: Timestamp) -> Date {
    moment.to_zoned(zone()).date()
}

/// Berlin's clock at that moment, as Outlook takes it: `2027-03-10T12:30:00`.
pub fn clock(moment: Timestamp) -> String {
    moment.to_zoned(zone()).datetime().to_string()
}

/// From when to when, for a reader: `Wed 10 Mar 2027, 12:30 to 13:30 (Berlin)`.
pub fn span(start: Timestamp, end: Timestamp) -> String {
    let (start, end) = (start.to_zoned(zone()), end.to_zoned(zone()));
    let until = if start.date() == end.date() {
        end.strftime("%H:%M")
    } else {
        end.strftime("%a %-d %b %Y, %H:%M")
    };
    format!(
        "{}, {} to {until} (Berlin)",
        shown(start.date()),
        start.strftime("%H:%M")
    )
}

/// A day for a reader: `Wed 10 Mar 2027`.
pub fn shown(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("the zones come along with this program")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn next_week_begins_on_the_next_monday_whatever_day_it_is() {
        for (today, wednesday) in [
            (date(2026, 12, 21), date(2026, 12, 30)),
            (date(2026, 12, 27), date(2026, 12, 30)),
            (date(2026, 12, 28), date(2027, 1, 6)),
        ] {
            assert_eq!(next_week(today, Weekday::Wednesday), wednesday, "{today}");
        }
    }

    #[test]
    fn berlin_is_an_hour_ahead_in_winter_and_two_in_summer() {
        let winter = at(date(2027, 3, 24), 12, 30);
        let summer = at(date(2027, 3, 31), 12, 30);
        assert_eq!(winter.to_string(), "2027-03-24T11:30:00Z");
        assert_eq!(summer.to_string(), "2027-03-31T10:30:00Z");
        assert_eq!(clock(winter), "2027-03-24T12:30:00");
        assert_eq!(clock(summer), "2027-03-31T12:30:00");
    }

    #[test]
    fn a_time_is_shown_with_its_day_and_its_place() {
        let noon = at(date(2027, 3, 10), 12, 30);
        assert_eq!(
            span(noon, at(date(2027, 3, 10), 13, 0)),
            "Wed 10 Mar 2027, 12:30 to 13:00 (Berlin)"
        );
        assert_eq!(
            span(noon, at(date(2027, 3, 11), 9, 0)),
            "Wed 10 Mar 2027, 12:30 to Thu 11 Mar 2027, 09:00 (Berlin)"
        );
    }
}
