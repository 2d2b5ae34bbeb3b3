//! The port over the tables: each method is one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;
use model::history::{HistoryEntry, RunRecord, Tally};
use model::{
    Component, ItemId, Link, Observation, Problem, RecordId, RemoteId, RunId, SeriesHead, Side,
    SyncToken,
};
use ports::{
    Cursor, Failure, HistoryFilter, JournalEntry, LinkFilter, Outcome, Refusal, Result, StateStore,
};
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tracing::debug;

use crate::error::{Step, StoreError};
use crate::file::{self, Connections};
use crate::runs::Finished;
use crate::{cursors, facts, history, journal, links, observations, refusals, runs, series};

/// The state of one profile on disk. Clones share the connections.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    file: PathBuf,
    connections: Connections,
}

impl SqliteStore {
    /// Opens the file and makes it where there is none. It takes no lock on others; a file that is newer than the program or
    /// another program's is refused and stays as it is, and a damaged one is never removed.
    pub async fn open(file: &Path) -> std::result::Result<Self, StoreError> {
        let connections = file::open(file).await?;
        debug!(file = %file.display(), "state opened");
        Ok(Self {
            file: file.to_owned(),
            connections,
        })
    }

    /// Gives a damaged file another name beside it, and returns that. Nobody may have it open.
    pub fn set_aside(file: &Path, now: Timestamp) -> std::io::Result<PathBuf> {
        file::set_aside(file, now)
    }

    /// Ends all connections; the last one folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.connections.readers.close().await;
        self.connections.writer.close().await;
    }

    /// The last runs of a component, newest first. One that was cut off by a crash has no end.
    pub async fn recent_runs(
        &self,
        component: Component,
        limit: u32,
    ) -> std::result::Result<Vec<RunRecord>, StoreError> {
        let reading = async { runs::recent(&mut *self.reader().await?, component, limit).await };
        self.told("read", reading.await)
    }

    #[cfg(test)]
    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    pub(crate) async fn reader(&self) -> Step<PoolConnection<Sqlite>> {
        Ok(self.connections.readers.acquire().await?)
    }

    /// A transaction that has the right to write from its beginning: one that asks for it later may be turned down.
    pub(crate) async fn writer(&self) -> Step<Transaction<'static, Sqlite>> {
        Ok(self
            .connections
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await?)
    }

    pub(crate) fn told<T>(
        &self,
        tried: &'static str,
        result: Step<T>,
    ) -> std::result::Result<T, StoreError> {
        result.map_err(|source| StoreError::of(tried, &self.file, source))
    }

    async fn commit_all(&self, component: Component, outcome: &Outcome) -> Step<()> {
        let mut step = self.writer().await?;
        put_outcome(&mut step, component, outcome).await?;
        Ok(step.commit().await?)
    }

    async fn forget_all(&self, component: Component) -> Step<()> {
        let mut step = self.writer().await?;
        cursors::forget(&mut step, component).await?;
        observations::forget(&mut step, component).await?;
        links::forget(&mut step, component).await?;
        journal::forget(&mut step, component).await?;
        refusals::forget(&mut step, component).await?;
        series::forget(&mut step, component).await?;
        Ok(step.commit().await?)
    }
}

/// All that one finished step changes.
pub(crate) async fn put_outcome(
    connection: &mut SqliteConnection,
    component: Component,
    outcome: &Outcome,
) -> Step<()> {
    journal::done(connection, &outcome.done).await?;
    links::change(connection, &outcome.links).await?;
    observations::settle(connection, component, &outcome.settled).await?;
    observations::put(connection, component, &outcome.observed).await?;
    refusals::accept(connection, component, &outcome.accepted).await?;
    refusals::put(connection, component, &outcome.refused).await?;
    history::add(connection, &outcome.history).await
}

#[async_trait]
impl StateStore for SqliteStore {
    async fn cursor(&self, component: Component, side: Side) -> Result<Option<SyncToken>> {
        let reading = async { cursors::get(&mut *self.reader().await?, component, side).await };
        Ok(self.told("read", reading.await)?)
    }

