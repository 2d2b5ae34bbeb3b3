//! What can go wrong with the state file, and what a caller is told of it.

use std::path::{Path, PathBuf};

use model::Code;
use ports::{ErrorKind, Failure};
use sqlx::migrate::MigrateError;

/// The state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What is in it is no longer what was written, or it is no database at all. It was not touched.
    #[error("the state file {} is damaged", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What the database said.
        source: Cause,
    },
    /// It cannot be read or written, or the disk is full.
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
    /// The database's own check of the file found it damaged.
    #[error("the check of the file said: {0}")]
    Damage(String),
    /// The tables could not be made or brought up to date.
    #[error(transparent)]
    Migration(#[from] MigrateError),
}

/// SQLITE_CORRUPT and SQLITE_NOTADB (<https://sqlite.org/rescode.html>).
const DAMAGE: [u32; 2] = [11, 26];
/// The part of a code that says what kind it is.
const PRIMARY: u32 = 0xFF;

/// The result of one step inside the store.
pub type Step<T> = Result<T, Cause>;

impl StoreError {
    /// Of a step that failed.
    pub(crate) fn of(tried: &'static str, file: &Path, source: Cause) -> Self {
        let file = file.to_owned();
        match source.is_damage() {
            true => Self::Damaged { file, source },
            false => Self::Unusable {
                tried,
                file,
                source,
            },
        }
    }
}

impl Cause {
    /// A value in the file could not be understood.
    /// Whether the file itself is damaged, and not only out of reach.
    pub fn is_damage(&self) -> bool {
        let error = match self {
            Self::Database(error) | Self::Migration(MigrateError::Execute(error)) => error,
            Self::Damage(_) => return true,
            Self::Content(_) | Self::Migration(_) => return false,
        };
        let code = error.as_database_error().and_then(|error| error.code());
        let code: Option<u32> = code.and_then(|code| code.parse().ok());
        code.is_some_and(|code| DAMAGE.contains(&(code & PRIMARY)))
    }

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
            StoreError::Damaged { file, .. } => (Code::StateDamaged, file),
            StoreError::TooNew { file, .. } => (Code::StateTooNew, file),
        };
        // No kind of its own: nothing is done differently, the run ends.
        Failure::new(ErrorKind::Malformed, code)
            .with("file", file.display().to_string())
            .caused_by(error)
    }
}
