//! Entries of dictionaries (telephone numbers, addresses) and parts of an address, changed one by one.

use super::{Action, empty_value, mismatch, no_append};
use crate::exchange::failure::Failure;
use crate::exchange::item::{Item, Kind};
use crate::exchange::schema::schema;
use crate::exchange::xml::Element;

/// Changes one entry or one part of an address.
pub(super) fn change(
    item: &mut Item,
    dictionary: &str,
    key: &str,
    part: Option<&str>,
    action: &Action,
) -> Result<(), Failure> {
    if item.kind != Kind::Contact {
        return Err(Failure::invalid_property_set(dictionary));
    }
    match action {
        Action::Append(_) => return Err(no_append()),
        Action::Delete => match part {
            None => item.fields.remove_entry(dictionary, key),
            Some(part) => remove_part(item, dictionary, key, part),
        },
        Action::Set(value) => {
            let [entry] = value.children.as_slice() else {
                return Err(mismatch());
            };
            if value.name != dictionary || entry.get_attribute("Key") != Some(key) {
                return Err(mismatch());
            }
            match part {
                None if entry.text.is_empty() => return Err(empty_value(key)),
                None => *item.fields.entry_mut("Contact", dictionary, key) = entry.clone(),
                Some(part) => {
                    let [value] = entry.children.as_slice() else {
                        return Err(mismatch());
                    };
                    if value.name != part {
                        return Err(mismatch());
                    }
                    if value.text.is_empty() {
                        return Err(empty_value(part));
                    }
                    set_part(
                        item.fields.entry_mut("Contact", dictionary, key),
                        value.clone(),
                    );
                }
            }
        }
    }
    Ok(())
}

fn set_part(entry: &mut Element, value: Element) {
    entry.remove(&value.name);
    entry.children.push(value);
    entry
        .children
        .sort_by_key(|part| schema().position("PhysicalAddressEntry", &part.name));
}

fn remove_part(item: &mut Item, dictionary: &str, key: &str, part: &str) {
    if item.fields.entry(dictionary, key).is_none() {
        return;
    }
    let entry = item.fields.entry_mut("Contact", dictionary, key);
    entry.remove(part);
    if entry.children.is_empty() {
        item.fields.remove_entry(dictionary, key);
    }
}
