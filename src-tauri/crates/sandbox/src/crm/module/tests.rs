//! The module files, read.
use super::*;

#[test]
fn every_module_file_reads_and_names_are_unique() {
    for module in stock() {
        let ids = module.fields.iter().filter(|field| field.slot == Slot::Id);
        assert_eq!(ids.count(), 1, "{}", module.name);
        assert!(
            module
                .fields
                .iter()
                .enumerate()
                .all(|(place, field)| module.place(&field.name) == Some(place)),
            "{}",
            module.name
        );
        assert_eq!(name_with_prefix(module.prefix), Some(module.name));
        assert_eq!(module.id.name(), module.name);
    }
    assert_eq!(
        stock_named("Contacts").map(|module| module.fields.len()),
        Some(49)
    );
    assert!(stock_named("contacts").is_none());
}

#[test]
fn a_module_without_a_field_still_finds_its_label() {
    let emails = stock_named("Emails").expect("there is the module");
    let gone = emails.place("cf_901").expect("there is the field");
    let without = emails.without(gone);
    assert_eq!(without.place("cf_901"), None);
    assert_eq!(without.place("subject"), Some(without.label_from[0]));
    let documents = stock_named("Documents").expect("there is the module");
    let without = documents.without(0);
    assert_eq!(
        without.place("note_no"),
        without.numbering.map(|(place, _)| place)
    );
}
