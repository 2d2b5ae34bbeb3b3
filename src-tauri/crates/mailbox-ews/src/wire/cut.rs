//! Cuts the content of large elements out of an answer while it comes in, and decodes it on the fly: a mail of many megabytes is held
//! once, as the bytes it consists of, and never as text. In its place stays a number.
//!
//! It reads no more of XML than where tags, comments and the like begin and end; whether the document is well-formed is found out by
//! whoever reads what was left of it.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::tree;

/// So many characters are decoded at a time; a multiple of four.
const BLOCK: usize = 4096;

/// Lines may end without padding, and encoders differ in the bits that pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The content of an element is not base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBase64;

/// What was cut out, by the numbers that stand in its place.
pub type Parts = Vec<Result<Vec<u8>, NotBase64>>;

/// Cuts the elements of one name out of a document that comes in pieces.
#[derive(Debug)]
pub struct Cutter {
    name: &'static str,
    at: At,
    inside: Option<Part>,
    parts: Parts,
    /// How many bytes are still to come, as far as that was told.
    expected: u64,
}

/// Where in the document the next byte is.
#[derive(Debug)]
enum At {
    Text,
    /// In markup that began with these bytes; in an attribute's value, by its quote.
    Markup(Vec<u8>, Option<u8>),
    /// In a comment, a CDATA section or an instruction, with its end and the last bytes seen.
    Section(&'static [u8], Vec<u8>),
}

/// Sections by how they begin and how they end.
const SECTIONS: [(&[u8], &[u8]); 3] =
    [(b"<!--", b"-->"), (b"<![CDATA[", CDATA_END), (b"<?", b"?>")];
const CDATA_END: &[u8] = b"]]>";

impl Cutter {
    /// For elements of this name, whatever their prefix.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            at: At::Text,
            inside: None,
            parts: Vec::new(),
            expected: 0,
        }
    }

    /// So many bytes will come.
    pub fn expect(&mut self, bytes: u64) {
        self.expected = bytes;
    }

    /// Takes the next piece of the document; what stays of it is appended to the rest.
    pub fn take(&mut self, mut piece: &[u8], rest: &mut Vec<u8>) {
        while let Some(first) = piece.first() {
            let length = match self.at {
                // Most of a document is text, and most of that is what is cut out.
                At::Text if *first != b'<' => {
                    let end = piece.iter().position(|byte| *byte == b'<');
                    let text = &piece[..end.unwrap_or(piece.len())];
                    self.text(text, rest);
                    text.len()
                }
                _ => {
                    self.byte(*first, rest);
                    1
                }
            };
            self.expected = self.expected.saturating_sub(length as u64);
            piece = &piece[length..];
        }
    }

    /// What was cut out.
    pub fn finish(self) -> Parts {
        self.parts
    }

    fn text(&mut self, text: &[u8], rest: &mut Vec<u8>) {
        match &mut self.inside {
            Some(part) => part.push(text),
            None => rest.extend_from_slice(text),
        }
    }

    fn byte(&mut self, byte: u8, rest: &mut Vec<u8>) {
        match &mut self.at {
            At::Text => self.at = At::Markup(vec![byte], None),
            At::Section(end, last) => {
                last.push(byte);
                let end = *end;
                if last.len() > end.len() {
                    last.remove(0);
                }
                let ends = last == end;
                if ends {
                    self.at = At::Text;
                }
                match &mut self.inside {
                    None => rest.push(byte),
                    // Neither character of its end is one of base64.
                    Some(part) if end == CDATA_END && !end.contains(&byte) => part.push(&[byte]),
                    Some(_) => {}
                }
            }
            At::Markup(seen, quote) => {
                seen.push(byte);
                if let Some((_, end)) = SECTIONS.iter().find(|(begin, _)| begin == seen) {
                    if self.inside.is_none() {
                        rest.extend_from_slice(seen);
                    }
                    self.at = At::Section(end, Vec::new());
                } else if SECTIONS.iter().any(|(begin, _)| begin.starts_with(seen)) {
                    // It may still become one.
                } else if quote.is_some() {
                    quote.take_if(|quote| *quote == byte);
                } else if matches!(byte, b'"' | b'\'') {
                    *quote = Some(byte);
                } else if byte == b'>' {
                    let tag = std::mem::take(seen);
                    self.at = At::Text;
                    self.tag(&tag, rest);
                }
            }
        }
    }

    /// A whole tag.
    fn tag(&mut self, tag: &[u8], rest: &mut Vec<u8>) {
        let (is_end, ours) = (tag.starts_with(b"</"), local(tag) == self.name.as_bytes());
        match self.inside.take() {
            Some(part) if is_end && ours => {
                rest.extend_from_slice(self.parts.len().to_string().as_bytes());
                rest.extend_from_slice(tag);
                self.parts.push(part.finish());
            }
            // An element inside: what it stands for is not known.
            Some(part) => self.inside = Some(part.spoiled()),
            None => {
                rest.extend_from_slice(tag);
                if ours && !is_end && !tag.ends_with(b"/>") {
                    self.inside = Some(Part::new(self.expected));
                }
            }
        }
    }
}

