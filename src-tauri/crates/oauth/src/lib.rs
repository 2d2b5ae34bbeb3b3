//! Signing in by OAuth (R7.2): authorization code with PKCE in the system's browser, the answer on loopback (RFC 8252), tokens and their
//! renewal. Which server is signed in to with a token, who keeps the refresh token, and what the user reads are decided elsewhere; a
//! token is in no log, no error and no `Debug` output.

mod attempt;
mod browser;
mod discovery;
mod identity;
mod loopback;
mod page;
mod provider;
mod refusal;
mod registration;
mod tokens;

pub use attempt::{Attempt, Finished, Wish};
pub use browser::{Browser, SystemBrowser};
pub use identity::Identity;
pub use loopback::LastPage;
pub use page::{Page, Pages};
pub use provider::{Granted, Provider};
pub use registration::{Authority, Registration, mailbox_server};
pub use tokens::{RefreshTokens, Tokens};

use std::fmt;
use std::sync::Arc;

use ports::{Clock, SystemClock};
use transport::{TokioWaiting, Waiting};

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
