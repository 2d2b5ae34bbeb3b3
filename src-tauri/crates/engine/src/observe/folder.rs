//! Which folder of the mailbox a component lives in, and what happens when it is another one than before.

use model::{Component, FolderId, LinkState, Side};
use ports::{LinkChange, LinkFilter, Outcome, StateStore};
use tracing::{info, warn};

use super::selection::list_anew;
use crate::{Doors, Engine};

impl Engine {
    /// The component's folder, made where it is missing. Another choice of the policy starts over in the other folder.
    pub(crate) async fn folder(&self, component: Component) -> ports::Result<FolderId> {
        match self.known_folder(component).await? {
            Known::This(folder) => Ok(folder),
            Known::Nothing => {
                let mailbox = &self.writable().await?.mailbox;
                let folder = mailbox.ensure_folder(self.place(component)).await?;
                self.remember_folder(component, &folder).await?;
                Ok(folder)
            }
            Known::Other => {
                info!(%component, "the policy names another folder than before");
                self.start_over(component).await
            }
        }
    }

    /// The component's folder, if there is one.
    pub(crate) async fn existing_folder(
        &self,
        component: Component,
    ) -> ports::Result<Option<FolderId>> {
        match self.known_folder(component).await? {
            Known::This(folder) => Ok(Some(folder)),
            Known::Nothing | Known::Other => {
                self.doors.mailbox.find_folder(self.place(component)).await
            }
        }
    }

    /// The folder was deleted (R7.11): nothing in the CRM is deleted because of it. It is made anew and everything that was linked is
    /// created in it again; what the user had deleted before stays away.
    pub(crate) async fn folder_vanished(&self, component: Component) -> ports::Result<FolderId> {
        warn!(%component, "the predefined folder is gone and is made anew");
        self.start_over(component).await
    }

    /// The order matters: until the new folder is remembered, dying here only means that this begins once more.
    async fn start_over(&self, component: Component) -> ports::Result<FolderId> {
        let Doors { mailbox, store, .. } = self.writable().await?;
        start_anew(&**store, component).await?;
        let folder = mailbox.ensure_folder(self.place(component)).await?;
        self.remember_folder(component, &folder).await?;
        Ok(folder)
    }

    /// The folders in which a change means that there is something to sync, as far as they are known.
    pub async fn folders_to_watch(&self, component: Component) -> ports::Result<Vec<FolderId>> {
        if component == Component::Emails {
            return self.mail_folders_to_watch().await;
        }
        Ok(match self.known_folder(component).await? {
            Known::This(folder) => vec![folder],
            Known::Nothing | Known::Other => Vec::new(),
        })
    }

    async fn known_folder(&self, component: Component) -> ports::Result<Known> {
        let kept = self.doors.store.fact(&folder_fact(component)).await?;
        Ok(
            match kept.as_deref().and_then(|kept| kept.split_once(' ')) {
                None => Known::Nothing,
                Some((choice, id)) if choice == self.choice(component) => {
                    Known::This(FolderId::new(id))
                }
                Some(_) => Known::Other,
            },
        )
    }

    async fn remember_folder(&self, component: Component, folder: &FolderId) -> ports::Result<()> {
        let kept = format!("{} {folder}", self.choice(component));
        let store = &self.doors.store;
        store.set_fact(&folder_fact(component), Some(&kept)).await
    }

    fn choice(&self, component: Component) -> String {
        format!("{:?}", self.place(component).choice)
    }
}

enum Known {
    /// The folder the policy names.
    This(FolderId),
    /// The policy named another one before.
    Other,
    /// None yet.
    Nothing,
}

fn folder_fact(component: Component) -> String {
    format!("folder.{component}")
}

/// That the mailbox's list starts anew and what it lacks is still to be looked up.
pub(super) fn relisting_fact(component: Component) -> String {
    format!("relisting.{component}")
}

/// Whether a run has ever worked on the component in this mailbox.
pub async fn is_set_up(store: &dyn StateStore, component: Component) -> ports::Result<bool> {
    match component {
        Component::Emails => crate::mails::is_set_up(store).await,
        Component::Contacts | Component::Appointments | Component::Tasks => {
            Ok(store.fact(&folder_fact(component)).await?.is_some())
        }
    }
}

/// Forgets which items and records belong together, so that nothing that is missing is taken for deleted: the next run finds the pairs again
/// by stamp and match. What the user had deleted before stays away.
pub async fn start_anew(store: &dyn StateStore, component: Component) -> ports::Result<()> {
    let links = store.links(component, LinkFilter::All).await?;
    let observations = store.observations(component).await?;
    let outcome = Outcome {
        // What was seen in the mailbox is of no use: it may be gone.
        settled: observations
            .iter()
            .map(|seen| seen.subject())
            .filter(|entry| entry.side() == Side::Mailbox)
            .collect(),
        links: links
            .into_iter()
            .filter(|link| matches!(link.state, LinkState::Live { .. }))
            .map(|link| LinkChange::Drop(link.id))
            .collect(),
        ..Outcome::default()
    };
    store.commit(component, &outcome).await?;
    list_anew(store, component).await
}

/// Forgets all that is remembered of a component: another account is connected, or none.
pub async fn forget(store: &dyn StateStore, component: Component) -> ports::Result<()> {
    store.forget(component).await?;
    for fact in [
        folder_fact(component),
        relisting_fact(component),
        super::selection::fact(component),
        super::unlisted::fact(component),
        crate::check::fact(component),
        crate::brake::fact(component),
        crate::brake::answers::fact(component),
    ] {
        store.set_fact(&fact, None).await?;
    }
    Ok(())
}
