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
pub use transport::Timing;
