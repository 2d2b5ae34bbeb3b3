//! The fields of an item or folder: elements of the types namespace, each name once, in the order of the schema.

use crate::exchange::schema::schema;
use crate::exchange::xml::{Element, Ns};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Fields in schema order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<Element>);

impl Fields {
    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Element> {
        self.0.iter().find(|field| field.name == name)
    }

    /// The field of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.0.iter_mut().find(|field| field.name == name)
    }

    /// The text of the field of this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|field| field.text.as_str())
    }

    /// Sets a field in its place among those of a type.
    pub fn set(&mut self, kind: &str, field: Element) {
        if let Some(old) = self.get_mut(&field.name) {
            *old = field;
            return;
        }
        let place = |name: &str| schema().position(kind, name).unwrap_or(usize::MAX);
        let own = place(&field.name);
        let at = self
            .0
            .iter()
            .position(|other| place(&other.name) > own)
            .unwrap_or(self.0.len());
        self.0.insert(at, field);
    }

    /// Sets a field that is only text.
    pub fn set_text(&mut self, kind: &str, name: &str, text: impl Into<String>) {
        self.set(kind, Element::t(name).text(text));
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Element> {
        let at = self.0.iter().position(|field| field.name == name)?;
        Some(self.0.remove(at))
    }

    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.0.iter()
    }

    /// The entry of a dictionary (`PhoneNumbers`, `MobilePhone`).
    pub fn entry(&self, dictionary: &str, key: &str) -> Option<&Element> {
        self.get(dictionary)?
            .children
            .iter()
            .find(|entry| entry.get_attribute("Key") == Some(key))
    }

    /// The entry of a dictionary, made if it is missing. Entries stand in the order of their keys in the schema.
    pub fn entry_mut(&mut self, kind: &str, dictionary: &str, key: &str) -> &mut Element {
        if self.get(dictionary).is_none() {
            self.set(kind, Element::t(dictionary));
        }
        let entries = &mut self.get_mut(dictionary).expect("set above").children;
        let at = entries
            .iter()
            .position(|entry| entry.get_attribute("Key") == Some(key))
            .unwrap_or_else(|| {
                entries.push(Element::t("Entry").attribute("Key", key));
                entries.len() - 1
            });
        &mut entries[at]
    }

    /// Takes an entry out of a dictionary, and the dictionary with its last entry.
    pub fn remove_entry(&mut self, dictionary: &str, key: &str) {
        let Some(field) = self.get_mut(dictionary) else {
            return;
        };
        field
            .children
            .retain(|entry| entry.get_attribute("Key") != Some(key));
        if field.children.is_empty() {
            self.remove(dictionary);
        }
    }
}

/// Stored as one XML text.
impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Element::new(Ns::Types, "Fields")
            .with(self.0.iter().cloned())
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Element::deserialize(deserializer)?.children))
    }
}
