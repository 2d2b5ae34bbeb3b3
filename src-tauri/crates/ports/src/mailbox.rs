//! The mailbox as the engine sees it. EWS and Graph differ below this line only.

use async_trait::async_trait;
use jiff::SignedDuration;
use model::policy::FolderChoice;
use model::{
    AccountName, ChangeKey, Component, Fields, FolderId, HeadKind, Item, ItemHead, ItemId, Sought,
    Stamp, SyncToken, Window,
};

use crate::Result;

/// Who signed in where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxAccount {
    /// The primary address.
    pub address: AccountName,
    /// The server's product and version, for status and logs.
    pub server: String,
    /// Server clock minus ours, from the answer's date; `None` where it gave none.
    pub clock_offset: Option<SignedDuration>,
}

/// One of the predefined folders (R1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FolderPlace {
    /// Whose folder.
    pub component: Component,
    /// `CRM-Sync` below the standard folder, or the standard folder itself.
    pub choice: FolderChoice,
}

/// One page of changes of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemChanges {
    /// Items that are new or changed.
    pub seen: Vec<ItemHead>,
    /// Items of which the server says that they left the folder.
    pub gone: Vec<ItemId>,
    /// Where to go on; to be stored together with what the page brought.
    pub next: Option<SyncToken>,
    /// Whether there is another page.
    pub more: bool,
}

/// One write. Every field not named stays as it is (S10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemWrite {
    /// A new item with its stamp, in one request.
    Create {
        /// Values under their mailbox names.
        fields: Fields,
        /// Its stamp.
        stamp: Stamp,
        /// Who hears of it.
        notify: Notify,
    },
    /// Values of an item, only while it still has this version.
    Update {
        /// Which item.
        id: ItemId,
        /// The version that was read; another one there is `Stale`.
        change_key: ChangeKey,
        /// Field and new value; an empty value removes it.
        set: Vec<(model::Field, String)>,
        /// The stamp to write along.
        stamp: Option<Stamp>,
        /// Who hears of it.
        notify: Notify,
    },
    /// Only the stamp, whatever the version.
    Stamp {
        /// Which item.
        id: ItemId,
        /// Its stamp.
        stamp: Stamp,
    },
    /// Moves the item to Deleted Items, only while it still has this version.
    Delete {
        /// Which item.
        id: ItemId,
        /// The version that was read.
        change_key: ChangeKey,
        /// Who hears of it.
        notify: Notify,
    },
}

/// Who hears of a write. Exchange can send invitations, updates and cancellations; the connector says no (R3.6) with one exception.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notify {
    /// Nobody.
    #[default]
    Nobody,
    /// Those whom the CRM invited, because the policy switched that on (R3.7).
    Attendees,
}

/// The answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenItem {
    /// The item; after a deletion the old id.
    pub id: ItemId,
    /// Its version now; `None` after a deletion.
    pub change_key: Option<ChangeKey>,
}

/// An item that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundItem {
    /// The item; of a series what holds for the whole of it.
    pub item: Item,
    /// Whether it is one appointment or many.
    pub kind: HeadKind,
}

/// A message of the connector's own to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about: one is there at most.
    pub key: String,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
}

/// The user's mailbox.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// Proves address and password.
    async fn sign_in(&self) -> Result<MailboxAccount>;

    /// The folder, if it is there.
    async fn find_folder(&self, place: FolderPlace) -> Result<Option<FolderId>>;

    /// The folder, made if it is not there.
    async fn ensure_folder(&self, place: FolderPlace) -> Result<FolderId>;

    /// Removes a folder we made, with its content.
    async fn remove_folder(&self, folder: &FolderId) -> Result<()>;

    /// Whether nothing lies in the folder, nor a folder below it.
    async fn is_empty(&self, folder: &FolderId) -> Result<bool>;

    /// What [`Mailbox::set_owner`] wrote on the folder. `Gone`: the folder is.
    async fn owner(&self, folder: &FolderId) -> Result<Option<String>>;

    /// Writes on a folder, where nobody sees it, whose the mailbox is; `None` takes it away.
    async fn set_owner(&self, folder: &FolderId, text: Option<&str>) -> Result<()>;

    /// One page of changes since the cursor; without one, of everything. `Stale`: the cursor is no longer valid. `Gone`: the
    /// folder is.
    async fn changes(
        &self,
        component: Component,
        folder: &FolderId,
        since: Option<&SyncToken>,
    ) -> Result<ItemChanges>;

    /// The items in full, one answer for each id, in the order asked; ids of occurrences too. Entries of another kind (a list among contacts)
    /// answer with the code `EntryOfOtherKind`, so that nobody takes them for deleted or unreadable.
    async fn read(&self, component: Component, ids: &[ItemId]) -> Result<Vec<Result<Item>>>;

    /// The occurrences of recurring appointments, one answer for each series, in the order asked: every occurrence whose original start
    /// or actual time lies in the window, each in full under an id of [`ItemId::occurrence`], and no other. An answer is complete: what
    /// is not in it was deleted or never was. `Gone`: the series is. `EntryOfOtherKind`: it is no series any more.
    async fn occurrences(
        &self,
        component: Component,
        folder: &FolderId,
        series: &[ItemId],
        window: &Window,
    ) -> Result<Vec<Result<Vec<Item>>>>;

    /// Writes; one answer for each write, in the order asked. A failure of the whole call says that nothing is known about
    /// any of them when its kind is `OutcomeUnknown`, and that nothing was written otherwise.
    async fn write(
        &self,
        component: Component,
        folder: &FolderId,
        writes: &[ItemWrite],
    ) -> Result<Vec<Result<WrittenItem>>>;

    /// The items of the folder that carry one of these stamps (link and record; the revision does not matter).
    async fn find_stamped(
        &self,
        component: Component,
        folder: &FolderId,
        stamps: &[Stamp],
    ) -> Result<Vec<ItemHead>>;

    /// Items of a folder that are called so or have this address; at most [`crate::crm::MOST_FOUND`]. A folder that is not there holds none.
    async fn find(&self, place: FolderPlace, sought: &Sought) -> Result<Vec<FoundItem>>;

    /// Puts a message into the user's own inbox, unread; it is sent to nobody. Where one about the same lies there, nothing happens.
    async fn deliver(&self, note: &Note) -> Result<()>;

    /// Server clock minus ours, as the answers so far tell; times of items are told in the server's.
    fn clock_offset(&self) -> Option<SignedDuration>;

    /// How many requests were sent so far.
    fn requests(&self) -> u64;
}
