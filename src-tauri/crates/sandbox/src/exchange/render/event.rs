//! Fields of appointments that no one sets: what follows from the attendees, from the series and from start and end.

use super::{id_of, time};
use crate::exchange::item::Item;
use crate::exchange::mailbox::Mailbox;
use crate::exchange::series::{Series, time_of};
use crate::exchange::xml::Element;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// Fields that name the people of a meeting.
pub(crate) const ATTENDEES: [&str; 3] = ["RequiredAttendees", "OptionalAttendees", "Resources"];

/// A computed field; `None` where the field is stored or absent.
pub(super) fn field(mailbox: &Mailbox, item: &Item, name: &str) -> Option<Element> {
    let text = |text: &str| Some(Element::t(name).text(text));
    let or = |otherwise: &str| text(item.fields.text(name).unwrap_or(otherwise));
    match name {
        "IsAllDayEvent" | "IsCancelled" | "MeetingRequestWasSent" | "IsOnlineMeeting" => {
            or("false")
        }
        "LegacyFreeBusyStatus" => or("Busy"),
        "IsMeeting" => text(&is_meeting(item).to_string()),
        "IsResponseRequested" | "AllowNewTimeProposal" => or("true"),
        "CalendarItemType" => text(type_of(item)),
        // The organiser's master says false, a documented error of Exchange.
        "IsRecurring" => text(&item.occurrence.is_some().to_string()),
        "OriginalStart" => text(&time(item.occurrence.as_ref()?.original)),
        "RecurrenceId" => match &item.occurrence {
            Some(occurrence) => text(&time(occurrence.original)),
            None => None,
        },
        "Duration" => text(&duration(time_of(item, "Start")?, time_of(item, "End")?)),
        "ReminderDueBy" => or(item.fields.text("Start")?),
        "ReminderMinutesBeforeStart" => or("15"),
        "ReminderNextTime" => reminder(item).and_then(|next| text(&time(next))),
        "MyResponseType" => or(if is_meeting(item) {
            "Organizer"
        } else {
            "Unknown"
        }),
        "DateTimeStamp" => or(&time(item.created)),
        "AppointmentSequenceNumber" => or("0"),
        "AppointmentState" => text(&state(mailbox, item).to_string()),
        "IsOrganizer" => text(&is_own(mailbox, item).to_string()),
        "Organizer" => match item.fields.get("Organizer") {
            Some(organiser) => Some(organiser.clone()),
            None => Some(Element::t(name).child(own_mailbox(mailbox))),
        },
        "StartTimeZoneId" => text(item.fields.get("StartTimeZone")?.get_attribute("Id")?),
        "EndTimeZoneId" => text(item.fields.get("EndTimeZone")?.get_attribute("Id")?),
        "FirstOccurrence" | "LastOccurrence" | "ModifiedOccurrences" | "DeletedOccurrences" => {
            of_series(mailbox, item, name)
        }
        _ => None,
    }
}

/// Whether somebody else is invited, or the owner was.
pub(crate) fn is_meeting(item: &Item) -> bool {
    item.fields.get("Organizer").is_some()
        || ATTENDEES.iter().any(|name| item.fields.get(name).is_some())
}

/// Whether the owner of the mailbox organises it; other organisers are stored with the item.
pub(crate) fn is_own(mailbox: &Mailbox, item: &Item) -> bool {
    let address = item
        .fields
        .get("Organizer")
        .and_then(|organiser| organiser.get("Mailbox"))
        .and_then(|organiser| organiser.get_text("EmailAddress"));
    address.is_none_or(|address| address.eq_ignore_ascii_case(&mailbox.user.email))
}

fn type_of(item: &Item) -> &'static str {
    match &item.occurrence {
        Some(occurrence) if occurrence.is_exception => "Exception",
        Some(_) => "Occurrence",
        None if item.fields.get("Recurrence").is_some() => "RecurringMaster",
        None => "Single",
    }
}

/// Bits: 1 a meeting, 2 received from somebody else, 4 cancelled.
fn state(mailbox: &Mailbox, item: &Item) -> u8 {
    let received = !is_own(mailbox, item);
    let cancelled = item.fields.text("IsCancelled") == Some("true");
    u8::from(is_meeting(item)) + 2 * u8::from(received) + 4 * u8::from(cancelled)
}

fn reminder(item: &Item) -> Option<Timestamp> {
    if item.fields.text("ReminderIsSet") != Some("true") {
        return None;
    }
    let before: i64 = item
        .fields
        .text("ReminderMinutesBeforeStart")
        .unwrap_or("15")
        .parse()
        .ok()?;
    time_of(item, "Start")?.checked_sub(before.minutes()).ok()
}

fn duration(start: Timestamp, end: Timestamp) -> String {
    let minutes = end.duration_since(start).as_mins();
    let sign = if minutes < 0 { "-" } else { "" };
    let minutes = minutes.abs();
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let mut duration = format!("{sign}P");
    if days > 0 {
        duration.push_str(&format!("{days}D"));
    }
    if hours > 0 || rest > 0 || days == 0 {
        duration.push_str(&format!("T{hours}H{rest}M"));
    }
    duration
}

fn of_series(mailbox: &Mailbox, item: &Item, name: &str) -> Option<Element> {
    let series = Series::of(item)?;
    match name {
        "FirstOccurrence" => occurrence(mailbox, &series, series.first()?, name),
        "LastOccurrence" => occurrence(mailbox, &series, series.last()?, name),
        "ModifiedOccurrences" => {
            let days = item.changes.exceptions.keys();
            let each: Vec<Element> = days
                .filter_map(|day| occurrence(mailbox, &series, *day, "Occurrence"))
                .collect();
            (!each.is_empty()).then(|| Element::t(name).with(each))
        }
        _ => {
            let days = item.changes.deleted.iter();
            let each: Vec<Element> = days
                .filter_map(|day| {
                    let start = Element::t("Start").text(time(series.planned(*day)?.0));
                    Some(Element::t("DeletedOccurrence").child(start))
                })
                .collect();
            (!each.is_empty()).then(|| Element::t(name).with(each))
        }
    }
}

/// One occurrence as the master lists it.
fn occurrence(mailbox: &Mailbox, series: &Series<'_>, day: Date, name: &str) -> Option<Element> {
    let item = series.occurrence(day)?;
    let at = |name: &str| Some(Element::t(name).text(time(time_of(&item, name)?)));
    let original = Element::t("OriginalStart").text(time(item.occurrence.as_ref()?.original));
    Some(
        Element::t(name)
            .child(
                Element::t("ItemId")
                    .attribute("Id", mailbox.encode(id_of(&item)))
                    .attribute("ChangeKey", item.change_key()),
            )
            .child(at("Start")?)
            .child(at("End")?)
            .child(original),
    )
}

/// The owner as a `Mailbox` element.
fn own_mailbox(mailbox: &Mailbox) -> Element {
    Element::t("Mailbox")
        .child(Element::t("Name").text(mailbox.user.display_name.clone()))
        .child(Element::t("EmailAddress").text(mailbox.user.email.clone()))
        .child(Element::t("RoutingType").text("SMTP"))
        .child(Element::t("MailboxType").text("Mailbox"))
}
