//! `exco policy`: what the organisation has set, and whether a file can be used as a policy.

use std::path::PathBuf;

use config::{Configuration, LoadedPolicy, PolicyEntry, PolicyPlace, Profile, SetBy};
use serde_json::{Value, json};
use texts::Texts;

use crate::arguments::Policy;
use crate::exit::Exit;
use crate::output::Output;
use crate::table::Table;

/// Shows the values that hold, or checks a file.
pub fn run(output: &Output, what: &Policy, profile: Option<PathBuf>) -> ports::Result<Exit> {
    match what {
        Policy::Show => {
            let profile = Profile::open(profile)?;
            let configuration = Configuration::load(&PolicyPlace::of_process(), &profile)?;
            show(output, &configuration);
        }
        Policy::Check { file } => {
            let policy = LoadedPolicy::read(file)?;
            check(output, &policy);
        }
    }
    Ok(Exit::Done)
}

fn show(output: &Output, configuration: &Configuration) {
    let entries = configuration.entries();
    let policy = &configuration.policy;
    let shown = json!({
        "file": policy.file,
        "values": entries.iter().map(value).collect::<Vec<_>>(),
        "unknown_keys": policy.warnings,
    });
    output.show(&shown, || {
        let texts = output.texts;
        let mut text = match &policy.file {
            Some(file) => {
                let file = file.display().to_string();
                texts.fill("cli.policy.file", &[("file", &file)])
            }
            None => texts.t("cli.policy.none"),
        };
        text.push_str("\n\n");
        text + &table(texts, &entries).text() + &warnings(texts, policy)
    });
}

fn check(output: &Output, policy: &LoadedPolicy) {
    let entries: Vec<PolicyEntry> = policy
        .entries()
        .into_iter()
        .filter(|entry| entry.set_by == SetBy::Policy)
        .collect();
    let shown = json!({
        "file": policy.file,
        "values": entries.iter().map(value).collect::<Vec<_>>(),
        "unknown_keys": policy.warnings,
    });
    output.show(&shown, || {
        let texts = output.texts;
        let set = texts.count("cli.policy.usable", entries.len() as u64, &[]);
        format!(
            "{set}\n\n{}{}",
            table(texts, &entries).text(),
            warnings(texts, policy)
        )
    });
}

fn value(entry: &PolicyEntry) -> Value {
    json!({"key": entry.key, "value": entry.value, "set_by": entry.set_by.name()})
}

fn table(texts: Texts, entries: &[PolicyEntry]) -> Table {
    let mut table = Table::new();
    for entry in entries {
        let set_by = texts.t(&format!("cli.policy.set_by.{}", entry.set_by.name()));
        table.row([entry.key.clone(), entry.value.clone(), set_by]);
    }
    table
}

fn warnings(texts: Texts, policy: &LoadedPolicy) -> String {
    policy
        .warnings
        .iter()
        .map(|key| texts.fill("cli.policy.unknown_key", &[("key", key)]) + "\n")
        .collect()
}
