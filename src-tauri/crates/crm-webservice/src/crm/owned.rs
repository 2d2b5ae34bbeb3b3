//! The complete list of own records, from which absence may be concluded.

use model::{Component, Field, Fields, RecordHead, RecordId, Window};
use ports::Result;

use super::read::check_ascending;
use super::references::Age;
use super::{Scope, WebserviceCrm};
use crate::convert::pick_list::COMPLETED;
use crate::convert::schedule::{day, day_of};
use crate::convert::stock::{END_DATE, MODIFIED};
use crate::convert::times::Zones;
use crate::query::Query;
use crate::wire::Row;

impl WebserviceCrm {
    /// All own records. It ends at an empty page only: a short one may be the server's own limit, and what is missing here counts as
    /// gone.
    pub(super) async fn all_owned(
        &self,
        component: Component,
        window: Option<&Window>,
    ) -> Result<Vec<RecordHead>> {
        let mut scope = self.scope(component).await?;
        let zones = self.server_time().zones().clone();
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let after = rows.last().map(|row| row.id().to_owned());
            let query = |scope: &Scope| {
                let query = scope.own(scope.mapping.select_heads(), after.as_deref());
                match window {
                    Some(window) => within(query, scope, window, &zones),
                    None => query,
                }
            };
            let page = self.select(&mut scope, query).await?;
            if page.is_empty() {
                break;
            }
            check_ascending(after.as_deref(), &page)?;
            rows.extend(page);
        }
        self.heads(&scope, &rows, window).await
    }

    async fn heads(
        &self,
        scope: &Scope,
        rows: &[Row],
        window: Option<&Window>,
    ) -> Result<Vec<RecordHead>> {
        let names = self.names(scope, rows, Age::OfToday).await?;
        let time = self.server_time();
        let mut heads = Vec::with_capacity(rows.len());
        for row in rows {
            let values = scope.mapping.read(row, &names, time.zones());
            if window.is_some_and(|window| !lies_in(scope.component, &values, window)) {
                continue;
            }
            let organisation = values.get(Field::Organisation);
            heads.push(RecordHead {
                id: RecordId::new(row.id()),
                modified: time.read(row.text(MODIFIED)),
                organisation: (!organisation.is_empty()).then(|| organisation.to_owned()),
            });
        }
        Ok(heads)
    }
}

/// Leaves out what is surely over: the server compares days of its own zone.
fn within(query: Query, scope: &Scope, window: &Window, zones: &Zones) -> Query {
    match scope.component {
        Component::Appointments => {
            let theirs = day_of(window.from(), &zones.server);
            let before = window.first.yesterday().unwrap_or(window.first);
            query.at_least(END_DATE, &theirs.min(before).to_string())
        }
        Component::Tasks => match (scope.mapping.get(Field::Due), scope.mapping.completed()) {
            (Some(due), Some((status, done))) => {
                let first = window.first.to_string();
                query.at_least_or_none_of((&due.name, &first), (status, &done))
            }
            // Without both of them nothing is surely over.
            _ => query,
        },
        Component::Contacts | Component::Emails => query,
    }
}

/// Whether the last day lies in the window; what tells none does, and so does a task that is not done.
fn lies_in(component: Component, values: &Fields, window: &Window) -> bool {
    let last = match component {
        Component::Appointments => {
            let end = values.get(Field::End);
            end.parse()
                .map(|moment| window.day_of(moment))
                .ok()
                .or(day(end))
        }
        Component::Tasks if values.get(Field::Status) == COMPLETED => day(values.get(Field::Due)),
        Component::Tasks | Component::Contacts | Component::Emails => None,
    };
    last.is_none_or(|last| last >= window.first)
}
