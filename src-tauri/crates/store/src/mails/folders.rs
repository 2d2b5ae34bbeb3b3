//! The table `mail_folders`: where each folder of mails was read up to.

use model::{FolderId, SyncToken};
use ports::MailCursor;
use sqlx::SqliteConnection;

use crate::error::Step;

/// Of one folder.
pub async fn cursor(
    connection: &mut SqliteConnection,
    folder: &FolderId,
) -> Step<Option<MailCursor>> {
    let row: Option<(String, bool)> =
        sqlx::query_as("SELECT token, complete FROM mail_folders WHERE folder = ?")
            .bind(folder.as_str())
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(token, complete)| MailCursor {
        token: SyncToken::new(token),
        complete,
    }))
}

/// Moves it on.
pub async fn set_cursor(
    connection: &mut SqliteConnection,
    folder: &FolderId,
    cursor: &MailCursor,
) -> Step<()> {
    sqlx::query("INSERT OR REPLACE INTO mail_folders (folder, token, complete) VALUES (?, ?, ?)")
        .bind(folder.as_str())
        .bind(cursor.token.as_str())
        .bind(cursor.complete)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets one.
pub async fn forget(connection: &mut SqliteConnection, folder: &FolderId) -> Step<()> {
    sqlx::query("DELETE FROM mail_folders WHERE folder = ?")
        .bind(folder.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets all.
pub async fn forget_all(connection: &mut SqliteConnection) -> Step<()> {
    sqlx::query("DELETE FROM mail_folders")
        .execute(connection)
        .await?;
    Ok(())
}
