//! The table `journal`: remote writes that were begun and of which nothing is known yet.

use futures_util::{StreamExt, TryStreamExt};
use model::{Component, OperationId, RunId};
use ports::JournalEntry;
use sqlx::{QueryBuilder, SqliteConnection};

use crate::encoding::{ROWS_AT_ONCE, from_json, from_word, id_list, moment, to_json};
use crate::error::Step;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    run: i64,
    component: String,
    operation: String,
    begun: String,
}

impl Row {
    fn entry(self) -> Step<JournalEntry> {
        Ok(JournalEntry {
            id: OperationId::new(self.id),
            run: RunId(self.run),
            component: from_word(self.component)?,
            operation: from_json(&self.operation)?,
            begun: moment(&self.begun)?,
        })
    }
}

/// Keeps intents, in this order. An id that is there already is a defect and refused.
pub async fn begin(connection: &mut SqliteConnection, entries: &[JournalEntry]) -> Step<()> {
    for chunk in entries.chunks(ROWS_AT_ONCE) {
        let rows: Vec<(&JournalEntry, String)> = chunk
            .iter()
            .map(|entry| Ok((entry, to_json(&entry.operation)?)))
            .collect::<Step<_>>()?;
        let mut insert =
            QueryBuilder::new("INSERT INTO journal (id, run, component, operation, begun) ");
        insert.push_values(rows, |mut row, (entry, operation)| {
            row.push_bind(entry.id.as_str())
                .push_bind(entry.run.0)
                .push_bind(entry.component.name())
                .push_bind(operation)
                .push_bind(entry.begun.to_string());
        });
        insert
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Removes what is over.
pub async fn done(connection: &mut SqliteConnection, ids: &[OperationId]) -> Step<()> {
    sqlx::query("DELETE FROM journal WHERE id IN (SELECT value FROM json_each(?))")
        .bind(id_list(ids.iter().map(OperationId::as_str))?)
        .execute(connection)
        .await?;
    Ok(())
}

/// What is not over, in the order it was begun.
pub async fn unfinished(
    connection: &mut SqliteConnection,
    component: Component,
) -> Step<Vec<JournalEntry>> {
    sqlx::query_as::<_, Row>(
        "SELECT id, run, component, operation, begun FROM journal WHERE component = ? ORDER BY seq",
    )
    .bind(component.name())
    .fetch(connection)
    .map(|row| row?.entry())
    .try_collect()
    .await
}

/// Forgets all of a component.
pub async fn forget(connection: &mut SqliteConnection, component: Component) -> Step<()> {
    sqlx::query("DELETE FROM journal WHERE component = ?")
        .bind(component.name())
        .execute(connection)
        .await?;
    Ok(())
}
