//! What a read of either side told. Observations wait in the store until a sync has dealt with them, so that a cursor may move on.

use serde::{Deserialize, Serialize};

use crate::{Item, ItemId, Record, RecordId, Side};

/// One entry as one side showed it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "seen")]
pub enum Observation {
    /// The item exists and holds this.
    Item(Item),
    /// The server says the item is no longer in the folder.
    ItemGone {
        /// Which one.
        id: ItemId,
    },
    /// The record exists and holds this.
    Record(Record),
    /// The server says the record is deleted.
    RecordGone {
        /// Which one.
        id: RecordId,
    },
    /// The record exists but is now somebody else's (R1.5).
    RecordLeft {
        /// Which one.
        id: RecordId,
    },
}

/// The id of an entry on either side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "side", content = "id")]
pub enum RemoteId {
    /// In the mailbox.
    Mailbox(ItemId),
    /// In the CRM.
    Crm(RecordId),
}

impl RemoteId {
    /// Which side it lives on.
    pub fn side(&self) -> Side {
        match self {
            RemoteId::Mailbox(_) => Side::Mailbox,
            RemoteId::Crm(_) => Side::Crm,
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        match self {
            RemoteId::Mailbox(id) => id.as_str(),
            RemoteId::Crm(id) => id.as_str(),
        }
    }
}

impl Observation {
    /// What it is about: a newer observation of the same replaces it.
    pub fn subject(&self) -> RemoteId {
        match self {
            Observation::Item(item) => RemoteId::Mailbox(item.id.clone()),
            Observation::ItemGone { id } => RemoteId::Mailbox(id.clone()),
            Observation::Record(record) => RemoteId::Crm(record.id.clone()),
            Observation::RecordGone { id } | Observation::RecordLeft { id } => {
                RemoteId::Crm(id.clone())
            }
        }
    }
}
