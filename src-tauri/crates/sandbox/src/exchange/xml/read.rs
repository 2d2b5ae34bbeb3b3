//! From text to elements. As strict as Exchange: no document type, no character that XML 1.0 forbids, one root.

use super::{Element, Ns};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// Deeper nesting than this is no EWS request.
const DEEPEST: usize = 200;

/// Why a text is not read.
#[derive(Debug, thiserror::Error)]
pub enum XmlError {
    /// It is not well-formed.
    #[error("the text is not well-formed XML: {0}")]
    Malformed(String),
    /// It uses something that is well-formed but refused.
    #[error("the XML contains {0}")]
    Refused(&'static str),
}

impl<E: Into<quick_xml::Error>> From<E> for XmlError {
    fn from(error: E) -> Self {
        Self::Malformed(error.into().to_string())
    }
}

impl Element {
    /// Reads a whole document and returns its root.
    pub fn parse(text: &str) -> Result<Self, XmlError> {
        let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        loop {
            let (ns, event) = reader.read_resolved_event()?;
            let ns = namespace(&ns)?;
            match event {
                Event::Start(start) => open.push(started(ns, &start)?),
                Event::Empty(start) => close(started(ns, &start)?, &mut open, &mut root)?,
                Event::End(_) => {
                    let done = open
                        .pop()
                        .ok_or(XmlError::Refused("an end without a start"))?;
                    close(done, &mut open, &mut root)?;
                }
                Event::Text(text) => add_text(&text.xml10_content(), &mut open)?,
                Event::CData(text) => add_text(&text.xml10_content(), &mut open)?,
                Event::GeneralRef(reference) => add_text(&resolved(&reference)?, &mut open)?,
                Event::DocType(_) => return Err(XmlError::Refused("a document type")),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
            if open.len() > DEEPEST {
                return Err(XmlError::Refused("too deep a nesting"));
            }
        }
        if !open.is_empty() {
            return Err(XmlError::Malformed(
                "the text ends inside an element".to_owned(),
            ));
        }
        root.ok_or_else(|| XmlError::Malformed("the text has no element".to_owned()))
    }
}

fn namespace(resolved: &ResolveResult<'_>) -> Result<Ns, XmlError> {
    match resolved {
        ResolveResult::Bound(ns) => Ok(Ns::from_uri(ns.as_ref())),
        ResolveResult::Unbound => Ok(Ns::None),
        ResolveResult::Unknown(_) => {
            Err(XmlError::Malformed("a prefix is not declared".to_owned()))
        }
    }
}

fn started(ns: Ns, start: &BytesStart<'_>) -> Result<Element, XmlError> {
    let mut element = Element::new(ns, start.local_name().as_ref());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(quick_xml::Error::from)?;
        let name = attribute.key.as_ref();
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?;
        check_characters(&value)?;
        element.attributes.push((
            attribute.key.local_name().as_ref().to_owned(),
            value.into_owned(),
        ));
    }
    Ok(element)
}

fn close(
    mut done: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), XmlError> {
    // White space between children is layout.
    if !done.children.is_empty() {
        done.text.clear();
    }
    match (open.last_mut(), root.is_some()) {
        (Some(parent), _) => parent.children.push(done),
        (None, false) => *root = Some(done),
        (None, true) => {
            return Err(XmlError::Malformed(
                "there is more than one root".to_owned(),
            ));
        }
    }
    Ok(())
}

fn add_text(text: &str, open: &mut [Element]) -> Result<(), XmlError> {
    check_characters(text)?;
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => {
            return Err(XmlError::Malformed(
                "there is text outside the root".to_owned(),
            ));
        }
    }
    Ok(())
}

fn resolved(reference: &BytesRef<'_>) -> Result<String, XmlError> {
    if let Some(character) = reference.resolve_char_ref()? {
        return Ok(character.to_string());
    }
    let known = resolve_predefined_entity(reference);
    known
        .map(str::to_owned)
        .ok_or(XmlError::Refused("an entity that is not predefined"))
}

/// XML 1.0 has no control characters but tab and line ends, not even as references.
fn check_characters(text: &str) -> Result<(), XmlError> {
    let allowed = |character: char| match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => character >= ' ',
    };
    if text.chars().all(allowed) {
        Ok(())
    } else {
        Err(XmlError::Malformed(
            "a character that XML forbids".to_owned(),
        ))
    }
}
