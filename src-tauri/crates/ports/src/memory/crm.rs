//! A CRM in memory, with users who work in it and failures on demand. It cuts long phone numbers, as real ones cut long values.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{
    AccountName, Change, Code, Component, Field, Fields, Fingerprint, Owner, Record, RecordHead,
    RecordId, Sought, SyncToken, UserId, Window,
};

use crate::crm::MOST_FOUND;
use crate::memory::mailbox::Strike;
use crate::{Crm, CrmAccount, ErrorKind, Failure, FoundRecord, RecordChanges, Result, Rights};

/// What a phone number is cut to.
pub const PHONE_LENGTH: usize = 12;

/// A CRM that lives as long as this value.
#[derive(Debug, Default)]
pub struct MemoryCrm {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<RecordId, Record>,
    feed: Vec<RecordId>,
    last_id: u64,
    clock: i64,
    requests: u64,
    writes: u64,
    strikes: VecDeque<(Strike, ErrorKind)>,
    read_only: bool,
}

impl MemoryCrm {
    /// An empty CRM.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server's clock.
    pub fn set_time(&self, second: i64) {
        self.state().clock = second;
    }

    /// The user makes a record at this second.
    pub fn user_creates(&self, fields: Fields, second: i64) -> RecordId {
        let mut state = self.state();
        state.clock = second;
        state.create(&fields).id
    }

    /// Somebody changes a field at this second.
    pub fn user_edits(&self, id: &RecordId, field: Field, value: &str, second: i64) {
        let mut state = self.state();
        state.clock = second;
        state.change(id, |record| record.fields.set(field, value));
    }

    /// Somebody deletes a record.
    pub fn user_deletes(&self, id: &RecordId) {
        let mut state = self.state();
        state.records.remove(id);
        state.feed.push(id.clone());
    }

    /// Somebody assigns a record to somebody else, or back to the user.
    pub fn user_assigns(&self, id: &RecordId, owner: Owner) {
        self.state().change(id, |record| record.owner = owner);
    }

    /// From now on the user may only read.
    pub fn make_read_only(&self) {
        self.state().read_only = true;
    }

    /// The next so many writes fail this way.
    pub fn fail_writes(&self, strike: Strike, kind: ErrorKind) {
        self.state().strikes.push_back((strike, kind));
    }

    /// All records, by id.
    pub fn records(&self) -> Vec<Record> {
        self.state().records.values().cloned().collect()
    }

    /// How many records were written so far by the connector.
    pub fn writes(&self) -> u64 {
        self.state().writes
    }
}

impl State {
    fn now(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.clock).ok()
    }

    fn create(&mut self, fields: &Fields) -> Record {
        self.last_id += 1;
        let id = RecordId::new(format!("12x{:06}", self.last_id));
        let record = Record {
            id: id.clone(),
            owner: Owner::Me,
            fields: cut(fields.clone()),
            created: self.now(),
            modified: self.now(),
        };
        self.records.insert(id.clone(), record.clone());
        self.feed.push(id);
        record
    }

    fn change(&mut self, id: &RecordId, act: impl FnOnce(&mut Record)) {
        let now = self.now();
        if let Some(record) = self.records.get_mut(id) {
            act(record);
            record.fields = cut(record.fields.clone());
            record.modified = now;
            self.feed.push(id.clone());
        }
    }

    fn begin_write(&mut self) -> Result<Option<Failure>> {
        self.requests += 1;
        match self.strikes.pop_front() {
            Some((Strike::Before, kind)) => Err(Failure::new(kind, Code::ConnectionLost)),
            Some((Strike::After, kind)) => Ok(Some(Failure::new(kind, Code::ConnectionLost))),
            None => Ok(None),
        }
    }
}

fn cut(mut fields: Fields) -> Fields {
    let phone: String = fields
        .get(Field::Phone)
        .chars()
        .take(PHONE_LENGTH)
        .collect();
    fields.set(Field::Phone, phone);
    fields
}

/// What the CRM does not do without (facts: crm 3).
fn mandatory(component: Component) -> &'static [Field] {
    match component {
        Component::Contacts => &[Field::LastName],
        Component::Appointments => &[Field::Subject, Field::Start, Field::End],
        Component::Tasks => &[Field::Subject, Field::Start, Field::Due],
        Component::Emails => &[],
    }
}

/// Whether the last day of a record lies in the window.
fn is_in(component: Component, record: &Record, window: &Window) -> bool {
    let last = match component {
        Component::Appointments => Field::End,
        Component::Tasks => Field::Due,
        Component::Contacts | Component::Emails => return true,
    };
    let text = record.fields.get(last);
    let day = match text.parse::<Timestamp>() {
        Ok(moment) => Some(window.day_of(moment)),
        Err(_) => text.parse().ok(),
    };
    day.is_none_or(|day| day >= window.first)
}

fn gone() -> Failure {
    Failure::new(ErrorKind::Gone, Code::EntryGone)
}

