//! Notes by `notify-rust`: the freedesktop service, Windows' toasts, macOS' notification centre.

use notify_rust::{Notification, NotificationHandle};
use texts::Texts;

use super::Notifier;
use super::note::{Choice, Note};

/// A click on the note itself, as the freedesktop specification calls it.
const CLICK: &str = "default";

/// The desktop's notifications.
pub(crate) struct Desktop {
    texts: Texts,
}

impl Desktop {
    pub(crate) fn new(texts: Texts) -> Self {
        // Without this, macOS 26 waits for ever (facts/tauri.md 7).
        #[cfg(target_os = "macos")]
        if let Err(error) = notify_rust::set_application(APP) {
            tracing::debug!(%error, "notifications come from no known application");
        }
        Self { texts }
    }

    fn notification(&self, note: &Note) -> Notification {
        let mut notification = Notification::new();
        notification
            .appname(&self.texts.t("tray.title"))
            .summary(&note.title)
            .body(&note.text);
        #[cfg(all(unix, not(target_os = "macos")))]
        notification
            .icon("exchange-connector")
            .hint(notify_rust::Hint::DesktopEntry(
                "exchange-connector".to_owned(),
            ))
            // It is about something that waits: it stays until it was seen.
            .timeout(notify_rust::Timeout::Never)
            .action(CLICK, &self.texts.t("notify.look"));
        #[cfg(windows)]
        notification
            .app_id(APP)
            .urgency(notify_rust::Urgency::Critical);
        for (number, button) in note.buttons.iter().enumerate() {
            notification.action(&number.to_string(), &button.label);
        }
        notification
    }
}

/// Under which name Windows and macOS know the program.
#[cfg(any(windows, target_os = "macos"))]
const APP: &str = "org.exchangeconnector.tray";

impl Notifier for Desktop {
    fn show(&self, note: Note, chosen: Box<dyn FnOnce(Choice) + Send>) {
        let notification = self.notification(&note);
        // Waiting for the answer takes a thread of its own, for as long as the note is seen.
        let thread = std::thread::Builder::new().name("notification".to_owned());
        let spawned = thread.spawn(move || match notification.show() {
            Ok(handle) => {
                tracing::debug!("a notification is on the desktop");
                wait(handle, &note, chosen);
            }
            Err(error) => tracing::warn!(%error, "the desktop shows no notifications"),
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "a notification could not be shown");
        }
    }
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
