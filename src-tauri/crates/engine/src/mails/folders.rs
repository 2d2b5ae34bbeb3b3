//! The folders of the mailbox, as far as mails are concerned: those that are dropped into or watched, and those a mail may have come from.

use model::{DropFolder, FolderId, RunId};
use ports::{FolderRole, MailFolder, MailState, StateStore};

use tracing::warn;

use super::Post;
use crate::Engine;

/// A folder whose mails are imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub place: DropFolder,
    pub folder: FolderId,
}

impl Engine {
    /// Those whose mails are imported, as far as they are known.
    pub(crate) async fn mail_folders_to_watch(&self) -> ports::Result<Vec<FolderId>> {
        if self.is_inbox_mode() {
            let sources = self.post(RunId(0))?.watched().await?;
            return Ok(sources.into_iter().map(|source| source.folder).collect());
        }
        let mut known = Vec::new();
        for place in DropFolder::ALL {
            known.extend(
                self.doors
                    .store
                    .fact(&fact(place))
                    .await?
                    .map(FolderId::new),
            );
        }
        Ok(known)
    }
}

impl Post<'_> {
    /// The folders whose mails are imported; those to drop into are made where they are missing.
    pub(super) async fn sources(&self) -> ports::Result<Vec<Source>> {
        match self.engine.is_inbox_mode() {
            true => self.watched().await,
            false => self.drop_folders().await,
        }
    }

    async fn drop_folders(&self) -> ports::Result<Vec<Source>> {
        let mut sources = Vec::new();
        for place in DropFolder::ALL {
            let known = self.doors.store.fact(&fact(place)).await?;
            let folder = match known {
                Some(id) => FolderId::new(id),
                None => self.make_drop_folder(place).await?,
            };
            sources.push(Source { place, folder });
        }
        Ok(sources)
    }

    /// Makes a folder to drop into, or finds the one that is there.
    pub(super) async fn make_drop_folder(&self, place: DropFolder) -> ports::Result<FolderId> {
        self.engine.writable().await?;
        let folder = self.mail.mails.ensure_drop_folder(place).await?;
        let store = &self.doors.store;
        store.set_fact(&fact(place), Some(folder.as_str())).await?;
        Ok(folder)
    }

    /// Lets go of folders to drop into that the user has deleted, so that they are made anew (R7.11).
    pub(super) async fn forget_deleted(&self, all: &[MailFolder]) -> ports::Result<()> {
        let store = &self.doors.store;
        for place in DropFolder::ALL {
            let known = store.fact(&fact(place)).await?.map(FolderId::new);
            if let Some(folder) = known.filter(|folder| is_deleted(folder, all)) {
                warn!("a folder for mails was deleted and is made anew");
                self.mail.state.forget_mail_folder(&folder).await?;
                store.set_fact(&fact(place), None).await?;
            }
        }
        Ok(())
    }

    /// In inbox mode: the inbox, with its subfolders and the sent mails where the policy says so (R5.9).
    async fn watched(&self) -> ports::Result<Vec<Source>> {
        let all = self.mail.mails.mail_folders().await?;
        Ok(self.watched_among(&all))
    }

    /// Those of all folders that are; none where mails are dropped.
    pub(super) fn watched_among(&self, all: &[MailFolder]) -> Vec<Source> {
        if !self.engine.is_inbox_mode() {
            return Vec::new();
        }
        let folders = &self.engine.setup.policy.folders;
        let watched = all.iter().filter(|folder| match folder.role {
            FolderRole::Inbox => true,
            FolderRole::Sent => folders.include_sent,
            FolderRole::Other => {
                folders.include_subfolders && is_below(folder, FolderRole::Inbox, all)
            }
            FolderRole::Deleted
            | FolderRole::Drafts
            | FolderRole::Outbox
            | FolderRole::Junk
            | FolderRole::Drop(_) => false,
        });
        let sources = watched.map(|folder| Source {
            place: DropFolder::Root,
            folder: folder.id.clone(),
        });
        sources.collect()
    }
}

/// Whether the user has deleted the folder: some servers keep its id in Deleted Items.
pub(super) fn is_deleted(folder: &FolderId, all: &[MailFolder]) -> bool {
    let mut found = all.iter().filter(|one| one.id == *folder);
    found.any(|folder| is_below(folder, FolderRole::Deleted, all))
}

/// Whether it lies in the folder of this role, however deep.
fn is_below(folder: &MailFolder, role: FolderRole, all: &[MailFolder]) -> bool {
    let mut above = folder.parent.as_ref();
    // A folder cannot lie deeper than there are folders.
    for _ in 0..all.len() {
        let Some(parent) = above.and_then(|id| all.iter().find(|other| other.id == *id)) else {
            return false;
        };
        if parent.role == role {
            return true;
        }
        above = parent.parent.as_ref();
    }
    false
}

pub(super) fn fact(place: DropFolder) -> String {
    match place {
        DropFolder::Root => "folder.mails".to_owned(),
        DropFolder::Of(module) => format!("folder.mails.{module}"),
    }
}

/// Whether a run has ever found or made the folders.
pub async fn is_set_up(store: &dyn StateStore) -> ports::Result<bool> {
    Ok(store.fact(&fact(DropFolder::Root)).await?.is_some())
}

/// Forgets all that is remembered of mails: another account is connected, or none.
pub async fn forget(store: &dyn StateStore, state: &dyn MailState) -> ports::Result<()> {
    state.forget_all_mails().await?;
    for place in DropFolder::ALL {
        store.set_fact(&fact(place), None).await?;
    }
    for fact in [
        super::observe::SINCE,
        super::observe::ASKED,
        super::index::FILLED,
        super::own::LEARNED,
    ] {
        store.set_fact(fact, None).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(id: &str, parent: &str, role: FolderRole) -> MailFolder {
        MailFolder {
            id: FolderId::new(id),
            parent: (!parent.is_empty()).then(|| FolderId::new(parent)),
            name: id.to_owned(),
            role,
        }
    }

    #[test]
    fn r5_9_a_folder_in_a_folder_of_the_inbox_is_below_it() {
        let all = [
            folder("inbox", "", FolderRole::Inbox),
            folder("customers", "inbox", FolderRole::Other),
            folder("mayer", "customers", FolderRole::Other),
            folder("archive", "", FolderRole::Other),
            folder("old", "archive", FolderRole::Other),
            folder("circle", "circle", FolderRole::Other),
        ];
        let below: Vec<&str> = all
            .iter()
            .filter(|folder| is_below(folder, FolderRole::Inbox, &all))
            .map(|folder| folder.name.as_str())
            .collect();
        assert_eq!(below, ["customers", "mayer"]);
    }
}
