//! What the administrator and the user have set, where it is kept, and the right to work on a profile. Secrets are not here but
//! in `secrets`; what the settings mean is `model::policy`'s and the controller's.

mod configuration;
mod error;
mod lock;
mod place;
mod policy;
mod profile;
mod settings;

pub use configuration::{Configuration, DEFAULT_PAST_DAYS, SetBy, Setting};
pub use error::ConfigError;
pub use lock::ProfileLock;
pub use place::{POLICY_FILE_VARIABLE, PolicyPlace};
pub use policy::{LoadedPolicy, PolicyEntry};
pub use profile::Profile;
pub use settings::{CrmSettings, ExchangeSettings, Settings, SignInMethod};

/// The policy that holds for this process.
pub fn load_policy() -> Result<LoadedPolicy, ConfigError> {
    LoadedPolicy::load(&PolicyPlace::of_process())
}
