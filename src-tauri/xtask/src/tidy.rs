//! `cargo xtask tidy`: the rules of the house that no compiler knows. Each rule is a function from what it reads to findings, so that a
//! small made-up tree can break it in a test; this file collects what they need and prints what they found.
//!
//! What rustfmt and clippy can see is not checked here again.

mod arrows;
mod dependencies;
mod graph;
mod headers;
mod host;
mod languages;
mod names;
mod numbers;
mod pure;
mod tree;
mod words;

use std::fmt;
use std::fs;

use crate::error::{Outcome, XtaskError};
use crate::process::Run;
use crate::workspace::Workspace;

use graph::Graph;
use tree::Tree;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where, from the project's root.
    path: String,
    /// Which line, counted from 1; 0 where it is about the file as a whole.
    line: usize,
    /// What is wrong, and what to do.
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.path, self.message),
            line => write!(out, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Checks the whole project and prints every finding.
pub fn run(workspace: &Workspace) -> Outcome<()> {
    let tree = Tree::read(workspace.root())?;
    let graph = Graph::read(&metadata(workspace)?)?;
    let mut findings = findings(&tree, &graph, founders_requirements(workspace)?.as_deref());
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!(
                "tidy: nothing found in {} files and {} packages",
                tree.files().len(),
                graph.len()
            );
            Ok(())
        }
        count => Err(XtaskError::Found {
            what: format!("tidy: {count} found, each named above"),
        }),
    }
}

fn findings(tree: &Tree, graph: &Graph, founders: Option<&str>) -> Vec<Finding> {
    [
        arrows::check(graph),
        dependencies::check(tree, graph),
        headers::check(tree),
        host::check(tree),
        languages::check(tree),
        names::check(tree),
        numbers::check(tree, founders),
        pure::check(tree),
        words::check(tree),
    ]
    .concat()
}

/// With all features: an arrow that only some build has is an arrow.
fn metadata(workspace: &Workspace) -> Outcome<String> {
    Run::new("cargo")
        .args(["metadata", "--format-version", "1", "--all-features"])
        .dir(workspace.root())
        .capture()
}

/// The founders' own list of requirements, where it lies beside the clone.
fn founders_requirements(workspace: &Workspace) -> Outcome<Option<String>> {
    let Some(path) = workspace
        .shared()
        .map(|shared| shared.join("REQUIREMENTS.md"))
        .filter(|path| path.is_file())
    else {
        return Ok(None);
    };
    fs::read_to_string(&path)
        .map(Some)
        .map_err(|source| XtaskError::File {
            act: "read",
            path,
            source,
        })
}
