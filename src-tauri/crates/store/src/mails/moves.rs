//! The table `mail_moves`: what moved, as the server told, and where to go on asking (a fact).

use jiff::Timestamp;
use model::{FolderId, ItemId, SyncToken};
use ports::MailMove;
use sqlx::SqliteConnection;

use crate::error::Step;
use crate::facts;

/// Where watching goes on.
const CURSOR: &str = "mails.moves";

/// Keeps moves.
pub async fn put(connection: &mut SqliteConnection, moves: &[MailMove], at: Timestamp) -> Step<()> {
    for told in moves {
        sqlx::query(
            "INSERT OR REPLACE INTO mail_moves (item, folder, old_item, old_folder, at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(told.item.as_str())
        .bind(told.folder.as_str())
        .bind(told.old_item.as_str())
        .bind(told.old_folder.as_str())
        .bind(at.as_second())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The move that gave a mail this id.
pub async fn last(connection: &mut SqliteConnection, item: &ItemId) -> Step<Option<MailMove>> {
    let row: Option<(String, String, String)> =
        sqlx::query_as("SELECT folder, old_item, old_folder FROM mail_moves WHERE item = ?")
            .bind(item.as_str())
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(folder, old_item, old_folder)| MailMove {
        item: item.clone(),
        folder: FolderId::new(folder),
        old_item: ItemId::new(old_item),
        old_folder: FolderId::new(old_folder),
    }))
}

/// Where watching goes on.
pub async fn cursor(connection: &mut SqliteConnection) -> Step<Option<SyncToken>> {
    Ok(facts::get(connection, CURSOR).await?.map(SyncToken::new))
}

/// Moves it on.
pub async fn set_cursor(connection: &mut SqliteConnection, next: Option<&SyncToken>) -> Step<()> {
    facts::set(connection, CURSOR, next.map(SyncToken::as_str)).await
}

/// Forgets what moved before.
pub async fn forget_before(connection: &mut SqliteConnection, before: Timestamp) -> Step<()> {
    sqlx::query("DELETE FROM mail_moves WHERE at < ?")
        .bind(before.as_second())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets all.
pub async fn forget(connection: &mut SqliteConnection) -> Step<()> {
    sqlx::query("DELETE FROM mail_moves")
        .execute(&mut *connection)
        .await?;
    set_cursor(connection, None).await
}
