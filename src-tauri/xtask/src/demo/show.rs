//! The chapters of the demo: each says what is about to happen and why it matters, and then does it with the real programs.
//! Here are the stage and the chapters at the end; those about each kind of entry have files of their own.

mod appointments;
mod contacts;
mod mails;
mod tasks;
mod waiting;

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value;

use super::Screen;
use super::berlin;
use super::connector::Connector;
use super::people::crm_user::CrmUser;
use super::people::outlook::Outlook;
use super::sandbox::Sandbox;
use super::story::Story;
use crate::error::{Outcome, XtaskError};
use crate::process::Run;
use crate::workspace::Workspace;

/// Everything that is on stage.
pub struct Show {
    story: Story,
    home: PathBuf,
    sandbox: Sandbox,
    exco: Connector,
    /// One day for the whole show, even if it goes on past midnight.
    today: Date,
}

impl Show {
    /// Starts the made-up servers and lays out an empty profile.
    pub fn open(workspace: &Workspace) -> Outcome<Self> {
        let home = workspace.fresh_folder("demo")?;
        let sandbox = Sandbox::start(
            &workspace.program("exco-sandbox"),
            &home.join("sandbox.log"),
        )?;
        let exco = Connector {
            program: workspace.program("exco"),
            profile: home.join("profile"),
            variables: environment(&home, &sandbox),
        };
        Ok(Self {
            story: Story::default(),
            home,
            sandbox,
            exco,
            today: berlin::today(),
        })
    }

    fn outlook(&self) -> Outlook<'_> {
        Outlook {
            account: &self.sandbox.exchange,
        }
    }

    fn crm_user(&self) -> CrmUser<'_> {
        CrmUser {
            url: &self.sandbox.crm.url,
            user: &self.sandbox.crm.user,
        }
    }

    /// A promise, so the demo checks it and does not only show it.
    pub fn nothing_to_do(&self) -> Outcome<()> {
        self.story.chapter(
            "And now there is nothing to do",
            "A second run right after a first writes nothing, on either side. That is a promise (S2 in the README), and it keeps the connector from \
             ever going round in circles with itself.",
        );
        println!("\n  $ exco sync --json");
        let answer = self.exco.ask(&["sync"])?;
        let (items, records) = (writes(&answer, "items"), writes(&answer, "records"));
        println!(
            "  written: {items} items, {records} records; asked: {}",
            answer["requests"]
        );
        if (items, records) == (0, 0) {
            return Ok(());
        }
        Err(XtaskError::Found {
            what: format!("the second run wrote, which it must not: {answer}"),
        })
    }

    /// Shows the tray app on the same profile until it is quit.
    pub fn tray(&self, program: &Path) -> Outcome<()> {
        self.story.chapter(
            "The tray app",
            "The same engine with an icon in the tray and a window, on the same profile. Sync from its menu or its window, look at what was \
             done. Closing the window leaves the program in the tray. The demo ends when you choose Quit in that menu, or press Ctrl+C here.",
        );
        Run::new(program)
            .args([
                OsString::from("--profile"),
                self.exco.profile.clone().into(),
                "--open".into(),
                // The menu must have the words that are used here.
                "--lang".into(),
                "en".into(),
            ])
            .envs(&self.exco.variables)
            .run()
    }

    /// Says that this was all, and what the newcomer can do next.
    pub fn closing_words(&self, screen: Screen) {
        let end = match screen {
            Screen::Desktop => "The tray app has ended, and this is the end of the demo.",
            Screen::Terminal => {
                "This is the end of the demo on a terminal. Where there is a display, it goes on with the tray app."
            }
        };
        self.story.aside(&format!(
            "{end} Nothing of it is left running; what it wrote lies in {}. What is promised and how to use it with your own servers stands in \
             README.md.",
            self.home.display()
        ));
    }
}

/// Passwords for this run, and folders that are not the user's.
fn environment(home: &Path, sandbox: &Sandbox) -> Vec<(String, OsString)> {
    let folders = [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
    ];
    let folders =
        folders.map(|(name, folder)| (name.to_owned(), home.join(folder).into_os_string()));
    let secrets = [
        ("EXCO_CRM_ACCESS_KEY", &sandbox.crm.secret),
        ("EXCO_EXCHANGE_PASSWORD", &sandbox.exchange.secret),
    ];
    folders
        .into_iter()
        .chain(secrets.map(|(name, secret)| (name.to_owned(), secret.into())))
        .collect()
}

/// Shows what both sides hold. It has to be what the chapter promised, and so the same.
fn both_hold<T: Display + PartialEq>(expected: &[T], outlook: &[T], crm: &[T]) -> Outcome<()> {
    println!(
        "\n{}\n{}",
        held("in Outlook now:", outlook),
        held("in the CRM now:", crm)
    );
    let what = if outlook != crm {
        "the two sides differ, which they must not"
    } else if outlook != expected {
        "both sides hold something else than was entered"
    } else {
        return Ok(());
    };
    Err(XtaskError::Found {
        what: what.to_owned(),
    })
}

/// Entries below each other, behind where they are.
fn held<T: Display>(place: &str, entries: &[T]) -> String {
    if entries.is_empty() {
        return format!("  {place:<16}  nothing");
    }
    let places = std::iter::once(place).chain(std::iter::repeat(""));
    let lines: Vec<String> = places
        .zip(entries)
        .map(|(place, entry)| format!("  {place:<16}  {entry}"))
        .collect();
    lines.join("\n")
}

/// How much a run wrote on one side, over all components.
fn writes(answer: &Value, side: &str) -> u64 {
    let components = answer["components"].as_object().into_iter().flatten();
    let counts = components.flat_map(|(_, component)| {
        ["created", "updated", "deleted"].map(|act| component[side][act].as_u64().unwrap_or(0))
    });
    counts.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_must_hold_the_same_and_what_was_promised() {
        assert!(both_hold(&["a"], &["a"], &["a"]).is_ok());
        for (outlook, crm) in [(&["a"][..], &["b"][..]), (&["b"], &["b"]), (&[], &[])] {
            assert!(
                both_hold(&["a"], outlook, crm).is_err(),
                "{outlook:?} {crm:?}"
            );
        }
    }

    #[test]
    fn entries_stand_below_each_other_behind_their_place() {
        assert_eq!(
            held("in Outlook now:", &["one", "two"]),
            "  in Outlook now:   one\n                    two"
        );
        assert_eq!(
            held::<&str>("in the CRM now:", &[]),
            "  in the CRM now:   nothing"
        );
    }

    #[test]
    fn writes_are_summed_over_components_and_acts() {
        let answer = serde_json::json!({"components": {
            "contacts": {"items": {"created": 1, "updated": 2, "deleted": 0}, "records": {"created": 0, "updated": 0, "deleted": 4}},
            "tasks": {"items": {"created": 3, "updated": 0, "deleted": 0}, "records": {}}
        }});
        assert_eq!(
            (writes(&answer, "items"), writes(&answer, "records")),
            (6, 4)
        );
    }
}
