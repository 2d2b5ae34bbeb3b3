//! Flat names of fields, as acts use them, and the changes they stand for.

use super::{ActError, FieldValue, calendar_fields};
use crate::exchange::item::{ExtendedPath, ExtendedValue, Item, Kind, Path};
use crate::exchange::schema::schema;
use crate::exchange::write::{self, Action, Occasion, Update};
use crate::exchange::xml::Element;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Sets fields of an item; all or none.
pub(super) fn set_fields(
    item: &mut Item,
    fields: &BTreeMap<String, FieldValue>,
    now: Timestamp,
) -> Result<(), ActError> {
    let mut updates: Vec<Update> = fields
        .iter()
        .filter(|(name, _)| !calendar_fields::is_of_recurrence(name))
        .map(|(name, value)| update(name, value))
        .collect::<Result<_, _>>()?;
    updates.extend(
        calendar_fields::recurrence(fields).map(|recurrence| Update {
            path: whole("Recurrence"),
            action: Action::Set(recurrence),
        }),
    );
    if let Some(recurrence) = updates.last().and_then(recurrence_in) {
        check_recurrence(item, recurrence)?;
    }
    let occasion = Occasion {
        zone: calendar_fields::zone(fields, item),
        ..now.into()
    };
    Ok(write::apply(item, &updates, &occasion)?)
}

fn recurrence_in(update: &Update) -> Option<&Element> {
    match &update.action {
        Action::Set(element) if element.name == "Recurrence" => Some(element),
        _ => None,
    }
}

/// A recurrence put together from names is judged as that of a request is.
fn check_recurrence(item: &Item, recurrence: &Element) -> Result<(), ActError> {
    let kind = match item.kind {
        Kind::Task => "TaskRecurrence",
        _ => "Recurrence",
    };
    schema()
        .check(recurrence, kind)
        .map_err(|violation| ActError::Refused(violation.to_string()))
}

/// The change that sets a flat name to a value.
fn update(name: &str, value: &FieldValue) -> Result<Update, ActError> {
    let bad = || ActError::Field(name.to_owned());
    let is_empty = calendar_fields::is_empty(value);
    let set = |element: Element| {
        if is_empty {
            Action::Delete
        } else {
            Action::Set(element)
        }
    };
    if name.starts_with('{') || name.starts_with("0x") {
        let path = ExtendedPath::try_from(name.to_owned()).map_err(|_| bad())?;
        let held = match value {
            FieldValue::One(text) => ExtendedValue::One(text.clone()),
            FieldValue::Many(texts) => ExtendedValue::Many(texts.clone()),
        };
        let action = set(held.element(path.element()));
        return Ok(Update {
            path: Path::Extended {
                asked: path.element(),
                path,
            },
            action,
        });
    }
    if let Some(element) = calendar_fields::element(name, value) {
        return Ok(Update {
            path: whole(name),
            action: set(element),
        });
    }
    let text = match value {
        FieldValue::One(text) => text.clone(),
        FieldValue::Many(texts) => {
            let list = Element::t(name).with(
                texts
                    .iter()
                    .map(|text| Element::t("String").text(text.clone())),
            );
            return Ok(Update {
                path: whole(name),
                action: set(list),
            });
        }
    };
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        ["Body", "HTML"] => Ok(Update {
            path: whole("Body"),
            action: set(body("HTML", text)),
        }),
        ["Body"] => Ok(Update {
            path: whole("Body"),
            action: set(body("Text", text)),
        }),
        [field] => Ok(Update {
            path: whole(field),
            action: set(Element::t(*field).text(text)),
        }),
        [dictionary, key] => {
            let entry = Element::t("Entry").attribute("Key", *key).text(text);
            let path = Path::Indexed {
                dictionary: dictionary_named(dictionary).ok_or_else(bad)?,
                key: (*key).to_owned(),
                part: None,
            };
            Ok(Update {
                path,
                action: set(Element::t(*dictionary).child(entry)),
            })
        }
        [dictionary, key, part] => {
            let entry = Element::t("Entry")
                .attribute("Key", *key)
                .child(Element::t(*part).text(text));
            let dictionary = dictionary_named(dictionary).ok_or_else(bad)?;
            let path = Path::Indexed {
                dictionary,
                key: (*key).to_owned(),
                part: Some((*part).to_owned()),
            };
            Ok(Update {
                path,
                action: set(Element::t(dictionary).child(entry)),
            })
        }
        _ => Err(bad()),
    }
}

fn whole(name: &str) -> Path {
    Path::Field {
        prefix: "item".to_owned(),
        name: name.to_owned(),
    }
}

fn body(kind: &str, text: String) -> Element {
    Element::t("Body").attribute("BodyType", kind).text(text)
}

fn dictionary_named(name: &str) -> Option<&'static str> {
    [
        "PhoneNumbers",
        "EmailAddresses",
        "ImAddresses",
        "PhysicalAddresses",
    ]
    .into_iter()
    .find(|known| *known == name)
}
