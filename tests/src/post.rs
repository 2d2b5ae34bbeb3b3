//! Users at work on mails, and what became of each, past the product.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::{Doors, Engine, MailDoors, Ran};
use jiff::Timestamp;
use model::{Component, Policy};
use ports::{Clock, Crm, StateStore};
use sandbox::company::User;
use sandbox::crm::Email;
use sandbox::exchange::MailView;
use sandbox::faults::Side;
use sandbox::options::Options;
use store::SqliteStore;
use tempfile::TempDir;

use crate::mortal::Mortal;
use crate::people::text;
use crate::stage::{PAST_DAYS, Stage, ZONE, adapters, engine_of, open_store, owner};

pub mod day;
pub mod unsteady;

/// The folder mails are dropped into.
pub const DROP: &str = "CRM-Sync";
/// Where mails arrive.
pub const INBOX: &str = "inbox";
/// What a mail without a subject is called.
pub const NO_SUBJECT: &str = "(no subject)";

/// A mail as somebody writes it.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    headers: Vec<(String, String)>,
    parts: Vec<String>,
    body: String,
}

impl Letter {
    /// From whom, to whom, about what. Its Message-ID is made of the subject.
    pub fn new(from: &str, to: &str, subject: &str) -> Self {
        let id = subject.replace(' ', ".");
        Self::default()
            .with("From", from)
            .with("To", to)
            .with("Subject", subject)
            .with("Date", "Mon, 1 Jun 2026 08:00:00 +0200")
            .with("Message-ID", &format!("<{id}@post.example>"))
            .saying("Hello")
    }

    /// One more header, or another value of one.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// What it says, as text.
    pub fn saying(mut self, text: &str) -> Self {
        text.clone_into(&mut self.body);
        self
    }

    /// One more part: its headers, and its content, which is written in base64.
    pub fn part(mut self, headers: &str, content: &[u8]) -> Self {
        let mut lines = String::new();
        for line in STANDARD.encode(content).as_bytes().chunks(76) {
            lines.push_str(&String::from_utf8_lossy(line));
            lines.push_str("\r\n");
        }
        let part = format!("{headers}\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}");
        self.parts.push(part);
        self
    }

    /// One more file.
    pub fn file(self, name: &str, kind: &str, content: &[u8]) -> Self {
        let headers = format!(
            "Content-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\""
        );
        self.part(&headers, content)
    }

    /// As it is sent.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = String::from("MIME-Version: 1.0\r\n");
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.parts.is_empty() {
            text.push_str("Content-Type: text/plain; charset=utf-8\r\n\r\n");
            text.push_str(&self.body);
            text.push_str("\r\n");
            return text.into_bytes();
        }
        text.push_str("Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\n");
        text.push_str("Content-Type: text/plain; charset=utf-8\r\n\r\n");
        text.push_str(&self.body);
        text.push_str("\r\n");
        for part in &self.parts {
            text.push_str("--part\r\n");
            text.push_str(part);
        }
        text.push_str("--part--\r\n");
        text.into_bytes()
    }
}

impl Stage {
    /// A sandbox of one's own choice, for a scenario about mails; the folders to drop into are there.
    pub async fn of_mails(options: Options, policy: Policy) -> Self {
        let mut stage = Self::with(options).await;
        stage.component = Component::Emails;
        stage.policy = policy;
        let stage = stage.anew();
        stage.sync().await;
        stage
    }

    /// The same under a usual policy on a usual server.
    pub async fn of_usual_mails() -> Self {
        Self::of_mails(Options::default(), Policy::default()).await
    }

    /// A mail arrives.
    pub fn receives(&self, letter: &Letter) -> String {
        let exchange = &self.sandbox.exchange;
        let user = &self.user().email;
        let arrived = exchange.deliver(user, INBOX, &letter.bytes());
        arrived.expect("an inbox takes mails")
    }

    /// The user moves a mail.
    pub fn moves(&self, item: &str, folder: &str) -> String {
        let exchange = &self.sandbox.exchange;
        let moved = exchange.move_to(&self.user().email, item, folder);
        moved.expect("the mail and the folder are there")
    }

    /// A mail arrives and the user drops it.
    pub fn drops(&self, letter: &Letter, folder: &str) -> String {
        let arrived = self.receives(letter);
        self.moves(&arrived, folder)
    }

    /// Where a mail lies by now.
    pub fn place_of(&self, subject: &str) -> Vec<String> {
        let mails = self.mails_called(subject).into_iter();
        mails.map(|mail| mail.folder).collect()
    }

    /// The mails of this subject, wherever they lie.
    pub fn mails_called(&self, subject: &str) -> Vec<MailView> {
        let mut mails = self.sandbox.exchange.all_mails(&self.user().email);
        mails.retain(|mail| mail.subject == subject);
        mails
    }

