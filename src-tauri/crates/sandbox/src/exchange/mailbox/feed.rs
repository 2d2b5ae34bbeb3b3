//! The change feed of a folder: what is in it by last change, and what left it. A state names a folder and a change, so the same old
//! state gives the same answer again.

use super::Mailbox;
use crate::exchange::identity::{FolderKey, ItemKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The changes of one folder. What is in it is made anew from the items when a state is loaded.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Feed {
    #[serde(skip)]
    by_change: BTreeMap<u64, ItemKey>,
    #[serde(skip)]
    members: BTreeSet<ItemKey>,
    gone: BTreeMap<u64, Gone>,
}

/// An item that left the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Its key while it was here.
    pub item: ItemKey,
    /// The change with which it had come.
    pub entered: u64,
}

/// One change as SyncFolderItems tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The item is new in the folder.
    Create(ItemKey),
    /// The item is another than before.
    Update(ItemKey),
    /// Nothing but the read flag is another.
    ReadFlag(ItemKey),
    /// The item left the folder.
    Delete(ItemKey),
}

/// Some changes and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The changes in order.
    pub changes: Vec<Change>,
    /// The state after them.
    pub state: SyncState,
    /// Whether there are more now.
    pub more: bool,
}

/// Where a client stands in the feed of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncState {
    /// The folder.
    pub folder: FolderKey,
    /// Every change up to this one is known, but for the items of an unfinished first list.
    pub known: u64,
    /// The items of the first list that are still to come have smaller keys than this.
    pub listing: Option<ItemKey>,
}

impl SyncState {
    /// The state as text.
    pub fn encode(self, mailbox: &str) -> String {
        let listing = self
            .listing
            .map_or_else(|| "-".to_owned(), |key| key.0.to_string());
        STANDARD.encode(format!(
            "exco1|{mailbox}|{}|{}|{listing}|.",
            self.folder.0, self.known
        ))
    }

    /// Reads a state of this mailbox; `None` for anything else.
    pub fn decode(text: &str, mailbox: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let parts: Vec<&str> = text.split('|').collect();
        let [version, owner, folder, known, listing, end] = parts.try_into().ok()?;
        if (version, owner, end) != ("exco1", mailbox, ".") {
            return None;
        }
        let listing = match listing {
            "-" => None,
            key => Some(ItemKey(key.parse().ok()?)),
        };
        Some(Self {
            folder: FolderKey(folder.parse().ok()?),
            known: known.parse().ok()?,
            listing,
        })
    }
}

impl Feed {
    pub(super) fn enter(&mut self, change: u64, key: ItemKey) {
        self.by_change.insert(change, key);
        self.members.insert(key);
    }

    pub(super) fn leave(&mut self, change: u64, key: ItemKey) {
        self.by_change.remove(&change);
        self.members.remove(&key);
    }

    pub(super) fn mark_gone(&mut self, change: u64, gone: Gone) {
        self.gone.insert(change, gone);
    }

    /// What is in the folder, oldest first.
    pub fn members(&self) -> &BTreeSet<ItemKey> {
        &self.members
    }
}

impl Mailbox {
    /// The next changes of a folder after a state, at most so many; `ignore` names items that are not told.
    pub fn changes(
        &self,
        folder: FolderKey,
        since: Option<SyncState>,
        most: usize,
        ignore: &BTreeSet<ItemKey>,
    ) -> Page {
        let start = SyncState {
            folder,
            known: self.last_change,
            listing: Some(ItemKey(u64::MAX)),
        };
        let state = since.unwrap_or(start);
        let mut page = match state.listing {
            Some(below) => self.list(folder, state, below, most, ignore),
            None => Page {
                changes: Vec::new(),
                state,
                more: false,
            },
        };
        // A finished list goes straight on with what happened meanwhile.
        if page.state.listing.is_none() && page.changes.len() < most {
            self.add_later_changes(&mut page, most, ignore);
        } else if page.state.listing.is_none() {
            page.more = self.happened_after(folder, page.state.known);
        }
        page
    }

    /// The first list: newest first, only items that were there when it began.
    fn list(
        &self,
        folder: FolderKey,
        state: SyncState,
        below: ItemKey,
        most: usize,
        ignore: &BTreeSet<ItemKey>,
    ) -> Page {
        let feed = self.folder(folder).map(|folder| &folder.feed);
        let rest = feed
            .into_iter()
            .flat_map(|feed| feed.members.range(..below).rev());
        let there = |key: &&ItemKey| {
            self.item(**key)
                .is_some_and(|item| item.entered <= state.known)
        };
        let mut keys: Vec<ItemKey> = rest
            .filter(there)
            .filter(|key| !ignore.contains(key))
            .copied()
            .take(most + 1)
            .collect();
        let more = keys.len() > most;
        keys.truncate(most);
        let listing = if more { keys.last().copied() } else { None };
        let changes = keys.into_iter().map(Change::Create).collect();
        Page {
            changes,
            state: SyncState { listing, ..state },
            more,
        }
    }

    fn add_later_changes(&self, page: &mut Page, most: usize, ignore: &BTreeSet<ItemKey>) {
        let since = page.state.known;
        let Some(feed) = self.folder(page.state.folder).map(|folder| &folder.feed) else {
            return;
        };
        let after = (std::ops::Bound::Excluded(since), std::ops::Bound::Unbounded);
        let here = feed
            .by_change
            .range(after)
            .map(|(change, key)| (*change, self.change_of(*key, since)));
        let gone = feed.gone.range(after);
        // What came and went since then was never known to the client.
        let left = gone.map(|(change, gone)| {
            (
                *change,
                (gone.entered <= since).then_some(Change::Delete(gone.item)),
            )
        });
        let mut all: Vec<(u64, Option<Change>)> = here.chain(left).collect();
        all.sort_by_key(|(change, _)| *change);
        for (number, change) in all {
            if page.changes.len() == most {
                page.more = true;
                return;
            }
            page.changes
                .extend(change.filter(|change| !ignore.contains(&change.item())));
            page.state.known = number;
        }
    }

    fn change_of(&self, key: ItemKey, since: u64) -> Option<Change> {
        let item = self.item(key)?;
        Some(match (item.entered > since, item.content_change > since) {
            (true, _) => Change::Create(key),
            (false, true) => Change::Update(key),
            (false, false) => Change::ReadFlag(key),
        })
    }

    fn happened_after(&self, folder: FolderKey, change: u64) -> bool {
        let after = (
            std::ops::Bound::Excluded(change),
            std::ops::Bound::Unbounded,
        );
        self.folder(folder).is_some_and(|folder| {
            folder.feed.by_change.range(after).next().is_some()
                || folder.feed.gone.range(after).next().is_some()
        })
    }
}

impl Change {
    /// The item it is about.
    pub fn item(self) -> ItemKey {
        match self {
            Self::Create(key) | Self::Update(key) | Self::ReadFlag(key) | Self::Delete(key) => key,
        }
    }
}
