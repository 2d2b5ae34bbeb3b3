//! What every implementation of a port must do, as suites that its tests run. How an implementation does it is its own affair
//! and tested beside it.

pub mod state_store;
