//! Named (extended) properties: by tag, or by property set and name or number, with a type. The same property asked for by its
//! distinguished set or by the set's GUID is one property.

use crate::exchange::failure::Failure;
use crate::exchange::xml::Element;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The distinguished property sets and their GUIDs, as MS-OXPROPS lists them.
const SETS: [(&str, &str); 10] = [
    ("Meeting", "6ed8da90-450b-101b-98da-00aa003f1305"),
    ("Appointment", "00062002-0000-0000-c000-000000000046"),
    ("Common", "00062008-0000-0000-c000-000000000046"),
    ("PublicStrings", "00020329-0000-0000-c000-000000000046"),
    ("Address", "00062004-0000-0000-c000-000000000046"),
    ("InternetHeaders", "00020386-0000-0000-c000-000000000046"),
    ("CalendarAssistant", "11000e07-b51b-40d6-af21-caa85edab1d0"),
    ("UnifiedMessaging", "4442858e-a9e3-4e80-b900-317a210cc15b"),
    ("Task", "00062003-0000-0000-c000-000000000046"),
    ("Sharing", "00062040-0000-0000-c000-000000000046"),
];

/// Which property, without the words it was asked with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ExtendedPath {
    place: Place,
    kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Place {
    Tag(u16),
    Name { set: String, name: String },
    Number { set: String, number: i32 },
}

/// Its value: one text, or several where the type ends in `Array`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExtendedValue {
    /// One value.
    One(String),
    /// The values of an array.
    Many(Vec<String>),
}

/// The named properties of an item or folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extended(BTreeMap<ExtendedPath, ExtendedValue>);

impl ExtendedPath {
    /// A property by set and name, of type String.
    pub fn named(set: &str, name: &str) -> Self {
        let place = Place::Name {
            set: set.trim_matches(['{', '}']).to_ascii_lowercase(),
            name: name.to_owned(),
        };
        Self {
            place,
            kind: "String".to_owned(),
        }
    }

    /// Reads an `ExtendedFieldURI`.
    pub fn read(element: &Element) -> Result<Self, Failure> {
        let invalid = || {
            Failure::new(
                "ErrorInvalidExtendedProperty",
                "The extended property attribute combination is invalid.",
            )
        };
        let get = |name| element.get_attribute(name);
        let distinguished = get("DistinguishedPropertySetId")
            .and_then(|name| SETS.iter().find(|(known, _)| *known == name));
        let set = match (distinguished, get("PropertySetId")) {
            (Some(_), Some(_)) => return Err(invalid()),
            (Some((_, guid)), None) => Some((*guid).to_owned()),
            (None, guid) => guid.map(str::to_ascii_lowercase),
        };
        let place = match (
            get("PropertyTag"),
            set,
            get("PropertyName"),
            get("PropertyId"),
        ) {
            (Some(tag), None, None, None) => Place::Tag(read_tag(tag).ok_or_else(invalid)?),
            (None, Some(set), Some(name), None) => Place::Name {
                set,
                name: name.to_owned(),
            },
            (None, Some(set), None, Some(number)) => Place::Number {
                set,
                number: number.trim().parse().map_err(|_| invalid())?,
            },
            _ => return Err(invalid()),
        };
        Ok(Self {
            place,
            kind: get("PropertyType").unwrap_or_default().to_owned(),
        })
    }

    /// The `ExtendedFieldURI` of this property, sets by GUID.
    pub fn element(&self) -> Element {
        let uri = Element::t("ExtendedFieldURI");
        let uri = match &self.place {
            Place::Tag(tag) => uri.attribute("PropertyTag", format!("0x{tag:x}")),
            Place::Name { set, name } => uri
                .attribute("PropertySetId", set.clone())
                .attribute("PropertyName", name.clone()),
            Place::Number { set, number } => uri
                .attribute("PropertySetId", set.clone())
                .attribute("PropertyId", number.to_string()),
        };
        uri.attribute("PropertyType", self.kind.clone())
    }

    /// The type of its value.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether it has this name, in whatever set.
    pub fn is_named(&self, wanted: &str) -> bool {
        matches!(&self.place, Place::Name { name, .. } if name == wanted)
    }

