//! The way to the mailbox: from common values to what is set on an item. Only what changes is named (S10).

use model::{Change, Component, Field, Fields};

use crate::common::from_item;
use crate::names::{display_name, file_as, split_first_name};

/// The fields of a new item.
pub fn new_item(component: Component, common: &Fields) -> Fields {
    let mut item = Fields::new();
    for (field, value) in common.iter() {
        set_field(&mut item, field, value);
    }
    if component == Component::Contacts {
        item.set(Field::FileAs, file_as(common));
        item.set(Field::DisplayName, display_name(common));
    }
    item
}

/// What has to be set on this item so that it takes over the changes; an empty value removes the field. `FileAs` and
/// `DisplayName` follow only while they still are what the connector once set (DESIGN 6).
pub fn set_on_item(
    component: Component,
    current: &Fields,
    changes: &[Change],
) -> Vec<(Field, String)> {
    let mut wanted = current.clone();
    for change in changes {
        let value = match change.field {
            Field::Invited => with_invited(current.get(Field::Invited), &change.after),
            _ => change.after.clone(),
        };
        set_field(&mut wanted, change.field, &value);
    }
    if component == Component::Contacts {
        follow_name(current, &mut wanted);
    }
    let differs = |field: &Field| current.get(*field) != wanted.get(*field);
    // The times of an appointment go by its zone, so that goes with them.
    let mate = |field: &Field| match field {
        Field::TimeZone => Field::Start,
        field => *field,
    };
    let together = |field: &Field| {
        let mut groups = Field::groups(component).filter(|group| group.len() > 1);
        groups.any(|group| group.contains(&mate(field)) && group.iter().any(differs))
    };
    Field::ALL
        .iter()
        .filter(|field| differs(field) || together(field))
        .map(|&field| (field, wanted.get(field).to_owned()))
        .collect()
}

fn set_field(item: &mut Fields, field: Field, value: &str) {
    if field == Field::FirstName {
        let (given, middle) = split_first_name(value);
        item.set(Field::GivenName, given);
        item.set(Field::MiddleName, middle);
    } else {
        item.set(field, value);
    }
}

/// Whom the CRM invited, besides those who are invited already: nobody is struck off (R3.7).
fn with_invited(current: &str, invited: &str) -> String {
    let address = |line: &str| {
        let end = line.trim_end().trim_end_matches('>');
        end.rsplit('<').next().unwrap_or(end).trim().to_lowercase()
    };
    let known: Vec<String> = current.lines().map(address).collect();
    let new = invited
        .lines()
        .filter(|line| !known.contains(&address(line)));
    current.lines().chain(new).collect::<Vec<_>>().join("\n")
}

fn follow_name(current: &Fields, wanted: &mut Fields) {
    let before = from_item(Component::Contacts, current);
    let after = from_item(Component::Contacts, wanted);
    for (field, made) in [
        (Field::FileAs, file_as as fn(&Fields) -> String),
        (Field::DisplayName, display_name),
    ] {
        if current.get(field) == made(&before) {
            wanted.set(field, made(&after));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: Component = Component::Contacts;

    fn change(field: Field, after: &str) -> Change {
        Change {
            field,
            before: String::new(),
            after: after.to_owned(),
        }
    }

    fn anna() -> Fields {
        new_item(
            C,
            &Fields::new()
                .with(Field::FirstName, "Anna Maria")
                .with(Field::LastName, "Groß")
                .with(Field::Phone, "1"),
        )
    }

    #[test]
    fn a_new_item_gets_the_names_an_address_book_shows() {
        assert_eq!(anna().get(Field::FileAs), "Groß, Anna Maria");
        assert_eq!(anna().get(Field::DisplayName), "Anna Maria Groß");
        assert_eq!(anna().get(Field::GivenName), "Anna");
        assert_eq!(anna().get(Field::MiddleName), "Maria");
    }

    #[test]
    fn s10_only_the_changed_field_is_set() {
        assert_eq!(
            set_on_item(C, &anna(), &[change(Field::Phone, "2")]),
            [(Field::Phone, "2".to_owned())]
        );
    }

    #[test]
    fn a_changed_name_moves_what_the_connector_made_of_it() {
        let set = set_on_item(C, &anna(), &[change(Field::LastName, "Klein")]);
        assert_eq!(
            set,
            [
                (Field::LastName, "Klein".to_owned()),
                (Field::FileAs, "Klein, Anna Maria".to_owned()),
                (Field::DisplayName, "Anna Maria Klein".to_owned()),
            ]
        );
    }

    #[test]
    fn s3_a_name_the_user_chose_to_sort_by_stays() {
        let item = anna().with(Field::FileAs, "Die Große");
        let set = set_on_item(C, &item, &[change(Field::LastName, "Klein")]);
        assert!(set.iter().all(|(field, _)| *field != Field::FileAs));
    }

    #[test]
    fn s3_the_same_first_name_in_other_parts_is_not_rewritten() {
        let item = Fields::new().with(Field::GivenName, "Anna Maria");
        let common = from_item(C, &item);
        assert_eq!(common.get(Field::FirstName), "Anna Maria");
        assert!(set_on_item(C, &item, &[]).is_empty());
    }

    #[test]
    fn r3_2_start_end_and_whether_they_are_days_are_written_together() {
        let a = Component::Appointments;
        let item = Fields::new()
            .with(Field::Subject, "Talk")
            .with(Field::Start, "2027-03-10T08:00:00Z")
            .with(Field::End, "2027-03-10T09:00:00Z");
        let later = change(Field::End, "2027-03-10T10:00:00Z");
        let fields: Vec<Field> = set_on_item(a, &item, &[later])
            .into_iter()
            .map(|(field, _)| field)
            .collect();
        assert_eq!(
            fields,
            [Field::Start, Field::End, Field::AllDay, Field::TimeZone]
        );
        assert!(set_on_item(a, &item, &[change(Field::Subject, "Talk")]).is_empty());
    }

    #[test]
    fn r3_7_nobody_whom_the_user_invited_is_struck_off() {
        let a = Component::Appointments;
        let item = Fields::new().with(Field::Invited, "Ben <ben@x.example>");
        let invited = change(
            Field::Invited,
            "Anna <anna@x.example>\nBen B. <BEN@x.example>",
        );
        assert_eq!(
            set_on_item(a, &item, &[invited]),
            [(
                Field::Invited,
                "Ben <ben@x.example>\nAnna <anna@x.example>".to_owned()
            )]
        );
    }

    #[test]
    fn an_empty_value_removes_the_field() {
        assert_eq!(
            set_on_item(C, &anna(), &[change(Field::Phone, "")]),
            [(Field::Phone, String::new())]
        );
    }
}
