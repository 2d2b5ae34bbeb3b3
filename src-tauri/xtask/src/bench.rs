//! `cargo xtask bench`: hands over to the benchmark program of the scenario crate, in a release build. What is measured stands there.

use crate::error::Outcome;
use crate::process::Run;
use crate::workspace::Workspace;

/// Runs the benchmarks with the given arguments; `desktop` measures the tray app.
pub fn run(workspace: &Workspace, arguments: &[&str]) -> Outcome<()> {
    if arguments == ["desktop"] {
        return desktop(workspace);
    }
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

/// What the tray app costs: a test that is ignored otherwise, since it measures.
fn desktop(workspace: &Workspace) -> Outcome<()> {
    Run::new("cargo")
        .args(["test", "--release", "--package", "exchange-connector"])
        .args(["--test", "desktop", "--", "--ignored", "--nocapture"])
        .args(["what_the_program_costs"])
        .dir(workspace.root())
        .run()
}
