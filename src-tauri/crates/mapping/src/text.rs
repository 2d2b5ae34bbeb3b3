//! One form for text, so that line ends, stray control characters and blanks at the end are no difference.

use model::Field;

/// The form in which values are compared and sent.
pub fn normalise(field: Field, value: &str) -> String {
    if field.has_lines() {
        lines(value)
    } else {
        single_line(value)
    }
}

fn lines(value: &str) -> String {
    let text: String = value
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !is_forbidden(*c) || *c == '\n' || *c == '\t')
        .collect();
    let trimmed: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    trimmed.join("\n").trim_end().to_owned()
}

fn single_line(value: &str) -> String {
    let text: String = value
        .replace("\r\n", " ")
        .chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !is_forbidden(*c))
        .collect();
    text.trim().to_owned()
}

/// What XML 1.0 forbids; the CRM would store it and then answer with broken JSON (facts: crm 1, ews 13).
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r2_5_line_ends_and_trailing_blanks_are_no_difference() {
        assert_eq!(normalise(Field::Description, "a  \r\nb\rc\n\n"), "a\nb\nc");
    }

    #[test]
    fn what_xml_forbids_is_dropped_and_a_tab_is_not() {
        let told = normalise(Field::Description, "a\tb\u{1}c\nd");
        assert_eq!(told, "a\tbc\nd");
    }

    #[test]
    fn a_single_line_keeps_its_inner_blanks() {
        assert_eq!(
            normalise(Field::LastName, " von  der\nOhe\u{1} "),
            "von  der Ohe"
        );
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(text in any::<String>()) {
            for field in [Field::Description, Field::LastName] {
                let once = normalise(field, &text);
                prop_assert_eq!(normalise(field, &once), once);
            }
        }
    }
}
