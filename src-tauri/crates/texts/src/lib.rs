//! The sentences of tray and command line, German and English. They stand in `ui/src/i18n`, where the window
//! has them from too, so that a thing has one name everywhere. Which sentence is said when is not decided here.

mod language;
mod moment;
mod sentence;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use model::Problem;

pub use language::{Language, UnknownLanguage};
pub use moment::Moments;

type Sentences = HashMap<String, String>;

static GERMAN: LazyLock<Sentences> =
    LazyLock::new(|| read(include_str!("../../../../ui/src/i18n/de.json")));
static ENGLISH: LazyLock<Sentences> =
    LazyLock::new(|| read(include_str!("../../../../ui/src/i18n/en.json")));

/// The sentences of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

/// The sentence of `key` in every language: for what somebody may have written in another one.
pub fn in_every_language(key: &str) -> Vec<String> {
    let languages = [Language::German, Language::English];
    languages
        .map(|language| Texts::new(language).t(key))
        .to_vec()
}

impl Texts {
    /// The sentences of `language`.
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language they are in.
    pub const fn language(self) -> Language {
        self.language
    }

    /// The sentence of `key`, which has no placeholders. A key nobody knows is said as it is.
    pub fn t(self, key: &str) -> String {
        self.fill(key, &[])
    }

    /// The sentence of `key` with each `{name}` replaced by the value of that name. A part in brackets, as in
    /// `The server[ {server}] is busy`, is left out where its value is missing.
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        self.find(key, values).unwrap_or_else(|| key.to_owned())
    }

    /// As `fill`, in the form that `count` asks for; `{count}` is filled with it.
    pub fn count(self, key: &str, count: u64, values: &[(&str, &str)]) -> String {
        let form = if count == 1 { "one" } else { "other" };
        let number = self.number(count);
        let mut all = vec![("count", number.as_str())];
        all.extend_from_slice(values);
        self.find(&format!("{key}_{form}"), &all)
            .unwrap_or_else(|| self.fill(key, &all))
    }

    /// As `fill`, or nothing where there is no such sentence: for keys made of data.
    pub fn find(self, key: &str, values: &[(&str, &str)]) -> Option<String> {
        let sentence = self.sentences().get(key)?;
        Some(sentence::fill(sentence, values))
    }

    /// What happened and what the user can do about it.
    pub fn problem(self, problem: &Problem) -> (String, String) {
        let code = problem.code.name();
        (
            self.what(&code, &problem.values),
            self.next(&code, &problem.values),
        )
    }

    /// What happened, for the code and values of a problem. A code without a sentence still says its code.
    pub fn what(self, code: &str, values: &BTreeMap<String, String>) -> String {
        self.of_problem(code, "what", values)
            .unwrap_or_else(|| self.fill("error.unknown.what", &[("code", code)]))
    }

    /// What the user can do about it.
    pub fn next(self, code: &str, values: &BTreeMap<String, String>) -> String {
        self.of_problem(code, "next", values)
            .unwrap_or_else(|| self.t("error.unknown.next"))
    }

    /// The name of a field as users know it; a field that the policy added keeps its own name.
    pub fn field(self, name: &str) -> String {
        self.find(&format!("field.{name}"), &[])
            .unwrap_or_else(|| name.to_owned())
    }

    /// A number with the separators of the language.
    pub fn number(self, value: u64) -> String {
        sentence::grouped(value, self.language.thousands())
    }

    fn of_problem(
        self,
        code: &str,
        part: &str,
        values: &BTreeMap<String, String>,
    ) -> Option<String> {
        let mut named: BTreeMap<&str, String> = values
            .iter()
            .map(|(name, value)| (name.as_str(), self.in_words(name, value)))
            .collect();
        // The CRM's own label stands in for a field that has no name of ours.
        if let (None, Some(label)) = (values.get("field"), values.get("label")) {
            named.insert("field", label.clone());
        }
        let values: Vec<(&str, &str)> = named.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.find(&format!("error.{code}.{part}"), &values)
    }

    /// A value of a problem as users know it: fields, rights, components and folders have names, and numbers separators.
    fn in_words(self, name: &str, value: &str) -> String {
        match name {
            "field" => {
                let names: Vec<String> = value.split(", ").map(|name| self.field(name)).collect();
                names.join(", ")
            }
            "right" | "component" | "side" => self
                .find(&format!("{name}.{value}"), &[])
                .unwrap_or_else(|| value.to_owned()),
            // The standard folders have names in every language; ours has one for all.
            "folder" | "synced" => self
                .find(&format!("folder.{value}"), &[])
                .unwrap_or_else(|| value.to_owned()),
            "count" | "of" => value
                .parse()
                .map_or_else(|_| value.to_owned(), |number| self.number(number)),
            _ => value.to_owned(),
        }
    }

    fn sentences(self) -> &'static Sentences {
        match self.language {
            Language::German => &GERMAN,
            Language::English => &ENGLISH,
        }
    }
}

