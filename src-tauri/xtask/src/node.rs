//! Packages of Node: those of the user interface, and those of the authorization server that tests sign in to. Which scripts they have is
//! known to whoever runs them.

use std::fs;
use std::io::IsTerminal;
use std::path::Path;

use crate::error::{Outcome, XtaskError};
use crate::packages;
use crate::process::Run;

/// Installs what the folder's `package-lock.json` names, if that has changed since it was last done here.
pub fn install(folder: &Path) -> Outcome<()> {
    packages::ensure_node()?;
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).map_err(|source| XtaskError::File {
        act: "read",
        path: lock,
        source,
    })?;
    let stamp = folder.join("node_modules/.xtask-installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // Not `npm ci`: it refuses a lock file that lacks another system's optional packages, and a registry that does not carry those makes
    // such a file. This installs the versions and checks the hashes of the lock file all the same, and leaves it as it is.
    npm(folder, &["install", "--no-save", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, wanted).map_err(|source| XtaskError::File {
        act: "write",
        path: stamp,
        source,
    })
}

/// Runs npm there.
pub fn npm(folder: &Path, arguments: &[&str]) -> Outcome<()> {
    let npm = Run::new("npm")
        .args(arguments)
        .env("CI", "true")
        .dir(folder);
    // With CI set vitest colours its output wherever it goes.
    if std::io::stdout().is_terminal() {
        npm.run()
    } else {
        npm.env("NO_COLOR", "1").run()
    }
}
