//! What can go wrong with the state file, and what a caller is told of it.

use std::path::PathBuf;

use model::Code;
use ports::{ErrorKind, Failure};

/// The state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be read or written, is damaged, or the disk is full.
    #[error("could not {tried} the state file {}", file.display())]
    Unusable {
        /// What was tried, to be read before "the state file".
        tried: &'static str,
        /// Which file.
        file: PathBuf,
        /// What the database said.
        source: Cause,
    },
    /// A newer version of the program wrote it. It was not touched.
    #[error("the state file {} has schema {found}, this program knows {known}", file.display())]
    TooNew {
        /// Which file.
        file: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema of this program.
        known: i64,
    },
    /// It is a database, but not one of ours. It was not touched.
    #[error("{} is a database of another program", file.display())]
    Foreign {
        /// Which file.
        file: PathBuf,
    },
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The database refused it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The database is sound but does not hold what this program writes.
    #[error("a value is not of the kind this program writes")]
    Content(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The tables could not be made or brought up to date.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// The result of one step inside the store.
pub type Step<T> = Result<T, Cause>;

impl Cause {
    /// A value in the file could not be understood.
    pub fn content(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Content(source.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (code, file) = match &error {
            StoreError::Unusable { file, .. } | StoreError::Foreign { file } => {
                (Code::StateUnusable, file)
            }
            StoreError::TooNew { file, .. } => (Code::StateTooNew, file),
        };
        // No kind of its own: nothing is done differently, the run ends.
        Failure::new(ErrorKind::Malformed, code)
            .with("file", file.display().to_string())
            .caused_by(error)
    }
}
