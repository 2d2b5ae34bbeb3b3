//! When an appointment is. The CRM keeps two dates and two times in the server's zone and knows no all-day appointment: one is all-day
//! that reaches from a midnight of the user to a later one (facts/crm.md 7 and 13).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};
use model::{Field, Fields};

use super::times::Zones;

/// One end of an appointment as the CRM writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// `2026-11-22`.
    pub date: String,
    /// `10:00:00`, in old records `10:00`.
    pub time: String,
}

/// An appointment as the CRM writes it. An end of which we know nothing is not written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// When it starts.
    pub start: Option<Text>,
    /// When it ends.
    pub end: Option<Text>,
    /// How long it takes in minutes; the server reckons it again and still demands it.
    pub minutes: Option<i64>,
}

/// When an appointment is, in our words: start, end and whether they are days. What cannot be understood has no value.
pub fn read(start: &Text, end: &Text, zones: &Zones) -> Fields {
    let starts = moments(start, &zones.server);
    let ends = moments(end, &zones.server);
    if let Some((first, last)) = whole_days(&starts, &ends, &zones.user) {
        return Fields::new()
            .with(Field::Start, first.to_string())
            .with(Field::End, last.to_string())
            .with(Field::AllDay, "1");
    }
    let start = starts.first();
    let in_order = ends
        .iter()
        .find(|end| start.is_none_or(|start| *end >= start));
    let end = in_order.or(ends.first());
    let text = |moment: Option<&Timestamp>| moment.map(Timestamp::to_string).unwrap_or_default();
    Fields::new()
        .with(Field::Start, text(start))
        .with(Field::End, text(end))
}

/// When an appointment is, in the CRM's words.
pub fn write(fields: &Fields, zones: &Zones) -> Texts {
    let (start, end) = (fields.get(Field::Start), fields.get(Field::End));
    let (start, end) = match fields.get(Field::AllDay) {
        "" => (start.parse().ok(), end.parse().ok()),
        _ => {
            let midnight = |day: Date| midnight(day, &zones.user);
            let behind = |day: Date| day.tomorrow().ok();
            let day = |text: &str| text.parse::<Date>().ok();
            (
                day(start).and_then(midnight),
                day(end).and_then(behind).and_then(midnight),
            )
        }
    };
    let minutes = start
        .zip(end)
        .map(|(start, end)| end.duration_since(start).as_secs().div_euclid(60));
    let text = |moment| text_of(moment, &zones.server);
    Texts {
        start: start.map(text),
        end: end.map(text),
        minutes,
    }
}

/// A day; none where there is no such day.
pub fn day(text: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text.trim()).ok()
}

/// How the server writes the day of a moment.
pub fn day_of(moment: Timestamp, zone: &TimeZone) -> Date {
    moment.to_zoned(zone.clone()).date()
}

/// How the server writes a moment.
pub fn text_of(moment: Timestamp, zone: &TimeZone) -> Text {
    let civil = moment.to_zoned(zone.clone()).datetime();
    Text {
        date: civil.date().to_string(),
        time: civil.strftime("%H:%M:%S").to_string(),
    }
}

/// What a text may mean: two moments where the clocks are set back, the first one first.
fn moments(text: &Text, zone: &TimeZone) -> Vec<Timestamp> {
    let civil = day(&text.date).zip(time(&text.time));
    let Some((date, time)) = civil else {
        return Vec::new();
    };
    let ambiguous = zone.to_ambiguous_timestamp(DateTime::from_parts(date, time));
    let second = match ambiguous.offset() {
        AmbiguousOffset::Fold { .. } => ambiguous.later().ok(),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => None,
    };
    ambiguous.compatible().into_iter().chain(second).collect()
}

fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    Time::strptime("%H:%M:%S", text)
        .or_else(|_| Time::strptime("%H:%M", text))
        .ok()
}

/// The first and the last day, where both ends are midnights of the user.
fn whole_days(starts: &[Timestamp], ends: &[Timestamp], user: &TimeZone) -> Option<(Date, Date)> {
    let midnights = |moments: &[Timestamp]| -> Vec<Zoned> {
        let local = moments.iter().map(|moment| moment.to_zoned(user.clone()));
        local.filter(is_midnight).collect()
    };
    let (starts, ends) = (midnights(starts), midnights(ends));
    let (start, end) = (starts.first()?, ends.first()?);
    let last = end.date().yesterday().ok()?;
    (start.date() <= last).then(|| (start.date(), last))
}

/// Also in a night whose midnight is left out because the clocks are set forward then.
fn is_midnight(moment: &Zoned) -> bool {
    midnight(moment.date(), moment.time_zone()) == Some(moment.timestamp())
}

fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests;