    /// A record with an address; its id.
    pub fn knows(&self, module: &str, address: &str, created: &str) -> String {
        let named = match module {
            "Accounts" => ("accountname", "email1"),
            "Partner" => ("name", "email"),
            _ => ("lastname", "email"),
        };
        let mut fields = vec![(named.0, address), (named.1, address)];
        if module == "Leads" {
            fields.push(("company", "Firma"));
        }
        let created: Timestamp = created.parse().expect("a moment");
        let (crm, user) = (&self.sandbox.crm, &self.user().name);
        let made = crm.create_at(user, module, &fields, created);
        text(&made.expect("a record can be made"), "id")
    }

    /// The one e-mail of the CRM.
    pub fn one_email(&self) -> Email {
        let mut emails = self.sandbox.crm.emails();
        assert_eq!(emails.len(), 1, "{emails:?}");
        emails.remove(0)
    }

    /// The leads' addresses.
    pub fn leads(&self) -> Vec<String> {
        let leads = self.sandbox.crm.records("Leads");
        leads.iter().map(|lead| text(lead, "email")).collect()
    }

    /// The further doors of an engine that imports mails.
    pub fn mail_doors(&self) -> MailDoors {
        MailDoors {
            mails: self.mailbox.clone(),
            crm: self.crm.clone(),
            state: match &self.disk {
                Some(disk) => Arc::new(Mortal::new(self.store.clone(), disk)),
                None => self.store.clone(),
            },
            own_addresses: vec![self.user().email.clone()],
            no_subject: NO_SUBJECT.to_owned(),
            no_subjects: vec![NO_SUBJECT.to_owned()],
        }
    }
}

/// Another user of the same CRM, with a mailbox and a computer of their own.
pub struct Colleague {
    user: User,
    engine: Engine,
    store: Arc<SqliteStore>,
    clock: Arc<dyn Clock>,
    // Goes with the colleague.
    _profile: TempDir,
}

impl Colleague {
    /// The user of this number.
    pub async fn of(stage: &Stage, number: usize) -> Self {
        let user = stage.sandbox.users[number].clone();
        let mut servers = stage.servers();
        servers.address.clone_from(&user.email);
        servers.password.clone_from(&user.password);
        servers.user.clone_from(&user.name);
        servers.access_key.clone_from(&user.access_key);
        let (mailbox, crm) = adapters(&servers, Some(stage.clock()), &stage.policy, ZONE);
        let fingerprint = crm.sign_in().await.expect("a user").fingerprint;
        let profile = tempfile::tempdir().expect("a folder");
        let store = Arc::new(open_store(Path::new(profile.path())).await);
        let (mailbox, crm) = (Arc::new(mailbox), Arc::new(crm));
        let clock: Arc<dyn Clock> = Arc::new(stage.clock().clone());
        let doors = Doors {
            mailbox: mailbox.clone(),
            crm: crm.clone(),
            store: store.clone(),
            clock: clock.clone(),
        };
        let mails = MailDoors {
            mails: mailbox,
            crm,
            state: store.clone(),
            own_addresses: vec![user.email.clone()],
            no_subject: NO_SUBJECT.to_owned(),
            no_subjects: vec![NO_SUBJECT.to_owned()],
        };
        let owner = owner(fingerprint, &user.name);
        let engine = engine_of(doors, &stage.policy, owner, PAST_DAYS, ZONE).with_mails(mails);
        Self {
            user,
            engine,
            store,
            clock,
            _profile: profile,
        }
    }

    /// Their address.
    pub fn address(&self) -> &str {
        &self.user.email
    }

    /// They get a mail and drop it.
    pub fn drops(&self, stage: &Stage, letter: &Letter, folder: &str) {
        let exchange = &stage.sandbox.exchange;
        let arrived = exchange.deliver(&self.user.email, INBOX, &letter.bytes());
        let arrived = arrived.expect("an inbox takes mails");
        let moved = exchange.move_to(&self.user.email, &arrived, folder);
        moved.expect("the folder is there");
    }

    /// One run that must not fail.
    pub async fn sync(&self) -> Ran {
        let component = Component::Emails;
        let run = self.store.start_run(&[component], self.clock.now()).await;
        let ran = self.engine.sync(run.expect("a profile"), component).await;
        assert!(ran.failure.is_none(), "{:?}", ran.failure);
        ran
    }
}

/// By the CRM's clock.
pub fn now(stage: &Stage) -> Timestamp {
    stage.sandbox.ground.clock.now(Side::Crm)
}

/// Mails as they come: the test data of the package `mail-parser`, where Cargo has put it. Name and bytes of each.
pub fn corpus() -> Vec<(String, Vec<u8>)> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Cargo runs this test");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("as promised");
    let mut packages = told["packages"].as_array().expect("a list").iter();
    let parser = packages.find(|one| one["name"] == "mail-parser");
    let manifest = parser.and_then(|one| one["manifest_path"].as_str());
    let package = PathBuf::from(manifest.expect("we depend on it"));
    let mut folders = vec![package.with_file_name("resources/eml")];
    let mut mails = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the package") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "eml") {
                let bytes = std::fs::read(&path).expect("readable");
                mails.push((path.display().to_string(), bytes));
            }
        }
    }
    mails.sort();
    mails
}
