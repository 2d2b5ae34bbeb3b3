//! `cargo xtask bench`: hands over to the benchmark program of the scenario crate, in a release build. What is measured stands there.

use crate::error::Outcome;
use crate::process::Run;
use crate::workspace::Workspace;

/// Runs the benchmarks with the given arguments.
pub fn run(workspace: &Workspace, arguments: &[&str]) -> Outcome<()> {
    Run::new("cargo")
        .args([
            "run",
            "--release",
            "--package",
            "scenarios",
            "--bin",
            "bench",
            "--",
        ])
        .args(arguments)
        .dir(workspace.root())
        .run()
}
