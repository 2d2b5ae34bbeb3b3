//! Each source file opens by saying what it is for: Rust files with `//!`, TypeScript and Svelte files with a comment.

use super::Finding;
use super::tree::{File, Tree};

/// Every file without a header.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let rust = tree
        .below("src-tauri/")
        .chain(tree.below("tests/"))
        .filter(|file| file.extension() == "rs");
    let rust = rust
        .filter(|file| !opens_with_inner_doc(file))
        .map(|file| without(file, "`//!`"));
    let ui = tree.below("ui/src/").filter(|file| match file.extension() {
        "ts" => !opens_with_comment(file),
        "svelte" => !opens_with_markup_comment(file),
        _ => false,
    });
    rust.chain(ui.map(|file| without(file, "a comment")))
        .collect()
}

fn opens_with_inner_doc(file: &File) -> bool {
    first_lines(file)
        .next()
        .is_some_and(|line| line.strip_prefix("//!").is_some_and(says_something))
}

fn opens_with_comment(file: &File) -> bool {
    let mut lines = first_lines(file);
    match lines.next() {
        Some(line) if line.starts_with("/*") => {
            says_something(line.trim_start_matches(['/', '*']))
                || lines
                    .next()
                    .is_some_and(|line| says_something(line.trim_start_matches('*')))
        }
        Some(line) => line.strip_prefix("//").is_some_and(says_something),
        None => false,
    }
}

/// A component may say it in front of its script or as the script's first line.
fn opens_with_markup_comment(file: &File) -> bool {
    let mut lines = first_lines(file);
    match lines.next() {
        Some(line) if line.starts_with("<!--") => true,
        Some(line) if line.starts_with("<script") => lines
            .next()
            .is_some_and(|line| line.starts_with("//") || line.starts_with("/*")),
        _ => false,
    }
}

fn first_lines(file: &File) -> impl Iterator<Item = &str> {
    file.text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
}

fn says_something(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}

fn without(file: &File, what: &str) -> Finding {
    Finding {
        path: file.path.clone(),
        line: 1,
        message: format!(
            "open the file with {what} that says what it is for, and what is not here"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::made_up(files))
            .into_iter()
            .map(|finding| finding.path)
            .collect()
    }

    #[test]
    fn files_that_say_what_they_are_for_are_fine() {
        let found = paths(&[
            (
                "src-tauri/crates/model/src/lib.rs",
                "\n//! The words of the product.\nfn a() {}\n",
            ),
            ("ui/src/main.ts", "// Starts the window.\n"),
            (
                "ui/src/host/app.ts",
                "/**\n * The only door to Tauri.\n */\n",
            ),
            (
                "ui/src/App.svelte",
                "<!-- The window. -->\n<script lang=\"ts\">\n",
            ),
            (
                "ui/src/Count.svelte",
                "<script lang=\"ts\">\n  // One count with its name.\n</script>\n",
            ),
            ("ui/src/app.css", "body {}"),
            ("ui/vite.config.ts", "export default {}"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_file_without_a_header_is_found() {
        let bad = [
            ("src-tauri/build.rs", "fn main() {}\n"),
            (
                "src-tauri/crates/model/src/ids.rs",
                "/// An id.\nstruct Id;\n",
            ),
            ("src-tauri/crates/model/src/empty.rs", "//!\n"),
            ("tests/scenarios/first.rs", "use a::b;\n//! too late\n"),
            ("ui/src/main.ts", "import a from 'a';\n"),
            (
                "ui/src/App.svelte",
                "<script lang=\"ts\">\n  import a from 'a';\n",
            ),
        ];
        assert_eq!(paths(&bad), bad.map(|(path, _)| path.to_owned()));
    }
}
