//! Folders: the tree, the distinguished ones, and the feed of its changes. A folder keeps its id when it is renamed or moved.

use super::Mailbox;
use super::feed::Feed;
use super::subscription::{EventKind, Subject};
use crate::exchange::failure::Failure;
use crate::exchange::identity::{FolderKey, ItemKey, change_key};
use crate::exchange::item::Extended;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Folder {
    /// Its number.
    pub key: FolderKey,
    /// The folder around it; only the root has none.
    pub parent: Option<FolderKey>,
    /// Its name.
    pub name: String,
    /// Its class (`IPF.Contact`); the roots have none.
    pub class: String,
    /// Its distinguished name, for default folders.
    pub distinguished: Option<String>,
    /// Its named properties.
    #[serde(default)]
    pub extended: Extended,
    /// The change with which it came into being.
    pub entered: u64,
    /// Its last change.
    pub changed: u64,
    /// The changes of its items.
    pub feed: Feed,
}

/// A folder that left its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneFolder {
    key: FolderKey,
    entered: u64,
    ancestors: Vec<FolderKey>,
}

/// A new folder's name and class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderName {
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// Its named properties.
    pub extended: Extended,
}

/// One change as SyncFolderHierarchy tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderChange {
    /// The folder is new.
    Create(FolderKey),
    /// The folder has another name, place or property.
    Update(FolderKey),
    /// The folder is gone.
    Delete(FolderKey),
}

/// Which folders below one are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Its children.
    Children,
    /// Everything below.
    AllBelow,
}

/// The default folders: distinguished name, parent, shown name, class.
const DEFAULT_FOLDERS: [(&str, &str, &str, &str); 20] = [
    ("root", "", "", ""),
    ("msgfolderroot", "root", "Top of Information Store", ""),
    ("inbox", "msgfolderroot", "Inbox", "IPF.Note"),
    ("drafts", "msgfolderroot", "Drafts", "IPF.Note"),
    ("sentitems", "msgfolderroot", "Sent Items", "IPF.Note"),
    ("deleteditems", "msgfolderroot", "Deleted Items", "IPF.Note"),
    ("outbox", "msgfolderroot", "Outbox", "IPF.Note"),
    ("junkemail", "msgfolderroot", "Junk Email", "IPF.Note"),
    ("contacts", "msgfolderroot", "Contacts", "IPF.Contact"),
    ("calendar", "msgfolderroot", "Calendar", "IPF.Appointment"),
    ("tasks", "msgfolderroot", "Tasks", "IPF.Task"),
    ("notes", "msgfolderroot", "Notes", "IPF.StickyNote"),
    ("journal", "msgfolderroot", "Journal", "IPF.Journal"),
    (
        "quickcontacts",
        "contacts",
        "Skype for Business Contacts",
        "IPF.Contact.MOC.QuickContacts",
    ),
    (
        "recipientcache",
        "contacts",
        "Recipient Cache",
        "IPF.Contact.RecipientCache",
    ),
    ("searchfolders", "root", "Finder", ""),
    ("recoverableitemsroot", "root", "Recoverable Items", ""),
    (
        "recoverableitemsdeletions",
        "recoverableitemsroot",
        "Deletions",
        "",
    ),
    (
        "recoverableitemspurges",
        "recoverableitemsroot",
        "Purges",
        "",
    ),
    (
        "recoverableitemsversions",
        "recoverableitemsroot",
        "Versions",
        "",
    ),
];

impl Folder {
    /// Its change key.
    pub fn change_key(&self) -> String {
        let first = match self.element() {
            "CalendarFolder" => 0x02,
            "ContactsFolder" => 0x03,
            "TasksFolder" => 0x04,
            _ => 0x01,
        };
        change_key(first, self.changed)
    }

    /// The element of a folder of its class.
    pub fn element(&self) -> &'static str {
        let is = |class: &str| {
            let rest = self.class.strip_prefix(class);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match () {
            () if is("IPF.Contact") => "ContactsFolder",
            () if is("IPF.Appointment") => "CalendarFolder",
            () if is("IPF.Task") => "TasksFolder",
            () => "Folder",
        }
    }
}

impl Mailbox {
    pub(super) fn make_default_folders(&mut self) {
        for (distinguished, parent, name, class) in DEFAULT_FOLDERS {
            let parent = self.distinguished(parent);
            let name = FolderName {
                name: name.to_owned(),
                class: class.to_owned(),
                extended: Extended::default(),
            };
            let key = self.insert_folder(parent, name);
            self.folder_mut(key).distinguished = Some(distinguished.to_owned());
        }
    }

    /// A folder.
    pub fn folder(&self, key: FolderKey) -> Option<&Folder> {
        self.folders.get(&key)
    }

    /// All folders.
    pub fn folders(&self) -> impl Iterator<Item = &Folder> {
        self.folders.values()
    }

    pub(super) fn folder_mut(&mut self, key: FolderKey) -> &mut Folder {
        self.folders
            .get_mut(&key)
            .expect("only keys of folders that exist are used inside")
    }

