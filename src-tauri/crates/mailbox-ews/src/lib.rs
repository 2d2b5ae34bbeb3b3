//! The mailbox port over Exchange Web Services: the user's own mailbox on Exchange 2013 and later, and on servers that speak the same
//! language. What is done with items is decided elsewhere; no rule of the product lives here, and nothing is kept on disk.

pub mod autodiscover;
mod client;
mod convert;
mod error;
#[cfg(any(test, feature = "hostile"))]
pub mod hostile;
mod mailbox;
mod options;
mod sign_in;
mod throttle;
pub mod wire;

pub use mailbox::EwsMailbox;
pub use options::{EwsOptions, Patience, UserZone};
pub use sign_in::{Credentials, SignInMethod};
pub use transport::Timing;
