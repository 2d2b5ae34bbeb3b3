//! The table `observations`: what reads brought and no step has dealt with yet.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt};
use model::{Component, ItemId, Observation, RecordId, RemoteId, Side};
use sqlx::{QueryBuilder, SqliteConnection};

use crate::encoding::{ROWS_AT_ONCE, count, from_json, id_list, to_json};
use crate::entries::of_entries;
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

/// Which of these entries wait.
pub async fn waiting(
    connection: &mut SqliteConnection,
    component: Component,
    entries: &[RemoteId],
) -> Step<BTreeSet<RemoteId>> {
    let mut found = BTreeSet::new();
    for side in [Side::Mailbox, Side::Crm] {
        let ids = entries.iter().filter(|entry| entry.side() == side);
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT entry FROM observations
             WHERE component = ? AND side = ? AND entry IN (SELECT value FROM json_each(?))",
        )
        .bind(component.name())
        .bind(side.name())
        .bind(id_list(ids.map(RemoteId::as_str))?)
        .fetch_all(&mut *connection)
        .await?;
        found.extend(ids.into_iter().map(|id| match side {
            Side::Mailbox => RemoteId::Mailbox(ItemId::new(id)),
            Side::Crm => RemoteId::Crm(RecordId::new(id)),
        }));
    }
    Ok(found)
}

/// How many entries wait that are not refused; both sides of a link are one.
pub async fn number(connection: &mut SqliteConnection, component: Component) -> Step<u64> {
    // A list for each side, so that each finds its links by an index: there may be tens of thousands of both.
    let number = sqlx::query_scalar(
        "WITH seen (own, link, item, record) AS (
             SELECT 'mailbox ' || entry, id, entry, record
             FROM observations AS one
             LEFT JOIN links AS link ON link.component = one.component AND link.item = entry
             WHERE one.component = ?1 AND side = 'mailbox'
             UNION ALL
             SELECT 'crm ' || entry, id, item, entry
             FROM observations AS one
             LEFT JOIN links AS link ON link.component = one.component AND link.record = entry
             WHERE one.component = ?1 AND side = 'crm')
         SELECT count(DISTINCT coalesce('link ' || link, own)) FROM seen
         WHERE NOT EXISTS (SELECT 1 FROM refusals
                           WHERE component = ?1 AND side = 'mailbox' AND entry = item)
         AND NOT EXISTS (SELECT 1 FROM refusals
                         WHERE component = ?1 AND side = 'crm' AND entry = record)",
    );
    count(number.bind(component.name()).fetch_one(connection).await?)
}

/// Removes what has been dealt with.
pub async fn settle(
    connection: &mut SqliteConnection,
    component: Component,
    entries: &[RemoteId],
) -> Step<()> {
    let delete = "DELETE FROM observations
        WHERE component = ? AND side = ? AND entry IN (SELECT value FROM json_each(?))";
    of_entries(connection, delete, component, entries).await
}

/// Forgets all of a component.
pub async fn forget(connection: &mut SqliteConnection, component: Component) -> Step<()> {
    sqlx::query("DELETE FROM observations WHERE component = ?")
        .bind(component.name())
        .execute(connection)
        .await?;
    Ok(())
}
