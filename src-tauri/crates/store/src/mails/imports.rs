//! The table `mail_imports`: mails whose import is not over.

use model::ItemId;
use ports::MailImport;
use sqlx::SqliteConnection;

use crate::encoding::{count, from_json, to_json};
use crate::error::Step;

/// All, the oldest first.
pub async fn all(connection: &mut SqliteConnection) -> Step<Vec<MailImport>> {
    let rows: Vec<String> = sqlx::query_scalar("SELECT content FROM mail_imports ORDER BY number")
        .fetch_all(connection)
        .await?;
    rows.iter().map(|content| from_json(content)).collect()
}

/// How many the history tells of; a lead that was made for one has no item.
pub async fn told(connection: &mut SqliteConnection) -> Step<u64> {
    let number: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT record) FROM history
         WHERE component = 'emails' AND act IN ('created', 'linked') AND item IS NOT NULL",
    )
    .fetch_one(connection)
    .await?;
    count(number)
}

/// A new one; one that is known already stays as it is.
pub async fn begin(connection: &mut SqliteConnection, import: &MailImport) -> Step<()> {
    sqlx::query("INSERT OR IGNORE INTO mail_imports (item, content) VALUES (?, ?)")
        .bind(import.item.as_str())
        .bind(to_json(import)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// One that is new or has come further.
pub async fn put(connection: &mut SqliteConnection, import: &MailImport) -> Step<()> {
    sqlx::query(
        "INSERT INTO mail_imports (item, content) VALUES (?, ?)
         ON CONFLICT (item) DO UPDATE SET content = excluded.content",
    )
    .bind(import.item.as_str())
    .bind(to_json(import)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// One that is over.
pub async fn drop(connection: &mut SqliteConnection, item: &ItemId) -> Step<()> {
    sqlx::query("DELETE FROM mail_imports WHERE item = ?")
        .bind(item.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets all.
pub async fn forget(connection: &mut SqliteConnection) -> Step<()> {
    sqlx::query("DELETE FROM mail_imports")
        .execute(connection)
        .await?;
    Ok(())
}
