//! What can go wrong with secrets, and what a user is told of it.

use model::{Code, Problem};
use ports::{ErrorKind, Failure};

use crate::SecretName;

/// A secret cannot be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is set, but not to text.
    #[error("the variable {} is no text", name.variable().unwrap_or_default())]
    NoText {
        /// Whose variable.
        name: SecretName,
    },
    /// The credential store cannot be used: there is none, it is locked, or it refused.
    #[error("could not {tried} the secret {} in the credential store", name.name())]
    StoreUnavailable {
        /// What was tried, to be read before "the secret".
        tried: &'static str,
        /// Which secret.
        name: SecretName,
        /// What the store said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl SecretError {
    /// What the user is told. The store's own words are for the log: some systems put the account into them.
    pub fn problem(&self) -> Problem {
        let (code, name) = match self {
            Self::NoText { name } => (Code::SecretMissing, name),
            Self::StoreUnavailable { name, .. } => (Code::SecretStoreUnavailable, name),
        };
        name.told(code)
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        let Problem { code, values } = error.problem();
        let kind = match error {
            SecretError::NoText { .. } => ErrorKind::SignInNeeded,
            // Another sign-in would not help: the store has to be unlocked, and is then asked again.
            SecretError::StoreUnavailable { .. } => ErrorKind::Malformed,
        };
        values
            .into_iter()
            .fold(Failure::new(kind, code), |failure, (name, value)| {
                failure.with(&name, value)
            })
            .caused_by(error)
    }
}
