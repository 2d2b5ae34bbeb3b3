//! What can go wrong in an xtask command. Each message says what was tried and, where it helps, what to do.

use std::error::Error;
use std::io;
use std::path::PathBuf;

/// The result of everything here.
pub type Outcome<T> = Result<T, XtaskError>;

/// A failed xtask command or step.
#[derive(Debug, thiserror::Error)]
pub enum XtaskError {
    /// The command line was not understood.
    #[error("{what}\n\n{usage}")]
    Usage {
        /// What was wrong with it.
        what: String,
        /// How it should look.
        usage: &'static str,
    },
    /// A program could not be started at all.
    #[error("could not start `{program}`; is it installed and in the PATH?")]
    NotStarted {
        /// The program's name.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ran and reported a failure.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The command as one could type it.
        command: String,
        /// Its exit status.
        status: String,
    },
    /// A file or folder could not be read or written.
    #[error("could not {act} {}", path.display())]
    File {
        /// "read", "write", "make", "remove".
        act: &'static str,
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program's answer was not of the promised form.
    #[error("{what} gave an answer that could not be understood: {why}")]
    Answer {
        /// Whose answer.
        what: String,
        /// What was wrong with it.
        why: String,
    },
    /// Something is missing on this machine and was not installed.
    #[error("{what}")]
    Missing {
        /// What is missing, and how to get it.
        what: String,
    },
    /// Checks ran and found something.
    #[error("{what}")]
    Found {
        /// How much was found; the findings themselves are printed already.
        what: String,
    },
}

/// The message with every cause below it.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str("\n  because: ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_cause_below_it() {
        let error = XtaskError::File {
            act: "read",
            path: PathBuf::from("a.txt"),
            source: io::Error::other("no such thing"),
        };
        assert_eq!(
            with_causes(&error),
            "could not read a.txt\n  because: no such thing"
        );
    }
}
