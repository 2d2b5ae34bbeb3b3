//! Running `exco` for the demo: against a profile of its own, with folders of its own, and with passwords that it is given and does not keep.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::error::{Outcome, XtaskError};
use crate::process::{self, Run};

/// What `exco` ends with when something is left for the user to decide. The chapters of the show look by themselves at what that is.
const DECISION_NEEDED: i32 = 4;

/// The command-line program and the profile it works on.
pub struct Connector {
    /// The built program.
    pub program: PathBuf,
    /// The demo's own profile.
    pub profile: PathBuf,
    /// Passwords and folders, passed in the environment.
    pub variables: Vec<(String, OsString)>,
}

impl Connector {
    /// Runs a command so that the newcomer sees it as they would type it, and what it prints.
    pub fn show(&self, arguments: &[&str]) -> Outcome<()> {
        let words: Vec<String> = arguments.iter().map(|word| process::quoted(word)).collect();
        println!("\n  $ exco {}", words.join(" "));
        self.command(&[]).args(arguments).run_untold()
    }

    /// Runs a command for its answer as JSON.
    pub fn ask(&self, arguments: &[&str]) -> Outcome<Value> {
        let answer = self.command(&["--json"]).args(arguments).capture()?;
        serde_json::from_str(&answer).map_err(|error| XtaskError::Answer {
            what: format!("exco --json {}", arguments.join(" ")),
            why: error.to_string(),
        })
    }

    /// The demo speaks English, whatever the system speaks; and nobody is there to answer a prompt.
    fn command(&self, options: &[&str]) -> Run {
        let fixed = [
            OsString::from("--profile"),
            self.profile.clone().into(),
            "--lang".into(),
            "en".into(),
        ];
        Run::new(&self.program)
            .args(fixed)
            .args(options)
            .envs(&self.variables)
            .accepting(DECISION_NEEDED)
            .input(Stdio::null())
    }
}
