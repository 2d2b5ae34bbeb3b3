//! The program itself against the sandbox, as one user has it on one computer.

#[path = "office/bad_input.rs"]
mod bad_input;
#[path = "office/conflicts.rs"]
mod conflicts;
#[path = "office/mails.rs"]
mod mails;
#[path = "office/owner.rs"]
mod owner;
#[path = "office/sides.rs"]
mod sides;
#[path = "office/state.rs"]
mod state;
#[path = "office/undo.rs"]
mod undo;
#[path = "office/why.rs"]
mod why;

use std::process::{Command, Output, Stdio};

use sandbox::company::User;
use sandbox::options::Options;
use sandbox::running::Running;
use serde_json::Value;

const FOLDER: &str = "Contacts/CRM-Sync";

/// Somebody's computer between both servers.
struct Office {
    sandbox: Running,
    folder: tempfile::TempDir,
    policy: &'static str,
}

impl Office {
    async fn open() -> Self {
        Self::with("").await
    }

    /// With settings of the organisation.
    async fn with(policy: &'static str) -> Self {
        Self {
            policy,
            sandbox: sandbox::start(Options::default())
                .await
                .expect("free ports"),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Both sides are signed in and hold one contact each.
    async fn connected() -> Self {
        let office = Self::open().await;
        office.sign_in();
        let user = office.user().clone();
        office
            .sandbox
            .crm
            .create(&user.name, "Contacts", &[("lastname", "Klein")])
            .expect("made");
        assert_eq!(office.sync().0, Some(0));
        office.types_in(&[("Surname", "Groß")]);
        office
    }

    /// Both sides are signed in.
    fn sign_in(&self) {
        let user = self.user();
        let (crm, exchange) = (&self.sandbox.crm_url, &self.sandbox.exchange_url);
        assert_eq!(self.connect_crm(crm, &user.access_key).0, Some(0));
        assert_eq!(self.connect_exchange(exchange, &user.password).0, Some(0));
    }

    fn user(&self) -> &User {
        &self.sandbox.users[0]
    }

    fn types_in(&self, fields: &[(&str, &str)]) {
        let made = self
            .sandbox
            .exchange
            .create(&self.user().email, FOLDER, fields);
        made.expect("an item can be made there");
    }

    fn order(&self, fault: &str) {
        self.sandbox
            .ground
            .faults
            .add(fault.parse().expect("a fault as documented"));
    }

    fn command(&self, arguments: &[&str], key: &str, password: &str) -> Output {
        let policy = self.folder.path().join("policy.toml");
        std::fs::write(&policy, self.policy).expect("written");
        Command::new(env!("CARGO_BIN_EXE_exco"))
            .arg("--json")
            .arg("--profile")
            .arg(self.folder.path().join("profile"))
            .args(arguments)
            .env("EXCO_POLICY_FILE", policy)
            .env("EXCO_CRM_ACCESS_KEY", key)
            .env("EXCO_EXCHANGE_PASSWORD", password)
            .stdin(Stdio::null())
            .output()
            .expect("started")
    }

    /// Exit code, and the code of the problem that was told.
    fn run(&self, arguments: &[&str], key: &str, password: &str) -> (Option<i32>, String) {
        let output = self.command(arguments, key, password);
        let told: Value = serde_json::from_slice(&output.stderr).unwrap_or_default();
        let code = told["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (output.status.code(), code)
    }

    fn connect_crm(&self, url: &str, key: &str) -> (Option<i32>, String) {
        self.run(
            &["connect", "crm", "--url", url, "--user", &self.user().name],
            key,
            "",
        )
    }

    fn connect_exchange(&self, url: &str, password: &str) -> (Option<i32>, String) {
        let arguments = [
            "connect",
            "exchange",
            "--url",
            url,
            "--user",
            &self.user().email,
        ];
        self.run(&arguments, "", password)
    }

    /// Exit code and result, signed in as usual.
    fn asks(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let user = self.user();
        let output = self.command(arguments, &user.access_key, &user.password);
        let told = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), told)
    }

    fn sync(&self) -> (Option<i32>, String) {
        let user = self.user();
        self.run(&["sync"], &user.access_key, &user.password)
    }

    /// After the trouble is over everything is on both sides, once.
    fn assert_recovers(&self) {
        self.sandbox.ground.faults.clear();
        assert_eq!(self.sync().0, Some(0));
        let items = self.sandbox.exchange.items_in(&self.user().email, FOLDER);
        assert_eq!(
            (items.len(), self.sandbox.crm.records("Contacts").len()),
            (2, 2)
        );
    }
}