/// The name of a tag without its prefix.
fn local(tag: &[u8]) -> &[u8] {
    let name = &tag[1..];
    let name = name.strip_prefix(b"/").unwrap_or(name);
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let name = &name[..name.iter().position(is_end).unwrap_or(name.len())];
    let colon = name.iter().rposition(|byte| *byte == b':');
    &name[colon.map_or(0, |colon| colon + 1)..]
}

/// The content of one element, as far as it came in.
#[derive(Debug)]
struct Part {
    bytes: Vec<u8>,
    /// Characters that are not decoded yet.
    block: Vec<u8>,
    /// In a reference such as `&#13;`: its name so far.
    reference: Option<String>,
    is_spoiled: bool,
}

impl Part {
    /// A part of at most what will come of the document.
    fn new(expected: u64) -> Self {
        let mut bytes = Vec::new();
        let most = usize::try_from(expected / 4 * 3).unwrap_or(0);
        // Where there is no such room it grows as it has to.
        let _ = bytes.try_reserve_exact(most);
        Self {
            bytes,
            block: Vec::with_capacity(BLOCK),
            reference: None,
            is_spoiled: false,
        }
    }

    fn spoiled(mut self) -> Self {
        self.is_spoiled = true;
        self
    }

    fn push(&mut self, text: &[u8]) {
        for byte in text {
            match (&mut self.reference, byte) {
                (Some(name), b';') => {
                    let letter = tree::number(name).and_then(|number| u8::try_from(number).ok());
                    self.reference = None;
                    match letter {
                        Some(letter) => self.letter(letter),
                        None => self.is_spoiled = true,
                    }
                }
                (Some(name), byte) => name.push(char::from(*byte)),
                (None, b'&') => self.reference = Some(String::new()),
                (None, byte) => self.letter(*byte),
            }
        }
    }

    fn letter(&mut self, letter: u8) {
        if letter.is_ascii_whitespace() {
            return;
        }
        if self.block.len() == BLOCK {
            // Padding is for the end, and this is not it.
            self.is_spoiled |= self.block.ends_with(b"=");
            self.decode();
        }
        self.block.push(letter);
    }

    fn decode(&mut self) {
        let decoded = BASE64.decode_vec(&self.block, &mut self.bytes);
        self.is_spoiled |= decoded.is_err();
        self.block.clear();
    }

