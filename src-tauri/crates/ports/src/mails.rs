//! E-mails as their import sees them (R5): the mailbox's folders, the CRM's e-mails and the people they are referenced to. Both adapters
//! stand behind these besides [`crate::Mailbox`] and [`crate::Crm`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use model::{ChangeKey, DropFolder, FolderId, ItemId, MailModule, RecordId, SyncToken};
use serde::{Deserialize, Serialize};

use crate::Result;

/// What a folder of mails is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FolderRole {
    /// Where mails arrive.
    Inbox,
    /// What the user sent.
    Sent,
    /// What the user deleted.
    Deleted,
    /// What is being written.
    Drafts,
    /// What is being sent.
    Outbox,
    /// What nobody wanted.
    Junk,
    /// One of the folders mails are dropped into.
    Drop(DropFolder),
    /// Any other.
    Other,
}

/// A folder that holds mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFolder {
    /// Its id.
    pub id: FolderId,
    /// The folder it lies in, where that holds mails too.
    pub parent: Option<FolderId>,
    /// What the user calls it.
    pub name: String,
    /// What it is there for.
    pub role: FolderRole,
}

/// What a list tells of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailHead {
    /// Its id; another one after every move.
    pub id: ItemId,
    /// Its version.
    pub change_key: ChangeKey,
    /// Its Message-ID without the angle brackets.
    pub message_id: Option<String>,
    /// What the server knows it by, wherever it is moved (MAPI's PR_SEARCH_KEY); opaque.
    pub search_key: Option<String>,
    /// When it arrived.
    pub received: Option<Timestamp>,
    /// How large it is, in bytes; an estimate.
    pub size: u64,
    /// The text [`Mails::mark`] wrote on it.
    pub mark: Option<String>,
    /// Whether it is a message of the connector's own ([`crate::Mailbox::deliver`]).
    pub is_note: bool,
}

/// One page of changes of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailChanges {
    /// Mails that are new or changed; of a first list the newest first. That a mail was read does not count.
    pub seen: Vec<MailHead>,
    /// Mails of which the server says that they left the folder.
    pub gone: Vec<ItemId>,
    /// Where to go on; to be stored together with what the page brought.
    pub next: Option<SyncToken>,
    /// Whether there is another page.
    pub more: bool,
}

/// Somebody a mail names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The name, empty where there is none.
    pub name: String,
    /// The SMTP address.
    pub address: String,
}

/// A mail in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedMail {
    /// What the list tells of it, as it is now.
    pub head: MailHead,
    /// Its item class, such as `IPM.Note`.
    pub class: String,
    /// Who wrote it, as the server resolved it.
    pub from: Vec<Addressee>,
    /// To whom.
    pub to: Vec<Addressee>,
    /// For information.
    pub cc: Vec<Addressee>,
    /// Unseen by the others.
    pub bcc: Vec<Addressee>,
    /// The mail as it was sent: RFC 5322 with MIME.
    pub mime: Vec<u8>,
}

/// That a mail was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMove {
    /// Its id now.
    pub item: ItemId,
    /// The folder it lies in now.
    pub folder: FolderId,
    /// Its id before.
    pub old_item: ItemId,
    /// The folder it lay in.
    pub old_folder: FolderId,
}

/// What moved since a look, as far as the server told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMoves {
    /// Oldest first.
    pub moves: Vec<MailMove>,
    /// Where to go on.
    pub next: SyncToken,
}

/// The mails of the user's mailbox.
#[async_trait]
pub trait Mails: Send + Sync {
    /// A folder mails are dropped into, if it is there.
    async fn find_drop_folder(&self, place: DropFolder) -> Result<Option<FolderId>>;

    /// The same, made if it is not there; its root too.
    async fn ensure_drop_folder(&self, place: DropFolder) -> Result<FolderId>;

    /// All folders of the mailbox that hold mails.
    async fn mail_folders(&self) -> Result<Vec<MailFolder>>;

    /// One page of changes of a folder since the cursor; without one, of everything. `Stale`: the cursor is no longer valid. `Gone`: the
    /// folder is.
    async fn mail_changes(
        &self,
        folder: &FolderId,
        since: Option<&SyncToken>,
    ) -> Result<MailChanges>;

    /// Mails in full, one answer for each id, in the order asked, in one request: the caller asks for no more than it wants to hold.
    async fn fetch(&self, ids: &[ItemId]) -> Result<Vec<Result<FetchedMail>>>;

    /// What a mail is about, without anything else of it; empty where it says nothing.
    async fn subject(&self, id: &ItemId) -> Result<String>;

    /// Writes a text on mails where nobody sees it, whatever their version; one answer for each, in the order asked.
    async fn mark(&self, marks: &[(ItemId, String)]) -> Result<Vec<Result<()>>>;

