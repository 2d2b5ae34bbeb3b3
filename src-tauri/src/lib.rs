//! The tray shell: an icon, a menu and a window over the engine, which is reached through `controller` alone.
//! Nothing is decided here about what a sync does, and no window exists until somebody opens one.

#[cfg(target_os = "linux")]
mod afresh;
mod arguments;
mod autostart;
mod commands;
mod engine;
mod log;
mod notify;
mod oauth;
mod speech;
mod tray;
mod windows;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tauri::{App, AppHandle, Manager, RunEvent};
use texts::Texts;

use crate::arguments::{Arguments, Opening};
use crate::engine::Engine;
use crate::speech::Speech;

/// How often the open window is told of changes at most; between two there is nothing an eye could follow.
const WINDOW_PACE: Duration = Duration::from_millis(100);
/// The same for the tray, whose changes travel through the desktop's own processes.
const TRAY_PACE: Duration = Duration::from_millis(500);
/// How long quitting waits for the current write; what is unfinished then is recovered at the next start.
const FAREWELL: Duration = Duration::from_secs(5);

/// Runs the program until the user quits it.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.log_folder());
    #[cfg(target_os = "linux")]
    afresh::settle();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(second_start))
        .plugin(autostart::plugin())
        .invoke_handler(tauri::generate_handler![
            commands::language,
            commands::snapshot,
            commands::place,
            commands::sync_now,
            commands::pause,
            commands::resume,
            commands::sign_in_forms,
            commands::connect_crm,
            commands::connect_exchange,
            oauth::begin_oauth,
            oauth::finish_oauth,
            oauth::cancel_oauth,
            commands::preview,
            commands::start,
            commands::removals,
            commands::disconnect,
            commands::abandon,
            commands::stay_connected,
            commands::waiting,
            commands::resolve,
            commands::brakes,
            commands::brake_plan,
            commands::answer_brake,
            commands::history,
            commands::undo,
            commands::why,
            commands::preferences,
            commands::set_language,
            commands::set_past_days,
            commands::set_autostart,
            commands::open_log_folder,
            commands::quit,
        ])
        .setup(move |app| set_up(app, arguments))
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(follow);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the program could not start");
            ExitCode::FAILURE
        }
    }
}

/// Ends the program once the engine has laid down its work.
pub(crate) fn quit(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        lay_down(app.state::<Engine>().inner()).await;
        app.exit(0);
    });
}

/// Ends the engine's work.
async fn lay_down(engine: &Engine) {
    let ended = tokio::time::timeout(FAREWELL, engine.shutdown());
    if ended.await.is_err() {
        tracing::warn!("the end of the run is not waited for");
    }
}

fn set_up(app: &mut App, arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Accessory);

    let texts = Texts::new(arguments.language());
    let engine = Engine::default();
    app.manage(Speech::new(texts));
    app.manage(arguments.clone());
    app.manage(windows::Openings::default());
    app.manage(oauth::Browsing::default());
    app.manage(engine.clone());
    #[cfg(target_os = "linux")]
    app.manage(afresh::Afresh::new(&arguments));
    let tray = tray::build(app.handle(), texts)?;

    let handle = app.handle().clone();
    let options = arguments.options();
    tauri::async_runtime::spawn(async move {
        engine.start(options).await;
        let opening = arguments.opening();
        if opening == Opening::Window
            || (opening == Opening::IfNeeded
                && (engine.needs_the_user().await || !tray::has_place().await))
        {
            windows::open(&handle);
        }
        let to_window = engine.every_change(WINDOW_PACE, |view| windows::push(&handle, view));
        let to_tray = engine.every_change(TRAY_PACE, |view| tray.show(view));
        let to_user = notify::follow(&handle, &engine);
        tokio::join!(to_window, to_tray, to_user);
    });
    Ok(())
}

/// Somebody started the program again: they want to see it, unless the computer did so by itself.
fn second_start(app: &AppHandle, arguments: Vec<String>, _folder: String) {
    let background =
        Arguments::try_parse_from(arguments).is_ok_and(|given| given.opening() == Opening::Nothing);
    if !background {
        windows::open_from_event(app);
    }
}

/// Closing the last window ends the window, not the program; only `quit` gives an exit code.
fn follow(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested {
            api, code: None, ..
        } => api.prevent_exit(),
        RunEvent::WindowEvent { event, .. } => windows::follow(app, &event),
        // What a second start is elsewhere.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => windows::open_from_event(app),
        _ => {}
    }
}
