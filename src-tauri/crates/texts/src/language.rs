//! The languages there are, and which one the computer asks for.

use std::fmt;
use std::str::FromStr;

/// A language the product speaks completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    German,
    English,
}

/// A language tag that names none of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLanguage(pub String);

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is none of the languages de and en", self.0)
    }
}

impl std::error::Error for UnknownLanguage {}

impl Default for Language {
    fn default() -> Self {
        Self::of_system()
    }
}

impl Language {
    /// The first of the computer's preferred languages that we speak; English where there is none.
    pub fn of_system() -> Self {
        Self::first_of(sys_locale::get_locales())
    }

    /// The first of these language tags that we speak; English where there is none.
    pub fn first_of<Tags>(tags: Tags) -> Self
    where
        Tags: IntoIterator,
        Tags::Item: AsRef<str>,
    {
        tags.into_iter()
            .find_map(|tag| tag.as_ref().parse().ok())
            .unwrap_or(Self::English)
    }

    /// Its two letters, as in `de`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    pub(crate) const fn thousands(self) -> char {
        match self {
            Self::German => '.',
            Self::English => ',',
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads `de`, `de-AT`, `de_DE.UTF-8` and the like.
    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let language = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "de" => Ok(Self::German),
            "en" => Ok(Self::English),
            _ => Err(UnknownLanguage(tag.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r10_3_tags_of_every_system_are_read() {
        for tag in ["de", "de-AT", "de_DE.UTF-8", "DE", "de@euro"] {
            assert_eq!(tag.parse(), Ok(Language::German), "{tag}");
        }
        assert_eq!("en-GB".parse(), Ok(Language::English));
    }

    #[test]
    fn r10_3_the_first_language_we_speak_is_taken() {
        assert_eq!(
            Language::first_of(["fr-FR", "de-CH", "en"]),
            Language::German
        );
        assert_eq!(Language::first_of(["fr-FR"]), Language::English);
        assert_eq!(Language::first_of(["C"]), Language::English);
        assert_eq!(Language::first_of::<[&str; 0]>([]), Language::English);
    }

    #[test]
    fn a_language_that_only_begins_alike_is_another() {
        assert_eq!(
            "den".parse::<Language>(),
            Err(UnknownLanguage("den".to_owned()))
        );
    }
}
