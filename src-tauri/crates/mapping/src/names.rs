//! First and middle name (R2.2), and the names an address book shows. Family names are not touched by any rule.

use model::{Field, Fields};

/// Toward the mailbox: the first word is the given name, the rest the middle name (R2.2).
pub fn split_first_name(first_name: &str) -> (&str, &str) {
    match first_name.trim().split_once(char::is_whitespace) {
        Some((given, middle)) => (given, middle.trim_start()),
        None => (first_name.trim(), ""),
    }
}

/// Toward the CRM: both joined with one blank (R2.2).
pub fn join_first_name(given: &str, middle: &str) -> String {
    [given.trim(), middle.trim()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// "First Last", the organisation where there is no name.
pub fn display_name(common: &Fields) -> String {
    let name = join_first_name(common.get(Field::FirstName), common.get(Field::LastName));
    or_organisation(name, common)
}

/// "Last, First", the organisation where there is no name.
pub fn file_as(common: &Fields) -> String {
    let name = [common.get(Field::LastName), common.get(Field::FirstName)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    or_organisation(name, common)
}

fn or_organisation(name: String, common: &Fields) -> String {
    if name.is_empty() {
        common.get(Field::Organisation).to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_2_first_blank_splits_the_first_name() {
        for (first_name, given, middle) in [
            ("Anna", "Anna", ""),
            ("Anna Maria", "Anna", "Maria"),
            ("Anna Maria Luise", "Anna", "Maria Luise"),
            ("Karl-Heinz", "Karl-Heinz", ""),
            ("", "", ""),
        ] {
            assert_eq!(split_first_name(first_name), (given, middle));
        }
    }

    #[test]
    fn r2_2_given_and_middle_name_are_joined_with_one_blank() {
        for (given, middle, first_name) in [
            ("Anna", "Maria", "Anna Maria"),
            ("Anna", "", "Anna"),
            ("", "Maria", "Maria"),
            (" Anna ", " Maria ", "Anna Maria"),
        ] {
            assert_eq!(join_first_name(given, middle), first_name);
        }
    }

    #[test]
    fn without_a_name_the_organisation_is_shown() {
        let common = Fields::new().with(Field::Organisation, "Kunde GmbH");
        assert_eq!(display_name(&common), "Kunde GmbH");
        assert_eq!(file_as(&common), "Kunde GmbH");
    }
}
