//! Who may use whom, as `src-tauri/docs/ARCHITECTURE.md` draws it. Arrows between our own crates are checked one by one against a table that
//! names every crate, so a new crate needs a row; what a crate must never reach from outside is followed through all its dependencies.

use super::Finding;
use super::graph::{Graph, Package, Use};
use crate::workspace::APP_PACKAGE;

/// What each crate may use of ours in its program. A test may use the same, the sandbox, and what `IN_TESTS` adds.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("mapping", &["model"]),
    ("reconcile", &["mapping", "model"]),
    ("mail", &["model"]),
    ("ports", &["model"]),
    (
        "engine",
        &["reconcile", "mapping", "mail", "ports", "model"],
    ),
    ("store", &["ports", "model"]),
    ("transport", &["ports", "model"]),
    // On their wires are names of zones, of Exchange's also patterns of series: facts about time that `mapping` knows, none of its
    // rules.
    ("mailbox-ews", &["ports", "model", "transport", "mapping"]),
    ("mailbox-graph", &["ports", "model", "transport"]),
    (
        "crm-webservice",
        &["ports", "model", "transport", "mapping"],
    ),
    ("oauth", &["ports", "model", "transport"]),
    ("config", &["ports", "model"]),
    ("secrets", &["ports", "model"]),
    ("texts", &["model"]),
    (
        "controller",
        &[
            "model",
            "mapping",
            "reconcile",
            "ports",
            "engine",
            "store",
            "transport",
            "mailbox-ews",
            "mailbox-graph",
            "crm-webservice",
            "oauth",
            "config",
            "secrets",
            "texts",
        ],
    ),
    ("cli", &["controller", "texts", "config", "ports", "model"]),
    (
        APP_PACKAGE,
        &["controller", "texts", "config", "ports", "model"],
    ),
    ("sandbox", &[]),
    ("xtask", &[]),
];

/// The scenario crate puts the whole product together and may use all of it but the window.
const SCENARIOS: &str = "scenarios";

/// Both ends of the wire are written from the papers, each by itself; a crate that both used would hide a misreading.
const SANDBOX: &str = "sandbox";

/// What tests may use in addition.
const IN_TESTS: &[(&str, &[&str])] = &[("engine", &["store"])];

/// Decides without I/O and without a clock.
pub const PURE: &[&str] = &["model", "mapping", "reconcile", "mail"];

const IO: &[&str] = &["tokio", "sqlx", "reqwest", "hyper", "mio", "libsqlite3-sys"];

const WINDOW: &[&str] = &[
    "tauri",
    "wry",
    "tao",
    "webkit2gtk",
    "javascriptcore-rs",
    "gtk",
];

/// Every arrow that must not be.
pub fn check(graph: &Graph) -> Vec<Finding> {
    graph
        .own()
        .flat_map(|package| {
            let mut found = own_arrows(graph, package);
            found.extend(window(graph, package));
            found.extend(io(graph, package));
            found
        })
        .collect()
}

fn own_arrows(graph: &Graph, package: &Package) -> Vec<Finding> {
    let name = package.name.as_str();
    let allowed = ALLOWED
        .iter()
        .find(|(of, _)| *of == name)
        .map(|(_, allowed)| *allowed);
    if allowed.is_none() && name != SCENARIOS {
        return vec![finding(
            package,
            format!(
                "the crate `{name}` has no row in xtask's table of arrows (tidy/arrows.rs); add one"
            ),
        )];
    }
    let used = graph
        .direct(package)
        .filter(|(to, _)| to.manifest.is_some() && to.name != name);
    used.filter(|(to, when)| match allowed {
        Some(allowed) => !may_use(name, allowed, &to.name, *when),
        None => to.name == APP_PACKAGE,
    })
    .map(|(to, when)| {
        let allowed = allowed.unwrap_or_default().join(", ");
        finding(
            package,
            format!(
                "`{name}` uses `{}`{}; it may use: {allowed}",
                to.name,
                shown(when)
            ),
        )
    })
    .collect()
}

fn may_use(name: &str, allowed: &[&str], to: &str, when: Use) -> bool {
    if allowed.contains(&to) {
        return true;
    }
    let more = IN_TESTS
        .iter()
        .find(|(of, _)| *of == name)
        .map_or(&[][..], |(_, more)| *more);
    when == Use::Tests && name != SANDBOX && (to == SANDBOX || more.contains(&to))
}

fn window(graph: &Graph, package: &Package) -> Option<Finding> {
    if package.name == APP_PACKAGE {
        return None;
    }
    let is_window = |name: &str| {
        WINDOW.contains(&name) || name.starts_with("tauri-") || name.starts_with("webkit2gtk-")
    };
    let way = graph.way(package, &[Use::Program, Use::Build, Use::Tests], is_window)?;
    Some(finding(
        package,
        format!(
            "`{}` must build without a window, but reaches {}",
            package.name,
            way.join(" -> ")
        ),
    ))
}

