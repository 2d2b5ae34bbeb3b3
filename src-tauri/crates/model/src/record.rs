//! What the CRM holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Fields, RecordId};

/// Whose record it is (R1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Assigned to the signed-in user: it syncs.
    Me,
    /// Assigned to somebody else or to a group: it does not.
    Other,
}

/// One entry of the CRM, with the fields under our names and references resolved to names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Whose it is.
    pub owner: Owner,
    /// Its values as the CRM keeps them.
    pub fields: Fields,
    /// When it was created, in real time: the adapter has corrected the server's clock and zone.
    pub created: Option<Timestamp>,
    /// When it was last modified, likewise.
    pub modified: Option<Timestamp>,
}

/// What the complete list of own records tells of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHead {
    /// Its id.
    pub id: RecordId,
    /// When it was last modified.
    pub modified: Option<Timestamp>,
    /// The name of its organisation today: a renamed organisation moves no record's time.
    pub organisation: Option<String>,
}

/// What the user may do in the module of a component (R1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// See records.
    pub read: bool,
    /// Make records.
    pub create: bool,
    /// Change records.
    pub update: bool,
    /// Remove records.
    pub delete: bool,
}

impl Rights {
    /// All of them.
    pub const FULL: Self = Self {
        read: true,
        create: true,
        update: true,
        delete: true,
    };
}
