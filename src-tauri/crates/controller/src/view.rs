//! What the window and the tray are told: plain values, made into TypeScript by `cargo xtask bindings`. Times are Unix milliseconds;
//! sentences are made from codes by whoever shows them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::history;
use serde::{Deserialize, Serialize};

macro_rules! shown {
    ($(#[$meta:meta])* $kind:ident $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
        #[serde(rename_all = "snake_case")]
        pub $kind $name { $($body)* }
    };
}

mod decide;
mod preferences;
mod setup;

pub use decide::*;
pub use preferences::*;
pub use setup::*;

shown! {
    /// The state of the whole, as the tray's picture shows it (R10.1).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum State {
        /// CRM or mailbox is still to be connected.
        NotConnected,
        /// Nothing is left to do.
        InSync,
        /// A run is under way.
        Syncing,
        /// The user asked for quiet.
        Paused,
        /// Something waits for the user, or fails for a quarter of an hour (S9).
        Attention,
        /// A password or key has to be entered.
        SignedOut,
        /// A server cannot be reached.
        Offline,
    }
}

shown! {
    /// One of the four components.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum Component {
        /// E-mails.
        Emails,
        /// Contacts.
        Contacts,
        /// Appointments.
        Appointments,
        /// Tasks.
        Tasks,
    }
}

shown! {
    /// One of the two sides.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum Side {
        /// Exchange.
        Mailbox,
        /// The CRM.
        Crm,
    }
}

shown! {
    /// What a run is busy with.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum Phase {
        /// Changes of the mailbox are read.
        ReadingMailbox,
        /// Changes of the CRM are read.
        ReadingCrm,
        /// It is decided what to do.
        Planning,
        /// Entries are written.
        Writing,
        /// Stamps are brought up to date.
        Finishing,
    }
}

shown! {
    /// What happened to an entry.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum Act {
        /// Made anew.
        Created,
        /// Values were overwritten.
        Updated,
        /// Removed.
        Deleted,
        /// Joined with an entry that was there already.
        Linked,
        /// No longer joined; the entry stayed.
        Unlinked,
        /// A server refused it.
        Refused,
        /// A rule says that it is not taken over.
        PassedOver,
    }
}

shown! {
    /// What went wrong: a code with what fills the gaps of its sentence.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Problem {
        /// Texts `error.<code>.what` and `.next`.
        pub code: String,
        /// What fills the gaps.
        pub values: BTreeMap<String, String>,
        /// Since when; 0 where that does not matter.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub since: i64,
    }
}

shown! {
    /// One side's connection.
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
    struct Connection {
        /// Whether the user has signed in there.
        pub connected: bool,
        /// As whom.
        pub account: String,
        /// Where.
        pub server: String,
        /// What is wrong with it.
        pub problem: Option<Problem>,
    }
}

shown! {
    /// How many entries of one side were written.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    struct Counts {
        /// Made anew.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub created: u64,
        /// Changed.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub updated: u64,
        /// Removed.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub deleted: u64,
    }
}

shown! {
    /// The last finished run of a component.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct LastRun {
        /// When it began.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub started: i64,
        /// When it ended.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub finished: i64,
        /// Writes in the mailbox.
        pub items: Counts,
        /// Writes in the CRM.
        pub records: Counts,
        /// Entries that were joined.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub linked: u64,
        /// Entries the user has to decide on.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub conflicts: u64,
        /// Entries left alone for a reason.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub skipped: u64,
        /// Entries that were refused.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub failed: u64,
        /// What ended it early.
        pub problem: Option<Problem>,
    }
}

shown! {
    /// How far a run is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    struct Progress {
        /// With what it is busy.
        pub phase: Phase,
        /// How many entries are done.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub done: u64,
        /// Of how many, once that is known.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub total: Option<u64>,
    }
}

shown! {
    /// One component as the overview shows it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct ComponentStatus {
        /// Which.
        pub component: Component,
        /// Whether the policy has it switched on.
        pub enabled: bool,
        /// How many pairs are kept equal; of e-mails how many were imported.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub links: u64,
        /// How many changes were seen and are not done yet.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub waiting: u64,
        /// How many entries were refused.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub refused: u64,
        /// The last finished run.
        pub last_run: Option<LastRun>,
        /// How far the present run is.
        pub progress: Option<Progress>,
    }
}

shown! {
    /// Everything the overview shows.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Snapshot {
        /// The state of the whole.
        pub state: State,
        /// Since when.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub since: i64,
        /// Exchange.
        pub mailbox: Connection,
        /// The CRM.
        pub crm: Connection,
        /// The components this version syncs.
        pub components: Vec<ComponentStatus>,
        /// When the next run begins by itself.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub next_run: Option<i64>,
        /// How many entries and brakes wait for the user.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub to_decide: u64,
        /// Whether both sides are connected and the first sync waits for the user's word.
        pub awaits_start: bool,
        /// Whether a disconnect did not get to its end; it goes on by itself.
        pub disconnecting: bool,
        /// Under `paused`: until when; `null` until somebody resumes.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub paused_until: Option<i64>,
        /// Something the user should know although all is well again.
        pub notice: Option<Problem>,
        /// Whether an administrator's policy is in force (R9.2).
        pub managed: bool,
    }
}

