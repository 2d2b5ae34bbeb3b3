//! What the tray says in a state: picture, state line, and which entries can be chosen. A pure function of the
//! state, so that the whole menu is tested by equality.

use controller::{Problem, Snapshot, State};
use texts::{Moments, Texts};

use crate::engine::View;
use crate::notify::component;

pub(super) const STATE: &str = "state";
pub(super) const SYNC_NOW: &str = "sync_now";
pub(super) const PAUSE: &str = "pause";
pub(super) const PAUSE_HOUR: &str = "pause_hour";
pub(super) const PAUSE_TOMORROW: &str = "pause_tomorrow";
pub(super) const PAUSE_RESUME: &str = "pause_resume";
pub(super) const RESUME: &str = "resume";
pub(super) const CONFLICTS: &str = "conflicts";
pub(super) const OPEN: &str = "open";
pub(super) const SETTINGS: &str = "settings";
pub(super) const HELP: &str = "help";
pub(super) const LOGS: &str = "logs";
pub(super) const ABOUT: &str = "about";
pub(super) const QUIT: &str = "quit";

/// Longer state lines are cut: a menu as wide as the screen helps nobody, and the window has the whole sentence.
const LONGEST_LINE: usize = 100;

/// The pictures of `icons/tray`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Picture {
    InSync,
    Syncing,
    Paused,
    Attention,
    SignedOut,
    Offline,
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Something to choose, or to read where it cannot be chosen.
    Entry {
        id: &'static str,
        label: String,
        enabled: bool,
    },
    /// A menu of its own.
    Menu {
        id: &'static str,
        label: String,
        enabled: bool,
        lines: Vec<Line>,
    },
    Separator,
}

/// The tray as it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) picture: Picture,
    pub(super) line: String,
    pub(super) menu: Vec<Line>,
}

/// What differs between states.
struct Differing {
    picture: Picture,
    line: String,
    sync_now: bool,
    pause: Pausing,
    to_decide: u64,
}

/// What the slot of the menu for pausing offers.
enum Pausing {
    /// Nothing yet: there is nothing to pause.
    Grey,
    /// To pause, for how long.
    Pause,
    /// To go on.
    Resume,
}

impl Look {
    /// How the tray looks while the program starts.
    pub(super) fn starting(texts: Texts) -> Self {
        Differing {
            picture: Picture::Offline,
            line: texts.t("tray.title"),
            sync_now: false,
            pause: Pausing::Grey,
            to_decide: 0,
        }
        .look(texts)
    }

    /// How the tray looks for what there is to show.
    pub(super) fn of(view: &View, texts: Texts) -> Self {
        match view {
            Ok(snapshot) => differing(snapshot, texts),
            Err(problem) => Differing {
                picture: Picture::Attention,
                line: cut(texts.what(&problem.code, &problem.values)),
                sync_now: false,
                pause: Pausing::Grey,
                to_decide: 0,
            },
        }
        .look(texts)
    }
}

fn differing(snapshot: &Snapshot, texts: Texts) -> Differing {
    let state = snapshot.state;
    Differing {
        picture: picture(state),
        line: line(snapshot, texts),
        sync_now: match state {
            State::InSync | State::Attention | State::Offline => true,
            State::NotConnected | State::Syncing | State::Paused | State::SignedOut => false,
        },
        pause: match state {
            State::NotConnected => Pausing::Grey,
            State::Paused => Pausing::Resume,
            State::InSync
            | State::Syncing
            | State::Attention
            | State::SignedOut
            | State::Offline => Pausing::Pause,
        },
        to_decide: snapshot.to_decide,
    }
}

