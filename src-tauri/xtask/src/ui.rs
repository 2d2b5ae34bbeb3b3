//! The user interface's package: getting its dependencies, building and checking it. The window embeds `ui/dist`, so it is built
//! before any command that compiles the tray app.

use crate::error::Outcome;
use crate::node;
use crate::workspace::Workspace;

/// Installs what `package-lock.json` names, if that has changed since it was last done here.
pub fn install(workspace: &Workspace) -> Outcome<()> {
    node::install(&workspace.ui())
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
    node::npm(&workspace.ui(), arguments)
}