fn read(json: &str) -> Sentences {
    serde_json::from_str(json).expect("the file is part of the program and a test has read it")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: Texts = Texts::new(Language::German);
    const ENGLISH: Texts = Texts::new(Language::English);

    #[test]
    fn r10_3_both_languages_have_the_same_keys() {
        let keys = |texts: Texts| {
            let mut keys: Vec<_> = texts.sentences().keys().collect();
            keys.sort();
            keys
        };
        assert_eq!(keys(GERMAN), keys(ENGLISH));
    }

    #[test]
    fn a_counted_sentence_takes_the_form_of_its_count() {
        assert_eq!(
            GERMAN.count("tray.line.refused", 1, &[]),
            "1 Eintrag ließ sich nicht übernehmen"
        );
        assert_eq!(
            GERMAN.count("tray.line.refused", 1250, &[]),
            "1.250 Einträge ließen sich nicht übernehmen"
        );
        assert_eq!(
            ENGLISH.count("tray.line.refused", 0, &[]),
            "0 entries could not be taken over"
        );
    }

    #[test]
    fn a_problem_names_its_field_as_users_know_it() {
        let values = BTreeMap::from([("field".to_owned(), "last_name".to_owned())]);
        assert!(
            GERMAN
                .what("field_mandatory", &values)
                .contains("„Nachname“")
        );
        assert!(
            ENGLISH
                .what("field_mandatory", &values)
                .contains("“Last name”")
        );
    }

    #[test]
    fn a_problem_without_a_sentence_still_says_its_code() {
        let said = ENGLISH.what("brand_new", &BTreeMap::new());
        assert!(said.contains("brand_new"), "{said}");
        assert!(!ENGLISH.next("brand_new", &BTreeMap::new()).is_empty());
    }

    #[test]
    fn r7_4_every_problem_is_told_without_a_hole_whatever_values_come_along() {
        let codes: Vec<&str> = ENGLISH
            .sentences()
            .keys()
            .filter_map(|key| key.strip_prefix("error.")?.strip_suffix(".what"))
            .collect();
        assert!(codes.len() > 40, "{codes:?}");
        for code in codes {
            for texts in [GERMAN, ENGLISH] {
                let said = texts.what(code, &BTreeMap::new()) + &texts.next(code, &BTreeMap::new());
                assert!(!said.contains(['{', '}', '[', ']']), "{code}: {said}");
            }
        }
    }

    /// Every code, as the type's own complaint about a wrong one lists them.
    fn codes() -> Vec<String> {
        let complaint = serde_json::from_str::<model::Code>("\"none\"")
            .expect_err("there is no such code")
            .to_string();
        let listed = complaint.split_once("expected one of").expect("a list").1;
        listed
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn r7_4_every_code_says_what_happened_and_what_to_do() {
        let codes = codes();
        assert!(codes.len() > 40, "{codes:?}");
        for name in codes {
            let code: model::Code =
                serde_json::from_value(name.clone().into()).expect("one of the list");
            assert_eq!(code.name(), name);
            for (texts, part) in [GERMAN, ENGLISH]
                .into_iter()
                .flat_map(|texts| [(texts, "what"), (texts, "next")])
            {
                let key = format!("error.{name}.{part}");
                assert!(texts.sentences().contains_key(&key), "{key}");
            }
        }
    }

    #[test]
    fn r7_4_a_problem_is_told_with_its_values() {
        let problem = Problem::new(model::Code::ServerError)
            .with("server", "mail.example.com")
            .with("status", "500");
        let (what, next) = GERMAN.problem(&problem);
        assert!(what.contains("mail.example.com"), "{what}");
        assert!(what.contains("500"), "{what}");
        assert!(!next.is_empty());
    }

    #[test]
    fn a_problem_tells_large_numbers_as_people_write_them() {
        let problem = Problem::new(model::Code::ManyDeletions)
            .with("count", "1064")
            .with("of", "12500");
        assert!(GERMAN.problem(&problem).0.contains("1.064 von 12.500"));
        assert!(ENGLISH.problem(&problem).0.contains("1,064 of 12,500"));
    }

    #[test]
    fn r1_6_the_missing_right_is_named() {
        let values = BTreeMap::from([
            ("right".to_owned(), "create".to_owned()),
            ("module".to_owned(), "Contacts".to_owned()),
        ]);
        assert_eq!(
            GERMAN.what("permission_missing", &values),
            "Es fehlt ein Recht: anlegen im Modul „Contacts“."
        );
    }

    #[test]
    fn a_key_nobody_knows_is_said_as_it_is() {
        assert_eq!(ENGLISH.t("no.such.key"), "no.such.key");
    }
}
