//! A day of mails of every kind, and what is left of it in the evening: for runs that are killed at every moment.

use std::collections::BTreeMap;

use model::history::Act;
use model::policy::MailFolderChoice;
use model::{Component, Policy};
use ports::{HistoryFilter, MailState, StateStore};
use sandbox::options::Options;

use super::{DROP, Letter};
use crate::people::text;
use crate::stage::Stage;

const KUNDE: &str = "karl@kunde.example";
const OFFICE: &str = "post@kunde.example";
const STRANGER: &str = "neu@fremd.example";
const LONG_AGO: &str = "2020-01-01T00:00:00Z";
/// The folder of the inbox where the user keeps a customer's mails.
const CUSTOMER: &str = "inbox/Kunden";
/// More than this CRM takes at once.
const TOO_LARGE: usize = 60_000;

/// In the evening, in an order of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct PostEvening {
    /// Where each mail lies, and whether it is marked.
    pub mails: Vec<String>,
    /// The CRM's e-mails with all that belongs to them, and the leads.
    pub records: Vec<String>,
    /// What the user is told: refusals, imports and what was passed over.
    pub told: Vec<String>,
    /// Imports that are not over.
    pub open: Vec<String>,
    /// How many e-mails and leads were ever made.
    pub made: usize,
}

impl Stage {
    /// Mails of every kind lie in the folders to drop into: one from a folder of its own with two people the CRM knows and one it does
    /// not, one with a file, one that is encrypted, one from a listed sender, one too large, and one the CRM has already.
    pub async fn morning_of_mails() -> Self {
        let mut policy = Policy::default();
        policy.emails.blacklist = vec!["newsletter".to_owned()];
        let stage = Self::of_mails(small_crm(), policy).await;
        stage.knows("Contacts", KUNDE, LONG_AGO);
        let me = stage.user().email.clone();
        let known = stage.drops(&Letter::new(KUNDE, &me, "Known"), DROP);
        let asked = stage.files(&question(&me));
        assert_ne!(known, asked);
        stage.drops(&too_large(&me), DROP);
        stage.fails_twice().await;
        stage.knows("Accounts", OFFICE, LONG_AGO);
        let known = stage.mails_called("Known").remove(0).id;
        stage.moves(&known, "CRM-Sync/Leads");
        stage.moves(&asked, DROP);
        for letter in others(&me) {
            stage.drops(&letter, DROP);
        }
        stage.seconds_pass(700);
        stage
    }

    /// The same mails arrive where they are imported from the inbox.
    pub async fn morning_in_inbox_mode() -> Self {
        let mut policy = Policy::default();
        policy.emails.blacklist = vec!["newsletter".to_owned()];
        policy.folders.emails = MailFolderChoice::Inbox;
        policy.folders.include_subfolders = true;
        let stage = Self::of_mails(small_crm(), policy).await;
        stage.knows("Contacts", KUNDE, LONG_AGO);
        stage.knows("Accounts", OFFICE, LONG_AGO);
        let me = stage.user().email.clone();
        stage.seconds_pass(60);
        stage.receives(&too_large(&me));
        stage.fails_twice().await;
        stage.files(&question(&me));
        for letter in others(&me) {
            stage.receives(&letter);
        }
        stage.seconds_pass(700);
        stage
    }

    /// The third attempt with the mail that is too large is the last.
    async fn fails_twice(&self) {
        for _ in 0..2 {
            self.seconds_pass(1_800);
            self.sync().await;
        }
    }

    /// A mail arrives and is filed with the customer's.
    fn files(&self, letter: &Letter) -> String {
        let (exchange, me) = (&self.sandbox.exchange, &self.user().email);
        let made = exchange.create_folder(me, CUSTOMER, Some("IPF.Note"));
        made.expect("a folder can be made");
        let arrived = self.receives(letter);
        self.moves(&arrived, CUSTOMER)
    }

    /// What is left of such a day.
    pub async fn evening_of_mails(&self) -> PostEvening {
        let crm = &self.sandbox.crm;
        let mut evening = PostEvening {
            mails: self.mails_and_places(),
            records: self.emails_and_leads(),
            told: self.told_of_mails().await,
            open: self.open_imports().await,
            made: 0,
        };
        for module in ["Emails", "Leads"] {
            evening.made += crm.records(module).len() + crm.deleted(module).len();
        }
        let all = [
            &mut evening.mails,
            &mut evening.records,
            &mut evening.told,
            &mut evening.open,
        ];
        for lines in all {
            lines.sort();
        }
        evening
    }

