//! What the window may ask. Each command passes its question on to the engine; a refusal is a problem, whose
//! sentence the window finds in its own texts.

use controller::view::{
    Brake, BrakeAnswer, CrmForm, Decision, ExchangeForm, PauseFor, Place, PlannedLine, Preferences,
    PreviewPart, Removal, Removed, SignInForms, UndoWhat, Undone, WaitingEntry, Why,
};
use controller::{HistoryEntry, HistoryFilter, Problem, Snapshot, told};
use tauri::{AppHandle, Manager, State};
use texts::Texts;

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::speech::Speech;
use crate::{autostart, windows};

type Answer<T> = Result<T, Problem>;

/// Passes a question on to the controller.
macro_rules! ask {
    ($engine:expr, $controller:ident => $question:expr) => {{
        let $controller = $engine.controller().await?;
        $question.map_err(|failure| told(&failure))
    }};
}

/// The language of the window, e.g. `de`, as it is chosen now.
#[tauri::command]
pub(crate) fn language(arguments: State<'_, Arguments>) -> &'static str {
    arguments.language().code()
}

/// The state of everything.
#[tauri::command]
pub(crate) async fn snapshot(engine: State<'_, Engine>) -> Answer<Snapshot> {
    engine.view().await
}

/// Where the window begins.
#[tauri::command]
pub(crate) fn place(app: AppHandle) -> Place {
    windows::place(&app)
}

/// Begins a run at once.
#[tauri::command]
pub(crate) async fn sync_now(engine: State<'_, Engine>) -> Answer<()> {
    engine.sync_now().await
}

/// Stops syncing for a while.
#[tauri::command]
pub(crate) async fn pause(engine: State<'_, Engine>, how: PauseFor) -> Answer<()> {
    engine.pause(how).await
}

/// Goes on syncing.
#[tauri::command]
pub(crate) async fn resume(engine: State<'_, Engine>) -> Answer<()> {
    engine.resume().await
}

/// What the sign-in forms begin with.
#[tauri::command]
pub(crate) async fn sign_in_forms(engine: State<'_, Engine>) -> Answer<SignInForms> {
    ask!(engine, controller => controller.sign_in_forms())
}

/// Signs in at the CRM.
#[tauri::command]
pub(crate) async fn connect_crm(engine: State<'_, Engine>, form: CrmForm) -> Answer<()> {
    ask!(engine, controller => controller.sign_in_to_crm(form).await)
}

/// Signs in at Exchange with a password.
#[tauri::command]
pub(crate) async fn connect_exchange(engine: State<'_, Engine>, form: ExchangeForm) -> Answer<()> {
    ask!(engine, controller => controller.sign_in_to_exchange(form).await)
}

/// What the first sync would do.
#[tauri::command]
pub(crate) async fn preview(engine: State<'_, Engine>) -> Answer<Vec<PreviewPart>> {
    ask!(engine, controller => controller.preview_parts().await)
}

/// The first sync may begin.
#[tauri::command]
pub(crate) async fn start(engine: State<'_, Engine>) -> Answer<()> {
    ask!(engine, controller => controller.start().await)
}

/// What a disconnect would remove.
#[tauri::command]
pub(crate) async fn removals(engine: State<'_, Engine>) -> Answer<Vec<Removal>> {
    ask!(engine, controller => controller.removals().await)
}

/// Removes what the connector put into the mailbox and forgets both accounts.
#[tauri::command]
pub(crate) async fn disconnect(engine: State<'_, Engine>) -> Answer<Removed> {
    ask!(engine, controller => controller.leave().await)
}

/// Forgets both accounts and leaves the mailbox as it is.
#[tauri::command]
pub(crate) async fn abandon(engine: State<'_, Engine>) -> Answer<()> {
    ask!(engine, controller => controller.abandon().await)
}

/// Takes a disconnect back that did not get to its end.
#[tauri::command]
pub(crate) async fn stay_connected(engine: State<'_, Engine>) -> Answer<()> {
    ask!(engine, controller => controller.stay_connected().await.map(drop))
}

/// What waits for the user.
#[tauri::command]
pub(crate) async fn waiting(engine: State<'_, Engine>) -> Answer<Vec<WaitingEntry>> {
    ask!(engine, controller => controller.waiting_entries().await)
}

/// Helps an entry along; the answer is what is still in its way.
#[tauri::command]
pub(crate) async fn resolve(
    engine: State<'_, Engine>,
    id: String,
    decision: Decision,
) -> Answer<Option<Problem>> {
    ask!(engine, controller => controller.decide(&id, decision).await)
}

/// The brakes that tripped.
#[tauri::command]
pub(crate) async fn brakes(engine: State<'_, Engine>) -> Answer<Vec<Brake>> {
    ask!(engine, controller => controller.brakes().await)
}

/// What a run would do if the brake were approved.
#[tauri::command]
pub(crate) async fn brake_plan(engine: State<'_, Engine>, id: String) -> Answer<Vec<PlannedLine>> {
    ask!(engine, controller => controller.brake_plan(&id).await)
}

/// Says what to do about a brake.
#[tauri::command]
pub(crate) async fn answer_brake(
    engine: State<'_, Engine>,
    id: String,
    answer: BrakeAnswer,
) -> Answer<()> {
    ask!(engine, controller => controller.decide_brake(&id, answer).await)
}

/// What was done, newest first.
#[tauri::command]
pub(crate) async fn history(
    engine: State<'_, Engine>,
    filter: HistoryFilter,
) -> Answer<Vec<HistoryEntry>> {
    ask!(engine, controller => controller.history(filter).await)
}

/// Takes back what a line or a run did.
#[tauri::command]
pub(crate) async fn undo(engine: State<'_, Engine>, what: UndoWhat) -> Answer<Undone> {
    ask!(engine, controller => controller.take_back(what).await)
}

/// Why something called so was or was not synced.
#[tauri::command]
pub(crate) async fn why(engine: State<'_, Engine>, text: String) -> Answer<Why> {
    ask!(engine, controller => controller.explain(&text).await)
}

/// What the settings show.
#[tauri::command]
pub(crate) async fn preferences(app: AppHandle, engine: State<'_, Engine>) -> Answer<Preferences> {
    let shown = ask!(engine, controller => controller.preferences().await)?;
    Ok(Preferences {
        autostart: autostart::is_on(&app),
        ..shown
    })
}

/// Chooses a language, or the system's.
#[tauri::command]
pub(crate) async fn set_language(
    app: AppHandle,
    engine: State<'_, Engine>,
    language: Option<String>,
) -> Answer<()> {
    ask!(engine, controller => controller.set_language(language))?;
    let spoken = app.state::<Arguments>().language();
    app.state::<Speech>().set(Texts::new(spoken));
    engine.controller().await?.speak(spoken).await;
    Ok(())
}

/// Chooses how many past days are synced.
#[tauri::command]
pub(crate) async fn set_past_days(engine: State<'_, Engine>, days: u32) -> Answer<()> {
    ask!(engine, controller => controller.set_past_days(days).await)
}

/// Whether the app starts with the computer.
#[tauri::command]
pub(crate) fn set_autostart(app: AppHandle, on: bool) -> Answer<()> {
    autostart::set(&app, on)
}

/// Opens the folder with the logs in the desktop's own file manager.
#[tauri::command]
pub(crate) async fn open_log_folder(engine: State<'_, Engine>) -> Answer<()> {
    engine.open_log_folder().await
}

/// Ends the program.
#[tauri::command]
pub(crate) fn quit(app: AppHandle) {
    crate::quit(app);
}
