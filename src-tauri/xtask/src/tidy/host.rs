//! The user interface has one door to Tauri, `ui/src/host/`, so that every screen opens in a plain browser.

use super::Finding;
use super::tree::Tree;

const DOOR: &str = "ui/src/host/";
const TAURI: &str = "@tauri-apps";

/// What stands in front of a package's name where it is imported, looked up or replaced; a mere mention is fine.
const IMPORTS: &[&str] = &["from ", "import ", "import(", "require(", "mock("];

/// Every import of Tauri's packages beside the door.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let beside = tree.below("ui/src/").filter(|file| {
        !file.path.starts_with(DOOR) && matches!(file.extension(), "ts" | "js" | "svelte")
    });
    beside
        .flat_map(|file| {
            let lines = file.lines().filter(|(_, line)| imports_tauri(line));
            lines.map(|(line, _)| Finding {
                path: file.path.clone(),
                line,
                message: format!(
                    "only {DOOR} uses {TAURI}; give it a function there and call that"
                ),
            })
        })
        .collect()
}

fn imports_tauri(line: &str) -> bool {
    IMPORTS.iter().any(|word| {
        ['\'', '"', '`']
            .iter()
            .any(|quote| line.contains(&format!("{word}{quote}{TAURI}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_may_use_tauri_and_nobody_else() {
        let import = "// x\nimport { invoke } from '@tauri-apps/api/core';\n";
        let found = check(&Tree::made_up(&[
            ("ui/src/host/app.ts", import),
            ("ui/src/views/Overview.svelte", import),
            ("ui/src/b.test.ts", import),
        ]));
        let places: Vec<String> = found
            .iter()
            .map(|finding| format!("{}:{}", finding.path, finding.line))
            .collect();
        assert_eq!(
            places,
            ["ui/src/views/Overview.svelte:2", "ui/src/b.test.ts:2"]
        );
    }

    #[test]
    fn a_test_may_name_what_it_looks_for() {
        let text = "// x\nexpect(name.startsWith('@tauri-apps/')).toBe(false);\n";
        assert_eq!(
            check(&Tree::made_up(&[("ui/src/structure.test.ts", text)])),
            []
        );
    }

    #[test]
    fn replacing_it_in_a_test_is_found_too() {
        let text = "// x\nvi.mock('@tauri-apps/api/core', () => ({}));\nawait import(\"@tauri-apps/api/core\");\n";
        assert_eq!(
            check(&Tree::made_up(&[("ui/src/a.test.ts", text)])).len(),
            2
        );
    }
}
