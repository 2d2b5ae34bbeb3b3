//! Where things lie: the project's root, the target directory, the founders' papers beside a clone. It knows paths and what
//! `cargo metadata` tells, and changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Outcome, XtaskError};
use crate::process;

/// The package of the tray app, at the project's root.
pub const APP_PACKAGE: &str = "exchange-connector";

/// The checked-out project.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
    members: Vec<String>,
    controller_features: Vec<String>,
}

impl Workspace {
    /// The project this xtask was built from.
    pub fn find() -> Outcome<Self> {
        let root = own_root();
        let answer = process::Run::new("cargo")
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .dir(&root)
            .capture()?;
        let metadata: Value =
            serde_json::from_str(&answer).map_err(|error| unreadable(&error.to_string()))?;
        let target = metadata["target_directory"]
            .as_str()
            .ok_or_else(|| unreadable("no target_directory"))?;
        let packages = metadata["packages"]
            .as_array()
            .ok_or_else(|| unreadable("no packages"))?;
        let named = |name: &str| packages.iter().find(|package| package["name"] == name);
        Ok(Self {
            target: PathBuf::from(target),
            members: packages
                .iter()
                .filter_map(|package| package["name"].as_str())
                .map(str::to_owned)
                .collect(),
            controller_features: named("controller")
                .and_then(|package| package["features"].as_object())
                .map(|features| features.keys().cloned().collect())
                .unwrap_or_default(),
            root,
        })
    }

    /// The folder that holds the root `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where cargo puts the debug build of one of our programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// The user interface's own package.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The founders' papers and probes, where they lie beside the clone.
    pub fn shared(&self) -> Option<PathBuf> {
        let shared = self.root.join("../shared");
        shared.is_dir().then_some(shared)
    }

    /// Whether the workspace has a package of this name.
    pub fn has_package(&self, name: &str) -> bool {
        self.members.iter().any(|member| member == name)
    }

    /// Whether the controller can be built with this feature.
    pub fn controller_has_feature(&self, name: &str) -> bool {
        self.controller_features
            .iter()
            .any(|feature| feature == name)
    }

    /// An empty folder of this name below the target directory; what an earlier run left in it is removed.
    pub fn fresh_folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.target.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|source| XtaskError::File {
                act: "remove",
                path: folder.clone(),
                source,
            })?;
        }
        fs::create_dir_all(&folder).map_err(|source| XtaskError::File {
            act: "make",
            path: folder.clone(),
            source,
        })?;
        Ok(folder)
    }
}

/// Two folders above this crate. `cargo run` tells the crate's folder at run time; the one known when it was built is the
/// fallback for a binary that is started by hand.
fn own_root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.ancestors()
        .nth(2)
        .map_or_else(|| own.clone(), Path::to_path_buf)
}

fn unreadable(why: &str) -> XtaskError {
    XtaskError::Answer {
        what: "cargo metadata".to_owned(),
        why: why.to_owned(),
    }
}
