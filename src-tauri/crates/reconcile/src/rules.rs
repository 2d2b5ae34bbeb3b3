//! What a decision depends on besides the entries.

use model::policy::PrivateItems;
use model::{Component, Field, Fields, Rights, Strategy, Window};

use crate::Flips;

/// Whether the times of both servers can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clocks {
    /// They are at most five minutes apart.
    Together,
    /// They are not, so nobody can say which change was later.
    Apart,
}

/// What becomes of an entry whose other end is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Losses {
    /// As the conflict table says.
    #[default]
    Follow,
    /// It is put back: somebody said that the loss was not meant (R6.8).
    PutBack,
    /// Both sides stay as they are: somebody said so (R6.8).
    Leave,
}

/// The rules of one run over one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What is synced.
    pub component: Component,
    /// Who wins when both sides changed.
    pub strategy: Strategy,
    /// What the user may do in the CRM (R1.6).
    pub rights: Rights,
    /// Whether times can be compared.
    pub clocks: Clocks,
    /// By how many seconds the mailbox's clock is ahead of the one that the CRM's times are told in.
    pub mailbox_ahead: i64,
    /// The days that are synced.
    pub window: Window,
    /// What happens with private items (R3.8).
    pub private_items: PrivateItems,
    /// What the CRM calls an item it may not see into.
    pub busy: String,
    /// Fields that went to and fro too often.
    pub flips: Flips,
}

impl Rules {
    /// Contacts are never deleted in the CRM (R2.4, S7): an item that goes leaves its record where it is.
    pub fn records_outlive_items(&self) -> bool {
        self.component == Component::Contacts
    }

    /// Whether the CRM may not see what an item with these values is about.
    pub fn hides(&self, item: &Fields) -> bool {
        self.component == Component::Appointments
            && self.private_items != PrivateItems::Full
            && !item.get(Field::Private).is_empty()
    }

    /// The day of the run in the user's zone.
    pub fn today(&self) -> jiff::civil::Date {
        self.window.today
    }

    /// Whether an entry with these values lies in the days that are synced.
    pub fn covers(&self, values: &Fields) -> bool {
        mapping::days::lies_in(self.component, values, &self.window)
    }
}
