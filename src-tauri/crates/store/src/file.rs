//! Opening the state file: looking at it before touching it, bringing its tables up to date, and the connections to it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::error::{Cause, Step, StoreError};
use crate::migrations::{NEWEST, migrator};

/// Another process may read or write shortly (`exco status` beside the tray); longer means something is wrong.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(10);
/// A connection reads on a thread of its own; with few rows between them the two threads would wait for each other.
const ROWS_HANDED_OVER: usize = 500;
/// A window that reads the history must not wait for a batch that is being written, nor the engine for the window.
const READERS: u32 = 2;

/// What a look at the file showed.
enum Schema {
    /// There is no file, or an empty one.
    New,
    /// It is ours and of this schema.
    Known,
    /// It is ours and of a newer schema.
    TooNew(i64),
    /// It has tables, but not ours.
    Foreign,
}

/// The connections of one store.
#[derive(Debug, Clone)]
pub struct Connections {
    /// The one that writes.
    pub writer: SqlitePool,
    /// Those that only read.
    pub readers: SqlitePool,
}

/// Opens the file, makes it if there is none, and brings its tables up to date. A newer or foreign file is not touched.
pub async fn open(file: &Path) -> Result<Connections, StoreError> {
    let unusable = |tried| move |source: Cause| StoreError::of(tried, file, source);
    let too_new = |found| StoreError::TooNew {
        file: file.to_owned(),
        found,
        known: NEWEST,
    };
    match look_at(file).await.map_err(unusable("read"))? {
        Schema::New | Schema::Known => {}
        Schema::TooNew(found) => return Err(too_new(found)),
        Schema::Foreign => {
            return Err(StoreError::Foreign {
                file: file.to_owned(),
            });
        }
    }
    let writer = connect_writer(file).await.map_err(unusable("open"))?;
    match migrator().run(&writer).await {
        Ok(()) => {}
        // Only the write-ahead log knew of the newer schema, or another process has just upgraded the file.
        Err(MigrateError::VersionMissing(found)) => return Err(too_new(found)),
        Err(error) => return Err(unusable("prepare")(error.into())),
    }
    Ok(Connections {
        writer,
        readers: readers(file),
    })
}

async fn look_at(file: &Path) -> Step<Schema> {
    if !std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0) {
        return Ok(Schema::New);
    }
    let mut connection = options(file).read_only(true).connect().await?;
    let schema = match check(&mut connection).await {
        Ok(()) => schema_of(&mut connection).await,
        Err(damage) => Err(damage),
    };
    connection.close().await?;
    schema
}

/// Better found now than in the middle of a run: half of what is linked would look as if it had never been.
async fn check(connection: &mut SqliteConnection) -> Step<()> {
    let said: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(connection)
        .await?;
    match said.as_str() {
        "ok" => Ok(()),
        _ => Err(Cause::Damage(said)),
    }
}

/// Gives a damaged file, with what belongs to it, another name beside it and returns that. Nobody may have it open.
pub fn set_aside(file: &Path, now: Timestamp) -> std::io::Result<PathBuf> {
    let name = |file: &Path| file.file_name().unwrap_or_default().to_owned();
    // No colons: Windows has none in file names.
    let mut new = name(file);
    new.push(now.strftime(".damaged-%Y%m%d-%H%M%S").to_string());
    for part in ["-wal", "-shm", ""] {
        let [mut from, mut to] = [name(file), new.clone()];
        from.push(part);
        to.push(part);
        match std::fs::rename(file.with_file_name(from), file.with_file_name(to)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            moved => moved?,
        }
    }
    Ok(file.with_file_name(new))
}

async fn schema_of(connection: &mut SqliteConnection) -> Step<Schema> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .fetch_all(&mut *connection)
            .await?;
    if tables.is_empty() {
        return Ok(Schema::New);
    }
    if !tables.iter().any(|table| table == "_sqlx_migrations") {
        return Ok(Schema::Foreign);
    }
    let newest: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut *connection)
        .await?;
    Ok(match newest {
        Some(found) if found > NEWEST => Schema::TooNew(found),
        Some(_) | None => Schema::Known,
    })
}

async fn connect_writer(file: &Path) -> Step<SqlitePool> {
    let options = options(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    Ok(pool(1).connect_with(options).await?)
}

fn readers(file: &Path) -> SqlitePool {
    pool(READERS).connect_lazy_with(options(file).pragma("query_only", "ON"))
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(WAIT_FOR_OTHERS)
        .row_buffer_size(ROWS_HANDED_OVER)
        .disable_statement_logging()
}

/// Connections live as long as the pool: with a lifetime, a timer would wake an idle computer to look after them.
fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn s1_a_step_is_on_the_disk_before_it_is_confirmed() {
        let folder = tempfile::tempdir().expect("a folder");
        let connections = open(&folder.path().join("state")).await.expect("opened");
        let mut writer = connections.writer.acquire().await.expect("a connection");
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&mut *writer)
            .await
            .expect("told");
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&mut *writer)
            .await
            .expect("told");
        let full = 2;
        assert_eq!((mode.as_str(), synchronous), ("wal", full));
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let connections = open(&folder.path().join("state")).await.expect("opened");
        let written = sqlx::query("DELETE FROM facts")
            .execute(&connections.readers)
            .await;
        written.expect_err("refused");
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_what_was_there_stays() {
        use model::{Code, Component, Observation, RecordId};
        use ports::StateStore;

        let folder = tempfile::tempdir().expect("a folder");
        let store = crate::SqliteStore::open(&folder.path().join("state")).await;
        let store = store.expect("opened");
        let gone = |id: String| Observation::RecordGone {
            id: RecordId::new(id),
        };
        let first = [gone("first".to_owned())];
        let kept = store.observe(Component::Contacts, &first, None).await;
        kept.expect("kept");
        sqlx::query("PRAGMA max_page_count = 1")
            .execute(&store.connections().writer)
            .await
            .expect("no page more than there are");
        let many: Vec<Observation> = (0..9_000).map(|n| gone(n.to_string())).collect();
        let full = store.observe(Component::Contacts, &many, None).await;
        let failure = full.expect_err("full");
        assert_eq!(failure.problem.code, Code::StateUnusable);
        let waiting = store.observations(Component::Contacts).await;
        assert_eq!(waiting.expect("observations"), first);
    }
}
