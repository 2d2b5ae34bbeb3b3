//! Random stories through the whole product: users at work on both sides, servers that fail in between, and after each calm a look at
//! everything. A small ledger knows what must have become of each entry; the promises S1 to S10 are checked against it.

pub mod acts;
pub mod found;
pub mod ledger;
pub mod round;
pub mod story;
pub mod trade;

pub use acts::Act;
pub use found::Setting;
pub use round::{ROUND, tell};
pub use story::{Story, Told};
