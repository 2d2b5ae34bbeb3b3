//! A mailbox: folders, items and the numbers of their changes. Everything that changes it goes through the few functions here, so
//! that feeds, change keys and notifications can never disagree.
//! Deliberately not here: XML requests (`operations`) and whoever signs in.

mod feed;
mod folder;
mod outbox;
mod subscription;
mod tree;

use feed::Gone;
pub use feed::{Change, SyncState};
use folder::GoneFolder;
pub use folder::{Folder, FolderChange, FolderName, Wanted};
pub use outbox::{Recipient, Sent, SentKind, TouchedMeeting};
pub use subscription::{Delivery, Event, EventKind, MovesTold, Scope, Subject, Subscription};

use super::identity::{FolderKey, Id, ItemKey, guid_of};
use super::internal::Internal;
use super::item::{ExtendedPath, ExtendedValue, Item, Kind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who owns a mailbox and signs in to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The sign-in name.
    pub name: String,
    /// The password.
    pub password: String,
    /// The primary address.
    pub email: String,
    /// The name people read.
    pub display_name: String,
}

/// The mailbox of one user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mailbox {
    /// Its owner.
    pub user: User,
    /// Its own GUID, part of every id.
    pub guid: String,
    folders: BTreeMap<FolderKey, Folder>,
    items: BTreeMap<ItemKey, Item>,
    gone_folders: BTreeMap<u64, GoneFolder>,
    /// The subscriptions by number.
    pub subscriptions: BTreeMap<u64, Subscription>,
    /// To whom moves are told as moves.
    #[serde(default)]
    pub moves_told: MovesTold,
    /// The meeting messages that requests asked for, oldest first.
    #[serde(default)]
    pub outbox: Vec<Sent>,
    /// The meetings of others that requests changed, oldest first.
    #[serde(default)]
    pub touched_meetings: Vec<TouchedMeeting>,
    /// The people whose mailboxes are on this server.
    #[serde(skip)]
    pub internal: Internal,
    last_change: u64,
    last_key: u64,
    /// Which items carry a named property with this value: found without reading all items.
    #[serde(skip)]
    named: HashMap<(ExtendedPath, ExtendedValue), BTreeSet<ItemKey>>,
}

/// How an item changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Something a user would see, or a named property.
    Content,
    /// Nothing but the read flag.
    ReadFlag,
}

impl Mailbox {
    /// A new mailbox with the default folders, empty.
    pub fn new(user: User) -> Self {
        let guid = guid_of(&user.email.to_lowercase());
        let mut mailbox = Self {
            user,
            guid,
            folders: BTreeMap::new(),
            items: BTreeMap::new(),
            gone_folders: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            moves_told: MovesTold::default(),
            outbox: Vec::new(),
            touched_meetings: Vec::new(),
            internal: Internal::default(),
            last_change: 0,
            last_key: 0,
            named: HashMap::new(),
        };
        mailbox.make_default_folders();
        mailbox
    }

    /// Makes what is not stored: the feeds and the index of named properties.
    pub fn restore(&mut self) {
        for item in self.items.values() {
            self.folders
                .get_mut(&item.folder)
                .expect("every item lies in a folder")
                .feed
                .enter(item.change(), item.key);
            for (path, value) in item.extended.iter() {
                self.named
                    .entry((path.clone(), value.clone()))
                    .or_default()
                    .insert(item.key);
            }
        }
    }

    /// An item.
    pub fn item(&self, key: ItemKey) -> Option<&Item> {
        self.items.get(&key)
    }

    /// All items, oldest first.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// The items of a folder, oldest first.
    pub fn items_in(&self, folder: FolderKey) -> impl DoubleEndedIterator<Item = &Item> {
        let members = self
            .folders
            .get(&folder)
            .map(|folder| folder.feed.members());
        members
            .into_iter()
            .flatten()
            .filter_map(|key| self.items.get(key))
    }

    /// The items that carry this named property with this value.
    pub fn items_named(
        &self,
        path: &ExtendedPath,
        value: &ExtendedValue,
    ) -> impl Iterator<Item = &Item> {
        let found = self.named.get(&(path.clone(), value.clone()));
        found
            .into_iter()
            .flatten()
            .filter_map(|key| self.items.get(key))
    }

    /// The id of something here, as text.
    pub fn encode(&self, id: Id) -> String {
        id.encode(&self.guid)
    }

    /// The number of the last change; another one after each change.
    pub fn last_change(&self) -> u64 {
        self.last_change
    }

