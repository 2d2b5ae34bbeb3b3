//! A fake Exchange and a fake CRM with made-up data, for tests and the demo. Both listen on loopback only, keep their state in
//! memory and, if asked, in one file. Deliberately without any of the product's own wire code: a misreading shared by both sides
//! would pass every test.

pub mod clock;
pub mod company;
pub mod faults;
pub mod http;
pub mod state;

use std::sync::Arc;

/// What both halves stand on: made once at the start and shared.
pub struct Ground {
    /// The made-up company, loaded by a half that has no saved state.
    pub company: company::Company,
    /// The faults on order.
    pub faults: Arc<faults::Faults>,
    /// The clock.
    pub clock: Arc<clock::Clock>,
}
