//! Acting as the user, in Outlook so to speak: past EWS and its counters, with the same effects on feeds, change keys and events.

mod acting;
mod calendar;
mod calendar_fields;
mod fields;
mod mails;
mod meeting;

use super::Exchange;
use super::failure::Failure;
use super::mailbox::MovesTold;
use acting::Acting;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Something a user does. Folders are named by path below the top (`Contacts/CRM-Sync`), the first part also by its distinguished
/// name (`contacts/CRM-Sync`); items by their EWS id; fields by flat names (`GivenName`, `PhoneNumbers/MobilePhone`,
/// `PhysicalAddresses/Business/City`, `Categories`, `Body`, `Body/HTML`, `{set}/Name:String`, `RequiredAttendees` as
/// `Name <address>; ...`, `StartTimeZone` as a Windows name, `Recurrence/WeeklyRecurrence/Interval` and so on). A time without a zone
/// is a wall clock in the zone of the item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Makes an item. Its kind follows from the folder.
    Create {
        /// Where.
        folder: String,
        /// With which fields.
        fields: BTreeMap<String, FieldValue>,
    },
    /// Changes fields; an empty value clears one.
    Edit {
        /// Which item.
        item: String,
        /// The changed fields.
        fields: BTreeMap<String, FieldValue>,
    },
    /// Gives a contact a picture (base64), or takes it away.
    Picture {
        /// Which contact.
        item: String,
        /// The picture.
        jpeg: Option<String>,
    },
    /// Attaches a file.
    Attach {
        /// To which item.
        item: String,
        /// The file's name.
        name: String,
        /// Its bytes in base64.
        content: String,
    },
    /// Marks a mail as read or unread.
    MarkRead {
        /// Which mail.
        item: String,
        /// What it is from now on.
        read: bool,
    },
    /// Changes one occurrence of a series.
    EditOccurrence {
        /// The series.
        item: String,
        /// The day on which its pattern has the occurrence (`2027-04-12`).
        day: String,
        /// The changed fields.
        fields: BTreeMap<String, FieldValue>,
    },
    /// Deletes one occurrence of a series.
    DeleteOccurrence {
        /// The series.
        item: String,
        /// The day on which its pattern has the occurrence.
        day: String,
    },
    /// Completes a task. Of one that recurs, the completed instance becomes a new item and the task goes on to its next dates.
    CompleteTask {
        /// Which task.
        item: String,
    },
    /// A meeting that somebody else organises comes into a folder.
    Invited {
        /// Where.
        folder: String,
        /// Who organises it, as `Name <address>`.
        organizer: String,
        /// What the user answered.
        #[serde(default)]
        response: Response,
        /// The fields of the meeting.
        fields: BTreeMap<String, FieldValue>,
    },
    /// The organiser calls a meeting off.
    CalledOff {
        /// Which meeting.
        item: String,
    },
    /// An attendee answers; noted on items in the default calendar only.
    Respond {
        /// To which meeting.
        item: String,
        /// The address of the attendee.
        attendee: String,
        /// The answer.
        response: Response,
    },
    /// Deletes an item.
    Delete {
        /// Which item.
        item: String,
        /// Where it goes.
        #[serde(default)]
        how: DeleteHow,
    },
    /// Moves an item; it gets a new id.
    Move {
        /// Which item.
        item: String,
        /// Where.
        folder: String,
    },
    /// Copies an item with its named properties.
    Copy {
        /// Which item.
        item: String,
        /// Where.
        folder: String,
    },
    /// A mail arrives.
    Deliver {
        /// Where.
        folder: String,
        /// The mail in base64.
        mime: String,
    },
    /// A mail is put into a folder as read, and nobody is told of new mail.
    Store {
        /// Where.
        folder: String,
        /// The mail in base64.
        mime: String,
    },
    /// A phone moves a mail: it uploads it to the other folder and deletes the first one.
    CopyAndDelete {
        /// Which mail.
        item: String,
        /// Where.
        folder: String,
    },
    /// Makes a folder; without a class it has that of the folder around it.
    CreateFolder {
        /// Its path; all parts but the last exist.
        path: String,
        /// Its class.
        class: Option<String>,
    },
    /// Gives a folder another name.
    RenameFolder {
        /// Which folder.
        path: String,
        /// Its new name.
        name: String,
    },
    /// Moves a folder.
    MoveFolder {
        /// Which folder.
        path: String,
        /// Into which other one.
        to: String,
    },
    /// Deletes a folder for good, with everything in it.
    DeleteFolder {
        /// Which folder.
        path: String,
    },
    /// Ends every subscription, as a server does that was restarted.
    ExpireSubscriptions,
    /// Says to whom moves are told as moves.
    TellMoves {
        /// To whom.
        to: MovesTold,
    },
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// One text; empty for none.
    One(String),
    /// Several, for `Categories` and the like.
    Many(Vec<String>),
}

