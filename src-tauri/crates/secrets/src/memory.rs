//! A store that forgets with the process: for tests, and where a user wants nothing kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::Secret;

use crate::{SecretError, SecretName, SecretStore};

/// Secrets in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    secrets: Mutex<BTreeMap<SecretName, Secret>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.secrets().is_empty()
    }

    fn secrets(&self) -> MutexGuard<'_, BTreeMap<SecretName, Secret>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemoryStore {
    fn get(&self, name: SecretName) -> Result<Option<Secret>, SecretError> {
        Ok(self.secrets().get(&name).cloned())
    }

    fn set(&self, name: SecretName, secret: &Secret) -> Result<(), SecretError> {
        self.secrets().insert(name, secret.clone());
        Ok(())
    }

    fn delete(&self, name: SecretName) -> Result<(), SecretError> {
        self.secrets().remove(&name);
        Ok(())
    }
}
