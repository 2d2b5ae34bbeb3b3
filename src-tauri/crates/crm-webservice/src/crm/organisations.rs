//! References to organisations: ids to names, and a name to the one organisation that has it (R2.3).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use model::{Code, Field, Record};
use ports::{ErrorKind, Failure, Result};
use tracing::{debug, info};
use transport::Sending;

use super::read::check_ascending;
use super::{Scope, WebserviceCrm};
use crate::cache::A_DAY;
use crate::convert::Kind;
use crate::convert::fields::OWNER;
use crate::convert::stored::forms_of_name;
use crate::failure::{Attempt, Trouble};
use crate::query::{PAGE, Query};
use crate::wire::request::Element;
use crate::wire::{ErrorCode, Module, Request, Row};

/// How long a name is believed while changes are read: about as long as a run.
const A_RUN: SignedDuration = SignedDuration::from_mins(10);

/// How old a name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// As old as a run.
    OfThisRun,
    /// Asked for now: renaming an organisation moves no record's time.
    OfToday,
}

/// What is remembered about organisations.
#[derive(Default)]
pub struct Organisations {
    names: Mutex<HashMap<String, (String, Timestamp)>>,
    /// Held from the look-up to the creation: two contacts of one new organisation must not make it twice.
    ids: tokio::sync::Mutex<HashMap<String, (String, Timestamp)>>,
}

