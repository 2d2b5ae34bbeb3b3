//! `cargo xtask prove [--minutes N] [--seed N]`: hands over to the program of the scenario crate that tells random stories, in a release
//! build. What is told and what is looked at stands there.

use crate::error::{Outcome, XtaskError};
use crate::process::Run;
use crate::workspace::Workspace;

/// How long, where nothing is said.
const MINUTES: &str = "10";

/// Proves for as long as asked.
pub fn run(workspace: &Workspace, arguments: &[&str], usage: &'static str) -> Outcome<()> {
    let (mut minutes, mut seed) = (MINUTES, None);
    let mut rest = arguments.iter();
    while let Some(&word) = rest.next() {
        let value = rest.next().copied();
        match (word, value.filter(|value| value.parse::<u64>().is_ok())) {
            ("--minutes", Some(value)) => minutes = value,
            ("--seed", Some(value)) => seed = Some(value),
            _ => {
                return Err(XtaskError::Usage {
                    what: format!("`prove` takes --minutes N and --seed N, not {word}"),
                    usage,
                });
            }
        }
    }
    let program = [
        "run",
        "--release",
        "--package",
        "scenarios",
        "--bin",
        "prove",
        "--",
    ];
    Run::new("cargo")
        .args(program)
        .args([minutes])
        .args(seed)
        .dir(workspace.root())
        .run()
}
