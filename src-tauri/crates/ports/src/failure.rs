//! Failures, sorted once by the adapter that saw them.

use std::fmt;
use std::time::Duration;

use model::{Code, Field, Problem};

/// What a caller does differently; nothing else is told apart by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// Nobody could be reached: try again later, nothing is lost.
    Offline,
    /// The server wants to be left alone for a while.
    Throttled {
        /// Its own waiting time, where it gave one.
        after: Option<Duration>,
    },
    /// The user must enter a password, key or consent.
    SignInNeeded,
    /// A right is missing.
    Denied,
    /// The server says that the entry, or the folder, is not there.
    Gone,
    /// The entry was changed since it was read, or the cursor is no longer valid: read again.
    Stale,
    /// The server refuses this entry.
    Refused {
        /// The field it named.
        field: Option<Field>,
    },
    /// The answer to a write was lost: whether it took effect is unknown.
    OutcomeUnknown,
    /// The answer could not be understood, or came from something else.
    Malformed,
    /// A defect of ours.
    Bug,
}

/// A failure: its kind for the program, a problem for the user, the cause for the log.
#[derive(Debug)]
pub struct Failure {
    /// What a caller does differently.
    pub kind: ErrorKind,
    /// What the user is told.
    pub problem: Problem,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure of this kind, told by this code.
    pub fn new(kind: ErrorKind, code: Code) -> Self {
        Self {
            kind,
            problem: Problem::new(code),
            source: None,
        }
    }

    /// The same with a value for the sentence.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.problem.values.insert(name.to_owned(), value.into());
        self
    }

    /// The same with its cause.
    pub fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same failure for another entry it struck; the cause stays with the first.
    pub fn again(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            problem: self.problem.clone(),
            source: None,
        }
    }

    /// A defect of ours, named for the log.
    pub fn bug(what: impl Into<String>) -> Self {
        let what = what.into();
        Self::new(ErrorKind::Bug, Code::Bug).with("what", what)
    }

    /// Whether it says that a record is there and no longer the user's, who may not even see it (R1.5).
    pub fn says_re_assigned(&self) -> bool {
        self.kind == ErrorKind::Denied && self.problem.code == Code::NotAssignedToUser
    }

    /// Whether it concerns one entry only, so that the others go on (S8).
    pub fn is_about_one_entry(&self) -> bool {
        match self.kind {
            ErrorKind::Denied
            | ErrorKind::Gone
            | ErrorKind::Stale
            | ErrorKind::Refused { .. }
            | ErrorKind::OutcomeUnknown => true,
            ErrorKind::Offline
            | ErrorKind::Throttled { .. }
            | ErrorKind::SignInNeeded
            | ErrorKind::Malformed
            | ErrorKind::Bug => false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
