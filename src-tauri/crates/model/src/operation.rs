//! One remote write. Tests, preview, journal and activity list all show the same text of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Change, Fields, ItemId, LinkId, RecordId, Side};

/// A planned remote write with all that is needed to find out later whether it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "operation")]
pub enum Operation {
    /// The record exists in the CRM only.
    CreateItem {
        /// The link to be; part of the stamp, so the item is found again.
        link: LinkId,
        /// The record it is made from.
        record: RecordId,
        /// Values in common form.
        fields: Fields,
    },
    /// The item has to take over values.
    UpdateItem {
        /// The link.
        link: LinkId,
        /// The item.
        item: ItemId,
        /// What is overwritten with what.
        changes: Vec<Change>,
    },
    /// The record is gone, or is no longer the user's.
    DeleteItem {
        /// The link.
        link: LinkId,
        /// The item.
        item: ItemId,
        /// What it held, for the history.
        fields: Fields,
    },
    /// The item exists in the mailbox only.
    CreateRecord {
        /// The link to be.
        link: LinkId,
        /// The item it is made from.
        item: ItemId,
        /// Values in common form.
        fields: Fields,
        /// What the CRM demands and the item lacks: the record gets it, the item never does (R4.1).
        #[serde(default, skip_serializing_if = "Fields::is_empty")]
        stand_ins: Fields,
    },
    /// The record has to take over values.
    UpdateRecord {
        /// The link.
        link: LinkId,
        /// The record.
        record: RecordId,
        /// What is overwritten with what.
        changes: Vec<Change>,
    },
    /// The item is gone (never for contacts and organisations, S7).
    DeleteRecord {
        /// The link.
        link: LinkId,
        /// The record.
        record: RecordId,
        /// What it held, for the history.
        fields: Fields,
    },
}

impl Operation {
    /// The link it makes, changes or ends.
    pub fn link(&self) -> &LinkId {
        match self {
            Operation::CreateItem { link, .. }
            | Operation::UpdateItem { link, .. }
            | Operation::DeleteItem { link, .. }
            | Operation::CreateRecord { link, .. }
            | Operation::UpdateRecord { link, .. }
            | Operation::DeleteRecord { link, .. } => link,
        }
    }

    /// The side it writes to.
    pub fn side(&self) -> Side {
        match self {
            Operation::CreateItem { .. }
            | Operation::UpdateItem { .. }
            | Operation::DeleteItem { .. } => Side::Mailbox,
            Operation::CreateRecord { .. }
            | Operation::UpdateRecord { .. }
            | Operation::DeleteRecord { .. } => Side::Crm,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::CreateItem { record, .. } => write!(f, "create item from record {record}"),
            Operation::UpdateItem { item, changes, .. } => {
                write!(f, "update item {item}")?;
                list(f, changes)
            }
            Operation::DeleteItem { item, .. } => write!(f, "delete item {item}"),
            Operation::CreateRecord { item, .. } => write!(f, "create record from item {item}"),
            Operation::UpdateRecord {
                record, changes, ..
            } => {
                write!(f, "update record {record}")?;
                list(f, changes)
            }
            Operation::DeleteRecord { record, .. } => write!(f, "delete record {record}"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, changes: &[Change]) -> fmt::Result {
    for change in changes {
        write!(f, "; {change}")?;
    }
    Ok(())
}
