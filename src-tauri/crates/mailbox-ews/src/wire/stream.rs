//! Many envelopes one after the other in one answer that comes in pieces cut anywhere (facts/ews.md, section 8): finds where each ends.

/// The largest envelope; real ones have some thousand bytes.
const LARGEST: usize = 4 * 1024 * 1024;
const NAME: &[u8] = b"Envelope";

/// The envelopes of an answer.
#[derive(Debug, Default)]
pub struct Envelopes {
    bytes: Vec<u8>,
    /// Up to here no end of an envelope begins.
    searched: usize,
}

/// No envelope is so large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an envelope is larger than {LARGEST} bytes")]
pub struct EnvelopeTooLarge;

impl Envelopes {
    /// Takes the next piece of the answer.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), EnvelopeTooLarge> {
        if self.bytes.len() + piece.len() > LARGEST {
            return Err(EnvelopeTooLarge);
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// Whether an envelope came whole.
    pub fn has_whole(&mut self) -> bool {
        self.end().is_some()
    }

    /// The next envelope that came whole, with whatever stood before it.
    pub fn next_whole(&mut self) -> Option<String> {
        let rest = self.end()?;
        let rest = self.bytes.split_off(rest);
        let envelope = std::mem::replace(&mut self.bytes, rest);
        self.searched = 0;
        Some(String::from_utf8_lossy(&envelope).into_owned())
    }

    /// Where the first whole envelope ends.
    fn end(&mut self) -> Option<usize> {
        loop {
            let left = &self.bytes[self.searched..];
            let Some(found) = left.iter().position(|byte| *byte == b'<') else {
                self.searched = self.bytes.len();
                return None;
            };
            self.searched += found;
            // A tag that does not end yet is looked at again.
            let tag = &left[found..];
            let length = tag.iter().position(|byte| *byte == b'>')? + 1;
            if is_end(&tag[..length]) {
                return Some(self.searched + length);
            }
            self.searched += 1;
        }
    }
}

/// Whether this is `</Envelope>` with any prefix.
fn is_end(tag: &[u8]) -> bool {
    let name = tag.strip_prefix(b"</").map(<[u8]>::trim_ascii_start);
    let name = name
        .and_then(|name| name.strip_suffix(b">"))
        .map(<[u8]>::trim_ascii_end);
    name.is_some_and(|name| {
        let prefix = name.strip_suffix(NAME);
        prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(b":"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut envelopes = Envelopes::default();
        let mut whole = Vec::new();
        for piece in pieces {
            envelopes.take(piece).expect("small");
            whole.extend(std::iter::from_fn(|| envelopes.next_whole()));
        }
        whole
    }

    #[test]
    fn an_envelope_ends_with_its_own_tag_whatever_its_prefix() {
        let one = "<?xml version='1.0'?><s:Envelope><s:Body>a</s:Body></s:Envelope>";
        let two = "\r\n<Envelope><x:Envelopes></x:Envelopes></Envelope >";
        let three = "<SOAP:Envelope></XEnvelope></SOAP:Envelope\n>";
        let all = format!("{one}{two}{three}<s:Envelope><s:Body>");
        assert_eq!(split([all.as_bytes()]), [one, two, three]);
    }

    #[test]
    fn an_envelope_without_end_is_refused() {
        let mut envelopes = Envelopes::default();
        let piece = [b'x'; 1024 * 1024];
        for _ in 0..4 {
            assert_eq!(envelopes.take(&piece), Ok(()));
            assert_eq!(envelopes.next_whole(), None);
        }
        assert_eq!(envelopes.take(&piece), Err(EnvelopeTooLarge));
    }

    proptest! {
        #[test]
        fn every_cut_gives_the_same(
            texts in proptest::collection::vec("[a-zäö<>/: ]{0,40}", 1..6),
            prefix in "([a-z]{1,4}:)?",
            cuts in proptest::collection::vec(0.0..1.0_f64, 0..20),
        ) {
            let texts = texts.iter().filter(|text| !text.contains("Envelope"));
            let envelopes: Vec<String> = texts
                .map(|text| format!("<{prefix}Envelope>{text}<a/></{prefix}Envelope>"))
                .collect();
            let all = envelopes.concat();
            let bytes = all.as_bytes();
            let mut ends: Vec<usize> = cuts.iter().map(|cut| (cut * bytes.len() as f64) as usize).collect();
            ends.push(bytes.len());
            ends.sort_unstable();
            let mut begin = 0;
            let pieces = ends.iter().map(|end| &bytes[std::mem::replace(&mut begin, *end)..*end]);
            prop_assert_eq!(split(pieces), envelopes.clone());
            prop_assert_eq!(split(bytes.chunks(1)), envelopes);
        }
    }
}
