//! Changing a record: by `revise` where the server has it, else by writing the whole record. Whether it has shows at the first write.

use model::{Field, Fields, RecordId};
use ports::Result;
use tracing::{debug, info};

use super::read::holds;
use super::references::Age;
use super::{Scope, WebserviceCrm};
use crate::cache::Support;
use crate::convert::stock::OWNER;
use crate::failure::{Attempt, Trouble};
use crate::wire::request::Element;
use crate::wire::{ErrorCode, Request, Row};

/// A change that is to be written.
pub(super) struct Revision {
    /// What is sent.
    pub element: Element,
    /// The fields that change.
    pub fields: Vec<Field>,
    /// The record as it shall be.
    pub whole: Fields,
}

impl WebserviceCrm {
    /// Changes only what is given, or, where the server cannot do that, writes the whole record as it is with the changes in it.
    pub(super) async fn revise_or_replace(
        &self,
        scope: &Scope,
        id: &RecordId,
        revision: &Revision,
    ) -> Result<Row> {
        let support = self.known.revise(self.now());
        if support == Some(Support::Absent) {
            return self.replace(scope, id, revision).await;
        }
        let mut element = revision.element.clone();
        element.set("id", id.as_str());
        let trouble = match self.sessions.ask(&Request::revise(&element)).await {
            Ok(value) => {
                self.known.keep_revise(Support::Present, self.now());
                info!(record = %id, "record updated");
                return self.written(&value, "revise");
            }
            Err(trouble) => trouble,
        };
        match &trouble {
            Trouble::Refused(error)
                if matches!(
                    error.code,
                    ErrorCode::UnknownOperation | ErrorCode::OperationNotSupported
                ) => {}
            // An unknown operation looks like any other fault, so it is tried in the other way once, knowing what is there.
            Trouble::Silent if support.is_none() => {
                let row = self.current(scope, id).await?;
                if self.shows(scope, &row, revision).await? {
                    return Ok(row);
                }
            }
            _ => return Err(self.write_failure(scope, "update", trouble).await),
        }
        let row = self.replace(scope, id, revision).await?;
        debug!("the CRM has no revise, whole records are written");
        self.known.keep_revise(Support::Absent, self.now());
        Ok(row)
    }

    /// Old servers empty every field that an update does not name, so all that is there goes along.
    async fn replace(&self, scope: &Scope, id: &RecordId, revision: &Revision) -> Result<Row> {
        let now = self.current(scope, id).await?;
        let mut element = Element::new();
        for (name, value) in now.iter() {
            let meta = scope.module.fields.get(name);
            let editable = meta.is_some_and(|meta| meta.editable);
            let is_empty_reference = meta.is_some_and(|meta| {
                matches!(meta.kind.as_str(), "reference" | "owner") && now.reference(name).is_none()
            });
            if editable
                && !value.is_empty()
                && !is_empty_reference
                && let Some(value) = scope.mapping.rewritten(name, value)
            {
                element.set(name, &value);
            }
        }
        element.set(OWNER, now.text(OWNER));
        for (name, value) in revision.element.iter() {
            element.set(name, value.unwrap_or_default());
        }
        element.set("id", id.as_str());
        match self.sessions.ask(&Request::update(&element)).await {
            Ok(value) => {
                info!(record = %id, "record updated as a whole");
                self.written(&value, "update")
            }
            Err(trouble) => Err(self.write_failure(scope, "update", trouble).await),
        }
    }

    pub(super) async fn current(&self, scope: &Scope, id: &RecordId) -> Result<Row> {
        match self.retrieve_row(scope, id).await {
            Ok(row) => Ok(row),
            Err(trouble) => {
                let attempt = Attempt::read(&scope.module.name);
                Err(self.refused_record(attempt, trouble).await)
            }
        }
    }

    /// Whether the record shows the changes already.
    async fn shows(&self, scope: &Scope, row: &Row, revision: &Revision) -> Result<bool> {
        let rows = std::slice::from_ref(row);
        let names = self.names(scope, rows, Age::OfThisRun).await?;
        let time = self.server_time();
        let stored = scope.mapping.read(row, &names, time.zones());
        let sent = scope.mapping.kept(&revision.whole, time.zones());
        let mut fields = revision.fields.iter();
        Ok(fields.all(|field| holds(scope, &stored, &sent, *field)))
    }
}
