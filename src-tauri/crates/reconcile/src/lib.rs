//! Decides what a sync does: pairs what was observed, then says for each pair what is to be written and what is agreed.
//! Everything here is a pure function of its arguments: it never waits, reads no clock and draws no ids. Doing it is the engine's.

pub mod agree;
pub mod brake;
pub mod decide;
pub mod flips;
pub mod merge;
pub mod pair;
pub mod rules;
pub mod unit;

pub use decide::{Decision, LinkFate, decide};
pub use flips::Flips;
pub use pair::{Held, Pairing, pair};
pub use rules::{Clocks, Losses, Rules};
pub use unit::{ItemSide, Known, RecordSide, Unit};
