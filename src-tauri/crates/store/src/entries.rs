//! What is done to entries of both sides at once.

use model::{Component, RemoteId, Side};
use sqlx::SqliteConnection;

use crate::encoding::id_list;
use crate::error::Step;

/// Does `statement` to entries of both sides; it takes the component, the side and the list of ids.
pub async fn of_entries(
    connection: &mut SqliteConnection,
    statement: &'static str,
    component: Component,
    entries: &[RemoteId],
) -> Step<()> {
    for side in [Side::Mailbox, Side::Crm] {
        let ids = entries.iter().filter(|entry| entry.side() == side);
        sqlx::query(statement)
            .bind(component.name())
            .bind(side.name())
            .bind(id_list(ids.map(RemoteId::as_str))?)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
