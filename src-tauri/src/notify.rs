//! Telling the user what needs them, by the desktop's own notifications (R6.4, S9). What is told is a value (`news`), how it is said
//! another (`Note`); putting it onto the desktop is behind a trait, since every desktop does it in its own way.

mod desktop;
mod news;
mod note;

use std::time::Duration;

use controller::view::{Decision, Place, WaitingEntry};
use controller::{Controller, Snapshot, State};
use tauri::{AppHandle, Manager};
use texts::Texts;

use self::news::{News, Seen, Told};
pub(crate) use self::note::component;
use self::note::{Choice, Note};
use crate::engine::Engine;
use crate::speech::Speech;
use crate::windows;

/// Puts notes onto the desktop.
pub(crate) trait Notifier: Send + Sync {
    /// Shows a note; `chosen` is called when the user clicks it or one of its buttons, at most once.
    fn show(&self, note: Note, texts: Texts, chosen: Box<dyn FnOnce(Choice) + Send>) -> Withdrawal;
}

/// Takes a note off the desktop, as far as the desktop lets it be taken.
pub(crate) type Withdrawal = Box<dyn FnOnce() + Send>;

/// The notes of this program.
struct Notes {
    told: Told,
    /// The line of the history up to which mails that came back were told; before the first look none is new.
    mails_until: Option<i64>,
    /// Those that may be on the desktop, with what they say.
    shown: Vec<(Vec<News>, Withdrawal)>,
    notifier: Box<dyn Notifier>,
}

/// Follows the engine and tells the user what needs them, until the engine ends.
pub(crate) async fn follow(app: &AppHandle, engine: &Engine) {
    let Ok(controller) = engine.controller().await else {
        return;
    };
    let mut notes = Notes {
        told: Told::default(),
        mails_until: None,
        shown: Vec::new(),
        notifier: Box::new(desktop::Desktop::new()),
    };
    let mut changes = controller.watch();
    loop {
        let snapshot = changes.borrow_and_update().clone();
        let next = notes.tell(app, &controller, &snapshot).await;
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

impl Notes {
    /// Tells what is new, and takes back what no longer holds; the answer is when there is something to tell by the time alone.
    async fn tell(
        &mut self,
        app: &AppHandle,
        controller: &Controller,
        snapshot: &Snapshot,
    ) -> Option<Duration> {
        let now = now();
        // What a run is still busy with may be over at its end.
        if snapshot.state == State::Syncing {
            return None;
        }
        let seen = match self.told.must_look(snapshot) {
            true => self.look(controller).await,
            false => Seen::Same,
        };
        let news = self.told.news(snapshot, seen, now);
        self.take_back();
        let texts = app.state::<Speech>().texts();
        if let Some(note) = Note::of(&news, texts) {
            tracing::debug!(news = news.len(), "the user is told");
            let (app, controller) = (app.clone(), controller.clone());
            let chosen = move |choice| obey(app, controller, choice);
            let withdrawal = self.notifier.show(note, texts, Box::new(chosen));
            self.shown.push((news, withdrawal));
        }
        self.told.due(snapshot, now)
    }

    async fn look(&mut self, controller: &Controller) -> Seen {
        let mut seen = look(controller).await;
        let Seen::Now { sealed, .. } = &mut seen else {
            return seen;
        };
        let told = self.mails_until;
        match controller.sealed_mails(told.unwrap_or_default()).await {
            Ok((newest, mails)) => {
                self.mails_until = Some(newest);
                *sealed = mails;
                // What came back before this program started was told by the one before.
                if told.is_none() {
                    sealed.clear();
                }
            }
            Err(failure) => tracing::warn!(%failure, "mails that came back could not be read"),
        }
        seen
    }

    /// A note of which nothing holds any more would only mislead.
    fn take_back(&mut self) {
        let (held, over) = std::mem::take(&mut self.shown)
            .into_iter()
            .partition(|(news, _)| news.iter().any(|one| self.told.holds(one)));
        self.shown = held;
        let over: Vec<(Vec<News>, Withdrawal)> = over;
        for (_, withdraw) in over {
            withdraw();
        }
    }
}

async fn look(controller: &Controller) -> Seen {
    match (
        controller.waiting_entries().await,
        controller.brakes().await,
    ) {
        (Ok(entries), Ok(brakes)) => Seen::Now {
            entries,
            brakes,
            sealed: Vec::new(),
        },
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
    entries.iter().any(|now| news::is_unchanged(now, shown))
}

fn now() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
