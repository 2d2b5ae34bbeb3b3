//! Items that we made and that the folder's list of changes has not told of yet. One that the user deletes before that is in no list
//! ever: whoever makes items writes down the run, and the next complete look into the folder asks for those it did not see.

use std::collections::BTreeSet;

use model::history::Act;
use model::{Component, ItemId, Observation, RunId, Side};
use ports::{HistoryFilter, StateStore};

use crate::Engine;

impl Engine {
    /// Items are about to be made, or were found to have been made, in this run.
    pub(crate) async fn expect_in_list(
        &self,
        component: Component,
        run: RunId,
    ) -> ports::Result<()> {
        let store = &*self.doors.store;
        let mut runs = runs(store, component).await?;
        if runs.contains(&run) {
            return Ok(());
        }
        runs.insert(run);
        let runs: Vec<String> = runs.iter().map(RunId::to_string).collect();
        store
            .set_fact(&fact(component), Some(&runs.join(" ")))
            .await
    }

    /// Whether anything is expected in the next list.
    pub(super) async fn expects_in_list(&self, component: Component) -> ports::Result<bool> {
        Ok(!runs(&*self.doors.store, component).await?.is_empty())
    }

    /// After a complete look into the folder, which told of these: the others we made are asked for by their ids.
    pub(super) async fn find_missed(
        &self,
        component: Component,
        listed: &BTreeSet<ItemId>,
    ) -> ports::Result<()> {
        let store = &*self.doors.store;
        let mut missed = Vec::new();
        for run in runs(store, component).await? {
            let filter = HistoryFilter {
                run: Some(run),
                ..HistoryFilter::default()
            };
            let lines = store.history(&filter).await?.into_iter();
            let made = lines.filter(|line| {
                line.component == component
                    && line.side == Side::Mailbox
                    && line.act == Act::Created
            });
            let items = made.filter_map(|line| line.item);
            missed.extend(items.filter(|item| !listed.contains(item)));
        }
        let seen = self.look_up_items(component, &missed).await?;
        let gone: Vec<Observation> = seen
            .into_iter()
            .filter(|seen| matches!(seen, Observation::ItemGone { .. }))
            .collect();
        if !gone.is_empty() {
            store.observe(component, &gone, None).await?;
        }
        store.set_fact(&fact(component), None).await
    }
}

/// In which runs items were made since the last complete look.
async fn runs(store: &dyn StateStore, component: Component) -> ports::Result<BTreeSet<RunId>> {
    let kept = store.fact(&fact(component)).await?.unwrap_or_default();
    let runs = kept.split_whitespace().filter_map(|run| run.parse().ok());
    Ok(runs.map(RunId).collect())
}

pub(super) fn fact(component: Component) -> String {
    format!("unlisted.{component}")
}
