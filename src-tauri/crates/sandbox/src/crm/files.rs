//! The files of e-mails and documents. Each has a number of the one sequence of all records.
//! Deliberately not here: how they come in a request (`params`).

use super::World;
use super::emails;
use super::module::Module;
use super::params::Upload;
use super::records::{Number, Record};
use hyper::body::Bytes;
use std::collections::BTreeMap;

/// Parts of a name between dots that a server of this kind does not run (`upload_badext` of vtiger's configuration).
const DANGEROUS: [&str; 27] = [
    "php", "php3", "php4", "php5", "pl", "cgi", "py", "asp", "cfm", "js", "vbs", "html", "htm",
    "exe", "bin", "bat", "sh", "dll", "phps", "phtml", "xhtml", "rb", "msi", "jsp", "shtml", "sth",
    "shtm",
];

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) number: Number,
    /// The e-mail or document it belongs to.
    pub(super) of: Number,
    pub(super) name: String,
    /// Its content type.
    pub(super) kind: String,
    pub(super) bytes: Bytes,
}

/// All files.
#[derive(Debug, Default)]
pub(super) struct Files(BTreeMap<Number, File>, BTreeMap<Number, Vec<Number>>);

impl Files {
    /// A file.
    pub(super) fn get(&self, number: Number) -> Option<&File> {
        self.0.get(&number)
    }

    /// The files of a record, in the order in which they came.
    pub(super) fn of(&self, record: Number) -> impl Iterator<Item = &File> {
        let numbers = self.1.get(&record).into_iter().flatten();
        numbers.filter_map(|number| self.0.get(number))
    }

    /// All files.
    pub(super) fn iter(&self) -> impl Iterator<Item = &File> {
        self.0.values()
    }

    /// Puts in a file.
    pub(super) fn insert(&mut self, file: File) {
        self.1.entry(file.of).or_default().push(file.number);
        self.0.insert(file.number, file);
    }

    fn remove_all(&mut self, record: Number) {
        for number in self.1.remove(&record).into_iter().flatten() {
            self.0.remove(&number);
        }
    }

    /// The ids of the files of a record as its answers name them; `None` where it has none.
    pub(super) fn ids(&self, record: &Record) -> Option<String> {
        let prefix = record.module.prefix;
        let ids: Vec<String> = self
            .of(record.number)
            .map(|file| format!("{prefix}x{}", file.number))
            .collect();
        (!ids.is_empty()).then(|| ids.join(","))
    }
}

/// Keeps the files that came with a record, in place of those it had. Empty ones are dropped without a word.
pub(super) fn keep(world: &mut World, record: Number, uploads: &[Upload]) {
    let module = world.records.get(record).map(|record| &record.module);
    let Some(module) = module.filter(|module| has_files(module)).cloned() else {
        return;
    };
    let full = |upload: &&Upload| !upload.name.is_empty() && !upload.bytes.is_empty();
    let mut uploads: Vec<&Upload> = uploads.iter().filter(full).collect();
    if uploads.is_empty() {
        return;
    }
    let is_document = module.name != emails::MODULE;
    if is_document {
        uploads.truncate(1);
    }
    world.files.remove_all(record);
    for upload in uploads {
        let file = File {
            number: world.next_number(),
            of: record,
            name: harmless(&upload.name),
            kind: upload.kind.clone(),
            bytes: upload.bytes.clone(),
        };
        if is_document {
            describe(world, &module, &file);
        }
        world.files.insert(file);
    }
}

fn has_files(module: &Module) -> bool {
    [emails::MODULE, "Documents"].contains(&module.name)
}

/// Writes into a document what its file is.
fn describe(world: &mut World, module: &Module, file: &File) {
    let about = [
        ("filename", file.name.clone()),
        ("filetype", file.kind.clone()),
        ("filesize", file.bytes.len().to_string()),
    ];
    world.records.change(file.of, |record| {
        for (field, value) in about {
            let place = module.place(field).expect("documents have it");
            record.values[place] = value;
        }
    });
}

/// A name as the server keeps it: no blanks, and nothing that a web server would run.
fn harmless(name: &str) -> String {
    let mut joined = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            blank if blank.is_ascii_whitespace() && joined.ends_with('_') => {}
            blank if blank.is_ascii_whitespace() => joined.push('_'),
            other => joined.push(other),
        }
    }
    let parts: Vec<String> = joined
        .split('.')
        .map(
            |part| match DANGEROUS.contains(&part.to_lowercase().as_str()) {
                true => format!("{part}file"),
                false => part.to_owned(),
            },
        )
        .collect();
    let kept = parts.join(".");
    if kept == joined {
        kept
    } else {
        format!("{kept}.txt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_blanks_and_dangerous_endings() {
        let cases = [
            ("Über sicht.txt", "Über_sicht.txt"),
            ("run.exe", "run.exefile.txt"),
            ("Seite.PHP.png", "Seite.PHPfile.png.txt"),
            ("exe", "exefile.txt"),
            ("logo.png", "logo.png"),
        ];
        for (sent, kept) in cases {
            assert_eq!(harmless(sent), kept, "{sent}");
        }
    }
}
