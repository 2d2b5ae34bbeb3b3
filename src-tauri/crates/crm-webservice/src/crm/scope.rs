//! What has to be known before a component can be worked on: who is signed in, what the module looks like, which fields there are.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::{Component, UserId};
use ports::{ErrorKind, Failure, Result};
use transport::Sending;

use super::WebserviceCrm;
use crate::cache::A_DAY;
use crate::convert::Mapping;
use crate::convert::fields::Wishes;
use crate::convert::stock::{OWNER, TYPE, module_of};
use crate::failure::{Attempt, answer_malformed, permission_missing};
use crate::query::Query;
use crate::token::Reader;
use crate::wire::module::{ListedType, read_types};
use crate::wire::{Module, Request};

/// The module of a component as this user sees it.
pub(super) struct Scope {
    pub component: Component,
    pub module: Module,
    pub mapping: Mapping,
    pub me: UserId,
}

impl Scope {
    /// Who reads here and how.
    pub fn reader(&self) -> Reader {
        Reader {
            user: self.me.clone(),
            module: self.module.name.clone(),
            reading: self.mapping.reading(),
        }
    }

    /// Asks for own records that sync, behind this one.
    pub fn own<'a>(&self, fields: impl IntoIterator<Item = &'a str>, after: Option<&str>) -> Query {
        let query = Query::select(fields, &self.module.name).equals(OWNER, self.me.as_str());
        let query = match self.mapping.types() {
            [] => query,
            types => query.one_of(TYPE, types.iter().map(String::as_str)),
        };
        query.after(after)
    }
}

impl WebserviceCrm {
    fn overrides(&self, component: Component) -> &BTreeMap<String, String> {
        match component {
            Component::Contacts | Component::Emails => &self.overrides.contacts,
            Component::Appointments => &self.overrides.appointments,
            Component::Tasks => &self.overrides.tasks,
        }
    }

    /// What is needed to work on a component.
    pub(super) async fn scope(&self, component: Component) -> Result<Scope> {
        if component == Component::Emails {
            return Err(Failure::bug(format!("{component} are not synced yet")));
        }
        let me = self.sessions.account().await?.user;
        let module = self.module(module_of(component), A_DAY).await?;
        if !module.retrieveable {
            self.known.forget_module(&module.name);
            return Err(permission_missing(&module.name, "read"));
        }
        let wishes = Wishes {
            overrides: self.overrides(component),
            pick_lists: &self.pick_lists,
            event_types: &self.event_types,
            invited: self.invited,
        };
        let mapping = Mapping::new(component, &module, wishes);
        let mapping = mapping.map_err(|missing| {
            permission_missing(&module.name, "read")
                .with("field", missing.name.clone())
                .caused_by(missing)
        })?;
        let mapping = self.only_visible_references(mapping).await?;
        if let Some(field) = self.known.vanished_field(&module.name, &mapping) {
            self.known.forget_module(&module.name);
            return Err(permission_missing(&module.name, "read").with("field", field.name()));
        }
        self.known.keep_fields(&module.name, &mapping);
        Ok(Scope {
            component,
            module,
            mapping,
            me,
        })
    }

    async fn only_visible_references(&self, mut mapping: Mapping) -> Result<Mapping> {
        let targets: Vec<String> = mapping
            .referenced_modules()
            .into_iter()
            .map(str::to_owned)
            .collect();
        for target in targets {
            let visible = match self.known.is_closed(&target, self.now()) {
                true => false,
                false => match self.module(&target, A_DAY).await {
                    Ok(module) => module.retrieveable,
                    Err(failure) if failure.kind == ErrorKind::Denied => false,
                    Err(failure) => return Err(failure),
                },
            };
            if !visible {
                mapping = mapping.without_references_to(&target);
            }
        }
        Ok(mapping)
    }

    /// A module, asked for again when what is known is older than this.
    pub(super) async fn module(&self, name: &str, age: SignedDuration) -> Result<Module> {
        if let Some(module) = self.known.module(name, self.now(), age) {
            return Ok(module);
        }
        match self.sessions.ask(&Request::describe(name)).await {
            Ok(value) => {
                let module = Module::read(&value)
                    .ok_or_else(|| answer_malformed(Sending::Read, "describe"))?;
                self.known
                    .keep_module(name, Some(module.clone()), self.now());
                Ok(module)
            }
            Err(trouble) => {
                let failure = Attempt::read(name).sort(trouble);
                if failure.kind == ErrorKind::Denied {
                    self.known.keep_module(name, None, self.now());
                }
                Err(failure)
            }
        }
    }

    /// The modules that are open, asked for because of this one.
    async fn list_types(&self, module: &str) -> Result<Vec<ListedType>> {
        let listed = self
            .ask(Attempt::read(module), &Request::list_types())
            .await?;
        let types =
            read_types(&listed).ok_or_else(|| answer_malformed(Sending::Read, "listtypes"))?;
        self.known.keep_types(types.clone(), self.now());
        Ok(types)
    }

    /// The modules that are open, as known since some hours at most.
    pub(super) async fn types(&self, module: &str) -> Result<Vec<ListedType>> {
        match self.known.types(self.now()) {
            Some(types) => Ok(types),
            None => self.list_types(module).await,
        }
    }

    /// Whether the module is there and readable at this moment: only then is a missing record evidence of anything.
    pub(super) async fn is_open(&self, name: &str) -> Result<bool> {
        let types = self.list_types(name).await?;
        if !types.iter().any(|listed| listed.name == name) {
            self.known.forget_module(name);
            return Ok(false);
        }
        match self.module(name, SignedDuration::ZERO).await {
            Ok(module) => Ok(module.retrieveable),
            Err(failure) if failure.kind == ErrorKind::Denied => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}
