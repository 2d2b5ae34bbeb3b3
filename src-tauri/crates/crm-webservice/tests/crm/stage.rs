//! A sandbox, a clock that stands still, a waiter that only notes how long it should have waited.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use crm_webservice::{CrmOptions, WebserviceCrm};
use jiff::{SignedDuration, Timestamp};
use model::{AccountName, Change, Component, Field, Fields, Record, RecordId, Secret, SyncToken};
use ports::{Clock, Crm, RecordChanges, Result};
use sandbox::company::{Role, Sizes};
use sandbox::crm::Flavour;
use sandbox::{Options, Running};
use transport::Waiting;

pub const CONTACTS: Component = Component::Contacts;

/// Later than all made-up times of the sandbox.
const START: &str = "2026-11-22T10:00:00Z";

/// A clock that moves when told to.
pub struct Standing(Mutex<Timestamp>);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics while holding it")
    }
}

/// Notes pauses instead of waiting.
#[derive(Default)]
pub struct Pauses(Mutex<Vec<Duration>>);

#[async_trait]
impl Waiting for Pauses {
    async fn wait(&self, time: Duration) {
        self.0
            .lock()
            .expect("no test panics while holding it")
            .push(time);
    }
}

impl Pauses {
    pub fn all(&self) -> Vec<Duration> {
        self.0
            .lock()
            .expect("no test panics while holding it")
            .clone()
    }
}

/// Everything a test needs.
pub struct Stage {
    pub sandbox: Running,
    pub clock: Arc<Standing>,
    pub pauses: Arc<Pauses>,
}

pub fn start_time() -> Timestamp {
    START.parse().expect("a time")
}

pub fn standing_clock() -> Arc<Standing> {
    Arc::new(Standing(Mutex::new(start_time())))
}

impl Stage {
    /// An 8.4 with so many contacts of the first user.
    pub async fn with(contacts: usize) -> Self {
        Self::of(Flavour::Eight, contacts).await
    }

    /// A CRM of this version with so many contacts of the first user.
    pub async fn of(flavour: Flavour, contacts: usize) -> Self {
        let sizes = Sizes {
            mailbox_contacts: 0,
            crm_contacts: contacts,
            shared_contacts: 0,
        };
        Self::start(Options {
            crm_flavour: flavour,
            sizes,
            ..Options::default()
        })
        .await
    }

    pub async fn start(options: Options) -> Self {
        let options = Options {
            clock: Some(start_time()),
            ..options
        };
        Self {
            sandbox: sandbox::start(options).await.expect("free ports"),
            clock: standing_clock(),
            pauses: Arc::default(),
        }
    }

    /// The client of the first user.
    pub fn crm(&self) -> WebserviceCrm {
        self.crm_as(Role::Full, |_| {})
    }

    /// The client of another user or with other options.
    pub fn crm_as(&self, role: Role, change: impl FnOnce(&mut CrmOptions)) -> WebserviceCrm {
        let user = self.user(role);
        let key = Secret::new(&user.access_key);
        let mut options = CrmOptions::new(&self.sandbox.crm_url, AccountName::new(&user.name), key);
        options.clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        options.waiting = Arc::clone(&self.pauses) as Arc<dyn Waiting>;
        change(&mut options);
        WebserviceCrm::new(options).expect("a loopback address")
    }

    pub fn user(&self, role: Role) -> sandbox::company::User {
        let mut users = self.sandbox.users.iter();
        users
            .find(|user| user.role == role)
            .expect("every role is there")
            .clone()
    }

    /// The name of the user with this role.
    pub fn name(&self, role: Role) -> String {
        self.user(role).name
    }

    /// Both clocks go on.
    pub fn advance(&self, seconds: i64) {
        let by = SignedDuration::from_secs(seconds);
        self.sandbox.ground.clock.advance(by);
        let mut now = self
            .clock
            .0
            .lock()
            .expect("no test panics while holding it");
        *now += by;
    }

    pub fn fault(&self, spec: &str) {
        let fault = spec.parse().expect("a fault");
        self.sandbox.ground.faults.add(fault);
    }

    pub fn no_faults(&self) {
        self.sandbox.ground.faults.clear();
    }

    /// A contact of the first user, made in the CRM's own pages.
    pub fn contact(&self, fields: &[(&str, &str)]) -> RecordId {
        self.record_of(Role::Full, "Contacts", fields)
    }

    /// A record of this user.
    pub fn record_of(&self, role: Role, module: &str, fields: &[(&str, &str)]) -> RecordId {
        let made = self.sandbox.crm.create(&self.name(role), module, fields);
        let made = made.expect("allowed");
        RecordId::new(made["id"].as_str().expect("an id"))
    }

