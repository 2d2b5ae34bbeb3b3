//! The user interface's package: getting its dependencies, building and checking it. The window embeds `ui/dist`, so it is built
//! before any command that compiles the tray app.

use std::fs;
use std::io::IsTerminal;

use crate::error::{Outcome, XtaskError};
use crate::packages;
use crate::process::Run;
use crate::workspace::Workspace;

/// Installs what `package-lock.json` names, if that has changed since it was last done here.
pub fn install(workspace: &Workspace) -> Outcome<()> {
    packages::ensure_node()?;
    let lock = workspace.ui().join("package-lock.json");
    let wanted = fs::read_to_string(&lock).map_err(|source| XtaskError::File {
        act: "read",
        path: lock,
        source,
    })?;
    let stamp = workspace.ui().join("node_modules/.xtask-installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // Not `npm ci`: it refuses a lock file that lacks another system's optional packages, and a registry that does not carry those makes
    // such a file. This installs the versions and checks the hashes of the lock file all the same, and leaves it as it is.
    npm(
        workspace,
        &["install", "--no-save", "--no-audit", "--no-fund"],
    )?;
    fs::write(&stamp, wanted).map_err(|source| XtaskError::File {
        act: "write",
        path: stamp,
        source,
    })
}

/// Builds `ui/dist`.
pub fn build(workspace: &Workspace) -> Outcome<()> {
    npm(workspace, &["run", "build"])
}

/// Checks the types of TypeScript and Svelte files.
pub fn check_types(workspace: &Workspace) -> Outcome<()> {
    npm(workspace, &["run", "check"])
}

/// Runs the unit tests of the user interface.
pub fn test(workspace: &Workspace) -> Outcome<()> {
    npm(workspace, &["run", "test"])
}

fn npm(workspace: &Workspace, arguments: &[&str]) -> Outcome<()> {
    let npm = Run::new("npm")
        .args(arguments)
        .env("CI", "true")
        .dir(&workspace.ui());
    // With CI set vitest colours its output wherever it goes.
    if std::io::stdout().is_terminal() {
        npm.run()
    } else {
        npm.env("NO_COLOR", "1").run()
    }
}