    fn finish(mut self) -> Result<Vec<u8>, NotBase64> {
        self.decode();
        if self.is_spoiled || self.reference.is_some() {
            return Err(NotBase64);
        }
        self.bytes.shrink_to_fit();
        Ok(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    /// The rest of a document that comes in these pieces, and what was cut out of it.
    fn cut<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (String, Parts) {
        let (mut cutter, mut rest) = (Cutter::new("MimeContent"), Vec::new());
        for piece in pieces {
            cutter.take(piece, &mut rest);
        }
        (String::from_utf8_lossy(&rest).into_owned(), cutter.finish())
    }

    fn whole(document: &str) -> (String, Parts) {
        cut([document.as_bytes()])
    }

    #[test]
    fn content_is_cut_out_whatever_is_around_it() {
        for (document, rest, part) in [
            (
                "<a><MimeContent>TWFpbA==</MimeContent></a>",
                "<a><MimeContent>0</MimeContent></a>",
                "Mail",
            ),
            (
                "<t:MimeContent C='>'>TWFp\r\n bA</t:MimeContent >",
                "<t:MimeContent C='>'>0</t:MimeContent >",
                "Mail",
            ),
            (
                "<MimeContent\n>TWFp&#xD;&#10;bA&#61;=</MimeContent>",
                "<MimeContent\n>0</MimeContent>",
                "Mail",
            ),
            (
                "<MimeContent><![CDATA[TWFp]]>bA<!-- x --></MimeContent>",
                "<MimeContent>0</MimeContent>",
                "Mail",
            ),
            (
                "<b x=\"<MimeContent>\"/><MimeContent></MimeContent>",
                "<b x=\"<MimeContent>\"/><MimeContent>0</MimeContent>",
                "",
            ),
        ] {
            assert_eq!(
                whole(document),
                (rest.to_owned(), vec![Ok(part.into())]),
                "{document}"
            );
        }
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        for document in [
            "<a><!-- <MimeContent>TWFp</MimeContent> --><?x <MimeContent>?></a>",
            "<a><![CDATA[<MimeContent>TWFp</MimeContent>]]></a>",
            "<MimeContentUTF8>TWFp</MimeContentUTF8><t:MimeContent/>",
            "<!DOCTYPE x><MimeContent CharacterSet='UTF-8' />",
        ] {
            assert_eq!(whole(document), (document.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn content_that_is_no_base64_spoils_only_its_own_element() {
        for wrong in [
            "TWF!",
            "TWFpb",
            "TW=pbA==",
            "TWFp&amp;",
            "TWFp<x>bA</x>",
            "TWFp&#1",
        ] {
            let document =
                format!("<a><MimeContent>{wrong}</MimeContent><MimeContent>TWFp</MimeContent></a>");
            let (rest, parts) = whole(&document);
            assert_eq!(
                rest,
                "<a><MimeContent>0</MimeContent><MimeContent>1</MimeContent></a>"
            );
            assert_eq!(parts, [Err(NotBase64), Ok(b"Mai".to_vec())], "{wrong}");
        }
    }

    #[test]
    fn a_document_cut_short_is_left_cut_short() {
        let document = "<a><MimeContent>TWFpbA==</MimeContent></a>";
        for end in 0..document.len() {
            let (rest, _) = whole(&document[..end]);
            assert!(tree::Element::parse(&rest).is_err(), "{end}: {rest}");
        }
    }

    #[test]
    fn room_is_made_once_for_what_is_known_to_come() {
        let mut cutter = Cutter::new("MimeContent");
        let mut rest = Vec::new();
        cutter.expect(40_000);
        cutter.take(b"<MimeContent>", &mut rest);
        let part = cutter.inside.as_ref().expect("it began");
        assert!((29_900..=30_000).contains(&part.bytes.capacity()));
    }

    proptest! {
        #[test]
        fn every_cut_gives_the_same(
            mails in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..9000), 1..4),
            line in 1..200_usize,
            prefix in "([a-z]{1,3}:)?",
            cuts in proptest::collection::vec(0.0..1.0_f64, 0..30),
        ) {
            let mut document = "<a>Ł<b/>".to_owned();
            let mut left = document.clone();
            for (number, mail) in mails.iter().enumerate() {
                let letters = STANDARD.encode(mail).into_bytes();
                let lines: Vec<String> =
                    letters.chunks(line).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
                let tag = format!("{prefix}MimeContent");
                document += &format!("<{tag} CharacterSet=\"UTF-8\">{}</{tag}><c>&amp;</c>", lines.join("\r\n"));
                left += &format!("<{tag} CharacterSet=\"UTF-8\">{number}</{tag}><c>&amp;</c>");
            }
            let bytes = document.as_bytes();
            let mut ends: Vec<usize> =
                cuts.iter().map(|cut| (cut * bytes.len() as f64) as usize).chain([bytes.len()]).collect();
            ends.sort_unstable();
            let mut begin = 0;
            let pieces = ends.iter().map(|end| &bytes[std::mem::replace(&mut begin, *end)..*end]);
            let wanted: Parts = mails.into_iter().map(Ok).collect();
            prop_assert_eq!(cut(pieces), (left.clone(), wanted.clone()));
            prop_assert_eq!(cut(bytes.chunks(1)), (left, wanted));
        }

        #[test]
        fn no_bytes_make_it_panic_and_other_documents_stay(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = format!("<a>{}", String::from_utf8_lossy(&bytes));
            let (rest, parts) = whole(&text);
            // What is still open at the end of the text has not been passed on.
            prop_assert!(text.starts_with(&rest) && parts.is_empty());
        }
    }
}
