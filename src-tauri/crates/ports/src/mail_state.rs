//! What a profile remembers of mails: which are to be imported, and where each mail lay, so that it finds its way back (R5.8).

use async_trait::async_trait;
use jiff::Timestamp;
use model::{DropFolder, FolderId, ItemId, Problem, RecordId, SyncToken};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::mails::{MailMove, NewLead};
use crate::store::Outcome;

/// How far the import of a mail has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Nothing was done yet.
    Waiting,
    /// It is in the CRM.
    Imported {
        /// As this record.
        record: RecordId,
    },
    /// A rule says that it is not imported.
    PassedOver {
        /// Which.
        problem: Problem,
    },
    /// It could not be imported, and waits on the list of conflicts: it goes back all the same, and can be tried again from there.
    Refused {
        /// Why.
        problem: Problem,
    },
}

/// By which rule the folder was found that a mail goes back to (R5.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HomeRule {
    /// The server told of the move.
    Moved,
    /// It was seen there before.
    Seen,
    /// Nobody knows, and the user sent it: the folder of what was sent.
    Sent,
    /// Nobody knows: the inbox.
    Inbox,
}

/// Where a mail goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The folder.
    pub folder: FolderId,
    /// How it was found.
    pub rule: HomeRule,
}

/// What becomes of the mail itself once its import is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It goes back to where it came from.
    Back,
    /// It stays where it is: in inbox mode, and where an import is tried again.
    Stays,
}

/// A mail whose import is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailImport {
    /// The mail.
    pub item: ItemId,
    /// The folder it was dropped into, which says what is searched; in inbox mode the root.
    pub place: DropFolder,
    /// What becomes of the mail itself.
    pub way: Way,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// What the server knows it by.
    pub search_key: Option<String>,
    /// How large it is, in bytes.
    pub size: u64,
    /// How far it has come.
    pub state: ImportState,
    /// Where it goes back to, once that is known.
    pub home: Option<Home>,
    /// Its subject, once that is known.
    pub title: String,
    /// How often the answer to its import was lost.
    pub lost: u32,
    /// When making it in the CRM was begun, while nothing is known of how that ended. It was not there then.
    #[serde(default)]
    pub begun: Option<Timestamp>,
    /// Leads for people of it of which nothing is known but that making them was begun.
    #[serde(default)]
    pub leads: Vec<BegunLead>,
}

/// That making a lead was begun. Nobody had its address then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunLead {
    /// What was to be made.
    pub lead: NewLead,
    /// When.
    pub at: Timestamp,
}

/// What happens to an import.
#[allow(clippy::large_enum_variant)] // nearly all are of the large kind
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportChange {
    /// It is new or has come further.
    Put(MailImport),
    /// It is over.
    Drop(ItemId),
}

/// That a mail was seen in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTrace {
    /// The mail; its id as it was there.
    pub item: ItemId,
    /// The folder.
    pub folder: FolderId,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// What the server knows it by.
    pub search_key: Option<String>,
    /// When it was noticed that it had left; `None` while it is there.
    pub gone: Option<Timestamp>,
}

/// Where a folder of mails was read up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailCursor {
    /// The adapter's token.
    pub token: SyncToken,
    /// Whether all that was in it has been read.
    pub complete: bool,
}

/// What one page of a folder's changes brings; stored in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailPage {
    /// Mails that are there.
    pub traces: Vec<MailTrace>,
    /// Mails that left.
    pub gone: Vec<ItemId>,
    /// Mails to import. One that is known already stays as it is.
    pub imports: Vec<MailImport>,
    /// Where to go on.
    pub cursor: Option<MailCursor>,
}

/// The state of a profile, as far as it is about mails. Every method is one transaction.
#[async_trait]
pub trait MailState: Send + Sync {
    /// Where a folder was read up to.
    async fn mail_cursor(&self, folder: &FolderId) -> Result<Option<MailCursor>>;

    /// Keeps what a page of a folder's changes brought; `at` is now.
    async fn keep_mail_page(&self, folder: &FolderId, page: &MailPage, at: Timestamp)
    -> Result<()>;

    /// Forgets where a folder was read up to: its list starts anew.
    async fn forget_mail_cursor(&self, folder: &FolderId) -> Result<()>;

    /// Forgets a folder that is gone, with what was seen in it.
    async fn forget_mail_folder(&self, folder: &FolderId) -> Result<()>;

    /// How many mails were seen in a folder and are still there.
    async fn mails_in(&self, folder: &FolderId) -> Result<u64>;

    /// Imports that are not over, the oldest first.
    async fn mail_imports(&self) -> Result<Vec<MailImport>>;

    /// How many mails were imported, as far as the history goes back.
    async fn mails_imported(&self) -> Result<u64>;

    /// Keeps how far imports have come, together with what is told of them.
    async fn commit_mails(&self, changes: &[ImportChange], outcome: &Outcome) -> Result<()>;

    /// Where a mail with this Message-ID or key was seen, the latest first: where it still is, then where it left last.
    async fn mail_traces(
        &self,
        message_id: Option<&str>,
        search_key: Option<&str>,
    ) -> Result<Vec<MailTrace>>;

    /// Keeps what moved and where to go on asking; `at` is now. Without a place to go on, watching begins anew.
    async fn keep_moves(
        &self,
        moves: &[MailMove],
        next: Option<&SyncToken>,
        at: Timestamp,
    ) -> Result<()>;

    /// Where watching of moves goes on.
    async fn moves_cursor(&self) -> Result<Option<SyncToken>>;

    /// The last move that gave a mail this id.
    async fn move_to(&self, item: &ItemId) -> Result<Option<MailMove>>;

    /// Forgets mails that had left their folder and moves, both from before this second.
    async fn forget_mails(&self, before: Timestamp) -> Result<()>;

    /// Forgets everything about mails: another account is connected, or none.
    async fn forget_all_mails(&self) -> Result<()>;
}
