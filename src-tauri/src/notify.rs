//! Telling the user what needs them, by the desktop's own notifications (R6.4, S9). What is told is a value (`news`), how it is said
//! another (`Note`); putting it onto the desktop is behind a trait, since every desktop does it in its own way.

mod desktop;
mod news;
mod note;

use std::sync::Arc;
use std::time::Duration;

use controller::view::{Decision, Place, WaitingEntry};
use controller::{Controller, Snapshot, State};
use tauri::AppHandle;
use texts::Texts;

use self::news::{Seen, Told};
pub(crate) use self::note::component;
use self::note::{Choice, Note};
use crate::engine::Engine;
use crate::windows;

/// Puts notes onto the desktop.
pub(crate) trait Notifier: Send + Sync {
    /// Shows a note; `chosen` is called when the user clicks it or one of its buttons, at most once.
    fn show(&self, note: Note, chosen: Box<dyn FnOnce(Choice) + Send>);
}

/// Follows the engine and tells the user what needs them, until the engine ends.
pub(crate) async fn follow(app: &AppHandle, engine: &Engine, texts: Texts) {
    let Ok(controller) = engine.controller().await else {
        return;
    };
    let notifier: Arc<dyn Notifier> = Arc::new(desktop::Desktop::new(texts));
    let mut changes = controller.watch();
    let mut told = Told::default();
    loop {
        let snapshot = changes.borrow_and_update().clone();
        let next = tell(app, &controller, &snapshot, &mut told, &*notifier, texts).await;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = wait(next) => {}
        }
    }
}

async fn wait(next: Option<Duration>) {
    match next {
        Some(next) => tokio::time::sleep(next).await,
        None => std::future::pending().await,
    }
}

/// Tells what is new; the answer is when there is something to tell by the time alone.
async fn tell(
    app: &AppHandle,
    controller: &Controller,
    snapshot: &Snapshot,
    told: &mut Told,
    notifier: &dyn Notifier,
    texts: Texts,
) -> Option<Duration> {
    let now = now();
    // What a run is still busy with may be over at its end.
    if snapshot.state == State::Syncing {
        return None;
    }
    let seen = match told.must_look(snapshot) {
        true => look(controller).await,
        false => Seen::Same,
    };
    let news = told.news(snapshot, seen, now);
    if let Some(note) = Note::of(&news, texts) {
        tracing::debug!(news = news.len(), "the user is told");
        let (app, controller) = (app.clone(), controller.clone());
        let chosen = move |choice| obey(app, controller, choice);
        notifier.show(note, Box::new(chosen));
    }
    told.due(snapshot, now)
}

async fn look(controller: &Controller) -> Seen {
    match (
        controller.waiting_entries().await,
        controller.brakes().await,
    ) {
        (Ok(entries), Ok(brakes)) => Seen::Now { entries, brakes },
        (Err(failure), _) | (_, Err(failure)) => {
            tracing::warn!(%failure, "what waits could not be read");
            Seen::Same
        }
    }
}

/// Does what the user chose in a note.
fn obey(app: AppHandle, controller: Controller, choice: Choice) {
    let (shown, side) = match choice {
        Choice::Go(place) => return windows::open_at(&app, place),
        Choice::Keep { shown, side } => (shown, side),
    };
    tauri::async_runtime::spawn(async move {
        if !is_as_shown(&controller, &shown).await {
            return windows::open_at(&app, Place::Conflicts);
        }
        match controller.decide(&shown.id, Decision::Keep { side }).await {
            Ok(None) => {}
            // It could not be done as it was meant: the list says why.
            Ok(Some(_)) => windows::open_at(&app, Place::Conflicts),
            Err(failure) => {
                tracing::warn!(%failure, "a choice from a notification was refused");
                windows::open_at(&app, Place::Conflicts);
            }
        }
    });
}

/// A note may hang on the desktop for hours. What was chosen there was chosen between the values it names, and no others.
async fn is_as_shown(controller: &Controller, shown: &WaitingEntry) -> bool {
    let Seen::Now { entries, .. } = look(controller).await else {
        return false;
    };
    let now = entries.iter().find(|entry| entry.id == shown.id);
    now.is_some_and(|now| (&now.fields, now.gone) == (&shown.fields, shown.gone))
}

fn now() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