/// What somebody answered to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// Yes.
    Accept,
    /// Perhaps.
    Tentative,
    /// No.
    Decline,
    /// Nothing so far.
    #[default]
    NoResponseReceived,
}

impl Response {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "Accept",
            Self::Tentative => "Tentative",
            Self::Decline => "Decline",
            Self::NoResponseReceived => "NoResponseReceived",
        }
    }
}

/// Where a deleted item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeleteHow {
    /// To Deleted Items.
    #[default]
    ToDeletedItems,
    /// To the recoverable items, where the user does not see it.
    Soft,
    /// Nowhere.
    Hard,
}

/// Why an act was not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// There is no such user.
    #[error("there is no user {0:?}")]
    User(String),
    /// There is no such folder.
    #[error("there is no folder {0:?}")]
    Folder(String),
    /// There is no such item.
    #[error("there is no item {0:?}")]
    Item(String),
    /// The series has no such occurrence, or it was deleted.
    #[error("there is no occurrence on {0:?}")]
    Occurrence(String),
    /// Nobody of this address is invited.
    #[error("there is no attendee {0:?}")]
    Attendee(String),
    /// A field has a name or a value that cannot be.
    #[error("the field {0:?} cannot be set so")]
    Field(String),
    /// The store refused it.
    #[error("refused: {0}")]
    Refused(String),
}

impl From<Failure> for ActError {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure.to_string())
    }
}

impl Exchange {
    /// Acts as a user; returns the id of the item or folder it was about, if there is one afterwards.
    pub fn act(&self, user: &str, act: &Act) -> Result<Option<String>, ActError> {
        let done = self
            .0
            .with_mailbox(user, |mailbox, now| Acting { mailbox, now }.act(act));
        done.unwrap_or_else(|| Err(ActError::User(user.to_owned())))
    }

    /// Makes an item with these fields and returns its id.
    pub fn create(
        &self,
        user: &str,
        folder: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, ActError> {
        let act = Act::Create {
            folder: folder.to_owned(),
            fields: values(fields),
        };
        Ok(self.act(user, &act)?.expect("a made item has an id"))
    }

    /// Changes fields of an item; an empty value clears one.
    pub fn edit(&self, user: &str, item: &str, fields: &[(&str, &str)]) -> Result<(), ActError> {
        self.act(
            user,
            &Act::Edit {
                item: item.to_owned(),
                fields: values(fields),
            },
        )
        .map(drop)
    }

    /// Deletes an item to Deleted Items.
    pub fn delete(&self, user: &str, item: &str) -> Result<(), ActError> {
        self.act(
            user,
            &Act::Delete {
                item: item.to_owned(),
                how: DeleteHow::default(),
            },
        )
        .map(drop)
    }

    /// Moves an item and returns its new id.
    pub fn move_to(&self, user: &str, item: &str, folder: &str) -> Result<String, ActError> {
        let act = Act::Move {
            item: item.to_owned(),
            folder: folder.to_owned(),
        };
        Ok(self.act(user, &act)?.expect("a moved item has an id"))
    }

    /// Copies an item and returns the id of the copy.
    pub fn copy_to(&self, user: &str, item: &str, folder: &str) -> Result<String, ActError> {
        let act = Act::Copy {
            item: item.to_owned(),
            folder: folder.to_owned(),
        };
        Ok(self.act(user, &act)?.expect("a copy has an id"))
    }
}

fn values(fields: &[(&str, &str)]) -> BTreeMap<String, FieldValue> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), FieldValue::One((*value).to_owned())))
        .collect()
}
