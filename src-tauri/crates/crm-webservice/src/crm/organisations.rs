//! A name to the one organisation that has it (R2.3). The names of organisations that are referred to are in `references`.

use std::collections::HashMap;

use jiff::Timestamp;
use model::{Code, Field};
use ports::{ErrorKind, Failure, Result};
use tracing::info;
use transport::Sending;

use super::read::check_ascending;
use super::references::{A_RUN, label_field};
use super::{Scope, WebserviceCrm};
use crate::cache::A_DAY;
use crate::convert::stock::OWNER;
use crate::convert::stored::forms_of_name;
use crate::failure::{Attempt, Trouble};
use crate::query::{PAGE, Query};
use crate::wire::request::Element;
use crate::wire::{ErrorCode, Module, Request, Row};

/// What is remembered about organisations.
#[derive(Default)]
pub struct Organisations {
    /// Held from the look-up to the creation: two contacts of one new organisation must not make it twice.
    ids: tokio::sync::Mutex<HashMap<String, (String, Timestamp)>>,
}

impl WebserviceCrm {
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
                self.references
                    .keep_name(row.id(), row.text(label), self.now());
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
                    self.references
                        .keep_name(row.id(), row.text(label), self.now());
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
}
