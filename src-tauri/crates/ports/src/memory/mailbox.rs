//! A mailbox in memory, with a user who works in it and failures on demand. It knows one folder, as many servers as tests need of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use model::{
    AccountName, ChangeKey, Code, Component, Field, Fields, FolderId, Item, ItemHead, ItemId,
    Stamp, SyncToken,
};

use crate::{
    ErrorKind, Failure, FolderPlace, ItemChanges, ItemWrite, Mailbox, MailboxAccount, Result,
    WrittenItem,
};

/// When a demanded failure strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// Before anything happened.
    Before,
    /// After a write took effect: its answer is lost.
    After,
}

/// A mailbox that lives as long as this value.
#[derive(Debug)]
pub struct MemoryMailbox {
    state: Mutex<State>,
    page: usize,
}

#[derive(Debug, Default)]
struct State {
    items: BTreeMap<ItemId, Item>,
    feed: Vec<ItemId>,
    last_id: u64,
    clock: i64,
    requests: u64,
    writes: u64,
    strikes: VecDeque<(Strike, ErrorKind)>,
    /// Cursors of an earlier epoch are no longer valid.
    epoch: u64,
}

impl Default for MemoryMailbox {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            page: 512,
        }
    }
}

impl MemoryMailbox {
    /// An empty mailbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// A mailbox that shows so many changes at a time.
    pub fn with_pages_of(page: usize) -> Self {
        Self {
            page,
            ..Self::default()
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The user makes an item at this second.
    pub fn user_creates(&self, fields: Fields, second: i64) -> ItemId {
        let mut state = self.state();
        state.clock = second;
        state.create(fields, None)
    }

    /// The user changes a field at this second.
    pub fn user_edits(&self, id: &ItemId, field: Field, value: &str, second: i64) {
        let mut state = self.state();
        state.clock = second;
        state.change(id, |item| item.fields.set(field, value));
    }

    /// The user deletes an item, or moves it out of the folder.
    pub fn user_removes(&self, id: &ItemId) -> Option<Item> {
        self.state().remove(id)
    }

    /// The user moves an item back in; it gets another id and keeps its stamp.
    pub fn user_puts_back(&self, item: Item) -> ItemId {
        self.state().create(item.fields, item.stamp)
    }

    /// All items, by id.
    pub fn items(&self) -> Vec<Item> {
        self.state().items.values().cloned().collect()
    }

    /// The next so many writes fail this way.
    pub fn fail_writes(&self, strike: Strike, kind: ErrorKind) {
        self.state().strikes.push_back((strike, kind));
    }

    /// Cursors given so far are no longer valid.
    pub fn expire_cursors(&self) {
        self.state().epoch += 1;
    }

    /// How many items were written so far by the connector.
    pub fn writes(&self) -> u64 {
        self.state().writes
    }
}

impl State {
    fn now(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.clock).ok()
    }

    fn create(&mut self, fields: Fields, stamp: Option<Stamp>) -> ItemId {
        self.last_id += 1;
        let id = ItemId::new(format!("item{}", self.last_id));
        let item = Item {
            id: id.clone(),
            change_key: ChangeKey::new("1"),
            fields,
            stamp,
            created: self.now(),
            modified: self.now(),
        };
        self.items.insert(id.clone(), item);
        self.feed.push(id.clone());
        id
    }

    fn change(&mut self, id: &ItemId, act: impl FnOnce(&mut Item)) {
        let now = self.now();
        if let Some(item) = self.items.get_mut(id) {
            act(item);
            item.modified = now;
            item.change_key = ChangeKey::new(format!("{}1", item.change_key));
            self.feed.push(id.clone());
        }
    }

    fn remove(&mut self, id: &ItemId) -> Option<Item> {
        let item = self.items.remove(id)?;
        self.feed.push(id.clone());
        Some(item)
    }

    fn version(&self, id: &ItemId, change_key: &ChangeKey) -> Result<()> {
        let item = self.items.get(id).ok_or_else(gone)?;
        if item.change_key == *change_key {
            Ok(())
        } else {
            Err(Failure::new(ErrorKind::Stale, Code::EntryChangedMeanwhile))
        }
    }

    fn position(&self, token: &SyncToken) -> Result<usize> {
        let stale = || Failure::new(ErrorKind::Stale, Code::AnswerMalformed);
        let (epoch, position) = token.as_str().split_once('.').ok_or_else(stale)?;
        if epoch != self.epoch.to_string() {
            return Err(stale());
        }
        position.parse().map_err(|_| stale())
    }

    fn write(&mut self, write: &ItemWrite) -> Result<WrittenItem> {
        let id = match write {
            ItemWrite::Create { fields, stamp } => self.create(fields.clone(), Some(stamp.clone())),
            ItemWrite::Update {
                id,
                change_key,
                set,
                stamp,
            } => {
                self.version(id, change_key)?;
                self.change(id, |item| {
                    for (field, value) in set {
                        item.fields.set(*field, value.clone());
                    }
                    if stamp.is_some() {
                        item.stamp.clone_from(stamp);
                    }
                });
                id.clone()
            }
            ItemWrite::Stamp { id, stamp } => {
                self.items.get(id).ok_or_else(gone)?;
                self.change(id, |item| item.stamp = Some(stamp.clone()));
                id.clone()
            }
            ItemWrite::Delete { id, change_key } => {
                self.version(id, change_key)?;
                self.remove(id);
                id.clone()
            }
        };
        self.writes += 1;
        Ok(WrittenItem {
            change_key: self.items.get(&id).map(|item| item.change_key.clone()),
            id,
        })
    }
}

fn gone() -> Failure {
    Failure::new(ErrorKind::Gone, Code::EntryGone)
}

fn head(item: &Item) -> ItemHead {
    ItemHead {
        id: item.id.clone(),
        change_key: item.change_key.clone(),
        stamp: item.stamp.clone(),
    }
}

#[async_trait]
impl Mailbox for MemoryMailbox {
    async fn sign_in(&self) -> Result<MailboxAccount> {
        Ok(MailboxAccount {
            address: AccountName::new("anna@firma.example"),
            server: "memory".to_owned(),
            clock_offset: None,
        })
    }

