//! Undoing what syncs did (R6.11): a line of the history, a run, all of one entry, a day. And how long the history is kept (S4).

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use model::history::HistoryEntry;
use model::{Code, Component, Problem, RunId};
use ports::{ErrorKind, HistoryFilter};

use crate::{Controller, SyncReport, failure};

/// How long overwritten values are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What is to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// One line of the history.
    Line(i64),
    /// All that a run did.
    Run(i64),
    /// All that was done to this item or record.
    Entry(String),
    /// All that was done on this day, in the computer's zone.
    Day(Date),
}

/// What became of it.
#[derive(Debug)]
pub struct UndoReport {
    /// The lines that were taken back.
    pub back: Vec<HistoryEntry>,
    /// The lines that stay as they are, and why.
    pub left: Vec<(HistoryEntry, Problem)>,
    /// The run that did it.
    pub sync: SyncReport,
}

impl Controller {
    /// Undoes what is asked for. A sync before it sees to it that nothing newer is undone along with it, one after it takes the old values
    /// to both sides.
    pub async fn undo(&self, what: &Undo) -> ports::Result<UndoReport> {
        let mut lines = self.lines_of(what).await?;
        let components: Vec<Component> = lines.keys().copied().collect();
        if components.is_empty() {
            return Err(failure(
                ErrorKind::Refused { field: None },
                Code::NothingToUndo,
            ));
        }
        let first = self.sync(Some(components.clone())).await?;
        if let Some(failure) = first.failure {
            return Err(failure);
        }
        let (mut back, mut left) = (Vec::new(), Vec::new());
        {
            let _turn = self.turn().await?;
            let account = self.account().await?;
            let engine = self.engine(&account);
            let now = self.inner.clock.now();
            let run = self.inner.store.start_run(&components, now).await?;
            for &component in &components {
                let lines = lines.remove(&component).unwrap_or_default();
                let undone = engine.undo(run, component, lines).await?;
                back.extend(undone.back);
                left.extend(undone.left);
            }
        }
        let sync = self.sync(Some(components)).await?;
        Ok(UndoReport { back, left, sync })
    }

    async fn lines_of(&self, what: &Undo) -> ports::Result<BTreeMap<Component, Vec<HistoryEntry>>> {
        let filter = match what {
            Undo::Line(line) => HistoryFilter {
                line: Some(*line),
                ..HistoryFilter::default()
            },
            Undo::Run(run) => HistoryFilter {
                run: Some(RunId(*run)),
                ..HistoryFilter::default()
            },
            Undo::Entry(entry) => HistoryFilter {
                entry: Some(entry.clone()),
                ..HistoryFilter::default()
            },
            Undo::Day(day) => HistoryFilter {
                since: beginning(*day),
                until: day.tomorrow().ok().and_then(beginning),
                ..HistoryFilter::default()
            },
        };
        let mut lines: BTreeMap<Component, Vec<HistoryEntry>> = BTreeMap::new();
        for line in self.inner.store.history(&filter).await? {
            lines.entry(line.component).or_default().push(line);
        }
        Ok(lines)
    }

    /// Old lines of the history go.
    pub(crate) async fn forget_old_history(&self) -> ports::Result<()> {
        let now = self.inner.clock.now();
        let before = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        self.inner.store.forget_history(before).await
    }
}

fn beginning(day: Date) -> Option<Timestamp> {
    let start = day.to_zoned(jiff::tz::TimeZone::system()).ok()?;
    Some(start.timestamp())
}
