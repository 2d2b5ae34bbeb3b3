//! Where the policy is: named for this process, else one file for the whole machine.

use std::path::{Path, PathBuf};

/// The variable that names a policy for tests.
pub const POLICY_FILE_VARIABLE: &str = "EXCO_POLICY_FILE";

/// The names a machine-wide policy may have; the first one there counts.
const NAMES: [&str; 2] = ["policy.toml", "policy.json"];

/// Where to look for a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyPlace {
    /// This file; it is an error when it is not there.
    Named(PathBuf),
    /// `policy.toml` or `policy.json` in this folder; without either there is no policy.
    MachineWide(PathBuf),
}

impl PolicyPlace {
    /// Where this process has to look.
    pub fn of_process() -> Self {
        match std::env::var_os(POLICY_FILE_VARIABLE) {
            Some(file) if !file.is_empty() => Self::Named(file.into()),
            Some(_) | None => Self::MachineWide(machine_wide()),
        }
    }

    /// The file, if there is one to read.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Named(file) => Some(file.clone()),
            Self::MachineWide(folder) => NAMES
                .iter()
                .map(|name| folder.join(name))
                .find(|file| is_there(file)),
        }
    }
}

/// A file that exists but may not be looked at is there: it must be told, not passed over.
fn is_there(file: &Path) -> bool {
    !matches!(file.try_exists(), Ok(false))
}

#[cfg(windows)]
fn machine_wide() -> PathBuf {
    let program_data = std::env::var_os("ProgramData").filter(|folder| !folder.is_empty());
    let folder = program_data.map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
    folder.join("ExchangeConnector")
}

#[cfg(target_os = "macos")]
fn machine_wide() -> PathBuf {
    PathBuf::from("/Library/Application Support/ExchangeConnector")
}

#[cfg(not(any(windows, target_os = "macos")))]
fn machine_wide() -> PathBuf {
    PathBuf::from("/etc/exchange-connector")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r9_2_the_machine_wide_policy_may_be_toml_or_json_and_toml_counts_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = PolicyPlace::MachineWide(folder.path().to_owned());
        assert_eq!(place.file(), None);
        for name in ["policy.json", "policy.toml"] {
            let file = folder.path().join(name);
            std::fs::write(&file, "").expect("written");
            assert_eq!(place.file(), Some(file));
        }
    }

    #[test]
    fn r9_2_a_named_policy_is_read_whether_it_is_there_or_not() {
        let missing = PathBuf::from("missing.toml");
        assert_eq!(PolicyPlace::Named(missing.clone()).file(), Some(missing));
    }
}
