//! Reads what changed on both sides since the cursors and keeps it in the store, each page together with its cursor. A page that
//! cannot be read leaves no observation and never means a deletion (R6.9).

use std::collections::BTreeSet;

use model::{Component, RemoteId};

use crate::Engine;

mod crm;
pub(crate) use crm::seen;
mod mailbox;

impl Engine {
    pub(crate) async fn observe(&self, component: Component) -> ports::Result<()> {
        let folder = self.folder(component).await?;
        self.observe_mailbox(component, &folder).await?;
        self.observe_crm(component).await
    }

    /// For a preview: a folder that is not there yet is not made.
    pub(crate) async fn observe_without_writing(&self, component: Component) -> ports::Result<()> {
        if let Some(folder) = self.existing_folder(component).await? {
            self.observe_mailbox(component, &folder).await?;
        }
        self.observe_crm(component).await
    }

    /// Entries that were observed and wait: a newer look at them always replaces the older one.
    async fn waiting(&self, component: Component) -> ports::Result<BTreeSet<RemoteId>> {
        let observations = self.doors.store.observations(component).await?;
        Ok(observations.iter().map(|seen| seen.subject()).collect())
    }
}
