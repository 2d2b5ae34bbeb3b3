//! A state store in memory, for tests of what stands on the port. It forgets everything with the process, so it shows
//! nothing about crashes: those are tested with the store on disk.

pub mod crm;
pub mod mailbox;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use model::history::{Act, HistoryEntry, RunRecord, Tally};
use model::{
    Component, ItemId, Link, LinkId, LinkState, Observation, Problem, RecordId, RemoteId, RunId,
    SeriesHead, Side, SyncToken,
};

use crate::{
    Cursor, Failure, HistoryFilter, JournalEntry, LinkChange, LinkFilter, Outcome, Refusal, Result,
    StateStore,
};

/// The state of one profile that lives as long as this value.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    cursors: BTreeMap<(Component, Side), SyncToken>,
    observations: BTreeMap<(Component, RemoteId), Observation>,
    links: BTreeMap<LinkId, Link>,
    journal: Vec<JournalEntry>,
    refusals: BTreeMap<(Component, RemoteId), Refusal>,
    runs: Vec<RunRecord>,
    last_run: i64,
    history: Vec<HistoryEntry>,
    facts: BTreeMap<String, String>,
    series: BTreeMap<(Component, ItemId), SeriesHead>,
}

impl MemoryStore {
    /// An empty profile.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn observe(&mut self, component: Component, observations: &[Observation]) {
        for observation in observations {
            self.observations
                .insert((component, observation.subject()), observation.clone());
        }
    }

    fn change_link(&mut self, change: &LinkChange) {
        match change {
            LinkChange::Put(link) => {
                self.links.insert(link.id.clone(), link.clone());
            }
            LinkChange::Drop(id) => {
                self.links.remove(id);
            }
        }
    }

    fn commit(&mut self, component: Component, outcome: &Outcome) {
        self.journal
            .retain(|entry| !outcome.done.contains(&entry.id));
        for change in &outcome.links {
            self.change_link(change);
        }
        for entry in &outcome.settled {
            self.observations.remove(&(component, entry.clone()));
        }
        self.observe(component, &outcome.observed);
        for entry in &outcome.accepted {
            self.refusals.remove(&(component, entry.clone()));
        }
        for refusal in &outcome.refused {
            self.refusals
                .insert((component, refusal.entry.clone()), refusal.clone());
        }
        for entry in &outcome.history {
            let id = self.history.last().map_or(1, |last| last.id + 1);
            self.history.push(HistoryEntry {
                id,
                ..entry.clone()
            });
        }
    }
}

/// A test on links; the ids are sorted once, because thousands may be asked for.
fn fits(filter: &LinkFilter) -> Box<dyn Fn(&Link) -> bool + '_> {
    match filter {
        LinkFilter::All => Box::new(|_| true),
        LinkFilter::OfItems(items) => {
            let wanted: BTreeSet<_> = items.iter().collect();
            Box::new(move |link| link.item().is_some_and(|item| wanted.contains(item)))
        }
        LinkFilter::OfSeries(series) => {
            let wanted: BTreeSet<_> = series.iter().collect();
            Box::new(move |link| {
                link.item()
                    .is_some_and(|item| wanted.contains(&item.series()))
            })
        }
        LinkFilter::OfRecords(records) => {
            let wanted: BTreeSet<_> = records.iter().collect();
            Box::new(move |link| wanted.contains(&link.record))
        }
        LinkFilter::Unstamped => Box::new(Link::needs_stamp),
        LinkFilter::StayingAway => Box::new(|link| link.state == LinkState::StaysAway),
    }
}

fn is_asked_for(filter: &HistoryFilter, entry: &HistoryEntry) -> bool {
    let of_entry = |wanted: &String| {
        let item = entry.item.as_ref().map(|id| id.as_str());
        let record = entry.record.as_ref().map(|id| id.as_str());
        item == Some(wanted) || record == Some(wanted)
    };
    let has_text = |wanted: &String| {
        let values = entry
            .changes
            .iter()
            .flat_map(|change| [&change.before, &change.after]);
        std::iter::once(&entry.title)
            .chain(values)
            .any(|text| folded(text).contains(&folded(wanted)))
    };
    filter.before.is_none_or(|before| entry.id < before)
        && filter.line.is_none_or(|line| entry.id == line)
        && filter.run.is_none_or(|run| entry.run == run)
        && filter.since.is_none_or(|since| entry.at >= since)
        && filter.until.is_none_or(|until| entry.at < until)
        && filter.entry.as_ref().is_none_or(of_entry)
        && filter.text.as_ref().is_none_or(has_text)
}

