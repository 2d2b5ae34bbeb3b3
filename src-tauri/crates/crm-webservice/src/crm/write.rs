//! Writing records. What the server answers is what is told to the caller: it may keep something else than it was sent.

use model::{Change, Code, Component, Fields, Record, RecordId};
use ports::{ErrorKind, Failure, Result};
use serde_json::Value;
use tracing::{debug, info};
use transport::Sending;

use super::{Scope, WebserviceCrm};
use crate::cache::Support;
use crate::convert::Kind;
use crate::convert::fields::{MODIFIED, OWNER};
use crate::convert::stored::is_stored_form;
use crate::convert::times::zone_of;
use crate::failure::{Attempt, Trouble, answer_malformed};
use crate::wire::request::Element;
use crate::wire::{ErrorCode, Request, Row};

/// A write and its answer lie so close together that their times tell the zone.
const CLOSE_TOGETHER: i64 = 60;

impl WebserviceCrm {
    pub(super) async fn create_record(
        &self,
        component: Component,
        fields: &Fields,
    ) -> Result<Record> {
        let scope = self.scope(component).await?;
        let mut element = Element::new();
        for (field, value) in fields.iter() {
            self.put(&scope, &mut element, field, value).await?;
        }
        element.set(OWNER, scope.me.as_str());
        let attempt = Attempt::write(&scope.module.name, "create", &scope.mapping);
        let request = Request::create(&scope.module.name, &element);
        let answer = self.ask(attempt, &request).await;
        let row = written(
            &answer.map_err(|failure| labelled(failure, &scope))?,
            "create",
        )?;
        info!(record = row.id(), "record created");
        self.stored(&scope, row).await
    }

    pub(super) async fn update_record(
        &self,
        component: Component,
        id: &RecordId,
        changes: &[Change],
    ) -> Result<Record> {
        let scope = self.scope(component).await?;
        let mut element = Element::new();
        for change in changes {
            self.put(&scope, &mut element, change.field, &change.after)
                .await?;
        }
        let row = if element.is_empty() {
            debug!(record = %id, "nothing the CRM has a field for");
            let attempt = Attempt::read(&scope.module.name);
            match self.retrieve_row(&scope, id).await {
                Ok(row) => row,
                Err(trouble) => return Err(self.refused_record(attempt, trouble).await),
            }
        } else {
            self.revise_or_replace(&scope, id, element).await?
        };
        self.stored(&scope, row).await
    }

    pub(super) async fn delete_record(&self, component: Component, id: &RecordId) -> Result<()> {
        let scope = self.scope(component).await?;
        let attempt = Attempt::write(&scope.module.name, "delete", &scope.mapping);
        match self.sessions.ask(&Request::delete(id.as_str())).await {
            Ok(_) => {
                info!(record = %id, "record deleted");
                Ok(())
            }
            Err(trouble) => Err(self.refused_record(attempt, trouble).await),
        }
    }

    /// Puts a value into what is to be written; the name of an organisation becomes its id, if need be by creating it.
    async fn put(
        &self,
        scope: &Scope,
        element: &mut Element,
        field: model::Field,
        value: &str,
    ) -> Result<()> {
        let Some(mapped) = scope.mapping.get(field).filter(|mapped| mapped.editable) else {
            debug!(%field, "the CRM has no such field or keeps it");
            return Ok(());
        };
        match &mapped.kind {
            Kind::Reference(target) if !value.trim().is_empty() => {
                let id = self.organisation(scope, target, value).await?;
                scope.mapping.write(element, field, &id);
            }
            Kind::Reference(_) => scope.mapping.write(element, field, ""),
            Kind::Text => scope.mapping.write(element, field, value),
        }
        Ok(())
    }

    /// Changes only what is given, or, where the server cannot do that, writes the whole record as it is with the changes in it.
    async fn revise_or_replace(
        &self,
        scope: &Scope,
        id: &RecordId,
        changes: Element,
    ) -> Result<Row> {
        let support = self.known.revise(self.now());
        if support == Some(Support::Absent) {
            return self.replace(scope, id, &changes).await;
        }
        let mut element = changes.clone();
        element.set("id", id.as_str());
        let trouble = match self.sessions.ask(&Request::revise(&element)).await {
            Ok(value) => {
                self.known.keep_revise(Support::Present, self.now());
                info!(record = %id, "record updated");
                return written(&value, "revise");
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
                if holds(&row, &changes) {
                    return Ok(row);
                }
            }
            _ => return Err(self.write_failure(scope, "update", trouble).await),
        }
        let row = self.replace(scope, id, &changes).await?;
        debug!("the CRM has no revise, whole records are written");
        self.known.keep_revise(Support::Absent, self.now());
        Ok(row)
    }

