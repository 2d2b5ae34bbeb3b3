//! "No I/O, no clock" of the crates that decide, looked for in their text: `cargo metadata` shows what they depend on, but the standard
//! library is always there.

use super::Finding;
use super::arrows::PURE;
use super::tree::Tree;

/// What a file of a pure crate must not say, and what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    ("::now(", "the time is an argument"),
    ("std::fs", "files are read by `config` and `store`"),
    ("std::net", "the wire is the adapters'"),
    ("std::env", "settings are arguments"),
    ("async fn", "what decides never waits"),
    (".await", "what decides never waits"),
];

/// Every such word outside a comment.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in PURE {
        let folder = format!("src-tauri/crates/{name}/src/");
        for file in tree.below(&folder).filter(|file| file.extension() == "rs") {
            for (line, text) in file.lines() {
                let code = text.split("//").next().unwrap_or_default();
                let broken = FORBIDDEN.iter().filter(|(word, _)| code.contains(word));
                found.extend(broken.map(|(word, instead)| Finding {
                    path: file.path.clone(),
                    line,
                    message: format!("`{word}` in a crate without I/O and clock: {instead}"),
                }));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_in_a_pure_crate_is_found_and_elsewhere_it_is_fine() {
        let clock = "//! now\nlet t = Timestamp::now();\n";
        let found = check(&Tree::made_up(&[
            ("src-tauri/crates/reconcile/src/lib.rs", clock),
            ("src-tauri/crates/engine/src/lib.rs", clock),
        ]));
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .to_string()
                .starts_with("src-tauri/crates/reconcile/src/lib.rs:2: `::now(`"),
            "{found:?}"
        );
    }

    #[test]
    fn a_comment_may_speak_of_it() {
        let text = "//! No std::fs here.\n// and no .await\n";
        assert_eq!(
            check(&Tree::made_up(&[(
                "src-tauri/crates/model/src/lib.rs",
                text
            )])),
            []
        );
    }
}
