//! Telling how far a run is, and stopping it between two steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::Component;

/// What a run is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Changes of the mailbox are read.
    ReadingMailbox,
    /// Changes of the CRM are read.
    ReadingCrm,
    /// It is decided what to do.
    Planning,
    /// Entries are written.
    Writing,
    /// Stamps are brought up to date.
    Finishing,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Over which component.
    pub component: Component,
    /// With what it is busy.
    pub phase: Phase,
    /// How many entries are done.
    pub done: u64,
    /// Of how many, once that is known.
    pub total: Option<u64>,
}

/// Is told how far a run is.
pub trait Watcher: Send + Sync {
    /// Called at every step; must return at once.
    fn progress(&self, progress: Progress);
}

/// A watcher that does not care.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Watcher for Silent {
    fn progress(&self, _: Progress) {}
}

/// Ends a run between two steps: what was begun is finished, nothing new is begun.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on nothing new is begun.
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Runs may begin again.
    pub fn clear(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Whether to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
