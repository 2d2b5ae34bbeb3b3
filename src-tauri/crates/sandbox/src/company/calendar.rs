//! What the made-up people have in their calendars and on their lists of tasks, as each side knows it.
//! Deliberately not here: how it is made up (`appointments`, `tasks`, `series`).

use super::Owner;
use crate::zones;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// The zone everybody lives in.
pub const ZONE: &str = "Europe/Berlin";

/// How many appointments and tasks there shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CalendarSizes {
    /// Appointments in the first user's mailbox, series among them, and as many events in the CRM; three of eight are the same.
    pub appointments: usize,
    /// How many of the mailbox's appointments are series; the CRM has none.
    pub series: usize,
    /// Tasks on each side; three of eight are the same.
    pub tasks: usize,
}

impl CalendarSizes {
    /// That many, one of fifty appointments a series, and at least one of ten.
    pub fn of(appointments: usize, tasks: usize) -> Self {
        let at_least = usize::from(appointments >= 10);
        Self {
            appointments,
            series: (appointments / 50).max(at_least),
            tasks,
        }
    }

    /// How many of the appointments are the same on both sides.
    pub fn shared_appointments(&self) -> usize {
        self.appointments * 3 / 8
    }

    /// How many of the tasks are the same on both sides.
    pub fn shared_tasks(&self) -> usize {
        self.tasks * 3 / 8
    }
}

/// An appointment, with an entry for each side that has it. Those of both sides have the same subject, start and end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Whom the event in the CRM belongs to.
    pub owner: Owner,
    /// The entry in the mailbox.
    pub mailbox: Option<Entry>,
    /// The entry in the CRM.
    pub crm: Option<Entry>,
}

/// What one side knows of an appointment. An empty text is an empty field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The subject; a few of the mailbox have none.
    pub subject: String,
    /// The place.
    pub location: String,
    /// Notes, often of several lines.
    pub description: String,
    /// When it is.
    pub when: When,
    /// Who may see it.
    pub visibility: Visibility,
    /// Minutes before the start.
    pub reminder: Option<u32>,
    /// What it is to the CRM; the mailbox knows no such thing.
    pub kind: EventKind,
    /// What became of it; only the CRM asks.
    pub status: EventStatus,
    /// Categories; only the mailbox has them, and the connector does not touch them.
    pub categories: Vec<String>,
    /// The person it is about, by place in the company; only the CRM says so.
    pub about: Option<usize>,
    /// Whether the colleague is invited; only the CRM says so.
    pub colleague: Colleague,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// When it was last changed, in seconds since 1970.
    pub modified: i64,
}

/// When an appointment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// From one moment to another. A few events of the CRM end before they start.
    Time {
        /// The first moment.
        start: Timestamp,
        /// The last moment.
        end: Timestamp,
    },
    /// Whole days.
    Days {
        /// The first day.
        first: Date,
        /// The last day.
        last: Date,
    },
}

impl When {
    /// Start and end; whole days go from midnight to midnight in the zone everybody lives in.
    pub fn span(&self) -> (Timestamp, Timestamp) {
        match *self {
            Self::Time { start, end } => (start, end),
            Self::Days { first, last } => {
                let after = last
                    .tomorrow()
                    .expect("no day here is the last one there is");
                (midnight(first), midnight(after))
            }
        }
    }
}

fn midnight(day: Date) -> Timestamp {
    let start = day.to_zoned(zone());
    start.expect("every day here has a midnight").timestamp()
}

/// [`ZONE`].
pub(super) fn zone() -> TimeZone {
    zones::named(ZONE).expect("the zones come along with this program")
}

/// Who may see something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Whoever may look at all.
    Public,
    /// Its owner.
    Private,
}

/// What an event is to the CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A meeting.
    Meeting,
    /// A call.
    Call,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventStatus {
    /// It is still to come.
    Planned,
    /// It took place.
    Held,
    /// It did not.
    NotHeld,
}

/// Whether the colleague is invited to an event of the CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colleague {
    /// Yes.
    Invited,
    /// No.
    NotInvited,
}

/// A series in the mailbox, with one changed and one deleted occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The first occurrence, and what all have in common.
    pub first: Entry,
    /// Its days.
    pub pattern: Pattern,
    /// How long it goes on.
    pub range: Range,
    /// The occurrence that differs.
    pub exception: Exception,
    /// The day whose occurrence was deleted.
    pub deleted: Date,
}

/// The days of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Every so many days.
    Daily {
        /// How many.
        every: i64,
    },
    /// A day of every so many weeks.
    Weekly {
        /// How many.
        every: i64,
        /// Which day.
        day: Weekday,
    },
    /// A day of every month, one that every month has.
    Monthly {
        /// Which day.
        day: i8,
    },
}

/// How long a series goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// For ever.
    Endless,
    /// So many times, deleted ones included.
    Times(u32),
    /// Until a day.
    Until(Date),
}

/// An occurrence that differs from its series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The day on which the pattern has it.
    pub day: Date,
    /// When it starts, later than the others.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Where it is.
    pub location: String,
}

/// A task, with a card for each side that has it. Those of both sides have the same subject and due date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Whom the task in the CRM belongs to.
    pub owner: Owner,
    /// The card in the mailbox.
    pub mailbox: Option<TaskCard>,
    /// The card in the CRM, which always has both dates.
    pub crm: Option<TaskCard>,
}

/// What one side knows of a task. An empty text is an empty field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskCard {
    /// The subject.
    pub subject: String,
    /// Notes, often of several lines.
    pub description: String,
    /// The day it is begun.
    pub start: Option<Date>,
    /// The day it is due.
    pub due: Option<Date>,
    /// How far it is.
    pub status: TaskStatus,
    /// How much is done of a task in progress; only the mailbox asks.
    pub percent: u8,
    /// How urgent it is.
    pub priority: Priority,
    /// Who may see it; only the mailbox says so.
    pub visibility: Visibility,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// When it was last changed, in seconds since 1970.
    pub modified: i64,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// Nothing is done.
    NotStarted,
    /// Something is.
    InProgress,
    /// Everything is.
    Completed,
    /// Somebody else has to do something first.
    Waiting,
    /// It was put off.
    Deferred,
    /// It is planned; only the CRM has this.
    Planned,
}

/// How urgent a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Priority {
    /// Very.
    High,
    /// As others.
    Normal,
    /// Less.
    Low,
}
