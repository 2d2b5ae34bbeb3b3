//! The pair of an item and a record that are kept equal.

use serde::{Deserialize, Serialize};

use crate::{
    ChangeKey, Component, Fields, Fingerprint, Item, ItemId, LinkId, Organiser, RecordId, RemoteId,
    Revision, Stamp,
};

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
    /// Both sides exist and lie before the days that are synced: remembered, and left alone on both sides until one of them comes back
    /// into these days (R3.3).
    LetGo {
        /// The item.
        item: ItemId,
    },
    /// The record went, and somebody said that its item stays: it is the user's own until the record comes back (R6.8).
    Kept {
        /// The item.
        item: ItemId,
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
    /// Whether the item may carry a stamp.
    pub stamping: Stamping,
}

/// Whether an item may carry a stamp.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stamping {
    /// It may.
    #[default]
    Allowed,
    /// It is an occurrence of a series: a stamp would make an exception of it.
    Occurrence,
    /// Somebody else organises it: it is not written at all (R3.6).
    Foreign,
}

impl Stamping {
    /// What holds for this item.
    pub fn of(item: &Item) -> Self {
        match item.organiser {
            Organiser::Other => Stamping::Foreign,
            Organiser::User if item.id.as_occurrence().is_some() => Stamping::Occurrence,
            Organiser::User => Stamping::Allowed,
        }
    }

    /// The word kept in the state file.
    pub fn name(self) -> &'static str {
        match self {
            Stamping::Allowed => "allowed",
            Stamping::Occurrence => "occurrence",
            Stamping::Foreign => "foreign",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Stamping::Allowed, Stamping::Occurrence, Stamping::Foreign]
            .into_iter()
            .find(|stamping| stamping.name() == name)
    }
}

impl Link {
    /// The item, while there is one.
    pub fn item(&self) -> Option<&ItemId> {
        match &self.state {
            LinkState::Live { item, .. } | LinkState::LetGo { item } | LinkState::Kept { item } => {
                Some(item)
            }
            LinkState::StaysAway => None,
        }
    }

    /// Its item, while there is one, and its record.
    pub fn ends(&self) -> impl Iterator<Item = RemoteId> {
        let item = self.item().cloned().map(RemoteId::Mailbox);
        let record = RemoteId::Crm(self.record.clone());
        item.into_iter().chain([record])
    }

    /// Whether its item stays without its record.
    pub fn is_kept(&self) -> bool {
        matches!(self.state, LinkState::Kept { .. })
    }

    /// The revision that belongs to the base.
    pub fn revision(&self) -> Revision {
        Revision::of(&self.base)
    }

    /// Whether the item was given another record after this link was kept: it was stamped before, and its stamp now names another record of
    /// this CRM. Then an older state was put back.
    pub fn is_older_than(&self, stamp: Option<&Stamp>, crm: &Fingerprint) -> bool {
        let another = |stamp: &Stamp| &stamp.crm == crm && stamp.record != self.record;
        self.stamped.is_some() && stamp.is_some_and(another)
    }

    /// Whether the stamp on the item is behind the base and has to be written again.
    pub fn needs_stamp(&self) -> bool {
        matches!(self.state, LinkState::Live { .. })
            && self.stamping == Stamping::Allowed
            && self.stamped.as_ref() != Some(&self.revision())
    }
}
