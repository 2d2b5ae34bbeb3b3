//! The table `history`: what was done, when, why, and the values that were overwritten.

use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use model::history::{Act, HistoryEntry};
use model::{Component, ItemId, RecordId, RunId, Side};
use ports::HistoryFilter;
use sqlx::{QueryBuilder, SqliteConnection};

use crate::encoding::{ROWS_AT_ONCE, from_json, from_word, moment, to_json, to_word};
use crate::error::Step;

/// Between the values of the search column; nobody types it.
const BETWEEN: &str = "\u{1f}";

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at: String,
    run: i64,
    component: String,
    side: String,
    act: String,
    title: String,
    item: Option<String>,
    record: Option<String>,
    changes: String,
    reason: Option<String>,
}

impl Row {
    fn of(entry: &HistoryEntry) -> Step<Self> {
        Ok(Self {
            id: entry.id,
            at: entry.at.to_string(),
            run: entry.run.0,
            component: to_word(entry.component)?,
            side: to_word(entry.side)?,
            act: to_word(entry.act)?,
            title: entry.title.clone(),
            item: entry.item.as_ref().map(ToString::to_string),
            record: entry.record.as_ref().map(ToString::to_string),
            changes: to_json(&entry.changes)?,
            reason: entry.reason.as_ref().map(to_json).transpose()?,
        })
    }

    fn entry(self) -> Step<HistoryEntry> {
        Ok(HistoryEntry {
            id: self.id,
            at: moment(&self.at)?,
            run: RunId(self.run),
            component: from_word(self.component)?,
            side: from_word(self.side)?,
            act: from_word(self.act)?,
            title: self.title,
            item: self.item.map(ItemId::new),
            record: self.record.map(RecordId::new),
            changes: from_json(&self.changes)?,
            reason: self.reason.as_deref().map(from_json).transpose()?,
        })
    }
}

/// Adds lines, each under the next number.
pub async fn add(connection: &mut SqliteConnection, entries: &[HistoryEntry]) -> Step<()> {
    for chunk in entries.chunks(ROWS_AT_ONCE) {
        let rows: Vec<(Row, String)> = chunk
            .iter()
            .map(|entry| Ok((Row::of(entry)?, searchable(entry))))
            .collect::<Step<_>>()?;
        let mut insert = QueryBuilder::new(
            "INSERT INTO history
             (at, run, component, side, act, title, item, record, changes, reason, search) ",
        );
        insert.push_values(rows, |mut values, (row, search)| {
            values
                .push_bind(row.at)
                .push_bind(row.run)
                .push_bind(row.component)
                .push_bind(row.side)
                .push_bind(row.act)
                .push_bind(row.title)
                .push_bind(row.item)
                .push_bind(row.record)
                .push_bind(row.changes)
                .push_bind(row.reason)
                .push_bind(search);
        });
        insert
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The lines that were asked for, newest first.
pub async fn find(
    connection: &mut SqliteConnection,
    filter: &HistoryFilter,
) -> Step<Vec<HistoryEntry>> {
    let mut select = QueryBuilder::new(
        "SELECT id, at, run, component, side, act, title, item, record, changes, reason
         FROM history WHERE true",
    );
    if let Some(before) = filter.before {
        select.push(" AND id < ").push_bind(before);
    }
    if let Some(line) = filter.line {
        select.push(" AND id = ").push_bind(line);
    }
    if let Some(component) = filter.component {
        select
            .push(" AND component = ")
            .push_bind(to_word(component)?);
    }
    if let Some(run) = filter.run {
        select.push(" AND run = ").push_bind(run.0);
    }
    if let Some(since) = filter.since {
        select.push(" AND at >= ").push_bind(bound(since));
    }
    if let Some(until) = filter.until {
        select.push(" AND at < ").push_bind(bound(until));
    }
    if let Some(entry) = &filter.entry {
        select.push(" AND (item = ").push_bind(entry);
        select.push(" OR record = ").push_bind(entry).push(")");
    }
    if let Some(text) = &filter.text {
        // Not LIKE: it knows jokers, and no case beyond A to Z.
        select
            .push(" AND instr(search, ")
            .push_bind(folded(text))
            .push(") > 0");
    }
    select.push(" ORDER BY id DESC");
    if filter.limit > 0 {
        select.push(" LIMIT ").push_bind(filter.limit);
    }
    select
        .build_query_as::<Row>()
        .fetch(connection)
        .map(|row| row?.entry())
        .try_collect()
        .await
}

/// The updates since a moment of records that had at least so many of them, oldest first.
pub async fn rewritten(
    connection: &mut SqliteConnection,
    component: Component,
    since: Timestamp,
    times: u32,
) -> Step<Vec<HistoryEntry>> {
    let select = sqlx::query_as::<_, Row>(
        "SELECT id, at, run, component, side, act, title, item, record, changes, reason
         FROM history WHERE component = ?1 AND act = 'updated' AND at >= ?2 AND record IN
         (SELECT record FROM history WHERE component = ?1 AND act = 'updated' AND at >= ?2
          GROUP BY record HAVING count(*) >= ?3)
         ORDER BY id",
    );
    let found = select
        .bind(to_word(component)?)
        .bind(bound(since))
        .bind(times);
    found
        .fetch(connection)
        .map(|row| row?.entry())
        .try_collect()
        .await
}

/// Forgets the lines before a moment, but for those of items that were made.
pub async fn forget_before(connection: &mut SqliteConnection, before: Timestamp) -> Step<()> {
    let forget = sqlx::query("DELETE FROM history WHERE at < ? AND NOT (side = ? AND act = ?)")
        .bind(bound(before))
        .bind(to_word(Side::Mailbox)?)
        .bind(to_word(Act::Created)?);
    forget.execute(connection).await?;
    Ok(())
}

/// A whole second as text that sorts before all times in it: those with a fraction would sort before one with a `Z` behind the second.
fn bound(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn searchable(entry: &HistoryEntry) -> String {
    let values = entry
        .changes
        .iter()
        .flat_map(|change| [change.before.as_str(), change.after.as_str()])
        .filter(|value| !value.is_empty());
    let texts: Vec<&str> = std::iter::once(entry.title.as_str())
        .chain(values)
        .collect();
    folded(&texts.join(BETWEEN))
}

/// Upper case first, because only there `ß` and `SS` meet.
fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}
