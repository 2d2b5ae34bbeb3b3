//! The folder of a profile: state, settings and logs. What is in the state is the store's affair.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

use crate::{ConfigError, ProfileLock, Settings};

/// The default profile's folder, below what the operating system names for data that stays on this computer.
const FOLDER: &str = if cfg!(any(windows, target_os = "macos")) {
    "ExchangeConnector"
} else {
    "exchange-connector"
};

/// A folder with all that belongs to one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    folder: PathBuf,
}

impl Profile {
    /// The folder that was asked for, else this user's own; made where it is not there, and readable by nobody else.
    pub fn open(asked: Option<PathBuf>) -> Result<Self, ConfigError> {
        let folder = match asked {
            Some(folder) => folder,
            None => default_folder()?,
        };
        let failed = |source| ConfigError::Profile {
            tried: "make the profile folder",
            file: folder.clone(),
            source,
        };
        // An absolute path, so that it names the same profile wherever the process goes.
        let folder = std::path::absolute(&folder).map_err(failed)?;
        make_private(&folder).map_err(failed)?;
        let profile = Self { folder };
        make_private(&profile.log_folder()).map_err(failed)?;
        Ok(profile)
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        &self.folder
    }

    /// The state.
    pub fn state_file(&self) -> PathBuf {
        self.folder.join("state.sqlite")
    }

    /// What the user has set.
    pub fn settings_file(&self) -> PathBuf {
        self.folder.join("settings.toml")
    }

    /// Where logs go.
    pub fn log_folder(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// What the user has set. A profile without a file has set nothing.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        Settings::load(&self.settings_file())
    }

    /// Keeps what the user has set; after a crash it is either the old or the new.
    pub fn save(&self, settings: &Settings) -> Result<(), ConfigError> {
        settings.save(&self.settings_file())
    }

    /// Waits until no other process renews the sign-in of this profile. Held for a renewal, and beside the right to work on the profile.
    pub fn wait_to_renew(&self) -> Result<ProfileLock, ConfigError> {
        ProfileLock::wait_to_renew(self)
    }

    /// The right to work on it, for as long as the answer lives.
    pub fn lock(&self) -> Result<ProfileLock, ConfigError> {
        ProfileLock::take(self)
    }
}

fn default_folder() -> Result<PathBuf, ConfigError> {
    let base = BaseDirs::new().ok_or(ConfigError::NoHome)?;
    Ok(base.data_local_dir().join(FOLDER))
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let only_the_owner = 0o700;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(only_the_owner)
        .create(folder)
}

/// Below a user's own folder Windows lets nobody else in anyway.
#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_made_where_it_was_asked_for() {
        let place = tempfile::tempdir().expect("a folder");
        let asked = place.path().join("new/profile");
        let profile = Profile::open(Some(asked.clone())).expect("made");
        assert_eq!(profile.dir(), asked);
        assert!(profile.log_folder().is_dir());
        assert_eq!(Profile::open(Some(asked)).expect("there"), profile);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_profile_is_readable_by_nobody_else() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().expect("a folder");
        let profile = Profile::open(Some(place.path().join("p"))).expect("made");
        let metadata = fs::metadata(profile.dir()).expect("there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_in_the_way_is_told() {
        let place = tempfile::tempdir().expect("a folder");
        let file = place.path().join("file");
        fs::write(&file, "").expect("written");
        let error = Profile::open(Some(file.clone())).expect_err("in the way");
        assert_eq!(error.problem().code, model::Code::StateUnusable);
        assert_eq!(error.problem().values["file"], file.display().to_string());
    }
}
