//! What is known about the server, kept in memory and handed out as text, so that a program that runs once need not ask again.
//! Only what can be asked again lives here: losing it costs requests and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use model::Field;
use serde::{Deserialize, Serialize};
use tracing::debug;

use crate::convert::Mapping;
use crate::convert::times::Found;
use crate::wire::Module;
use crate::wire::module::ListedType;

/// How long anything here is believed.
pub const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long the user's rights are believed.
pub const SOME_HOURS: SignedDuration = SignedDuration::from_hours(4);

const FORMAT: u32 = 2;

/// Whether the server has an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// It worked.
    Present,
    /// It did not.
    Absent,
}

/// What is known about one server and user.
#[derive(Debug)]
pub struct Knowledge(Mutex<Content>);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Content {
    format: u32,
    place: String,
    user: String,
    modules: BTreeMap<String, Described>,
    types: Option<Listed>,
    sync: BTreeMap<String, Tried>,
    revise: Option<Tried>,
    zone: Option<Found>,
    shown_fields: BTreeMap<String, BTreeSet<Field>>,
    key_columns: BTreeMap<String, usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Described {
    at: Timestamp,
    /// `None`: closed for this user.
    module: Option<Module>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Listed {
    at: Timestamp,
    types: Vec<ListedType>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Tried {
    at: Timestamp,
    support: Support,
}

impl Knowledge {
    /// What `exported` holds, if it is about this place and user, else nothing.
    pub fn new(exported: Option<&str>, place: &str, user: &str) -> Self {
        let read = exported.and_then(|text| serde_json::from_str::<Content>(text).ok());
        let ours = |content: &Content| {
            content.format == FORMAT && content.place == place && content.user == user
        };
        let content = match read.filter(ours) {
            Some(content) => content,
            None => {
                debug!(
                    given = exported.is_some(),
                    "nothing known about the CRM yet"
                );
                Content {
                    format: FORMAT,
                    place: place.to_owned(),
                    user: user.to_owned(),
                    ..Content::default()
                }
            }
        };
        Self(Mutex::new(content))
    }

    /// All of it as text.
    pub fn export(&self) -> String {
        serde_json::to_string(&*self.content()).expect("text keys and plain values are JSON")
    }

    /// A module described no longer ago than this.
    pub fn module(&self, name: &str, now: Timestamp, age: SignedDuration) -> Option<Module> {
        let content = self.content();
        let described = content.modules.get(name)?;
        described
            .module
            .clone()
            .filter(|_| is_young(described.at, now, age))
    }

    /// Whether the module was found closed some hours ago at most.
    pub fn is_closed(&self, name: &str, now: Timestamp) -> bool {
        self.content().modules.get(name).is_some_and(|described| {
            described.module.is_none() && is_young(described.at, now, SOME_HOURS)
        })
    }

    /// Keeps what `describe` told; `None` for a closed module.
    pub fn keep_module(&self, name: &str, module: Option<Module>, at: Timestamp) {
        let described = Described { at, module };
        self.content().modules.insert(name.to_owned(), described);
    }

    /// The next use of the module asks again.
    pub fn forget_module(&self, name: &str) {
        self.content().modules.remove(name);
    }

    /// The modules that are open, listed some hours ago at most.
    pub fn types(&self, now: Timestamp) -> Option<Vec<ListedType>> {
        let content = self.content();
        let listed = content.types.as_ref()?;
        is_young(listed.at, now, SOME_HOURS).then(|| listed.types.clone())
    }

    /// Keeps which modules are open.
    pub fn keep_types(&self, types: Vec<ListedType>, at: Timestamp) {
        self.content().types = Some(Listed { at, types });
    }

    /// Whether `sync` works for the module, if it was tried lately.
    pub fn sync(&self, module: &str, now: Timestamp) -> Option<Support> {
        let content = self.content();
        content
            .sync
            .get(module)
            .and_then(|tried| tried.if_young(now))
    }

    /// Keeps whether `sync` works for the module.
    pub fn keep_sync(&self, module: &str, support: Support, at: Timestamp) {
        let mut content = self.content();
        content
            .sync
            .insert(module.to_owned(), Tried { at, support });
    }

    /// Whether `revise` works, if it was tried lately.
    pub fn revise(&self, now: Timestamp) -> Option<Support> {
        let content = self.content();
        content
            .revise
            .as_ref()
            .and_then(|tried| tried.if_young(now))
    }

    /// Keeps whether `revise` works.
    pub fn keep_revise(&self, support: Support, at: Timestamp) {
        self.content().revise = Some(Tried { at, support });
    }

    /// How many letters the field for keys of mails holds, where it turned out to cut them.
    pub fn key_column(&self, field: &str) -> Option<usize> {
        self.content().key_columns.get(field).copied()
    }

    /// Keeps how many letters that field holds.
    pub fn keep_key_column(&self, field: &str, letters: usize) {
        self.content().key_columns.insert(field.to_owned(), letters);
    }

    /// How far the server's times are from UTC, as found out last.
    pub fn zone(&self) -> Option<Found> {
        self.content().zone
    }

    /// Keeps the server's zone.
    pub fn keep_zone(&self, found: Found) {
        let mut content = self.content();
        if content.zone.map(|zone| zone.seconds) != Some(found.seconds) {
            debug!(seconds = found.seconds, "the CRM's time zone");
        }
        content.zone = Some(found);
    }

    /// A field that this user saw earlier and that the mapping lacks now. Reading on without it would look as if all its values had
    /// been cleared. One that the policy no longer wants is another matter.
    pub fn vanished_field(&self, module: &str, mapping: &Mapping) -> Option<Field> {
        let content = self.content();
        let now = mapping.fields();
        let shown = content.shown_fields.get(module)?;
        let mut lost = shown.difference(&now).copied();
        lost.find(|field| mapping.wants(*field))
    }

    /// Keeps which fields this user sees.
    pub fn keep_fields(&self, module: &str, mapping: &Mapping) {
        let fields = mapping.fields();
        self.content()
            .shown_fields
            .insert(module.to_owned(), fields);
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        // Every change is one assignment: a panic in between leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tried {
    fn if_young(&self, now: Timestamp) -> Option<Support> {
        is_young(self.at, now, A_DAY).then_some(self.support)
    }
}

/// Also when the clock was set back meanwhile.
fn is_young(at: Timestamp, now: Timestamp, age: SignedDuration) -> bool {
    now.duration_since(at).abs() < age
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(hour: i8) -> Timestamp {
        "2026-11-22T00:00:00Z".parse::<Timestamp>().expect("a time")
            + SignedDuration::from_hours(hour.into())
    }

    const ZONE: Found = Found {
        seconds: 3600,
        at: 1_795_362_964,
    };

    fn contacts() -> Module {
        Module::read(&json!({"name": "Contacts", "idPrefix": "12", "fields": []}))
            .expect("a module")
    }

    #[test]
    fn what_is_known_survives_export_and_import() {
        let known = Knowledge::new(None, "h:443/", "anna");
        known.keep_module("Contacts", Some(contacts()), at(0));
        known.keep_module("Accounts", None, at(0));
        known.keep_sync("Contacts", Support::Absent, at(0));
        known.keep_revise(Support::Present, at(0));
        known.keep_zone(ZONE);
        let again = Knowledge::new(Some(&known.export()), "h:443/", "anna");
        assert_eq!(again.module("Contacts", at(1), A_DAY), Some(contacts()));
        assert!(again.is_closed("Accounts", at(1)));
        assert_eq!(again.sync("Contacts", at(1)), Some(Support::Absent));
        assert_eq!(again.revise(at(1)), Some(Support::Present));
        assert_eq!(again.zone(), Some(ZONE));
    }

    #[test]
    fn knowledge_of_another_place_or_user_is_not_believed() {
        let known = Knowledge::new(None, "h:443/", "anna");
        known.keep_zone(ZONE);
        for (place, user) in [("other:443/", "anna"), ("h:443/", "ben")] {
            let other = Knowledge::new(Some(&known.export()), place, user);
            assert_eq!(other.zone(), None);
        }
        for garbage in ["", "{", "[]", "{\"format\":99}"] {
            assert_eq!(Knowledge::new(Some(garbage), "h:443/", "anna").zone(), None);
        }
    }

    #[test]
    fn knowledge_grows_old() {
        let known = Knowledge::new(None, "h:443/", "anna");
        known.keep_module("Contacts", Some(contacts()), at(0));
        known.keep_module("Accounts", None, at(0));
        known.keep_sync("Contacts", Support::Present, at(0));
        assert_eq!(known.module("Contacts", at(5), SOME_HOURS), None);
        assert!(known.module("Contacts", at(5), A_DAY).is_some());
        assert!(!known.is_closed("Accounts", at(5)));
        assert_eq!(known.sync("Contacts", at(25)), None);
    }
}
