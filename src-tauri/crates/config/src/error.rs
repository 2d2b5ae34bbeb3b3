//! What can go wrong with settings and profiles, and what a user is told of it.

use std::io;
use std::path::PathBuf;

use model::{Code, Problem};
use ports::{ErrorKind, Failure};

/// A setting, a profile or a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A policy file is there but cannot be read.
    #[error("could not read the policy {}", file.display())]
    PolicyUnreadable {
        /// Which file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A policy file is no TOML or JSON, or holds a value that its key cannot have. Nothing of it is used, because half a policy
    /// may allow what the whole one forbids.
    #[error("could not understand the policy {}", file.display())]
    PolicyMalformed {
        /// Which file.
        file: PathBuf,
        /// What is wrong in it, with the place.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file or folder of the profile cannot be read or written.
    #[error("could not {tried} {}", file.display())]
    Profile {
        /// What was tried, to be read before the path.
        tried: &'static str,
        /// Which file or folder.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The user's settings are no TOML or hold a value of another kind.
    #[error("could not understand the settings {}", file.display())]
    SettingsMalformed {
        /// Which file.
        file: PathBuf,
        /// What is wrong in it, with the place.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The operating system names no folder for a user's data.
    #[error("this user has no home directory")]
    NoHome,
    /// Another process works on the profile.
    #[error("another process works on the profile {}", profile.display())]
    ProfileInUse {
        /// Which profile.
        profile: PathBuf,
    },
}

impl ConfigError {
    /// What the user is told.
    pub fn problem(&self) -> Problem {
        match self {
            Self::PolicyUnreadable { file, source } => Problem::new(Code::PolicyUnusable)
                .with("file", file.display().to_string())
                .with("detail", source.to_string()),
            Self::PolicyMalformed { file, source } => Problem::new(Code::PolicyUnusable)
                .with("file", file.display().to_string())
                .with("detail", source.to_string()),
            Self::Profile { file, source, .. } => Problem::new(Code::StateUnusable)
                .with("file", file.display().to_string())
                .with("detail", source.to_string()),
            Self::SettingsMalformed { file, source } => Problem::new(Code::StateUnusable)
                .with("file", file.display().to_string())
                .with("detail", source.to_string()),
            Self::NoHome => Problem::new(Code::StateUnusable),
            Self::ProfileInUse { profile } => {
                Problem::new(Code::ProfileInUse).with("profile", profile.display().to_string())
            }
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let Problem { code, values } = error.problem();
        // No kind of its own: nothing is done differently until somebody has seen to it.
        let failure = Failure::new(ErrorKind::Malformed, code);
        values
            .into_iter()
            .fold(failure, |failure, (name, value)| failure.with(&name, value))
            .caused_by(error)
    }
}
