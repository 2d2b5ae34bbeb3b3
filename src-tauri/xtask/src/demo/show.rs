//! The chapters of the demo: each says what is about to happen and why it matters, and then does it with the real programs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Screen;
use super::connector::Connector;
use super::people::crm_user::CrmUser;
use super::people::outlook::Outlook;
use super::sandbox::Sandbox;
use super::story::Story;
use crate::error::{Outcome, XtaskError};
use crate::process::Run;
use crate::workspace::Workspace;

/// Last names that the made-up company does not have.
const FRIEDA: &str = "Sommer-Demoberg";
const JONAS: &str = "Winter-Demoberg";

/// Everything that is on stage.
pub struct Show {
    story: Story,
    home: PathBuf,
    sandbox: Sandbox,
    exco: Connector,
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
        })
    }

    /// The whole story of contacts.
    pub fn contacts(&self) -> Outcome<()> {
        self.the_servers();
        self.connect()?;
        self.preview()?;
        self.first_sync()?;
        self.new_people()?;
        self.same_person()?;
        self.nothing_to_do()
    }

    fn the_servers(&self) {
        self.story.chapter(
            "A mailbox and a CRM",
            "A made-up Exchange server and a made-up CRM are running on this computer. Both hold contacts of the same company, entered by different \
             people: some are in both, some only in one.",
        );
        println!(
            "\n  Exchange  {}  as {}",
            self.sandbox.exchange.url, self.sandbox.exchange.user
        );
        println!(
            "  CRM       {}  as {}",
            self.sandbox.crm.url, self.sandbox.crm.user
        );
    }

    fn connect(&self) -> Outcome<()> {
        self.story.chapter(
            "Connect",
            "The connector is told once where the two are and who you are. Passwords normally go to the credential store of your operating system; \
             here they are made up and passed along, so your own store is not touched.",
        );
        let (crm, exchange) = (&self.sandbox.crm, &self.sandbox.exchange);
        self.exco
            .show(&["connect", "crm", "--url", &crm.url, "--user", &crm.user])?;
        self.exco.show(&[
            "connect",
            "exchange",
            "--url",
            &exchange.url,
            "--user",
            &exchange.user,
        ])
    }

    fn preview(&self) -> Outcome<()> {
        self.story.chapter(
            "Look before anything is written",
            "The preview is the plan of the first sync, and nothing more. It shows whom it recognises on both sides, what it would create where, \
             and what it leaves alone and why.",
        );
        self.exco.show(&["sync", "--preview"])
    }

    fn first_sync(&self) -> Outcome<()> {
        self.story.chapter(
            "The first sync",
            "Now it is done. People who are on both sides are joined and not doubled; what only one side knew about them is filled in on the other; \
             everybody else is created where they were missing.",
        );
        self.exco.show(&["sync"])?;
        self.exco.show(&["status"])
    }

    fn new_people(&self) -> Outcome<()> {
        self.story.chapter(
            "Two colleagues go on working",
            "In Outlook somebody enters Frieda Sommer-Demoberg; in the CRM somebody enters Jonas Winter-Demoberg. Neither knows of the other. Each is to arrive on the \
             other side.",
        );
        self.outlook()
            .add("Frieda", FRIEDA, "frieda.sommer@neukunde.example")?;
        self.crm_user()
            .add("Jonas", JONAS, "jonas.winter@neukunde.example")?;
        self.exco.show(&["sync"])?;
        println!("\n  in the CRM now:   {}", self.crm_user().look_up(FRIEDA)?);
        println!("  in Outlook now:   {}", self.outlook().look_up(JONAS)?);
        Ok(())
    }

    fn same_person(&self) -> Outcome<()> {
        self.story.chapter(
            "Both work on the same person",
            "Now Frieda's mobile number is entered in Outlook while her town is entered in the CRM. The connector remembers what both sides held when \
             they last agreed, so it sees two changes of two fields, and both survive.",
        );
        self.outlook().set_mobile(FRIEDA, "+49 170 5550123")?;
        self.crm_user().set_city(FRIEDA, "Kiel")?;
        self.exco.show(&["sync"])?;
        let (mailbox, crm) = (
            self.outlook().look_up(FRIEDA)?,
            self.crm_user().look_up(FRIEDA)?,
        );
        println!("\n  in Outlook now:   {mailbox}\n  in the CRM now:   {crm}");
        if mailbox == crm {
            return Ok(());
        }
        Err(XtaskError::Found {
            what: "the two sides differ, which they must not".to_owned(),
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
    fn nothing_to_do(&self) -> Outcome<()> {
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
