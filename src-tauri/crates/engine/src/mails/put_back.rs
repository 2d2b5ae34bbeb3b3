//! Puts mails back where they came from once their import is decided (R5.8). A mark is written on an imported one first: whoever finds it
//! later, after a crash too, knows that it is in the CRM.

use std::collections::BTreeMap;

use model::{Code, DropFolder, FolderId, ItemId, Problem, RemoteId, RunId};
use ports::{
    ErrorKind, Failure, ImportChange, ImportState, MailFolder, MailImport, Outcome, Refusal, Way,
};
use tracing::{info, warn};

use super::Post;
use super::folders::Source;
use super::home::is_no_home;
use super::import::MOST_LOST;
use crate::Engine;
use crate::refuse::{self, Case};

/// What is told of a mail that stays where it was dropped.
enum Stays {
    /// The user has to know.
    Listed(Refusal),
    /// Not yet, but it is counted.
    Counted(MailImport),
    /// The user knows.
    Known,
}

/// So often the folders are looked through before they go; the user may be dropping mails meanwhile.
const LOOKS: usize = 5;

impl Engine {
    /// Before the folders to drop into go: what lies in them goes back to where it came from. The answer is how many mails.
    pub async fn mails_back(&self) -> ports::Result<u64> {
        let post = self.post(RunId(0))?;
        if self.is_inbox_mode() {
            return Ok(0);
        }
        let mut moved = 0;
        for _ in 0..LOOKS {
            let dropped = post.dropped().await?;
            if dropped.is_empty() {
                break;
            }
            moved += dropped.len() as u64;
            post.send_back(dropped).await?;
        }
        Ok(moved)
    }

