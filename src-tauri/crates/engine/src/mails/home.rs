//! Where a mail came from (R5.8): by what the server told of moves, else by where it was seen, else by rule.

use std::collections::BTreeSet;

use model::{FolderId, ItemId};
use ports::{ErrorKind, FolderRole, Home, HomeRule, MailFolder, MailImport, MailTrace};
use tracing::debug;

use super::Post;
use super::folders::is_deleted;

/// A mail may have gone through several of our folders before it is looked at.
const LONGEST_CHAIN: usize = 20;

impl Post<'_> {
    /// Where the mail lay before it was dropped, as far as anybody knows.
    pub(super) async fn home_of(
        &self,
        import: &MailImport,
        folders: &[MailFolder],
    ) -> ports::Result<Option<Home>> {
        if let Some(folder) = self.told(&import.item, folders).await? {
            return Ok(Some(Home {
                folder,
                rule: HomeRule::Moved,
            }));
        }
        let seen = self.seen(import, folders).await?;
        Ok(seen.map(|folder| Home {
            folder,
            rule: HomeRule::Seen,
        }))
    }

    /// The first folder behind a chain of moves that is not one of ours.
    async fn told(&self, item: &ItemId, folders: &[MailFolder]) -> ports::Result<Option<FolderId>> {
        let mut item = item.clone();
        for _ in 0..LONGEST_CHAIN {
            let Some(told) = self.mail.state.move_to(&item).await? else {
                return Ok(None);
            };
            match role(&told.old_folder, folders) {
                Some(FolderRole::Drop(_)) => item = told.old_item,
                Some(FolderRole::Drafts | FolderRole::Outbox) | None => return Ok(None),
                Some(_) if is_deleted(&told.old_folder, folders) => return Ok(None),
                Some(_) => return Ok(Some(told.old_folder)),
            }
        }
        Ok(None)
    }

    /// The folder it left last of those it was seen in. Folders that still seem to have it are looked at once more: a mail that was moved is
    /// missing there, and one that was copied is not.
    async fn seen(
        &self,
        import: &MailImport,
        folders: &[MailFolder],
    ) -> ports::Result<Option<FolderId>> {
        let traces = self.candidates(import, folders).await?;
        let open: BTreeSet<&FolderId> = traces
            .iter()
            .filter(|trace| trace.gone.is_none())
            .map(|trace| &trace.folder)
            .collect();
        for folder in open {
            match self.bring_up_to_date(folder).await {
                Ok(()) => {}
                Err(failure) if failure.kind == ErrorKind::Gone => {}
                Err(failure) => return Err(failure),
            }
        }
        let traces = self.candidates(import, folders).await?;
        let (there, left): (Vec<_>, Vec<_>) =
            traces.into_iter().partition(|trace| trace.gone.is_none());
        let best = left.into_iter().next().or_else(|| there.into_iter().next());
        Ok(best.map(|trace| trace.folder))
    }

    /// Those with the server's own key, or else those with the Message-ID: of a mail to oneself two have the same.
    async fn candidates(
        &self,
        import: &MailImport,
        folders: &[MailFolder],
    ) -> ports::Result<Vec<MailTrace>> {
        let state = &self.mail.state;
        let is_home = |trace: &MailTrace| match role(&trace.folder, folders) {
            Some(role) => may_be_home(role) && !is_deleted(&trace.folder, folders),
            None => false,
        };
        let keys = [
            (None, import.search_key.as_deref()),
            (import.message_id.as_deref(), None),
        ];
        for (message_id, search_key) in keys {
            let traces = state.mail_traces(message_id, search_key).await?;
            let traces: Vec<MailTrace> = traces.into_iter().filter(is_home).collect();
            if !traces.is_empty() {
                debug!(traces = traces.len(), "a mail was seen before");
                return Ok(traces);
            }
        }
        Ok(Vec::new())
    }

    /// Where a mail goes of which nobody knows where it came from.
    pub(super) fn home_by_rule(is_own: bool, folders: &[MailFolder]) -> Option<Home> {
        let of = |wanted: FolderRole| folders.iter().find(|folder| folder.role == wanted);
        let (sent, inbox) = (of(FolderRole::Sent), of(FolderRole::Inbox));
        match (is_own, sent, inbox) {
            (true, Some(sent), _) => Some(Home {
                folder: sent.id.clone(),
                rule: HomeRule::Sent,
            }),
            (_, _, Some(inbox)) => Some(Home {
                folder: inbox.id.clone(),
                rule: HomeRule::Inbox,
            }),
            (_, _, None) => None,
        }
    }
}

/// Whether a folder takes its mails back no more: it is gone, or the user has deleted it with all that lies in it.
pub(super) fn is_no_home(folder: &FolderId, folders: &[MailFolder]) -> bool {
    role(folder, folders).is_none() || is_deleted(folder, folders)
}

/// A folder that is not in the list is gone.
pub(super) fn role(id: &FolderId, folders: &[MailFolder]) -> Option<FolderRole> {
    let folder = folders.iter().find(|folder| folder.id == *id);
    folder.map(|folder| folder.role)
}

/// Whether mails that lay there are known of.
pub(super) fn may_be_home(role: FolderRole) -> bool {
    match role {
        FolderRole::Inbox | FolderRole::Sent | FolderRole::Deleted | FolderRole::Other => true,
        FolderRole::Junk | FolderRole::Drafts | FolderRole::Outbox | FolderRole::Drop(_) => false,
    }
}
