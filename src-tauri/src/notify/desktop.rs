//! Notes by `notify-rust`: the freedesktop service, Windows' toasts, macOS' notification centre.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify_rust::{Notification, NotificationHandle};
use texts::Texts;

use super::note::{Choice, Note};
use super::{Notifier, Withdrawal};

/// A click on the note itself, as the freedesktop specification calls it.
const CLICK: &str = "default";

/// How many seconds are waited for a desktop that shows no notes yet.
const PATIENCE: [u64; 4] = [5, 15, 30, 60];

/// The desktop's notifications.
pub(crate) struct Desktop;

impl Desktop {
    pub(crate) fn new() -> Self {
        // Without this, macOS 26 waits for ever (facts/tauri.md 7).
        #[cfg(target_os = "macos")]
        if let Err(error) = notify_rust::set_application(APP) {
            tracing::debug!(%error, "notifications come from no known application");
        }
        Self
    }
}

fn notification(note: &Note, texts: Texts) -> Notification {
    let mut notification = Notification::new();
    notification
        .appname(&texts.t("tray.title"))
        .summary(&note.title)
        .body(&body(&note.text));
    #[cfg(all(unix, not(target_os = "macos")))]
    notification
        .icon("exchange-connector")
        .hint(notify_rust::Hint::DesktopEntry(
            "exchange-connector".to_owned(),
        ))
        // It is about something that waits: it stays until it was seen.
        .timeout(notify_rust::Timeout::Never)
        .action(CLICK, &texts.t("notify.look"));
    #[cfg(windows)]
    notification
        .app_id(APP)
        .urgency(notify_rust::Urgency::Critical);
    let buttons = note.buttons.iter().enumerate();
    // There several buttons lie behind one, and a click on that one counts as the first of them: it must be the one that only looks.
    #[cfg(target_os = "macos")]
    let buttons = buttons.rev();
    for (number, button) in buttons {
        notification.action(&number.to_string(), &button.label);
    }
    notification
}

/// Under which name Windows and macOS know the program.
#[cfg(any(windows, target_os = "macos"))]
const APP: &str = "org.exchangeconnector.tray";

impl Notifier for Desktop {
    fn show(&self, note: Note, texts: Texts, chosen: Box<dyn FnOnce(Choice) + Send>) -> Withdrawal {
        let notification = notification(&note, texts);
        let stage = Arc::new(Mutex::new(Stage::Waiting));
        let shown_at = stage.clone();
        // Waiting for the answer takes a thread of its own, for as long as the note is seen.
        let thread = std::thread::Builder::new().name("notification".to_owned());
        let spawned = thread.spawn(move || {
            if let Some(handle) = shown(&notification, &shown_at) {
                tracing::debug!("a notification is on the desktop");
                wait(handle, &note, chosen);
            }
            *locked(&shown_at) = Stage::Over;
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "a notification could not be shown");
        }
        Box::new(move || withdraw(&stage))
    }
}

/// How far a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The desktop shows none yet.
    Waiting,
    /// It is there, under this number.
    Shown(u32),
    /// It is answered, closed or no longer wanted.
    Over,
}

fn locked(stage: &Mutex<Stage>) -> MutexGuard<'_, Stage> {
    stage.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a note off the desktop; one that is not there yet does not come.
fn withdraw(stage: &Mutex<Stage>) {
    let before = std::mem::replace(&mut *locked(stage), Stage::Over);
    if let Stage::Shown(id) = before {
        tracing::debug!("a notification no longer holds");
        close(id);
    }
}

/// The service closes it, which also ends the thread that waits for its answer.
#[cfg(all(unix, not(target_os = "macos")))]
fn close(id: u32) {
    const SERVICE: &str = "org.freedesktop.Notifications";
    tauri::async_runtime::spawn(async move {
        let closing = async {
            let connection = zbus::Connection::session().await?;
            let place = "/org/freedesktop/Notifications";
            let call = connection.call_method(
                Some(SERVICE),
                place,
                Some(SERVICE),
                "CloseNotification",
                &id,
            );
            call.await
        };
        if let Err(error) = closing.await {
            tracing::debug!(%error, "a notification could not be closed");
        }
    });
}

/// `notify-rust` gives no way to that on Windows and macOS: the note stays until it is seen, and its buttons open the list where what it
/// shows no longer holds.
#[cfg(any(windows, target_os = "macos"))]
fn close(_id: u32) {}

/// Puts it there. After the computer has started, what shows notes may come later than this program.
fn shown(notification: &Notification, stage: &Mutex<Stage>) -> Option<NotificationHandle> {
    for wait in PATIENCE {
        // Held while it is shown, so that a note is never withdrawn before it is there.
        let mut stage = locked(stage);
        if *stage == Stage::Over {
            return None;
        }
        match notification.show() {
            Ok(handle) => {
                *stage = Stage::Shown(number(&handle));
                return Some(handle);
            }
            Err(error) => tracing::warn!(%error, "the desktop shows no notifications"),
        }
        drop(stage);
        std::thread::sleep(Duration::from_secs(wait));
    }
    None
}

#[cfg(all(unix, not(target_os = "macos")))]
fn number(handle: &NotificationHandle) -> u32 {
    handle.id()
}

/// Nothing is done by it there.
#[cfg(any(windows, target_os = "macos"))]
fn number(_handle: &NotificationHandle) -> u32 {
    0
}

/// The text of a note is markup to the freedesktop service.
#[cfg(all(unix, not(target_os = "macos")))]
fn body(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Windows and macOS take it as it is.
#[cfg(any(windows, target_os = "macos"))]
fn body(text: &str) -> String {
    text.to_owned()
}

/// Waits until the user answers or closes the note.
#[cfg(all(unix, not(target_os = "macos")))]
fn wait(handle: NotificationHandle, note: &Note, chosen: Box<dyn FnOnce(Choice) + Send>) {
    handle.wait_for_action(|action| {
        if let Some(choice) = choice(note, action) {
            chosen(choice);
        }
    });
}

/// The same: here a click on the note is no button of it.
#[cfg(any(windows, target_os = "macos"))]
fn wait(handle: NotificationHandle, note: &Note, chosen: Box<dyn FnOnce(Choice) + Send>) {
    use notify_rust::NotificationResponse as Response;
    let waited = handle.wait_for_response(|response: &Response| {
        let choice = match response {
            Response::Default => choice(note, CLICK),
            Response::Action(action) => choice(note, action),
            Response::Reply(_) | Response::Closed(_) => None,
        };
        if let Some(choice) = choice {
            chosen(choice);
        }
    });
    if let Err(error) = waited {
        tracing::warn!(%error, "the answer to a notification was lost");
    }
}

/// What an answer of the desktop means; closing the note means nothing.
fn choice(note: &Note, action: &str) -> Option<Choice> {
    if action == CLICK {
        return Some(note.click.clone());
    }
    let number = |number: usize| note.buttons.get(number);
    // macOS names the button by what stands on it.
    let by_label = || note.buttons.iter().find(|button| button.label == action);
    let button = action.parse().ok().and_then(number).or_else(by_label);
    Some(button?.choice.clone())
}
