//! A sign-in in the browser, between the window's question and its answer: there is one at a time, and a new one ends the one before.

use std::sync::{Mutex, MutexGuard, PoisonError};

use controller::view::OAuthForm;
use controller::{OAuthAttempt, Problem, told};
use tauri::State;
use tokio::sync::oneshot;

use crate::engine::Engine;

/// The sign-in that waits for the user, if one does.
#[derive(Default)]
pub(crate) struct Browsing {
    attempt: Mutex<Option<OAuthAttempt>>,
    /// Dropped, it gives up the one that is waited for.
    waited_for: Mutex<Option<oneshot::Sender<()>>>,
}

/// Opens the browser; the answer is the address, for where none opens.
#[tauri::command]
pub(crate) async fn begin_oauth(
    engine: State<'_, Engine>,
    browsing: State<'_, Browsing>,
    form: OAuthForm,
) -> Result<String, Problem> {
    browsing.give_up();
    let controller = engine.controller().await?;
    let attempt = controller.sign_in_by_browser(form).await;
    let attempt = attempt.map_err(|failure| told(&failure))?;
    let address = attempt.address().to_owned();
    *locked(&browsing.attempt) = Some(attempt);
    Ok(address)
}

/// Waits until the user has signed in. One that was given up is no failure.
#[tauri::command]
pub(crate) async fn finish_oauth(browsing: State<'_, Browsing>) -> Result<(), Problem> {
    let Some(attempt) = locked(&browsing.attempt).take() else {
        return Ok(());
    };
    let (keep, given_up) = oneshot::channel();
    *locked(&browsing.waited_for) = Some(keep);
    tokio::select! {
        finished = attempt.finish() => finished.map(|_| ()).map_err(|failure| told(&failure)),
        _ = given_up => Ok(()),
    }
}

/// Gives it up.
#[tauri::command]
pub(crate) fn cancel_oauth(browsing: State<'_, Browsing>) {
    browsing.give_up();
}

impl Browsing {
    /// Whether somebody is in the browser.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_under_way(&self) -> bool {
        let waits = |keep: &oneshot::Sender<()>| !keep.is_closed();
        locked(&self.attempt).is_some() || locked(&self.waited_for).as_ref().is_some_and(waits)
    }

    /// The window is gone: nobody will ask for an attempt that is not waited for yet.
    pub(crate) fn window_ended(&self) {
        locked(&self.attempt).take();
    }

    fn give_up(&self) {
        locked(&self.attempt).take();
        locked(&self.waited_for).take();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
