//! The tables `runs` and `run_components`: when each component was synced and what came of it.

use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use model::history::{RunRecord, Tally};
use model::{Component, Problem, RunId};
use sqlx::SqliteConnection;

use crate::encoding::{from_json, from_word, moment, to_json};
use crate::error::Step;

#[derive(sqlx::FromRow)]
struct Row {
    run: i64,
    component: String,
    started: String,
    finished: Option<String>,
    tally: String,
    problem: Option<String>,
}

impl Row {
    fn record(self) -> Step<RunRecord> {
        Ok(RunRecord {
            run: RunId(self.run),
            component: from_word(self.component)?,
            started: moment(&self.started)?,
            finished: self.finished.as_deref().map(moment).transpose()?,
            tally: from_json(&self.tally)?,
            problem: self.problem.as_deref().map(from_json).transpose()?,
        })
    }
}

/// A new run.
pub async fn start(
    connection: &mut SqliteConnection,
    components: &[Component],
    started: Timestamp,
) -> Step<RunId> {
    let run: i64 = sqlx::query_scalar("INSERT INTO runs (started) VALUES (?) RETURNING id")
        .bind(started.to_string())
        .fetch_one(&mut *connection)
        .await?;
    let tally = to_json(&Tally::default())?;
    for component in components {
        sqlx::query("INSERT INTO run_components (component, run, tally) VALUES (?, ?, ?)")
            .bind(component.name())
            .bind(run)
            .bind(&tally)
            .execute(&mut *connection)
            .await?;
    }
    Ok(RunId(run))
}

/// Whether a run was begun for the component that can now be finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It was, and is finished.
    Yes,
    /// It was not.
    NeverBegun,
}

/// What a run did for a component.
pub async fn finish(
    connection: &mut SqliteConnection,
    run: RunId,
    component: Component,
    finished: Timestamp,
    tally: &Tally,
    problem: Option<&Problem>,
) -> Step<Finished> {
    let done = sqlx::query(
        "UPDATE run_components SET finished = ?, tally = ?, problem = ? WHERE component = ? AND run = ?",
    )
    .bind(finished.to_string())
    .bind(to_json(tally)?)
    .bind(problem.map(to_json).transpose()?)
    .bind(component.name())
    .bind(run.0)
    .execute(connection)
    .await?;
    Ok(match done.rows_affected() {
        0 => Finished::NeverBegun,
        _ => Finished::Yes,
    })
}

/// The last finished run of a component.
pub async fn last(
    connection: &mut SqliteConnection,
    component: Component,
) -> Step<Option<RunRecord>> {
    let row = sqlx::query_as::<_, Row>(
        "SELECT run, component, started, finished, tally, problem
         FROM run_components JOIN runs ON runs.id = run
         WHERE component = ? AND finished IS NOT NULL ORDER BY run DESC LIMIT 1",
    )
    .bind(component.name())
    .fetch_optional(connection)
    .await?;
    row.map(Row::record).transpose()
}

/// The last runs of a component, newest first; one without an end runs now or was cut off.
pub async fn recent(
    connection: &mut SqliteConnection,
    component: Component,
    limit: u32,
) -> Step<Vec<RunRecord>> {
    sqlx::query_as::<_, Row>(
        "SELECT run, component, started, finished, tally, problem
         FROM run_components JOIN runs ON runs.id = run
         WHERE component = ? ORDER BY run DESC LIMIT ?",
    )
    .bind(component.name())
    .bind(limit)
    .fetch(connection)
    .map(|row| row?.record())
    .try_collect()
    .await
}
