//! `cargo xtask fuzz [--minutes N] [TARGET]...`: feeds the readers of `src-tauri/fuzz` with bytes until one panics, hangs or takes too much
//! memory. What is worth keeping of a run is copied into the corpus by hand: it is small, and every test run reads it once more.

use std::fs;
use std::path::PathBuf;

use crate::error::{Outcome, XtaskError};
use crate::process::Run;
use crate::workspace::Workspace;

const TARGETS: [&str; 4] = ["ews_reader", "crm_reader", "mail", "recurrence"];
/// How long each, where nothing is said.
const MINUTES: u64 = 10;
/// The recorded answers of the adapter's own tests, as a start for its reader.
const ANSWERS: &str = "src-tauri/crates/mailbox-ews/tests/wire/answers";
/// An input of more bytes tells nothing that a shorter one does not.
const LONGEST: &str = "-max_len=16384";
/// Seconds after which an input counts as one that hangs.
const PATIENCE: &str = "-timeout=10";

/// Runs the targets one after the other.
pub fn run(workspace: &Workspace, arguments: &[&str], usage: &'static str) -> Outcome<()> {
    let wrong = |word: &str| XtaskError::Usage {
        what: format!(
            "`fuzz` takes --minutes N and the targets {}, not {word}",
            TARGETS.join(", ")
        ),
        usage,
    };
    let (mut minutes, mut targets) = (MINUTES, Vec::new());
    let mut rest = arguments.iter();
    while let Some(&word) = rest.next() {
        match word {
            "--minutes" => {
                let number = rest.next().and_then(|number| number.parse().ok());
                minutes = number.ok_or_else(|| wrong(word))?;
            }
            target if TARGETS.contains(&target) => targets.push(target),
            _ => return Err(wrong(word)),
        }
    }
    if targets.is_empty() {
        targets.extend(TARGETS);
    }
    let tool = tool(workspace)?;
    for target in targets {
        feed(workspace, &tool, target, minutes)?;
    }
    Ok(())
}

/// cargo-fuzz, installed below the target directory where it is not there.
fn tool(workspace: &Workspace) -> Outcome<PathBuf> {
    let home = workspace.target().join("tools");
    let tool = home.join("bin/cargo-fuzz");
    if !tool.exists() {
        Run::new("cargo")
            .args(["install", "--locked", "cargo-fuzz", "--root"])
            .args([&home])
            .run()?;
    }
    Ok(tool)
}

fn feed(workspace: &Workspace, tool: &PathBuf, target: &str, minutes: u64) -> Outcome<()> {
    let sources = workspace.root().join("src-tauri/fuzz");
    let grown = workspace.target().join("fuzz-corpus").join(target);
    fs::create_dir_all(&grown).map_err(|source| XtaskError::File {
        act: "make",
        path: grown.clone(),
        source,
    })?;
    let mut corpora = vec![grown, sources.join("corpus").join(target)];
    if target == "ews_reader" {
        corpora.push(workspace.root().join(ANSWERS));
    }
    // The parser of mails has an assertion that broken mails do break; it is no part of what is shipped, and neither is it here.
    let assertions = (target == "mail").then_some("--release");
    Run::new(tool)
        .args(["run"])
        .args(assertions)
        .args(["--fuzz-dir"])
        .args([&sources])
        .args(["--target-dir"])
        .args([workspace.target().join("fuzz")])
        .args([target])
        .args(corpora)
        .args(["--", LONGEST, PATIENCE])
        .args([format!("-max_total_time={}", 60 * minutes)])
        // What the fuzzer builds on is no part of the stable language; nothing that is shipped is built so.
        .env("RUSTC_BOOTSTRAP", "1")
        .dir(workspace.root())
        .run()
}