impl Differing {
    fn look(self, texts: Texts) -> Look {
        let entry = |id, key: &str, enabled| Line::Entry {
            id,
            label: texts.t(key),
            enabled,
        };
        let conflicts = match self.to_decide {
            0 => texts.t("tray.conflicts"),
            count => texts.fill("tray.conflicts.count", &[("count", &texts.number(count))]),
        };
        let menu = vec![
            Line::Entry {
                id: STATE,
                label: self.line.clone(),
                enabled: false,
            },
            Line::Separator,
            entry(SYNC_NOW, "tray.sync_now", self.sync_now),
            match self.pause {
                Pausing::Grey => pause_menu(texts, false),
                Pausing::Pause => pause_menu(texts, true),
                Pausing::Resume => entry(RESUME, "tray.resume", true),
            },
            Line::Separator,
            Line::Entry {
                id: CONFLICTS,
                label: conflicts,
                enabled: self.to_decide > 0,
            },
            entry(OPEN, "tray.open", true),
            entry(SETTINGS, "tray.settings", true),
            Line::Menu {
                id: HELP,
                label: texts.t("tray.help"),
                enabled: true,
                lines: vec![
                    entry(LOGS, "tray.logs", true),
                    entry(ABOUT, "tray.about", true),
                ],
            },
            Line::Separator,
            entry(QUIT, "tray.quit", true),
        ];
        Look {
            picture: self.picture,
            line: self.line,
            menu,
        }
    }
}

fn pause_menu(texts: Texts, enabled: bool) -> Line {
    let entry = |id, key: &str| Line::Entry {
        id,
        label: texts.t(key),
        enabled: true,
    };
    Line::Menu {
        id: PAUSE,
        label: texts.t("tray.pause"),
        enabled,
        lines: vec![
            entry(PAUSE_HOUR, "tray.pause.hour"),
            entry(PAUSE_TOMORROW, "tray.pause.tomorrow"),
            entry(PAUSE_RESUME, "tray.pause.resume"),
        ],
    }
}

fn picture(state: State) -> Picture {
    match state {
        State::InSync => Picture::InSync,
        State::Syncing => Picture::Syncing,
        State::Paused => Picture::Paused,
        State::Attention => Picture::Attention,
        State::SignedOut | State::NotConnected => Picture::SignedOut,
        State::Offline => Picture::Offline,
    }
}

/// The state, and what is behind it where there is something to say.
fn line(snapshot: &Snapshot, texts: Texts) -> String {
    let (name, detail) = match snapshot.state {
        State::NotConnected if snapshot.awaits_start => ("ready", None),
        State::NotConnected => ("not_connected", None),
        State::InSync => ("in_sync", None),
        State::Paused => ("paused", until(snapshot, texts)),
        State::Syncing => ("syncing", progress(snapshot, texts)),
        State::Attention => ("attention", attention(snapshot, texts)),
        State::SignedOut => ("signed_out", problem(snapshot, texts)),
        State::Offline => ("offline", problem(snapshot, texts)),
    };
    let state = texts.t(&format!("state.{name}"));
    match detail {
        Some(detail) => cut(format!("{state} · {detail}")),
        None => state,
    }
}

/// Until when nothing is synced.
fn until(snapshot: &Snapshot, texts: Texts) -> Option<String> {
    let until = Moments::of_system(texts).when(snapshot.paused_until?);
    Some(texts.fill("tray.line.paused_until", &[("when", &until)]))
}

fn progress(snapshot: &Snapshot, texts: Texts) -> Option<String> {
    snapshot.components.iter().find_map(|status| {
        let progress = status.progress.as_ref()?;
        let component = texts.t(&format!("component.{}", component(status.component)));
        Some(texts.fill(
            "tray.line.progress",
            &[
                ("component", &component),
                ("done", &texts.number(progress.done)),
                ("total", &texts.number(progress.total?)),
            ],
        ))
    })
}

fn attention(snapshot: &Snapshot, texts: Texts) -> Option<String> {
    let refused: u64 = snapshot
        .components
        .iter()
        .map(|status| status.refused)
        .sum();
    problem(snapshot, texts)
        .or_else(|| (refused > 0).then(|| texts.count("tray.line.refused", refused, &[])))
}

fn problem(snapshot: &Snapshot, texts: Texts) -> Option<String> {
    let of_components = snapshot
        .components
        .iter()
        .filter_map(|status| status.last_run.as_ref()?.problem.as_ref());
    [&snapshot.mailbox, &snapshot.crm]
        .into_iter()
        .filter_map(|side| side.problem.as_ref())
        .chain(of_components)
        .next()
        .map(|Problem { code, values, .. }| texts.what(code, values))
}

fn cut(line: String) -> String {
    if line.chars().count() <= LONGEST_LINE {
        return line;
    }
    let kept: String = line.chars().take(LONGEST_LINE - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests;
