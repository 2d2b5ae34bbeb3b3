//! Whether a value in the CRM is what the server makes of a value that was sent: it cuts, loses four-byte characters and decodes
//! entities without a word (facts/crm.md 4). Needed to recognise a record whose creation got no answer.

use crate::wire::without_control_characters;

/// Values shorter than this are not taken for cut ones: the shortest known column that is mapped holds so many characters.
const SHORTEST_COLUMN: usize = 30;

/// What the column of an organisation's name holds in stock (facts/crm.md 4 has no field lengths; describe tells none).
const NAME_COLUMN: usize = 100;

/// Whether `stored` can be what the server kept of `sent`.
pub fn is_stored_form(sent: &str, stored: &str) -> bool {
    let sent = plain(sent);
    let stored = plain(stored);
    let forms = [sent.clone(), three_bytes_only(&sent)];
    forms.iter().any(|form| {
        let decoded = without_entities(form);
        *form == stored || decoded == stored || is_cut(form, &stored) || is_cut(&decoded, &stored)
    })
}

/// What the column of a key holds: custom text (facts/crm.md 4).
const KEY_COLUMN: usize = 255;

/// The forms in which the server may keep a name of an organisation, the unchanged one first. A common name has one form only.
pub fn forms_of_name(name: &str) -> Vec<String> {
    forms_of(name, NAME_COLUMN)
}

/// The same of a key, or another short text.
pub fn forms_of_key(key: &str) -> Vec<String> {
    forms_of(key, KEY_COLUMN)
}

fn forms_of(name: &str, column: usize) -> Vec<String> {
    let name = plain(name);
    let mut forms = Vec::new();
    for form in [
        without_entities(&name),
        three_bytes_only(&without_entities(&name)),
        three_bytes_only(&name),
    ] {
        let cut: String = form.chars().take(column).collect();
        forms.extend([form, cut.trim().to_owned()]);
    }
    forms.insert(0, name);
    let mut seen = Vec::new();
    forms.retain(|form| {
        let new = !seen.contains(form);
        seen.push(form.clone());
        new
    });
    forms
}

/// Whether the server keeps the value as it is, so that it can be asked for by it.
pub fn is_kept_as_sent(value: &str) -> bool {
    value.chars().count() < SHORTEST_COLUMN
        && value == plain(value)
        && value == three_bytes_only(value)
        && !value.contains('&')
}

fn plain(text: &str) -> String {
    without_control_characters(text)
        .replace("\r\n", "\n")
        .trim()
        .to_owned()
}

fn three_bytes_only(text: &str) -> String {
    text.chars()
        .map(|letter| match letter.len_utf8() {
            4 => "??".to_owned(),
            _ => letter.to_string(),
        })
        .collect()
}

fn without_entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn is_cut(form: &str, stored: &str) -> bool {
    stored.chars().count() >= SHORTEST_COLUMN && form.starts_with(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_what_the_server_makes_of_a_value_is_recognised() {
        let long = "x".repeat(80);
        for (sent, stored) in [
            ("Groß", "Groß"),
            ("a\u{0}b", "ab"),
            ("a😀b", "a??b"),
            ("Müller &amp; Co", "Müller & Co"),
            ("line 1\r\nline 2", "line 1\nline 2"),
            (long.as_str(), &long[..40]),
        ] {
            assert!(is_stored_form(sent, stored), "{sent} {stored}");
        }
    }

    #[test]
    fn another_value_is_another_value() {
        for (sent, stored) in [
            ("Groß", "Gross"),
            ("Muller", "Müller"),
            ("anna", "Anna"),
            ("Annalena", "Anna"),
            ("Anna", ""),
            ("", "Anna"),
        ] {
            assert!(!is_stored_form(sent, stored), "{sent} {stored}");
        }
    }

    #[test]
    fn r2_3_a_name_has_one_form_unless_the_server_changes_it() {
        assert_eq!(forms_of_name(" Müller & Co "), ["Müller & Co"]);
        assert_eq!(
            forms_of_name("A &amp; B 😀"),
            ["A &amp; B 😀", "A & B 😀", "A & B ??", "A &amp; B ??"]
        );
        let long = "x".repeat(120);
        assert_eq!(forms_of_name(&long), [long.clone(), "x".repeat(100)]);
    }

    #[test]
    fn only_plain_values_can_be_asked_for() {
        assert!(is_kept_as_sent("O'Neill"));
        for value in ["a😀", "a&b", " a", "a\u{1}", &"x".repeat(40)] {
            assert!(!is_kept_as_sent(value), "{value}");
        }
    }
}
