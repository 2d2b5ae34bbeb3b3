//! Reading the administrator's policy and telling which of its values the document set and which keys it does not know.

use std::path::{Path, PathBuf};

use model::Policy;
use toml::{Table, Value};

use crate::{ConfigError, PolicyPlace, SetBy};

/// One value of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyEntry {
    /// With its tables, as in `folders.contacts`.
    pub key: String,
    /// The value as TOML writes it.
    pub value: String,
    /// The policy file or the program.
    pub set_by: SetBy,
}

/// A policy and where it comes from.
#[derive(Debug, Clone, Default)]
pub struct LoadedPolicy {
    /// All values.
    pub policy: Policy,
    /// The file, if there is one.
    pub file: Option<PathBuf>,
    /// Keys the program does not know, with their tables as in `folders.contact`: misspelt, or meant for a newer version.
    pub warnings: Vec<String>,
    document: Table,
}

impl LoadedPolicy {
    /// Reads the policy of this place. Where there is none, every value is the program's.
    pub fn load(place: &PolicyPlace) -> Result<Self, ConfigError> {
        match place.file() {
            Some(file) => Self::read(&file),
            None => Ok(Self::default()),
        }
    }

    /// Reads this file; one that ends in `.json` is JSON, any other TOML.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let bytes = std::fs::read(file).map_err(|source| ConfigError::PolicyUnreadable {
            file: file.to_owned(),
            source,
        })?;
        Self::parse(file, &bytes).map_err(|source| ConfigError::PolicyMalformed {
            file: file.to_owned(),
            source,
        })
    }

    fn parse(file: &Path, bytes: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes)?;
        // Editors of Windows put a byte order mark first.
        let text = text.trim_start_matches('\u{feff}');
        let is_json = file
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        // Read twice from the text, because only there an error knows its line.
        let (document, policy): (Table, Policy) = if is_json {
            (serde_json::from_str(text)?, serde_json::from_str(text)?)
        } else {
            let at_line = |error: toml::de::Error| located(text, &error);
            (
                toml::from_str(text).map_err(at_line)?,
                toml::from_str(text).map_err(at_line)?,
            )
        };
        let known = Table::try_from(&policy)?;
        let mut warnings = Vec::new();
        walk(&document, Some(&known), "", &mut |key, _, counterpart| {
            if counterpart.is_none() {
                warnings.push(key);
            }
        });
        Ok(Self {
            policy,
            file: Some(file.to_owned()),
            warnings,
            document,
        })
    }

    /// Whether the organisation has set anything.
    pub fn is_managed(&self) -> bool {
        self.entries()
            .iter()
            .any(|entry| entry.set_by == SetBy::Policy)
    }

    /// Every value with who set it, by key.
    pub fn entries(&self) -> Vec<PolicyEntry> {
        let all = Table::try_from(&self.policy)
            .expect("a policy is made of tables, lists and plain values");
        let mut entries = Vec::new();
        walk(&all, Some(&self.document), "", &mut |key, value, set| {
            entries.push(PolicyEntry {
                key,
                value: value.to_string(),
                set_by: set.map_or(SetBy::Default, |_| SetBy::Policy),
            });
        });
        entries
    }
}

/// Why a document is no policy.
type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The error in one line, with its place.
pub(crate) fn located(text: &str, error: &toml::de::Error) -> Fault {
    let before = error.span().and_then(|span| text.get(..span.start));
    let message = error.message().replace('\n', " ");
    match before {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1).into(),
        None => message.into(),
    }
}

