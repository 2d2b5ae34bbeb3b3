//! What happens to the file itself: new, reopened, newer than the program, another program's, damaged, full.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use model::history::{Act, HistoryEntry, Tally};
use model::{Code, Component, Observation, RecordId, RunId, Side, SyncToken};
use ports::{Cursor, Failure, HistoryFilter, Outcome, StateStore};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use store::{SqliteStore, StoreError};
use tempfile::TempDir;

const CONTACTS: Component = Component::Contacts;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.sqlite");
    (folder, file)
}

async fn open(file: &Path) -> SqliteStore {
    SqliteStore::open(file).await.expect("opened")
}

/// The file as a program that is not ours sees it.
async fn directly(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    options.connect().await.expect("connected")
}

async fn run(file: &Path, statement: &'static str) {
    let mut connection = directly(file).await;
    let done = sqlx::query(statement).execute(&mut connection).await;
    done.expect("executed");
    connection.close().await.expect("closed");
}

async fn refused(file: &Path) -> StoreError {
    let before = std::fs::read(file).expect("readable");
    let error = SqliteStore::open(file).await.expect_err("refused");
    assert_eq!(std::fs::read(file).expect("readable"), before, "touched");
    error
}

fn gone(record: &str) -> Observation {
    Observation::RecordGone {
        id: RecordId::new(record),
    }
}

#[tokio::test]
async fn what_was_kept_is_there_after_opening_again() {
    let (_folder, file) = place();
    let store = open(&file).await;
    let cursor = Cursor {
        side: Side::Crm,
        token: Some(SyncToken::new("1")),
    };
    let kept = store.observe(CONTACTS, &[gone("1")], Some(cursor)).await;
    kept.expect("kept");
    store.close().await;
    let store = open(&file).await;
    let token = store.cursor(CONTACTS, Side::Crm).await.expect("cursor");
    assert_eq!(token, Some(SyncToken::new("1")));
    let waiting = store.observations(CONTACTS).await.expect("observations");
    assert_eq!(waiting, [gone("1")]);
}

#[tokio::test]
async fn what_was_kept_is_there_although_nobody_closed_the_file() {
    let (_folder, file) = place();
    let crashed = open(&file).await;
    let kept = crashed.observe(CONTACTS, &[gone("1")], None).await;
    kept.expect("kept");
    let waiting = open(&file).await.observations(CONTACTS).await;
    assert_eq!(waiting.expect("observations"), [gone("1")]);
}

#[tokio::test]
async fn two_programs_may_have_the_file_open() {
    let (_folder, file) = place();
    let (tray, status) = (open(&file).await, open(&file).await);
    for (number, store) in [&tray, &status, &tray].into_iter().enumerate() {
        let observations = [gone(&number.to_string())];
        let kept = store.observe(CONTACTS, &observations, None).await;
        kept.expect("kept");
    }
    let waiting = status.observations(CONTACTS).await.expect("observations");
    assert_eq!(waiting.len(), 3);
}

#[tokio::test]
async fn a_newer_file_is_refused_untouched() {
    let (_folder, file) = place();
    open(&file).await.close().await;
    run(
        &file,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of the future', true, x'00', 1)",
    )
    .await;
    let error = refused(&file).await;
    assert!(matches!(error, StoreError::TooNew { found: 9999, .. }));
    let failure = Failure::from(error);
    assert_eq!(failure.problem.code, Code::StateTooNew);
    assert_eq!(
        failure.problem.values.get("file"),
        Some(&file.display().to_string())
    );
}

