//! The doors of the engine: mailbox, CRM, state store, clock; and the kinds of failure that change what we do.
//! No implementation for real use lives here; `memory` has small ones for tests.

pub mod clock;
#[cfg(feature = "contract")]
pub mod contract;
pub mod crm;
pub mod failure;
pub mod large;
pub mod mail_state;
pub mod mailbox;
pub mod mails;
#[cfg(feature = "memory")]
pub mod memory;
pub mod store;

pub use clock::{Clock, SystemClock};
pub use crm::{Crm, CrmAccount, FoundRecord, RecordChanges, Rights};
pub use failure::{ErrorKind, Failure, Result};
pub use large::returned_when_freed;
pub use mail_state::{
    BegunLead, Home, HomeRule, ImportChange, ImportState, MailCursor, MailImport, MailPage,
    MailState, MailTrace, Way,
};
pub use mailbox::{
    FolderPlace, FoundItem, ItemChanges, ItemWrite, Mailbox, MailboxAccount, Note, Notify,
    WrittenItem,
};
pub use mails::{
    AddressOwner, Addressee, CrmMails, FetchedMail, FolderRole, MadeMail, MailAbilities,
    MailChanges, MailFile, MailFolder, MailHead, MailKey, MailMove, MailMoves, Mails, NewLead,
    NewMail, OwnLead,
};
pub use store::{
    Cursor, HistoryFilter, JournalEntry, LinkChange, LinkFilter, Outcome, Refusal, StateStore,
};
