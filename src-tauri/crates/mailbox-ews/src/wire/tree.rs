//! Reads a document into elements that are asked for by name: prefixes and order do not matter, unknown elements are kept and
//! disturb nobody. It does not validate, and no document makes it panic.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// The text is no XML, or not the XML that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not well-formed, or was cut short.
    #[error("not well-formed: {0}")]
    NotXml(String),
    /// Elements inside elements without end; real answers have about a dozen levels.
    #[error("more than {MAX_DEPTH} levels of elements")]
    TooDeep,
    /// It is a document of another kind, such as an HTML page.
    #[error("the document is <{0}>, not a SOAP envelope")]
    OtherDocument(String),
    /// A part that every answer has is missing.
    #[error("<{parent}> has no {part}")]
    Missing {
        /// Where it was looked for.
        parent: String,
        /// What was looked for.
        part: &'static str,
    },
    /// Bytes are not written as bytes are.
    #[error("<{0}> holds something else than base64")]
    NotBase64(&'static str),
}

const MAX_DEPTH: usize = 200;

/// One element with all it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without prefix.
    pub name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    /// Reads a whole document.
    pub fn parse(document: &str) -> Result<Self, Unreadable> {
        // XML 1.0, 2.11: line ends are LF before anything else is read; a real CR comes as a reference.
        let document = document.trim_start_matches('\u{feff}').trim_start();
        let document = document.replace("\r\n", "\n").replace('\r', "\n");
        let mut reader = Reader::from_str(&document);
        let mut open: Vec<Element> = Vec::new();
        loop {
            let event = reader
                .read_event()
                .map_err(|error| Unreadable::NotXml(error.to_string()))?;
            let closed = match event {
                Event::Start(start) => {
                    if open.len() >= MAX_DEPTH {
                        return Err(Unreadable::TooDeep);
                    }
                    open.push(Element::begin(&start));
                    None
                }
                Event::Empty(start) => Some(Element::begin(&start)),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    append(&mut open, &text);
                    None
                }
                Event::CData(text) => {
                    append(&mut open, &text);
                    None
                }
                Event::GeneralRef(reference) => {
                    append(&mut open, &referred(&reference));
                    None
                }
                Event::Eof => {
                    return Err(Unreadable::NotXml("the document ends early".to_owned()));
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => None,
            };
            if let Some(closed) = closed {
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => return Ok(closed),
                }
            }
        }
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of this name, which every answer of this kind has.
    pub fn required(&self, name: &'static str) -> Result<&Element, Unreadable> {
        self.child(name).ok_or_else(|| self.misses(name))
    }

    /// All children.
    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.children.iter()
    }

    /// All children of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element of this name at any depth.
    pub fn anywhere(&self, name: &str) -> Option<&Element> {
        self.children.iter().find_map(|child| {
            if child.name == name {
                Some(child)
            } else {
                child.anywhere(name)
            }
        })
    }

    /// The value of an attribute, whatever its prefix.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// The text directly inside.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of the first child of this name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text)
    }

    /// Says that a part is missing here.
    pub fn misses(&self, part: &'static str) -> Unreadable {
        Unreadable::Missing {
            parent: self.name.clone(),
            part,
        }
    }

    fn begin(start: &BytesStart<'_>) -> Self {
        // An attribute that cannot be read is as good as absent: nothing is decided by attributes we do not know.
        let mut attributes = start.attributes();
        Self {
            name: local(start.name().as_ref()),
            attributes: attributes
                .with_checks(false)
                .flatten()
                .map(|attribute| (local(attribute.key.as_ref()), unescape(&attribute.value)))
                .collect(),
            ..Self::default()
        }
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn local(name: &str) -> String {
    let name = name.rsplit(':').next().unwrap_or(name);
    name.to_owned()
}

fn unescape(value: &str) -> String {
    match quick_xml::escape::unescape(value) {
        Ok(text) => text.into_owned(),
        Err(_) => value.to_owned(),
    }
}

/// What `&name;` stands for. Servers write references to characters that XML forbids; those stand for nothing.
fn referred(reference: &BytesRef<'_>) -> String {
    let name: &str = reference;
    match name {
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "amp" => "&".to_owned(),
        "apos" => "'".to_owned(),
        "quot" => "\"".to_owned(),
        _ => match number(name) {
            Some(number) => char::from_u32(number)
                .filter(|c| !super::writer::writable(&c.to_string()).is_empty())
                .map(String::from)
                .unwrap_or_default(),
            None => format!("&{name};"),
        },
    }
}

/// The number of a reference to a character.
pub(super) fn number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('#')?;
    match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(document: &str) -> String {
        Element::parse(document).expect("well-formed").text
    }

    #[test]
    fn prefixes_and_declarations_do_not_matter() {
        let plain = Element::parse("<a><b c='1'>x</b></a>").expect("well-formed");
        let dressed = "\u{feff}<?xml version=\"1.0\"?><!-- note --><s:a xmlns:s='u'><t:b xsi:c=\"1\">x</t:b></s:a>";
        let dressed = Element::parse(dressed).expect("well-formed");
        assert_eq!(dressed.children, plain.children);
    }

    #[test]
    fn references_are_resolved_and_forbidden_ones_left_out() {
        assert_eq!(
            text("<a>M&#252;ller &amp; S&#xF6;hne&#x1F;&#0;&#xD;&#xA;</a>"),
            "Müller & Söhne\r\n"
        );
        assert_eq!(text("<a>&nbsp;&#x110000;</a>"), "&nbsp;");
        assert_eq!(text("<a><![CDATA[<&]]></a>"), "<&");
    }

    #[test]
    fn line_ends_are_lf() {
        assert_eq!(text("<a>1\r\n2\r3</a>"), "1\n2\n3");
    }

    #[test]
    fn what_was_cut_short_is_unreadable() {
        let document = "<?xml version='1.0'?><a><b>text</b><c/></a>";
        for end in 0..document.len() {
            assert!(Element::parse(&document[..end]).is_err(), "{end}");
        }
        assert!(Element::parse(document).is_ok());
    }

    #[test]
    fn elements_without_end_are_refused() {
        assert_eq!(
            Element::parse(&"<a>".repeat(100_000)),
            Err(Unreadable::TooDeep)
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = Element::parse(&text);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Element::parse(&format!("<a>{}", String::from_utf8_lossy(&bytes)));
        }

        #[test]
        fn text_that_was_written_is_read_back(value in "\\PC*") {
            let mut xml = super::super::writer::Writer::new();
            xml.text("a", &[("b", &value)], &value);
            let read = Element::parse(&xml.finish()).expect("well-formed");
            prop_assert_eq!(read.text(), &value);
            prop_assert_eq!(read.attribute("b"), Some(value.as_str()));
        }
    }
}
