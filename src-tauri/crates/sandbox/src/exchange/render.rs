//! Items and folders as an answer shows them: stored fields, computed fields and named properties, in schema order.

mod computed;
mod event;
mod folder;

pub(crate) use event::{ATTENDEES, is_own};
pub use folder::folder;
pub(crate) use folder::folder_value;

use super::body;
use super::identity::Id;
use super::item::{AttachmentBody, ExtendedPath, ExtendedValue, Item, Path};
use super::mailbox::Mailbox;
use super::schema::schema;
use super::shape::{BodyForm, Purpose, Shape};
use super::xml::Element;
use jiff::Timestamp;

/// A time as Exchange writes it: UTC, no fraction.
pub fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The id of an item, or of an occurrence of a series.
pub fn id_of(item: &Item) -> Id {
    match &item.occurrence {
        Some(occurrence) => Id::Occurrence(item.key, occurrence.day),
        None => Id::Item(item.key),
    }
}

/// The `ItemId` of an item.
pub fn item_id(mailbox: &Mailbox, item: &Item) -> Element {
    Element::t("ItemId")
        .attribute("Id", mailbox.encode(id_of(item)))
        .attribute("ChangeKey", item.change_key())
}

/// The `AttachmentId` of an attachment.
pub fn attachment_id(mailbox: &Mailbox, item: &Item, number: u32) -> Element {
    Element::t("AttachmentId").attribute("Id", mailbox.encode(Id::Attachment(item.key, number)))
}

/// An item in the wanted shape.
pub fn item(mailbox: &Mailbox, item: &Item, shape: &Shape) -> Element {
    let kind = item.kind;
    let mut element = Element::t(kind.element());
    for name in schema().order(kind.element()) {
        if *name == "ExtendedProperty" {
            element.children.extend(extended(mailbox, item, shape));
        } else if shape.wants(kind, name) {
            let field = whole_field(mailbox, item, name, shape.body);
            let field = field.map(|field| match shape.purpose {
                Purpose::Listed => mailbox.internal.listed(field),
                Purpose::Single => field,
            });
            element.children.extend(field);
        } else {
            element.children.extend(entries(item, name, shape));
        }
    }
    element
}

/// One field as a whole.
fn whole_field(mailbox: &Mailbox, item: &Item, name: &str, form: BodyForm) -> Option<Element> {
    match name {
        "Body" => body::in_form(item, form, "Body"),
        "TextBody" | "UniqueBody" | "NormalizedBody" => {
            let form = if name == "TextBody" {
                BodyForm::Text
            } else {
                form
            };
            body::in_form(item, form, name)
        }
        "Attachments" => attachments(mailbox, item),
        _ => computed::field(mailbox, item, name).or_else(|| item.fields.get(name).cloned()),
    }
}

fn attachments(mailbox: &Mailbox, item: &Item) -> Option<Element> {
    if item.attachments.is_empty() {
        return None;
    }
    let each = item
        .attachments
        .iter()
        .map(|one| one.listed(attachment_id(mailbox, item, one.number)));
    Some(Element::t("Attachments").with(each))
}

/// Entries of a dictionary that were asked for one by one.
fn entries(item: &Item, dictionary: &str, shape: &Shape) -> Option<Element> {
    let mut found = Element::t(dictionary);
    for path in &shape.paths {
        let Path::Indexed {
            dictionary: wanted,
            key,
            part,
        } = path
        else {
            continue;
        };
        let Some(entry) = item
            .fields
            .entry(dictionary, key)
            .filter(|_| *wanted == dictionary)
        else {
            continue;
        };
        match part {
            None => found.children.push(entry.clone()),
            Some(part) => {
                let Some(value) = entry.get(part) else {
                    continue;
                };
                let same = |shown: &&mut Element| shown.get_attribute("Key") == Some(key);
                match found.children.iter_mut().find(same) {
                    Some(shown) => shown.children.push(value.clone()),
                    None => found.children.push(
                        Element::t("Entry")
                            .attribute("Key", key.clone())
                            .child(value.clone()),
                    ),
                }
            }
        }
    }
    sort_address_parts(&mut found);
    (!found.children.is_empty()).then_some(found)
}

fn sort_address_parts(dictionary: &mut Element) {
    for entry in &mut dictionary.children {
        entry
            .children
            .sort_by_key(|part| schema().position("PhysicalAddressEntry", &part.name));
    }
}

fn extended(mailbox: &Mailbox, item: &Item, shape: &Shape) -> Vec<Element> {
    let asked = shape.paths.iter().filter_map(|path| match path {
        Path::Extended { path, asked } => Some((path, asked)),
        Path::Field { .. } | Path::Indexed { .. } => None,
    });
    let found = asked.filter_map(|(path, asked)| {
        Some(extended_value(mailbox, item, path)?.element(asked.clone()))
    });
    found.collect()
}

/// A named property, or one of the few tags that mirror a field.
pub fn extended_value(
    _mailbox: &Mailbox,
    item: &Item,
    path: &ExtendedPath,
) -> Option<ExtendedValue> {
    if let Some(value) = item.extended.get(path) {
        return Some(value.clone());
    }
    let text = match (path.tag()?, path.kind()) {
        (0x300b, "Binary") => base64_of_hex(&item.search_key),
        (0x001a, "String") => item.class().to_owned(),
        (0x0037, "String") => item.fields.text("Subject")?.to_owned(),
        (0x1035, "String") => item.fields.text("InternetMessageId")?.to_owned(),
        (0x3001, "String") => item.fields.text("DisplayName")?.to_owned(),
        (0x3007, "SystemTime") => time(item.created),
        (0x3008, "SystemTime") => time(item.modified),
        (0x0e08, "Integer") => computed::size(item).to_string(),
        _ => return None,
    };
    Some(ExtendedValue::One(text))
}

fn base64_of_hex(hex: &str) -> String {
    use base64::Engine;
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .filter_map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok())
        .collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The value a path names, as one text: for restrictions and sorting.
pub fn value(mailbox: &Mailbox, item: &Item, path: &Path) -> Option<String> {
    match path {
        Path::Field { prefix, name } => {
            if prefix != "item" && !item.kind.prefixes().contains(&prefix.as_str()) {
                return None;
            }
            let field = whole_field(mailbox, item, name, BodyForm::Text)?;
            Some(if field.children.is_empty() {
                field.text
            } else {
                joined(&field)
            })
        }
        Path::Indexed {
            dictionary,
            key,
            part,
        } => {
            let entry = item.fields.entry(dictionary, key)?;
            match part {
                Some(part) => entry.get_text(part).map(str::to_owned),
                None => Some(entry.text.clone()),
            }
        }
        Path::Extended { path, .. } => extended_value(mailbox, item, path)?
            .text()
            .map(str::to_owned),
    }
}

fn joined(field: &Element) -> String {
    let mut texts = Vec::new();
    let mut left = vec![field];
    while let Some(element) = left.pop() {
        if !element.text.is_empty() {
            texts.push(element.text.as_str());
        }
        left.extend(element.children.iter().rev());
    }
    texts.join("; ")
}

/// An attachment with its content; an attached item is shown like any other.
pub fn attachment(mailbox: &Mailbox, item: &Item, number: u32) -> Option<Element> {
    let found = item.attachment(number)?;
    let id = attachment_id(mailbox, item, number);
    Some(match &found.body {
        AttachmentBody::File(_) | AttachmentBody::Item(_) => found.whole(id),
    })
}
