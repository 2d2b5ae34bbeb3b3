//! Both sides in one form: our field names, normalised values, first and middle name in one (R2.2).

use model::{Component, Field, Fields};

use crate::names::join_first_name;
use crate::text::normalise;

/// An item's fields in common form. What is not synced is left out.
pub fn from_item(component: Component, item: &Fields) -> Fields {
    pick(component, |field| match field {
        Field::FirstName => {
            join_first_name(item.get(Field::GivenName), item.get(Field::MiddleName))
        }
        other => item.get(other).to_owned(),
    })
}

/// A record's fields in common form.
pub fn from_record(component: Component, record: &Fields) -> Fields {
    pick(component, |field| record.get(field).to_owned())
}

/// Whether two values of a field mean the same. Organisations are the same whatever their capitals (R2.3).
pub fn equal(field: Field, one: &str, other: &str) -> bool {
    one == other || (field == Field::Organisation && one.to_lowercase() == other.to_lowercase())
}

fn pick(component: Component, value: impl Fn(Field) -> String) -> Fields {
    Field::synced(component)
        .iter()
        .map(|&field| (field, tidy(field, &value(field))))
        .collect()
}

/// The first name is cut at a blank and joined with one, so several blanks in a row cannot survive the way there and back.
fn tidy(field: Field, value: &str) -> String {
    let value = normalise(field, value);
    if field == Field::FirstName {
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: Component = Component::Contacts;

    #[test]
    fn r2_2_only_the_first_name_loses_blanks_within() {
        let record = Fields::new()
            .with(Field::FirstName, " Anna   Maria ")
            .with(Field::LastName, "von  der Ohe")
            .with(Field::Phone, "1");
        let common = from_record(C, &record);
        assert_eq!(common.get(Field::FirstName), "Anna Maria");
        assert_eq!(common.get(Field::LastName), "von  der Ohe");
        assert_eq!(common.get(Field::Phone), "1");
    }

    #[test]
    fn r2_2_an_item_shows_first_and_middle_name_in_one() {
        let item = Fields::new()
            .with(Field::GivenName, "Anna")
            .with(Field::MiddleName, "Maria")
            .with(Field::LastName, "Groß");
        let common = from_item(C, &item);
        assert_eq!(common.get(Field::FirstName), "Anna Maria");
        assert_eq!(common.get(Field::LastName), "Groß");
    }

    #[test]
    fn r2_6_names_an_address_book_shows_are_no_values_of_the_crm() {
        let item = Fields::new().with(Field::FileAs, "Groß, Anna");
        assert!(from_item(C, &item).is_empty());
    }

    #[test]
    fn r2_3_organisations_differ_by_more_than_capitals() {
        assert!(equal(Field::Organisation, "KUNDE GmbH", "Kunde gmbh"));
        assert!(!equal(Field::Organisation, "Müller", "Muller"));
        assert!(!equal(Field::LastName, "GROSS", "Gross"));
    }
}
