//! Between the CRM's fields and ours. The CRM's names end here.

pub mod fields;
pub mod stored;
pub mod times;

pub use fields::{Kind, Mapping};
pub use times::{ServerTime, Zone};
