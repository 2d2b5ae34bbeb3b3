//! The table `series`: recurring appointments as they were looked at last.

use jiff::civil::Date;
use model::{ChangeKey, Component, ItemId, SeriesHead};
use sqlx::SqliteConnection;

use crate::encoding::id_list;
use crate::error::{Cause, Step};

/// All of a component.
pub async fn all(connection: &mut SqliteConnection, component: Component) -> Step<Vec<SeriesHead>> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT item, change_key, until FROM series WHERE component = ?")
            .bind(component.name())
            .fetch_all(connection)
            .await?;
    rows.into_iter()
        .map(|(item, change_key, until)| {
            Ok(SeriesHead {
                id: ItemId::new(item),
                change_key: ChangeKey::new(change_key),
                until: until.parse::<Date>().map_err(Cause::content)?,
            })
        })
        .collect()
}

/// Remembers some and forgets others.
pub async fn keep(
    connection: &mut SqliteConnection,
    component: Component,
    seen: &[SeriesHead],
    gone: &[ItemId],
) -> Step<()> {
    sqlx::query(
        "DELETE FROM series WHERE component = ? AND item IN (SELECT value FROM json_each(?))",
    )
    .bind(component.name())
    .bind(id_list(gone.iter().map(ItemId::as_str))?)
    .execute(&mut *connection)
    .await?;
    for head in seen {
        sqlx::query(
            "INSERT OR REPLACE INTO series (component, item, change_key, until) VALUES (?, ?, ?, ?)",
        )
        .bind(component.name())
        .bind(head.id.as_str())
        .bind(head.change_key.as_str())
        .bind(head.until.to_string())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Forgets all of a component.
pub async fn forget(connection: &mut SqliteConnection, component: Component) -> Step<()> {
    sqlx::query("DELETE FROM series WHERE component = ?")
        .bind(component.name())
        .execute(connection)
        .await?;
    Ok(())
}
