//! XML as EWS uses it: elements with attributes and either children or text, in four namespaces. One tree for requests, for stored
//! items and for answers.
//! Deliberately not here: comments, processing instructions, mixed content; no EWS text has them.

mod read;
mod write;

pub use read::XmlError;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The namespaces that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ns {
    /// The SOAP 1.1 envelope.
    Soap,
    /// The types of EWS: everything inside items, folders, shapes.
    Types,
    /// The messages of EWS: requests and responses.
    Messages,
    /// The details of EWS faults.
    Errors,
    /// No namespace: `faultcode` and its like, autodiscover.
    None,
    /// Any other one, kept apart only from the ones above.
    Other,
}

impl Ns {
    /// Its address; empty where it has none.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Soap => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::Types => "http://schemas.microsoft.com/exchange/services/2006/types",
            Self::Messages => "http://schemas.microsoft.com/exchange/services/2006/messages",
            Self::Errors => "http://schemas.microsoft.com/exchange/services/2006/errors",
            Self::None | Self::Other => "",
        }
    }

    fn from_uri(uri: &str) -> Self {
        let known = [Self::Soap, Self::Types, Self::Messages, Self::Errors];
        known
            .into_iter()
            .find(|ns| ns.uri() == uri)
            .unwrap_or(Self::Other)
    }
}

/// An element: its name, its attributes without namespace declarations, and its children or its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its namespace.
    pub ns: Ns,
    /// Its local name.
    pub name: String,
    /// Attributes by local name, as they came.
    pub attributes: Vec<(String, String)>,
    /// Its children; an element with children has no text.
    pub children: Vec<Element>,
    /// Its text, references resolved.
    pub text: String,
}

impl Element {
    /// An empty element.
    pub fn new(ns: Ns, name: impl Into<String>) -> Self {
        Self {
            ns,
            name: name.into(),
            attributes: Vec::new(),
            children: Vec::new(),
            text: String::new(),
        }
    }

    /// An empty element of the types namespace.
    pub fn t(name: impl Into<String>) -> Self {
        Self::new(Ns::Types, name)
    }

    /// An empty element of the messages namespace.
    pub fn m(name: impl Into<String>) -> Self {
        Self::new(Ns::Messages, name)
    }

    /// With this text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// With one more attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// With one more child.
    #[must_use]
    pub fn child(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    /// With these children after those it has.
    #[must_use]
    pub fn with(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children);
        self
    }

    /// The value of an attribute.
    pub fn get_attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first child of this name.
    pub fn get(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// The first element of this name at any depth, to be changed.
    pub fn find_mut(&mut self, name: &str) -> Option<&mut Element> {
        if self.children.iter().any(|child| child.name == name) {
            return self.get_mut(name);
        }
        let mut below = self.children.iter_mut();
        below.find_map(|child| child.find_mut(name))
    }

    /// The text of the first child of this name.
    pub fn get_text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|child| child.text.as_str())
    }

    /// Takes every child of this name out.
    pub fn remove(&mut self, name: &str) {
        self.children.retain(|child| child.name != name);
    }
}

/// Stored as its XML text: short, and readable in a state file.
impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_xml())
    }
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
