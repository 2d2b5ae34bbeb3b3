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
}

impl SecretName {
    /// Both.
    pub const ALL: [SecretName; 2] = [SecretName::CrmAccessKey, SecretName::ExchangePassword];

    /// The name used in the credential store.
    pub fn name(self) -> &'static str {
        match self {
            SecretName::CrmAccessKey => "crm-access-key",
            SecretName::ExchangePassword => "exchange-password",
        }
    }

    /// The variable that is used instead of the store while it is set.
    pub fn variable(self) -> &'static str {
        match self {
            SecretName::CrmAccessKey => "EXCO_CRM_ACCESS_KEY",
            SecretName::ExchangePassword => "EXCO_EXCHANGE_PASSWORD",
        }
    }

    /// What a user is told when nobody has it.
    pub fn missing(self) -> Problem {
        Problem::new(Code::SecretMissing)
            .with("variable", self.variable())
            .with("command", self.command())
    }

    /// The command that asks for it.
    pub fn command(self) -> &'static str {
        match self {
            SecretName::CrmAccessKey => "exco connect crm",
            SecretName::ExchangePassword => "exco connect exchange",
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
