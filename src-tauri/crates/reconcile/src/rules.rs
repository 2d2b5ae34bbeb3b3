//! What a decision depends on besides the entries.

use model::{Component, Rights, Strategy};

/// Whether the times of both servers can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clocks {
    /// They are at most five minutes apart.
    Together,
    /// They are not, so nobody can say which change was later.
    Apart,
}

/// The rules of one run over one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Rules {
    /// Contacts are never deleted in the CRM (R2.4, S7): an item that goes leaves its record where it is.
    pub fn records_outlive_items(&self) -> bool {
        self.component == Component::Contacts
    }
}
