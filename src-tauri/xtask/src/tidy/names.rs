//! Names of files and folders: a folder is named after what it holds, and a module's file stands beside its folder.

use super::Finding;
use super::tree::Tree;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "manager", "managers"];

/// As a folder it says nothing; as a file it may hold the common form of both sides.
const EMPTY_FOLDER_NAME: &str = "common";

/// Every name that breaks a rule.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files() {
        let mut say = |message: String| {
            found.push(Finding {
                path: file.path.clone(),
                line: 0,
                message,
            })
        };
        if file.name() == "mod.rs" {
            say("no mod.rs: name the file after its folder and put it beside that".to_owned());
        }
        let mut folders = file.path.split('/').rev().skip(1);
        let empty = folders.find(|name| EMPTY_NAMES.contains(name) || *name == EMPTY_FOLDER_NAME);
        if let Some(name) = empty.or(Some(file.stem()).filter(|name| EMPTY_NAMES.contains(name))) {
            say(format!(
                "`{name}` says nothing: name it after what it holds"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_and_mod_rs_are_found_and_others_are_not() {
        let bad = [
            "src-tauri/crates/model/src/fields/mod.rs",
            "src-tauri/crates/engine/src/utils/dates.rs",
            "src-tauri/crates/engine/src/helpers.rs",
            "ui/src/common/Button.svelte",
            "src-tauri/crates/manager/src/lib.rs",
        ];
        let good = [
            "src-tauri/crates/model/src/model.rs",
            "ui/src/shared/commonplace.ts",
            "src-tauri/crates/mapping/src/common.rs",
            "src-tauri/crates/model/src/fields.rs",
        ];
        let files: Vec<(&str, &str)> = bad.iter().chain(&good).map(|&path| (path, "")).collect();
        let found: Vec<String> = check(&Tree::made_up(&files))
            .into_iter()
            .map(|finding| finding.path)
            .collect();
        assert_eq!(found, bad);
    }
}
