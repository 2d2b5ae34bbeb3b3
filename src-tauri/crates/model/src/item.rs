//! What the mailbox holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ChangeKey, Fields, ItemId, Stamp};

/// One entry of the mailbox, with the fields under their mailbox names (`given_name`, not `first_name`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id until it moves.
    pub id: ItemId,
    /// Its version.
    pub change_key: ChangeKey,
    /// Its values as the mailbox keeps them.
    pub fields: Fields,
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
}
