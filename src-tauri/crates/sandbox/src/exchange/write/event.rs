//! Appointments: zones, a start and an end in the right order, whole days from midnight to midnight, attendees.
//! Deliberately not here: what hangs together in a series (`series`), and what is sent to attendees (`operations::meetings`).

use super::Occasion;
use super::series;
use crate::exchange::failure::Failure;
use crate::exchange::item::Item;
use crate::exchange::mode::Mode;
use crate::exchange::render;
use crate::exchange::series::{time_of, zone_of};
use crate::exchange::xml::Element;
use crate::exchange::zone;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

const KIND: &str = "CalendarItem";

/// Fields that name people.
const ATTENDEES: [&str; 3] = ["RequiredAttendees", "OptionalAttendees", "Resources"];

/// Completes an appointment after a write; `before` is what it was.
pub(super) fn complete(
    item: &mut Item,
    before: Option<&Item>,
    occasion: &Occasion,
) -> Result<(), Failure> {
    keep_zones(item, occasion)?;
    let (mut start, mut end) = times(item)?;
    if occasion.mode == Mode::Exchange {
        if end < start {
            return Err(Failure::new(
                "ErrorCalendarEndDateIsEarlierThanStartDate",
                "EndDate is earlier than StartDate.",
            ));
        }
        if item.fields.text("IsAllDayEvent") == Some("true") {
            (start, end) = whole_days(item, start, end).ok_or_else(|| missing("End"))?;
        }
    }
    item.fields.set_text(KIND, "Start", render::time(start));
    item.fields.set_text(KIND, "End", render::time(end));
    for name in ATTENDEES {
        keep_attendees(item, before, name);
    }
    series::complete(item, before, occasion)
}

fn missing(name: &str) -> Failure {
    Failure::new(
        "ErrorRequiredPropertyMissing",
        format!("The property calendar:{name} is missing."),
    )
}

/// Start and end; half an hour, or a whole day, where there is no end.
fn times(item: &Item) -> Result<(Timestamp, Timestamp), Failure> {
    let start = time_of(item, "Start").ok_or_else(|| missing("Start"))?;
    let length = match item.fields.text("IsAllDayEvent") {
        Some("true") => 24.hours(),
        _ => 30.minutes(),
    };
    let end = match time_of(item, "End") {
        Some(end) => end,
        None => start.checked_add(length).map_err(|_| missing("End"))?,
    };
    Ok((start, end))
}

/// An appointment has a zone for its start and one for its end: its own, or that of the request it was made with.
fn keep_zones(item: &mut Item, occasion: &Occasion) -> Result<(), Failure> {
    let utc = || Element::t("StartTimeZone").attribute("Id", zone::UTC);
    let of_request = || {
        occasion
            .zone
            .clone()
            .filter(|_| occasion.mode == Mode::Exchange)
    };
    let start = item.fields.get("StartTimeZone").cloned();
    let start = start.or_else(of_request).unwrap_or_else(utc);
    let end = item.fields.get("EndTimeZone").unwrap_or(&start).clone();
    for (name, definition) in [("StartTimeZone", start), ("EndTimeZone", end)] {
        zone::of_definition(&definition)?;
        item.fields.set(KIND, zone::kept(name, &definition));
    }
    Ok(())
}

/// Pushed outwards to midnight.
fn whole_days(item: &Item, start: Timestamp, end: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let start_zone = zone_of(item);
    let end_zone = item.fields.get("EndTimeZone");
    let end_zone = end_zone
        .and_then(|kept| zone::of_definition(kept).ok())
        .unwrap_or(TimeZone::UTC);
    let first = zone::local(&start_zone, start).date();
    let last = zone::local(&end_zone, end);
    // Where the clock's change skips midnight, the day begins later.
    let begins = zone::instant(&end_zone, last.date().to_datetime(Time::midnight()));
    let midnight = last.time() == Time::midnight() || begins == Some(end);
    let mut after = last.date();
    if !midnight || after <= first {
        after = after.max(first).tomorrow().ok()?;
    }
    Some((
        zone::instant(&start_zone, first.to_datetime(Time::midnight()))?,
        zone::instant(&end_zone, after.to_datetime(Time::midnight()))?,
    ))
}

/// What attendees answered is the server's knowledge: a client names them, but does not answer for them.
fn keep_attendees(item: &mut Item, before: Option<&Item>, name: &str) {
    let Some(list) = item.fields.get(name).cloned() else {
        return;
    };
    let known: Vec<&Element> = before
        .into_iter()
        .flat_map(|before| ATTENDEES.map(|list| before.fields.get(list)))
        .flatten()
        .flat_map(|list| &list.children)
        .collect();
    let kept = list.children.iter().map(|attendee| {
        let same = known
            .iter()
            .find(|known| address_of(known) == address_of(attendee));
        let mut kept = Element::t("Attendee").with(attendee.get("Mailbox").map(complete_mailbox));
        let answer = same.and_then(|same| same.get("ResponseType")).cloned();
        kept.children
            .push(answer.unwrap_or_else(|| Element::t("ResponseType").text("Unknown")));
        kept.children
            .extend(same.and_then(|same| same.get("LastResponseTime")).cloned());
        kept
    });
    let kept = Element::t(name).with(kept);
    item.fields.set(KIND, kept);
}

/// The address of an attendee, in small letters.
pub fn address_of(attendee: &Element) -> String {
    attendee
        .get("Mailbox")
        .and_then(|mailbox| mailbox.get_text("EmailAddress"))
        .unwrap_or_default()
        .to_lowercase()
}

fn complete_mailbox(mailbox: &Element) -> Element {
    let address = mailbox.get_text("EmailAddress").unwrap_or_default();
    let name = mailbox.get_text("Name").unwrap_or(address);
    Element::t("Mailbox")
        .child(Element::t("Name").text(name))
        .child(Element::t("EmailAddress").text(address))
        .child(Element::t("RoutingType").text(mailbox.get_text("RoutingType").unwrap_or("SMTP")))
}
