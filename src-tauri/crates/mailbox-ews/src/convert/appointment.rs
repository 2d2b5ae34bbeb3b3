//! An appointment's values beside Exchange's (facts/ews.md, section 11). Times are moments in UTC; an all-day appointment is days, which
//! Exchange keeps as midnight to the midnight after the last one, in the zone of the item.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::{Field, Fields};

use crate::options::UserZone;
use crate::wire::item::time;
use crate::wire::leaf::{Leaf, Leaves, split_attendee};

/// Values that are the same on the wire.
pub const FIELDS: &[(Field, Leaf)] = &[
    (Field::Subject, Leaf::Subject),
    (Field::Description, Leaf::Body),
    (Field::Location, Leaf::Location),
    // Whoever is new is required; see `sort_invited` for the others.
    (Field::Invited, Leaf::Required),
    (Field::TimeZone, Leaf::StartZone),
];

/// The zone an item goes by. One that nobody knows, or that the sender made up, is taken for the user's.
pub fn zone_of(leaves: &Leaves, user: &UserZone) -> TimeZone {
    known_zone(leaves).unwrap_or_else(|| user.zone.clone())
}

/// Whether it names a zone whose rules are known.
pub fn knows_zone(leaves: &Leaves) -> bool {
    known_zone(leaves).is_some()
}

fn known_zone(leaves: &Leaves) -> Option<TimeZone> {
    let named = leaves.get(&Leaf::StartZone)?;
    mapping::zones::zone(named)
}

/// Whether it is about whole days.
pub fn is_all_day(leaves: &Leaves) -> bool {
    leaves
        .get(&Leaf::IsAllDay)
        .is_some_and(|value| value.trim() == "true")
}

/// Reads what is not the same on the wire.
pub fn read(fields: &mut Fields, leaves: &Leaves, user: &UserZone) {
    let text = |leaf| leaves.get(&leaf).map_or("", String::as_str);
    let [start, end] = [Leaf::Start, Leaf::End].map(|leaf| time(text(leaf)));
    if is_all_day(leaves) {
        let zone = zone_of(leaves, user);
        let days = start
            .zip(end)
            .and_then(|(start, end)| days(start, end, &zone));
        fields.set(Field::AllDay, "1");
        fields.set(Field::Start, shown(days.map(|(first, _)| first)));
        fields.set(Field::End, shown(days.map(|(_, last)| last)));
    } else {
        fields.set(Field::Start, shown(start.and_then(whole_second)));
        fields.set(Field::End, shown(end.and_then(whole_second)));
    }
    let invited = [Leaf::Required, Leaf::Optional].map(text);
    let invited = invited.into_iter().filter(|people| !people.is_empty());
    fields.set(Field::Invited, invited.collect::<Vec<_>>().join("\n"));
    if !matches!(text(Leaf::Sensitivity), "" | "Normal") {
        fields.set(Field::Private, "1");
    }
    if text(Leaf::ReminderIsSet).trim() == "true" {
        let minutes = text(Leaf::ReminderMinutes).trim();
        fields.set(
            Field::Reminder,
            if minutes.is_empty() { "0" } else { minutes },
        );
    }
}

/// The first and the last day of an all-day appointment.
///
/// Whole days begin and end at midnights of the zone by the server's rules. Its clock may change at other times than we know of, and a
/// zone that nobody knows is taken for the user's, so the nearest midnight is meant. What does not last whole days was never pushed to
/// midnights: it touches the days it lies on.
pub fn days(start: Timestamp, end: Timestamp, zone: &TimeZone) -> Option<(Date, Date)> {
    let local = |moment: Timestamp| moment.to_zoned(zone.clone()).datetime();
    let (first, behind) = match lasts_whole_days(start, end) {
        true => (nearest_day(local(start))?, nearest_day(local(end))?),
        false => (local(start).date(), day_after(local(end))?),
    };
    Some((first, behind.yesterday().ok()?.max(first)))
}

/// A change of the clock makes a day an hour shorter or longer.
fn lasts_whole_days(start: Timestamp, end: Timestamp) -> bool {
    const HOUR: i64 = 3_600;
    let seconds = end.duration_since(start).as_secs();
    seconds >= 23 * HOUR && (seconds + HOUR).rem_euclid(24 * HOUR) <= 2 * HOUR
}

fn nearest_day(wall_clock: DateTime) -> Option<Date> {
    let half_a_day_on = wall_clock.checked_add(12.hours()).ok()?;
    Some(half_a_day_on.date())
}