    fn mails_and_places(&self) -> Vec<String> {
        let mails = self.sandbox.exchange.all_mails(&self.user().email);
        let shown = mails.into_iter().map(|mail| {
            let marked = mail.mark.is_some();
            format!("{} in {}, marked {marked}", mail.subject, mail.folder)
        });
        shown.collect()
    }

    fn emails_and_leads(&self) -> Vec<String> {
        let crm = &self.sandbox.crm;
        let mut names = BTreeMap::new();
        for (module, field) in [
            ("Contacts", "email"),
            ("Accounts", "email1"),
            ("Leads", "email"),
        ] {
            for record in crm.records(module) {
                let name = format!("{module} {}", text(&record, field));
                names.insert(text(&record, "id"), name);
            }
        }
        let leads = self.leads().into_iter().map(|lead| format!("lead {lead}"));
        let mut lines: Vec<String> = leads.collect();
        for email in crm.emails() {
            let references = email.references.iter().map(|id| names[id].as_str());
            let mut references: Vec<&str> = references.collect();
            references.sort_unstable();
            let files = email.files.iter();
            let files: Vec<_> = files.map(|file| (&file.name, file.size)).collect();
            lines.push(format!(
                "{} {:?} from {} to {:?} {:?} with {files:?} of {references:?}",
                email.subject, email.sent, email.from, email.to, email.cc
            ));
        }
        lines
    }

    /// Whether a mail was made or met is not known of one whose answer was lost.
    async fn told_of_mails(&self) -> Vec<String> {
        let store = &self.store;
        let refusals = store.refusals(Component::Emails).await;
        let refusals = refusals.expect("the profile is ours").into_iter();
        let refused = refusals.map(|refusal| {
            let lies = self.mails_called(&refusal.title);
            let is_followed = lies.iter().any(|mail| mail.id == refusal.entry.as_str());
            let reason = refusal.problem.code;
            format!(
                "{} waits: {reason:?}, found {is_followed}, asked {} times",
                refusal.title, refusal.attempts
            )
        });
        let mut lines: Vec<String> = refused.collect();
        let history = store.history(&HistoryFilter::default()).await;
        for line in history.expect("the profile is ours") {
            let title = &line.title;
            let told = match line.act {
                Act::Created if line.item.is_none() => format!("{title} is a lead"),
                Act::Created | Act::Linked => format!("{title} is in the CRM"),
                Act::PassedOver | Act::Refused => {
                    let reason = line.reason.map(|reason| reason.to_string());
                    format!("{title}: {}", reason.unwrap_or_default())
                }
                Act::Updated | Act::Deleted | Act::Unlinked => format!("{title} {:?}", line.act),
            };
            lines.push(told);
        }
        lines
    }

    async fn open_imports(&self) -> Vec<String> {
        let imports = self.store.mail_imports().await;
        let imports = imports.expect("the profile is ours").into_iter();
        let shown = imports.map(|import| format!("{} {:?}", import.title, import.way));
        shown.collect()
    }
}

fn small_crm() -> Options {
    Options {
        crm_largest_upload: Some(TOO_LARGE / 2),
        ..Options::default()
    }
}

fn question(me: &str) -> Letter {
    let others = format!("{OFFICE}, Neu <{STRANGER}>");
    Letter::new(KUNDE, me, "Question").with("Cc", &others)
}

fn too_large(me: &str) -> Letter {
    let letter = Letter::new(KUNDE, me, "Too large");
    letter.file("b.bin", "application/octet-stream", &vec![7; TOO_LARGE])
}

fn others(me: &str) -> [Letter; 3] {
    let pgp = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----";
    [
        Letter::new(STRANGER, me, "With a file").file("a.pdf", "application/pdf", b"%PDF"),
        Letter::new(KUNDE, me, "Secret").saying(pgp),
        Letter::new("newsletter@shop.example", me, "Sale"),
    ]
}
