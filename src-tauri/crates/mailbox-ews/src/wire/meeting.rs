//! Whether Exchange sends mails to other people when an appointment is written: never, so far. Every write takes the words from
//! here and from nowhere else, because a meeting mail sent by accident cannot be called back. Exchange ignores the attributes for
//! other kinds of items, so they are on every write.

use super::writer::Attribute;

const NOBODY: &str = "SendToNone";

/// For CreateItem.
pub const ON_CREATE: Attribute<'static> = ("SendMeetingInvitations", NOBODY);
/// For UpdateItem.
pub const ON_UPDATE: Attribute<'static> = ("SendMeetingInvitationsOrCancellations", NOBODY);
/// For DeleteItem.
pub const ON_DELETE: Attribute<'static> = ("SendMeetingCancellations", NOBODY);