/// Visits everything in `table` that is no table, and every empty table: its key with its tables, its value, and what `other` has
/// in the same place.
fn walk(
    table: &Table,
    other: Option<&Table>,
    above: &str,
    visit: &mut impl FnMut(String, &Value, Option<&Value>),
) {
    for (name, value) in table {
        let key = match above {
            "" => name.clone(),
            above => format!("{above}.{name}"),
        };
        let counterpart = other.and_then(|other| other.get(name));
        match value {
            Value::Table(inner) if !inner.is_empty() => {
                walk(inner, counterpart.and_then(Value::as_table), &key, visit);
            }
            leaf => visit(key, leaf, counterpart),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::policy::{Communication, FolderChoice, PrivateItems, Strategy};

    use super::*;

    fn parse(name: &str, text: &str) -> Result<LoadedPolicy, String> {
        LoadedPolicy::parse(Path::new(name), text.as_bytes()).map_err(|fault| fault.to_string())
    }

    fn toml(text: &str) -> LoadedPolicy {
        parse("policy.toml", text).expect("a policy")
    }

    fn set_by(policy: &LoadedPolicy, key: &str) -> SetBy {
        let entries = policy.entries();
        let entry = entries.iter().find(|entry| entry.key == key);
        entry.expect("a key of the policy").set_by
    }

    #[test]
    fn r9_1_an_empty_policy_has_every_default() {
        let loaded = toml("");
        assert_eq!(loaded.policy, Policy::default());
        assert!(loaded.warnings.is_empty());
        assert!(!loaded.is_managed());
        assert!(loaded.entries().iter().all(|e| e.set_by == SetBy::Default));
    }

    #[test]
    fn r9_1_a_policy_says_what_differs() {
        let loaded = toml(
            "components = [\"contacts\"]\nconflict_strategy = \"crm\"\n
             communication = \"synchronous\"\nprivate_items = \"busy\"\n
             [folders]\ncontacts = \"standard\"\n
             [emails]\nblacklist = [\"noreply@\"]\n
             [pick_lists.task_status]\nto_exchange = { \"Planned.\" = \"NotStarted\" }\n
             [fields.contacts]\nphone = \"cf_900\"",
        );
        let policy = &loaded.policy;
        assert_eq!(policy.conflict_strategy, Strategy::Crm);
        assert_eq!(policy.communication, Communication::Synchronous);
        assert_eq!(policy.private_items, PrivateItems::Busy);
        assert_eq!(policy.folders.contacts, FolderChoice::Standard);
        assert_eq!(policy.folders.tasks, FolderChoice::CrmSync);
        assert_eq!(policy.max_failed_sign_ins, 2);
        assert_eq!(policy.emails.blacklist, ["noreply@"]);
        assert_eq!(policy.fields.contacts["phone"], "cf_900");
        assert!(loaded.warnings.is_empty());
    }

    #[test]
    fn r9_2_every_value_knows_who_set_it() {
        let loaded = toml("max_failed_sign_ins = 2\n[folders]\ncontacts = \"CRM-Sync\"");
        assert_eq!(set_by(&loaded, "max_failed_sign_ins"), SetBy::Policy);
        assert_eq!(set_by(&loaded, "folders.contacts"), SetBy::Policy);
        assert_eq!(set_by(&loaded, "folders.tasks"), SetBy::Default);
        assert_eq!(set_by(&loaded, "conflict_strategy"), SetBy::Default);
        assert!(loaded.is_managed());
    }

    #[test]
    fn unknown_keys_are_told_and_the_rest_counts() {
        let loaded = toml(
            "crm_urll = \"x\"\ncrm_url = \"https://crm\"\n
             [folders]\ncontact = \"standard\"\n[colours]\nred = 1\n[nothing]",
        );
        assert_eq!(
            loaded.warnings,
            ["colours.red", "crm_urll", "folders.contact", "nothing"]
        );
        assert_eq!(loaded.policy.crm_url, "https://crm");
    }

    #[test]
    fn a_policy_of_unknown_keys_only_manages_nothing() {
        assert!(!toml("colour = 1").is_managed());
    }

    #[test]
    fn json_says_the_same_as_toml() {
        let json =
            r#"{"conflict_strategy": "none", "colour": 1, "folders": {"tasks": "standard"}}"#;
        let loaded = parse("policy.JSON", json).expect("a policy");
        let same = toml("conflict_strategy = \"none\"\ncolour = 1\nfolders.tasks = \"standard\"");
        assert_eq!(loaded.policy, same.policy);
        assert_eq!(loaded.warnings, same.warnings);
        assert_eq!(loaded.entries(), same.entries());
    }

    #[test]
    fn a_value_its_key_cannot_have_is_told_with_its_place() {
        let told = parse("p.toml", "crm_url = \"\"\nconflict_strategy = \"crn\"");
        let told = told.expect_err("no such strategy");
        assert!(told.starts_with("line 2: unknown variant `crn`"), "{told}");
        for (name, text) in [
            ("p.toml", "crm_url = 3"),
            ("p.toml", "components = \"contacts\""),
            ("p.toml", "folders = \"standard\""),
            ("p.toml", "crm_url = \"a\"\ncrm_url = \"b\""),
            ("p.toml", "{}"),
            ("p.json", "crm_url = \"\""),
            ("p.json", "{\"crm_url\": null}"),
            ("p.json", "[]"),
        ] {
            parse(name, text).expect_err(text);
        }
    }

    #[test]
    fn an_editors_byte_order_mark_is_no_part_of_the_policy() {
        assert_eq!(toml("\u{feff}crm_url = \"x\"").policy.crm_url, "x");
    }

    #[test]
    fn a_file_that_is_no_text_is_told_with_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("policy.toml");
        std::fs::write(&file, [0xff, 0xfe, b'a', 0]).expect("written");
        let error = LoadedPolicy::read(&file).expect_err("no UTF-8");
        let problem = error.problem();
        assert_eq!(problem.code, model::Code::PolicyUnusable);
        assert_eq!(problem.values["file"], file.display().to_string());
    }

    #[test]
    fn a_named_policy_that_is_missing_is_told() {
        let place = PolicyPlace::Named("missing.toml".into());
        let error = LoadedPolicy::load(&place).expect_err("missing");
        assert_eq!(error.problem().code, model::Code::PolicyUnusable);
    }

    #[test]
    fn without_a_policy_every_value_is_the_programs() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = PolicyPlace::MachineWide(folder.path().to_owned());
        let loaded = LoadedPolicy::load(&place).expect("no policy");
        assert_eq!((loaded.policy, loaded.file), (Policy::default(), None));
    }
}
