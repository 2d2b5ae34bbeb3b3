//! A mailbox, a CRM and a store in memory with an engine between them, so that tests read as stories.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use engine::{Doors, Engine, Owner, Phase, Plan, Progress, Ran, Setup, Silent, Stop, Watcher};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::{
    AccountName, Code, Component, DeviceId, Field, Fields, Fingerprint, Item, ItemId, Policy,
    Problem, Record, RecordId, RemoteId, Strategy,
};
use ports::memory::MemoryStore;
use ports::memory::crm::MemoryCrm;
use ports::memory::mailbox::MemoryMailbox;
use ports::{Clock, LinkFilter, Outcome, Refusal, StateStore};

/// The component most stories are about.
pub const C: Component = Component::Contacts;

/// A clock that stands where it was put.
#[derive(Default)]
pub struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("tests stay in range")
    }
}

/// A user who quits while the first writes are on their way.
struct QuitsAfterWriting(Stop);

impl Watcher for QuitsAfterWriting {
    fn progress(&self, progress: Progress) {
        if progress.phase == Phase::Writing && progress.done > 0 {
            self.0.set();
        }
    }
}

/// What somebody does when the first writes are about to be sent.
type Act = Box<dyn FnOnce() + Send>;

struct ActsBeforeWriting(Mutex<Option<Act>>);

impl Watcher for ActsBeforeWriting {
    fn progress(&self, progress: Progress) {
        if progress.phase != Phase::Writing || progress.done > 0 {
            return;
        }
        if let Some(act) = self.0.lock().expect("no holder of it panics").take() {
            act();
        }
    }
}

/// Both sides and what is between them.
pub struct World {
    pub mailbox: Arc<MemoryMailbox>,
    pub crm: Arc<MemoryCrm>,
    pub store: Arc<MemoryStore>,
    pub clock: Arc<SetClock>,
    pub policy: Policy,
    /// What this story is about.
    pub component: Component,
    /// How many past days are synced.
    pub past_days: u32,
}

impl World {
    pub fn new() -> Self {
        Self {
            mailbox: Arc::new(MemoryMailbox::new()),
            crm: Arc::new(MemoryCrm::new()),
            store: Arc::new(MemoryStore::new()),
            clock: Arc::new(SetClock::default()),
            policy: Policy::default(),
            component: C,
            past_days: 7,
        }
    }

    pub fn with_strategy(strategy: Strategy) -> Self {
        let mut world = Self::new();
        world.policy.conflict_strategy = strategy;
        world
    }

    /// A world of appointments or tasks, which begins at noon of 26 November 2026.
    pub fn of(component: Component) -> Self {
        let mut world = Self::new();
        world.component = component;
        let noon: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a moment");
        world.seconds_pass(noon.as_second());
        world
    }

    pub fn minutes_pass(&self, minutes: i64) {
        self.seconds_pass(minutes * 60);
    }

    /// Time passes for everybody; the answer is the second it is then.
    pub fn seconds_pass(&self, seconds: i64) -> i64 {
        let now = self.clock.0.fetch_add(seconds, Ordering::SeqCst) + seconds;
        self.crm.set_time(now);
        now
    }

    pub fn engine(&self) -> Engine {
        self.engine_with(Arc::new(Silent), Stop::default())
    }

    /// A run that is ended as soon as its first writes were sent: it does not look at what became of them.
    pub async fn write_and_quit(&self) {
        let stop = Stop::default();
        let engine = self.engine_with(Arc::new(QuitsAfterWriting(stop.clone())), stop);
        let components = [self.component];
        let run = self.store.start_run(&components, self.clock.now());
        let run = run.await.expect("memory does not fail");
        engine.sync(run, self.component).await;
    }

    /// A run in which something happens between its plan and its first write.
    pub async fn sync_while(&self, act: impl FnOnce() + Send + 'static) -> Ran {
        let watcher = ActsBeforeWriting(Mutex::new(Some(Box::new(act))));
        let engine = self.engine_with(Arc::new(watcher), Stop::default());
        let components = [self.component];
        let run = self.store.start_run(&components, self.clock.now());
        let run = run.await.expect("memory does not fail");
        engine.sync(run, self.component).await
    }

