//! What is synced, and the two sides it is synced between.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of the four kinds of data (R1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Imported one way from the mailbox.
    Emails,
    /// Address book entries, both ways.
    Contacts,
    /// Calendar entries, both ways.
    Appointments,
    /// To-dos, both ways.
    Tasks,
}

impl Component {
    /// All four, in the order they are shown.
    pub const ALL: [Component; 4] = [
        Component::Emails,
        Component::Contacts,
        Component::Appointments,
        Component::Tasks,
    ];

    /// The name used in the policy, the state file and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Component::Emails => "emails",
            Component::Contacts => "contacts",
            Component::Appointments => "appointments",
            Component::Tasks => "tasks",
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is none of emails, contacts, appointments, tasks")]
pub struct UnknownComponent(pub String);

impl FromStr for Component {
    type Err = UnknownComponent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Component::ALL
            .into_iter()
            .find(|component| component.name() == text)
            .ok_or_else(|| UnknownComponent(text.to_owned()))
    }
}

/// Where an entry lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The user's own Exchange account; its entries are items.
    Mailbox,
    /// The customer relationship system; its entries are records.
    Crm,
}

impl Side {
    /// The name used in the state file and in output.
    pub fn name(self) -> &'static str {
        match self {
            Side::Mailbox => "mailbox",
            Side::Crm => "crm",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
