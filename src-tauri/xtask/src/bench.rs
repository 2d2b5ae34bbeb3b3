//! `cargo xtask bench`: hands over to the benchmark program of the scenario crate, in a release build. What is measured stands there.

use std::fs;

use crate::error::{Outcome, XtaskError};
use crate::process::Run;
use crate::ui;
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

/// What the tray app costs: a test that is ignored otherwise, since it measures; then the package, since what users download is a cost, too.
fn desktop(workspace: &Workspace) -> Outcome<()> {
    ui::install(workspace)?;
    ui::build(workspace)?;
    Run::new("cargo")
        .args(["test", "--release", "--package", "exchange-connector"])
        .args(["--test", "desktop", "--", "--ignored", "--nocapture"])
        .args(["what_the_program_costs"])
        .dir(workspace.root())
        .run()?;
    Run::new(workspace.ui().join("node_modules/.bin/tauri"))
        .args(["build", "--bundles", "deb"])
        .dir(workspace.root())
        .run()?;
    let folder = workspace.target().join("release/bundle/deb");
    let unreadable = |source| XtaskError::File {
        act: "read",
        path: folder.clone(),
        source,
    };
    for file in fs::read_dir(&folder).map_err(unreadable)? {
        let file = file.map_err(unreadable)?;
        if file.path().extension().is_some_and(|kind| kind == "deb") {
            let size = file.metadata().map_err(unreadable)?.len();
            println!("{}: {} kB", file.file_name().display(), size / 1000);
        }
    }
    Ok(())
}