    /// Old servers empty every field that an update does not name, so all that is there goes along.
    async fn replace(&self, scope: &Scope, id: &RecordId, changes: &Element) -> Result<Row> {
        let now = self.current(scope, id).await?;
        let mut element = Element::new();
        for (name, value) in now.iter() {
            let editable = scope
                .module
                .fields
                .get(name)
                .is_some_and(|meta| meta.editable);
            let is_empty_reference = scope.module.fields.get(name).is_some_and(|meta| {
                matches!(meta.kind.as_str(), "reference" | "owner") && now.reference(name).is_none()
            });
            if editable && !value.is_empty() && !is_empty_reference {
                element.set(name, value);
            }
        }
        element.set(OWNER, now.text(OWNER));
        for (name, value) in changes.iter() {
            element.set(name, value.unwrap_or_default());
        }
        element.set("id", id.as_str());
        match self.sessions.ask(&Request::update(&element)).await {
            Ok(value) => {
                info!(record = %id, "record updated as a whole");
                written(&value, "update")
            }
            Err(trouble) => Err(self.write_failure(scope, "update", trouble).await),
        }
    }

    async fn current(&self, scope: &Scope, id: &RecordId) -> Result<Row> {
        match self.retrieve_row(scope, id).await {
            Ok(row) => Ok(row),
            Err(trouble) => {
                let attempt = Attempt::read(&scope.module.name);
                Err(self.refused_record(attempt, trouble).await)
            }
        }
    }

    async fn write_failure(&self, scope: &Scope, right: &'static str, trouble: Trouble) -> Failure {
        let attempt = Attempt::write(&scope.module.name, right, &scope.mapping);
        let failure = self.refused_record(attempt, trouble).await;
        if failure.kind == ErrorKind::Denied {
            self.known.forget_module(&scope.module.name);
        }
        labelled(failure, scope)
    }

    /// The record as stored. It is written already: if it cannot be shown whole now, the caller has to look it up.
    async fn stored(&self, scope: &Scope, row: Row) -> Result<Record> {
        self.learn_zone(&row);
        self.record(scope, row).await.map_err(|failure| {
            Failure::new(ErrorKind::OutcomeUnknown, failure.problem.code).caused_by(failure)
        })
    }

    /// The time of an own write, in the server's text and by its clock, tells its zone.
    fn learn_zone(&self, row: &Row) {
        let Some(account) = self.sessions.account_if_known() else {
            return;
        };
        let server_now = self.now().as_second() + account.clock_offset.as_secs();
        if let Some(zone) = zone_of(row.text(MODIFIED), server_now, CLOSE_TOGETHER) {
            self.known.keep_zone(zone);
        }
    }
}

/// The record in the answer to a write. Without one, the write may still have happened.
fn written(value: &Value, operation: &str) -> Result<Row> {
    let row = Row::read(value).filter(|row| !row.id().is_empty());
    row.ok_or_else(|| answer_malformed(Sending::Write, operation))
}

/// Whether the record holds the changes already.
fn holds(row: &Row, changes: &Element) -> bool {
    changes
        .iter()
        .all(|(name, value)| match (value, row.reference(name)) {
            (None, None) => true,
            (value, _) => is_stored_form(value.unwrap_or_default(), row.text(name)),
        })
}

/// The failure with the name that the CRM shows for the field, in the user's language.
fn labelled(failure: Failure, scope: &Scope) -> Failure {
    let named = failure.problem.values.get("field");
    let theirs = named.map(|name| {
        let ours = name.parse().ok().and_then(|field| scope.mapping.get(field));
        ours.map_or(name.as_str(), |mapped| mapped.name.as_str())
    });
    let label = theirs
        .and_then(|name| scope.module.fields.get(name))
        .map(|meta| meta.label.clone())
        .filter(|label| !label.is_empty());
    match (label, failure.problem.code) {
        (Some(label), Code::FieldMandatory | Code::FieldRefused) => failure.with("label", label),
        _ => failure,
    }
}
