//! Zones as Exchange names them: by their Windows names, or defined in full by the client. Wall clocks and instants.
//! Deliberately not here: which zone an item has (`write::event`) and what repeats in it (`series`).

use super::failure::Failure;
use super::xml::Element;
use crate::zones;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use windows_timezones::WindowsTimezone;

/// The name of the zone of items that name none.
pub const UTC: &str = "UTC";

/// The zone of a `TimeZoneDefinition` element or one like it.
pub fn of_definition(definition: &Element) -> Result<TimeZone, Failure> {
    let id = definition.get_attribute("Id").unwrap_or_default();
    if let Some(zone) = named(id) {
        return Ok(zone);
    }
    definition
        .get("Periods")
        .and_then(|_| defined(definition))
        .ok_or_else(unknown)
}

/// The zone with this Windows name.
pub fn named(id: &str) -> Option<TimeZone> {
    if id == "tzone://Microsoft/Utc" {
        return Some(TimeZone::UTC);
    }
    let known: WindowsTimezone = id.parse().ok()?;
    zones::named(known.tzdb_id())
}

/// A definition as items keep it: with the name people read, where it is known.
pub fn kept(name: &str, definition: &Element) -> Element {
    let id = definition.get_attribute("Id").unwrap_or(UTC);
    let shown = id
        .parse()
        .map(WindowsTimezone::description)
        .ok()
        .or(definition.get_attribute("Name"))
        .unwrap_or(id);
    let kept = Element::t(name)
        .attribute("Id", id)
        .attribute("Name", shown);
    match named(id) {
        Some(_) => kept,
        None => kept.with(definition.children.iter().cloned()),
    }
}

fn unknown() -> Failure {
    Failure::new("ErrorTimeZone", "The specified time zone isn't valid.")
}

/// The wall clock at an instant.
pub fn local(zone: &TimeZone, time: Timestamp) -> DateTime {
    zone.to_datetime(time)
}

