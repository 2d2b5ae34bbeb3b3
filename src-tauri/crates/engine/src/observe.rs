//! Reads what changed on both sides since the cursors and keeps it in the store, each page together with its cursor. A page that
//! cannot be read leaves no observation and never means a deletion (R6.9).

use model::{Code, Component};
use ports::{ErrorKind, Failure};
use tracing::debug;

use crate::Engine;

mod crm;
pub(crate) use crm::seen;
mod folder;
pub use folder::{forget, is_set_up, start_anew};
mod mailbox;
use mailbox::Folder;
mod selection;
pub use selection::list_anew;
mod series;
mod unlisted;

impl Engine {
    pub(crate) async fn observe(&self, component: Component) -> ports::Result<()> {
        self.follow_selection(component).await?;
        let mut folder = self.folder(component).await?;
        if self.read_folder(component, &folder).await? == Folder::Vanished {
            folder = self.folder_vanished(component).await?;
            if self.read_folder(component, &folder).await? == Folder::Vanished {
                return Err(Failure::new(ErrorKind::Gone, Code::FolderMissing));
            }
        }
        self.observe_crm(component).await
    }

    /// For a preview: a folder that is not there is not made, and nothing is made of its absence.
    pub(crate) async fn observe_without_writing(&self, component: Component) -> ports::Result<()> {
        self.follow_selection(component).await?;
        if let Some(folder) = self.existing_folder(component).await? {
            let seen = self.read_folder(component, &folder).await?;
            if seen == Folder::Vanished {
                debug!(%component, "the predefined folder is gone; a run would make it anew");
            }
        }
        self.observe_crm(component).await
    }
}