    async fn observe(
        &self,
        component: Component,
        observations: &[Observation],
        cursor: Option<Cursor>,
    ) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            observations::put(&mut step, component, observations).await?;
            if let Some(cursor) = &cursor {
                cursors::set(&mut step, component, cursor).await?;
            }
            Ok(step.commit().await?)
        };
        Ok(self.told("keep observations in", writing.await)?)
    }

    async fn observations(&self, component: Component) -> Result<Vec<Observation>> {
        let reading = async { observations::all(&mut *self.reader().await?, component).await };
        Ok(self.told("read observations from", reading.await)?)
    }

    async fn waiting(
        &self,
        component: Component,
        entries: &[RemoteId],
    ) -> Result<BTreeSet<RemoteId>> {
        let reading =
            async { observations::waiting(&mut *self.reader().await?, component, entries).await };
        Ok(self.told("look for observations in", reading.await)?)
    }

    async fn waiting_count(&self, component: Component) -> Result<u64> {
        let reading = async { observations::number(&mut *self.reader().await?, component).await };
        Ok(self.told("count what waits in", reading.await)?)
    }

    async fn links(&self, component: Component, filter: LinkFilter) -> Result<Vec<Link>> {
        let reading = async { links::find(&mut *self.reader().await?, component, &filter).await };
        Ok(self.told("read links from", reading.await)?)
    }

    async fn linked_records(&self, component: Component) -> Result<Vec<RecordId>> {
        let reading = async { links::records(&mut *self.reader().await?, component).await };
        Ok(self.told("read the records of links from", reading.await)?)
    }

    async fn series(&self, component: Component) -> Result<Vec<SeriesHead>> {
        let reading = async { series::all(&mut *self.reader().await?, component).await };
        Ok(self.told("read series from", reading.await)?)
    }

    async fn keep_series(
        &self,
        component: Component,
        seen: &[SeriesHead],
        gone: &[ItemId],
    ) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            series::keep(&mut step, component, seen, gone).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("keep series in", writing.await)?)
    }

    async fn link_count(&self, component: Component) -> Result<u64> {
        let reading = async { links::count_live(&mut *self.reader().await?, component).await };
        Ok(self.told("count links in", reading.await)?)
    }

    async fn begin(&self, entries: &[JournalEntry]) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            journal::begin(&mut step, entries).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("keep the journal in", writing.await)?)
    }

    async fn commit(&self, component: Component, outcome: &Outcome) -> Result<()> {
        let written = self.commit_all(component, outcome).await;
        Ok(self.told("keep a finished step in", written)?)
    }

    async fn unfinished(&self, component: Component) -> Result<Vec<JournalEntry>> {
        let reading = async { journal::unfinished(&mut *self.reader().await?, component).await };
        Ok(self.told("read the journal from", reading.await)?)
    }

    async fn refusals(&self, component: Component) -> Result<Vec<Refusal>> {
        let reading = async { refusals::all(&mut *self.reader().await?, component).await };
        Ok(self.told("read refusals from", reading.await)?)
    }

    async fn start_run(&self, components: &[Component], started: Timestamp) -> Result<RunId> {
        let writing = async {
            let mut step = self.writer().await?;
            let run = runs::start(&mut step, components, started).await?;
            step.commit().await?;
            Ok(run)
        };
        Ok(self.told("keep a new run in", writing.await)?)
    }

    async fn finish_run(
        &self,
        run: RunId,
        component: Component,
        finished: Timestamp,
        tally: &Tally,
        problem: Option<&Problem>,
    ) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            let done = runs::finish(&mut step, run, component, finished, tally, problem).await?;
            step.commit().await?;
            Ok(done)
        };
        match self.told("keep a finished run in", writing.await)? {
            Finished::Yes => Ok(()),
            Finished::NeverBegun => Err(Failure::bug(format!(
                "run {run} of {component} was never begun"
            ))),
        }
    }

    async fn last_runs(&self) -> Result<BTreeMap<Component, RunRecord>> {
        let reading = async {
            let mut connection = self.reader().await?;
            let mut last = BTreeMap::new();
            for component in Component::ALL {
                let run = runs::last(&mut connection, component).await?;
                last.extend(run.map(|run| (component, run)));
            }
            Ok(last)
        };
        Ok(self.told("read runs from", reading.await)?)
    }

    async fn history(&self, filter: &HistoryFilter) -> Result<Vec<HistoryEntry>> {
        let reading = async { history::find(&mut *self.reader().await?, filter).await };
        Ok(self.told("read the history from", reading.await)?)
    }

    async fn fact(&self, name: &str) -> Result<Option<String>> {
        let reading = async { facts::get(&mut *self.reader().await?, name).await };
        Ok(self.told("read", reading.await)?)
    }

    async fn set_fact(&self, name: &str, value: Option<&str>) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            facts::set(&mut step, name, value).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("keep a fact in", writing.await)?)
    }

    async fn rewritten(
        &self,
        component: Component,
        since: Timestamp,
        times: u32,
    ) -> Result<Vec<HistoryEntry>> {
        let reading =
            async { history::rewritten(&mut *self.reader().await?, component, since, times).await };
        Ok(self.told("read the history from", reading.await)?)
    }

    async fn forget_history(&self, before: Timestamp) -> Result<()> {
        let forgetting = async {
            let mut step = self.writer().await?;
            history::forget_before(&mut step, before).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("forget history in", forgetting.await)?)
    }

    async fn forget(&self, component: Component) -> Result<()> {
        let forgotten = self.forget_all(component).await;
        Ok(self.told("forget a component in", forgotten)?)
    }
}
