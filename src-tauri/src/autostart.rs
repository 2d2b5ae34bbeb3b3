//! Starting with the computer: an entry of the desktop that starts the program without a window.

use controller::Problem;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::{MacosLauncher, ManagerExt};

/// What the program is started with by the computer.
const BACKGROUND: &str = "--background";

pub(crate) fn plugin() -> TauriPlugin<Wry> {
    tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, Some(vec![BACKGROUND]))
}

/// Whether it starts with the computer; `None` where that cannot be told.
pub(crate) fn is_on(app: &AppHandle) -> Option<bool> {
    app.autolaunch().is_enabled().ok()
}

/// Makes it start with the computer, or not.
pub(crate) fn set(app: &AppHandle, on: bool) -> Result<(), Problem> {
    let autostart = app.autolaunch();
    // Taking away what is not there is an error of the plug-in's.
    let done = match (on, autostart.is_enabled().unwrap_or(false)) {
        (true, _) => autostart.enable(),
        (false, true) => autostart.disable(),
        (false, false) => Ok(()),
    };
    done.map_err(|error| {
        tracing::warn!(%error, "starting with the computer could not be changed");
        Problem {
            code: "autostart_refused".to_owned(),
            values: [].into(),
            since: 0,
        }
    })
}