    /// The folder of a distinguished name.
    pub fn distinguished(&self, name: &str) -> Option<FolderKey> {
        self.folders
            .values()
            .find(|folder| folder.distinguished.as_deref() == Some(name))
            .map(|folder| folder.key)
    }

    /// Where deleted things go.
    pub fn deleted_items(&self) -> FolderKey {
        self.distinguished("deleteditems")
            .expect("every mailbox has it and it cannot be deleted")
    }

    /// Where softly deleted things go.
    pub fn recoverable_items(&self) -> FolderKey {
        self.distinguished("recoverableitemsdeletions")
            .expect("every mailbox has it and it cannot be deleted")
    }

    /// The child of this name, whatever the case of its letters.
    pub fn child(&self, parent: FolderKey, name: &str) -> Option<&Folder> {
        let same = |folder: &&Folder| folder.name.to_lowercase() == name.to_lowercase();
        self.folders
            .values()
            .filter(|folder| folder.parent == Some(parent))
            .find(same)
    }

    /// A folder by its path below the top, parts by shown or distinguished name: `contacts/CRM-Sync`.
    pub fn folder_at(&self, path: &str) -> Option<&Folder> {
        let mut parts = path.split('/');
        let first = parts.next()?;
        let top = self.distinguished("msgfolderroot")?;
        let mut folder = match self.distinguished(&first.to_lowercase()) {
            Some(key) => self.folder(key)?,
            None => self.child(top, first)?,
        };
        for part in parts {
            folder = self.child(folder.key, part)?;
        }
        Some(folder)
    }

    /// The path of a folder below the top, by shown names.
    pub fn path_of(&self, key: FolderKey) -> String {
        let mut names = Vec::new();
        let mut next = self.folder(key);
        while let Some(folder) = next.filter(|folder| {
            !matches!(
                folder.distinguished.as_deref(),
                Some("msgfolderroot" | "root")
            )
        }) {
            names.push(folder.name.as_str());
            next = folder.parent.and_then(|parent| self.folder(parent));
        }
        names.reverse();
        names.join("/")
    }

    /// The folders below one.
    pub fn below(&self, key: FolderKey, wanted: Wanted) -> Vec<&Folder> {
        let mut found = Vec::new();
        let mut parents = vec![key];
        while let Some(parent) = parents.pop() {
            let children = self
                .folders
                .values()
                .filter(|folder| folder.parent == Some(parent));
            for child in children {
                found.push(child);
                if wanted == Wanted::AllBelow {
                    parents.push(child.key);
                }
            }
        }
        found
    }

    /// Makes a folder.
    pub fn add_folder(
        &mut self,
        parent: FolderKey,
        name: FolderName,
        now: Timestamp,
    ) -> Result<FolderKey, Failure> {
        self.check_name(parent, &name.name, None)?;
        let key = self.insert_folder(Some(parent), name);
        self.tell_folder(EventKind::Created, key, parent, None, now);
        Ok(key)
    }

    /// Gives a folder another name.
    pub fn rename_folder(
        &mut self,
        key: FolderKey,
        name: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let parent = self
            .folder(key)
            .and_then(|folder| folder.parent)
            .ok_or_else(Failure::folder_not_found)?;
        self.check_name(parent, name, Some(key))?;
        self.edit_folder(key, now, |folder| folder.name = name.to_owned());
        Ok(())
    }

    /// Changes a folder in place.
    pub fn edit_folder(
        &mut self,
        key: FolderKey,
        now: Timestamp,
        change_it: impl FnOnce(&mut Folder),
    ) {
        let change = self.next_change();
        let folder = self.folder_mut(key);
        change_it(folder);
        folder.changed = change;
        let parent = folder.parent.unwrap_or(key);
        self.tell_folder(EventKind::Modified, key, parent, None, now);
    }

    /// Moves a folder with everything in it.
    pub fn move_folder(
        &mut self,
        key: FolderKey,
        to: FolderKey,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let folder = self.folder(key).ok_or_else(Failure::folder_not_found)?;
        let (name, from) = (
            folder.name.clone(),
            folder.parent.ok_or_else(Failure::folder_not_found)?,
        );
        if folder.distinguished.is_some() {
            return Err(Failure::new(
                "ErrorMoveDistinguishedFolder",
                "Distinguished folders cannot be moved.",
            ));
        }
        if to == key
            || self
                .below(key, Wanted::AllBelow)
                .iter()
                .any(|below| below.key == to)
        {
            return Err(Failure::new(
                "ErrorMoveCopyFailed",
                "A folder cannot be moved into itself.",
            ));
        }
        self.check_name(to, &name, Some(key))?;
        self.mark_folder_gone(key);
        let change = self.next_change();
        let folder = self.folder_mut(key);
        (folder.parent, folder.changed) = (Some(to), change);
        self.tell_folder(EventKind::Moved, key, to, Some((key, from)), now);
        Ok(())
    }