    /// Puts a new item into a folder.
    pub fn add_item(&mut self, folder: FolderKey, mut item: Item, now: Timestamp) -> ItemKey {
        let change = self.next_change();
        item.key = self.next_item_key();
        item.folder = folder;
        if item.search_key.is_empty() {
            item.search_key = guid_of(&format!("{}/{}", self.guid, item.key.0)).replace('-', "");
        }
        if item.kind == Kind::CalendarItem && item.fields.get("UID").is_none() {
            let uid = format!(
                "040000008200E00074C5B7101A82E008{}",
                item.search_key.to_uppercase()
            );
            item.fields.set_text("CalendarItem", "UID", uid);
        }
        (item.created, item.modified) = (now, now);
        (item.entered, item.content_change, item.read_change) = (change, change, change);
        let key = item.key;
        self.enter(item, change);
        self.tell(EventKind::Created, key, folder, None, now);
        key
    }

    /// Puts a mail into a folder that came from outside.
    pub fn deliver(&mut self, folder: FolderKey, item: Item, now: Timestamp) -> ItemKey {
        let key = self.add_item(folder, item, now);
        self.tell(EventKind::NewMail, key, folder, None, now);
        key
    }

    /// Sets the time of the last change of an item without changing it: for made-up data from earlier days.
    pub fn set_modified(&mut self, key: ItemKey, time: Timestamp) {
        if let Some(item) = self.items.get_mut(&key) {
            item.modified = time;
        }
    }

    /// Changes an item in place.
    pub fn edit_item(
        &mut self,
        key: ItemKey,
        edit: Edit,
        now: Timestamp,
        change_it: impl FnOnce(&mut Item),
    ) {
        let Some(mut item) = self.items.remove(&key) else {
            return;
        };
        self.forget_names(&item);
        let before = item.change();
        change_it(&mut item);
        let change = self.next_change();
        match edit {
            Edit::Content => item.content_change = change,
            Edit::ReadFlag => item.read_change = change,
        }
        item.modified = now;
        let folder = item.folder;
        self.folder_mut(folder).feed.leave(before, key);
        self.enter(item, change);
        self.tell(EventKind::Modified, key, folder, None, now);
    }

    /// Removes an item for good.
    pub fn remove_item(&mut self, key: ItemKey, now: Timestamp) -> Option<Item> {
        let item = self.take_out(key)?;
        self.tell(EventKind::Deleted, key, item.folder, None, now);
        Some(item)
    }

    /// Moves an item; it is the same one, but its id is another.
    pub fn move_item(&mut self, key: ItemKey, to: FolderKey, now: Timestamp) -> Option<ItemKey> {
        let mut item = self.take_out(key)?;
        let from = item.folder;
        let change = self.next_change();
        item.key = self.next_item_key();
        item.folder = to;
        (item.entered, item.content_change, item.read_change) = (change, change, change);
        let new = item.key;
        self.enter(item, change);
        self.tell(EventKind::Moved, new, to, Some((key, from)), now);
        Some(new)
    }

    /// Copies an item with everything it has, the named properties too, as Outlook does.
    pub fn copy_item(&mut self, key: ItemKey, to: FolderKey, now: Timestamp) -> Option<ItemKey> {
        let mut item = self.items.get(&key)?.clone();
        let from = item.folder;
        let change = self.next_change();
        item.key = self.next_item_key();
        item.folder = to;
        item.created = now;
        (item.entered, item.content_change, item.read_change) = (change, change, change);
        let new = item.key;
        self.enter(item, change);
        self.tell(EventKind::Copied, new, to, Some((key, from)), now);
        Some(new)
    }

    fn next_change(&mut self) -> u64 {
        self.last_change += 1;
        self.last_change
    }

    fn next_item_key(&mut self) -> ItemKey {
        self.last_key += 1;
        ItemKey(self.last_key)
    }

    fn enter(&mut self, item: Item, change: u64) {
        for (path, value) in item.extended.iter() {
            self.named
                .entry((path.clone(), value.clone()))
                .or_default()
                .insert(item.key);
        }
        self.folder_mut(item.folder).feed.enter(change, item.key);
        self.items.insert(item.key, item);
    }

    /// Takes an item out of its folder and leaves a mark there.
    fn take_out(&mut self, key: ItemKey) -> Option<Item> {
        let item = self.items.remove(&key)?;
        self.forget_names(&item);
        let change = self.next_change();
        let feed = &mut self.folder_mut(item.folder).feed;
        feed.leave(item.change(), key);
        feed.mark_gone(
            change,
            Gone {
                item: key,
                entered: item.entered,
            },
        );
        Some(item)
    }

    fn forget_names(&mut self, item: &Item) {
        for (path, value) in item.extended.iter() {
            let place = (path.clone(), value.clone());
            if let Some(keys) = self.named.get_mut(&place) {
                keys.remove(&item.key);
                if keys.is_empty() {
                    self.named.remove(&place);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
