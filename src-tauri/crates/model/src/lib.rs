//! The words of the product as types: items, records, links, fields, ids, stamps, operations, policy.
//! No I/O, no clock, no randomness: times and ids are made elsewhere and passed in.

pub mod choice;
pub mod component;
pub mod field;
pub mod history;
pub mod ids;
pub mod item;
pub mod link;
pub mod mail;
pub mod observation;
pub mod operation;
pub mod policy;
pub mod problem;
pub mod record;
pub mod secret;
pub mod series;
pub mod sought;
pub mod stamp;
pub mod window;

pub use choice::{Choice, Pick, Picked, Survivor};
pub use component::{Component, Side};
pub use field::{Change, Direction, Field, Fields};
pub use ids::{
    AccountName, ChangeKey, DeviceId, Fingerprint, FolderId, ItemId, LinkId, OperationId, RecordId,
    RunId, SyncToken, UserId,
};
pub use item::{HeadKind, Item, ItemHead, Organiser, SeriesHead};
pub use link::{Base, Link, LinkState, Stamping};
pub use mail::{DropFolder, MailModule};
pub use observation::{Observation, RemoteId};
pub use operation::Operation;
pub use policy::{Policy, Strategy};
pub use problem::{Code, Problem};
pub use record::{Owner, Record, RecordHead, Rights};
pub use secret::Secret;
pub use sought::Sought;
pub use stamp::{Revision, Stamp};
pub use window::Window;
