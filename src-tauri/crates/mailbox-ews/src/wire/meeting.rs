//! Whether Exchange sends mails to other people when an appointment is written. Every write takes the words from here and from nowhere
//! else, because a meeting mail sent by accident cannot be called back: it is nobody, but for those whom the CRM invited where the
//! policy has the connector invite (R3.6, R3.7). Exchange ignores the attributes for other kinds of items, so they are on every write.

use ports::Notify;

use super::writer::Attribute;

/// For CreateItem.
pub fn on_create(notify: Notify) -> Attribute<'static> {
    ("SendMeetingInvitations", all_or_none(notify))
}

/// For UpdateItem.
pub fn on_update(notify: Notify) -> Attribute<'static> {
    ("SendMeetingInvitationsOrCancellations", all_or_none(notify))
}

/// For DeleteItem.
pub fn on_delete(notify: Notify) -> Attribute<'static> {
    ("SendMeetingCancellations", all_or_none(notify))
}

fn all_or_none(notify: Notify) -> &'static str {
    match notify {
        Notify::Nobody => "SendToNone",
        Notify::Attendees => "SendToAllAndSaveCopy",
    }
}
