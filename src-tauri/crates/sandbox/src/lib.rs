//! A fake Exchange and a fake CRM with made-up data, for tests and the demo. Both listen on loopback only, keep their state in
//! memory and, if asked, in one file. Deliberately without any of the product's own wire code: a misreading shared by both sides
//! would pass every test.

pub mod clock;
pub mod company;
pub mod control;
pub mod crm;
pub mod exchange;
pub mod faults;
pub mod http;
pub mod options;
pub mod running;
pub mod state;
pub mod zones;

pub use options::Options;
pub use running::{Running, start};

use std::sync::Arc;

/// What both halves stand on: made once at the start and shared. A half is made from it, from its mode, and from its part of the
/// state file if there is one; it is an [`http::Service`] and a [`state::Kept`].
pub struct Ground {
    /// The made-up company, loaded by a half that has no saved state.
    pub company: company::Company,
    /// The faults on order.
    pub faults: Arc<faults::Faults>,
    /// The clock.
    pub clock: Arc<clock::Clock>,
}
