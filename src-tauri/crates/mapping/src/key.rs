//! Natural keys: what makes an item and a record the same entry when nothing else joins them (DESIGN 2, first meeting).

use model::{Component, Field, Fields};

/// One way to recognise an entry; keys are compared exactly, capitals aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NaturalKey {
    /// E-mail address and last name.
    Address(String, String),
    /// Subject, start and end of an appointment.
    Appointment(String, String, String),
    /// Subject and due day of a task.
    Task(String, String),
    /// Subject of a task that has no due day in the mailbox, where the CRM has the day the item was made as a stand-in.
    Undated(String),
    /// First name, last name, organisation, where one of the two entries has no e-mail address.
    Name(String, String, String),
}

impl NaturalKey {
    /// The stronger key, for entries that have what it takes.
    pub fn strong(component: Component, common: &Fields) -> Option<NaturalKey> {
        let value = |field| folded(common, field);
        let (subject, email) = (value(Field::Subject), value(Field::Email));
        match component {
            Component::Contacts if !email.is_empty() => {
                Some(NaturalKey::Address(email, value(Field::LastName)))
            }
            Component::Appointments if !subject.is_empty() => Some(NaturalKey::Appointment(
                subject,
                value(Field::Start),
                value(Field::End),
            )),
            Component::Tasks if !subject.is_empty() => {
                Some(NaturalKey::Task(subject, value(Field::Due)))
            }
            _ => None,
        }
    }

    /// The weaker key.
    pub fn weak(component: Component, common: &Fields) -> Option<NaturalKey> {
        if component == Component::Tasks {
            let subject = folded(common, Field::Subject);
            return (!subject.is_empty()).then_some(NaturalKey::Undated(subject));
        }
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
    fn each_kind_has_a_key_of_what_it_is_known_by() {
        let with = |field, value: &str| Fields::new().with(field, value);
        let strong = |component, values: &Fields| NaturalKey::strong(component, values);
        let address = strong(Component::Contacts, &with(Field::Email, "a@x.example"));
        assert!(matches!(address, Some(NaturalKey::Address(..))));
        let untitled = with(Field::Start, "2027-03-10T08:00:00Z");
        assert_eq!(strong(Component::Appointments, &untitled), None);
        let weak = |field| NaturalKey::weak(Component::Contacts, &with(field, "Groß")).is_some();
        assert!(weak(Field::LastName) && weak(Field::Organisation));
        let task = NaturalKey::weak(Component::Tasks, &with(Field::Subject, "Call"));
        assert_eq!(task, Some(NaturalKey::Undated("call".to_owned())));
        assert_eq!(NaturalKey::weak(Component::Tasks, &Fields::new()), None);
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
    fn appointments_are_the_same_by_subject_start_and_end_and_tasks_by_subject_and_due_day() {
        let talk = Fields::new()
            .with(Field::Subject, "Talk")
            .with(Field::Start, "2027-03-10T08:00:00Z")
            .with(Field::End, "2027-03-10T09:00:00Z");
        let longer = talk.clone().with(Field::End, "2027-03-10T10:00:00Z");
        let key = |values: &Fields| NaturalKey::strong(Component::Appointments, values);
        assert_eq!(key(&talk), key(&talk.clone().with(Field::Location, "Kiel")));
        assert_ne!(key(&talk), key(&longer));
        let task = |due: &str| {
            Fields::new()
                .with(Field::Subject, "Call")
                .with(Field::Due, due)
        };
        let key = |due: &str| NaturalKey::strong(Component::Tasks, &task(due));
        assert_ne!(key("2027-03-10"), key(""));
        assert_eq!(NaturalKey::strong(Component::Tasks, &Fields::new()), None);
    }

    #[test]
    fn a_first_name_alone_is_no_key() {
        let common = Fields::new().with(Field::FirstName, "Anna");
        assert_eq!(NaturalKey::weak(Component::Contacts, &common), None);
    }
}