    /// The tag, for those that have one.
    pub fn tag(&self) -> Option<u16> {
        match self.place {
            Place::Tag(tag) => Some(tag),
            _ => None,
        }
    }
}

fn read_tag(text: &str) -> Option<u16> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u16::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `0x300b:Binary`, `{guid}/CrmRecord:String`, `{guid}#34049:Integer`.
impl From<ExtendedPath> for String {
    fn from(path: ExtendedPath) -> Self {
        match path.place {
            Place::Tag(tag) => format!("0x{tag:04x}:{}", path.kind),
            Place::Name { set, name } => format!("{{{set}}}/{name}:{}", path.kind),
            Place::Number { set, number } => format!("{{{set}}}#{number}:{}", path.kind),
        }
    }
}

impl TryFrom<String> for ExtendedPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let unreadable = || format!("{text:?} is no property");
        let (place, kind) = text.rsplit_once(':').ok_or_else(unreadable)?;
        let place = match place
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'))
        {
            None => Place::Tag(read_tag(place).ok_or_else(unreadable)?),
            Some((set, rest)) => {
                let set = set.to_ascii_lowercase();
                match (
                    rest.strip_prefix('/'),
                    rest.strip_prefix('#')
                        .and_then(|number| number.parse().ok()),
                ) {
                    (Some(name), _) => Place::Name {
                        set,
                        name: name.to_owned(),
                    },
                    (None, Some(number)) => Place::Number { set, number },
                    (None, None) => return Err(unreadable()),
                }
            }
        };
        Ok(Self {
            place,
            kind: kind.to_owned(),
        })
    }
}

impl ExtendedValue {
    /// Reads the value of an `ExtendedProperty` element whose path is already known.
    pub fn read(element: &Element, path: &ExtendedPath) -> Result<Self, Failure> {
        let value = match element.get("Values") {
            Some(values) => Self::Many(
                values
                    .children
                    .iter()
                    .map(|value| value.text.clone())
                    .collect(),
            ),
            None => Self::One(element.get_text("Value").unwrap_or_default().to_owned()),
        };
        let is_array = path.kind.ends_with("Array");
        let fits = match &value {
            Self::One(one) => !is_array && fits(path.kind(), one),
            Self::Many(many) => {
                is_array
                    && many
                        .iter()
                        .all(|one| fits(path.kind().trim_end_matches("Array"), one))
            }
        };
        let bad = "The value of the extended property does not match its type.";
        if fits {
            Ok(value)
        } else {
            Err(Failure::new("ErrorInvalidExtendedPropertyValue", bad))
        }
    }

    /// The `ExtendedProperty` element, with the path as it was asked for.
    pub fn element(&self, uri: Element) -> Element {
        let property = Element::t("ExtendedProperty").child(uri);
        let value = |text: &String| Element::t("Value").text(text.clone());
        match self {
            Self::One(one) => property.child(value(one)),
            Self::Many(many) => property.child(Element::t("Values").with(many.iter().map(value))),
        }
    }

    /// The value as one text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::One(one) => Some(one),
            Self::Many(many) => many.first().map(String::as_str),
        }
    }
}

fn fits(kind: &str, text: &str) -> bool {
    use base64::Engine;
    let text = text.trim();
    match kind {
        "Integer" | "Short" | "Long" | "Currency" => text.parse::<i64>().is_ok(),
        "Boolean" => matches!(text, "true" | "false" | "0" | "1"),
        "Double" | "Float" | "ApplicationTime" => text.parse::<f64>().is_ok(),
        "Binary" => base64::engine::general_purpose::STANDARD
            .decode(text)
            .is_ok(),
        "SystemTime" => crate::exchange::schema::schema().allows("time", text),
        "CLSID" => crate::exchange::schema::schema().allows("guid", text.trim_matches(['{', '}'])),
        _ => true,
    }
}

impl Extended {
    /// The value of a property.
    pub fn get(&self, path: &ExtendedPath) -> Option<&ExtendedValue> {
        self.0.get(path)
    }

    /// Sets a property.
    pub fn set(&mut self, path: ExtendedPath, value: ExtendedValue) {
        self.0.insert(path, value);
    }

    /// Takes a property out.
    pub fn remove(&mut self, path: &ExtendedPath) {
        self.0.remove(path);
    }

    /// All properties in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (&ExtendedPath, &ExtendedValue)> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
