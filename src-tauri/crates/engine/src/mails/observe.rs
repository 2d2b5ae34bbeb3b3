//! What was dropped, or has arrived, since the last look; and what the server tells of moves.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{Code, FolderId, ItemId, SyncToken};
use ports::{
    ErrorKind, Failure, FolderRole, ImportState, MailChanges, MailCursor, MailFolder, MailHead,
    MailImport, MailMoves, MailPage, MailTrace, Way,
};
use tracing::{debug, info, warn};

use super::Post;
use super::folders::{Source, fact, is_deleted};

/// Since when mails of the inbox are imported, by the mailbox's clock: those that were there before are not new (R5.9).
pub(super) const SINCE: &str = "mails.since";
/// When the server was last asked for moves: it forgets whoever does not ask for a day.
pub(super) const ASKED: &str = "mails.asked";
const ASK_AFTER: SignedDuration = SignedDuration::from_hours(6);
/// A subscription of very many folders is refused; the others are seen by the index.
const MOST_WATCHED: usize = 200;

impl Post<'_> {
    /// Reads what is new in the folders mails are imported from.
    pub(super) async fn observe(&self) -> ports::Result<()> {
        let sources = self.sources().await?;
        let since = match self.engine.is_inbox_mode() {
            true => Some(self.since().await?),
            false => {
                self.forget_since().await?;
                None
            }
        };
        let (mut found, mut folders) = (0, None);
        for source in &sources {
            found += self.read(source, since, &mut folders).await?;
        }
        if since.is_none() {
            let is_asking = found > 0 || self.has_homeless().await?;
            self.listen(&sources, is_asking).await?;
        }
        Ok(())
    }

    /// Whether nothing is known yet of where a mail goes back to: a run may have ended between finding it and asking.
    async fn has_homeless(&self) -> ports::Result<bool> {
        let imports = self.mail.state.mail_imports().await?;
        let is_homeless = |import: &MailImport| {
            import.state == ImportState::Waiting && import.way == Way::Back && import.home.is_none()
        };
        Ok(imports.iter().any(is_homeless))
    }

    /// What the source's changes bring; the answer is how many mails are to be imported.
    async fn read(
        &self,
        source: &Source,
        since: Option<Timestamp>,
        folders: &mut Option<Vec<MailFolder>>,
    ) -> ports::Result<usize> {
        let mut folder = source.folder.clone();
        let mut found = 0;
        loop {
            let cursor = self.mail.state.mail_cursor(&folder).await?;
            let token = cursor.as_ref().map(|cursor| &cursor.token);
            let told = match self.mail.mails.mail_changes(&folder, token).await {
                Ok(page) if since.is_none() && !page.seen.is_empty() => {
                    self.unless_deleted(&folder, page, folders).await
                }
                told => told,
            };
            let page = match told {
                Ok(page) => page,
                Err(failure) if failure.kind == ErrorKind::Stale && cursor.is_some() => {
                    info!("the list of a folder of mails starts anew");
                    self.mail.state.forget_mail_cursor(&folder).await?;
                    continue;
                }
                Err(failure) if failure.kind == ErrorKind::Gone => {
                    self.mail.state.forget_mail_folder(&folder).await?;
                    if since.is_some() {
                        // It was one of the user's own folders below the inbox; the next list of folders lacks it.
                        return Ok(found);
                    }
                    // R7.11: it is made anew; nothing in the CRM follows from it.
                    warn!("a folder for mails is gone and is made anew");
                    self.doors.store.set_fact(&fact(source.place), None).await?;
                    let made = self.make_drop_folder(source.place).await?;
                    if made == folder {
                        return Err(failure);
                    }
                    folder = made;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let more = page.more;
            let new = page.seen.iter().filter(|head| self.is_new(head, since));
            let imports: Vec<MailImport> = new.map(|head| self.import_of(head, source)).collect();
            found += imports.len();
            let traces = match since {
                Some(_) => page.seen.iter().map(|head| trace(head, &folder)).collect(),
                None => Vec::new(),
            };
            let page = MailPage {
                traces,
                gone: page.gone,
                imports,
                cursor: page.next.map(|token| MailCursor {
                    token,
                    complete: !more,
                }),
            };
            let now = self.doors.clock.now();
            self.mail.state.keep_mail_page(&folder, &page, now).await?;
            if !more {
                return Ok(found);
            }
        }
    }

    /// What lies in Deleted Items with its folder was not dropped. It costs a look at all folders, so only where there is something.
    async fn unless_deleted(
        &self,
        folder: &FolderId,
        page: MailChanges,
        folders: &mut Option<Vec<MailFolder>>,
    ) -> ports::Result<MailChanges> {
        let all = match folders {
            Some(all) => all,
            None => folders.insert(self.mail.mails.mail_folders().await?),
        };
        match is_deleted(folder, all) {
            true => Err(Failure::new(ErrorKind::Gone, Code::FolderMissing)),
            false => Ok(page),
        }
    }

    /// In a folder to drop into everything counts, also what was imported before: the user wants it referenced to what is there by now. In
    /// the inbox only what arrived since, and was not imported yet.
    fn is_new(&self, head: &MailHead, since: Option<Timestamp>) -> bool {
        let Some(since) = since else {
            return true;
        };
        let arrived = head.received.is_some_and(|received| received >= since);
        arrived && !head.is_note && !self.is_marked(head)
    }

    /// Whether this program, for this user, has imported it.
    fn is_marked(&self, head: &MailHead) -> bool {
        let crm = self.engine.setup.owner.crm.as_str();
        let mark = head.mark.as_deref().and_then(|mark| mark.split_once('/'));
        mark.is_some_and(|(marked, _)| marked == crm)
    }

    pub(super) fn import_of(&self, head: &MailHead, source: &Source) -> MailImport {
        MailImport {
            item: head.id.clone(),
            place: source.place,
            way: match self.engine.is_inbox_mode() {
                true => Way::Stays,
                false => Way::Back,
            },
            message_id: head.message_id.clone(),
            search_key: head.search_key.clone(),
            size: head.size,
            state: ImportState::Waiting,
            home: None,
            title: String::new(),
            lost: 0,
            begun: None,
            leads: Vec::new(),
        }
    }

    /// Inbox mode begins now, or has begun before.
    async fn since(&self) -> ports::Result<Timestamp> {
        let known = self.doors.store.fact(SINCE).await?;
        if let Some(since) = known.and_then(|text| text.parse().ok()) {
            return Ok(since);
        }
        let ahead = self.doors.mailbox.clock_offset().unwrap_or_default();
        // The server tells whole seconds.
        let now = (self.doors.clock.now() + ahead).as_second();
        let since = Timestamp::from_second(now).unwrap_or(Timestamp::MIN);
        let text = since.to_string();
        self.doors.store.set_fact(SINCE, Some(&text)).await?;
        Ok(since)
    }

    /// Inbox mode is over. When it begins again, what arrived between is not new.
    async fn forget_since(&self) -> ports::Result<()> {
        match self.doors.store.fact(SINCE).await? {
            Some(_) => self.doors.store.set_fact(SINCE, None).await,
            None => Ok(()),
        }
    }

    /// Asks what moved where somebody wants to know, and often enough for the server not to forget us.
    async fn listen(&self, sources: &[Source], is_asking: bool) -> ports::Result<()> {
        let now = self.doors.clock.now();
        let asked = self.doors.store.fact(ASKED).await?;
        let asked: Option<Timestamp> = asked.and_then(|text| text.parse().ok());
        let is_due = asked.is_none_or(|asked| now.duration_since(asked).abs() >= ASK_AFTER);
        let cursor = self.mail.state.moves_cursor().await?;
        if cursor.is_some() && !is_asking && !is_due {
            return Ok(());
        }
        let told = match &cursor {
            Some(cursor) => self.moves(cursor).await.map(Some),
            None => Ok(None),
        };
        match told {
            Ok(Some(told)) => {
                debug!(moves = told.moves.len(), "moves of mails");
                let state = &self.mail.state;
                state.keep_moves(&told.moves, Some(&told.next), now).await?;
            }
            Ok(None) => self.watch(sources).await?,
            Err(failure) if matters_not(&failure.kind) => {
                info!(%failure, "the server no longer tells of moves; it is asked anew");
                self.watch(sources).await?;
            }
            Err(failure) => return Err(failure),
        }
        let now = now.to_string();
        self.doors.store.set_fact(ASKED, Some(&now)).await
    }

    /// An answer that cannot be read is asked for once more: with the subscription all that it has not told yet is lost.
    async fn moves(&self, cursor: &SyncToken) -> ports::Result<MailMoves> {
        match self.mail.mails.moves(cursor).await {
            Err(failure) if failure.kind == ErrorKind::Malformed => {
                warn!(%failure, "what the server tells of moves cannot be read");
                self.mail.mails.moves(cursor).await
            }
            told => told,
        }
    }

    async fn watch(&self, sources: &[Source]) -> ports::Result<()> {
        let now = self.doors.clock.now();
        let mut folders: Vec<FolderId> = sources.iter().map(|one| one.folder.clone()).collect();
        let mut others = self.mail.mails.mail_folders().await?;
        others.sort_by_key(|folder| match folder.role {
            FolderRole::Inbox => 0,
            FolderRole::Sent => 1,
            _ => 2,
        });
        let known: BTreeSet<FolderId> = folders.iter().cloned().collect();
        let others = others.into_iter().map(|folder| folder.id);
        folders.extend(others.filter(|id| !known.contains(id)));
        folders.truncate(MOST_WATCHED);
        let next = match self.mail.mails.watch_moves(&folders).await {
            Ok(next) => Some(next),
            // Without it the index tells where mails lay.
            Err(failure) if matters_not(&failure.kind) => {
                warn!(%failure, "the server does not tell of moves");
                None
            }
            Err(failure) => return Err(failure),
        };
        self.mail.state.keep_moves(&[], next.as_ref(), now).await
    }

    /// How many mails a run would import now.
    pub(super) async fn count_waiting(&self) -> ports::Result<u64> {
        let imports = self.mail.state.mail_imports().await?;
        let waiting = imports
            .into_iter()
            .filter(|import| import.state == ImportState::Waiting);
        let mut items: BTreeSet<ItemId> = waiting.map(|import| import.item).collect();
        if self.engine.is_inbox_mode() {
            // What arrives from the first run on is imported; before that nothing is.
            return Ok(items.len() as u64);
        }
        for place in model::DropFolder::ALL {
            let Some(folder) = self.mail.mails.find_drop_folder(place).await? else {
                continue;
            };
            let cursor = self.mail.state.mail_cursor(&folder).await?;
            let mut token = cursor.map(|cursor| cursor.token);
            loop {
                let page = self
                    .mail
                    .mails
                    .mail_changes(&folder, token.as_ref())
                    .await?;
                items.extend(page.seen.into_iter().map(|head| head.id));
                for gone in &page.gone {
                    items.remove(gone);
                }
                if !page.more {
                    break;
                }
                token = page.next;
            }
        }
        Ok(items.len() as u64)
    }
}

/// A server may refuse subscriptions, for good or because there are too many.
fn matters_not(kind: &ErrorKind) -> bool {
    match kind {
        ErrorKind::Denied
        | ErrorKind::Refused { .. }
        | ErrorKind::Gone
        | ErrorKind::Stale
        | ErrorKind::Malformed => true,
        ErrorKind::Offline
        | ErrorKind::Throttled { .. }
        | ErrorKind::SignInNeeded
        | ErrorKind::OutcomeUnknown
        | ErrorKind::Bug => false,
    }
}

/// Where a mail is.
pub(super) fn trace(head: &MailHead, folder: &FolderId) -> MailTrace {
    MailTrace {
        item: head.id.clone(),
        folder: folder.clone(),
        message_id: head.message_id.clone(),
        search_key: head.search_key.clone(),
        gone: None,
    }
}
