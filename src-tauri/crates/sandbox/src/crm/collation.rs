//! How the database compares text: without regard to case, accents and blanks at the end, as MariaDB's utf8_general_ci does.
//! Deliberately not here: `like` patterns.

use icu_normalizer::DecomposingNormalizerBorrowed;
use std::borrow::Cow;

/// The form in which two texts are the same to the database: small letters, no accents.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = text.to_lowercase();
    let apart: Cow<'_, str> = DecomposingNormalizerBorrowed::new_nfd().normalize(&lower);
    apart
        .chars()
        .filter(|letter| !is_accent(*letter))
        .map(|letter| if letter == 'ß' { 's' } else { letter })
        .collect()
}

/// [`fold`], and without the blanks at the end: the key for equality and order.
pub(super) fn key(text: &str) -> String {
    let mut folded = fold(text);
    folded.truncate(folded.trim_end_matches(' ').len());
    folded
}

fn is_accent(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_blanks_at_the_end_do_not_count() {
        assert_eq!(key("Müller  "), key("muLLER"));
        assert_eq!(key("Straße"), key("STRASE"));
        assert_eq!(key("ÉCOLE"), key("école"));
        assert_ne!(key(" Müller"), key("Müller"));
        assert_ne!(key("Müller"), key("Mueller"));
    }
}
