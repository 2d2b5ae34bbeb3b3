//! The made-up Exchange and CRM of the demo: starting them and reading where they listen. What the sandbox can do stands in `src-tauri/docs/sandbox.md`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::error::{Outcome, XtaskError};
use crate::process::{Guard, Run};

/// The running sandbox; it ends when this is dropped.
pub struct Sandbox {
    _program: Guard,
    /// How to reach the mailbox.
    pub exchange: Account,
    /// How to reach the CRM.
    pub crm: Account,
    /// Under which address the user gets mails.
    pub address: String,
}

/// One user of one of the servers.
pub struct Account {
    /// The server's address.
    pub url: String,
    /// The user's name there.
    pub user: String,
    /// Password or access key; made up.
    pub secret: String,
}

impl Sandbox {
    /// Starts it on free ports with a small made-up company, and waits for the line that says it is ready.
    pub fn start(program: &Path, log: &Path) -> Outcome<Self> {
        let errors = File::create(log).map_err(|source| XtaskError::File {
            act: "write",
            path: log.to_owned(),
            source,
        })?;
        let fixed = [
            "--exchange-port",
            "0",
            "--crm-port",
            "0",
            "--seed",
            "7",
            "--contacts",
            "60",
            "--appointments",
            "12",
            "--tasks",
            "8",
        ];
        // Its input stays open as long as we live, so that it does not outlive us, however we end.
        let mut guard = Run::new(program)
            .args(fixed)
            .args(["--until-stdin-closes"])
            .start(Stdio::piped(), Stdio::piped(), errors.into())?;
        let output = guard
            .child
            .stdout
            .take()
            .expect("its output was asked to be piped");
        let mut line = String::new();
        let unreadable = |source| XtaskError::File {
            act: "read",
            path: program.to_owned(),
            source,
        };
        BufReader::new(output)
            .read_line(&mut line)
            .map_err(unreadable)?;
        let ready: Value = serde_json::from_str(&line)
            .map_err(|error| misunderstood(&format!("{error}; its log is {}", log.display())))?;
        Ok(Self {
            exchange: mailbox_account(&ready)?,
            crm: crm_account(&ready)?,
            address: mailbox_address(&ready)?,
            _program: guard,
        })
    }
}

/// The first mailbox user, who is the same person as the CRM user with all rights.
pub(super) fn mailbox_account(ready: &Value) -> Outcome<Account> {
    let server = &ready["exchange"];
    account(&server["url"], &server["users"][0], "password")
}

/// The address of the first mailbox user.
pub(super) fn mailbox_address(ready: &Value) -> Outcome<String> {
    let address = ready["exchange"]["users"][0]["email"].as_str();
    let address = address.ok_or_else(|| misunderstood("no address of the mailbox user"))?;
    Ok(address.to_owned())
}

/// The CRM user with all rights.
pub(super) fn crm_account(ready: &Value) -> Outcome<Account> {
    let server = &ready["crm"];
    let users = server["users"]
        .as_array()
        .ok_or_else(|| misunderstood("no CRM users"))?;
    let user = users
        .iter()
        .find(|user| user["role"] == "full")
        .ok_or_else(|| misunderstood("no CRM user with the role `full`"))?;
    account(&server["url"], user, "access_key")
}

fn account(url: &Value, user: &Value, secret: &str) -> Outcome<Account> {
    let text = |value: &Value, what: &str| {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| misunderstood(&format!("no {what}")))
    };
    Ok(Account {
        url: text(url, "url")?,
        user: text(&user["user"], "user")?,
        secret: text(&user[secret], secret)?,
    })
}

fn misunderstood(why: &str) -> XtaskError {
    XtaskError::Answer {
        what: "exco-sandbox".to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready() -> Value {
        serde_json::json!({
            "exchange": {"url": "http://127.0.0.1:1/EWS/Exchange.asmx", "users": [{"user": "anna", "password": "p", "email": "anna@firma.example"}, {"user": "ben", "password": "q"}]},
            "crm": {"url": "http://127.0.0.1:2", "users": [{"user": "ina", "access_key": "i", "role": "inactive"}, {"user": "anna", "access_key": "k", "role": "full"}]}
        })
    }

    #[test]
    fn the_same_person_is_chosen_on_both_sides() {
        let mailbox = mailbox_account(&ready()).expect("the line is complete");
        let crm = crm_account(&ready()).expect("the line is complete");
        let address = mailbox_address(&ready()).expect("the line is complete");
        assert_eq!(address, "anna@firma.example");
        assert_eq!(
            (mailbox.user.as_str(), mailbox.secret.as_str()),
            ("anna", "p")
        );
        assert_eq!(
            (crm.user.as_str(), crm.secret.as_str(), crm.url.as_str()),
            ("anna", "k", "http://127.0.0.1:2")
        );
    }

    #[test]
    fn a_line_without_a_user_of_all_rights_is_an_error() {
        let mut ready = ready();
        ready["crm"]["users"][1]["role"] = "colleague".into();
        assert!(crm_account(&ready).is_err());
    }
}
