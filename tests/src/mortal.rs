//! The product's doors with death behind them: every journal step, every commit and every remote write is counted, before and after,
//! and at the chosen one the process ends as if its power was cut.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::history::{HistoryEntry, RunRecord, Tally};
use model::{
    Change, Code, Component, Fields, FolderId, Item, ItemHead, ItemId, Link, Observation, Problem,
    Record, RecordHead, RecordId, RemoteId, RunId, SeriesHead, Side, Sought, Stamp, SyncToken,
    Window,
};
use ports::{
    Crm, CrmAccount, Cursor, ErrorKind, Failure, FolderPlace, FoundItem, FoundRecord,
    HistoryFilter, ItemChanges, ItemWrite, JournalEntry, LinkFilter, Mailbox, MailboxAccount, Note,
    Outcome, RecordChanges, Refusal, Result, Rights, StateStore, WrittenItem,
};

mod mails;

/// Counts moments and ends the process at one of them, or has the store refuse everything from one on.
#[derive(Debug, Clone)]
pub struct Death {
    passed: Arc<AtomicU64>,
    at: u64,
    kind: Kind,
}

/// What happens at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The process ends.
    Sudden,
    /// Nothing can be kept any more: the disk is full, or the file is locked.
    FullDisk,
}

impl Death {
    /// Ends the process at this moment, counted from 1; 0 is never.
    pub fn at(at: u64) -> Self {
        Self {
            passed: Arc::default(),
            at,
            kind: Kind::Sudden,
        }
    }

    /// So many steps can still be kept.
    pub fn full_after(steps: u64) -> Self {
        Self {
            passed: Arc::default(),
            at: steps,
            kind: Kind::FullDisk,
        }
    }

    /// One more moment: nothing runs after it when it is the chosen one, no destructor and no flush.
    fn moment(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            std::process::abort();
        }
    }

    /// How many moments there were.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }
}

/// Something that may die at every step that changes anything.
pub struct Mortal<T> {
    pub inner: Arc<T>,
    pub death: Death,
}

impl<T> Mortal<T> {
    /// The same with death behind it.
    pub fn new(inner: Arc<T>, death: &Death) -> Self {
        Self {
            inner,
            death: death.clone(),
        }
    }

    async fn step<O>(&self, step: impl Future<Output = Result<O>>) -> Result<O> {
        if self.death.kind == Kind::FullDisk {
            let kept = self.death.passed.fetch_add(1, Ordering::SeqCst);
            return match kept < self.death.at {
                true => step.await,
                false => Err(Failure::new(ErrorKind::Malformed, Code::StateUnusable)),
            };
        }
        self.death.moment();
        let done = step.await;
        self.death.moment();
        done
    }
}

#[async_trait]
impl<T: Mailbox> Mailbox for Mortal<T> {
    async fn sign_in(&self) -> Result<MailboxAccount> {
        self.inner.sign_in().await
    }

    async fn find_folder(&self, place: FolderPlace) -> Result<Option<FolderId>> {
        self.inner.find_folder(place).await
    }

    async fn ensure_folder(&self, place: FolderPlace) -> Result<FolderId> {
        self.step(self.inner.ensure_folder(place)).await
    }

    async fn remove_folder(&self, folder: &FolderId) -> Result<()> {
        self.step(self.inner.remove_folder(folder)).await
    }

    async fn is_empty(&self, folder: &FolderId) -> Result<bool> {
        self.inner.is_empty(folder).await
    }

    async fn owner(&self, folder: &FolderId) -> Result<Option<String>> {
        self.inner.owner(folder).await
    }

    async fn set_owner(&self, folder: &FolderId, text: Option<&str>) -> Result<()> {
        self.step(self.inner.set_owner(folder, text)).await
    }

    async fn deliver(&self, note: &Note) -> Result<()> {
        self.step(self.inner.deliver(note)).await
    }

    async fn changes(
        &self,
        component: Component,
        folder: &FolderId,
        since: Option<&SyncToken>,
    ) -> Result<ItemChanges> {
        self.inner.changes(component, folder, since).await
    }

    async fn read(&self, component: Component, ids: &[ItemId]) -> Result<Vec<Result<Item>>> {
        self.inner.read(component, ids).await
    }

    async fn occurrences(
        &self,
        component: Component,
        folder: &FolderId,
        series: &[ItemId],
        window: &Window,
    ) -> Result<Vec<Result<Vec<Item>>>> {
        self.inner
            .occurrences(component, folder, series, window)
            .await
    }

    async fn write(
        &self,
        component: Component,
        folder: &FolderId,
        writes: &[ItemWrite],
    ) -> Result<Vec<Result<WrittenItem>>> {
        self.step(self.inner.write(component, folder, writes)).await
    }

    async fn find_stamped(
        &self,
        component: Component,
        folder: &FolderId,
        stamps: &[Stamp],
    ) -> Result<Vec<ItemHead>> {
        self.inner.find_stamped(component, folder, stamps).await
    }

    async fn find(&self, place: FolderPlace, sought: &Sought) -> Result<Vec<FoundItem>> {
        self.inner.find(place, sought).await
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        self.inner.clock_offset()
    }

    fn requests(&self) -> u64 {
        self.inner.requests()
    }
}

#[async_trait]
impl<T: Crm> Crm for Mortal<T> {
    async fn sign_in(&self) -> Result<CrmAccount> {
        self.inner.sign_in().await
    }