impl Organisations {
    fn names(&self) -> MutexGuard<'_, HashMap<String, (String, Timestamp)>> {
        // A map of copies: a panic elsewhere leaves it whole.
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WebserviceCrm {
    /// The rows as records, with the names of what they refer to.
    pub(super) async fn records(&self, scope: &Scope, rows: &[Row]) -> Result<Vec<Record>> {
        let names = self.names(scope, rows, Names::OfThisRun).await?;
        let time = self.server_time();
        Ok(rows
            .iter()
            .map(|row| scope.mapping.record(row, &names, &scope.me, &time))
            .collect())
    }

    /// The names of all records that these rows refer to. One that is gone or hidden has none.
    pub(super) async fn names(
        &self,
        scope: &Scope,
        rows: &[Row],
        age: Names,
    ) -> Result<HashMap<String, String>> {
        let mut names = HashMap::new();
        for mapped in scope.mapping.iter() {
            let Kind::Reference(target) = &mapped.kind else {
                continue;
            };
            let mut missing: BTreeSet<&str> = rows
                .iter()
                .filter_map(|row| row.reference(&mapped.name))
                .collect();
            if age == Names::OfThisRun {
                let now = self.now();
                let known = self.organisations.names();
                missing.retain(|id| match known.get(*id) {
                    Some((name, at)) if now.duration_since(*at).abs() < A_RUN => {
                        names.insert((*id).to_owned(), name.clone());
                        false
                    }
                    _ => true,
                });
            }
            let missing: Vec<&str> = missing.into_iter().collect();
            for ids in missing.chunks(PAGE) {
                names.extend(self.ask_for_names(target, ids).await?);
            }
        }
        Ok(names)
    }

    async fn ask_for_names(&self, target: &str, ids: &[&str]) -> Result<Vec<(String, String)>> {
        let module = self.module(target, A_DAY).await?;
        let label = label_field(&module);
        let query = Query::select(["id", label], target).one_of(ids.iter().copied());
        let rows = self.rows(target, &query).await?;
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.id().to_owned(), row.text(label).to_owned()))
            .collect();
        if found.len() < ids.len() {
            debug!(
                missing = ids.len() - found.len(),
                "references to hidden or deleted organisations"
            );
        }
        let now = self.now();
        let mut known = self.organisations.names();
        known.extend(found.iter().cloned().map(|(id, name)| (id, (name, now))));
        Ok(found)
    }

    /// The id of the organisation with exactly this name, capitals ignored; it is created if there is none.
    pub(super) async fn organisation(
        &self,
        scope: &Scope,
        target: &str,
        name: &str,
    ) -> Result<String> {
        let name = name.trim();
        let key = name.to_lowercase();
        let mut ids = self.organisations.ids.lock().await;
        if let Some((id, at)) = ids.get(&key)
            && self.now().duration_since(*at).abs() < A_RUN
        {
            return Ok(id.clone());
        }
        let module = self.module(target, A_DAY).await?;
        let found = match self.find_organisation(&module, name).await? {
            Some(id) => id,
            None => self.create_organisation(scope, &module, name).await?,
        };
        ids.insert(key, (found.clone(), self.now()));
        Ok(found)
    }

    /// The organisation of this name, also where the server changed the name when it was stored.
    async fn find_organisation(&self, module: &Module, name: &str) -> Result<Option<String>> {
        for form in forms_of_name(name) {
            if let Some(id) = self.find_organisation_called(module, &form).await? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The database also finds names with other accents or trailing blanks, so each is compared here. The lowest id was made first.
    async fn find_organisation_called(
        &self,
        module: &Module,
        name: &str,
    ) -> Result<Option<String>> {
        let label = label_field(module);
        let wanted = name.to_lowercase();
        let mut after: Option<String> = None;
        loop {
            let query = Query::select(["id", label], &module.name)
                .equals(label, name)
                .after(after.as_deref());
            let rows = self.rows(&module.name, &query).await?;
            check_ascending(after.as_deref(), &rows)?;
            let mut fitting = rows
                .iter()
                .filter(|row| row.text(label).trim().to_lowercase() == wanted);
            if let Some(row) = fitting.next() {
                self.keep_name(row.id(), row.text(label));
                return Ok(Some(row.id().to_owned()));
            }
            match rows.last() {
                Some(last) if rows.len() >= PAGE => after = Some(last.id().to_owned()),
                _ => return Ok(None),
            }
        }
    }

    async fn create_organisation(
        &self,
        scope: &Scope,
        module: &Module,
        name: &str,
    ) -> Result<String> {
        let label = label_field(module);
        let mut element = Element::new();
        element.set(label, name);
        element.set(OWNER, scope.me.as_str());
        let request = Request::create(&module.name, &element);
        let trouble = match self.sessions.ask(&request).await {
            Ok(value) => match Row::read(&value).filter(|row| !row.id().is_empty()) {
                Some(row) => {
                    info!(organisation = row.id(), "organisation created");
                    self.keep_name(row.id(), row.text(label));
                    return Ok(row.id().to_owned());
                }
                None => Trouble::Silent,
            },
            Err(trouble) => trouble,
        };
        let duplicate =
            matches!(&trouble, Trouble::Refused(error) if error.code == ErrorCode::Duplicate);
        let failure = self.organisation_failure(scope, module, trouble);
        if duplicate || failure.kind == ErrorKind::OutcomeUnknown {
            // Somebody was faster, or it was made and the answer got lost. Nothing of the record itself has been sent yet.
            if let Some(id) = self.find_organisation(module, name).await? {
                return Ok(id);
            }
        }
        Err(match failure.kind {
            ErrorKind::OutcomeUnknown => {
                Failure::new(ErrorKind::Offline, failure.problem.code).caused_by(failure)
            }
            _ => failure,
        })
    }

    /// What is told when an organisation could not be made: to the user it is a matter of the field `organisation`.
    fn organisation_failure(&self, scope: &Scope, module: &Module, trouble: Trouble) -> Failure {
        let attempt = Attempt {
            module: &module.name,
            right: "create",
            sending: Sending::Write,
            mapping: Some(&scope.mapping),
        };
        let mut failure = attempt.sort(trouble);
        if failure.kind == ErrorKind::Denied {
            self.known.forget_module(&module.name);
        }
        if let ErrorKind::Refused { field } = &mut failure.kind {
            *field = Some(Field::Organisation);
            if failure.problem.code == Code::EntryRefused {
                failure.problem.code = Code::FieldRefused;
                failure = failure.with("field", Field::Organisation.name());
            }
        }
        failure
    }

    fn keep_name(&self, id: &str, name: &str) {
        let now = self.now();
        let mut known = self.organisations.names();
        known.insert(id.to_owned(), (name.to_owned(), now));
    }
}

/// The field a record of this module is called by.
fn label_field(module: &Module) -> &str {
    module
        .label_fields
        .iter()
        .find(|name| module.fields.contains_key(*name))
        .map_or("accountname", String::as_str)
}
