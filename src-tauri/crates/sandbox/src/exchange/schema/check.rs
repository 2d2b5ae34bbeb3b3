//! Judges an element by its type. Greedy from left to right: the schema never leaves a choice open that only a later element decides.

use super::{Content, Ns, Particle, Schema, Violation, What};
use crate::exchange::xml::Element;

/// An element and everything below it.
pub(super) fn element(schema: &Schema, element: &Element, kind: &str) -> Result<(), Violation> {
    if kind == "any" {
        return Ok(());
    }
    let Some(complex) = schema.complex(kind) else {
        return text(schema, element, kind);
    };
    attributes(schema, element, kind)?;
    if let Content::Text(kind) = complex.content {
        return text(schema, element, kind);
    }
    let mut at = 0;
    let inside = Inside {
        schema,
        parent: element,
        ns: complex.ns,
    };
    for particle in schema.particles(kind) {
        inside.particle(particle, &mut at)?;
    }
    match element.children.get(at) {
        Some(child) => Err(inside.unexpected(child, &[])),
        None if element.text.trim().is_empty() => Ok(()),
        None => Err(Violation(format!(
            "The element '{}' cannot contain text.",
            element.name
        ))),
    }
}

fn text(schema: &Schema, element: &Element, kind: &str) -> Result<(), Violation> {
    if let Some(child) = element.children.first() {
        return Err(Violation(format!(
            "The element '{}' cannot contain child element '{}'.",
            element.name, child.name
        )));
    }
    if schema.allows(kind, &element.text) {
        return Ok(());
    }
    Err(Violation(format!(
        "The '{}' element is invalid - The value '{}' is invalid according to its datatype '{kind}'.",
        element.name, element.text
    )))
}

fn attributes(schema: &Schema, element: &Element, kind: &str) -> Result<(), Violation> {
    let known = schema.attributes(kind);
    for (name, value) in &element.attributes {
        match known.iter().find(|attribute| attribute.name == name) {
            None if name == "type" || name == "nil" || name == "lang" => {}
            None => {
                return Err(Violation(format!(
                    "The '{name}' attribute is not declared."
                )));
            }
            Some(attribute) if schema.allows(attribute.kind, value) => {}
            Some(attribute) => {
                return Err(Violation(format!(
                    "The '{name}' attribute is invalid - The value '{value}' is invalid according to its datatype '{}'.",
                    attribute.kind
                )));
            }
        }
    }
    match known
        .iter()
        .find(|attribute| attribute.required && element.get_attribute(attribute.name).is_none())
    {
        Some(missing) => Err(Violation(format!(
            "The required attribute '{}' is missing.",
            missing.name
        ))),
        None => Ok(()),
    }
}

/// The children of one element.
struct Inside<'a> {
    schema: &'a Schema,
    parent: &'a Element,
    ns: Ns,
}

impl Inside<'_> {
    /// Takes as many children as this particle may have.
    fn particle(&self, particle: &Particle, at: &mut usize) -> Result<(), Violation> {
        let mut taken = false;
        while let Some(child) = self.parent.children.get(*at) {
            if (taken && !particle.repeats) || !self.starts(particle, child) {
                break;
            }
            self.take(particle, child, at)?;
            taken = true;
        }
        if taken || !particle.required || self.may_be_absent(particle) {
            return Ok(());
        }
        let expected = self.names(particle);
        match self.parent.children.get(*at) {
            Some(child) => Err(self.unexpected(child, &expected)),
            None => Err(Violation(format!(
                "The element '{}' in namespace '{}' has incomplete content. List of possible elements expected: '{}'.",
                self.parent.name,
                self.parent.ns.uri(),
                expected.join(", ")
            ))),
        }
    }

    fn take(&self, particle: &Particle, child: &Element, at: &mut usize) -> Result<(), Violation> {
        match &particle.what {
            What::Element { kind, .. } => {
                *at += 1;
                element(self.schema, child, kind)
            }
            What::Either(branches) => {
                let branch = branches.iter().find(|branch| self.begins(*branch, child));
                branch
                    .into_iter()
                    .flatten()
                    .try_for_each(|particle| self.particle(particle, at))
            }
            What::Group(name) => self
                .schema
                .particles(name)
                .into_iter()
                .try_for_each(|particle| self.particle(particle, at)),
        }
    }

    fn starts(&self, particle: &Particle, child: &Element) -> bool {
        match &particle.what {
            What::Element { name, .. } => child.name == *name && child.ns == self.ns,
            What::Either(branches) => branches.iter().any(|branch| self.begins(branch, child)),
            What::Group(name) => self.begins(self.schema.particles(name), child),
        }
    }

    /// Whether a sequence can begin with this child.
    fn begins<'p>(
        &self,
        sequence: impl IntoIterator<Item = &'p Particle>,
        child: &Element,
    ) -> bool {
        for particle in sequence {
            if self.starts(particle, child) {
                return true;
            }
            if particle.required && !self.may_be_absent(particle) {
                return false;
            }
        }
        false
    }

    fn may_be_absent(&self, particle: &Particle) -> bool {
        let empty = |particle: &Particle| !particle.required || self.may_be_absent(particle);
        match &particle.what {
            What::Element { .. } => !particle.required,
            What::Either(branches) => branches.iter().any(|branch| branch.iter().all(empty)),
            What::Group(name) => self.schema.particles(name).into_iter().all(empty),
        }
    }

    fn names(&self, particle: &Particle) -> Vec<&'static str> {
        match &particle.what {
            What::Element { name, .. } => vec![name],
            What::Either(branches) => branches
                .iter()
                .filter_map(|branch| branch.first())
                .flat_map(|first| self.names(first))
                .collect(),
            What::Group(name) => self
                .schema
                .particles(name)
                .first()
                .map(|first| self.names(first))
                .unwrap_or_default(),
        }
    }

    fn unexpected(&self, child: &Element, expected: &[&str]) -> Violation {
        let mut message = format!(
            "The element '{}' in namespace '{}' has invalid child element '{}' in namespace '{}'.",
            self.parent.name,
            self.parent.ns.uri(),
            child.name,
            child.ns.uri()
        );
        if !expected.is_empty() {
            message.push_str(&format!(
                " List of possible elements expected: '{}'.",
                expected.join(", ")
            ));
        }
        Violation(message)
    }
}
