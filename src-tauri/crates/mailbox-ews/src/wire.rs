//! Exchange Web Services as text: what is asked is written in the order the schema demands, what is answered is read in any order.
//! No I/O, and none of the product's rules: `convert` turns these types into items.

pub mod calendar;
pub mod change;
pub mod cut;
pub mod envelope;
pub mod events;
pub mod fault;
pub mod folder;
pub mod item;
pub mod leaf;
pub mod mail;
pub mod meeting;
pub mod note;
pub mod pox;
pub mod property;
pub mod query;
pub mod stream;
pub mod sync;
pub mod tree;
pub mod writer;

pub use envelope::{Message, Operation, Reply, Trouble, Version};
pub use fault::{Complaint, ResponseCode};
pub use item::{Item, Kind};
pub use tree::{Element, Unreadable};