/// The instant of a wall clock; one that is skipped lies after the gap, one that comes twice is the first.
pub fn instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// A day with the offset of the zone, as Exchange writes it: `2027-04-05+02:00`, `2027-04-05Z`.
pub fn day_with_offset(zone: &TimeZone, day: Date) -> String {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    let seconds = instant(zone, midnight).map_or(0, |time| zone.to_offset(time).seconds());
    if seconds == 0 {
        return format!("{day}Z");
    }
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{day}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A zone that the client defined: its periods, and the yearly transitions between them.
fn defined(definition: &Element) -> Option<TimeZone> {
    let periods = &definition.get("Periods")?.children;
    let bias = |wanted: &str| {
        let found = periods
            .iter()
            .find(|period| period.get_attribute("Id") == Some(wanted))?;
        minutes(found.get_attribute("Bias")?)
    };
    let yearly: Vec<&Element> = definition
        .get("TransitionsGroups")
        .and_then(|groups| groups.children.last())
        .map(|group| {
            group
                .children
                .iter()
                .filter(|one| one.name == "RecurringDayTransition")
                .collect()
        })
        .unwrap_or_default();
    let [one, other] = yearly.as_slice() else {
        let only = minutes(periods.first()?.get_attribute("Bias")?)?;
        return TimeZone::posix(&format!("<OWN>{}", clock(only))).ok();
    };
    let (one_bias, other_bias) = (bias(one.get_text("To")?)?, bias(other.get_text("To")?)?);
    // The larger bias is standard time: it lies further behind.
    let (summer, winter, saving, standard) = if one_bias < other_bias {
        (one, other, one_bias, other_bias)
    } else {
        (other, one, other_bias, one_bias)
    };
    let text = format!(
        "<STD>{}<DST>{},{},{}",
        clock(standard),
        clock(saving),
        rule(summer)?,
        rule(winter)?
    );
    TimeZone::posix(&text).ok()
}

/// The POSIX rule of a `RecurringDayTransition`.
fn rule(transition: &Element) -> Option<String> {
    let days = [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ];
    let day = transition.get_text("DayOfWeek")?;
    let day = days.iter().position(|known| *known == day)?;
    let month: u8 = transition.get_text("Month")?.trim().parse().ok()?;
    let week = match transition.get_text("Occurrence")?.trim().parse().ok()? {
        -1 => 5,
        week @ 1..=4 => week,
        _ => return None,
    };
    let after_midnight = minutes(transition.get_text("TimeOffset")?)?;
    Some(format!("M{month}.{week}.{day}/{}", clock(after_midnight)))
}

fn clock(minutes: i64) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    format!("{sign}{}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// The minutes of an `xs:duration` of hours and minutes (`-PT60M`, `PT2H`).
fn minutes(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let span: jiff::Span = text.parse().ok()?;
    let days_as_hours = jiff::SpanRelativeTo::days_are_24_hours();
    Some(sign * span.total((jiff::Unit::Minute, days_as_hours)).ok()? as i64)
}

#[cfg(test)]
mod tests {
    //! Names, definitions, and days of a change of clocks.
    use super::*;

    fn definition(text: &str) -> Element {
        Element::parse(text).expect("well-formed")
    }

    #[test]
    fn every_windows_name_is_a_zone_that_is_there() {
        for id in [
            "W. Europe Standard Time",
            "UTC",
            "Pacific Standard Time",
            "India Standard Time",
            "UTC-02",
        ] {
            assert!(named(id).is_some(), "{id}");
        }
        assert!(named("Europe/Berlin").is_none());
    }

    #[test]
    fn a_definition_in_full_is_the_same_as_the_zone_it_defines() {
        let own = of_definition(&definition(
            "<D Id=\"Own\"><Periods><Period Bias=\"-PT60M\" Name=\"Standard\" Id=\"s\"/><Period Bias=\"-PT120M\" Name=\"Daylight\" Id=\"d\"/></Periods>\
             <TransitionsGroups><TransitionsGroup Id=\"0\">\
             <RecurringDayTransition><To Kind=\"Period\">d</To><TimeOffset>PT2H</TimeOffset><Month>3</Month><DayOfWeek>Sunday</DayOfWeek><Occurrence>-1</Occurrence></RecurringDayTransition>\
             <RecurringDayTransition><To Kind=\"Period\">s</To><TimeOffset>PT3H</TimeOffset><Month>10</Month><DayOfWeek>Sunday</DayOfWeek><Occurrence>-1</Occurrence></RecurringDayTransition>\
             </TransitionsGroup></TransitionsGroups></D>",
        ))
        .expect("a zone");
        let berlin = named("W. Europe Standard Time").expect("known");
        for time in [
            "2027-03-28T00:59:00Z",
            "2027-03-28T01:00:00Z",
            "2027-07-01T12:00:00Z",
            "2027-10-31T00:59:00Z",
            "2027-10-31T01:00:00Z",
        ] {
            let time: Timestamp = time.parse().expect("a time");
            assert_eq!(local(&own, time), local(&berlin, time), "{time}");
        }
    }

    #[test]
    fn a_clock_that_is_skipped_lies_after_the_gap_and_one_that_comes_twice_is_the_first() {
        let berlin = named("W. Europe Standard Time").expect("known");
        let at = |text: &str| {
            let time = instant(&berlin, text.parse().expect("a clock"));
            time.expect("in range").to_string()
        };
        assert_eq!(at("2027-03-28T02:30:00"), "2027-03-28T01:30:00Z");
        assert_eq!(at("2027-10-31T02:30:00"), "2027-10-31T00:30:00Z");
    }

    #[test]
    fn a_zone_that_nobody_knows_is_refused() {
        let failure = of_definition(&definition("<D Id=\"Nowhere Standard Time\"/>"));
        assert_eq!(failure.expect_err("refused").code, "ErrorTimeZone");
    }

    #[test]
    fn a_day_carries_the_offset_it_begins_with() {
        let berlin = named("W. Europe Standard Time").expect("known");
        let day = |text: &str| text.parse::<Date>().expect("a day");
        assert_eq!(
            day_with_offset(&berlin, day("2027-01-05")),
            "2027-01-05+01:00"
        );
        assert_eq!(
            day_with_offset(&berlin, day("2027-07-05")),
            "2027-07-05+02:00"
        );
        assert_eq!(
            day_with_offset(&TimeZone::UTC, day("2027-07-05")),
            "2027-07-05Z"
        );
        let newfoundland = named("Newfoundland Standard Time").expect("known");
        assert_eq!(
            day_with_offset(&newfoundland, day("2027-01-05")),
            "2027-01-05-03:30"
        );
    }
}
