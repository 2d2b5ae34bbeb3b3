//! What the window may ask. Each command passes its question on to the engine; a refusal is a problem, whose
//! sentence the window finds in its own texts.

use controller::{HistoryEntry, HistoryFilter, Problem, Snapshot};
use tauri::State;
use texts::Texts;

use crate::engine::Engine;

/// The language of the app, e.g. `de`.
#[tauri::command]
pub(crate) fn language(texts: State<'_, Texts>) -> &'static str {
    texts.language().code()
}

/// The state of everything.
#[tauri::command]
pub(crate) async fn snapshot(engine: State<'_, Engine>) -> Result<Snapshot, Problem> {
    engine.view().await
}

/// What was done, newest first.
#[tauri::command]
pub(crate) async fn history(
    engine: State<'_, Engine>,
    filter: HistoryFilter,
) -> Result<Vec<HistoryEntry>, Problem> {
    engine.history(filter).await
}

/// What waits because a server refused it.
#[tauri::command]
pub(crate) async fn refused(engine: State<'_, Engine>) -> Result<Vec<HistoryEntry>, Problem> {
    engine.refused().await
}

/// Begins a run at once.
#[tauri::command]
pub(crate) async fn sync_now(engine: State<'_, Engine>) -> Result<(), Problem> {
    engine.sync_now().await
}

/// Stops syncing until `resume`.
#[tauri::command]
pub(crate) async fn pause(engine: State<'_, Engine>) -> Result<(), Problem> {
    engine.pause().await
}

/// Goes on syncing.
#[tauri::command]
pub(crate) async fn resume(engine: State<'_, Engine>) -> Result<(), Problem> {
    engine.resume().await
}
