//! The project's files as the rules see them: path and text. What is made (build results, installed packages) is not part of it.

use std::fs;
use std::path::Path;

use crate::error::{Outcome, XtaskError};

/// Folders that hold what is made.
const MADE: &[&str] = &[".git", "node_modules", "dist", "coverage"];

/// Files written by tools, whose words are not ours.
const LOCKS: &[&str] = &["Cargo.lock", "ui/package-lock.json"];

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// From the project's root, with `/` between the parts.
    pub path: String,
    /// Its text; empty where it has none (a picture).
    pub text: String,
}

impl File {
    /// What follows the last dot of its name.
    pub fn extension(&self) -> &str {
        self.name()
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
    }

    /// Its name without folders.
    pub fn name(&self) -> &str {
        self.path
            .rsplit_once('/')
            .map_or(self.path.as_str(), |(_, name)| name)
    }

    /// Its name without extension.
    pub fn stem(&self) -> &str {
        self.name()
            .rsplit_once('.')
            .map_or(self.name(), |(stem, _)| stem)
    }

    /// Its lines, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// All files, sorted by path.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    files: Vec<File>,
}

impl Tree {
    /// Reads what lies below a folder.
    pub fn read(root: &Path) -> Outcome<Self> {
        let mut files = Vec::new();
        let mut open = vec![String::new()];
        while let Some(folder) = open.pop() {
            let absolute = root.join(&folder);
            let unreadable = |source| XtaskError::File {
                act: "read",
                path: absolute.clone(),
                source,
            };
            for entry in fs::read_dir(&absolute).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = if folder.is_empty() {
                    name.clone()
                } else {
                    format!("{folder}/{name}")
                };
                match entry.file_type().map_err(unreadable)? {
                    kind if kind.is_dir() && !is_made(&path, &name) => open.push(path),
                    kind if kind.is_file() && !LOCKS.contains(&path.as_str()) => {
                        files.push(read_file(root, path)?)
                    }
                    _ => {}
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// All files.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The files below a folder, whose name is given with its closing `/`.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &File> {
        self.files
            .iter()
            .filter(move |file| file.path.starts_with(folder))
    }

    /// A tree of given files, for trying the rules.
    #[cfg(test)]
    pub fn made_up(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|&(path, text)| File {
            path: path.to_owned(),
            text: text.to_owned(),
        });
        Self {
            files: files.collect(),
        }
    }
}

fn is_made(path: &str, name: &str) -> bool {
    MADE.contains(&name) || path == "gen" || path == "target" || path.starts_with("target-")
}

fn read_file(root: &Path, path: String) -> Outcome<File> {
    let absolute = root.join(&path);
    let bytes = fs::read(&absolute).map_err(|source| XtaskError::File {
        act: "read",
        path: absolute,
        source,
    })?;
    Ok(File {
        path,
        text: String::from_utf8(bytes).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_folders_are_left_out_and_sources_are_read() {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = own
            .ancestors()
            .nth(2)
            .expect("the crate lies two folders below the root");
        let tree = Tree::read(root).expect("our own tree can be read");
        assert!(
            tree.file("src-tauri/xtask/src/tidy/tree.rs")
                .is_some_and(|file| file.text.contains("made_folders_are_left_out"))
        );
        assert!(!tree.files().iter().any(|file| file.path.starts_with("target/") || file.path.contains("node_modules/")));
    }

    #[test]
    fn a_name_is_taken_apart() {
        let tree = Tree::made_up(&[("ui/src/i18n/de.json", "")]);
        let file = &tree.files()[0];
        assert_eq!(
            (file.name(), file.stem(), file.extension()),
            ("de.json", "de", "json")
        );
    }
}
