//! Beginning afresh after the window was closed, on Linux. There WebKit's network process, its libraries and what they took stay with a
//! process that has once shown a window, 50 MB and more, until it ends. So once nothing is going on the program puts a new one of itself in
//! its place: the process stays, its memory does not. Elsewhere the system's own processes show the window and end with it.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use controller::{Controller, Snapshot, State};
use rustix::process::{Pid, WaitOptions, waitpid};
use tauri::{AppHandle, Manager};

use crate::arguments::{Arguments, Opening};
use crate::engine::Engine;
use crate::{lay_down, oauth, windows};

/// Who closes a window may want it back at once.
const CALM: Duration = Duration::from_secs(60);

/// The variable that names the processes this one had started before it began afresh.
const LEFT_OVER: &str = "EXCO_LEFT_OVER";

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
        while let Some(controller) = waits_for_calm(&app, &engine, calm).await {
            begin(&app, &engine, &controller).await;
        }
        let afresh = app.state::<Afresh>();
        afresh.waiting.store(false, Ordering::Release);
    });
}

/// Waits until nothing would be lost; there is no answer where a window is open again, whose end is waited for anew.
async fn waits_for_calm(app: &AppHandle, engine: &Engine, calm: Duration) -> Option<Controller> {
    let controller = engine.controller().await.ok()?;
    let mut changes = controller.watch();
    loop {
        tokio::time::sleep(calm).await;
        if windows::is_open(app) {
            return None;
        }
        let quiet = is_quiet(&changes.borrow_and_update());
        if quiet && !controller.holds_secrets() && !app.state::<oauth::Browsing>().is_under_way() {
            return Some(controller);
        }
        changes.changed().await.ok()?;
    }
}

/// Nothing is under way, and nothing that waits for the user is told, or would be told again.
fn is_quiet(snapshot: &Snapshot) -> bool {
    let rests = matches!(snapshot.state, State::InSync | State::Paused);
    rests && snapshot.to_decide == 0 && !snapshot.awaits_start
}

/// Puts the new program in the place of this one, unless somebody is at work: it does not return then.
async fn begin(app: &AppHandle, engine: &Engine, controller: &Controller) {
    let program = match std::env::current_exe() {
        Ok(program) if program.is_file() => program,
        // An update is putting another one into its place.
        _ => return,
    };
    let Some(_stillness) = controller.stillness() else {
        return;
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
        .env(LEFT_OVER, children())
        .exec();
    tracing::error!(%error, "the program could not begin afresh; it starts anew");
    app.restart();
}

/// The processes that WebKit started: they end by themselves once nobody talks to them any more, but stay in the system's books until
/// whoever has started them has asked how.
fn children() -> String {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let children = threads.flatten().filter_map(|thread| {
        let children = thread.path().join("children");
        std::fs::read_to_string(children).ok()
    });
    children.collect::<Vec<_>>().join(" ")
}

/// Asks how what was started before ended.
pub(crate) fn settle() {
    let left = std::env::var(LEFT_OVER).unwrap_or_default();
    let left: Vec<Pid> = left
        .split_whitespace()
        .filter_map(|id| Pid::from_raw(id.parse().ok()?))
        .collect();
    if left.is_empty() {
        return;
    }
    std::thread::spawn(move || {
        for process in left {
            if let Err(error) = waitpid(Some(process), WaitOptions::empty()) {
                tracing::debug!(%error, "it was no child of ours");
            }
        }
    });
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
