//! A mailbox, a CRM and a store in memory with an engine between them, so that tests read as stories.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use engine::{Doors, Engine, Plan, Ran, Setup, Silent, Stop};
use jiff::Timestamp;
use model::{Component, Field, Fields, Fingerprint, Item, Policy, Record, RecordId, Strategy};
use ports::memory::MemoryStore;
use ports::memory::crm::MemoryCrm;
use ports::memory::mailbox::MemoryMailbox;
use ports::{Clock, LinkFilter, StateStore};
use reconcile::Clocks;

/// The component all stories are about.
pub const C: Component = Component::Contacts;

/// A clock that stands where it was put.
#[derive(Default)]
pub struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("tests stay in range")
    }
}

/// Both sides and what is between them.
pub struct World {
    pub mailbox: Arc<MemoryMailbox>,
    pub crm: Arc<MemoryCrm>,
    pub store: Arc<MemoryStore>,
    pub clock: Arc<SetClock>,
    pub policy: Policy,
}

impl World {
    pub fn new() -> Self {
        Self {
            mailbox: Arc::new(MemoryMailbox::new()),
            crm: Arc::new(MemoryCrm::new()),
            store: Arc::new(MemoryStore::new()),
            clock: Arc::new(SetClock::default()),
            policy: Policy::default(),
        }
    }

    pub fn with_strategy(strategy: Strategy) -> Self {
        let mut world = Self::new();
        world.policy.conflict_strategy = strategy;
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
        let doors = Doors {
            mailbox: self.mailbox.clone(),
            crm: self.crm.clone(),
            store: self.store.clone(),
            clock: self.clock.clone(),
        };
        let setup = Setup {
            policy: self.policy.clone(),
            crm: Fingerprint::new("memory"),
            clocks: Clocks::Together,
            mailbox_ahead: 0,
        };
        Engine::new(doors, setup, Arc::new(Silent), Stop::default())
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
            .start_run(&[C], self.clock.now())
            .await
            .expect("memory does not fail");
        self.engine().sync(run, C).await
    }

    pub async fn preview(&self) -> Plan {
        self.engine()
            .preview(C)
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
            .link_count(C)
            .await
            .expect("memory does not fail")
    }

    pub async fn unstamped(&self) -> usize {
        self.store
            .links(C, LinkFilter::Unstamped)
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
