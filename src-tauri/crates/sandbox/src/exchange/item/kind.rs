//! The kinds of items and what differs between them by name.

use serde::{Deserialize, Serialize};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A contact.
    Contact,
    /// A distribution list; it lies among the contacts.
    DistributionList,
    /// An appointment or a meeting.
    CalendarItem,
    /// A task.
    Task,
    /// A mail.
    Message,
    /// A mail that speaks of a meeting.
    MeetingMessage,
    /// A post in a mail folder.
    PostItem,
    /// Anything else.
    Item,
}

/// Each kind with the name of its element and type, its item class, and the first byte of its change keys.
const KINDS: [(Kind, &str, &str, u8); 8] = [
    (Kind::Contact, "Contact", "IPM.Contact", 0x11),
    (
        Kind::DistributionList,
        "DistributionList",
        "IPM.DistList",
        0x12,
    ),
    (Kind::CalendarItem, "CalendarItem", "IPM.Appointment", 0x0f),
    (Kind::Task, "Task", "IPM.Task", 0x13),
    (Kind::Message, "Message", "IPM.Note", 0x09),
    (
        Kind::MeetingMessage,
        "MeetingMessage",
        "IPM.Schedule.Meeting",
        0x0c,
    ),
    (Kind::PostItem, "PostItem", "IPM.Post", 0x14),
    (Kind::Item, "Item", "IPM.Note", 0x01),
];

impl Kind {
    fn row(self) -> &'static (Kind, &'static str, &'static str, u8) {
        KINDS
            .iter()
            .find(|(kind, ..)| *kind == self)
            .expect("every kind has its row")
    }

    /// The name of its element, which is also the name of its type in the schema table.
    pub fn element(self) -> &'static str {
        self.row().1
    }

    /// The class of an item of this kind that names none.
    pub fn default_class(self) -> &'static str {
        self.row().2
    }

    /// The first byte of its change keys.
    pub fn change_key_byte(self) -> u8 {
        self.row().3
    }

    /// The kind of an element of this name.
    pub fn from_element(name: &str) -> Option<Self> {
        KINDS
            .iter()
            .find(|(_, element, ..)| *element == name)
            .map(|(kind, ..)| *kind)
    }

    /// The prefix of the fields that only this kind has; fields of all items have `item`.
    pub fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Contact => &["contacts"],
            Self::DistributionList => &["contacts", "distributionlist"],
            Self::CalendarItem => &["calendar"],
            Self::Task => &["task"],
            Self::Message => &["message"],
            Self::MeetingMessage => &["message", "meeting"],
            Self::PostItem => &["message", "postitem"],
            Self::Item => &["message"],
        }
    }
}