    /// Removes a folder with everything in it.
    pub fn remove_folder(&mut self, key: FolderKey, now: Timestamp) -> Result<(), Failure> {
        let folder = self.folder(key).ok_or_else(Failure::folder_not_found)?;
        if folder.distinguished.is_some() {
            return Err(Failure::new(
                "ErrorDeleteDistinguishedFolder",
                "Distinguished folders cannot be deleted.",
            ));
        }
        let parent = folder.parent.unwrap_or(key);
        self.empty_folder(key, Wanted::AllBelow, now);
        self.forget_folder(key);
        self.tell_folder(EventKind::Deleted, key, parent, None, now);
        Ok(())
    }

    /// Removes the items of a folder, and its subfolders if wanted.
    pub fn empty_folder(&mut self, key: FolderKey, wanted: Wanted, now: Timestamp) {
        let below: Vec<FolderKey> = match wanted {
            Wanted::Children => Vec::new(),
            Wanted::AllBelow => self
                .below(key, Wanted::AllBelow)
                .iter()
                .map(|folder| folder.key)
                .collect(),
        };
        for folder in below.iter().chain([&key]) {
            let items: Vec<ItemKey> = self.items_in(*folder).map(|item| item.key).collect();
            for item in items {
                self.remove_item(item, now);
            }
        }
        for folder in below {
            let parent = self
                .folder(folder)
                .and_then(|folder| folder.parent)
                .unwrap_or(key);
            self.forget_folder(folder);
            self.tell_folder(EventKind::Deleted, folder, parent, None, now);
        }
    }

    /// The changes of the folders below one since a change; all of them as new where none is given.
    pub fn folder_changes(&self, below: FolderKey, since: Option<u64>) -> Vec<FolderChange> {
        let since_or_start = since.unwrap_or(0);
        let here = self
            .below(below, Wanted::AllBelow)
            .into_iter()
            .filter(|folder| folder.changed > since_or_start);
        let mut all: Vec<(u64, FolderChange)> = here
            .map(|folder| match since {
                Some(since) if folder.entered <= since => {
                    (folder.changed, FolderChange::Update(folder.key))
                }
                _ => (folder.entered, FolderChange::Create(folder.key)),
            })
            .collect();
        if let Some(since) = since {
            let gone = self
                .gone_folders
                .range((std::ops::Bound::Excluded(since), std::ops::Bound::Unbounded));
            let still_here: Vec<FolderKey> = self
                .below(below, Wanted::AllBelow)
                .iter()
                .map(|folder| folder.key)
                .collect();
            let known = gone.filter(|(_, gone)| {
                gone.entered <= since
                    && gone.ancestors.contains(&below)
                    && !still_here.contains(&gone.key)
            });
            all.extend(known.map(|(change, gone)| (*change, FolderChange::Delete(gone.key))));
        }
        all.sort_by_key(|(change, _)| *change);
        all.into_iter().map(|(_, change)| change).collect()
    }

    fn check_name(
        &self,
        parent: FolderKey,
        name: &str,
        own: Option<FolderKey>,
    ) -> Result<(), Failure> {
        if name.trim().is_empty() {
            return Err(Failure::new(
                "ErrorFolderSavePropertyError",
                "The folder name is empty.",
            ));
        }
        match self.child(parent, name) {
            Some(other) if Some(other.key) != own => Err(Failure::new(
                "ErrorFolderExists",
                "A folder with the specified name already exists.",
            )),
            _ => Ok(()),
        }
    }

    fn insert_folder(&mut self, parent: Option<FolderKey>, name: FolderName) -> FolderKey {
        let change = self.next_change();
        self.last_key += 1;
        let key = FolderKey(self.last_key);
        let FolderName {
            name,
            class,
            extended,
        } = name;
        let feed = Feed::default();
        let folder = Folder {
            key,
            parent,
            name,
            class,
            distinguished: None,
            extended,
            entered: change,
            changed: change,
            feed,
        };
        self.folders.insert(key, folder);
        key
    }

    fn forget_folder(&mut self, key: FolderKey) {
        self.mark_folder_gone(key);
        self.folders.remove(&key);
    }

    /// Leaves a mark where the folder was, for clients that follow one of the folders around it.
    fn mark_folder_gone(&mut self, key: FolderKey) {
        let Some(entered) = self.folder(key).map(|folder| folder.entered) else {
            return;
        };
        let parent = |key: &FolderKey| self.folder(*key).and_then(|folder| folder.parent);
        let ancestors = std::iter::successors(parent(&key), parent).collect();
        let change = self.next_change();
        self.gone_folders.insert(
            change,
            GoneFolder {
                key,
                entered,
                ancestors,
            },
        );
    }

    fn tell_folder(
        &mut self,
        kind: EventKind,
        key: FolderKey,
        parent: FolderKey,
        old: Option<(FolderKey, FolderKey)>,
        now: Timestamp,
    ) {
        let old = old.map(|(key, parent)| (Subject::Folder(key), parent));
        self.announce(kind, Subject::Folder(key), parent, old, now);
    }
}
