//! Meetings: what is sent to attendees, kept in an outbox instead of being sent, and changes of meetings that somebody else organises.
//! Deliberately not here: mails in Sent Items, and the answers of attendees, which tests play through the acts.

use super::Desk;
use crate::exchange::identity::{Id, ItemKey};
use crate::exchange::item::{Item, Kind};
use crate::exchange::mailbox::{Recipient, Sent, SentKind, TouchedMeeting};
use crate::exchange::render;
use crate::exchange::write::address_of;
use crate::exchange::xml::Element;

const KIND: &str = "CalendarItem";

/// The people of a meeting, each once.
fn people(item: &Item) -> Vec<Recipient> {
    let lists = render::ATTENDEES.map(|name| item.fields.get(name));
    let all = lists.into_iter().flatten().flat_map(|list| &list.children);
    let mut people: Vec<Recipient> = Vec::new();
    for attendee in all {
        let address = address_of(attendee);
        if !people.iter().any(|known| known.address == address) {
            let name = attendee
                .get("Mailbox")
                .and_then(|mailbox| mailbox.get_text("Name"));
            let name = name.unwrap_or(&address).to_owned();
            people.push(Recipient { name, address });
        }
    }
    people
}

/// Whether an attribute of the request asks for something to be sent.
fn sends(request: &Element, attribute: &str) -> bool {
    request
        .get_attribute(attribute)
        .is_some_and(|value| value != "SendToNone")
}

/// Notes in a new meeting that its invitations go out.
pub(super) fn created(item: &mut Item, request: &Element) {
    if item.kind == Kind::CalendarItem
        && sends(request, "SendMeetingInvitations")
        && !people(item).is_empty()
    {
        item.fields.set_text(KIND, "MeetingRequestWasSent", "true");
    }
}

/// Puts the invitations of a new meeting into the outbox.
pub(super) fn tell_created(desk: &mut Desk<'_>, request: &Element, key: ItemKey) {
    let Some(item) = desk.mailbox.item(key).cloned() else {
        return;
    };
    if item.kind == Kind::CalendarItem && sends(request, "SendMeetingInvitations") {
        let to = people(&item);
        send(desk, &item, SentKind::Invitation, to);
    }
}

/// Notes in a changed meeting what sending does to it: attendees hear of another version.
pub(super) fn changing(desk: &Desk<'_>, request: &Element, before: &Item, after: &mut Item) {
    let asks = sends(request, "SendMeetingInvitationsOrCancellations");
    if after.kind != Kind::CalendarItem || !asks || !render::is_own(desk.mailbox, after) {
        return;
    }
    if people(before).is_empty() && people(after).is_empty() {
        return;
    }
    if after.fields.text("MeetingRequestWasSent") == Some("true") {
        let number: u32 = after
            .fields
            .text("AppointmentSequenceNumber")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let next = (number + 1).to_string();
        after
            .fields
            .set_text(KIND, "AppointmentSequenceNumber", next);
    }
    after.fields.set_text(KIND, "MeetingRequestWasSent", "true");
}

/// Puts what attendees hear of a change into the outbox; notes a change of somebody else's meeting.
pub(super) fn tell_changed(desk: &mut Desk<'_>, request: &Element, before: &Item, after: &Item) {
    if after.kind != Kind::CalendarItem {
        return;
    }
    if !render::is_own(desk.mailbox, after) {
        let touched = TouchedMeeting {
            item: desk.mailbox.encode(Id::Item(after.key)),
            subject: after.fields.text("Subject").unwrap_or_default().to_owned(),
            fields: changed_fields(before, after),
            at: desk.now,
        };
        desk.mailbox.touched_meetings.push(touched);
        return;
    }
    let attribute = "SendMeetingInvitationsOrCancellations";
    if !sends(request, attribute) {
        return;
    }
    let (were, are) = (people(before), people(after));
    let (removed, added): (Vec<_>, Vec<_>) = (without(&were, &are), without(&are, &were));
    let only_changed = request
        .get_attribute(attribute)
        .is_some_and(|value| value.contains("Changed"));
    let invited_before = before.fields.text("MeetingRequestWasSent") == Some("true");
    let told = if only_changed {
        Vec::new()
    } else {
        without(&are, &added)
    };
    if invited_before {
        send(desk, after, SentKind::Update, told);
        send(desk, after, SentKind::Invitation, added);
        send(desk, before, SentKind::Cancellation, removed);
    } else {
        send(
            desk,
            after,
            SentKind::Invitation,
            if only_changed { added } else { are },
        );
    }
}

/// Puts what attendees hear of a deletion into the outbox.
pub(super) fn tell_deleted(desk: &mut Desk<'_>, request: &Element, item: &Item) {
    let asks = sends(request, "SendMeetingCancellations");
    if item.kind == Kind::CalendarItem && asks && render::is_own(desk.mailbox, item) {
        send(desk, item, SentKind::Cancellation, people(item));
    }
}

fn without(all: &[Recipient], others: &[Recipient]) -> Vec<Recipient> {
    let is_other = |one: &&Recipient| !others.iter().any(|other| other.address == one.address);
    all.iter().filter(is_other).cloned().collect()
}

fn send(desk: &mut Desk<'_>, item: &Item, kind: SentKind, recipients: Vec<Recipient>) {
    if recipients.is_empty() {
        return;
    }
    let sent = Sent {
        kind,
        subject: item.fields.text("Subject").unwrap_or_default().to_owned(),
        recipients,
        item: desk.mailbox.encode(render::id_of(item)),
        at: desk.now,
    };
    desk.mailbox.outbox.push(sent);
}

/// The names of what differs, named properties too.
fn changed_fields(before: &Item, after: &Item) -> Vec<String> {
    let mut exception = crate::exchange::item::Exception::default();
    exception.note(before, after);
    let paths = exception.extended.into_keys().map(String::from);
    exception.fields.into_keys().chain(paths).collect()
}
