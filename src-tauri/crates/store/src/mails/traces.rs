//! The table `mail_traces`: where mails were seen.

use jiff::Timestamp;
use model::{FolderId, ItemId};
use ports::MailTrace;
use sqlx::{QueryBuilder, SqliteConnection};

use crate::encoding::{ROWS_AT_ONCE, count, id_list};
use crate::error::{Cause, Step};

#[derive(sqlx::FromRow)]
struct Row {
    item: String,
    folder: String,
    message_id: Option<String>,
    search_key: Option<String>,
    gone: Option<i64>,
}

impl Row {
    fn trace(self) -> Step<MailTrace> {
        let gone = self.gone.map(Timestamp::from_second).transpose();
        Ok(MailTrace {
            item: ItemId::new(self.item),
            folder: FolderId::new(self.folder),
            message_id: self.message_id,
            search_key: self.search_key,
            gone: gone.map_err(Cause::content)?,
        })
    }
}

/// Keeps where mails are.
pub async fn put(connection: &mut SqliteConnection, traces: &[MailTrace]) -> Step<()> {
    for chunk in traces.chunks(ROWS_AT_ONCE) {
        let mut insert = QueryBuilder::new(
            "INSERT OR REPLACE INTO mail_traces (item, folder, message_id, search_key, gone) ",
        );
        insert.push_values(chunk, |mut row, trace| {
            row.push_bind(trace.item.as_str())
                .push_bind(trace.folder.as_str())
                .push_bind(trace.message_id.as_deref())
                .push_bind(trace.search_key.as_deref())
                .push_bind(trace.gone.map(Timestamp::as_second));
        });
        let insert = insert.build().persistent(false);
        insert.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Mails left their folder.
pub async fn leave(connection: &mut SqliteConnection, gone: &[ItemId], at: Timestamp) -> Step<()> {
    sqlx::query(
        "UPDATE mail_traces SET gone = ?
         WHERE gone IS NULL AND item IN (SELECT value FROM json_each(?))",
    )
    .bind(at.as_second())
    .bind(id_list(gone.iter().map(ItemId::as_str))?)
    .execute(connection)
    .await?;
    Ok(())
}

/// How many are in a folder.
pub async fn number(connection: &mut SqliteConnection, folder: &FolderId) -> Step<u64> {
    let number: i64 =
        sqlx::query_scalar("SELECT count(*) FROM mail_traces WHERE folder = ? AND gone IS NULL")
            .bind(folder.as_str())
            .fetch_one(connection)
            .await?;
    count(number)
}

/// Where a mail was seen: where it still is, then where it left last.
pub async fn find(
    connection: &mut SqliteConnection,
    message_id: Option<&str>,
    search_key: Option<&str>,
) -> Step<Vec<MailTrace>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT item, folder, message_id, search_key, gone FROM mail_traces
         WHERE message_id = ?1 OR search_key = ?2
         ORDER BY gone IS NOT NULL, gone DESC, item",
    )
    .bind(message_id)
    .bind(search_key)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Row::trace).collect()
}

/// Forgets what was seen in a folder.
pub async fn forget_folder(connection: &mut SqliteConnection, folder: &FolderId) -> Step<()> {
    sqlx::query("DELETE FROM mail_traces WHERE folder = ?")
        .bind(folder.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets what had left before.
pub async fn forget_before(connection: &mut SqliteConnection, before: Timestamp) -> Step<()> {
    sqlx::query("DELETE FROM mail_traces WHERE gone < ?")
        .bind(before.as_second())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets all.
pub async fn forget(connection: &mut SqliteConnection) -> Step<()> {
    sqlx::query("DELETE FROM mail_traces")
        .execute(connection)
        .await?;
    Ok(())
}
