//! Where the secrets of a profile are. A credential store may wait for a person who unlocks it; nobody else is held up by that.

use std::sync::Arc;

use model::Secret;
use ports::{ErrorKind, Failure};
use secrets::{MemoryStore, SecretError, SecretName, SecretStore};
use tracing::debug;

use crate::{Remember, failure_of};

/// The secrets of one profile; clones share them.
#[derive(Clone)]
pub(crate) struct Keeper {
    /// Those of a user who wants nothing kept; they go with the process.
    passing: Arc<MemoryStore>,
    lasting: Arc<dyn SecretStore>,
}

impl Keeper {
    pub fn new(lasting: Arc<dyn SecretStore>) -> Self {
        Self {
            passing: Arc::default(),
            lasting,
        }
    }

    /// Whether a secret would go with the process.
    pub fn holds_any(&self) -> bool {
        !self.passing.is_empty()
    }

    /// The secret; the calling thread waits for it.
    pub fn read(&self, name: SecretName) -> ports::Result<Secret> {
        let found = match self.passing.get(name)? {
            Some(secret) => Some(secret),
            None => self.lasting.get(name)?,
        };
        found.ok_or_else(|| failure_of(ErrorKind::SignInNeeded, name.missing()))
    }

    /// A new secret in the place of the one that is there; the calling thread waits until it is kept.
    pub fn renew(&self, name: SecretName, secret: &Secret) -> Result<(), SecretError> {
        match self.passing.get(name)? {
            Some(_) => self.passing.set(name, secret),
            None => self.lasting.set(name, secret),
        }
    }

    /// The secret.
    pub async fn get(&self, name: SecretName) -> ports::Result<Secret> {
        self.aside(move |keeper| keeper.read(name)).await
    }

    /// Nobody is asked for a secret that a store which is not there, or stays locked, would not take.
    pub async fn ask(&self, name: SecretName) -> ports::Result<()> {
        self.aside(move |keeper| Ok(keeper.lasting.get(name).map(drop)?))
            .await
    }

    /// Keeps a secret as the user wants it.
    pub async fn keep(
        &self,
        name: SecretName,
        secret: Secret,
        remember: Remember,
    ) -> ports::Result<()> {
        if remember == Remember::No {
            return Ok(self.passing.set(name, &secret)?);
        }
        self.aside(move |keeper| {
            keeper.lasting.set(name, &secret)?;
            Ok(keeper.passing.delete(name)?)
        })
        .await
    }

    /// Removes a secret wherever it is.
    pub async fn forget(&self, name: SecretName) -> ports::Result<()> {
        let passing = self.passing.get(name)?.is_some();
        self.passing.delete(name)?;
        let forgotten = self.aside(move |keeper| Ok(keeper.lasting.delete(name)?));
        match forgotten.await {
            Err(failure) if passing => {
                debug!(%failure, "what only this process knew is in no store");
                Ok(())
            }
            forgotten => forgotten,
        }
    }

    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> ports::Result<T> + Send + 'static,
    ) -> ports::Result<T> {
        let keeper = self.clone();
        tokio::task::spawn_blocking(move || work(&keeper))
            .await
            .map_err(|error| Failure::bug("the credential store was not asked").caused_by(error))?
    }
}