    /// Moves mails to a folder; the answers are their new ids. `Gone` of the whole call: the folder is.
    async fn move_mails(&self, ids: &[ItemId], folder: &FolderId) -> Result<Vec<Result<ItemId>>>;

    /// Begins to be told of moves into or out of these folders, also while the program does not run. Servers forget after a day.
    async fn watch_moves(&self, folders: &[FolderId]) -> Result<SyncToken>;

    /// What moved since. `Stale`: the server has forgotten; it is to be watched anew.
    async fn moves(&self, since: &SyncToken) -> Result<MailMoves>;

    /// Returns when something came into or changed in one of these folders; a failure says that nothing will be told. Dropping the
    /// future ends it.
    async fn wait(&self, folders: &[FolderId]) -> Result<()>;
}

/// A record with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressOwner {
    /// Which record.
    pub id: RecordId,
    /// What a person calls it.
    pub title: String,
    /// When it was made: the oldest of several gets the mail (R5.2).
    pub created: Timestamp,
    /// All its addresses.
    pub addresses: Vec<String>,
}

/// By what a mail is known in the whole CRM (R5.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailKey {
    /// The text of the field for it: the Message-ID, or a hash.
    pub text: String,
    /// Who sent it: what it is known by where the CRM has no such field.
    pub from: String,
    /// When.
    pub sent: Timestamp,
    /// Its subject, as it is sent.
    pub subject: String,
    /// What else stands for its subject, where it has none and another user of the CRM speaks another language.
    pub other_subjects: Vec<String>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// Its name.
    pub name: String,
    /// Such as `image/png`.
    pub content_type: String,
    /// Its content; copies share it.
    pub content: Bytes,
}

/// A mail as the CRM gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// By what it is known.
    pub key: MailKey,
    /// Its body, as HTML the CRM can show.
    pub html: String,
    /// To whom: bare addresses.
    pub to: Vec<String>,
    /// For information.
    pub cc: Vec<String>,
    /// Unseen by the others.
    pub bcc: Vec<String>,
    /// The first record it is referenced to.
    pub reference: Option<RecordId>,
    /// Its files, in their order.
    pub files: Vec<MailFile>,
    /// What an installation demands beyond and the user filled in, by the CRM's field names.
    pub more: BTreeMap<String, String>,
}

/// A mail that was made in the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeMail {
    /// Its record.
    pub id: RecordId,
    /// How many of its files the CRM left out without a word, as far as its answer tells; empty ones do not count.
    pub left_out: usize,
}

/// A lead as the CRM gets it (R5.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLead {
    /// Its last name.
    pub last_name: String,
    /// Its company.
    pub company: String,
    /// Its address.
    pub email: String,
}

/// A lead of this user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLead {
    /// Which.
    pub id: RecordId,
    /// Whether it is as it would be made from the lead asked about, was not changed since it was made, and has no mails.
    pub is_untouched: bool,
}

/// What this CRM can do with mails, and this user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAbilities {
    /// The field that holds the Message-ID; without one a mail is known by sender, time and subject.
    pub key_field: Option<String>,
    /// The modules that are there and may be read, with the CRM's own name of each.
    pub modules: BTreeMap<MailModule, String>,
    /// Whether the user may make e-mails.
    pub may_import: bool,
    /// Whether the user may make leads.
    pub may_make_leads: bool,
}

/// The e-mails of the CRM. Whose they are does not matter: a mail is there once for all its users.
#[async_trait]
pub trait CrmMails: Send + Sync {
    /// What can be done.
    async fn mail_abilities(&self) -> Result<MailAbilities>;

    /// The records of a module that have one of these addresses, case ignored, whoever owns them, the oldest first.
    async fn with_addresses(
        &self,
        module: MailModule,
        addresses: &[String],
    ) -> Result<Vec<AddressOwner>>;

    /// The mails with these keys, one list for each key, in the order asked, the one with the lowest id first.
    async fn find_mails(&self, keys: &[MailKey]) -> Result<Vec<Vec<RecordId>>>;

    /// Which of these mails belong to this user.
    async fn own_mails(&self, mails: &[RecordId]) -> Result<Vec<RecordId>>;

    /// Makes a mail with all its files in one request.
    async fn create_mail(&self, mail: &NewMail) -> Result<MadeMail>;

    /// References a mail to one more record.
    async fn add_reference(&self, mail: &RecordId, to: &RecordId) -> Result<()>;

    /// Removes a mail that this program made and that another one has made too.
    async fn remove_mail(&self, mail: &RecordId) -> Result<()>;

    /// Makes a lead.
    async fn create_lead(&self, lead: &NewLead) -> Result<RecordId>;

    /// Which of these leads belong to this user, and whether each still is what making this one makes.
    async fn own_leads(&self, lead: &NewLead, leads: &[RecordId]) -> Result<Vec<OwnLead>>;

    /// Removes a lead that this program made and that another one has made too.
    async fn remove_lead(&self, lead: &RecordId) -> Result<()>;
}
