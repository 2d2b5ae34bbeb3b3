//! The chapters about e-mails: one is dropped and imported with all that belongs to it, and dropped once more.

use super::contacts::{EMAIL_OF_FRIEDA, EMAIL_OF_JONAS, FRIEDA, JONAS};
use super::{Show, held};
use crate::demo::people::outlook_mails::Letter;
use crate::demo::people::seen::Email;
use crate::error::{Outcome, XtaskError};

/// A subject that the made-up company does not have.
const SUBJECT: &str = "Delivery of the Demoberg samples";
/// Below the inbox.
const CUSTOMERS: &str = "Customers";
/// Somebody neither side knows.
const EMAIL_OF_ROSA: &str = "rosa.herbst@spedition.example";
const FILE: (&str, &str) = ("deliveries.csv", "day;parcels\r\nMonday;2\r\n");

impl Show {
    /// The whole story of e-mails.
    pub fn mails(&self) -> Outcome<()> {
        self.mail_is_dropped()?;
        self.mail_is_dropped_again()
    }

    fn mail_is_dropped(&self) -> Outcome<()> {
        self.story.chapter(
            "An e-mail belongs to a customer",
            "Frieda writes about her samples. Jonas gets a copy, and so does Rosa, whom nobody knows yet; a file goes with it. In Outlook the mail lies in a \
             folder below the inbox. Somebody drags it from there to CRM-Sync: that is all it takes to have it in the CRM.",
        );
        let outlook = self.outlook();
        let folder = outlook.make_mail_folder(CUSTOMERS)?;
        let frieda = format!("Frieda {FRIEDA}");
        let jonas = format!("Jonas {JONAS}");
        let letter = Letter {
            from: (&frieda, EMAIL_OF_FRIEDA),
            to: &self.sandbox.address,
            cc: &[
                (&jonas, EMAIL_OF_JONAS),
                ("Rosa Herbst-Demoberg", EMAIL_OF_ROSA),
            ],
            subject: SUBJECT,
            text: "Two parcels arrive on Monday. Rosa drives them.",
            file: FILE,
        };
        outlook.receive(&letter, &folder)?;
        outlook.drop_mail(SUBJECT)?;
        self.exco.show(&["sync"])?;
        self.mail_is_there_once()?;
        self.story.aside(
            "It is there once, with its file, and shown with everybody it names. Rosa has become a lead, called by what stands before the @ in her address; \
             a policy can have it otherwise, or have no leads made. The mail itself is back in its folder.",
        );
        Ok(())
    }

    fn mail_is_dropped_again(&self) -> Outcome<()> {
        self.story.chapter(
            "The same mail once more",
            "Somebody drags the same mail to CRM-Sync again. A mail is in the CRM once, whoever drops it and however often: no second e-mail, no second \
             lead, and it goes back to its folder.",
        );
        self.outlook().drop_mail(SUBJECT)?;
        self.exco.show(&["sync"])?;
        self.mail_is_there_once()
    }

    /// One e-mail with all that belongs to it, one lead, and the mail in its folder.
    fn mail_is_there_once(&self) -> Outcome<()> {
        let emails = self.crm_user().emails(SUBJECT)?;
        let places = self.outlook().places_of_mail(SUBJECT)?;
        println!(
            "\n{}\n{}",
            held("in Outlook now:", &places),
            held("in the CRM now:", &emails)
        );
        for email in &emails {
            println!("{}", held("shown with:", &email.records));
        }
        let leads = self.crm_user().leads(EMAIL_OF_ROSA)?;
        let what = if emails != [imported()] {
            "the CRM must have the mail once, with its file and for all three people"
        } else if leads != 1 {
            "there must be one lead for an address nobody knew"
        } else if places != [format!("Inbox/{CUSTOMERS}")] {
            "the mail must be back in the folder it came from"
        } else {
            return Ok(());
        };
        Err(XtaskError::Found {
            what: what.to_owned(),
        })
    }
}

fn imported() -> Email {
    let (name, content) = FILE;
    Email {
        subject: SUBJECT.to_owned(),
        from: EMAIL_OF_FRIEDA.to_owned(),
        files: vec![(name.to_owned(), content.len() as u64)],
        records: vec![
            format!("contact Frieda {FRIEDA}"),
            format!("contact Jonas {JONAS}"),
            "lead rosa.herbst".to_owned(),
        ],
    }
}