/// Upper case first, because only there `ß` and `SS` meet.
fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn cursor(&self, component: Component, side: Side) -> Result<Option<SyncToken>> {
        Ok(self.state().cursors.get(&(component, side)).cloned())
    }

    async fn observe(
        &self,
        component: Component,
        observations: &[Observation],
        cursor: Option<Cursor>,
    ) -> Result<()> {
        let mut state = self.state();
        state.observe(component, observations);
        if let Some(Cursor { side, token }) = cursor {
            match token {
                Some(token) => state.cursors.insert((component, side), token),
                None => state.cursors.remove(&(component, side)),
            };
        }
        Ok(())
    }

    async fn observations(&self, component: Component) -> Result<Vec<Observation>> {
        let state = self.state();
        let of_component = state
            .observations
            .iter()
            .filter(|((of, _), _)| *of == component);
        Ok(of_component
            .map(|(_, observation)| observation.clone())
            .collect())
    }

    async fn waiting(
        &self,
        component: Component,
        entries: &[RemoteId],
    ) -> Result<BTreeSet<RemoteId>> {
        let state = self.state();
        let waits = |entry: &&RemoteId| {
            state
                .observations
                .contains_key(&(component, (*entry).clone()))
        };
        Ok(entries.iter().filter(waits).cloned().collect())
    }

    async fn waiting_count(&self, component: Component) -> Result<u64> {
        let state = self.state();
        let links = state.links.values();
        let linked: BTreeMap<RemoteId, &Link> = links
            .filter(|link| link.component == component)
            .flat_map(|link| link.ends().map(move |end| (end, link)))
            .collect();
        let whole = |entry: &RemoteId| match linked.get(entry) {
            Some(link) => link.ends().collect(),
            None => BTreeSet::from([entry.clone()]),
        };
        let refused = |entry: &RemoteId| state.refusals.contains_key(&(component, entry.clone()));
        let observed = state.observations.keys().filter(|(of, _)| *of == component);
        let waiting: BTreeSet<BTreeSet<RemoteId>> = observed
            .map(|(_, entry)| whole(entry))
            .filter(|ends| !ends.iter().any(refused))
            .collect();
        Ok(waiting.len() as u64)
    }

    async fn links(&self, component: Component, filter: LinkFilter) -> Result<Vec<Link>> {
        let state = self.state();
        let fits = fits(&filter);
        let of_component = state
            .links
            .values()
            .filter(|link| link.component == component && fits(link));
        Ok(of_component.cloned().collect())
    }

    async fn linked_records(&self, component: Component) -> Result<Vec<RecordId>> {
        let state = self.state();
        let links = state.links.values();
        let links = links.filter(|link| link.component == component);
        Ok(links.map(|link| link.record.clone()).collect())
    }

    async fn series(&self, component: Component) -> Result<Vec<SeriesHead>> {
        let state = self.state();
        let of_component = state.series.iter().filter(|((of, _), _)| *of == component);
        Ok(of_component.map(|(_, head)| head.clone()).collect())
    }

    async fn keep_series(
        &self,
        component: Component,
        seen: &[SeriesHead],
        gone: &[ItemId],
    ) -> Result<()> {
        let mut state = self.state();
        for id in gone {
            state.series.remove(&(component, id.clone()));
        }
        for head in seen {
            let key = (component, head.id.clone());
            state.series.insert(key, head.clone());
        }
        Ok(())
    }

    async fn link_count(&self, component: Component) -> Result<u64> {
        let state = self.state();
        let live = state.links.values().filter(|link| {
            link.component == component && matches!(link.state, LinkState::Live { .. })
        });
        Ok(live.count() as u64)
    }

    async fn begin(&self, entries: &[JournalEntry]) -> Result<()> {
        self.state().journal.extend_from_slice(entries);
        Ok(())
    }

    async fn commit(&self, component: Component, outcome: &Outcome) -> Result<()> {
        self.state().commit(component, outcome);
        Ok(())
    }

    async fn unfinished(&self, component: Component) -> Result<Vec<JournalEntry>> {
        let state = self.state();
        let of_component = state
            .journal
            .iter()
            .filter(|entry| entry.component == component);
        Ok(of_component.cloned().collect())
    }

    async fn refusals(&self, component: Component) -> Result<Vec<Refusal>> {
        let state = self.state();
        let of_component = state
            .refusals
            .iter()
            .filter(|((of, _), _)| *of == component);
        Ok(of_component.map(|(_, refusal)| refusal.clone()).collect())
    }

    async fn start_run(&self, components: &[Component], started: Timestamp) -> Result<RunId> {
        let mut state = self.state();
        state.last_run += 1;
        let run = RunId(state.last_run);
        state
            .runs
            .extend(components.iter().map(|component| RunRecord {
                run,
                component: *component,
                started,
                finished: None,
                tally: Tally::default(),
                problem: None,
            }));
        Ok(run)
    }

    async fn finish_run(
        &self,
        run: RunId,
        component: Component,
        finished: Timestamp,
        tally: &Tally,
        problem: Option<&Problem>,
    ) -> Result<()> {
        let mut state = self.state();
        let begun = state
            .runs
            .iter_mut()
            .find(|record| record.run == run && record.component == component);
        let Some(record) = begun else {
            return Err(Failure::bug(format!(
                "run {run} of {component} was never begun"
            )));
        };
        record.finished = Some(finished);
        record.tally = *tally;
        record.problem = problem.cloned();
        Ok(())
    }

    async fn last_runs(&self) -> Result<BTreeMap<Component, RunRecord>> {
        let state = self.state();
        let finished = state.runs.iter().filter(|record| record.finished.is_some());
        Ok(finished
            .map(|record| (record.component, record.clone()))
            .collect())
    }

    async fn history(&self, filter: &HistoryFilter) -> Result<Vec<HistoryEntry>> {
        let limit = match filter.limit {
            0 => usize::MAX,
            limit => limit as usize,
        };
        let state = self.state();
        let asked = state
            .history
            .iter()
            .rev()
            .filter(|entry| is_asked_for(filter, entry));
        Ok(asked.take(limit).cloned().collect())
    }

    async fn rewritten(
        &self,
        component: Component,
        since: Timestamp,
        times: u32,
    ) -> Result<Vec<HistoryEntry>> {
        let state = self.state();
        let updates = state.history.iter().filter(|entry| {
            entry.component == component
                && entry.act == Act::Updated
                && entry.at.as_second() >= since.as_second()
                && entry.record.is_some()
        });
        let mut by_record: BTreeMap<_, Vec<&HistoryEntry>> = BTreeMap::new();
        for update in updates {
            by_record.entry(&update.record).or_default().push(update);
        }
        by_record.retain(|_, updates| updates.len() >= times as usize);
        let mut all: Vec<HistoryEntry> = by_record.into_values().flatten().cloned().collect();
        all.sort_by_key(|entry| entry.id);
        Ok(all)
    }

    async fn forget_history(&self, before: Timestamp) -> Result<()> {
        let made = |entry: &HistoryEntry| entry.side == Side::Mailbox && entry.act == Act::Created;
        let mut state = self.state();
        state
            .history
            .retain(|entry| entry.at >= before || made(entry));
        Ok(())
    }

    async fn fact(&self, name: &str) -> Result<Option<String>> {
        Ok(self.state().facts.get(name).cloned())
    }

    async fn set_fact(&self, name: &str, value: Option<&str>) -> Result<()> {
        let mut state = self.state();
        match value {
            Some(value) => state.facts.insert(name.to_owned(), value.to_owned()),
            None => state.facts.remove(name),
        };
        Ok(())
    }

    async fn forget(&self, component: Component) -> Result<()> {
        let mut state = self.state();
        state.cursors.retain(|(of, _), _| *of != component);
        state.observations.retain(|(of, _), _| *of != component);
        state.links.retain(|_, link| link.component != component);
        state.journal.retain(|entry| entry.component != component);
        state.refusals.retain(|(of, _), _| *of != component);
        state.series.retain(|(of, _), _| *of != component);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fresh() -> ((), MemoryStore) {
        ((), MemoryStore::new())
    }

    crate::state_store_contract!(fresh);
}
