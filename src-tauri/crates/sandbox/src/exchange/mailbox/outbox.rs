//! What a mailbox would have sent to attendees, and which meetings of others were changed in it. Nothing leaves the sandbox; tests
//! look here to prove that nothing, or the right thing, was sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A meeting message that an EWS request asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// What it says.
    pub kind: SentKind,
    /// The subject of the meeting.
    pub subject: String,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
    /// The id of the meeting or the occurrence.
    pub item: String,
    /// When it was asked for.
    pub at: Timestamp,
}

/// What a meeting message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentKind {
    /// Come.
    Invitation,
    /// The meeting is another one than you know.
    Update,
    /// Do not come.
    Cancellation,
}

/// Somebody who gets a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The name people read.
    pub name: String,
    /// The address in small letters.
    pub address: String,
}

/// A change that an EWS request made to a meeting that somebody else organises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TouchedMeeting {
    /// The id of the meeting in this mailbox.
    pub item: String,
    /// Its subject.
    pub subject: String,
    /// The fields and named properties that were changed.
    pub fields: Vec<String>,
    /// When.
    pub at: Timestamp,
}