    /// Somebody edits a record while the next items are on their way, which takes four seconds.
    pub fn edit_record_while_writing(&self, id: &RecordId, field: Field, value: &'static str) {
        let (crm, clock, id) = (self.crm.clone(), self.clock.clone(), id.clone());
        self.mailbox.while_writing(move || {
            let now = clock.0.fetch_add(4, Ordering::SeqCst) + 4;
            crm.user_edits(&id, field, value, now);
        });
    }

    /// An item could not be read, and is to be tried again after so many hours.
    pub async fn could_not_read(&self, id: &ItemId, hours: i64) {
        let outcome = Outcome {
            refused: vec![Refusal {
                entry: RemoteId::Mailbox(id.clone()),
                title: String::new(),
                problem: Problem::new(Code::AnswerMalformed),
                since: self.clock.now(),
                attempts: 1,
                retry_at: self.clock.now() + SignedDuration::from_hours(hours),
                content: String::new(),
            }],
            ..Outcome::default()
        };
        let kept = self.store.commit(self.component, &outcome).await;
        kept.expect("memory does not fail");
    }

    pub async fn refusals(&self) -> Vec<Refusal> {
        let refusals = self.store.refusals(self.component).await;
        refusals.expect("memory does not fail")
    }

    fn engine_with(&self, watcher: Arc<dyn Watcher>, stop: Stop) -> Engine {
        let doors = Doors {
            mailbox: self.mailbox.clone(),
            crm: self.crm.clone(),
            store: self.store.clone(),
            clock: self.clock.clone(),
        };
        let setup = Setup {
            policy: self.policy.clone(),
            owner: Owner {
                crm: Fingerprint::new("memory"),
                user: AccountName::new("anna"),
                device: DeviceId::new("desk"),
                computer: "desk".to_owned(),
            },
            zone: TimeZone::UTC,
            past_days: self.past_days,
            busy: "Busy".to_owned(),
        };
        Engine::new(doors, setup, watcher, stop)
    }

    /// The item of a contact that is on both sides.
    pub async fn synced(&self, name: &str) -> ItemId {
        let item = self.mailbox.user_creates(contact(name), 10);
        self.sync().await;
        item
    }

    /// One run that must not fail.
    pub async fn sync(&self) -> Ran {
        let ran = self.try_sync().await;
        assert!(ran.failure.is_none(), "{:?}", ran.failure);
        ran
    }

    /// One run, however it ends.
    pub async fn try_sync(&self) -> Ran {
        let run = self
            .store
            .start_run(&[self.component], self.clock.now())
            .await
            .expect("memory does not fail");
        self.engine().sync(run, self.component).await
    }

    pub async fn preview(&self) -> Plan {
        self.engine()
            .preview(self.component)
            .await
            .expect("memory does not fail")
    }

    /// A second run right after must write nothing (S2).
    pub async fn assert_settled(&self) {
        let before = (self.mailbox.writes(), self.crm.writes());
        let ran = self.sync().await;
        assert!(!ran.tally.wrote(), "{:?}", ran.tally);
        assert_eq!(before, (self.mailbox.writes(), self.crm.writes()));
    }

    pub async fn links(&self) -> u64 {
        self.store
            .link_count(self.component)
            .await
            .expect("memory does not fail")
    }

    pub async fn unstamped(&self) -> usize {
        self.store
            .links(self.component, LinkFilter::Unstamped)
            .await
            .expect("memory does not fail")
            .len()
    }

    pub fn item(&self, last_name: &str) -> Item {
        self.mailbox
            .items()
            .into_iter()
            .find(|item| item.fields.get(Field::LastName) == last_name)
            .expect("the story has this item")
    }

    pub fn record(&self, last_name: &str) -> Record {
        self.crm
            .records()
            .into_iter()
            .find(|record| record.fields.get(Field::LastName) == last_name)
            .expect("the story has this record")
    }

    pub fn record_by_id(&self, id: &RecordId) -> Record {
        self.crm
            .records()
            .into_iter()
            .find(|record| record.id == *id)
            .expect("the story has this record")
    }
}

pub fn contact(last_name: &str) -> Fields {
    Fields::new().with(Field::LastName, last_name).with(
        Field::Email,
        format!("{}@x.example", last_name.to_lowercase()),
    )
}
