//! What the tray says in a state: picture, state line, and which entries can be chosen. A pure function of the
//! state, so that the whole menu is tested by equality.

use controller::{ComponentStatus, Problem, Snapshot, State};
use texts::Texts;

use crate::engine::View;

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

/// Everything about the tray that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) picture: Picture,
    pub(super) line: String,
    pub(super) sync_now: bool,
    pub(super) pause: String,
    pub(super) can_pause: bool,
}

impl Look {
    /// How the tray looks for what there is to show.
    pub(super) fn of(view: &View, texts: Texts) -> Self {
        match view {
            Ok(snapshot) => Self::of_snapshot(snapshot, texts),
            Err(problem) => Self {
                picture: Picture::Attention,
                line: cut(texts.what(&problem.code, &problem.values)),
                sync_now: false,
                pause: texts.t("tray.pause"),
                can_pause: false,
            },
        }
    }

    fn of_snapshot(snapshot: &Snapshot, texts: Texts) -> Self {
        let state = snapshot.state;
        let paused = state == State::Paused;
        Self {
            picture: picture(state),
            line: line(snapshot, texts),
            sync_now: match state {
                State::InSync | State::Attention | State::Offline => true,
                State::NotConnected | State::Syncing | State::Paused | State::SignedOut => false,
            },
            pause: texts.t(if paused { "tray.resume" } else { "tray.pause" }),
            can_pause: state != State::NotConnected,
        }
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
        State::NotConnected => ("not_connected", None),
        State::InSync => ("in_sync", None),
        State::Paused => ("paused", None),
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

fn progress(snapshot: &Snapshot, texts: Texts) -> Option<String> {
    snapshot.components.iter().find_map(|status| {
        let progress = status.progress.as_ref()?;
        let component = texts.t(&format!("component.{}", component_name(status)));
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

fn component_name(status: &ComponentStatus) -> &'static str {
    use controller::view::Component;
    match status.component {
        Component::Emails => "emails",
        Component::Contacts => "contacts",
        Component::Appointments => "appointments",
        Component::Tasks => "tasks",
    }
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
