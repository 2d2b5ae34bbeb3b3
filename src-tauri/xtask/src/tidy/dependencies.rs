//! Every crate from outside that one of ours names has its row in ADR 0002: why it is here, what else was looked at, its licence.

use super::Finding;
use super::graph::Graph;
use super::tree::Tree;

const TABLE: &str = "src-tauri/docs/adr/0002-dependencies.md";

/// Every dependency without a row.
pub fn check(tree: &Tree, graph: &Graph) -> Vec<Finding> {
    let Some(table) = tree.file(TABLE) else {
        return vec![Finding {
            path: TABLE.to_owned(),
            line: 0,
            message: "the table of dependencies is missing".to_owned(),
        }];
    };
    let rows: Vec<&str> = table.text.lines().filter_map(row_name).collect();
    let mut found = Vec::new();
    for package in graph.own() {
        for (used, _) in graph
            .direct(package)
            .filter(|(used, _)| used.manifest.is_none())
        {
            if !rows.contains(&used.name.as_str()) {
                found.push(Finding {
                    path: package.manifest.clone().unwrap_or_default(),
                    line: 0,
                    message: format!("`{}` has no row in {TABLE}; say why it is here, what else was looked at, its licence", used.name),
                });
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A row opens with the crate's name in backquotes.
fn row_name(line: &str) -> Option<&str> {
    line.trim_start()
        .strip_prefix("| `")?
        .split_once('`')
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::super::graph::Use;
    use super::*;

    fn graph() -> Graph {
        Graph::made_up(&[(
            "store",
            &[
                ("*sqlx", Use::Program),
                ("*proptest", Use::Tests),
                ("model", Use::Program),
            ],
        )])
    }

    #[test]
    fn dependencies_with_a_row_are_fine() {
        let tree = Tree::made_up(&[(
            TABLE,
            "| Crate | Why |\n|--|--|\n| `sqlx` | state |\n| `proptest` | tests |\n",
        )]);
        assert_eq!(check(&tree, &graph()), []);
    }

    #[test]
    fn a_dependency_without_a_row_is_found() {
        let tree = Tree::made_up(&[(
            TABLE,
            "| `sqlx` | state |\nproptest is mentioned, but has no row\n",
        )]);
        let found = check(&tree, &graph());
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .to_string()
                .starts_with("store/Cargo.toml: `proptest` has no row"),
            "{found:?}"
        );
    }

    #[test]
    fn a_missing_table_is_found() {
        assert_eq!(check(&Tree::default(), &graph()).len(), 1);
    }
}
