//! What a user decides: entries that wait, brakes, and what may be taken back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Act, Component, HistoryEntry, Problem, Side};

shown! {
    /// How an entry that waits is helped along.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum WaitingKind {
        /// Both sides changed: a choice, as a whole or field by field.
        Conflict,
        /// One side deleted it, the other changed it: one side is kept.
        Deleted,
        /// Refused: what is missing is filled in, or it is tried again.
        Refused,
    }
}

shown! {
    /// One field of an entry that waits.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct WaitingValue {
        /// Which; text `field.<name>`.
        pub field: String,
        /// What both held when they last agreed; `null` where they never met.
        pub base: Option<String>,
        /// What the CRM holds; `null` where there is no record.
        pub crm: Option<String>,
        /// What the mailbox holds; `null` where there is no item.
        pub mailbox: Option<String>,
        /// Whether this is what has to be decided or filled in.
        pub open: bool,
    }
}

shown! {
    /// An entry that waits for the user.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct WaitingEntry {
        /// How it is called when it is resolved.
        pub id: String,
        /// What kind of entry.
        pub component: Component,
        /// How it is helped along.
        pub kind: WaitingKind,
        /// How a person calls it.
        pub title: String,
        /// Why it waits, and since when.
        pub problem: Problem,
        /// Under `deleted`: the side that no longer has it.
        pub gone: Option<Side>,
        /// Its fields, in the order they are shown.
        pub fields: Vec<WaitingValue>,
        /// Under `refused`: what is asked for, by our names or the CRM's own.
        pub asked: Vec<String>,
        /// When it is tried again by itself; 0 where it is not.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub retry_at: i64,
    }
}

shown! {
    /// What the user says about an entry that waits.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(tag = "how")]
    enum Decision {
        /// Both sides become as this one is.
        Keep {
            /// Which.
            side: Side,
        },
        /// Field by field: in a conflict `crm` or `exchange`, else what is missing.
        Fields {
            /// By field.
            answers: BTreeMap<String, String>,
        },
        /// It is tried again as it is.
        Again,
    }
}

shown! {
    /// A component that stopped before its first write and asks (R6.8).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Brake {
        /// How it is called when it is answered.
        pub id: String,
        /// Which component.
        pub component: Component,
        /// Why it stopped; the first counts.
        pub alarms: Vec<Problem>,
        /// Since when.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub since: i64,
    }
}

shown! {
    /// One thing a run would do.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct PlannedLine {
        /// How a person calls the entry.
        pub title: String,
        /// What would be done.
        pub act: Act,
        /// Where.
        pub side: Side,
    }
}

shown! {
    /// What is said about a brake.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum BrakeAnswer {
        /// Do it, this once.
        Approve,
        /// Put back on the other side what is gone.
        Restore,
        /// Leave it alone, this once.
        Ignore,
    }
}

shown! {
    /// What is to be taken back.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(tag = "what")]
    enum UndoWhat {
        /// One line of the activity.
        Line {
            /// Its number.
            #[cfg_attr(feature = "bindings", ts(type = "number"))]
            line: i64,
        },
        /// All that a run did.
        Run {
            /// Its number.
            #[cfg_attr(feature = "bindings", ts(type = "number"))]
            run: i64,
        },
    }
}

shown! {
    /// A line that could not be taken back.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct NotUndone {
        /// How a person calls the entry.
        pub title: String,
        /// Why.
        pub problem: Problem,
    }
}

shown! {
    /// What became of an undo.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Undone {
        /// How many lines were taken back.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub back: u64,
        /// What stays as it is.
        pub left: Vec<NotUndone>,
    }
}

shown! {
    /// Something that keeps a whole component, or everything, from being synced.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct WhyCause {
        /// Which component; `null` for all.
        pub component: Option<Component>,
        /// What it is.
        pub problem: Problem,
    }
}

shown! {
    /// An entry that was asked about.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct WhyEntry {
        /// How a person calls it.
        pub title: String,
        /// What kind of entry.
        pub component: Component,
        /// Whether both sides are kept equal.
        pub synced: bool,
        /// Why not, or what is special about it.
        pub reasons: Vec<Problem>,
        /// What was done with it last.
        pub last: Option<HistoryEntry>,
    }
}

shown! {
    /// Why something was or was not synced (R6.12).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Why {
        /// What holds beyond single entries.
        pub causes: Vec<WhyCause>,
        /// The entries found.
        pub entries: Vec<WhyEntry>,
        /// Whether there are more.
        pub more: bool,
    }
}
