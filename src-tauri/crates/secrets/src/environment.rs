//! Secrets from the environment, in front of a store.

use std::collections::BTreeMap;
use std::ffi::OsString;

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
            let value = lookup(name.variable()?).filter(|value| !value.is_empty())?;
            Some(match value.into_string() {
                Ok(text) => (name, Variable::Text(Secret::new(text))),
                Err(_) => (name, Variable::NoText),
            })
        });
        Self {
            found: found.collect(),
        }
    }

    /// Whether it has this secret, readable or not.
    pub fn has(&self, name: SecretName) -> bool {
        self.found.contains_key(&name)
    }
}

/// A store behind the environment: what is set there is used and never kept.
#[derive(Debug)]
pub struct WithEnvironment<S> {
    environment: Environment,
    store: S,
}

impl<S> WithEnvironment<S> {
    /// Puts the environment in front of the store.
    pub fn new(environment: Environment, store: S) -> Self {
        Self { environment, store }
    }
}

impl<S: SecretStore> SecretStore for WithEnvironment<S> {
    /// With a variable set, the store is not even asked.
    fn get(&self, name: SecretName) -> Result<Option<Secret>, SecretError> {
        match self.environment.found.get(&name) {
            Some(Variable::Text(secret)) => Ok(Some(secret.clone())),
            Some(Variable::NoText) => Err(SecretError::NoText { name }),
            None => self.store.get(name),
        }
    }

    /// Keeps what a user has entered, but not what the environment says anyway.
    fn set(&self, name: SecretName, secret: &Secret) -> Result<(), SecretError> {
        match self.environment.found.get(&name) {
            Some(Variable::Text(known)) if known == secret => Ok(()),
            Some(_) | None => self.store.set(name, secret),
        }
    }

    /// Removes it from the store. What is in the environment is not ours to remove, and with it set there may be no store at all.
    fn delete(&self, name: SecretName) -> Result<(), SecretError> {
        match self.store.delete(name) {
            Err(SecretError::StoreUnavailable { .. }) if self.environment.has(name) => Ok(()),
            result => result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    const NAME: SecretName = SecretName::CrmAccessKey;

    fn with_variable(value: &str) -> WithEnvironment<MemoryStore> {
        let lookup = |variable: &str| (Some(variable) == NAME.variable()).then(|| value.into());
        WithEnvironment::new(Environment::of(lookup), MemoryStore::new())
    }

    fn found(secrets: &impl SecretStore, name: SecretName) -> Option<Secret> {
        secrets.get(name).expect("asked")
    }

    #[test]
    fn s11_a_variable_is_used_and_never_kept() {
        let secrets = with_variable("from outside");
        let outside = Secret::new("from outside");
        assert_eq!(found(&secrets, NAME), Some(outside.clone()));
        secrets.set(NAME, &outside).expect("nothing to do");
        assert_eq!(found(&secrets.store, NAME), None);
        assert_eq!(found(&secrets, SecretName::ExchangePassword), None);
    }

    #[test]
    fn what_a_user_entered_is_kept_although_a_variable_is_set() {
        let secrets = with_variable("from outside");
        secrets.set(NAME, &Secret::new("typed")).expect("kept");
        assert_eq!(found(&secrets.store, NAME), Some(Secret::new("typed")));
        assert_eq!(found(&secrets, NAME), Some(Secret::new("from outside")));
    }

    #[test]
    fn an_empty_variable_is_none() {
        let secrets = with_variable("");
        secrets.set(NAME, &Secret::new("old")).expect("kept");
        secrets.set(NAME, &Secret::new("new")).expect("kept");
        assert_eq!(found(&secrets, NAME), Some(Secret::new("new")));
    }

    #[test]
    fn a_deleted_secret_is_gone_and_deleting_twice_is_no_error() {
        let secrets = with_variable("");
        secrets.set(NAME, &Secret::new("x")).expect("kept");
        secrets.delete(NAME).expect("deleted");
        secrets.delete(NAME).expect("deleted");
        assert_eq!(found(&secrets, NAME), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_told_and_not_guessed_at() {
        use std::os::unix::ffi::OsStringExt;
        let environment = Environment::of(|_| Some(OsString::from_vec(vec![b'a', 0xff])));
        let secrets = WithEnvironment::new(environment, MemoryStore::new());
        let error = secrets.get(NAME).expect_err("no text");
        assert!(matches!(error, SecretError::NoText { .. }));
    }

    #[test]
    fn s11_nothing_here_prints_a_secret() {
        let secrets = with_variable("hunter2");
        secrets.set(NAME, &Secret::new("hunter3")).expect("kept");
        let printed = format!("{secrets:?} {:?}", found(&secrets, NAME));
        assert!(!printed.contains("hunter"), "{printed}");
    }

    #[test]
    fn a_missing_secret_names_the_command_that_asks_for_it() {
        for name in SecretName::ALL {
            let problem = name.missing();
            assert_eq!(problem.code, model::Code::SecretMissing);
            assert_eq!(problem.values["command"], name.command());
            let variable = problem.values.get("variable").map(String::as_str);
            assert_eq!(variable, name.variable());
        }
    }
}
