//! Where mails are dropped, and which records they are referenced to (R1.3, R5.1).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A module of the CRM whose records have addresses. In the order in which the root folder's mails are looked up (R5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // as the CRM calls them
pub enum MailModule {
    Leads,
    Contacts,
    Accounts,
    Partner,
}

impl MailModule {
    /// All, in the order they are looked up.
    pub const ALL: [MailModule; 4] = [
        MailModule::Leads,
        MailModule::Contacts,
        MailModule::Accounts,
        MailModule::Partner,
    ];

    /// As the CRM and the folder are called.
    pub fn name(self) -> &'static str {
        match self {
            MailModule::Leads => "Leads",
            MailModule::Contacts => "Contacts",
            MailModule::Accounts => "Accounts",
            MailModule::Partner => "Partner",
        }
    }
}

impl fmt::Display for MailModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A folder into which the user drops mails: `CRM-Sync` below the mailbox's root, or one of those in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DropFolder {
    /// `CRM-Sync` itself: all modules are searched.
    Root,
    /// One of its children: only this module is.
    Of(MailModule),
}

impl DropFolder {
    /// All five, the root first.
    pub const ALL: [DropFolder; 5] = [
        DropFolder::Root,
        DropFolder::Of(MailModule::Accounts),
        DropFolder::Of(MailModule::Contacts),
        DropFolder::Of(MailModule::Leads),
        DropFolder::Of(MailModule::Partner),
    ];

    /// Which modules are searched, in this order.
    pub fn modules(self) -> &'static [MailModule] {
        match self {
            DropFolder::Root => &MailModule::ALL,
            DropFolder::Of(MailModule::Leads) => &[MailModule::Leads],
            DropFolder::Of(MailModule::Contacts) => &[MailModule::Contacts],
            DropFolder::Of(MailModule::Accounts) => &[MailModule::Accounts],
            DropFolder::Of(MailModule::Partner) => &[MailModule::Partner],
        }
    }
}
