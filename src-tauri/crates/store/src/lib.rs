//! The state of one profile in one SQLite file: WAL, `synchronous=FULL`, one writer, one module per table. What the state
//! means is `ports::StateStore`'s; deciding is the engine's; that only one process works on a profile is `config`'s.

mod cursors;
mod encoding;
mod entries;
mod error;
mod facts;
mod file;
mod history;
mod journal;
mod links;
mod mails;
mod migrations;
mod observations;
mod refusals;
mod runs;
mod series;
mod sqlite_store;

pub use error::StoreError;
pub use sqlite_store::SqliteStore;
