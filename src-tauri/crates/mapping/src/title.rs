//! How a person calls an entry, for lists and messages.

use model::{Component, Field, Fields};

use crate::names::display_name;

/// A short name of the entry; empty only where the entry says nothing about itself.
pub fn title(component: Component, common: &Fields) -> String {
    match component {
        Component::Contacts => [
            display_name(common),
            common.get(Field::Email).to_owned(),
            common.get(Field::Phone).to_owned(),
        ]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default(),
        Component::Appointments | Component::Tasks => {
            let subject = common.get(Field::Subject);
            let named = if subject.is_empty() {
                common.get(Field::Start)
            } else {
                subject
            };
            named.to_owned()
        }
        Component::Emails => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_called_by_what_it_has() {
        let mut common = Fields::new().with(Field::Email, "a@x.example");
        assert_eq!(title(Component::Contacts, &common), "a@x.example");
        common.set(Field::FirstName, "Anna");
        assert_eq!(title(Component::Contacts, &common), "Anna");
    }
}