impl MemoryCrm {
    fn created_since(&self, names: &[Field], fields: &Fields, since: Timestamp) -> Vec<Record> {
        let mut state = self.state();
        state.requests += 1;
        let called = |record: &&Record| {
            let mut names = names.iter();
            names.all(|field| record.fields.get(*field) == fields.get(*field))
        };
        let is_new = |record: &&Record| record.created.is_none_or(|created| created >= since);
        let all = state.records.values();
        all.filter(called).filter(is_new).cloned().collect()
    }
}

#[async_trait]
impl Crm for MemoryCrm {
    async fn sign_in(&self) -> Result<CrmAccount> {
        Ok(CrmAccount {
            user: UserId::new("19x5"),
            name: AccountName::new("anna"),
            fingerprint: Fingerprint::new("memory"),
            server: "memory".to_owned(),
            clock_offset: None,
            zone: None,
        })
    }

    async fn rights(&self, _: Component) -> Result<Rights> {
        let may = !self.state().read_only;
        Ok(Rights {
            read: true,
            create: may,
            update: may,
            delete: may,
        })
    }

    async fn changes(&self, _: Component, since: Option<&SyncToken>) -> Result<RecordChanges> {
        let mut state = self.state();
        state.requests += 1;
        let from: usize = since.map_or(0, |token| token.as_str().parse().unwrap_or(0));
        let end = (from + 100).min(state.feed.len());
        let mut changes = RecordChanges {
            seen: Vec::new(),
            gone: Vec::new(),
            next: SyncToken::new(end.to_string()),
            more: end < state.feed.len(),
        };
        for id in &state.feed[from.min(end)..end] {
            match state.records.get(id) {
                Some(record) if record.owner == Owner::Me => changes.seen.push(record.clone()),
                // As on real servers: a record that was assigned to somebody else is in neither list.
                Some(_) => {}
                None => changes.gone.push(id.clone()),
            }
        }
        Ok(changes)
    }

    async fn owned(
        &self,
        component: Component,
        window: Option<&Window>,
    ) -> Result<Vec<RecordHead>> {
        let mut state = self.state();
        state.requests += 1;
        Ok(state
            .records
            .values()
            .filter(|record| record.owner == Owner::Me)
            .filter(|record| window.is_none_or(|window| is_in(component, record, window)))
            .map(|record| RecordHead {
                id: record.id.clone(),
                modified: record.modified,
                organisation: Some(record.fields.get(Field::Organisation).to_owned()),
            })
            .collect())
    }

    async fn read(&self, _: Component, ids: &[RecordId]) -> Result<Vec<Result<Record>>> {
        let mut state = self.state();
        state.requests += 1;
        Ok(ids
            .iter()
            .map(|id| state.records.get(id).cloned().ok_or_else(gone))
            .collect())
    }

    async fn create(
        &self,
        component: Component,
        fields: &Fields,
        _more: &BTreeMap<String, String>,
    ) -> Result<Record> {
        let mut state = self.state();
        let lost = state.begin_write()?;
        let missing = mandatory(component)
            .iter()
            .find(|field| fields.get(**field).is_empty());
        if let Some(&field) = missing {
            let kind = ErrorKind::Refused { field: Some(field) };
            return Err(Failure::new(kind, Code::FieldMandatory).with("field", field.name()));
        }
        let record = state.create(fields);
        state.writes += 1;
        lost.map_or(Ok(record), Err)
    }

    async fn update(
        &self,
        _: Component,
        id: &RecordId,
        changes: &[Change],
        _: &Fields,
    ) -> Result<Record> {
        let mut state = self.state();
        let lost = state.begin_write()?;
        state.records.get(id).ok_or_else(gone)?;
        state.change(id, |record| {
            for change in changes {
                record.fields.set(change.field, change.after.clone());
            }
        });
        state.writes += 1;
        let record = state.records.get(id).cloned().ok_or_else(gone)?;
        lost.map_or(Ok(record), Err)
    }

    async fn delete(&self, _: Component, id: &RecordId) -> Result<()> {
        let mut state = self.state();
        let lost = state.begin_write()?;
        state.records.remove(id).ok_or_else(gone)?;
        state.feed.push(id.clone());
        state.writes += 1;
        lost.map_or(Ok(()), Err)
    }

    async fn find_created(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        Ok(self.created_since(Field::identity(component), fields, since))
    }

    async fn find_rescheduled(
        &self,
        _: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        let mut found = self.created_since(&[Field::Subject], fields, since);
        found.retain(|record| record.modified != record.created);
        Ok(found)
    }

    async fn find(&self, _: Component, sought: &Sought) -> Result<Vec<FoundRecord>> {
        let mut state = self.state();
        state.requests += 1;
        let is_sought = |record: &&Record| {
            let mut values = record.fields.iter().map(|(_, value)| value);
            record.id.as_str() == sought.text() || sought.is_in(&mut values)
        };
        let found = state.records.values().filter(is_sought);
        let found = found.cloned().map(|record| FoundRecord {
            record,
            other_type: None,
        });
        Ok(found.take(MOST_FOUND).collect())
    }

    fn parallel_writes(&self) -> usize {
        2
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        None
    }

    fn requests(&self) -> u64 {
        self.state().requests
    }
}
