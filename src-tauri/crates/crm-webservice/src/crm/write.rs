//! Writing records. What the server answers is what is told to the caller: it may keep something else than it was sent. How a record
//! is changed on servers of different age is in `revise`.

use std::collections::BTreeMap;

use model::{Change, Code, Component, Field, Fields, Record, RecordId};
use ports::{ErrorKind, Failure, Result};
use serde_json::Value;
use tracing::{debug, info};
use transport::Sending;

use super::revise::Revision;
use super::{Scope, WebserviceCrm};
use crate::cache::A_DAY;
use crate::convert::Kind;
use crate::convert::stock::{OWNER, TYPE};
use crate::convert::values::Occasion;
use crate::failure::{Attempt, Trouble, answer_malformed};
use crate::wire::request::Element;
use crate::wire::{Module, Request, Row};

/// What tells when an appointment is.
const SCHEDULE: [Field; 3] = [Field::Start, Field::End, Field::AllDay];

impl WebserviceCrm {
    pub(super) async fn create_record(
        &self,
        component: Component,
        fields: &Fields,
        more: &BTreeMap<String, String>,
    ) -> Result<Record> {
        let scope = self.scope(component).await?;
        let mut element = Element::new();
        scope.mapping.begin(&mut element, &scope.module);
        for (field, value) in fields.iter() {
            self.put(&scope, &mut element, field, value, Occasion::Create)
                .await?;
        }
        self.go_along(&scope, &mut element, fields);
        // Whose the record is and whether it is a task decide what it is at all.
        let fixed = |name: &str| match name {
            "id" | OWNER => true,
            TYPE => component == Component::Tasks,
            _ => false,
        };
        for (name, value) in more.iter().filter(|(name, _)| !fixed(name)) {
            element.set(name, value);
        }
        element.set(OWNER, scope.me.as_str());
        let certain = self.server_time().is_certain();
        let attempt = Attempt::write(&scope.module.name, "create", &scope.mapping);
        let request = Request::create(&scope.module.name, &element);
        let answer = match self.ask(attempt, &request).await {
            Ok(answer) => answer,
            Err(failure) => return Err(self.labelled(failure, &scope).await),
        };
        let row = self.written(&answer, "create")?;
        info!(record = row.id(), "record created");
        let record = self.stored(&scope, row).await?;
        self.at_the_right_time(component, record, &SCHEDULE, fields, certain)
            .await
    }

    /// Sends nothing where nothing changes: every save of an event drops those who were invited in the CRM (facts/crm.md 7).
    pub(super) async fn update_record(
        &self,
        component: Component,
        id: &RecordId,
        changes: &[Change],
        now: &Fields,
    ) -> Result<Record> {
        let scope = self.scope(component).await?;
        let mut whole = now.clone();
        let mut fields: Vec<Field> = Vec::new();
        let mut element = Element::new();
        for change in changes {
            whole.set(change.field, change.after.clone());
            let (field, before) = (change.field, now.get(change.field));
            if !scope.mapping.is_same(field, before, &change.after)
                && self
                    .put(&scope, &mut element, field, &change.after, Occasion::Update)
                    .await?
            {
                fields.push(field);
            }
        }
        if !fields.is_empty() {
            self.go_along(&scope, &mut element, &whole);
        }
        if element.is_empty() {
            debug!(record = %id, "nothing that the CRM would keep has changed");
            let row = self.current(&scope, id).await?;
            return self.record(&scope, row).await;
        }
        let revision = Revision {
            element,
            fields,
            whole,
        };
        let certain = self.server_time().is_certain();
        let row = self.revise_or_replace(&scope, id, &revision).await?;
        let record = self.stored(&scope, row).await?;
        let Revision { fields, whole, .. } = revision;
        self.at_the_right_time(component, record, &fields, &whole, certain)
            .await
    }

