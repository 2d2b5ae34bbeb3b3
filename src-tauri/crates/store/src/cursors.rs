//! The table `cursors`: where each side was read up to.

use model::{Component, Side, SyncToken};
use ports::Cursor;
use sqlx::SqliteConnection;

use crate::error::Step;

/// Where a side was read up to.
pub async fn get(
    connection: &mut SqliteConnection,
    component: Component,
    side: Side,
) -> Step<Option<SyncToken>> {
    let token: Option<String> =
        sqlx::query_scalar("SELECT token FROM cursors WHERE component = ? AND side = ?")
            .bind(component.name())
            .bind(side.name())
            .fetch_optional(connection)
            .await?;
    Ok(token.map(SyncToken::new))
}

/// Remembers or forgets it.
pub async fn set(
    connection: &mut SqliteConnection,
    component: Component,
    cursor: &Cursor,
) -> Step<()> {
    let query = match &cursor.token {
        Some(token) => {
            sqlx::query("INSERT OR REPLACE INTO cursors (component, side, token) VALUES (?, ?, ?)")
                .bind(component.name())
                .bind(cursor.side.name())
                .bind(token.as_str())
        }
        None => sqlx::query("DELETE FROM cursors WHERE component = ? AND side = ?")
            .bind(component.name())
            .bind(cursor.side.name()),
    };
    query.execute(connection).await?;
    Ok(())
}

/// Forgets all of a component.
pub async fn forget(connection: &mut SqliteConnection, component: Component) -> Step<()> {
    sqlx::query("DELETE FROM cursors WHERE component = ?")
        .bind(component.name())
        .execute(connection)
        .await?;
    Ok(())
}
