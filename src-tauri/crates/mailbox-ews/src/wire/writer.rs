//! Writes elements. Control characters that XML 1.0 has no way to write are left out: Exchange refuses a request that holds one.
//! The order of elements is the caller's affair.

use std::borrow::Cow;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// An attribute's name and value.
pub type Attribute<'a> = (&'a str, &'a str);

/// A document in the making.
pub struct Writer(quick_xml::Writer<Vec<u8>>);

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// A document with its XML declaration.
    pub fn new() -> Self {
        let mut writer = Self(quick_xml::Writer::new(Vec::new()));
        writer.put(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        writer
    }

    /// An element with what the closure writes inside.
    pub fn element(
        &mut self,
        name: &str,
        attributes: &[Attribute<'_>],
        content: impl FnOnce(&mut Self),
    ) {
        self.put(Event::Start(start(name, attributes)));
        content(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element that holds text.
    pub fn text(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        self.element(name, attributes, |xml| {
            xml.put(Event::Text(BytesText::new(&writable(text))));
        });
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.put(Event::Empty(start(name, attributes)));
    }

    /// The finished document.
    pub fn finish(self) -> String {
        String::from_utf8(self.0.into_inner()).expect("only text was written")
    }

    fn put(&mut self, event: Event<'_>) {
        self.0
            .write_event(event)
            .expect("writing into memory does not fail");
    }
}

fn start<'a>(name: &'a str, attributes: &[Attribute<'_>]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        let value = writable(value);
        start.push_attribute((*name, value.as_ref()));
    }
    start
}

/// The text without what XML 1.0 (2.2, Char) cannot hold.
pub fn writable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_writable) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| is_writable(*c)).collect())
}

fn is_writable(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut xml = Writer::new();
        xml.text("a", &[("b", "<\"&'>")], "<&>");
        assert_eq!(
            xml.finish(),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <a b=\"&lt;&quot;&amp;&apos;&gt;\">&lt;&amp;&gt;</a>"
        );
    }

    #[test]
    fn characters_that_xml_forbids_are_left_out() {
        assert_eq!(
            writable("a\u{0}\u{8}b\u{b}\u{c}\u{e}\u{1f}\u{fffe}\u{ffff}c"),
            "abc"
        );
        assert_eq!(
            writable("a\tb\nc\rd\u{7f}\u{1f600}"),
            "a\tb\nc\rd\u{7f}\u{1f600}"
        );
    }
}
