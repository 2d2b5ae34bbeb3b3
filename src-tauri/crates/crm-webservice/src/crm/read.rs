//! Reading records: by id, the complete list of own ones, and those that a lost answer may have made.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use model::{Code, Component, Field, Fields, Record, RecordHead, RecordId};
use ports::{ErrorKind, Failure, Result};
use transport::Sending;

use super::organisations::Names;
use super::{Scope, WebserviceCrm};
use crate::convert::fields::{CREATED, MODIFIED, OWNER};
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
                    .one_of(ids.iter().copied())
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

    /// All own records. It ends at an empty page only: a short one may be the server's own limit, and what is missing here counts as
    /// gone.
    pub(super) async fn all_owned(&self, component: Component) -> Result<Vec<RecordHead>> {
        let mut scope = self.scope(component).await?;
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let after = rows.last().map(|row| row.id().to_owned());
            let query = |scope: &Scope| {
                let references = scope.mapping.iter().filter_map(|mapped| {
                    (mapped.kind != crate::convert::Kind::Text).then_some(mapped.name.as_str())
                });
                Query::select(
                    ["id", MODIFIED].into_iter().chain(references),
                    &scope.module.name,
                )
                .equals(OWNER, scope.me.as_str())
                .after(after.as_deref())
            };
            let page = self.select(&mut scope, query).await?;
            if page.is_empty() {
                break;
            }
            check_ascending(after.as_deref(), &page)?;
            rows.extend(page);
        }
        self.heads(&scope, &rows).await
    }

    async fn heads(&self, scope: &Scope, rows: &[Row]) -> Result<Vec<RecordHead>> {
        let names = self.names(scope, rows, Names::OfToday).await?;
        let time = self.server_time();
        Ok(rows
            .iter()
            .map(|row| {
                let values = scope.mapping.read(row, &names);
                let organisation = values.get(Field::Organisation);
                RecordHead {
                    id: RecordId::new(row.id()),
                    modified: time.read(row.text(MODIFIED)),
                    organisation: (!organisation.is_empty()).then(|| organisation.to_owned()),
                }
            })
            .collect())
    }

    /// Own records made since then that hold these names. If one of them holds all the other values too, those with other values
    /// are somebody else's work.
    pub(super) async fn find_created_records(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        let mut scope = self.scope(component).await?;
        let time = self.server_time();
        let lowest = since.checked_sub(CLOCKS_APART).unwrap_or(since);
        let bound = time
            .write_lower_bound(lowest)
            .ok_or_else(|| Failure::bug("a time outside the calendar"))?;
        let mut named: Vec<Record> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let query = |scope: &Scope| {
                let query = Query::select(scope.mapping.select(), &scope.module.name)
                    .equals(OWNER, scope.me.as_str())
                    .at_least(CREATED, &bound)
                    .after(after.as_deref());
                narrowed(query, scope, fields)
            };
            let rows = self.select(&mut scope, query).await?;
            let Some(last) = rows.last() else { break };
            check_ascending(after.as_deref(), &rows)?;
            after = Some(last.id().to_owned());
            let records = self.records(&scope, &rows).await?;
            named.extend(records.into_iter().filter(|record| {
                [Field::FirstName, Field::LastName]
                    .into_iter()
                    .all(|field| holds(&scope, record, fields, field))
            }));
        }
        Ok(only_the_best(&scope, named, fields))
    }
}

/// Asks for the last name where the server certainly kept it; else all records of that time have to be looked at.
fn narrowed(query: Query, scope: &Scope, fields: &Fields) -> Query {
    let last_name = fields.get(Field::LastName);
    match scope.mapping.get(Field::LastName) {
        Some(mapped) if !last_name.is_empty() && is_kept_as_sent(last_name) => {
            query.equals(&mapped.name, last_name)
        }
        _ => query,
    }
}

fn only_the_best(scope: &Scope, named: Vec<Record>, fields: &Fields) -> Vec<Record> {
    let holds_all = |record: &Record| {
        Field::synced(scope.component)
            .iter()
            .all(|field| holds(scope, record, fields, *field))
    };
    let (mut whole, partial): (Vec<_>, Vec<_>) = named.into_iter().partition(holds_all);
    if whole.is_empty() {
        whole = partial;
    }
    whole
}

/// Whether the record holds what the server makes of this value. A field that the CRM does not have can hold nothing.
fn holds(scope: &Scope, record: &Record, fields: &Fields, field: Field) -> bool {
    let (sent, stored) = (fields.get(field), record.fields.get(field));
    match scope.mapping.get(field) {
        Some(mapped) if mapped.editable => match field {
            Field::Organisation => is_stored_form(&sent.to_lowercase(), &stored.to_lowercase()),
            _ => is_stored_form(sent, stored),
        },
        _ => true,
    }
}

fn is_of_module(id: &str, scope: &Scope) -> bool {
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
