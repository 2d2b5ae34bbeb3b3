//! The store on disk against the contract of every state store.

use store::SqliteStore;
use tempfile::TempDir;

async fn fresh() -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("state.sqlite")).await;
    (folder, store.expect("opened"))
}

ports::state_store_contract!(fresh);
