//! Runs `xmllint` over many documents at once.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The schema and the program that reads it.
pub struct Judge {
    schema: PathBuf,
}

impl Judge {
    /// The judge, where everything it needs is there.
    pub fn find() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/ews-schema");
        let schema = root.join("soap11-ews.xsd");
        if !schema.exists() {
            eprintln!("skipped: there is no ../shared/ews-schema beside the project");
            return None;
        }
        if Command::new("xmllint").arg("--version").output().is_err() {
            eprintln!("skipped: xmllint is not installed (Debian: libxml2-utils)");
            return None;
        }
        Some(Self { schema })
    }

    /// What the schema objects to, by document; empty if nothing.
    pub fn complaints(&self, documents: &[String]) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files: Vec<PathBuf> = (0..documents.len())
            .map(|number| folder.path().join(format!("{number}.xml")))
            .collect();
        for (file, document) in files.iter().zip(documents) {
            std::fs::write(file, document).expect("written");
        }
        let output = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(&self.schema)
            .args(&files)
            .output()
            .expect("xmllint runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let objections: Vec<&str> = said
            .lines()
            .filter(|l| !l.ends_with(" validates"))
            .collect();
        assert_eq!(
            output.status.success(),
            objections.is_empty(),
            "xmllint could not judge: {said}"
        );
        let count = said
            .lines()
            .filter(|line| line.ends_with(" validates"))
            .count();
        assert!(!objections.is_empty() || count == documents.len(), "{said}");
        let names_removed = objections.join("\n");
        match objections.is_empty() {
            true => names_removed,
            false => format!("{names_removed}\n{}", documents.join("\n")),
        }
    }
}