    async fn rights(&self, component: Component) -> Result<Rights> {
        self.inner.rights(component).await
    }

    async fn changes(
        &self,
        component: Component,
        since: Option<&SyncToken>,
    ) -> Result<RecordChanges> {
        self.inner.changes(component, since).await
    }

    async fn owned(
        &self,
        component: Component,
        window: Option<&Window>,
    ) -> Result<Vec<RecordHead>> {
        self.inner.owned(component, window).await
    }

    async fn read(&self, component: Component, ids: &[RecordId]) -> Result<Vec<Result<Record>>> {
        self.inner.read(component, ids).await
    }

    async fn create(
        &self,
        component: Component,
        fields: &Fields,
        more: &BTreeMap<String, String>,
    ) -> Result<Record> {
        self.step(self.inner.create(component, fields, more)).await
    }

    async fn update(
        &self,
        component: Component,
        id: &RecordId,
        changes: &[Change],
        now: &Fields,
    ) -> Result<Record> {
        self.step(self.inner.update(component, id, changes, now))
            .await
    }

    async fn delete(&self, component: Component, id: &RecordId) -> Result<()> {
        self.step(self.inner.delete(component, id)).await
    }

    async fn find_created(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        self.inner.find_created(component, fields, since).await
    }

    async fn find_rescheduled(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        self.inner.find_rescheduled(component, fields, since).await
    }

    async fn find(&self, component: Component, sought: &Sought) -> Result<Vec<FoundRecord>> {
        self.inner.find(component, sought).await
    }

    /// One write at a time, so that the moments of two runs are the same.
    fn parallel_writes(&self) -> usize {
        1
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        self.inner.clock_offset()
    }

    fn requests(&self) -> u64 {
        self.inner.requests()
    }
}

#[async_trait]
impl<T: StateStore> StateStore for Mortal<T> {
    async fn cursor(&self, component: Component, side: Side) -> Result<Option<SyncToken>> {
        self.inner.cursor(component, side).await
    }

    async fn observe(
        &self,
        component: Component,
        observations: &[Observation],
        cursor: Option<Cursor>,
    ) -> Result<()> {
        self.step(self.inner.observe(component, observations, cursor))
            .await
    }

    async fn observations(&self, component: Component) -> Result<Vec<Observation>> {
        self.inner.observations(component).await
    }

    async fn waiting(
        &self,
        component: Component,
        entries: &[RemoteId],
    ) -> Result<BTreeSet<RemoteId>> {
        self.inner.waiting(component, entries).await
    }

    async fn waiting_count(&self, component: Component) -> Result<u64> {
        self.inner.waiting_count(component).await
    }

    async fn links(&self, component: Component, filter: LinkFilter) -> Result<Vec<Link>> {
        self.inner.links(component, filter).await
    }

    async fn linked_records(&self, component: Component) -> Result<Vec<RecordId>> {
        self.inner.linked_records(component).await
    }

    async fn series(&self, component: Component) -> Result<Vec<SeriesHead>> {
        self.inner.series(component).await
    }

    async fn keep_series(
        &self,
        component: Component,
        seen: &[SeriesHead],
        gone: &[ItemId],
    ) -> Result<()> {
        self.step(self.inner.keep_series(component, seen, gone))
            .await
    }

    async fn link_count(&self, component: Component) -> Result<u64> {
        self.inner.link_count(component).await
    }

    async fn begin(&self, entries: &[JournalEntry]) -> Result<()> {
        self.step(self.inner.begin(entries)).await
    }

    async fn commit(&self, component: Component, outcome: &Outcome) -> Result<()> {
        self.step(self.inner.commit(component, outcome)).await
    }

    async fn unfinished(&self, component: Component) -> Result<Vec<JournalEntry>> {
        self.inner.unfinished(component).await
    }

    async fn refusals(&self, component: Component) -> Result<Vec<Refusal>> {
        self.inner.refusals(component).await
    }

    async fn start_run(&self, components: &[Component], started: Timestamp) -> Result<RunId> {
        self.step(self.inner.start_run(components, started)).await
    }

    async fn finish_run(
        &self,
        run: RunId,
        component: Component,
        finished: Timestamp,
        tally: &Tally,
        problem: Option<&Problem>,
    ) -> Result<()> {
        self.step(
            self.inner
                .finish_run(run, component, finished, tally, problem),
        )
        .await
    }

    async fn last_runs(&self) -> Result<BTreeMap<Component, RunRecord>> {
        self.inner.last_runs().await
    }

    async fn history(&self, filter: &HistoryFilter) -> Result<Vec<HistoryEntry>> {
        self.inner.history(filter).await
    }

    async fn rewritten(
        &self,
        component: Component,
        since: Timestamp,
        times: u32,
    ) -> Result<Vec<HistoryEntry>> {
        self.inner.rewritten(component, since, times).await
    }

    async fn forget_history(&self, before: Timestamp) -> Result<()> {
        self.inner.forget_history(before).await
    }

    async fn fact(&self, name: &str) -> Result<Option<String>> {
        self.inner.fact(name).await
    }

    async fn set_fact(&self, name: &str, value: Option<&str>) -> Result<()> {
        self.step(self.inner.set_fact(name, value)).await
    }

    async fn forget(&self, component: Component) -> Result<()> {
        self.step(self.inner.forget(component)).await
    }
}
