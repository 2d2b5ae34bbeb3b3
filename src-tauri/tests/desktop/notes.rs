//! A real notification daemon (dunst) on the desktop of a test, and the user's hands on its notes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::process::Running;
use crate::session::{ASK_AGAIN, NEVER, Session};

/// What notifications are sent to.
const SERVICE: &str = "org.freedesktop.Notifications";

/// The daemon; dropping it ends it.
pub(crate) struct Daemon<'a> {
    session: &'a Session,
    place: PathBuf,
    _running: Running,
}

/// A note that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) title: String,
    pub(crate) text: String,
}

impl<'a> Daemon<'a> {
    /// Starts it and waits until it is there.
    pub(crate) fn start(session: &'a Session) -> Self {
        let place = session.profile().with_file_name("notes");
        fs::create_dir_all(place.join("shown")).expect("the folder is ours");
        // The daemon tells a script of each note it shows, and lets another one pick from the menu of a note's buttons.
        let shown = script(
            &place,
            "shown.sh",
            "printf '%s\\n%s' \"$DUNST_SUMMARY\" \"$DUNST_BODY\" > shown/$DUNST_ID.new && mv shown/$DUNST_ID.new shown/$DUNST_ID",
        );
        let pick = script(
            &place,
            "pick.sh",
            "grep -F -- \"$(cat wanted)\" | head -n 1",
        );
        let rules =
            format!("[global]\ndmenu = {pick}\n[every]\nsummary = \"*\"\nscript = {shown}\n");
        let file = place.join("dunstrc");
        fs::write(&file, rules).expect("the folder is ours");
        let running = Running::start(
            session
                .command("dunst")
                .arg("-config")
                .arg(&file)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let daemon = Self {
            session,
            place,
            _running: running,
        };
        // Asking for the service would start the one that is installed, with a user's own settings.
        let waited = session
            .command("gdbus")
            .args(["wait", "--session", "--timeout", "60", SERVICE])
            .status()
            .expect("gdbus is installed");
        assert!(waited.success(), "the daemon answers");
        daemon
    }

    /// Waits until a note with this title was shown.
    pub(crate) async fn note(&self, title: &str) -> Note {
        let search = async {
            loop {
                if let Some(note) = self.notes().into_iter().find(|note| note.title == title) {
                    return note;
                }
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        match tokio::time::timeout(NEVER, search).await {
            Ok(note) => note,
            Err(_) => panic!("there is no note “{title}”, but {:?}", self.notes()),
        }
    }

    /// Waits until a note with this text was shown.
    pub(crate) async fn says(&self, text: &str) {
        let search = async {
            while !self.notes().iter().any(|note| note.text == text) {
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        if tokio::time::timeout(NEVER, search).await.is_err() {
            panic!("no note says “{text}”, but {:?}", self.notes());
        }
    }

    /// Waits until so many notes are on the screen.
    pub(crate) async fn has_on_screen(&self, count: usize) {
        let wait = async {
            while self.on_screen() != Some(count) {
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        if tokio::time::timeout(NEVER, wait).await.is_err() {
            panic!(
                "{:?} notes are on the screen, not {count}",
                self.on_screen()
            );
        }
    }

    fn on_screen(&self) -> Option<usize> {
        let mut command: Command = self.session.command("dunstctl");
        let told = command.args(["count", "displayed"]).output().ok()?;
        String::from_utf8_lossy(&told.stdout).trim().parse().ok()
    }

    /// Chooses a button of the notes on the screen by its label, in the daemon's own menu. A program listens only once it has shown its
    /// note; no hand is faster than that, but a test is.
    pub(crate) async fn press(&self, label: &str) {
        self.program_listens().await;
        fs::write(self.place.join("wanted"), label).expect("the folder is ours");
        assert!(self.control("context"), "the daemon opens its menu");
    }

    async fn program_listens(&self) {
        let listens = async {
            while !self.somebody_listens() {
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        tokio::time::timeout(NEVER, listens)
            .await
            .expect("the program waits for an answer");
    }

    fn somebody_listens(&self) -> bool {
        let mut command: Command = self.session.command("gdbus");
        let rules = command
            .args(["call", "--session", "--dest", "org.freedesktop.DBus"])
            .args(["--object-path", "/org/freedesktop/DBus"])
            .args([
                "--method",
                "org.freedesktop.DBus.Debug.Stats.GetAllMatchRules",
            ])
            .output()
            .expect("gdbus is installed");
        String::from_utf8_lossy(&rules.stdout).contains("ActionInvoked")
    }

    /// Clicks the note on the screen itself.
    pub(crate) async fn click(&self) {
        self.program_listens().await;
        assert!(self.control("action"), "the daemon takes a click");
    }

    /// All notes that were shown so far.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let files = fs::read_dir(self.place.join("shown")).expect("the folder is ours");
        let paths = files.flatten().map(|file| file.path());
        let texts = paths
            .filter(|path| path.extension().is_none())
            .filter_map(|path| fs::read_to_string(path).ok());
        texts
            .map(|text| {
                let (title, text) = text.split_once('\n').unwrap_or((&text, ""));
                Note {
                    title: title.to_owned(),
                    text: text.to_owned(),
                }
            })
            .collect()
    }

    fn control(&self, word: &str) -> bool {
        let mut command: Command = self.session.command("dunstctl");
        let status = command
            .arg(word)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    }
}

/// A script in this place, which is where it works.
fn script(place: &std::path::Path, name: &str, line: &str) -> String {
    let file = place.join(name);
    let text = format!("#!/bin/sh\ncd '{}' || exit 1\n{line}\n", place.display());
    fs::write(&file, text).expect("the folder is ours");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).expect("the file is ours");
    file.display().to_string()
}
