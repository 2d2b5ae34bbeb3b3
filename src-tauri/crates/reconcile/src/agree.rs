//! What both sides agree on once a write is confirmed. The answer is the new base, also where the server changed what it was sent;
//! a field that was not sent stays what it was, so that somebody else's change to it is still seen as one.

use model::{Base, Change, Fields};

/// After an entry was made on the other side: `sent` is what the first side holds, `kept` what the other one stored.
pub fn on_creation(sent: &Fields, kept: &Fields) -> Fields {
    sent.iter()
        .map(|(field, _)| (field, kept.get(field).to_owned()))
        .collect()
}

/// After the item took over changes.
pub fn on_item_update(base: &mut Base, changes: &[Change], kept: &Fields) {
    for change in changes {
        base.item.set(change.field, kept.get(change.field));
        base.record.set(change.field, change.after.clone());
    }
}

/// After the record took over changes.
pub fn on_record_update(base: &mut Base, changes: &[Change], kept: &Fields) {
    for change in changes {
        base.record.set(change.field, kept.get(change.field));
        base.item.set(change.field, change.after.clone());
    }
}

#[cfg(test)]
mod tests {
    use model::Field;

    use super::*;

    #[test]
    fn s3_a_value_the_server_cut_is_agreed_on_as_cut() {
        let sent = Fields::new().with(Field::FirstName, "Maximilian");
        let kept = Fields::new()
            .with(Field::FirstName, "Max")
            .with(Field::Phone, "1");
        let agreed = on_creation(&sent, &kept);
        assert_eq!(agreed, Fields::new().with(Field::FirstName, "Max"));
    }

    #[test]
    fn what_an_item_took_over_is_agreed_on_as_it_was_sent_and_as_it_is_kept() {
        let mut base = Base::default();
        let kept = Fields::new().with(Field::FirstName, "Max");
        let changes = [Change {
            field: Field::FirstName,
            before: String::new(),
            after: "Maximilian".to_owned(),
        }];
        on_item_update(&mut base, &changes, &kept);
        let values = (
            base.item.get(Field::FirstName),
            base.record.get(Field::FirstName),
        );
        assert_eq!(values, ("Max", "Maximilian"));
    }

    #[test]
    fn a_field_that_was_not_sent_is_not_agreed_on() {
        let mut base = Base::default();
        let kept = Fields::new()
            .with(Field::Phone, "2")
            .with(Field::Mobile, "somebody else's");
        let changes = [Change {
            field: Field::Phone,
            before: String::new(),
            after: "2".to_owned(),
        }];
        on_record_update(&mut base, &changes, &kept);
        assert_eq!(base.record.get(Field::Mobile), "");
        assert_eq!(base.item.get(Field::Phone), "2");
    }
}
