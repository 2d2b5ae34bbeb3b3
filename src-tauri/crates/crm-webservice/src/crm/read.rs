//! Reading records: by id, and those that a lost answer may have made.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use model::{Code, Component, Field, Fields, Record, RecordId};
use ports::{ErrorKind, Failure, Result};
use transport::Sending;

use super::{Scope, WebserviceCrm};
use crate::convert::Kind;
use crate::convert::stock::CREATED;
use crate::convert::stored::{is_kept_as_sent, is_stored_form};
use crate::failure::{Attempt, answer_malformed};
use crate::query::{PAGE, Query};
use crate::wire::row::record_number;
use crate::wire::{Request, Row};

/// Clocks are compared by whole seconds over a line of unknown length.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(120);

impl WebserviceCrm {
    pub(super) async fn read_records(
        &self,
        component: Component,
        ids: &[RecordId],
    ) -> Result<Vec<Result<Record>>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut scope = self.scope(component).await?;
        let mut found: HashMap<String, Record> = HashMap::new();
        let askable: Vec<&str> = ids
            .iter()
            .map(RecordId::as_str)
            .filter(|id| is_of_module(id, &scope))
            .collect();
        for ids in askable.chunks(PAGE) {
            let query = |scope: &Scope| {
                Query::select(scope.mapping.select(), &scope.module.name)
                    .one_of("id", ids.iter().copied())
            };
            let rows = self.select(&mut scope, query).await?;
            for record in self.records(&scope, &rows).await? {
                found.insert(record.id.as_str().to_owned(), record);
            }
        }
        let mut answers = Vec::with_capacity(ids.len());
        for id in ids {
            answers.push(match found.get(id.as_str()) {
                Some(record) => Ok(record.clone()),
                None => self.retrieve(&scope, id).await?,
            });
        }
        Ok(answers)
    }

    /// One record that a query did not show. The outer failure is not about this record.
    async fn retrieve(&self, scope: &Scope, id: &RecordId) -> Result<Result<Record>> {
        if !is_of_module(id.as_str(), scope) {
            let kind = ErrorKind::Refused { field: None };
            return Ok(Err(Failure::new(kind, Code::EntryRefused)));
        }
        let attempt = Attempt::read(&scope.module.name);
        match self.retrieve_row(scope, id).await {
            Ok(row) => Ok(Ok(self.record(scope, row).await?)),
            Err(trouble) => {
                let failure = self.refused_record(attempt, trouble).await;
                match failure.is_about_one_entry() {
                    true => Ok(Err(failure)),
                    false => Err(failure),
                }
            }
        }
    }

    pub(super) async fn retrieve_row(
        &self,
        scope: &Scope,
        id: &RecordId,
    ) -> std::result::Result<Row, crate::failure::Trouble> {
        let value = self.sessions.ask(&Request::retrieve(id.as_str())).await?;
        let row = Row::read(&value).filter(|row| row.id() == id.as_str());
        row.ok_or_else(|| {
            answer_malformed(Sending::Read, "retrieve")
                .with("module", &scope.module.name)
                .into()
        })
    }

    pub(super) async fn record(&self, scope: &Scope, row: Row) -> Result<Record> {
        let mut records = self.records(scope, &[row]).await?;
        records
            .pop()
            .ok_or_else(|| Failure::bug("one row makes one record"))
    }

    /// Own records made since then that are called the same. If one of them holds all the other values too, those with other values are
    /// somebody else's work.
    pub(super) async fn find_created_records(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        let mut scope = self.scope(component).await?;
        let names = Field::identity(component);
        let named = self.named_since(&mut scope, names, fields, since).await?;
        let fields = scope.mapping.kept(fields, self.server_time().zones());
        Ok(only_the_best(&scope, named, &fields))
    }

    /// Own records made since then that are called the same and were changed since, whenever they are.
    pub(super) async fn find_rescheduled_records(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        let mut scope = self.scope(component).await?;
        let names = &[Field::Subject];
        let mut named = self.named_since(&mut scope, names, fields, since).await?;
        named.retain(|record| record.modified != record.created);
        Ok(named)
    }

    async fn named_since(
        &self,
        scope: &mut Scope,
        names: &[Field],
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        let time = self.server_time();
        let fields = scope.mapping.kept(fields, time.zones());
        let lowest = since.checked_sub(CLOCKS_APART).unwrap_or(since);
        let bound = time
            .write_lower_bound(lowest)
            .ok_or_else(|| Failure::bug("a time outside the calendar"))?;
        let mut named: Vec<Record> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let query = |scope: &Scope| {
                let query = scope.own(scope.mapping.select(), after.as_deref());
                narrowed(query.at_least(CREATED, &bound), scope, names, &fields)
            };
            let rows = self.select(scope, query).await?;
            let Some(last) = rows.last() else { break };
            check_ascending(after.as_deref(), &rows)?;
            after = Some(last.id().to_owned());
            let records = self.records(scope, &rows).await?;
            named.extend(records.into_iter().filter(|record| {
                let mut names = names.iter();
                names.all(|field| holds(scope, &record.fields, &fields, *field))
            }));
        }
        Ok(named)
    }
}

/// Asks for what the record is called by where the server certainly kept it; else all records of that time have to be looked at.
fn narrowed(query: Query, scope: &Scope, names: &[Field], fields: &Fields) -> Query {
    names.iter().fold(query, |query, field| {
        let value = fields.get(*field);
        match scope.mapping.get(*field) {
            Some(mapped)
                if mapped.kind == Kind::Text && !value.is_empty() && is_kept_as_sent(value) =>
            {
                query.equals(&mapped.name, value)
            }
            _ => query,
        }
    })
}

fn only_the_best(scope: &Scope, named: Vec<Record>, fields: &Fields) -> Vec<Record> {
    let holds_all = |record: &Record| {
        Field::synced(scope.component)
            .iter()
            .all(|field| holds(scope, &record.fields, fields, *field))
    };
    let (mut whole, partial): (Vec<_>, Vec<_>) = named.into_iter().partition(holds_all);
    if whole.is_empty() {
        whole = partial;
    }
    whole
}

/// Whether the record holds what the server makes of this value. A field that the CRM does not have can hold nothing.
pub(super) fn holds(scope: &Scope, stored: &Fields, sent: &Fields, field: Field) -> bool {
    let (sent, stored) = (sent.get(field), stored.get(field));
    match scope.mapping.get(field) {
        Some(mapped) if mapped.editable => match field {
            Field::Organisation => is_stored_form(&sent.to_lowercase(), &stored.to_lowercase()),
            _ => is_stored_form(sent, stored),
        },
        _ => true,
    }
}

pub(super) fn is_of_module(id: &str, scope: &Scope) -> bool {
    let number = id
        .strip_prefix(scope.module.id_prefix.as_str())
        .and_then(|rest| rest.strip_prefix('x'));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// A server that ignores order or bound would send the same page for ever.
pub(super) fn check_ascending(after: Option<&str>, page: &[Row]) -> Result<()> {
    let mut previous = after.map(record_number);
    for row in page {
        let number = record_number(row.id());
        if previous.is_some_and(|previous| number <= previous) {
            return Err(answer_malformed(Sending::Read, "query"));
        }
        previous = Some(number);
    }
    Ok(())
}
