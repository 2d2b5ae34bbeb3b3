//! What the program is started with. The words are those of `exco`, where both have them.

use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::time::Duration;

use clap::Parser;
use controller::Options;
use texts::Language;

/// Keeps an Exchange mailbox and a CRM equal, from the tray.
#[derive(Debug, Clone, Parser)]
#[command(name = "exchange-connector", version)]
pub(crate) struct Arguments {
    /// The folder of settings, state and logs, instead of the user's own
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// The language, de or en, instead of the computer's
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<Language>,
    /// Open the window at once
    #[arg(long, conflicts_with = "background")]
    open: bool,
    /// Open no window, whatever happens: for the start with the computer
    #[arg(long)]
    background: bool,
    /// So many seconds after the window was closed the program begins afresh; for tests
    #[cfg(target_os = "linux")]
    #[arg(long, hide = true, value_name = "SECONDS")]
    calm: Option<u64>,
}

/// What a start does about the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The user asked for it.
    Window,
    /// Somebody started the program by hand: a tray icon alone is enough unless they have to do something first.
    IfNeeded,
    /// The computer started it.
    Nothing,
}

impl Arguments {
    /// What to do about the window.
    pub(crate) fn opening(&self) -> Opening {
        match (self.open, self.background) {
            (true, _) => Opening::Window,
            (false, true) => Opening::Nothing,
            (false, false) => Opening::IfNeeded,
        }
    }

    /// The word for such a wish; a start by hand needs none.
    #[cfg(target_os = "linux")]
    pub(crate) fn word(opening: Opening) -> &'static str {
        match opening {
            Opening::Window => "--open",
            Opening::IfNeeded => "",
            Opening::Nothing => "--background",
        }
    }

    /// How long after the window was closed the program begins afresh, where a test says so.
    #[cfg(target_os = "linux")]
    pub(crate) fn calm(&self) -> Option<Duration> {
        self.calm.map(Duration::from_secs)
    }

    /// The language of everything: as asked for, as the user chose, as the computer speaks.
    pub(crate) fn language(&self) -> Language {
        let chosen = || controller::chosen_language(self.profile.clone());
        self.lang
            .or_else(|| chosen()?.parse().ok())
            .unwrap_or_else(Language::of_system)
    }

    /// Where the logs go.
    pub(crate) fn log_folder(&self) -> Option<PathBuf> {
        controller::log_folder(self.profile.clone())
    }

    /// What the engine is opened with.
    pub(crate) fn options(&self) -> Options {
        Options {
            profile: self.profile.clone(),
            language: self.language(),
            rest: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(words: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from([&["exchange-connector"], words].concat())
    }

    #[test]
    fn a_start_by_hand_a_start_with_the_computer_and_a_wish_to_see_the_window_differ() {
        let opening = |words: &[&str]| given(words).map(|found| found.opening()).ok();
        assert_eq!(opening(&[]), Some(Opening::IfNeeded));
        assert_eq!(opening(&["--background"]), Some(Opening::Nothing));
        assert_eq!(opening(&["--open"]), Some(Opening::Window));
        assert_eq!(opening(&["--open", "--background"]), None);
    }

    #[test]
    fn a_language_nobody_speaks_is_refused() {
        assert_eq!(
            given(&["--lang", "de"]).map(|found| found.lang).ok(),
            Some(Some(Language::German))
        );
        assert!(given(&["--lang", "tlh"]).is_err());
    }
}
