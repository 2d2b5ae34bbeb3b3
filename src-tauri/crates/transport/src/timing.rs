//! Time as an adapter sees it.

use std::fmt;
use std::sync::Arc;

use ports::{Clock, SystemClock};

use crate::{TokioWaiting, Waiting};

/// The clock and the way to wait, both ours in tests.
#[derive(Clone)]
pub struct Timing {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Lets time pass.
    pub waiting: Arc<dyn Waiting>,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            waiting: Arc::new(TokioWaiting),
        }
    }
}

impl fmt::Debug for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timing")
    }
}
