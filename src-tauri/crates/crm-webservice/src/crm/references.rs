//! What the records are called that others refer to: organisations of contacts, people invited to events. Asked for in batches,
//! remembered for a run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use model::Record;
use ports::Result;
use tracing::debug;

use super::{Scope, WebserviceCrm};
use crate::cache::A_DAY;
use crate::convert::Kind;
use crate::convert::values::{Named, Names};
use crate::query::{PAGE, Query};
use crate::wire::{Module, Row};

/// How long a name is believed while changes are read: about as long as a run.
pub(super) const A_RUN: SignedDuration = SignedDuration::from_mins(10);

/// How old a name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// As old as a run.
    OfThisRun,
    /// Asked for now: renaming an organisation moves no record's time.
    OfToday,
}

/// What is remembered about records that others refer to.
#[derive(Default)]
pub(super) struct References(Mutex<HashMap<String, (Named, Timestamp)>>);

impl References {
    fn known(&self) -> MutexGuard<'_, HashMap<String, (Named, Timestamp)>> {
        // A map of copies: a panic elsewhere leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the name of an organisation that was met on another way.
    pub fn keep_name(&self, id: &str, name: &str, now: Timestamp) {
        let named = Named {
            name: name.to_owned(),
            address: String::new(),
        };
        self.known().insert(id.to_owned(), (named, now));
    }
}

/// The columns that tell what the records of a module are called.
pub(super) struct Calling<'a> {
    pub names: Vec<&'a str>,
    pub addresses: Vec<&'a str>,
}

impl<'a> Calling<'a> {
    fn organisations(module: &'a Module) -> Self {
        Self {
            names: vec![label_field(module)],
            addresses: Vec::new(),
        }
    }

    pub fn people(module: &'a Module) -> Self {
        let labels = module.label_fields.iter().map(String::as_str);
        let known = |name: &&str| module.fields.contains_key(*name);
        let by_kind = module
            .fields
            .iter()
            .filter(|(_, meta)| meta.kind == "email");
        Self {
            names: labels.filter(known).collect(),
            addresses: by_kind.map(|(name, _)| name.as_str()).collect(),
        }
    }

    pub fn named(&self, row: &Row) -> Named {
        let texts = |names: &[&str]| -> Vec<String> {
            let texts = names.iter().map(|name| row.text(name).trim().to_owned());
            texts.filter(|text| !text.is_empty()).collect()
        };
        Named {
            name: match self.names.as_slice() {
                // A name that is compared with another one has to stay as it is.
                [only] => row.text(only).to_owned(),
                names => texts(names).join(" "),
            },
            address: texts(&self.addresses)
                .into_iter()
                .next()
                .unwrap_or_default(),
        }
    }
}

impl WebserviceCrm {
    /// The rows as records, with the names of what they refer to.
    pub(super) async fn records(&self, scope: &Scope, rows: &[Row]) -> Result<Vec<Record>> {
        let names = self.names(scope, rows, Age::OfThisRun).await?;
        let time = self.server_time();
        Ok(rows
            .iter()
            .map(|row| scope.mapping.record(row, &names, &scope.me, &time))
            .collect())
    }

    /// The names of all records that these rows refer to. One that is gone or hidden has none.
    pub(super) async fn names(&self, scope: &Scope, rows: &[Row], age: Age) -> Result<Names> {
        let mut names = Names::new();
        for mapped in scope.mapping.iter() {
            let people = matches!(mapped.kind, Kind::People(_));
            for (column, target) in mapped.references() {
                let mut missing: BTreeSet<&str> = rows
                    .iter()
                    .filter_map(|row| row.reference(column))
                    .collect();
                if missing.is_empty() {
                    continue;
                }
                let module = self.module(target, A_DAY).await?;
                // A column may also point into modules that do not count here.
                missing.retain(|id| is_id_of(id, &module));
                if age == Age::OfThisRun {
                    missing.retain(|id| !self.is_known(id, &mut names));
                }
                let calling = match people {
                    true => Calling::people(&module),
                    false => Calling::organisations(&module),
                };
                let missing: Vec<&str> = missing.into_iter().collect();
                for ids in missing.chunks(PAGE) {
                    names.extend(self.ask_for_names(target, &calling, ids).await?);
                }
            }
        }
        Ok(names)
    }

    fn is_known(&self, id: &str, names: &mut Names) -> bool {
        let now = self.now();
        match self.references.known().get(id) {
            Some((named, at)) if now.duration_since(*at).abs() < A_RUN => {
                names.insert(id.to_owned(), named.clone());
                true
            }
            _ => false,
        }
    }

    async fn ask_for_names(
        &self,
        target: &str,
        calling: &Calling<'_>,
        ids: &[&str],
    ) -> Result<BTreeMap<String, Named>> {
        let columns = calling.names.iter().chain(&calling.addresses).copied();
        let query = Query::select(["id"].into_iter().chain(columns), target)
            .one_of("id", ids.iter().copied());
        let rows = self.rows(target, &query).await?;
        let found: BTreeMap<_, _> = rows
            .iter()
            .map(|row| (row.id().to_owned(), calling.named(row)))
            .collect();
        if found.len() < ids.len() {
            let missing = ids.len() - found.len();
            debug!(missing, "references to hidden or deleted records");
        }
        let now = self.now();
        let mut known = self.references.known();
        known.extend(
            found
                .clone()
                .into_iter()
                .map(|(id, named)| (id, (named, now))),
        );
        Ok(found)
    }
}

fn is_id_of(id: &str, module: &Module) -> bool {
    let prefix = id.split_once('x').map(|(prefix, _)| prefix);
    module.id_prefix.is_empty() || prefix == Some(module.id_prefix.as_str())
}

/// The field a record of this module is called by.
pub(super) fn label_field(module: &Module) -> &str {
    module
        .label_fields
        .iter()
        .find(|name| module.fields.contains_key(*name))
        .map_or("accountname", String::as_str)
}
