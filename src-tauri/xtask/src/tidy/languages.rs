//! The languages of the user interface say the same things: each file in `ui/src/i18n` has the same keys, and each sentence the same
//! placeholders. English is the measure. Whether a translation is good is for people to judge.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;
use super::tree::{File, Tree};

const FOLDER: &str = "ui/src/i18n/";
const MEASURE: &str = "ui/src/i18n/en.json";

/// Every sentence that one language has and another lacks, or says with other placeholders.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let files: Vec<&File> = tree
        .below(FOLDER)
        .filter(|file| file.extension() == "json")
        .collect();
    if files.is_empty() {
        return Vec::new();
    }
    let Some(measure) = files.iter().find(|file| file.path == MEASURE) else {
        return vec![Finding {
            path: MEASURE.to_owned(),
            line: 0,
            message: "English is the measure of the languages, but is missing".to_owned(),
        }];
    };
    let mut found = Vec::new();
    let english = sentences(measure, &mut found);
    for file in files.iter().filter(|file| file.path != MEASURE) {
        let other = sentences(file, &mut found);
        found.extend(missing(&english, &other, file));
        found.extend(missing(&other, &english, measure));
        found.extend(placeholders(&english, &other, file));
    }
    found
}

/// Every text by its key; the parts of a nested key are joined with dots.
fn sentences(file: &File, found: &mut Vec<Finding>) -> BTreeMap<String, String> {
    let mut sentences = BTreeMap::new();
    match serde_json::from_str::<Value>(&file.text) {
        Ok(value) => collect(&value, "", &mut sentences),
        Err(error) => found.push(Finding {
            path: file.path.clone(),
            line: error.line(),
            message: format!("not readable as JSON: {error}"),
        }),
    }
    for (key, _) in sentences.iter().filter(|(_, text)| text.trim().is_empty()) {
        found.push(Finding {
            path: file.path.clone(),
            line: line_of(file, key),
            message: format!("`{key}` says nothing"),
        });
    }
    sentences
}

fn collect(value: &Value, key: &str, sentences: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let key = if key.is_empty() {
                    name.clone()
                } else {
                    format!("{key}.{name}")
                };
                collect(member, &key, sentences);
            }
        }
        Value::String(text) => {
            sentences.insert(key.to_owned(), text.clone());
        }
        other => {
            sentences.insert(key.to_owned(), other.to_string());
        }
    }
}

fn missing(
    measure: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
    file: &File,
) -> Vec<Finding> {
    let keys = measure.keys().filter(|key| !other.contains_key(*key));
    keys.map(|key| Finding {
        path: file.path.clone(),
        line: 0,
        message: format!("`{key}` is missing here; another language has it"),
    })
    .collect()
}

fn placeholders(
    english: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
    file: &File,
) -> Vec<Finding> {
    let both = english
        .iter()
        .filter_map(|(key, text)| other.get(key).map(|translated| (key, text, translated)));
    both.filter(|(_, text, translated)| placeholders_of(text) != placeholders_of(translated))
        .map(|(key, text, _)| {
            let wanted: Vec<&str> = placeholders_of(text).into_iter().collect();
            let message = format!(
                "`{key}` must have the placeholders of the English text: {}",
                wanted.join(" ")
            );
            Finding {
                path: file.path.clone(),
                line: line_of(file, key),
                message,
            }
        })
        .collect()
}

/// `{count}` in "There are {count} conflicts".
fn placeholders_of(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.trim())
        .collect()
}

/// The first line that has the last part of the key; nested files may have it more than once, so it is a hint.
fn line_of(file: &File, key: &str) -> usize {
    let quoted = format!("\"{key}\"");
    let last = format!("\"{}\"", key.rsplit('.').next().unwrap_or(key));
    let line = |wanted: &str| {
        file.lines()
            .find(|(_, text)| text.contains(wanted))
            .map(|(line, _)| line)
    };
    line(&quoted).or_else(|| line(&last)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(english: &str, german: &str) -> Vec<String> {
        let tree = Tree::made_up(&[("ui/src/i18n/de.json", german), (MEASURE, english)]);
        check(&tree)
            .into_iter()
            .map(|finding| finding.to_string())
            .collect()
    }

    #[test]
    fn equal_keys_and_placeholders_are_fine() {
        let found = messages(
            r#"{"tray": {"quit": "Quit"}, "sum": "{count} of {all}"}"#,
            r#"{"sum": "von {all} nun {count}", "tray": {"quit": "Beenden"}}"#,
        );
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_key_that_one_language_lacks_is_found_in_both_directions() {
        let found = messages(
            r#"{"tray": {"quit": "Quit"}}"#,
            r#"{"tray": {"open": "Öffnen"}}"#,
        );
        assert_eq!(
            found,
            [
                "ui/src/i18n/de.json: `tray.quit` is missing here; another language has it",
                "ui/src/i18n/en.json: `tray.open` is missing here; another language has it",
            ]
        );
    }

    #[test]
    fn a_lost_placeholder_is_found_with_its_line() {
        let found = messages("{\n\"sum\": \"{count} new\"\n}", "{\n\n\"sum\": \"neu\"\n}");
        assert_eq!(
            found,
            ["ui/src/i18n/de.json:3: `sum` must have the placeholders of the English text: count"]
        );
    }

    #[test]
    fn an_empty_sentence_is_found() {
        assert_eq!(
            messages(r#"{"a": "x"}"#, r#"{"a": " "}"#),
            ["ui/src/i18n/de.json:1: `a` says nothing"]
        );
    }

    #[test]
    fn a_file_that_is_not_json_is_found() {
        assert!(
            messages("{}", "{")
                .iter()
                .any(|message| message.contains("not readable as JSON"))
        );
    }

    #[test]
    fn a_missing_measure_is_found() {
        assert_eq!(
            check(&Tree::made_up(&[("ui/src/i18n/de.json", "{}")])).len(),
            1
        );
    }
}
