//! Where passwords and keys are kept: the operating system's credential store and nothing else (R10.4, S11). What is in the
//! environment is used and never kept. Who asks for a password, and when, is not decided here.

mod environment;
mod error;
mod memory;
mod os;

pub use environment::{Environment, WithEnvironment};
pub use error::SecretError;
pub use memory::MemoryStore;
pub use os::OsStore;

use std::path::Path;
use std::sync::Arc;

use model::{Code, Problem, Secret};

/// The secrets a profile has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretName {
    /// The access key of the CRM's user.
    CrmAccessKey,
    /// The password of the mailbox.
    ExchangePassword,
    /// What a sign-in in the browser left: it opens the mailbox until it is revoked (R7.2).
    ExchangeRefreshToken,
}

impl SecretName {
    /// All of them.
    pub const ALL: [SecretName; 3] = [
        SecretName::CrmAccessKey,
        SecretName::ExchangePassword,
        SecretName::ExchangeRefreshToken,
    ];

    /// The name used in the credential store.
    pub fn name(self) -> &'static str {
        match self {
            SecretName::CrmAccessKey => "crm-access-key",
            SecretName::ExchangePassword => "exchange-password",
            SecretName::ExchangeRefreshToken => "exchange-refresh-token",
        }
    }

    /// The variable that is used instead of the store while it is set. What changes at every use has none.
    pub fn variable(self) -> Option<&'static str> {
        match self {
            SecretName::CrmAccessKey => Some("EXCO_CRM_ACCESS_KEY"),
            SecretName::ExchangePassword => Some("EXCO_EXCHANGE_PASSWORD"),
            SecretName::ExchangeRefreshToken => None,
        }
    }

    /// What a user is told when nobody has it.
    pub fn missing(self) -> Problem {
        self.told(Code::SecretMissing)
    }

    /// A problem with it: where else it may come from, and what asks for it.
    pub(crate) fn told(self, code: Code) -> Problem {
        let problem = Problem::new(code).with("command", self.command());
        match self.variable() {
            Some(variable) => problem.with("variable", variable),
            None => problem,
        }
    }

    /// The command that asks for it.
    pub fn command(self) -> &'static str {
        match self {
            SecretName::CrmAccessKey => "exco connect crm",
            SecretName::ExchangePassword => "exco connect exchange",
            SecretName::ExchangeRefreshToken => "exco connect exchange --oauth",
        }
    }
}

/// A place that keeps secrets. The calls wait, on some systems until a person has unlocked the place: make them where waiting
/// is allowed.
pub trait SecretStore: Send + Sync {
    /// The secret, if there is one.
    fn get(&self, name: SecretName) -> Result<Option<Secret>, SecretError>;

    /// Keeps a secret in the place of an older one.
    fn set(&self, name: SecretName, secret: &Secret) -> Result<(), SecretError>;

    /// Removes a secret; one that is not there is no error.
    fn delete(&self, name: SecretName) -> Result<(), SecretError>;
}

/// The secrets of the profile in this folder: the environment's where there are some, else the operating system's.
pub fn for_profile(folder: &Path) -> Arc<dyn SecretStore> {
    Arc::new(WithEnvironment::new(
        Environment::of_process(),
        OsStore::new(folder),
    ))
}
