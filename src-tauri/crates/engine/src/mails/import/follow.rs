//! Follows mails that wait to where they were filed meanwhile.

use std::collections::BTreeMap;

use model::history::Act;
use model::{Code, Component, ItemId, Problem, RemoteId};
use ports::{FolderRole, ImportChange, MailFolder, MailImport, MailTrace, Outcome, Refusal, Way};
use tracing::warn;

use super::{Post, Results};
use crate::mails::home::{is_no_home, role};
use crate::mails::index::Page;
use crate::resolve;

/// What looking for a mail has shown.
enum Looked {
    /// All folders were looked into; where it lies, if anywhere.
    All(Option<ItemId>),
    /// A later run goes on looking.
    NotYet,
}

impl Post<'_> {
    /// A mail that is elsewhere by now. One that was dropped and taken away again is the user's business. One that waits where the user keeps
    /// it is looked for where it was filed, also when the user has just dealt with its refusal, and is not let go without a word (S9).
    pub(super) async fn follow(
        &self,
        mut import: MailImport,
        folders: &[MailFolder],
        earlier: &BTreeMap<RemoteId, Refusal>,
        results: &mut Results,
    ) -> ports::Result<()> {
        if !import.leads.is_empty() {
            // Somebody of it may have a lead in a moment, which has to be looked at.
            return Ok(());
        }
        let old = RemoteId::Mailbox(import.item.clone());
        let refusal = earlier.get(&old);
        if import.way == Way::Back && refusal.is_none() {
            results.changes.push(ImportChange::Drop(import.item));
            return Ok(());
        }
        let Looked::All(found) = self.look_for(&import, folders).await? else {
            return Ok(());
        };
        let drop = ImportChange::Drop(import.item.clone());
        results.changes.push(drop);
        let store = &*self.doors.store;
        match (found, refusal) {
            (Some(item), refusal) => {
                match refusal {
                    Some(refusal) => self.rename(refusal, &item, &mut results.outcome).await?,
                    None => {
                        let new = RemoteId::Mailbox(item.clone());
                        resolve::move_more(store, Component::Emails, &old, &new).await?;
                    }
                }
                import.item = item;
                results.changes.push(ImportChange::Put(import));
            }
            (None, refusal) => {
                warn!("a mail that waits is nowhere to be found");
                resolve::forget_more(store, Component::Emails, &old).await?;
                results.outcome.accepted.extend(refusal.map(|_| old));
                if import.title.is_empty() {
                    let name = import.message_id.clone();
                    import.title = name.unwrap_or_else(|| self.mail.no_subject.clone());
                }
                let reason = Problem::new(Code::MailTakenAway);
                let line = self.line(&import, Act::PassedOver, None, Some(reason));
                results.outcome.history.push(line);
            }
        }
        Ok(())
    }

    /// Looks for a mail everywhere. All folders are read once in a run, and once more for a mail that may have been filed only now.
    async fn look_for(&self, import: &MailImport, folders: &[MailFolder]) -> ports::Result<Looked> {
        if self.all_read.get().is_some() {
            let found = self.lies_at(import, folders).await?;
            if found.is_some() {
                return Ok(Looked::All(found));
            }
        }
        if self.read_folders().await? == Page::More {
            return Ok(Looked::NotYet);
        }
        self.all_read.get_or_init(|| ());
        Ok(Looked::All(self.lies_at(import, folders).await?))
    }

    /// Where a mail lies that has another id by now; what was thrown away lies nowhere.
    async fn lies_at(
        &self,
        import: &MailImport,
        folders: &[MailFolder],
    ) -> ports::Result<Option<ItemId>> {
        let is_it = |trace: &MailTrace| {
            trace.gone.is_none()
                && trace.item != import.item
                && !is_no_home(&trace.folder, folders)
                && role(&trace.folder, folders) != Some(FolderRole::Deleted)
        };
        // Of a mail to oneself two have the same Message-ID, and a copy has a key of its own.
        let keys = [
            (None, import.search_key.as_deref()),
            (import.message_id.as_deref(), None),
        ];
        for (message_id, search_key) in keys {
            let traces = self.mail.state.mail_traces(message_id, search_key).await?;
            if let Some(trace) = traces.into_iter().find(is_it) {
                return Ok(Some(trace.item));
            }
        }
        Ok(None)
    }

    /// A refused mail has another id by now.
    pub(in crate::mails) async fn rename(
        &self,
        refusal: &Refusal,
        item: &ItemId,
        outcome: &mut Outcome,
    ) -> ports::Result<()> {
        let entry = RemoteId::Mailbox(item.clone());
        let store = &*self.doors.store;
        resolve::move_more(store, Component::Emails, &refusal.entry, &entry).await?;
        outcome.accepted.push(refusal.entry.clone());
        outcome.refused.push(Refusal {
            entry,
            ..refusal.clone()
        });
        Ok(())
    }
}
