//! The pair of an item and a record that are kept equal.

use serde::{Deserialize, Serialize};

use crate::{ChangeKey, Component, Fields, ItemId, LinkId, RecordId, Revision};

/// What both sides held when they last agreed, in common form. There is one for each side, because a server may keep something
/// else than it was given (cut, decoded, the organisation's name in other capitals), and that is no change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// What the mailbox held.
    pub item: Fields,
    /// What the CRM held.
    pub record: Fields,
}

/// Whether a link still has two ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum LinkState {
    /// Both sides exist.
    Live {
        /// The item.
        item: ItemId,
        /// The version of the item that `base.item` was read from.
        change_key: ChangeKey,
    },
    /// The user deleted the item; the record stays and does not come back into the mailbox by itself (R2.4).
    StaysAway,
}

/// A link with its memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Our id of it, also part of the item's stamp.
    pub id: LinkId,
    /// What kind of entries it joins.
    pub component: Component,
    /// The CRM's end.
    pub record: RecordId,
    /// The mailbox's end.
    pub state: LinkState,
    /// What both held when they last agreed.
    pub base: Base,
    /// The revision that the item's stamp carries; `None` until it is stamped.
    pub stamped: Option<Revision>,
}

impl Link {
    /// The item, while there is one.
    pub fn item(&self) -> Option<&ItemId> {
        match &self.state {
            LinkState::Live { item, .. } => Some(item),
            LinkState::StaysAway => None,
        }
    }

    /// The revision that belongs to the base.
    pub fn revision(&self) -> Revision {
        Revision::of(&self.base)
    }

    /// Whether the stamp on the item is behind the base and has to be written again.
    pub fn needs_stamp(&self) -> bool {
        self.item().is_some() && self.stamped.as_ref() != Some(&self.revision())
    }
}