#[tokio::test]
async fn a_changed_migration_is_refused_untouched() {
    let (_folder, file) = place();
    open(&file).await.close().await;
    run(&file, "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    let failure = Failure::from(refused(&file).await);
    assert_eq!(failure.problem.code, Code::StateUnusable);
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_untouched() {
    let (_folder, file) = place();
    run(&file, "CREATE TABLE birds (name TEXT)").await;
    let error = refused(&file).await;
    assert!(matches!(error, StoreError::Foreign { .. }));
    let failure = Failure::from(error);
    assert_eq!(failure.problem.code, Code::StateUnusable);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_untouched() {
    let (_folder, file) = place();
    std::fs::write(&file, "This is a letter. ".repeat(500)).expect("written");
    let failure = Failure::from(refused(&file).await);
    assert_eq!(failure.problem.code, Code::StateDamaged);
    assert!(!failure.is_about_one_entry());
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let (folder, _) = place();
    let file = folder.path().join("missing/state.sqlite");
    let error = SqliteStore::open(&file).await.expect_err("no such folder");
    let failure = Failure::from(error);
    assert_eq!(failure.problem.code, Code::StateUnusable);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_stays() {
    let (_folder, file) = place();
    let store = open(&file).await;
    let many: Vec<Observation> = (0..2_000).map(|n| gone(&n.to_string())).collect();
    let kept = store.observe(CONTACTS, &many, None).await;
    kept.expect("kept");
    store.close().await;
    let mut bytes = std::fs::read(&file).expect("readable");
    let half = bytes.len() / 2;
    bytes[half..].fill(0xA5);
    std::fs::write(&file, &bytes).expect("written");
    let failure = Failure::from(refused(&file).await);
    assert_eq!(failure.problem.code, Code::StateDamaged);
    assert_eq!(std::fs::read(&file).expect("readable"), bytes);
}

#[tokio::test]
async fn r7_11_a_damaged_file_is_set_aside_with_what_belongs_to_it() {
    let (folder, file) = place();
    for part in ["", "-wal", "-shm"] {
        let part = folder.path().join(format!("state.sqlite{part}"));
        std::fs::write(part, "no database").expect("written");
    }
    let now = "2026-11-27T04:05:06Z".parse().expect("a moment");
    let aside = SqliteStore::set_aside(&file, now).expect("renamed");
    let name = "state.sqlite.damaged-20261127-040506";
    assert_eq!(aside, folder.path().join(name));
    let mut left: Vec<String> = std::fs::read_dir(folder.path())
        .expect("readable")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    left.sort();
    let parts = ["", "-shm", "-wal"].map(|part| format!("{name}{part}"));
    assert_eq!(left, parts);
    open(&file).await;
}

#[tokio::test]
async fn a_value_nobody_wrote_is_told() {
    let (_folder, file) = place();
    let store = open(&file).await;
    let kept = store.observe(CONTACTS, &[gone("1")], None).await;
    kept.expect("kept");
    run(&file, "UPDATE observations SET seen = '{\"seen\":\"ufo\"}'").await;
    let failure = store.observations(CONTACTS).await.expect_err("a ufo");
    assert_eq!(failure.problem.code, Code::StateUnusable);
}

fn line(title: &str) -> HistoryEntry {
    HistoryEntry {
        id: 0,
        at: Timestamp::UNIX_EPOCH,
        run: RunId(1),
        component: CONTACTS,
        side: Side::Crm,
        act: Act::Created,
        title: title.to_owned(),
        item: None,
        record: None,
        changes: vec![],
        reason: None,
    }
}

#[tokio::test]
async fn a_step_that_fails_halfway_leaves_nothing_behind() {
    let (_folder, file) = place();
    let store = open(&file).await;
    let kept = store.observe(CONTACTS, &[gone("1")], None).await;
    kept.expect("kept");
    run(
        &file,
        "CREATE TRIGGER halfway BEFORE INSERT ON history WHEN new.title = 'last'
         BEGIN SELECT raise(FAIL, 'cut'); END",
    )
    .await;
    let outcome = Outcome {
        settled: vec![gone("1").subject()],
        observed: vec![gone("2")],
        history: vec![line("first"), line("last")],
        ..Outcome::default()
    };
    store.commit(CONTACTS, &outcome).await.expect_err("cut");
    let waiting = store.observations(CONTACTS).await.expect("observations");
    assert_eq!(waiting, [gone("1")]);
    let history = store.history(&HistoryFilter::default()).await;
    assert_eq!(history.expect("history"), []);
}

#[tokio::test]
async fn a_run_that_was_cut_off_has_no_end() {
    let (_folder, file) = place();
    let crashed = open(&file).await;
    let start = |store: SqliteStore| async move {
        let run = store.start_run(&[CONTACTS], Timestamp::UNIX_EPOCH).await;
        run.expect("started")
    };
    let cut_off = start(crashed).await;
    let store = open(&file).await;
    let finished = start(store.clone()).await;
    let end = Timestamp::UNIX_EPOCH;
    let done = store
        .finish_run(finished, CONTACTS, end, &Tally::default(), None)
        .await;
    done.expect("finished");
    let recent = store.recent_runs(CONTACTS, 9).await.expect("runs");
    let told: Vec<_> = recent.iter().map(|run| (run.run, run.finished)).collect();
    assert_eq!(told, [(finished, Some(end)), (cut_off, None)]);
    let only = store.recent_runs(CONTACTS, 1).await.expect("runs");
    assert_eq!(only.len(), 1);
}
