//! The table `links`: the pairs and what both sides held when they last agreed.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt};
use model::{
    Base, ChangeKey, Component, Fields, ItemId, Link, LinkId, LinkState, RecordId, Stamping,
};
use ports::{LinkChange, LinkFilter};
use sqlx::{QueryBuilder, SqliteConnection};

use crate::encoding::{ROWS_AT_ONCE, count, from_json, from_word, id_list, to_json};
use crate::error::{Cause, Step};

/// In `let_go`: the days of the entry are over.
const OVER: i64 = 1;
/// In `let_go`: the item is there without its record.
const KEPT: i64 = 2;

/// One row.
#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    component: String,
    record: String,
    item: Option<String>,
    change_key: Option<String>,
    base_item: String,
    base_record: Option<String>,
    stamped: Option<String>,
    series: Option<String>,
    /// Whether it rests, and why.
    let_go: i64,
    stamping: String,
}

impl Row {
    fn of(link: &Link) -> Step<Self> {
        let (item, change_key) = match &link.state {
            LinkState::Live { item, change_key } => (Some(item), Some(change_key)),
            LinkState::LetGo { item } | LinkState::Kept { item } => (Some(item), None),
            LinkState::StaysAway => (None, None),
        };
        let Base {
            item: base_item,
            record: base_record,
        } = &link.base;
        Ok(Self {
            id: link.id.to_string(),
            component: link.component.to_string(),
            record: link.record.to_string(),
            item: item.map(ToString::to_string),
            change_key: change_key.map(ToString::to_string),
            base_item: to_json(base_item)?,
            base_record: match base_record == base_item {
                true => None,
                false => Some(to_json(base_record)?),
            },
            stamped: link.stamped.as_ref().map(ToString::to_string),
            series: item.map(|item| item.series().to_string()),
            let_go: match link.state {
                LinkState::Live { .. } | LinkState::StaysAway => 0,
                LinkState::LetGo { .. } => OVER,
                LinkState::Kept { .. } => KEPT,
            },
            stamping: link.stamping.name().to_owned(),
        })
    }

    fn link(self) -> Step<Link> {
        let item: Fields = from_json(&self.base_item)?;
        let record = match &self.base_record {
            Some(record) => from_json(record)?,
            None => item.clone(),
        };
        let state = match (self.item, self.change_key, self.let_go) {
            (Some(item), Some(change_key), 0) => LinkState::Live {
                item: ItemId::new(item),
                change_key: ChangeKey::new(change_key),
            },
            (Some(item), None, OVER) => LinkState::LetGo {
                item: ItemId::new(item),
            },
            (Some(item), None, KEPT) => LinkState::Kept {
                item: ItemId::new(item),
            },
            (None, None, 0) => LinkState::StaysAway,
            _ => {
                return Err(Cause::content(
                    "an item without a version, or a version without an item",
                ));
            }
        };
        Ok(Link {
            id: LinkId::new(self.id),
            component: from_word(self.component)?,
            record: RecordId::new(self.record),
            state,
            base: Base { item, record },
            stamped: self
                .stamped
                .map(|revision| revision.parse().map_err(Cause::content))
                .transpose()?,
            stamping: Stamping::named(&self.stamping).ok_or_else(|| {
                Cause::content("an unknown word for whether an item may be stamped")
            })?,
        })
    }
}

/// Keeps and drops links. Of several changes of one link the last one counts.
pub async fn change(connection: &mut SqliteConnection, changes: &[LinkChange]) -> Step<()> {
    let last: BTreeMap<&LinkId, Option<&Link>> = changes
        .iter()
        .map(|change| match change {
            LinkChange::Put(link) => (&link.id, Some(link)),
            LinkChange::Drop(id) => (id, None),
        })
        .collect();
    let dropped = last.iter().filter(|(_, link)| link.is_none());
    drop_all(connection, dropped.map(|(id, _)| id.as_str())).await?;
    let put: Vec<&Link> = last.into_values().flatten().collect();
    for chunk in put.chunks(ROWS_AT_ONCE) {
        put_all(connection, chunk).await?;
    }
    Ok(())
}

