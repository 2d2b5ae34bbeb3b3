//! Mails as they come: the test data of the package `mail-parser` (Stalwart Labs; RFC examples, mails of old and of broken programs, the test
//! mails of other parsers), 107 of them in 0.11.9. They are read where Cargo has put the package; nothing of them is kept here.

use std::path::{Path, PathBuf};
use std::process::Command;

use mail::{Protection, html, key, look, parties, read};

fn mails() -> Vec<PathBuf> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Cargo runs this test");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("as promised");
    let packages = told["packages"].as_array().expect("a list").iter();
    let parser = packages.clone().find(|one| one["name"] == "mail-parser");
    let manifest = parser.and_then(|one| one["manifest_path"].as_str());
    let package = PathBuf::from(manifest.expect("we depend on it"));
    let mut folders = vec![package.with_file_name("resources/eml")];
    let mut mails = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the package") {
            let path = entry.expect("readable").path();
            match path.extension().is_some_and(|ending| ending == "eml") {
                true => mails.push(path),
                false if path.is_dir() => folders.push(path),
                // Beside each mail lies what the parser's own tests expect of it.
                false => {}
            }
        }
    }
    mails.sort();
    mails
}

#[test]
fn r5_1_r5_5_r5_6_r5_7_every_mail_is_read_and_each_refused_one_says_why() {
    let (mut read_ones, mut with_people, mut with_attachments, mut refused) = (0, 0, 0, 0);
    let all = mails();
    assert!(all.len() >= 100, "only {} mails", all.len());
    for path in &all {
        let bytes = std::fs::read(path).expect("readable");
        let Some(mail) = read(&bytes) else {
            refused += 1;
            continue;
        };
        read_ones += 1;
        with_attachments += usize::from(!mail.attachments.is_empty());
        with_people += usize::from(parties(&mail, &[], &[]).is_ok());
        assert!(
            !key(&mail).is_empty() && key(&mail).len() <= 1_020,
            "{path:?}"
        );
        let shown = html::for_crm(&mail.body).to_lowercase();
        assert!(!shown.contains("<script"), "{path:?}");
        for attachment in &mail.attachments {
            let name = &attachment.name;
            assert!(
                !name.is_empty() && !name.contains(['/', '\\', '\0']),
                "{path:?}: {name}"
            );
        }
        if let Protection::Encrypted(how) = mail.protection {
            println!("{}: encrypted, {how:?}", path.display());
        }
    }
    println!(
        "{read_ones} read, {with_people} with people, {with_attachments} with attachments, {refused} are none"
    );
    assert_eq!(refused, 0, "an empty file is no mail, and there is none");
    assert!(with_people > 50 && with_attachments > 30);
}

/// What fuzzing found worth keeping.
#[test]
fn every_text_of_the_fuzzed_corpus_is_read_without_a_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/mail");
    let mut mails = 0;
    for file in std::fs::read_dir(folder).expect("a folder of the sources") {
        let file = file.expect("readable").path();
        mails += usize::from(look(&std::fs::read(&file).expect("readable")).is_some());
    }
    assert!(mails > 2, "only {mails} mails");
}
