//! The first chapters: both sides are connected, looked at and synced, and contacts then change on either side.

use super::{Show, both_hold};
use crate::demo::people::seen::Contact;
use crate::error::Outcome;

/// Last names that the made-up company does not have.
pub(super) const FRIEDA: &str = "Sommer-Demoberg";
pub(super) const JONAS: &str = "Winter-Demoberg";

pub(super) const EMAIL_OF_FRIEDA: &str = "frieda.sommer@neukunde.example";
pub(super) const EMAIL_OF_JONAS: &str = "jonas.winter@neukunde.example";
const MOBILE_OF_FRIEDA: &str = "+49 170 5550123";

impl Show {
    /// The whole story of contacts.
    pub fn contacts(&self) -> Outcome<()> {
        self.the_servers();
        self.connect()?;
        self.preview()?;
        self.first_sync()?;
        self.new_people()?;
        self.same_person()
    }

    fn the_servers(&self) {
        self.story.chapter(
            "A mailbox and a CRM",
            "A made-up Exchange server and a made-up CRM are running on this computer. Both hold contacts, appointments and tasks of the same \
             company, entered by different people: some are in both, some only in one.",
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
            "The preview is the plan of the first sync, and nothing more. It shows what it recognises on both sides, what it would create where, \
             and what it leaves alone and why.",
        );
        self.exco.show(&["sync", "--preview"])
    }

    fn first_sync(&self) -> Outcome<()> {
        self.story.chapter(
            "The first sync",
            "Now it is done. People, appointments and tasks that are on both sides are joined and not doubled; what only one side knew about them is \
             filled in on the other; everything else is created where it was missing.",
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
        self.outlook().add("Frieda", FRIEDA, EMAIL_OF_FRIEDA)?;
        self.crm_user().add("Jonas", JONAS, EMAIL_OF_JONAS)?;
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
        self.outlook().set_mobile(FRIEDA, MOBILE_OF_FRIEDA)?;
        self.crm_user().set_city(FRIEDA, "Kiel")?;
        self.exco.show(&["sync"])?;
        let frieda = Contact {
            name: format!("Frieda {FRIEDA}"),
            email: EMAIL_OF_FRIEDA.to_owned(),
            mobile: MOBILE_OF_FRIEDA.to_owned(),
            city: "Kiel".to_owned(),
        };
        both_hold(
            &[frieda],
            &[self.outlook().look_up(FRIEDA)?],
            &[self.crm_user().look_up(FRIEDA)?],
        )
    }
}
