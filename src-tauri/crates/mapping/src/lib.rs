//! Field rules between a mailbox item and a CRM record: names, text, natural keys. No I/O, no clock.
//!
//! Both sides are brought into one common form (`common`), which is what is compared, hashed and kept as the base. The way back to
//! the mailbox (`item`) starts from the item as it is, so that what does not change is not written.

pub mod common;
#[cfg(feature = "corpus")]
pub mod corpus;
pub mod days;
#[cfg(any(test, feature = "hostile"))]
pub mod hostile;
pub mod item;
pub mod key;
pub mod names;
pub mod series;
pub mod text;
pub mod title;
pub mod zones;

pub use common::{equal, from_item, from_record};
pub use item::{new_item, set_on_item};
pub use key::NaturalKey;
pub use title::title;
