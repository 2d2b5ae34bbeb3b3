//! Finding a secret: the environment first, then the store.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use model::Secret;

use crate::{SecretError, SecretName, SecretStore};

/// The variables of a process that hold secrets.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    found: BTreeMap<SecretName, Variable>,
}

#[derive(Debug, Clone)]
enum Variable {
    Text(Secret),
    NoText,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self::of(|variable| std::env::var_os(variable))
    }

    /// The variables that a lookup knows; an empty one is none.
    pub fn of(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let found = SecretName::ALL.into_iter().filter_map(|name| {
            let value = lookup(name.variable()).filter(|value| !value.is_empty())?;
            Some(match value.into_string() {
                Ok(text) => (name, Variable::Text(Secret::new(text))),
                Err(_) => (name, Variable::NoText),
            })
        });
        Self {
            found: found.collect(),
        }
    }
}

/// Where a secret was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the environment: it must not be kept.
    Environment,
    /// In the store.
    Store,
}

/// A secret and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The secret.
    pub secret: Secret,
    /// Where it was found.
    pub origin: Origin,
}

/// The secrets of one profile, wherever they are. Clones share the store.
#[derive(Clone)]
pub struct Secrets {
    environment: Environment,
    store: Arc<dyn SecretStore>,
}

impl Secrets {
    /// Secrets of this environment and this store.
    pub fn new(environment: Environment, store: impl SecretStore + 'static) -> Self {
        Self {
            environment,
            store: Arc::new(store),
        }
    }

    /// The secret; `Missing` where nobody has it. With a variable set, the store is not even asked.
    pub fn find(&self, name: SecretName) -> Result<Found, SecretError> {
        match self.environment.found.get(&name) {
            Some(Variable::Text(secret)) => Ok(Found {
                secret: secret.clone(),
                origin: Origin::Environment,
            }),
            Some(Variable::NoText) => Err(SecretError::NoText { name }),
            None => match self.store.get(name)? {
                Some(secret) => Ok(Found {
                    secret,
                    origin: Origin::Store,
                }),
                None => Err(SecretError::Missing { name }),
            },
        }
    }

    /// Keeps a secret that a user has entered.
    pub fn keep(&self, name: SecretName, secret: &Secret) -> Result<(), SecretError> {
        self.store.set(name, secret)
    }

    /// Removes a secret from the store. What is in the environment is not ours to remove.
    pub fn forget(&self, name: SecretName) -> Result<(), SecretError> {
        self.store.remove(name)
    }
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;
    use crate::MemoryStore;

    const NAME: SecretName = SecretName::CrmAccessKey;

    fn with_variable(value: &str) -> Environment {
        Environment::of(|variable| (variable == NAME.variable()).then(|| value.into()))
    }

    fn nothing_set() -> Environment {
        Environment::of(|_| None)
    }

    #[test]
    fn a_secret_is_found_where_it_was_kept() {
        let secrets = Secrets::new(nothing_set(), MemoryStore::new());
        secrets.keep(NAME, &Secret::new("old")).expect("kept");
        secrets.keep(NAME, &Secret::new("new")).expect("kept");
        let found = secrets.find(NAME).expect("found");
        assert_eq!(found.secret, Secret::new("new"));
        assert_eq!(found.origin, Origin::Store);
    }

    #[test]
    fn s11_a_variable_is_used_and_never_kept() {
        let secrets = Secrets::new(with_variable("from outside"), MemoryStore::new());
        let found = secrets.find(NAME).expect("found");
        assert_eq!(found.secret, Secret::new("from outside"));
        assert_eq!(found.origin, Origin::Environment);
        assert_eq!(secrets.store.get(NAME).expect("asked"), None);
        secrets
            .find(SecretName::ExchangePassword)
            .expect_err("another one");
    }

    #[test]
    fn a_missing_secret_names_the_command_that_asks_for_it() {
        for (environment, name) in [
            (nothing_set(), NAME),
            (with_variable(""), NAME),
            (with_variable("x"), SecretName::ExchangePassword),
        ] {
            let secrets = Secrets::new(environment, MemoryStore::new());
            let problem = secrets.find(name).expect_err("nobody has it").problem();
            assert_eq!(problem.code, Code::SecretMissing);
            assert_eq!(problem.values["command"], name.command());
            assert_eq!(problem.values["variable"], name.variable());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_told_and_not_guessed_at() {
        use std::os::unix::ffi::OsStringExt;
        let environment = Environment::of(|_| Some(OsString::from_vec(vec![b'a', 0xff])));
        let secrets = Secrets::new(environment, MemoryStore::new());
        let error = secrets.find(NAME).expect_err("no text");
        assert!(matches!(error, SecretError::NoText { .. }));
    }

    #[test]
    fn a_forgotten_secret_is_gone_and_forgetting_twice_is_no_error() {
        let secrets = Secrets::new(nothing_set(), MemoryStore::new());
        secrets.keep(NAME, &Secret::new("x")).expect("kept");
        secrets.forget(NAME).expect("forgotten");
        secrets.forget(NAME).expect("forgotten");
        secrets.find(NAME).expect_err("gone");
    }

    #[test]
    fn s11_nothing_here_prints_a_secret() {
        let environment = with_variable("hunter2");
        let store = MemoryStore::new();
        store.set(NAME, &Secret::new("hunter3")).expect("kept");
        let found = Secrets::new(environment.clone(), MemoryStore::new()).find(NAME);
        let printed = format!("{environment:?} {store:?} {found:?}");
        assert!(!printed.contains("hunter"), "{printed}");
    }
}