    pub fn edit(&self, id: &RecordId, fields: &[(&str, &str)]) {
        let anna = self.name(Role::Full);
        self.sandbox
            .crm
            .edit(&anna, id.as_str(), fields)
            .expect("allowed");
    }

    pub fn value(&self, id: &RecordId, field: &str) -> String {
        let record = self.sandbox.crm.record(id.as_str()).expect("it is there");
        record[field].as_str().unwrap_or_default().to_owned()
    }

    /// The ids of the first user's living contacts.
    pub fn own_ids(&self) -> Vec<String> {
        let anna = self
            .sandbox
            .crm
            .owner_named(&self.name(Role::Full))
            .expect("a user");
        let records = self.sandbox.crm.records("Contacts");
        records
            .iter()
            .filter(|record| record["assigned_user_id"] == anna.as_str())
            .map(|record| record["id"].as_str().expect("an id").to_owned())
            .collect()
    }

    /// How many requests this operation had so far.
    pub fn requests(&self, operation: &str) -> u64 {
        self.sandbox.crm.journal().requests(operation)
    }

    /// How many requests the action sends.
    pub async fn count<T>(&self, action: impl Future<Output = T>) -> (T, u64) {
        let before = self.sandbox.crm.journal().all_requests();
        let result = action.await;
        (result, self.sandbox.crm.journal().all_requests() - before)
    }
}

/// What reading changes to the end brought.
#[derive(Default)]
pub struct Brought {
    pub seen: Vec<Record>,
    pub gone: Vec<RecordId>,
    pub pages: usize,
}

impl Brought {
    pub fn ids(&self) -> Vec<String> {
        self.seen
            .iter()
            .map(|record| record.id.as_str().to_owned())
            .collect()
    }
}

/// Reads page after page of contacts to the end.
pub async fn read_all(crm: &WebserviceCrm, since: Option<&SyncToken>) -> (Brought, SyncToken) {
    read_all_of(CONTACTS, crm, since).await
}

/// Reads page after page to the end.
pub async fn read_all_of(
    component: Component,
    crm: &WebserviceCrm,
    since: Option<&SyncToken>,
) -> (Brought, SyncToken) {
    let mut brought = Brought::default();
    let mut token = since.cloned();
    loop {
        let page = crm
            .changes(component, token.as_ref())
            .await
            .expect("a page");
        brought.add(&page);
        assert!(brought.pages < 1000, "it has no end");
        token = Some(page.next);
        if !page.more {
            return (brought, token.expect("just set"));
        }
    }
}

impl Brought {
    pub fn add(&mut self, page: &RecordChanges) {
        self.seen.extend(page.seen.iter().cloned());
        self.gone.extend(page.gone.iter().cloned());
        self.pages += 1;
    }
}

/// Nothing beyond our fields.
pub const NO_MORE: &BTreeMap<String, String> = &BTreeMap::new();

/// A change of a field that held something else.
pub fn change(field: Field, after: &str) -> Change {
    Change {
        field,
        before: "as it was".to_owned(),
        after: after.to_owned(),
    }
}

/// Writing contacts, of which the CRM wants nothing but what changes.
pub trait Contacts {
    async fn create_contact(&self, fields: &Fields) -> Result<Record>;
    async fn update_contact(&self, id: &RecordId, changes: &[Change]) -> Result<Record>;
}

impl Contacts for WebserviceCrm {
    async fn create_contact(&self, fields: &Fields) -> Result<Record> {
        self.create(CONTACTS, fields, NO_MORE).await
    }

    async fn update_contact(&self, id: &RecordId, changes: &[Change]) -> Result<Record> {
        let held = changes
            .iter()
            .map(|change| (change.field, change.before.clone()));
        self.update(CONTACTS, id, changes, &held.collect()).await
    }
}

pub fn person(first: &str, last: &str) -> Fields {
    Fields::new()
        .with(Field::FirstName, first)
        .with(Field::LastName, last)
}

/// Both versions of the CRM, and 8.4 without `sync`.
pub async fn all_kinds(contacts: usize) -> Vec<Stage> {
    let without_sync = Stage::with(contacts).await;
    without_sync.fault("crm:no-sync");
    vec![
        Stage::with(contacts).await,
        Stage::of(Flavour::Five, contacts).await,
        without_sync,
    ]
}

impl Stage {
    pub fn clock_time(&self) -> Timestamp {
        self.clock.now()
    }
}
