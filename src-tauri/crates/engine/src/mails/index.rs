//! Where every mail lies, so that one that was moved while nobody looked still finds its way back. It is read in the background, the newest
//! mails first, a little in every run; nothing waits for it.

use jiff::{SignedDuration, Timestamp};
use model::FolderId;
use ports::{ErrorKind, MailCursor, MailPage};
use tracing::debug;

use super::Post;
use super::home::may_be_home;
use super::observe::trace;

/// When all folders were last brought up to date.
pub(super) const FILLED: &str = "mails.filled";
/// So often the folders are brought up to date; each costs a request.
const FILL_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// So many pages are read in one run, besides the last one of each folder.
const PAGES: usize = 20;
/// More mails of one folder are not kept: the newest come first.
const MOST: u64 = 20_000;
/// So long it is remembered where a mail was that has left.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whether there is another page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    More,
    Last,
}

impl Post<'_> {
    /// Goes on reading, where it is time.
    pub(super) async fn fill_index(&self) -> ports::Result<()> {
        let now = self.doors.clock.now();
        let filled = self.doors.store.fact(FILLED).await?;
        let filled: Option<Timestamp> = filled.and_then(|text| text.parse().ok());
        if filled.is_some_and(|filled| now.duration_since(filled).abs() < FILL_AFTER) {
            return Ok(());
        }
        if self.read_folders().await? == Page::More {
            debug!("the index of mails goes on in the next run");
            return Ok(());
        }
        let before = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        self.mail.state.forget_mails(before).await?;
        let now = now.to_string();
        self.doors.store.set_fact(FILLED, Some(&now)).await
    }

    /// Goes on reading all folders; the answer is whether there is more. In inbox mode those that are watched are read for what is new in
    /// them, and by nobody else.
    pub(super) async fn read_folders(&self) -> ports::Result<Page> {
        let mut left = PAGES;
        let mut folders = self.mail.mails.mail_folders().await?;
        self.forget_deleted(&folders).await?;
        let watched = self.watched_among(&folders);
        let is_watched = |folder: &FolderId| watched.iter().any(|one| one.folder == *folder);
        folders.retain(|folder| may_be_home(folder.role) && !is_watched(&folder.id));
        for folder in &folders {
            loop {
                if left == 0 || self.engine.stop.is_set() {
                    return Ok(Page::More);
                }
                match self.read_page(&folder.id).await {
                    Ok(Page::More) => left -= 1,
                    Ok(Page::Last) => break,
                    Err(failure) if failure.kind == ErrorKind::Gone => break,
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(Page::Last)
    }

    /// All that changed in a folder.
    pub(super) async fn bring_up_to_date(&self, folder: &FolderId) -> ports::Result<()> {
        for _ in 0..PAGES {
            if self.read_page(folder).await? == Page::Last {
                break;
            }
        }
        Ok(())
    }

    /// One page of what changed in a folder.
    async fn read_page(&self, folder: &FolderId) -> ports::Result<Page> {
        let state = &self.mail.state;
        let cursor = state.mail_cursor(folder).await?;
        let token = cursor.as_ref().map(|cursor| &cursor.token);
        let page = match self.mail.mails.mail_changes(folder, token).await {
            Err(failure) if failure.kind == ErrorKind::Stale && cursor.is_some() => {
                state.forget_mail_cursor(folder).await?;
                return Ok(Page::More);
            }
            Err(failure) if failure.kind == ErrorKind::Gone => {
                state.forget_mail_folder(folder).await?;
                return Err(failure);
            }
            page => page?,
        };
        let is_first = cursor.is_none_or(|cursor| !cursor.complete);
        let is_full = is_first && state.mails_in(folder).await? >= MOST;
        let traces = match is_full {
            true => Vec::new(),
            false => page.seen.iter().map(|head| trace(head, folder)).collect(),
        };
        let more = page.more;
        let page = MailPage {
            traces,
            gone: page.gone,
            imports: Vec::new(),
            cursor: page.next.map(|token| MailCursor {
                token,
                complete: !more,
            }),
        };
        let now = self.doors.clock.now();
        state.keep_mail_page(folder, &page, now).await?;
        Ok(match more {
            true => Page::More,
            false => Page::Last,
        })
    }
}