fn io(graph: &Graph, package: &Package) -> Option<Finding> {
    if !PURE.contains(&package.name.as_str()) {
        return None;
    }
    let way = graph.way(package, &[Use::Program], |name| IO.contains(&name))?;
    Some(finding(
        package,
        format!(
            "`{}` decides without I/O, but reaches {}",
            package.name,
            way.join(" -> ")
        ),
    ))
}

fn shown(when: Use) -> &'static str {
    match when {
        Use::Program => "",
        Use::Build => " in its build script",
        Use::Tests => " in its tests",
    }
}

fn finding(package: &Package, message: String) -> Finding {
    Finding {
        path: package.manifest.clone().unwrap_or_default(),
        line: 0,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::Use::{Build, Program, Tests};
    use super::*;

    fn messages(arrows: &[(&str, &[(&str, Use)])]) -> Vec<String> {
        check(&Graph::made_up(arrows))
            .into_iter()
            .map(|finding| finding.to_string())
            .collect()
    }

    #[test]
    fn the_arrows_of_the_papers_are_fine() {
        let found = messages(&[
            ("cli", &[("controller", Program), ("sandbox", Tests)]),
            (
                "controller",
                &[
                    ("engine", Program),
                    ("store", Program),
                    ("mailbox-ews", Program),
                ],
            ),
            (
                "engine",
                &[("reconcile", Program), ("ports", Program), ("store", Tests)],
            ),
            (
                "mailbox-ews",
                &[
                    ("ports", Program),
                    ("transport", Program),
                    ("*tokio", Program),
                ],
            ),
            (
                "scenarios",
                &[("controller", Program), ("sandbox", Program)],
            ),
            (
                APP_PACKAGE,
                &[
                    ("controller", Program),
                    ("*tauri", Program),
                    ("*tauri-build", Build),
                ],
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn an_adapter_that_uses_the_engine_is_found() {
        let found = messages(&[("mailbox-ews", &[("engine", Program)])]);
        assert_eq!(
            found,
            [
                "mailbox-ews/Cargo.toml: `mailbox-ews` uses `engine`; it may use: ports, model, transport, mapping"
            ]
        );
    }

    #[test]
    fn adapters_do_not_use_each_other_not_even_in_tests() {
        let found = messages(&[("crm-webservice", &[("mailbox-ews", Tests)])]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("in its tests"), "{found:?}");
    }

    #[test]
    fn the_sandbox_uses_nothing_of_ours_not_even_in_tests() {
        let found = messages(&[("sandbox", &[("model", Tests), ("mailbox-ews", Program)])]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn only_tests_use_the_sandbox() {
        assert_eq!(
            messages(&[("controller", &[("sandbox", Program)])]).len(),
            1
        );
        assert_eq!(messages(&[("controller", &[("sandbox", Tests)])]).len(), 0);
    }

    #[test]
    fn a_pure_crate_that_reaches_tokio_is_found_with_the_way() {
        let found = messages(&[
            ("reconcile", &[("mapping", Program)]),
            ("mapping", &[("*nice-crate", Program)]),
            ("*nice-crate", &[("*tokio", Program)]),
        ]);
        assert_eq!(
            found,
            [
                "mapping/Cargo.toml: `mapping` decides without I/O, but reaches nice-crate -> tokio",
                "reconcile/Cargo.toml: `reconcile` decides without I/O, but reaches mapping -> nice-crate -> tokio",
            ]
        );
    }

    #[test]
    fn a_pure_crate_may_have_tokio_in_its_tests_only() {
        assert_eq!(
            messages(&[("model", &[("*tokio", Tests)])]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_window_is_found_behind_any_crate_and_in_tests() {
        let found = messages(&[
            ("secrets", &[("*tray", Tests)]),
            ("*tray", &[("*gtk", Program)]),
        ]);
        assert_eq!(
            found,
            ["secrets/Cargo.toml: `secrets` must build without a window, but reaches tray -> gtk"]
        );
    }

    #[test]
    fn what_only_the_tests_of_a_dependency_use_does_not_count() {
        let found = messages(&[
            ("secrets", &[("*keyring", Program)]),
            ("*keyring", &[("*gtk", Tests)]),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn the_scenarios_do_not_use_the_app() {
        assert_eq!(
            messages(&[("scenarios", &[(APP_PACKAGE, Program)])]).len(),
            1
        );
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let found = messages(&[("novelty", &[("model", Program)])]);
        assert!(found[0].contains("no row"), "{found:?}");
    }
}
