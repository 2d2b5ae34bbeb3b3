//! A clock that stands still until somebody waits by it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mailbox_ews::Timing;
use ports::Clock;
use transport::Waiting;

/// Clock and waiting in one.
pub struct HandClock {
    now: Mutex<Timestamp>,
    waits: Mutex<Vec<Duration>>,
}

impl HandClock {
    /// A clock that stands at noon.
    pub fn new() -> Arc<Self> {
        let noon = "2026-11-22T12:00:00Z".parse().expect("a time");
        Arc::new(Self {
            now: Mutex::new(noon),
            waits: Mutex::default(),
        })
    }

    /// What a mailbox needs of it.
    pub fn timing(self: &Arc<Self>) -> Timing {
        Timing {
            clock: self.clone(),
            waiting: self.clone(),
        }
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        let time = SignedDuration::try_from(time).expect("a test's waits are short");
        let mut now = self.now.lock().expect("nobody panics while holding it");
        *now = now.checked_add(time).expect("a test's waits are short");
    }

    /// How long somebody waited, each time.
    pub fn waits(&self) -> Vec<Duration> {
        self.waits
            .lock()
            .expect("nobody panics while holding it")
            .clone()
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("nobody panics while holding it")
    }
}

#[async_trait]
impl Waiting for HandClock {
    async fn wait(&self, time: Duration) {
        self.waits
            .lock()
            .expect("nobody panics while holding it")
            .push(time);
        self.pass(time);
    }
}
