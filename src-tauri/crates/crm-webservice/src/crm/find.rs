//! Looking for records by what people call them, whoever owns them: for an answer to the question why something does not sync (R6.12),
//! never for a decision about a sync.

use model::{Component, Field, Owner, Record, Sought};
use ports::crm::MOST_FOUND;
use ports::{FoundRecord, Result};

use super::read::{check_ascending, is_of_module};
use super::{Scope, WebserviceCrm};
use crate::convert::Kind;
use crate::convert::stock::{OWNER, TYPE};
use crate::query::Query;
use crate::wire::Row;

/// A word that very many records hold is looked for no longer than this.
const MOST_PAGES: usize = 5;

impl WebserviceCrm {
    pub(super) async fn find_records(
        &self,
        component: Component,
        sought: &Sought,
    ) -> Result<Vec<FoundRecord>> {
        let mut scope = self.scope(component).await?;
        let mut found = Vec::new();
        if columns(&scope).is_empty() {
            return Ok(found);
        }
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let query = |scope: &Scope| asked(scope, sought, after.as_deref());
            let rows = self.select(&mut scope, query).await?;
            let Some(last) = rows.last() else { break };
            check_ascending(after.as_deref(), &rows)?;
            after = Some(last.id().to_owned());
            let records = self.records(&scope, &rows).await?;
            let all = rows.iter().zip(records);
            let all = all.map(|(row, record)| shown(&scope, row, record));
            found.extend(all.filter(|found| is_sought(found, sought)));
            if found.len() >= MOST_FOUND {
                break;
            }
        }
        found.truncate(MOST_FOUND);
        Ok(found)
    }
}

fn asked(scope: &Scope, sought: &Sought, after: Option<&str>) -> Query {
    let query = Query::select(scope.mapping.select(), &scope.module.name).after(after);
    if is_of_module(sought.text(), scope) {
        return query.one_of("id", [sought.text()]);
    }
    let query = match (scope.component, scope.mapping.types()) {
        // Tasks and events share a module on some versions; events are looked for as appointments.
        (Component::Tasks, types @ [_, ..]) => query.one_of(TYPE, types.iter().map(String::as_str)),
        (_, _) => query,
    };
    query.one_holds(columns(scope), sought.longest_word())
}

/// Where the record says how it is called.
fn columns(scope: &Scope) -> Vec<&str> {
    let names: &[Field] = match scope.component {
        Component::Contacts => &[
            Field::FirstName,
            Field::LastName,
            Field::Email,
            Field::OtherEmail,
        ],
        Component::Appointments | Component::Tasks => &[Field::Subject],
        Component::Emails => &[],
    };
    let mapped = names.iter().filter_map(|field| scope.mapping.get(*field));
    let texts = mapped.filter(|mapped| mapped.kind == Kind::Text);
    texts.map(|mapped| mapped.name.as_str()).collect()
}

fn is_sought(found: &FoundRecord, sought: &Sought) -> bool {
    let values = found.record.fields.iter().map(|(_, value)| value);
    found.record.id.as_str() == sought.text() || sought.rest_is_in(values)
}

/// A record of a type that does not sync is nobody's elsewhere; here it is asked whose it is and what type it has.
fn shown(scope: &Scope, row: &Row, mut record: Record) -> FoundRecord {
    let other_type = (!scope.mapping.is_of_our_type(row)).then(|| row.text(TYPE).to_owned());
    if other_type.is_some() && row.text(OWNER) == scope.me.as_str() {
        record.owner = Owner::Me;
    }
    FoundRecord { record, other_type }
}