/// The first day on which something that ends then is over.
fn day_after(end: DateTime) -> Option<Date> {
    match end.time() == Time::midnight() {
        true => Some(end.date()),
        false => end.date().tomorrow().ok(),
    }
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn whole_second(moment: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(moment.as_second()).ok()
}

/// Writes what is not the same on the wire. Start, end and whether they are days come together or not at all.
pub fn write(leaves: &mut Leaves, values: &Fields, named: &[Field], user: &UserZone) {
    if named.contains(&Field::Start) {
        write_times(leaves, values, user);
    }
    if named.contains(&Field::Private) {
        let private = !values.get(Field::Private).is_empty();
        let sensitivity = if private { "Private" } else { "Normal" };
        leaves.insert(Leaf::Sensitivity, sensitivity.to_owned());
    }
    if named.contains(&Field::Reminder) {
        let minutes = values.get(Field::Reminder);
        leaves.insert(Leaf::ReminderIsSet, (!minutes.is_empty()).to_string());
        if !minutes.is_empty() {
            leaves.insert(Leaf::ReminderMinutes, minutes.to_owned());
        }
    }
}

/// Puts those who are to be invited into the lists the appointment has today: who is optional stays so. A list that stays as it is
/// is not written.
pub fn sort_invited(leaves: &mut Leaves, today: &Leaves) {
    let Some(wanted) = leaves.remove(&Leaf::Required) else {
        return;
    };
    let today = |leaf| today.get(&leaf).map_or("", String::as_str);
    let optional: BTreeSet<String> = today(Leaf::Optional).lines().filter_map(address).collect();
    let is_optional = |line: &&str| address(line).is_some_and(|own| optional.contains(&own));
    let lines = wanted.lines().map(str::trim);
    let (optional, required): (Vec<&str>, Vec<&str>) = lines.partition(is_optional);
    for (leaf, lines) in [(Leaf::Required, required), (Leaf::Optional, optional)] {
        let today: BTreeSet<&str> = today(leaf).lines().collect();
        if today != lines.iter().copied().collect() {
            leaves.insert(leaf, lines.join("\n"));
        }
    }
}

fn address(line: &str) -> Option<String> {
    split_attendee(line).map(|(_, address)| address.to_lowercase())
}

/// Those of a list who have an address; nobody else can be invited.
pub fn with_address(people: &str) -> String {
    let people = people.lines().filter(|line| address(line).is_some());
    people.collect::<Vec<_>>().join("\n")
}

fn write_times(leaves: &mut Leaves, values: &Fields, user: &UserZone) {
    let all_day = !values.get(Field::AllDay).is_empty();
    let named = values.get(Field::TimeZone);
    let known = mapping::zones::zone(named);
    let (id, zone) = match &known {
        Some(zone) => (named, zone),
        None => (user.windows.as_str(), &user.zone),
    };
    let (start, end) = (values.get(Field::Start), values.get(Field::End));
    let (start, end) = match all_day {
        true => (midnight(start, 0, zone), midnight(end, 1, zone)),
        false => (start.to_owned(), end.to_owned()),
    };
    leaves.insert(Leaf::Start, start);
    leaves.insert(Leaf::End, end);
    leaves.insert(Leaf::IsAllDay, all_day.to_string());
    leaves.insert(Leaf::StartZone, id.to_owned());
    leaves.insert(Leaf::EndZone, id.to_owned());
}

/// The moment a day, or one so many days later, begins in the zone.
fn midnight(day: &str, later: i64, zone: &TimeZone) -> String {
    let day: Option<Date> = day.parse().ok();
    let day = day.and_then(|day| day.checked_add(later.days()).ok());
    let moment = day.and_then(|day| day.to_zoned(zone.clone()).ok());
    shown(moment.map(|moment| moment.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> UserZone {
        UserZone::of("Europe/Berlin").expect("a zone of the table")
    }

    fn there_and_back(values: &Fields, user: &UserZone) -> (Leaves, Fields) {
        let mut leaves = Leaves::new();
        write(
            &mut leaves,
            values,
            &[Field::Start, Field::End, Field::AllDay],
            user,
        );
        let mut back = Fields::new();
        read(&mut back, &leaves, user);
        (leaves, back)
    }

    #[test]
    fn r3_2_an_all_day_appointment_keeps_its_days_through_midnights_of_its_zone() {
        let fair = Fields::new()
            .with(Field::Start, "2026-10-24")
            .with(Field::End, "2026-10-25")
            .with(Field::AllDay, "1");
        let (leaves, back) = there_and_back(&fair, &berlin());
        assert_eq!(leaves[&Leaf::Start], "2026-10-23T22:00:00Z");
        assert_eq!(leaves[&Leaf::End], "2026-10-25T23:00:00Z");
        assert_eq!(leaves[&Leaf::StartZone], "W. Europe Standard Time");
        assert_eq!(back, fair);
    }

    #[test]
    fn r3_2_an_all_day_appointment_keeps_its_days_where_the_clock_skips_midnight() {
        // The day after each of these begins at one o'clock, or twice.
        for (iana, day) in [
            ("Africa/Cairo", "2027-04-29"),
            ("Africa/Cairo", "2027-10-28"),
            ("Asia/Beirut", "2027-03-27"),
            ("America/Havana", "2027-03-13"),
            ("America/Havana", "2027-11-06"),
            ("America/Asuncion", "2023-09-30"),
        ] {
            let user = UserZone::of(iana).expect("a zone of the table");
            let next: Date = day.parse().expect("a day");
            let next = next.tomorrow().expect("a day").to_string();
            for (start, end) in [(day, day), (&next, &next), (day, &next)] {
                let fair = Fields::new()
                    .with(Field::Start, start)
                    .with(Field::End, end)
                    .with(Field::AllDay, "1");
                let (_, back) = there_and_back(&fair, &user);
                assert_eq!(back, fair, "{iana}");
            }
        }
    }

    #[test]
    fn r3_2_an_all_day_appointment_keeps_its_days_where_the_server_has_other_rules_than_we() {
        for (zone, start, end, first, last) in [
            // An hour too early and too late: the server does not know that the clock no longer changes, or knows that it does.
            (
                "W. Europe Standard Time",
                "2026-10-23T21:00:00Z",
                "2026-10-25T22:00:00Z",
                "2026-10-24",
                "2026-10-25",
            ),
            (
                "W. Europe Standard Time",
                "2026-10-23T23:00:00Z",
                "2026-10-26T00:00:00Z",
                "2026-10-24",
                "2026-10-25",
            ),
            // Midnights of Tokyo and of New York under a name that nobody knows.
            (
                "Customized Time Zone",
                "2026-10-23T15:00:00Z",
                "2026-10-24T15:00:00Z",
                "2026-10-24",
                "2026-10-24",
            ),
            (
                "Customized Time Zone",
                "2026-10-24T04:00:00Z",
                "2026-10-26T04:00:00Z",
                "2026-10-24",
                "2026-10-25",
            ),
            // Said to be about days, and about hours all the same.
            (
                "W. Europe Standard Time",
                "2026-10-24T13:00:00Z",
                "2026-10-24T14:00:00Z",
                "2026-10-24",
                "2026-10-24",
            ),
            (
                "W. Europe Standard Time",
                "2026-10-24T13:00:00Z",
                "2026-10-25T09:00:00Z",
                "2026-10-24",
                "2026-10-25",
            ),
            (
                "W. Europe Standard Time",
                "2026-10-24T13:00:00Z",
                "2026-10-24T13:00:00Z",
                "2026-10-24",
                "2026-10-24",
            ),
        ] {
            let text = |leaf, value: &str| (leaf, value.to_owned());
            let leaves = Leaves::from([
                text(Leaf::IsAllDay, "true"),
                text(Leaf::StartZone, zone),
                text(Leaf::Start, start),
                text(Leaf::End, end),
            ]);
            let mut fields = Fields::new();
            read(&mut fields, &leaves, &berlin());
            let seen = [Field::Start, Field::End].map(|field| fields.get(field));
            assert_eq!(seen, [first, last], "{zone} {start}");
        }
    }

    #[test]
    fn r3_2_an_item_of_another_zone_keeps_it() {
        let fair = Fields::new()
            .with(Field::Start, "2026-10-24")
            .with(Field::End, "2026-10-24")
            .with(Field::AllDay, "1")
            .with(Field::TimeZone, "Tokyo Standard Time");
        let (leaves, _) = there_and_back(&fair, &berlin());
        assert_eq!(leaves[&Leaf::Start], "2026-10-23T15:00:00Z");
        assert_eq!(leaves[&Leaf::StartZone], "Tokyo Standard Time");
    }

    #[test]
    fn r3_8_every_mark_but_normal_is_private() {
        for (sensitivity, private) in [
            ("Normal", ""),
            ("Private", "1"),
            ("Personal", "1"),
            ("Confidential", "1"),
        ] {
            let leaves = Leaves::from([(Leaf::Sensitivity, sensitivity.to_owned())]);
            let mut fields = Fields::new();
            read(&mut fields, &leaves, &berlin());
            assert_eq!(fields.get(Field::Private), private, "{sensitivity}");
        }
    }

    #[test]
    fn r3_2_no_reminder_is_written_as_none() {
        let mut leaves = Leaves::new();
        write(&mut leaves, &Fields::new(), &[Field::Reminder], &berlin());
        assert_eq!(
            leaves,
            Leaves::from([(Leaf::ReminderIsSet, "false".to_owned())])
        );
    }
}
