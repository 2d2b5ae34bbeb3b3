//! What one profile remembers between runs. Every method is one transaction: after a crash it happened wholly or not at all.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use model::history::{HistoryEntry, RunRecord, Tally};
use model::{
    Component, ItemId, Link, LinkId, Observation, Operation, OperationId, Problem, RecordId,
    RemoteId, RunId, SeriesHead, Side, SyncToken,
};

use crate::Result;

/// Where a side was read up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Which side.
    pub side: Side,
    /// Its token; `None` forgets it, so that the next read is of everything.
    pub token: Option<SyncToken>,
}

/// Which links are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFilter {
    /// All of the component.
    All,
    /// Those of these items.
    OfItems(Vec<ItemId>),
    /// Those of the occurrences of these series, and of the series' own ids.
    OfSeries(Vec<ItemId>),
    /// Those of these records.
    OfRecords(Vec<RecordId>),
    /// Those whose item carries no stamp, or an old one.
    Unstamped,
    /// Those whose item the user deleted.
    StayingAway,
}

/// A remote write that was begun and of which nothing is known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Our id of it.
    pub id: OperationId,
    /// In which run.
    pub run: RunId,
    /// For which component.
    pub component: Component,
    /// What is to be written.
    pub operation: Operation,
    /// When it was begun, by the CRM's clock: ours may be set meanwhile.
    pub begun: Timestamp,
}

/// What happens to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkChange {
    /// It is new or changed.
    Put(Link),
    /// It ends.
    Drop(LinkId),
}

/// An entry that a server refused or that cannot be taken over, with its reason (R6.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The entry that could not be taken over.
    pub entry: RemoteId,
    /// How a person calls it.
    pub title: String,
    /// Why.
    pub problem: Problem,
    /// Since when.
    pub since: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again by itself.
    pub retry_at: Timestamp,
    /// Hash of what was refused: another content is tried at once.
    pub content: String,
}

/// All that one finished step changes, stored in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Journal entries that are over.
    pub done: Vec<OperationId>,
    /// Links that changed.
    pub links: Vec<LinkChange>,
    /// Entries whose observation has been dealt with.
    pub settled: Vec<RemoteId>,
    /// New observations, for example a newer version found just before a write.
    pub observed: Vec<Observation>,
    /// What is told to the user.
    pub history: Vec<HistoryEntry>,
    /// Entries that were refused.
    pub refused: Vec<Refusal>,
    /// Entries that are no longer refused.
    pub accepted: Vec<RemoteId>,
}

/// Which lines of the history are asked for, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Part of a title or value, case ignored.
    pub text: Option<String>,
    /// Of this item or record.
    pub entry: Option<String>,
    /// At most so many; 0 for all.
    pub limit: u32,
    /// Older than this line.
    pub before: Option<i64>,
    /// This line only.
    pub line: Option<i64>,
    /// Of this component.
    pub component: Option<Component>,
    /// Of this run.
    pub run: Option<RunId>,
    /// From this second on.
    pub since: Option<Timestamp>,
    /// Before this second.
    pub until: Option<Timestamp>,
}

/// The state of one profile.
#[async_trait]
pub trait StateStore: Send + Sync {
    /// Where a side was read up to.
    async fn cursor(&self, component: Component, side: Side) -> Result<Option<SyncToken>>;

    /// Keeps what a page of changes brought, together with the cursor behind it. An observation replaces an older one of the
    /// same entry.
    async fn observe(
        &self,
        component: Component,
        observations: &[Observation],
        cursor: Option<Cursor>,
    ) -> Result<()>;

    /// Everything observed and not yet dealt with.
    async fn observations(&self, component: Component) -> Result<Vec<Observation>>;

    /// Which of these entries are observed and not yet dealt with.
    async fn waiting(
        &self,
        component: Component,
        entries: &[RemoteId],
    ) -> Result<BTreeSet<RemoteId>>;

    /// How many entries are observed and not yet dealt with. Both sides of a link are one; what is refused on either side is not among them.
    async fn waiting_count(&self, component: Component) -> Result<u64>;

    /// Links, in no particular order.
    async fn links(&self, component: Component, filter: LinkFilter) -> Result<Vec<Link>>;

    /// The records of all links, also of those whose item stays away; frugal where there are very many.
    async fn linked_records(&self, component: Component) -> Result<Vec<RecordId>>;

    /// The recurring appointments that were looked at.
    async fn series(&self, component: Component) -> Result<Vec<SeriesHead>>;

    /// Remembers recurring appointments as they were looked at, and forgets others. Their occurrences are observed before.
    async fn keep_series(
        &self,
        component: Component,
        seen: &[SeriesHead],
        gone: &[ItemId],
    ) -> Result<()>;

    /// How many live links there are.
    async fn link_count(&self, component: Component) -> Result<u64>;

    /// Keeps the intent of remote writes before the first of them is sent.
    async fn begin(&self, entries: &[JournalEntry]) -> Result<()>;

    /// Keeps what came of a step.
    async fn commit(&self, component: Component, outcome: &Outcome) -> Result<()>;

    /// Remote writes that were begun and are not over.
    async fn unfinished(&self, component: Component) -> Result<Vec<JournalEntry>>;

    /// Entries that wait for a reason.
    async fn refusals(&self, component: Component) -> Result<Vec<Refusal>>;

    /// A new run, for all its components.
    async fn start_run(&self, components: &[Component], started: Timestamp) -> Result<RunId>;

    /// What a run did for a component.
    async fn finish_run(
        &self,
        run: RunId,
        component: Component,
        finished: Timestamp,
        tally: &Tally,
        problem: Option<&Problem>,
    ) -> Result<()>;

    /// The last finished run of each component.
    async fn last_runs(&self) -> Result<BTreeMap<Component, RunRecord>>;

    /// The history.
    async fn history(&self, filter: &HistoryFilter) -> Result<Vec<HistoryEntry>>;

    /// The updates since this second of records that had at least so many of them, oldest first.
    async fn rewritten(
        &self,
        component: Component,
        since: Timestamp,
        times: u32,
    ) -> Result<Vec<HistoryEntry>>;

    /// Forgets the lines of the history before this second, but for those of items that were made: a later disconnect removes these items.
    async fn forget_history(&self, before: Timestamp) -> Result<()>;

    /// A remembered fact of the profile, such as a folder's id.
    async fn fact(&self, name: &str) -> Result<Option<String>>;

    /// Remembers a fact; `None` forgets it.
    async fn set_fact(&self, name: &str, value: Option<&str>) -> Result<()>;

    /// Forgets everything of a component but its history: its folder is gone for good.
    async fn forget(&self, component: Component) -> Result<()>;
}
