//! The order of elements: what a request may contain and in which order, judged as Exchange does, and the order in which items and
//! folders are stored and answered. One table for both, see `table`.
//! Deliberately not here: meaning. A request that passes can still be wrong.

mod check;
mod parse;
mod table;
mod values;

use super::xml::{Element, Ns};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A request that does not follow the schema; the text is what the fault says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The request failed schema validation: {0}")]
pub struct Violation(pub String);

/// All types by name.
pub struct Schema {
    types: HashMap<&'static str, Type>,
    /// The elements of each type in order, its base's first.
    orders: HashMap<&'static str, Vec<&'static str>>,
}

enum Type {
    Complex(Complex),
    Values(Values),
}

struct Complex {
    ns: Ns,
    base: Option<&'static str>,
    attributes: Vec<Attribute>,
    content: Content,
}

struct Attribute {
    name: &'static str,
    kind: &'static str,
    required: bool,
}

enum Content {
    Elements(Vec<Particle>),
    Text(&'static str),
}

struct Particle {
    what: What,
    required: bool,
    repeats: bool,
}

enum What {
    Element {
        name: &'static str,
        kind: &'static str,
    },
    Either(Vec<Vec<Particle>>),
    Group(&'static str),
}

enum Values {
    OneOf(Vec<&'static str>),
    Range(i64, i64),
    ListOf(&'static str),
    Same(&'static str),
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::read);

/// The one schema.
pub fn schema() -> &'static Schema {
    &SCHEMA
}

impl Schema {
    fn read() -> Self {
        let mut types = HashMap::new();
        parse::into(table::MESSAGES, Ns::Messages, &mut types);
        parse::into(table::TYPES, Ns::Types, &mut types);
        let mut schema = Self {
            types,
            orders: HashMap::new(),
        };
        schema.orders = schema
            .types
            .keys()
            .map(|name| (*name, schema.names(name)))
            .collect();
        schema
    }

    /// Whether there is an operation of this name.
    pub fn has_operation(&self, name: &str) -> bool {
        matches!(self.types.get(name), Some(Type::Complex(complex)) if complex.ns == Ns::Messages)
    }

    /// Judges the body of a request, or one of the values inside by its type.
    pub fn check(&self, element: &Element, kind: &str) -> Result<(), Violation> {
        check::element(self, element, kind)
    }

    /// Where an element stands among its siblings in a type.
    pub fn position(&self, kind: &str, name: &str) -> Option<usize> {
        self.orders
            .get(kind)?
            .iter()
            .position(|known| *known == name)
    }

    /// The elements of a type in order.
    pub fn order(&self, kind: &str) -> &[&'static str] {
        self.orders.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The type of an element of a type.
    pub fn kind_of(&self, kind: &str, name: &str) -> Option<&'static str> {
        self.particles(kind)
            .into_iter()
            .find_map(|particle| match particle.what {
                What::Element { name: known, kind } if known == name => Some(kind),
                _ => None,
            })
    }

    /// Whether a value is one of those a type allows.
    pub fn allows(&self, kind: &str, value: &str) -> bool {
        values::allowed(self, kind, value)
    }

    fn complex(&self, name: &str) -> Option<&Complex> {
        match self.types.get(name) {
            Some(Type::Complex(complex)) => Some(complex),
            _ => None,
        }
    }

    /// The particles of a type and its bases, the outermost base first.
    fn particles(&self, name: &str) -> Vec<&Particle> {
        let Some(complex) = self.complex(name) else {
            return Vec::new();
        };
        let mut all = complex
            .base
            .map(|base| self.particles(base))
            .unwrap_or_default();
        if let Content::Elements(own) = &complex.content {
            all.extend(own);
        }
        all
    }

    /// The attributes of a type and its bases.
    fn attributes(&self, name: &str) -> Vec<&Attribute> {
        let Some(complex) = self.complex(name) else {
            return Vec::new();
        };
        let mut all = complex
            .base
            .map(|base| self.attributes(base))
            .unwrap_or_default();
        all.extend(&complex.attributes);
        all
    }

    fn names(&self, name: &str) -> Vec<&'static str> {
        let plain = |particle: &&Particle| match particle.what {
            What::Element { name, .. } => Some(name),
            _ => None,
        };
        self.particles(name).iter().filter_map(plain).collect()
    }
}

#[cfg(test)]
mod tests;
