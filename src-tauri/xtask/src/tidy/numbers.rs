//! Requirement numbers: what a test names exists, every promise that the README prints has a test of its number, and our short list of
//! the numbers equals the founders' where that lies beside the clone.
//!
//! Rust tests carry the number in front of their name (`r2_2_first_blank_…`, `s10_…`), tests of the user interface in their title.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::{File, Tree};

const LIST: &str = "src-tauri/docs/requirements.md";
const README: &str = "README.md";

/// Every unknown number, every promise without a test, and every difference between the two lists.
pub fn check(tree: &Tree, founders: Option<&str>) -> Vec<Finding> {
    let Some(list) = tree.file(LIST) else {
        return vec![Finding {
            path: LIST.to_owned(),
            line: 0,
            message: "the list of requirement numbers is missing".to_owned(),
        }];
    };
    let known = numbers_of(&list.text);
    let named: Vec<(&File, usize, String)> = tree
        .files()
        .iter()
        .flat_map(|file| {
            named_in(file)
                .into_iter()
                .map(move |(line, number)| (file, line, number))
        })
        .collect();
    let unknown = named
        .iter()
        .filter(|(_, _, number)| !known.contains(number));
    let mut found: Vec<Finding> = unknown
        .map(|(file, line, number)| Finding {
            path: file.path.clone(),
            line: *line,
            message: format!("a test names {number}, which is not in {LIST}; correct the name"),
        })
        .collect();
    let tested: BTreeSet<&str> = named.iter().map(|(_, _, number)| number.as_str()).collect();
    found.extend(untested_promises(tree, &tested));
    if let Some(founders) = founders {
        found.extend(differences(&known, &numbers_of(founders)));
    }
    found
}

fn untested_promises(tree: &Tree, tested: &BTreeSet<&str>) -> Vec<Finding> {
    let Some(readme) = tree.file(README) else {
        return Vec::new();
    };
    let promised = numbers_of(&readme.text);
    let untested = promised
        .iter()
        .filter(|number| !tested.contains(number.as_str()));
    let untested = untested.map(|number| {
        format!("{number} is promised, but no test has it in its name; write the test, or take the promise out")
    });
    let misnamed = promises(&readme.text).filter_map(|(number, test)| misnamed(tree, number, test));
    untested
        .chain(misnamed)
        .map(|message| Finding {
            path: README.to_owned(),
            line: 0,
            message,
        })
        .collect()
}

/// What is wrong with the test that a promise names.
fn misnamed(tree: &Tree, number: &str, test: Option<&str>) -> Option<String> {
    let Some(test) = test else {
        return Some(format!(
            "{number} is promised without the name of a test; put it behind the sentence"
        ));
    };
    let definition = format!("fn {test}(");
    let is_there = tree
        .files()
        .iter()
        .any(|file| file.text.contains(&definition));
    let has_number = test.contains(&format!("{}_", number.to_lowercase()));
    (!is_there || !has_number).then(|| {
        format!(
            "{number} names the test {test}, which is not there or has another number in its name"
        )
    })
}

/// The promises, each with the test that it names.
fn promises(readme: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let bullets = readme.lines().filter_map(|line| line.strip_prefix("- "));
    bullets.filter_map(|bullet| {
        let (number, rest) = bullet.split_once(' ')?;
        let is_promise = is_number(number) && number.starts_with('S');
        is_promise.then(|| (number, rest.split('`').nth(1)))
    })
}

/// The numbers of a list: each stands at the beginning of a bullet.
fn numbers_of(text: &str) -> BTreeSet<String> {
    let bullets = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("- "));
    bullets
        .filter_map(|bullet| bullet.split_whitespace().next())
        .filter(|word| is_number(word))
        .map(str::to_owned)
        .collect()
}

fn is_number(word: &str) -> bool {
    let all_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    match (
        word.strip_prefix('R').and_then(|rest| rest.split_once('.')),
        word.strip_prefix('S'),
    ) {
        (Some((section, number)), _) => all_digits(section) && all_digits(number),
        (None, Some(number)) => all_digits(number),
        (None, None) => false,
    }
}

fn differences(known: &BTreeSet<String>, founders: &BTreeSet<String>) -> Vec<Finding> {
    let missing = founders
        .difference(known)
        .map(|number| format!("{number} is in REQUIREMENTS.md but not here; add it"));
    let stale = known
        .difference(founders)
        .map(|number| format!("{number} is not in REQUIREMENTS.md; take it out"));
    missing
        .chain(stale)
        .map(|message| Finding {
            path: LIST.to_owned(),
            line: 0,
            message,
        })
        .collect()
}

fn named_in(file: &File) -> Vec<(usize, String)> {
    let of_line: fn(&str) -> Vec<String> = match file.extension() {
        "rs" => in_rust_name,
        "ts" => in_test_title,
        _ => return Vec::new(),
    };
    file.lines()
        .flat_map(|(line, text)| of_line(text).into_iter().map(move |number| (line, number)))
        .collect()
}

/// `fn r2_2_r2_3_names…` names R2.2 and R2.3; `mod s1_crash` names S1.
fn in_rust_name(line: &str) -> Vec<String> {
    let line = line.trim_start();
    let Some(at) = ["fn ", "mod "]
        .iter()
        .find_map(|word| after_word(line, word))
    else {
        return Vec::new();
    };
    let name = line[at..]
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next()
        .unwrap_or_default();
    leading_numbers(name)
}

