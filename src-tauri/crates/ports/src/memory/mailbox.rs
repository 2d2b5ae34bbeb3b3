//! A mailbox in memory, with a user who works in it and failures on demand. It knows one folder, as many servers as tests need of it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{
    AccountName, ChangeKey, Code, Component, Field, Fields, FolderId, HeadKind, Item, ItemHead,
    ItemId, Organiser, Sought, Stamp, SyncToken, Window,
};

use crate::crm::MOST_FOUND;
use crate::{
    ErrorKind, Failure, FolderPlace, FoundItem, ItemChanges, ItemWrite, Mailbox, MailboxAccount,
    Note, Result, WrittenItem,
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
    meanwhile: Meanwhile,
}

/// What happens elsewhere while the next write is on its way.
#[derive(Default)]
struct Meanwhile(Mutex<Option<Act>>);

type Act = Box<dyn FnOnce() + Send>;

impl Meanwhile {
    fn set(&self, act: Option<Act>) -> Option<Act> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *kept, act)
    }
}

impl fmt::Debug for Meanwhile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Meanwhile")
    }
}

#[derive(Debug, Default)]
struct State {
    /// Single items, and the occurrences of series under their own ids.
    items: BTreeMap<ItemId, Item>,
    /// The recurring appointments with their versions.
    series: BTreeMap<ItemId, ChangeKey>,
    feed: Vec<ItemId>,
    last_id: u64,
    clock: i64,
    requests: u64,
    writes: u64,
    strikes: VecDeque<(Strike, ErrorKind)>,
    owner: Option<String>,
    notes: Vec<Note>,
    /// Cursors of an earlier epoch are no longer valid.
    epoch: u64,
}

impl Default for MemoryMailbox {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            page: 512,
            meanwhile: Meanwhile::default(),
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

    /// The user makes a recurring appointment: each occurrence with its original start.
    pub fn user_creates_series(
        &self,
        occurrences: Vec<(Timestamp, Fields)>,
        second: i64,
    ) -> ItemId {
        let mut state = self.state();
        state.clock = second;
        state.last_id += 1;
        let series = ItemId::new(format!("series{}", state.last_id));
        state.series.insert(series.clone(), ChangeKey::new("1"));
        for (start, fields) in occurrences {
            state.put(ItemId::occurrence(&series, start), fields, None);
        }
        state.feed.push(series.clone());
        series
    }

    /// The user changes the pattern of a recurring appointment: these are its occurrences now.
    pub fn user_changes_series(
        &self,
        series: &ItemId,
        occurrences: Vec<(Timestamp, Fields)>,
        second: i64,
    ) {
        let mut state = self.state();
        state.clock = second;
        state.items.retain(|id, _| id.series() != *series);
        for (start, fields) in occurrences {
            state.put(ItemId::occurrence(series, start), fields, None);
        }
        state.touch_series(series);
    }

