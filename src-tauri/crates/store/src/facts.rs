//! The table `facts`: single things a profile remembers, such as a folder's id.

use sqlx::SqliteConnection;

use crate::error::Step;

/// A fact.
pub async fn get(connection: &mut SqliteConnection, name: &str) -> Step<Option<String>> {
    Ok(sqlx::query_scalar("SELECT value FROM facts WHERE name = ?")
        .bind(name)
        .fetch_optional(connection)
        .await?)
}

/// Remembers or forgets a fact.
pub async fn set(connection: &mut SqliteConnection, name: &str, value: Option<&str>) -> Step<()> {
    let query = match value {
        Some(value) => sqlx::query("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)")
            .bind(name)
            .bind(value),
        None => sqlx::query("DELETE FROM facts WHERE name = ?").bind(name),
    };
    query.execute(connection).await?;
    Ok(())
}