/// Where the word's end is, if it opens the line or stands behind `pub` or `async`.
fn after_word(line: &str, word: &str) -> Option<usize> {
    let at = line.find(word)?;
    let modifiers = line[..at]
        .split_whitespace()
        .all(|part| part == "async" || part.starts_with("pub"));
    modifiers.then_some(at + word.len())
}

fn leading_numbers(name: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut parts = name.split('_').peekable();
    while let Some(part) = parts.next() {
        let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        match (
            part.strip_prefix('r').filter(|rest| digits(rest)),
            part.strip_prefix('s').filter(|rest| digits(rest)),
        ) {
            (Some(section), _) => match parts.next_if(|next| digits(next)) {
                Some(number) => numbers.push(format!("R{section}.{number}")),
                None => break,
            },
            (None, Some(number)) => numbers.push(format!("S{number}")),
            (None, None) => break,
        }
    }
    numbers
}

/// `it('R10.3 shows German', …)` names R10.3.
fn in_test_title(line: &str) -> Vec<String> {
    let line = line.trim_start();
    let is_test = ["it(", "it.each", "test(", "test.each", "describe("]
        .iter()
        .any(|call| line.starts_with(call));
    if !is_test {
        return Vec::new();
    }
    let words = line
        .split(|c: char| !(c.is_alphanumeric() || c == '.'))
        .map(|word| word.trim_end_matches('.'));
    words
        .filter(|word| is_number(word))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: (&str, &str) = (
        LIST,
        "# Numbers\n- R2.2 names\n- R2.3 organisations\n- S1 crash\n- S10 untouched\n",
    );

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&Tree::made_up(&[KNOWN, (path, text)]), None)
            .into_iter()
            .map(|finding| finding.to_string())
            .collect()
    }

    #[test]
    fn known_numbers_are_fine() {
        let text = "fn r2_2_first_blank() {}\n    pub async fn s10_picture() {}\nfn r2_2_r2_3_both() {}\nmod s1_crash {}\n";
        assert_eq!(messages("tests/a.rs", text), Vec::<String>::new());
    }

    #[test]
    fn an_unknown_number_is_found_with_its_line() {
        let found = messages(
            "tests/a.rs",
            "//! x\nfn r2_2_fine() {}\nfn r2_9_nothing() {}\nasync fn s13_nothing() {}\n",
        );
        assert_eq!(
            found,
            [
                format!(
                    "tests/a.rs:3: a test names R2.9, which is not in {LIST}; correct the name"
                ),
                format!("tests/a.rs:4: a test names S13, which is not in {LIST}; correct the name"),
            ]
        );
    }

    #[test]
    fn the_second_of_two_numbers_is_looked_at_too() {
        assert_eq!(messages("tests/a.rs", "fn r2_2_s99_both() {}").len(), 1);
    }

    #[test]
    fn ordinary_names_name_no_number() {
        let text = "fn read_2_lines() {}\nfn s() {}\nfn r7() {}\nfn sha256() {}\nlet r9_9_x = 1;\n// fn r9_9 in a sentence\n";
        assert_eq!(messages("src-tauri/a.rs", text), Vec::<String>::new());
    }

    #[test]
    fn titles_of_user_interface_tests_are_looked_at() {
        assert_eq!(
            messages(
                "ui/src/a.test.ts",
                "  it('R2.2 and R10.9: names', () => {\nconst R99.1 = 1;\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_promise_of_the_readme_needs_a_test() {
        let readme = (
            README,
            "# It\n- S1 nothing is lost. `s1_kill_at_every_step`\n- S10 nothing else is touched. `s1_kill_at_every_step`\n\
             - S1 once more\n- R2 is no number\n",
        );
        let test = ("tests/a.rs", "fn s1_kill_at_every_step() {}\n");
        let found = check(&Tree::made_up(&[KNOWN, readme, test]), None);
        let messages: Vec<String> = found
            .into_iter()
            .map(|finding| finding.to_string())
            .collect();
        assert_eq!(
            messages,
            [
                "README.md: S10 is promised, but no test has it in its name; write the test, or take the promise out",
                "README.md: S10 names the test s1_kill_at_every_step, which is not there or has another number in its name",
                "README.md: S1 is promised without the name of a test; put it behind the sentence",
            ]
        );
    }

    #[test]
    fn the_list_must_equal_the_founders() {
        let founders = "## 2\n- R2.2 long text\n  - R2.3 more\n- S1 crash\n- S2 a number we lack\nR5.5 in a sentence\n";
        let found = check(&Tree::made_up(&[KNOWN]), Some(founders));
        let messages: Vec<String> = found.into_iter().map(|finding| finding.message).collect();
        assert_eq!(
            messages,
            [
                "S2 is in REQUIREMENTS.md but not here; add it",
                "S10 is not in REQUIREMENTS.md; take it out"
            ]
        );
    }

    #[test]
    fn a_missing_list_is_found() {
        assert_eq!(check(&Tree::default(), None).len(), 1);
    }
}