shown! {
    /// One value that was overwritten.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct FieldChange {
        /// Which field; text `field.<name>`.
        pub field: String,
        /// What it held.
        pub before: String,
        /// What it holds now.
        pub after: String,
    }
}

shown! {
    /// One line of the activity list.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct HistoryEntry {
        /// Ascending number.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub id: i64,
        /// When.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub at: i64,
        /// In which run.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub run: i64,
        /// What kind of entry.
        pub component: Component,
        /// The side that was written to.
        pub side: Side,
        /// What was done.
        pub act: Act,
        /// How a person calls the entry.
        pub title: String,
        /// The item's id.
        pub item: Option<String>,
        /// The record's id.
        pub record: Option<String>,
        /// What was overwritten with what.
        pub fields: Vec<FieldChange>,
        /// Why.
        pub reason: Option<Problem>,
    }
}

shown! {
    /// Which lines of the activity list are asked for, newest first.
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
    struct HistoryFilter {
        /// Part of a title or value.
        pub text: Option<String>,
        /// Of this item or record.
        pub record: Option<String>,
        /// At most so many; 0 for all.
        pub limit: u32,
        /// Older than this line.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub before: Option<i64>,
    }
}

/// A time as the window counts it.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// When something is tried again by itself; what waits for a decision has a time nobody lives to see.
pub(crate) fn retry(at: Timestamp) -> i64 {
    const NEVER: i64 = 4_000_000_000_000;
    let at = millis(at);
    if at < NEVER { at } else { 0 }
}

impl From<Side> for model::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Mailbox => model::Side::Mailbox,
            Side::Crm => model::Side::Crm,
        }
    }
}

impl Problem {
    /// A problem with the time it began.
    pub fn since(problem: &model::Problem, since: i64) -> Self {
        Self {
            code: problem.code.name(),
            values: problem.values.clone(),
            since,
        }
    }
}

impl From<model::Component> for Component {
    fn from(component: model::Component) -> Self {
        match component {
            model::Component::Emails => Component::Emails,
            model::Component::Contacts => Component::Contacts,
            model::Component::Appointments => Component::Appointments,
            model::Component::Tasks => Component::Tasks,
        }
    }
}

impl From<model::Side> for Side {
    fn from(side: model::Side) -> Self {
        match side {
            model::Side::Mailbox => Side::Mailbox,
            model::Side::Crm => Side::Crm,
        }
    }
}

impl From<engine::Phase> for Phase {
    fn from(phase: engine::Phase) -> Self {
        match phase {
            engine::Phase::ReadingMailbox => Phase::ReadingMailbox,
            engine::Phase::ReadingCrm => Phase::ReadingCrm,
            engine::Phase::Planning => Phase::Planning,
            engine::Phase::Writing => Phase::Writing,
            engine::Phase::Finishing => Phase::Finishing,
        }
    }
}

impl From<history::Act> for Act {
    fn from(act: history::Act) -> Self {
        match act {
            history::Act::Created => Act::Created,
            history::Act::Updated => Act::Updated,
            history::Act::Deleted => Act::Deleted,
            history::Act::Linked => Act::Linked,
            history::Act::Unlinked => Act::Unlinked,
            history::Act::Refused => Act::Refused,
            history::Act::PassedOver => Act::PassedOver,
        }
    }
}

impl From<history::Counts> for Counts {
    fn from(counts: history::Counts) -> Self {
        Self {
            created: counts.created,
            updated: counts.updated,
            deleted: counts.deleted,
        }
    }
}

impl LastRun {
    /// A finished run; one that is still under way, or was cut off, is none.
    pub(crate) fn of(run: &history::RunRecord) -> Option<Self> {
        let finished = millis(run.finished?);
        Some(Self {
            started: millis(run.started),
            finished,
            items: run.tally.items.into(),
            records: run.tally.records.into(),
            linked: run.tally.linked,
            conflicts: run.tally.conflicts,
            skipped: run.tally.skipped,
            failed: run.tally.failed,
            problem: run
                .problem
                .as_ref()
                .map(|problem| Problem::since(problem, finished)),
        })
    }
}

impl From<history::HistoryEntry> for HistoryEntry {
    fn from(entry: history::HistoryEntry) -> Self {
        Self {
            id: entry.id,
            at: millis(entry.at),
            run: entry.run.0,
            component: entry.component.into(),
            side: entry.side.into(),
            act: entry.act.into(),
            title: entry.title,
            item: entry.item.map(|id| id.as_str().to_owned()),
            record: entry.record.map(|id| id.as_str().to_owned()),
            fields: entry
                .changes
                .into_iter()
                .map(|change| FieldChange {
                    field: change.field.name().to_owned(),
                    before: change.before,
                    after: change.after,
                })
                .collect(),
            reason: entry.reason.map(|reason| Problem::since(&reason, 0)),
        }
    }
}

impl From<HistoryFilter> for ports::HistoryFilter {
    fn from(filter: HistoryFilter) -> Self {
        Self {
            text: filter.text.filter(|text| !text.trim().is_empty()),
            entry: filter.record,
            limit: filter.limit,
            before: filter.before,
            ..Self::default()
        }
    }
}