    /// What was written on a wrong assumption about the server's zone is written again, now that the answer has told the zone.
    async fn at_the_right_time(
        &self,
        component: Component,
        record: Record,
        written: &[Field],
        wanted: &Fields,
        certain: bool,
    ) -> Result<Record> {
        let changes: Vec<Change> = SCHEDULE
            .into_iter()
            .filter(|field| written.contains(field))
            .map(|field| Change {
                field,
                before: record.fields.get(field).to_owned(),
                after: wanted.get(field).to_owned(),
            })
            .collect();
        if certain || component != Component::Appointments || self.keeps_utc() || changes.is_empty()
        {
            return Ok(record);
        }
        let corrected = self.update_record(component, &record.id, &changes, &record.fields);
        Box::pin(corrected).await.map_err(|failure| {
            Failure::new(ErrorKind::OutcomeUnknown, failure.problem.code).caused_by(failure)
        })
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

    /// Puts a value into what is to be written, and tells whether it has to be; the name of an organisation becomes its id, if need
    /// be by creating it.
    async fn put(
        &self,
        scope: &Scope,
        element: &mut Element,
        field: Field,
        value: &str,
        occasion: Occasion,
    ) -> Result<bool> {
        let mapped = scope.mapping.get(field).filter(|mapped| mapped.editable);
        let id = match mapped.map(|mapped| &mapped.kind) {
            Some(Kind::Reference(target)) if !value.trim().is_empty() => {
                Some(self.organisation(scope, target, value).await?)
            }
            Some(Kind::Reference(_)) => Some(String::new()),
            _ => None,
        };
        let value = id.as_deref().unwrap_or(value);
        let put = scope.mapping.write(element, field, value, occasion);
        if !put {
            debug!(%field, "the CRM has no such field or value, or keeps its own");
        }
        Ok(put)
    }

    fn go_along(&self, scope: &Scope, element: &mut Element, whole: &Fields) {
        let time = self.server_time();
        scope
            .mapping
            .go_along(element, whole, &scope.module, time.zones());
    }

    pub(super) async fn write_failure(
        &self,
        scope: &Scope,
        right: &'static str,
        trouble: Trouble,
    ) -> Failure {
        let attempt = Attempt::write(&scope.module.name, right, &scope.mapping);
        let failure = self.refused_record(attempt, trouble).await;
        if failure.kind == ErrorKind::Denied {
            self.known.forget_module(&scope.module.name);
        }
        self.labelled(failure, scope).await
    }

    /// The failure with the name that the CRM shows for the field, in the user's language. A field that was demanded before it was
    /// ever described is asked for.
    async fn labelled(&self, failure: Failure, scope: &Scope) -> Failure {
        let named = failure.problem.values.get("field").cloned();
        let (Some(named), Code::FieldMandatory | Code::FieldRefused) =
            (named, failure.problem.code)
        else {
            return failure;
        };
        let ours = named
            .parse()
            .ok()
            .and_then(|field| scope.mapping.get(field));
        let theirs = ours.map_or(named.as_str(), |mapped| mapped.name.as_str());
        self.with_label(failure, &scope.module, theirs).await
    }

    pub(super) async fn with_label(
        &self,
        failure: Failure,
        module: &Module,
        field: &str,
    ) -> Failure {
        let label = match module.fields.get(field) {
            Some(meta) => meta.label.clone(),
            None => self.label_of_new(&module.name, field).await,
        };
        match label.is_empty() {
            true => failure,
            false => failure.with("label", label),
        }
    }

    async fn label_of_new(&self, module: &str, field: &str) -> String {
        self.known.forget_module(module);
        match self.module(module, A_DAY).await {
            Ok(module) => module
                .fields
                .get(field)
                .map(|meta| meta.label.clone())
                .unwrap_or_default(),
            Err(failure) => {
                debug!(%failure, "the new field has no label");
                String::new()
            }
        }
    }

    /// The record as stored. It is written already: if it cannot be shown whole now, the caller has to look it up.
    async fn stored(&self, scope: &Scope, row: Row) -> Result<Record> {
        self.record(scope, row).await.map_err(|failure| {
            Failure::new(ErrorKind::OutcomeUnknown, failure.problem.code).caused_by(failure)
        })
    }

    /// The record in the answer to a write. Without one, the write may still have happened.
    pub(super) fn written(&self, value: &Value, operation: &str) -> Result<Row> {
        let row = Row::read(value).filter(|row| !row.id().is_empty());
        let row = row.ok_or_else(|| answer_malformed(Sending::Write, operation))?;
        self.learn_zone(&row);
        Ok(row)
    }
}