    /// Removes the folders to drop into, as far as nothing lies in them; the root goes with the owner's mark on it. The answer is how many.
    pub async fn remove_drop_folders(&self) -> ports::Result<u64> {
        let post = self.post(RunId(0))?;
        let mut removed = 0;
        for place in DropFolder::ALL.into_iter().rev() {
            let Some(folder) = post.mail.mails.find_drop_folder(place).await? else {
                continue;
            };
            if self.doors.mailbox.is_empty(&folder).await? {
                self.doors.mailbox.remove_folder(&folder).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

impl Post<'_> {
    /// All mails that lie in the folders to drop into.
    async fn dropped(&self) -> ports::Result<Vec<MailImport>> {
        let mut dropped = Vec::new();
        for place in DropFolder::ALL {
            let Some(folder) = self.mail.mails.find_drop_folder(place).await? else {
                continue;
            };
            let source = Source { place, folder };
            let mut token = None;
            loop {
                let mails = &self.mail.mails;
                let page = mails.mail_changes(&source.folder, token.as_ref()).await?;
                let found = page.seen.iter().map(|head| self.import_of(head, &source));
                dropped.extend(found);
                if !page.more {
                    break;
                }
                token = page.next;
            }
        }
        Ok(dropped)
    }

    async fn send_back(&self, dropped: Vec<MailImport>) -> ports::Result<()> {
        let folders = self.mail.mails.mail_folders().await?;
        let mut by_home: BTreeMap<FolderId, Vec<MailImport>> = BTreeMap::new();
        for mut import in dropped {
            let home = self.home_of(&import, &folders).await?;
            import.home = home.or_else(|| Self::home_by_rule(false, &folders));
            if let Some(home) = &import.home {
                let folder = home.folder.clone();
                by_home.entry(folder).or_default().push(import);
            }
        }
        for (folder, imports) in by_home {
            self.move_home(imports, &folder, &folders).await?;
        }
        Ok(())
    }

    /// Those a run was cut off with.
    pub(super) async fn put_all_back(&self) -> ports::Result<()> {
        let imports = self.mail.state.mail_imports().await?;
        let is_left = |import: &MailImport| match (&import.state, import.way) {
            (ImportState::Waiting, _) | (ImportState::Refused { .. }, Way::Stays) => false,
            (ImportState::Refused { .. }, Way::Back)
            | (ImportState::Imported { .. } | ImportState::PassedOver { .. }, _) => true,
        };
        let left: Vec<MailImport> = imports.into_iter().filter(is_left).collect();
        if left.is_empty() {
            return Ok(());
        }
        self.engine.writable().await?;
        let folders = self.mail.mails.mail_folders().await?;
        self.put_back(left, &folders).await
    }

    /// Marks and moves mails whose import is decided.
    pub(super) async fn put_back(
        &self,
        decided: Vec<MailImport>,
        folders: &[MailFolder],
    ) -> ports::Result<()> {
        let decided = self.mark(decided).await?;
        let (mut staying, mut by_home) = (Vec::new(), BTreeMap::<FolderId, Vec<MailImport>>::new());
        for import in decided {
            match (import.way, &import.home) {
                (Way::Back, Some(home)) => {
                    let folder = home.folder.clone();
                    by_home.entry(folder).or_default().push(import);
                }
                (Way::Back, None) | (Way::Stays, _) => staying.push(import),
            }
        }
        self.stay(staying).await?;
        for (folder, imports) in by_home {
            self.move_home(imports, &folder, folders).await?;
        }
        Ok(())
    }

    /// The answer lacks those that the user has taken away meanwhile.
    async fn mark(&self, decided: Vec<MailImport>) -> ports::Result<Vec<MailImport>> {
        let crm = &self.engine.setup.owner.crm;
        let marks: Vec<(ItemId, String)> = decided
            .iter()
            .filter_map(|import| match &import.state {
                ImportState::Imported { record } => {
                    Some((import.item.clone(), format!("{crm}/{record}")))
                }
                ImportState::Waiting
                | ImportState::PassedOver { .. }
                | ImportState::Refused { .. } => None,
            })
            .collect();
        if marks.is_empty() {
            return Ok(decided);
        }
        let answers = self.mail.mails.mark(&marks).await?;
        let mut gone = Vec::new();
        for ((item, _), answer) in marks.into_iter().zip(answers) {
            match answer {
                Ok(()) => {}
                Err(failure) if failure.kind == ErrorKind::Gone => gone.push(item),
                // The CRM knows it; a mark only saves asking.
                Err(failure) if failure.is_about_one_entry() => {
                    warn!(%failure, "a mail could not be marked");
                }
                Err(failure) => return Err(failure),
            }
        }
        if !gone.is_empty() {
            let drops = gone.iter().cloned().map(ImportChange::Drop);
            let drops: Vec<ImportChange> = drops.collect();
            // It may be on the list because it could not be put back.
            let outcome = Outcome {
                accepted: gone.iter().cloned().map(RemoteId::Mailbox).collect(),
                ..Outcome::default()
            };
            self.mail.state.commit_mails(&drops, &outcome).await?;
        }
        let left = decided.into_iter();
        Ok(left.filter(|one| !gone.contains(&one.item)).collect())
    }

    /// In inbox mode, and where an import was tried again, that was all.
    async fn stay(&self, imports: Vec<MailImport>) -> ports::Result<()> {
        let over = imports.into_iter().map(|mut import| match import.state {
            ImportState::Refused { .. } => {
                import.way = Way::Stays;
                ImportChange::Put(import)
            }
            ImportState::Waiting
            | ImportState::Imported { .. }
            | ImportState::PassedOver { .. } => ImportChange::Drop(import.item),
        });
        let over: Vec<ImportChange> = over.collect();
        match over.is_empty() {
            true => Ok(()),
            false => {
                let nothing = Outcome::default();
                self.mail.state.commit_mails(&over, &nothing).await
            }
        }
    }

    async fn move_home(
        &self,
        imports: Vec<MailImport>,
        folder: &FolderId,
        folders: &[MailFolder],
    ) -> ports::Result<()> {
        let ids: Vec<ItemId> = imports.iter().map(|import| import.item.clone()).collect();
        let answers = match is_no_home(folder, folders) {
            true => Err(Failure::new(ErrorKind::Gone, Code::FolderMissing)),
            false => self.mail.mails.move_mails(&ids, folder).await,
        };
        let answers = match answers {
            Err(failure) if failure.kind == ErrorKind::Gone => {
                info!("the folder a mail came from is gone");
                self.move_by_rule(&ids, failure, folder, folders).await?
            }
            answers => answers?,
        };
        let earlier = self.earlier_refusals().await?;
        let (mut changes, mut outcome) = (Vec::new(), Outcome::default());
        for (mut import, answer) in imports.into_iter().zip(answers) {
            let old = import.item.clone();
            let new = match answer {
                Ok(new) => Some(new),
                Err(failure) if failure.kind == ErrorKind::Gone => match import.state {
                    ImportState::Refused { .. } => self.put_back_before(&import, folder).await?,
                    ImportState::Waiting
                    | ImportState::Imported { .. }
                    | ImportState::PassedOver { .. } => None,
                },
                Err(failure) if failure.is_about_one_entry() => {
                    warn!(%failure, "a mail could not be put back; it is tried again");
                    match self.stays(import, &failure, &earlier) {
                        Stays::Listed(refusal) => outcome.refused.push(refusal),
                        Stays::Counted(import) => changes.push(ImportChange::Put(import)),
                        Stays::Known => {}
                    }
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let rule = import.home.as_ref().map(|home| home.rule);
            info!(?rule, "a mail is back");
            changes.push(ImportChange::Drop(old.clone()));
            let entry = RemoteId::Mailbox(old);
            let ImportState::Refused { .. } = import.state else {
                if earlier.contains_key(&entry) {
                    outcome.accepted.push(entry);
                }
                continue;
            };
            let refusal = earlier.get(&entry);
            match (new, refusal) {
                (Some(new), Some(refusal)) => {
                    self.rename(refusal, &new, &mut outcome).await?;
                    (import.item, import.way, import.home) = (new, Way::Stays, None);
                    changes.push(ImportChange::Put(import));
                }
                // When it is tried again, it is looked for everywhere.
                (None, Some(_)) => {
                    (import.way, import.home) = (Way::Stays, None);
                    changes.push(ImportChange::Put(import));
                }
                (_, None) => {}
            }
        }
        self.mail.state.commit_mails(&changes, &outcome).await
    }

    /// Where the folder they came from is gone: what the user sent goes to the sent mails, all else to the inbox (facts/ews.md 8, rule 3).
    async fn move_by_rule(
        &self,
        ids: &[ItemId],
        failure: Failure,
        gone: &FolderId,
        folders: &[MailFolder],
    ) -> ports::Result<Vec<ports::Result<ItemId>>> {
        let mut homes = Vec::new();
        for id in ids {
            let home = Self::home_by_rule(self.is_own(id).await?, folders);
            match home.filter(|home| home.folder != *gone) {
                Some(home) => homes.push(home.folder),
                None => return Err(failure),
            }
        }
        let mut answers = Vec::new();
        for (id, home) in ids.iter().zip(homes) {
            let mails = &self.mail.mails;
            answers.extend(mails.move_mails(std::slice::from_ref(id), &home).await?);
        }
        Ok(answers)
    }

    /// Whether the user sent it, as far as it can be read.
    async fn is_own(&self, id: &ItemId) -> ports::Result<bool> {
        match self.mail.mails.fetch(std::slice::from_ref(id)).await {
            Ok(fetched) => Ok(fetched
                .into_iter()
                .flatten()
                .any(|fetched| self.rules().judge(fetched).is_own)),
            Err(failure)
                if failure.is_about_one_entry() || failure.kind == ErrorKind::Malformed =>
            {
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    /// What is told of a mail that could not be put back. One whose import was refused is on the list already, with that reason.
    fn stays(
        &self,
        mut import: MailImport,
        failure: &Failure,
        earlier: &BTreeMap<RemoteId, Refusal>,
    ) -> Stays {
        match import.state {
            ImportState::Imported { .. } | ImportState::PassedOver { .. } => {}
            ImportState::Waiting | ImportState::Refused { .. } => return Stays::Known,
        }
        // A lost answer may have done it all the same.
        if failure.kind == ErrorKind::OutcomeUnknown && import.lost + 1 < MOST_LOST {
            import.lost += 1;
            return Stays::Counted(import);
        }
        let entry = RemoteId::Mailbox(import.item);
        let case = Case {
            earlier: earlier.get(&entry),
            entry,
            title: import.title,
            content: String::new(),
        };
        let problem = Problem {
            code: Code::MailNotPutBack,
            values: failure.problem.values.clone(),
        };
        Stays::Listed(refuse::waiting(case, problem, self.doors.clock.now()))
    }

    /// The answer to an earlier attempt may have been lost: then the mail is there already, under another id. Else the user took it away.
    async fn put_back_before(
        &self,
        import: &MailImport,
        folder: &FolderId,
    ) -> ports::Result<Option<ItemId>> {
        match self.bring_up_to_date(folder).await {
            Err(failure) if failure.kind == ErrorKind::Gone => return Ok(None),
            read => read?,
        }
        let (message_id, key) = (import.message_id.as_deref(), import.search_key.as_deref());
        let mut traces = self.mail.state.mail_traces(message_id, key).await?;
        traces.retain(|trace| trace.folder == *folder && trace.gone.is_none());
        // Of a mail to oneself two have the same Message-ID.
        let same = traces
            .iter()
            .find(|trace| trace.search_key == import.search_key);
        let found = same.or(traces.first());
        Ok(found.map(|trace| trace.item.clone()))
    }
}
