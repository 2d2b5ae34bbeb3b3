//! How many requests were sent: the budgets of DESIGN 7 are counted, not guessed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter that several clients may share.
#[derive(Debug, Clone, Default)]
pub struct RequestCount(Arc<AtomicU64>);

impl RequestCount {
    /// So far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
