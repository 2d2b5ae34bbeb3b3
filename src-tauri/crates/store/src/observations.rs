//! The table `observations`: what reads brought and no step has dealt with yet.

use futures_util::{StreamExt, TryStreamExt};
use model::{Component, Observation, RemoteId, Side};
use sqlx::{QueryBuilder, SqliteConnection};

use crate::encoding::{ROWS_AT_ONCE, from_json, id_list, to_json};
use crate::error::Step;

/// Keeps observations; each replaces an older one of the same entry.
pub async fn put(
    connection: &mut SqliteConnection,
    component: Component,
    observations: &[Observation],
) -> Step<()> {
    for chunk in observations.chunks(ROWS_AT_ONCE) {
        let rows: Vec<(RemoteId, String)> = chunk
            .iter()
            .map(|observation| Ok((observation.subject(), to_json(observation)?)))
            .collect::<Step<_>>()?;
        let mut insert =
            QueryBuilder::new("INSERT INTO observations (component, side, entry, seen) ");
        insert.push_values(&rows, |mut row, (entry, seen)| {
            row.push_bind(component.name())
                .push_bind(entry.side().name())
                .push_bind(entry.as_str())
                .push_bind(seen.as_str());
        });
        insert.push(" ON CONFLICT DO UPDATE SET seen = excluded.seen");
        insert
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Everything that waits.
pub async fn all(
    connection: &mut SqliteConnection,
    component: Component,
) -> Step<Vec<Observation>> {
    sqlx::query_scalar::<_, String>("SELECT seen FROM observations WHERE component = ?")
        .bind(component.name())
        .fetch(connection)
        .map(|seen| from_json(&seen?))
        .try_collect()
        .await
}

/// Removes what has been dealt with.
pub async fn settle(
    connection: &mut SqliteConnection,
    component: Component,
    entries: &[RemoteId],
) -> Step<()> {
    for side in [Side::Mailbox, Side::Crm] {
        let ids = entries
            .iter()
            .filter(|entry| entry.side() == side)
            .map(RemoteId::as_str);
        sqlx::query(
            "DELETE FROM observations
             WHERE component = ? AND side = ? AND entry IN (SELECT value FROM json_each(?))",
        )
        .bind(component.name())
        .bind(side.name())
        .bind(id_list(ids)?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Forgets all of a component.
pub async fn forget(connection: &mut SqliteConnection, component: Component) -> Step<()> {
    sqlx::query("DELETE FROM observations WHERE component = ?")
        .bind(component.name())
        .execute(connection)
        .await?;
    Ok(())
}
