//! Between the CRM's fields and ours. The CRM's names end here.

pub mod fields;
pub mod mail;
pub mod pick_list;
pub mod schedule;
pub mod stock;
pub mod stored;
pub mod times;
pub mod values;

pub use fields::{Kind, Mapping};
pub use times::{ServerTime, Zone};
