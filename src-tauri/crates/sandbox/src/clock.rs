//! The clock both halves go by: the machine's own, or one that stands still until a test moves it. Each side can be set apart by
//! some seconds, as servers in different houses are.
//! Deliberately not here: waiting. A slow answer is a fault, not a matter of the clock.

use crate::faults::Side;
use jiff::{SignedDuration, Timestamp};
use std::sync::Mutex;

/// The clock, shared by both halves and the control door.
#[derive(Debug, Default)]
pub struct Clock(Mutex<Hands>);

#[derive(Debug, Default)]
struct Hands {
    /// Where the clock stands, if it does not run with the machine.
    standing: Option<Timestamp>,
    exchange: SignedDuration,
    crm: SignedDuration,
}

impl Clock {
    /// The time as this side sees it.
    pub fn now(&self, side: Side) -> Timestamp {
        let hands = self.0.lock().expect("nobody panics while holding it");
        let base = hands.standing.unwrap_or_else(Timestamp::now);
        let apart = match side {
            Side::Exchange => hands.exchange,
            Side::Crm => hands.crm,
        };
        base.saturating_add(apart)
            .expect("a time span of seconds never fails to saturate")
    }

    /// The time of this side in whole seconds since 1970.
    pub fn seconds(&self, side: Side) -> i64 {
        self.now(side).as_second()
    }

    /// From now on the clock stands here until it is moved.
    pub fn set(&self, time: Timestamp) {
        self.0
            .lock()
            .expect("nobody panics while holding it")
            .standing = Some(time);
    }

    /// Moves the clock; one that ran with the machine stands from now on.
    pub fn advance(&self, by: SignedDuration) {
        let mut hands = self.0.lock().expect("nobody panics while holding it");
        let from = hands.standing.unwrap_or_else(Timestamp::now);
        hands.standing = Some(
            from.saturating_add(by)
                .expect("a time span of seconds never fails to saturate"),
        );
    }

    /// The clock runs with the machine again.
    pub fn release(&self) {
        self.0
            .lock()
            .expect("nobody panics while holding it")
            .standing = None;
    }

    /// Sets one side apart from the machine's time.
    pub fn set_apart(&self, side: Side, by: SignedDuration) {
        let mut hands = self.0.lock().expect("nobody panics while holding it");
        match side {
            Side::Exchange => hands.exchange = by,
            Side::Crm => hands.crm = by,
        }
    }
}