async fn drop_all(connection: &mut SqliteConnection, ids: impl Iterator<Item = &str>) -> Step<()> {
    sqlx::query("DELETE FROM links WHERE id IN (SELECT value FROM json_each(?))")
        .bind(id_list(ids)?)
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_all(connection: &mut SqliteConnection, links: &[&Link]) -> Step<()> {
    let rows: Vec<(Row, bool)> = links
        .iter()
        .map(|link| Ok((Row::of(link)?, link.needs_stamp())))
        .collect::<Step<_>>()?;
    let mut insert = QueryBuilder::new(
        "INSERT OR REPLACE INTO links
         (id, component, record, item, change_key, base_item, base_record, stamped, needs_stamp,
          series, let_go, stamping) ",
    );
    insert.push_values(rows, |mut values, (row, needs_stamp)| {
        values
            .push_bind(row.id)
            .push_bind(row.component)
            .push_bind(row.record)
            .push_bind(row.item)
            .push_bind(row.change_key)
            .push_bind(row.base_item)
            .push_bind(row.base_record)
            .push_bind(row.stamped)
            .push_bind(needs_stamp)
            .push_bind(row.series)
            .push_bind(row.let_go)
            .push_bind(row.stamping);
    });
    insert.build().persistent(false).execute(connection).await?;
    Ok(())
}

const ALL: &str = "SELECT * FROM links WHERE component = ?";
const OF_ITEMS: &str =
    "SELECT * FROM links WHERE component = ? AND item IN (SELECT value FROM json_each(?))";
const OF_SERIES: &str =
    "SELECT * FROM links WHERE component = ? AND series IN (SELECT value FROM json_each(?))";
const OF_RECORDS: &str =
    "SELECT * FROM links WHERE component = ? AND record IN (SELECT value FROM json_each(?))";
const UNSTAMPED: &str = "SELECT * FROM links WHERE component = ? AND needs_stamp = 1";
const STAYING_AWAY: &str = "SELECT * FROM links WHERE component = ? AND item IS NULL";

/// The links that were asked for.
pub async fn find(
    connection: &mut SqliteConnection,
    component: Component,
    filter: &LinkFilter,
) -> Step<Vec<Link>> {
    let (query, ids) = match filter {
        LinkFilter::All => (ALL, None),
        LinkFilter::OfItems(items) => (OF_ITEMS, Some(id_list(items.iter().map(ItemId::as_str))?)),
        LinkFilter::OfSeries(series) => {
            (OF_SERIES, Some(id_list(series.iter().map(ItemId::as_str))?))
        }
        LinkFilter::OfRecords(records) => (
            OF_RECORDS,
            Some(id_list(records.iter().map(RecordId::as_str))?),
        ),
        LinkFilter::Unstamped => (UNSTAMPED, None),
        LinkFilter::StayingAway => (STAYING_AWAY, None),
    };
    let mut query = sqlx::query_as::<_, Row>(query).bind(component.name());
    if let Some(ids) = ids {
        query = query.bind(ids);
    }
    query
        .fetch(connection)
        .map(|row| row?.link())
        .try_collect()
        .await
}

/// The records of all links.
pub async fn records(
    connection: &mut SqliteConnection,
    component: Component,
) -> Step<Vec<RecordId>> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT record FROM links WHERE component = ?")
        .bind(component.name())
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(RecordId::new).collect())
}

/// How many live links there are.
pub async fn count_live(connection: &mut SqliteConnection, component: Component) -> Step<u64> {
    let number: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM links WHERE component = ? AND item IS NOT NULL AND let_go = 0",
    )
    .bind(component.name())
    .fetch_one(connection)
    .await?;
    count(number)
}

/// Forgets all of a component.
pub async fn forget(connection: &mut SqliteConnection, component: Component) -> Step<()> {
    sqlx::query("DELETE FROM links WHERE component = ?")
        .bind(component.name())
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteStore;

    #[tokio::test]
    async fn every_way_of_asking_but_for_all_has_its_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&folder.path().join("state")).await;
        let store = store.expect("opened");
        let mut connection = store.reader().await.expect("a connection");
        for (query, index) in [
            (OF_ITEMS, "links_by_item"),
            (OF_RECORDS, "links_by_record"),
            (OF_SERIES, "links_by_series"),
            (UNSTAMPED, "links_unstamped"),
            (STAYING_AWAY, "links_staying_away"),
        ] {
            let explained = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
            let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explained)
                .bind("contacts")
                .fetch_all(&mut *connection)
                .await
                .expect("explained");
            let uses = plan.iter().any(|(.., step)| step.contains(index));
            assert!(uses, "{query}: {plan:?}");
        }
    }
}
