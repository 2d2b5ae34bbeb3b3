//! The paths by which requests name a field: `item:Subject`, one entry of a dictionary, or a named property.

use super::ExtendedPath;
use crate::exchange::failure::Failure;
use crate::exchange::xml::Element;

/// A path to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// A whole field, by its prefix (`item`) and its name (`Subject`), which is that of its element.
    Field {
        /// `item`, `contacts`, `folder`, ...
        prefix: String,
        /// The element's name.
        name: String,
    },
    /// One entry of a dictionary, or one part of an address.
    Indexed {
        /// The element that holds the entries.
        dictionary: &'static str,
        /// The key of the entry.
        key: String,
        /// The part of an address (`City`).
        part: Option<String>,
    },
    /// A named property, with the words it was asked for.
    Extended {
        /// Which one.
        path: ExtendedPath,
        /// The element of the request, repeated in the answer.
        asked: Element,
    },
}

impl Path {
    /// Reads a `FieldURI`, `IndexedFieldURI` or `ExtendedFieldURI`; `None` for any other element.
    pub fn read(element: &Element) -> Option<Result<Self, Failure>> {
        let get = |name| element.get_attribute(name).unwrap_or_default().trim();
        match element.name.as_str() {
            "FieldURI" => {
                let (prefix, name) = get("FieldURI").split_once(':')?;
                Some(Ok(Self::Field {
                    prefix: prefix.to_owned(),
                    name: name.to_owned(),
                }))
            }
            "IndexedFieldURI" => Some(Self::indexed(get("FieldURI"), get("FieldIndex"))),
            "ExtendedFieldURI" => Some(ExtendedPath::read(element).map(|path| Self::Extended {
                path,
                asked: element.clone(),
            })),
            _ => None,
        }
    }

    /// The path among the children of an element that holds one.
    pub fn inside(element: &Element) -> Option<Result<Self, Failure>> {
        element.children.iter().find_map(Self::read)
    }

    /// The paths of `AdditionalProperties`.
    pub fn list(additional: Option<&Element>) -> Result<Vec<Self>, Failure> {
        additional
            .into_iter()
            .flat_map(|list| &list.children)
            .filter_map(Self::read)
            .collect()
    }

    fn indexed(field: &str, key: &str) -> Result<Self, Failure> {
        let (dictionary, keys, part) = match field {
            "contacts:PhoneNumber" => ("PhoneNumbers", "PhoneNumberKey", None),
            "contacts:EmailAddress" => ("EmailAddresses", "EmailAddressKey", None),
            "contacts:ImAddress" => ("ImAddresses", "ImAddressKey", None),
            "item:InternetMessageHeader" => ("InternetMessageHeaders", "text", None),
            "distributionlist:Members:Member" => ("Members", "text", None),
            other => match other.strip_prefix("contacts:PhysicalAddress:") {
                Some(part) => (
                    "PhysicalAddresses",
                    "PhysicalAddressKey",
                    Some(part.to_owned()),
                ),
                None => {
                    return Err(Failure::new(
                        "ErrorInvalidPropertyRequest",
                        "The property is not valid here.",
                    ));
                }
            },
        };
        if !crate::exchange::schema::schema().allows(keys, key) {
            return Err(Failure::new(
                "ErrorInvalidIndexedPropertyIndex",
                "The index of the property is not valid.",
            ));
        }
        Ok(Self::Indexed {
            dictionary,
            key: key.to_owned(),
            part,
        })
    }

    /// The field as messages to people name it.
    pub fn shown(&self) -> String {
        match self {
            Self::Field { prefix, name } => format!("{prefix}:{name}"),
            Self::Indexed {
                dictionary,
                key,
                part,
            } => {
                format!(
                    "{dictionary}/{key}{}",
                    part.as_ref()
                        .map(|part| format!("/{part}"))
                        .unwrap_or_default()
                )
            }
            Self::Extended { path, .. } => String::from(path.clone()),
        }
    }
}