    async fn find_folder(&self, _: FolderPlace) -> Result<Option<FolderId>> {
        Ok(Some(FolderId::new("folder")))
    }

    async fn ensure_folder(&self, _: FolderPlace) -> Result<FolderId> {
        Ok(FolderId::new("folder"))
    }

    async fn remove_folder(&self, _: &FolderId) -> Result<()> {
        let mut state = self.state();
        state.items.clear();
        Ok(())
    }

    async fn changes(
        &self,
        _: Component,
        _: &FolderId,
        since: Option<&SyncToken>,
    ) -> Result<ItemChanges> {
        let mut state = self.state();
        state.requests += 1;
        let from = match since {
            Some(token) => state.position(token)?,
            None => 0,
        };
        let end = (from + self.page).min(state.feed.len());
        let mut changes = ItemChanges {
            next: Some(SyncToken::new(format!("{}.{end}", state.epoch))),
            more: end < state.feed.len(),
            ..ItemChanges::default()
        };
        let mut told = std::collections::BTreeSet::new();
        for id in &state.feed[from..end] {
            if !told.insert(id) {
                continue;
            }
            match state.items.get(id) {
                Some(item) => changes.seen.push(head(item)),
                None => changes.gone.push(id.clone()),
            }
        }
        Ok(changes)
    }

    async fn read(&self, _: Component, ids: &[ItemId]) -> Result<Vec<Result<Item>>> {
        let mut state = self.state();
        state.requests += 1;
        Ok(ids
            .iter()
            .map(|id| state.items.get(id).cloned().ok_or_else(gone))
            .collect())
    }

    async fn write(
        &self,
        _: Component,
        _: &FolderId,
        writes: &[ItemWrite],
    ) -> Result<Vec<Result<WrittenItem>>> {
        let mut state = self.state();
        state.requests += 1;
        let strike = state.strikes.pop_front();
        if let Some((Strike::Before, kind)) = strike {
            return Err(Failure::new(kind, Code::ConnectionLost));
        }
        let answers = writes.iter().map(|write| state.write(write)).collect();
        match strike {
            Some((_, kind)) => Err(Failure::new(kind, Code::ConnectionLost)),
            None => Ok(answers),
        }
    }

    async fn find_stamped(
        &self,
        _: Component,
        _: &FolderId,
        stamps: &[Stamp],
    ) -> Result<Vec<ItemHead>> {
        let mut state = self.state();
        state.requests += 1;
        let texts: Vec<String> = stamps.iter().map(Stamp::record_text).collect();
        Ok(state
            .items
            .values()
            .filter(|item| {
                item.stamp
                    .as_ref()
                    .is_some_and(|stamp| texts.contains(&stamp.record_text()))
            })
            .map(head)
            .collect())
    }

    fn requests(&self) -> u64 {
        self.state().requests
    }
}
