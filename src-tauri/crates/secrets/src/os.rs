//! The operating system's credential store: Secret Service on Linux, Credential Manager on Windows, the keychain on macOS.

use std::path::Path;

use keyring::{Entry, Error};
use model::Secret;
use sha2::{Digest, Sha256};

use crate::{SecretError, SecretName, SecretStore};

/// The app's identifier, as in `tauri.conf.json`; under it a user finds the entries in the store's own window.
const SERVICE: &str = "org.exchangeconnector";

/// The secrets of one profile in the operating system's store.
#[derive(Debug, Clone)]
pub struct OsStore {
    service: String,
}

impl OsStore {
    /// The secrets of the profile in this folder; those of another folder are others.
    pub fn new(profile: &Path) -> Self {
        Self {
            service: format!("{SERVICE}.{}", fingerprint(profile)),
        }
    }

    fn entry(&self, name: SecretName) -> keyring::Result<Entry> {
        Entry::new(&self.service, name.name())
    }
}

/// A failure to do something with a secret.
fn failed(tried: &'static str, name: SecretName) -> impl Fn(Error) -> SecretError {
    move |error| SecretError::StoreUnavailable {
        tried,
        name,
        source: match error {
            // These two carry what was stored, and errors are logged.
            Error::BadEncoding(_) => "what is stored there is no text".into(),
            Error::BadDataFormat(_, reason) => reason,
            other => other.into(),
        },
    }
}

impl SecretStore for OsStore {
    fn get(&self, name: SecretName) -> Result<Option<Secret>, SecretError> {
        match self.entry(name).and_then(|entry| read(&entry, name)) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failed("read", name)(error)),
        }
    }

    fn set(&self, name: SecretName, secret: &Secret) -> Result<(), SecretError> {
        self.entry(name)
            .and_then(|entry| match is_long(name) {
                true => entry.set_secret(secret.reveal().as_bytes()),
                false => entry.set_password(secret.reveal()),
            })
            .map_err(failed("keep", name))
    }

    fn delete(&self, name: SecretName) -> Result<(), SecretError> {
        match self.entry(name).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failed("remove", name)(error)),
        }
    }
}

/// Windows takes 2,560 bytes and writes text with two for each letter; a refresh token may have more letters than half of that.
fn is_long(name: SecretName) -> bool {
    match name {
        SecretName::ExchangeRefreshToken => true,
        SecretName::CrmAccessKey | SecretName::ExchangePassword => false,
    }
}

fn read(entry: &Entry, name: SecretName) -> keyring::Result<String> {
    if !is_long(name) {
        return entry.get_password();
    }
    String::from_utf8(entry.get_secret()?).map_err(|error| Error::BadEncoding(error.into_bytes()))
}

/// A folder's name says more about its owner than a credential store has to know.
fn fingerprint(profile: &Path) -> String {
    Sha256::digest(profile.as_os_str().as_encoded_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_an_error_of_the_store_does_not_print_what_is_stored() {
        let bytes = b"hunter2\xff".to_vec();
        let printed_bytes = format!("{bytes:?}");
        for error in [
            Error::BadEncoding(bytes.clone()),
            Error::BadDataFormat(bytes, "reason".into()),
        ] {
            let printed = format!("{:?}", failed("read", SecretName::CrmAccessKey)(error));
            assert!(!printed.contains(&printed_bytes), "{printed}");
        }
    }

    #[test]
    fn every_profile_has_entries_of_its_own() {
        let services = ["/home/a/one", "/home/a/two"].map(|p| OsStore::new(Path::new(p)).service);
        assert_ne!(services[0], services[1]);
        assert_eq!(services[0], OsStore::new(Path::new("/home/a/one")).service);
        assert!(!services[0].contains("home"));
    }
}
