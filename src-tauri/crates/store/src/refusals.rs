//! The table `refusals`: entries that could not be taken over, each with its reason.

use futures_util::{StreamExt, TryStreamExt};
use model::{Component, ItemId, RecordId, RemoteId, Side};
use ports::Refusal;
use sqlx::{QueryBuilder, SqliteConnection};

use crate::encoding::{ROWS_AT_ONCE, count, from_json, from_word, moment, to_json};
use crate::entries::of_entries;
use crate::error::Step;

#[derive(sqlx::FromRow)]
struct Row {
    side: String,
    entry: String,
    title: String,
    problem: String,
    since: String,
    attempts: i64,
    retry_at: String,
    content: String,
}

impl Row {
    fn refusal(self) -> Step<Refusal> {
        Ok(Refusal {
            entry: match from_word(self.side)? {
                Side::Mailbox => RemoteId::Mailbox(ItemId::new(self.entry)),
                Side::Crm => RemoteId::Crm(RecordId::new(self.entry)),
            },
            title: self.title,
            problem: from_json(&self.problem)?,
            since: moment(&self.since)?,
            attempts: count(self.attempts)?,
            retry_at: moment(&self.retry_at)?,
            content: self.content,
        })
    }
}

/// Keeps refusals; each replaces an older one of the same entry.
pub async fn put(
    connection: &mut SqliteConnection,
    component: Component,
    refusals: &[Refusal],
) -> Step<()> {
    for chunk in refusals.chunks(ROWS_AT_ONCE) {
        let rows: Vec<(&Refusal, String)> = chunk
            .iter()
            .map(|refusal| Ok((refusal, to_json(&refusal.problem)?)))
            .collect::<Step<_>>()?;
        let mut insert = QueryBuilder::new(
            "INSERT OR REPLACE INTO refusals
             (component, side, entry, title, problem, since, attempts, retry_at, content) ",
        );
        insert.push_values(rows, |mut row, (refusal, problem)| {
            row.push_bind(component.name())
                .push_bind(refusal.entry.side().name())
                .push_bind(refusal.entry.as_str())
                .push_bind(refusal.title.as_str())
                .push_bind(problem)
                .push_bind(refusal.since.to_string())
                .push_bind(refusal.attempts)
                .push_bind(refusal.retry_at.to_string())
                .push_bind(refusal.content.as_str());
        });
        insert
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Everything refused.
pub async fn all(connection: &mut SqliteConnection, component: Component) -> Step<Vec<Refusal>> {
    sqlx::query_as::<_, Row>("SELECT * FROM refusals WHERE component = ?")
        .bind(component.name())
        .fetch(connection)
        .map(|row| row?.refusal())
        .try_collect()
        .await
}

/// Removes what is refused no longer.
pub async fn accept(
    connection: &mut SqliteConnection,
    component: Component,
    entries: &[RemoteId],
) -> Step<()> {
    let delete = "DELETE FROM refusals
        WHERE component = ? AND side = ? AND entry IN (SELECT value FROM json_each(?))";
    of_entries(connection, delete, component, entries).await
}

/// Forgets all of a component.
pub async fn forget(connection: &mut SqliteConnection, component: Component) -> Step<()> {
    sqlx::query("DELETE FROM refusals WHERE component = ?")
        .bind(component.name())
        .execute(connection)
        .await?;
    Ok(())
}
