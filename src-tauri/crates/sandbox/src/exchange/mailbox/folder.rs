//! Folders: what one is, the distinguished ones, and finding them.
//! Deliberately not here: changing them (`tree`).

use super::Mailbox;
use super::feed::Feed;
use crate::exchange::identity::{FolderKey, change_key};
use crate::exchange::item::Extended;
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
    pub(super) key: FolderKey,
    pub(super) entered: u64,
    pub(super) ancestors: Vec<FolderKey>,
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
}
