//! The packages of the build and who uses whom, as `cargo metadata` tells it. What may be used is not known here.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::error::{Outcome, XtaskError};

/// When a dependency is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// By the program.
    Program,
    /// By the build script.
    Build,
    /// By tests only.
    Tests,
}

/// One package and what it uses.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its `Cargo.toml`, from the project's root; only for our own.
    pub manifest: Option<String>,
    /// What it uses, by place in the graph.
    uses: Vec<(usize, Use)>,
}

/// All packages of the build.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    packages: Vec<Package>,
}

impl Graph {
    /// Reads the answer of `cargo metadata`.
    pub fn read(metadata: &str) -> Outcome<Self> {
        let metadata: Value =
            serde_json::from_str(metadata).map_err(|error| unreadable(&error.to_string()))?;
        let root = text(&metadata["workspace_root"])?;
        let members: BTreeSet<&str> = list(&metadata["workspace_members"])?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let mut places = BTreeMap::new();
        let mut packages = Vec::new();
        for package in list(&metadata["packages"])? {
            let id = text(&package["id"])?;
            let manifest = text(&package["manifest_path"])?;
            let manifest = members.contains(id).then(|| relative(manifest, root));
            places.insert(id, packages.len());
            packages.push(Package {
                name: text(&package["name"])?.to_owned(),
                manifest,
                uses: Vec::new(),
            });
        }
        for node in list(&metadata["resolve"]["nodes"])? {
            let from = place(&places, text(&node["id"])?)?;
            packages[from].uses = uses(node, &places)?;
        }
        Ok(Self { packages })
    }

    /// How many packages there are.
    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Our own packages.
    pub fn own(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.manifest.is_some())
    }

    /// What a package names in its own `Cargo.toml`.
    pub fn direct<'a>(&'a self, package: &'a Package) -> impl Iterator<Item = (&'a Package, Use)> {
        package
            .uses
            .iter()
            .map(|&(to, when)| (&self.packages[to], when))
    }

    /// The shortest way from a package to one that is looked for. The first step may be any in `first`; a dependency's own tests
    /// are never built, so later steps are those of its program and its build script.
    pub fn way(
        &self,
        from: &Package,
        first: &[Use],
        wanted: impl Fn(&str) -> bool,
    ) -> Option<Vec<&str>> {
        let start = from
            .uses
            .iter()
            .filter(|(_, when)| first.contains(when))
            .map(|&(to, _)| to);
        let mut came_from: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        let mut open: VecDeque<usize> = VecDeque::new();
        for to in start {
            if came_from.insert(to, None).is_none() {
                open.push_back(to);
            }
        }
        while let Some(at) = open.pop_front() {
            if wanted(&self.packages[at].name) {
                return Some(self.names_along(&came_from, at));
            }
            for &(to, when) in &self.packages[at].uses {
                if when != Use::Tests && !came_from.contains_key(&to) {
                    came_from.insert(to, Some(at));
                    open.push_back(to);
                }
            }
        }
        None
    }

    fn names_along(&self, came_from: &BTreeMap<usize, Option<usize>>, end: usize) -> Vec<&str> {
        let mut names = vec![self.packages[end].name.as_str()];
        let mut at = end;
        while let Some(Some(before)) = came_from.get(&at) {
            names.push(self.packages[*before].name.as_str());
            at = *before;
        }
        names.reverse();
        names
    }
}

fn uses(node: &Value, places: &BTreeMap<&str, usize>) -> Outcome<Vec<(usize, Use)>> {
    let mut uses = BTreeSet::new();
    for dependency in list(&node["deps"])? {
        let to = place(places, text(&dependency["pkg"])?)?;
        for kind in list(&dependency["dep_kinds"])? {
            let when = match kind["kind"].as_str() {
                None => Use::Program,
                Some("build") => Use::Build,
                Some("dev") => Use::Tests,
                Some(other) => {
                    return Err(unreadable(&format!("unknown kind of dependency `{other}`")));
                }
            };
            uses.insert((to, when));
        }
    }
    Ok(uses.into_iter().collect())
}

fn relative(path: &str, root: &str) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .trim_start_matches(['/', '\\'])
        .replace('\\', "/")
}

fn place(places: &BTreeMap<&str, usize>, id: &str) -> Outcome<usize> {
    places
        .get(id)
        .copied()
        .ok_or_else(|| unreadable(&format!("package `{id}` is not listed")))
}

fn text(value: &Value) -> Outcome<&str> {
    value
        .as_str()
        .ok_or_else(|| unreadable("a text is missing"))
}

fn list(value: &Value) -> Outcome<&Vec<Value>> {
    value
        .as_array()
        .ok_or_else(|| unreadable("a list is missing"))
}

fn unreadable(why: &str) -> XtaskError {
    XtaskError::Answer {
        what: "cargo metadata".to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
impl Graph {
    /// A graph of given arrows, for trying the rules. A name with a `*` in front is a package from outside.
    pub fn made_up(arrows: &[(&str, &[(&str, Use)])]) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for (from, to) in arrows {
            names.push(from);
            names.extend(to.iter().map(|(name, _)| *name));
        }
        names.sort_unstable();
        names.dedup();
        let at = |name: &str| {
            names
                .iter()
                .position(|other| *other == name)
                .expect("every name was collected above")
        };
        let mut packages: Vec<Package> = names.iter().map(|name| made_up_package(name)).collect();
        for (from, to) in arrows {
            packages[at(from)].uses = to.iter().map(|(name, when)| (at(name), *when)).collect();
        }
        Self { packages }
    }
}

#[cfg(test)]
fn made_up_package(name: &str) -> Package {
    match name.strip_prefix('*') {
        Some(outside) => Package {
            name: outside.to_owned(),
            manifest: None,
            uses: Vec::new(),
        },
        None => Package {
            name: name.to_owned(),
            manifest: Some(format!("{name}/Cargo.toml")),
            uses: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_cargo_metadata_is_read() {
        let answer = r#"{"workspace_root": "/p", "workspace_members": ["a 1"],
            "packages": [{"id": "a 1", "name": "model", "manifest_path": "/p/crates/model/Cargo.toml"},
                         {"id": "b 1", "name": "tokio", "manifest_path": "/elsewhere/Cargo.toml"}],
            "resolve": {"nodes": [
                {"id": "a 1", "deps": [{"pkg": "b 1", "dep_kinds": [{"kind": "dev"}, {"kind": null}]}]},
                {"id": "b 1", "deps": []}]}}"#;
        let graph = Graph::read(answer).expect("the answer is well formed");
        let own: Vec<&Package> = graph.own().collect();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].manifest.as_deref(), Some("crates/model/Cargo.toml"));
        let used: Vec<(&str, Use)> = graph
            .direct(own[0])
            .map(|(to, when)| (to.name.as_str(), when))
            .collect();
        assert_eq!(used, [("tokio", Use::Program), ("tokio", Use::Tests)]);
    }

    #[test]
    fn an_answer_that_is_cut_short_is_an_error() {
        assert!(Graph::read(r#"{"workspace_root": "/p"}"#).is_err());
    }
}
