//! What a user looks for: parts of a name or a subject, an address, or an id (R6.12). How a server is asked for it is the adapters'.

/// Some words, in any order; capitals do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    text: String,
    words: Vec<String>,
}

impl Sought {
    /// What this text asks for; `None` where it is blank.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        (!words.is_empty()).then(|| Self {
            text: text.to_owned(),
            words,
        })
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The word that says most: a server that looks into one field at a time is asked for this one.
    pub fn longest_word(&self) -> &str {
        let words = self.text.split_whitespace();
        words
            .max_by_key(|word| word.chars().count())
            .unwrap_or_default()
    }

    /// Whether each word is part of one of the values.
    pub fn is_in<'a>(&self, values: impl IntoIterator<Item = &'a str>) -> bool {
        holds_all(&self.words, values)
    }

    /// The same without the longest word, of which a server has said so: it may see through accents where we do not.
    pub fn rest_is_in<'a>(&self, values: impl IntoIterator<Item = &'a str>) -> bool {
        let longest = self.longest_word().to_lowercase();
        let rest: Vec<String> = self
            .words
            .iter()
            .filter(|word| **word != longest)
            .cloned()
            .collect();
        holds_all(&rest, values)
    }
}

fn holds_all<'a>(words: &[String], values: impl IntoIterator<Item = &'a str>) -> bool {
    let values: Vec<String> = values.into_iter().map(str::to_lowercase).collect();
    words
        .iter()
        .all(|word| values.iter().any(|value| value.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(text: &str) -> Sought {
        Sought::new(text).expect("not blank")
    }

    #[test]
    fn r6_12_every_word_is_in_some_value_whatever_the_capitals() {
        let values = || ["Erika Anna", "MÜLLER", "erika@kunde.example"];
        assert!(sought("müller erika").is_in(values()));
        assert!(sought("@KUNDE.").is_in(values()));
        assert!(!sought("Erika Schmidt").is_in(values()));
    }

    #[test]
    fn r6_12_a_server_is_asked_for_the_longest_word_and_the_rest_is_looked_at_here() {
        let muller = sought("Erika Mustermann");
        assert_eq!(muller.longest_word(), "Mustermann");
        assert!(muller.rest_is_in(["Erika", "Müstermann"]));
        assert!(!muller.rest_is_in(["Anna", "Mustermann"]));
    }

    #[test]
    fn a_blank_text_asks_for_nothing() {
        assert_eq!(Sought::new(" \t"), None);
    }
}
