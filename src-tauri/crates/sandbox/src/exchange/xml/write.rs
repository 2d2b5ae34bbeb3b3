//! From elements to text, with the prefixes Exchange uses. Carriage returns go out as references, or the reader would lose them.

use super::{Element, Ns};
use std::fmt::Write;

/// The root of an envelope declares these; a part written alone declares its own.
const DECLARED: [(Ns, &str); 3] = [(Ns::Soap, "s"), (Ns::Messages, "m"), (Ns::Types, "t")];

impl Element {
    /// The element as a document of its own, without an XML declaration.
    pub fn to_xml(&self) -> String {
        let mut out = String::with_capacity(512);
        write_element(self, true, &mut out);
        out
    }
}

fn prefix(ns: Ns) -> Option<&'static str> {
    DECLARED
        .iter()
        .find(|(known, _)| *known == ns)
        .map(|(_, prefix)| *prefix)
}

fn uses(element: &Element, ns: Ns) -> bool {
    element.ns == ns || element.children.iter().any(|child| uses(child, ns))
}

fn write_element(element: &Element, root: bool, out: &mut String) {
    let name = match prefix(element.ns) {
        Some(prefix) => format!("{prefix}:{}", element.name),
        None => element.name.clone(),
    };
    let _ = write!(out, "<{name}");
    if root {
        for (ns, prefix) in DECLARED {
            if uses(element, ns) {
                let _ = write!(out, " xmlns:{prefix}=\"{}\"", ns.uri());
            }
        }
    }
    if prefix(element.ns).is_none() && !element.ns.uri().is_empty() {
        let _ = write!(out, " xmlns=\"{}\"", element.ns.uri());
    }
    for (name, value) in &element.attributes {
        let _ = write!(out, " {name}=\"");
        escape(value, Place::Attribute, out);
        out.push('"');
    }
    if element.children.is_empty() && element.text.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    if element.children.is_empty() {
        escape(&element.text, Place::Text, out);
    }
    for child in &element.children {
        write_element(child, false, out);
    }
    let _ = write!(out, "</{name}>");
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Attribute,
}

fn escape(text: &str, place: Place, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if place == Place::Attribute => out.push_str("&quot;"),
            '\n' if place == Place::Attribute => out.push_str("&#xA;"),
            '\t' if place == Place::Attribute => out.push_str("&#x9;"),
            '\r' => out.push_str("&#xD;"),
            _ => out.push(character),
        }
    }
}
