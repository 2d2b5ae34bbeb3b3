//! What the mailbox holds.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{ChangeKey, Fields, ItemId, Stamp};

/// Who decides about an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Organiser {
    /// The user: it may be written.
    #[default]
    User,
    /// Somebody else invited the user: it is read, never written (R3.6).
    Other,
}

/// One entry of the mailbox, with the fields under their mailbox names (`given_name`, not `first_name`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id until it moves.
    pub id: ItemId,
    /// Its version.
    pub change_key: ChangeKey,
    /// Its values as the mailbox keeps them.
    pub fields: Fields,
    /// Who decides about it.
    #[serde(default)]
    pub organiser: Organiser,
    /// What the connector wrote on it, if anything it understands.
    pub stamp: Option<Stamp>,
    /// When it was created, by the server's clock.
    pub created: Option<Timestamp>,
    /// When it was last modified, by the server's clock.
    pub modified: Option<Timestamp>,
}

/// What a list of changes tells of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemHead {
    /// Its id.
    pub id: ItemId,
    /// Its version; the same version needs no reading.
    pub change_key: ChangeKey,
    /// Its stamp, if it carries one.
    pub stamp: Option<Stamp>,
    /// Whether it is one appointment or many.
    #[serde(default)]
    pub kind: HeadKind,
    /// When a single appointment ends, where the list tells: one that is long over need not be read.
    #[serde(default)]
    pub ends: Option<Timestamp>,
}

/// Whether an entry of a list stands for one appointment or for many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadKind {
    /// For itself.
    #[default]
    Single,
    /// A recurring appointment: its occurrences are asked for.
    Series,
}

/// A recurring appointment as it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesHead {
    /// Its id.
    pub id: ItemId,
    /// Its version then.
    pub change_key: ChangeKey,
    /// The last day up to which its occurrences were looked at; new ones come up as the horizon moves on (R3.5).
    pub until: Date,
}
