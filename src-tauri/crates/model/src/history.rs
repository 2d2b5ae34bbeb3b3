//! What was done, when, why: the activity list, and the values that were overwritten (S4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Change, Component, ItemId, Problem, RecordId, RunId, Side};

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Made anew on this side.
    Created,
    /// Values were overwritten on this side.
    Updated,
    /// Removed from this side.
    Deleted,
    /// An item and a record that were both there already became a link.
    Linked,
    /// The link ended and the entry of this side stayed.
    Unlinked,
    /// The server of this side refused it.
    Refused,
    /// A rule says that it is not taken over.
    PassedOver,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Ascending number; 0 before it is stored.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// In which run.
    pub run: RunId,
    /// What kind of entry.
    pub component: Component,
    /// The side that was written to.
    pub side: Side,
    /// What was done.
    pub act: Act,
    /// How a person calls the entry.
    pub title: String,
    /// The item.
    pub item: Option<ItemId>,
    /// The record.
    pub record: Option<RecordId>,
    /// What was overwritten with what.
    pub changes: Vec<Change>,
    /// Why, where it is not plain.
    pub reason: Option<Problem>,
}

/// How many entries of one side a run wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Made anew.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Removed.
    pub deleted: u64,
}

/// What one run did for one component; printed by `exco sync --json` (DESIGN 4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Writes in the mailbox.
    pub items: Counts,
    /// Writes in the CRM.
    pub records: Counts,
    /// Existing entries that were joined.
    pub linked: u64,
    /// Entries that wait for the user.
    pub conflicts: u64,
    /// Entries left alone for a reason.
    pub skipped: u64,
    /// Entries a server refused.
    pub failed: u64,
}

impl Tally {
    /// Whether anything was written on either side.
    pub fn wrote(&self) -> bool {
        self.items != Counts::default() || self.records != Counts::default()
    }

    /// Adds what another part of the same pass did.
    pub fn add_part(&mut self, part: Tally) {
        self.items.add(part.items);
        self.records.add(part.records);
        self.linked += part.linked;
        self.conflicts += part.conflicts;
        self.skipped += part.skipped;
        self.failed += part.failed;
    }

    /// Adds another pass of the same run. What waits or failed is a state, not a sum: the later pass knows.
    pub fn add_pass(&mut self, later: &Tally) {
        self.items.add(later.items);
        self.records.add(later.records);
        self.linked += later.linked;
        self.conflicts = later.conflicts;
        self.skipped = later.skipped;
        self.failed = later.failed;
    }
}

impl Counts {
    fn add(&mut self, more: Counts) {
        self.created += more.created;
        self.updated += more.updated;
        self.deleted += more.deleted;
    }
}

/// One run over one component as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Which run.
    pub run: RunId,
    /// Which component.
    pub component: Component,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; `None` while it runs or when it was cut off.
    pub finished: Option<Timestamp>,
    /// What it did.
    pub tally: Tally,
    /// What stopped it.
    pub problem: Option<Problem>,
}
