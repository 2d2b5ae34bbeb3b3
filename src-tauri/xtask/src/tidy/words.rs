//! No stand-ins in the tree: what is not done yet is an issue, not a note in a file.

use super::Finding;
use super::tree::Tree;

/// Spelt in parts, so that this file does not find itself.
const STAND_INS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];

const READ: &[&str] = &[
    "rs", "ts", "js", "svelte", "css", "html", "sql", "toml", "json", "md", "yml", "yaml", "py",
    "sh",
];

/// Every stand-in.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree
        .files()
        .iter()
        .filter(|file| READ.contains(&file.extension()))
    {
        for (line, text) in file.lines() {
            if let Some(word) = STAND_INS.iter().find(|word| has_word(text, word)) {
                let message =
                    format!("`{word}`: do it now, or file an issue and take the note out");
                found.push(Finding {
                    path: file.path.clone(),
                    line,
                    message,
                });
            }
        }
    }
    found
}

/// Whether the word stands there by itself and not as part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && (word.ends_with('(') || !after.is_some_and(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        check(&Tree::made_up(&[("a.rs", text)]))
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn each_stand_in_is_found_with_its_line() {
        let text = STAND_INS
            .iter()
            .map(|word| format!("// {word} later"))
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(lines(&text), [1, 2, 3, 4]);
    }

    #[test]
    fn a_word_that_only_contains_one_is_fine() {
        assert_eq!(
            lines(&format!("let auTO{}S = {}_LIST;", "DO", STAND_INS[0])),
            Vec::<usize>::new()
        );
    }

    #[test]
    fn pictures_are_not_read() {
        assert_eq!(check(&Tree::made_up(&[("icons/a.png", STAND_INS[0])])), []);
    }
}
