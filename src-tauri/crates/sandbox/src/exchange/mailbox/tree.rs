//! Changes of the folder tree and the feed that tells them. A folder keeps its key when it is renamed or moved.

use super::Mailbox;
use super::feed::Feed;
use super::folder::{Folder, FolderChange, FolderName, GoneFolder, Wanted};
use super::subscription::{EventKind, Subject};
use crate::exchange::failure::Failure;
use crate::exchange::identity::{FolderKey, ItemKey};
use jiff::Timestamp;

impl Mailbox {
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

    pub(super) fn insert_folder(
        &mut self,
        parent: Option<FolderKey>,
        name: FolderName,
    ) -> FolderKey {
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
