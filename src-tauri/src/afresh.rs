//! Beginning afresh after the window was closed, on Linux. There WebKit's network process, its libraries and what they took stay with a
//! process that has once shown a window, 50 MB and more, until it ends. So once nothing is going on the program puts a new one of itself in
//! its place: the process stays, its memory does not. Elsewhere the system's own processes show the window and end with it.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use controller::{Snapshot, State};
use tauri::{AppHandle, Manager};

use crate::arguments::{Arguments, Opening};
use crate::engine::Engine;
use crate::{lay_down, oauth, windows};

/// Who closes a window may want it back at once.
const CALM: Duration = Duration::from_secs(60);

/// What must be known for it.
pub(crate) struct Afresh {
    calm: Duration,
    waiting: AtomicBool,
}

impl Afresh {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        Self {
            calm: arguments.calm().unwrap_or(CALM),
            waiting: AtomicBool::new(false),
        }
    }
}

/// The window is gone: waits until the program can begin afresh, and does so.
pub(crate) fn after_window(app: &AppHandle) {
    let afresh = app.state::<Afresh>();
    if afresh.waiting.swap(true, Ordering::AcqRel) {
        return;
    }
    let (app, calm) = (app.clone(), afresh.calm);
    tauri::async_runtime::spawn(async move {
        let engine = app.state::<Engine>().inner().clone();
        if waits_for_calm(&app, &engine, calm).await {
            begin(&app, &engine).await;
        }
        let afresh = app.state::<Afresh>();
        afresh.waiting.store(false, Ordering::Release);
    });
}

/// Waits until nothing would be lost; the answer is no where a window is open again, whose end is waited for anew.
async fn waits_for_calm(app: &AppHandle, engine: &Engine, calm: Duration) -> bool {
    let Ok(controller) = engine.controller().await else {
        return false;
    };
    let mut changes = controller.watch();
    loop {
        tokio::time::sleep(calm).await;
        if windows::is_open(app) {
            return false;
        }
        let quiet = is_quiet(&changes.borrow_and_update());
        if quiet && !controller.holds_secrets() && !app.state::<oauth::Browsing>().is_under_way() {
            return true;
        }
        if changes.changed().await.is_err() {
            return false;
        }
    }
}

/// Nothing is under way, and nothing that waits for the user is told, or would be told again.
fn is_quiet(snapshot: &Snapshot) -> bool {
    let rests = matches!(snapshot.state, State::InSync | State::Paused);
    rests && snapshot.to_decide == 0 && !snapshot.awaits_start
}

async fn begin(app: &AppHandle, engine: &Engine) {
    let program = match std::env::current_exe() {
        Ok(program) if program.is_file() => program,
        // An update is putting another one into its place.
        _ => return,
    };
    tracing::debug!("beginning afresh without a window");
    lay_down(engine).await;
    // The new one would otherwise take this one for another that runs.
    tauri_plugin_single_instance::destroy(app);
    let opening = match windows::is_open(app) {
        true => Opening::Window,
        false => Opening::Nothing,
    };
    let error = Command::new(&program)
        .args(words(std::env::args_os().skip(1), opening))
        .exec();
    tracing::error!(%error, "the program could not begin afresh; it starts anew");
    app.restart();
}

/// What this start was given, with another wish for the window.
fn words(given: impl Iterator<Item = OsString>, opening: Opening) -> Vec<OsString> {
    let wishes = [Opening::Window, Opening::Nothing].map(Arguments::word);
    let kept = given.filter(|word| !wishes.iter().any(|wish| word == wish));
    kept.chain([Arguments::word(opening).into()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_begins_afresh_keeps_its_words_but_for_the_window() {
        let given = ["--profile", "/a", "--open", "--lang", "de"];
        let words = words(given.into_iter().map(OsString::from), Opening::Nothing);
        assert_eq!(
            words,
            ["--profile", "/a", "--lang", "de", "--background"].map(OsString::from)
        );
    }
}