    /// The user is invited by somebody else.
    pub fn user_is_invited(&self, fields: Fields, second: i64) -> ItemId {
        let mut state = self.state();
        state.clock = second;
        let id = state.create(fields, None);
        state.change(&id, |item| item.organiser = Organiser::Other);
        id
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

    /// The user deletes a whole recurring appointment.
    pub fn user_removes_series(&self, series: &ItemId) {
        self.state().remove_series(series);
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

    /// This happens while the next write is on its way.
    pub fn while_writing(&self, act: impl FnOnce() + Send + 'static) {
        self.meanwhile.set(Some(Box::new(act)));
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
        self.put(id.clone(), fields, stamp);
        self.feed.push(id.clone());
        id
    }

    fn put(&mut self, id: ItemId, fields: Fields, stamp: Option<Stamp>) {
        let item = Item {
            id: id.clone(),
            change_key: ChangeKey::new("1"),
            fields,
            organiser: Organiser::User,
            stamp,
            created: self.now(),
            modified: self.now(),
        };
        self.items.insert(id, item);
    }

    /// What happens to an occurrence shows in the list as a change of its series.
    fn tell(&mut self, id: &ItemId) {
        if id.as_occurrence().is_some() {
            self.touch_series(&id.series());
        } else {
            self.feed.push(id.clone());
        }
    }

    fn touch_series(&mut self, series: &ItemId) {
        if let Some(version) = self.series.get_mut(series) {
            *version = ChangeKey::new(format!("{version}1"));
            self.feed.push(series.clone());
        }
    }

    fn is_listed(&self, item: &Item) -> bool {
        item.id.as_occurrence().is_none()
    }

    fn change(&mut self, id: &ItemId, act: impl FnOnce(&mut Item)) {
        let now = self.now();
        if let Some(item) = self.items.get_mut(id) {
            act(item);
            item.modified = now;
            item.change_key = ChangeKey::new(format!("{}1", item.change_key));
            self.tell(id);
        }
    }

    fn remove(&mut self, id: &ItemId) -> Option<Item> {
        let item = self.items.remove(id)?;
        self.tell(id);
        Some(item)
    }

    fn remove_series(&mut self, series: &ItemId) {
        self.items.retain(|id, _| id.series() != *series);
        self.series.remove(series);
        self.feed.push(series.clone());
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
            ItemWrite::Create { fields, stamp, .. } => {
                self.create(fields.clone(), Some(stamp.clone()))
            }
            ItemWrite::Update {
                id,
                change_key,
                set,
                stamp,
                ..
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
            ItemWrite::Delete { id, change_key, .. } => {
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

/// A value as a moment; of a day it is the midnight it begins with.
fn moment(item: &Item, field: Field, window: &Window) -> Option<Timestamp> {
    let text = item.fields.get(field);
    let day = || text.parse::<jiff::civil::Date>().ok();
    let midnight = || Some(day()?.to_zoned(window.zone.clone()).ok()?.timestamp());
    text.parse().ok().or_else(midnight)
}

fn head(item: &Item) -> ItemHead {
    ItemHead {
        id: item.id.clone(),
        change_key: item.change_key.clone(),
        stamp: item.stamp.clone(),
        kind: HeadKind::Single,
        ends: item.fields.get(Field::End).parse().ok(),
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

    async fn deliver(&self, note: &Note) -> Result<()> {
        let mut state = self.state();
        if !state.notes.iter().any(|there| there.key == note.key) {
            state.notes.push(note.clone());
        }
        Ok(())
    }

    async fn is_empty(&self, _: &FolderId) -> Result<bool> {
        Ok(self.state().items.is_empty())
    }

    async fn owner(&self, _: &FolderId) -> Result<Option<String>> {
        Ok(self.state().owner.clone())
    }

    async fn set_owner(&self, _: &FolderId, text: Option<&str>) -> Result<()> {
        self.state().owner = text.map(str::to_owned);
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
            match (state.items.get(id), state.series.get(id)) {
                (Some(item), _) => changes.seen.push(head(item)),
                (None, Some(version)) => changes.seen.push(ItemHead {
                    id: id.clone(),
                    change_key: version.clone(),
                    stamp: None,
                    kind: HeadKind::Series,
                    ends: None,
                }),
                // As on real servers: a list from the start names what is there.
                (None, None) if since.is_none() => {}
                (None, None) => changes.gone.push(id.clone()),
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

    async fn occurrences(
        &self,
        _: Component,
        _: &FolderId,
        series: &[ItemId],
        window: &Window,
    ) -> Result<Vec<Result<Vec<Item>>>> {
        let mut state = self.state();
        state.requests += 1;
        let is_in = |item: &Item| {
            let original = item.id.as_occurrence().map(|(_, start)| start);
            let bounds = window.from()..window.until();
            let [start, end] = [Field::Start, Field::End].map(|field| moment(item, field, window));
            original.is_some_and(|start| bounds.contains(&start))
                || start.is_some_and(|start| start < bounds.end)
                    && end.is_some_and(|end| end > bounds.start)
        };
        let all = |id: &ItemId| {
            state.series.get(id).ok_or_else(gone)?;
            let items = state.items.values();
            let items = items.filter(|item| item.id.as_occurrence().is_some());
            let of_series = items.filter(|item| item.id.series() == *id && is_in(item));
            Ok(of_series.cloned().collect())
        };
        Ok(series.iter().map(all).collect())
    }

    async fn write(
        &self,
        _: Component,
        _: &FolderId,
        writes: &[ItemWrite],
    ) -> Result<Vec<Result<WrittenItem>>> {
        if let Some(act) = self.meanwhile.set(None) {
            act();
        }
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
            .filter(|item| state.is_listed(item))
            .filter(|item| {
                item.stamp
                    .as_ref()
                    .is_some_and(|stamp| texts.contains(&stamp.record_text()))
            })
            .map(head)
            .collect())
    }

    async fn find(&self, _: FolderPlace, sought: &Sought) -> Result<Vec<FoundItem>> {
        let mut state = self.state();
        state.requests += 1;
        let is_sought = |item: &&Item| sought.is_in(item.fields.iter().map(|(_, value)| value));
        let found = state.items.values().filter(|item| state.is_listed(item));
        let found = found.filter(is_sought).cloned().map(|item| FoundItem {
            item,
            kind: HeadKind::Single,
        });
        Ok(found.take(MOST_FOUND).collect())
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        None
    }

    fn requests(&self) -> u64 {
        self.state().requests
    }
}
