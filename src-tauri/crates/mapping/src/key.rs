//! Natural keys: what makes an item and a record the same entry when nothing else joins them (DESIGN 2, first meeting).

use model::{Component, Field, Fields};

/// One way to recognise an entry; keys are compared exactly, capitals aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NaturalKey {
    /// E-mail address and last name.
    Address(String, String),
    /// First name, last name, organisation, where one of the two entries has no e-mail address.
    Name(String, String, String),
}

impl NaturalKey {
    /// The stronger key, for entries that have what it takes.
    pub fn strong(component: Component, common: &Fields) -> Option<NaturalKey> {
        let (email, last) = (
            folded(common, Field::Email),
            folded(common, Field::LastName),
        );
        (component == Component::Contacts && !email.is_empty())
            .then_some(NaturalKey::Address(email, last))
    }

    /// The weaker key.
    pub fn weak(component: Component, common: &Fields) -> Option<NaturalKey> {
        let [first, last, organisation] = [Field::FirstName, Field::LastName, Field::Organisation]
            .map(|field| folded(common, field));
        let has_name = !last.is_empty() || !organisation.is_empty();
        (component == Component::Contacts && has_name).then_some(NaturalKey::Name(
            first,
            last,
            organisation,
        ))
    }
}

fn folded(common: &Fields, field: Field) -> String {
    common.get(field).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_address_there_is_only_the_weak_key() {
        let common = Fields::new().with(Field::LastName, "Groß");
        assert_eq!(NaturalKey::strong(Component::Contacts, &common), None);
        assert!(NaturalKey::weak(Component::Contacts, &common).is_some());
    }

    #[test]
    fn capitals_do_not_matter() {
        let one = Fields::new()
            .with(Field::Email, "A@x.example")
            .with(Field::LastName, "GROSS");
        let other = Fields::new()
            .with(Field::Email, "a@X.example")
            .with(Field::LastName, "Gross");
        assert_eq!(
            NaturalKey::strong(Component::Contacts, &one),
            NaturalKey::strong(Component::Contacts, &other)
        );
    }

    #[test]
    fn a_first_name_alone_is_no_key() {
        let common = Fields::new().with(Field::FirstName, "Anna");
        assert_eq!(NaturalKey::weak(Component::Contacts, &common), None);
    }
}
