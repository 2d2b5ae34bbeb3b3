//! Takes the content out of signed data (CMS, RFC 5652). Signatures are not checked: a mail is imported as it was written, whoever signed it.
//! Mail programs that sign while they send write lengths that are not known before (BER), so nothing here wants the strict form.

/// `signedData`, as an object identifier in DER.
const SIGNED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// `data`: the content is what it is, and nothing that is wrapped once more.
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

const SEQUENCE: u8 = 0x30;
/// `[0]`, which holds what is optional.
const EXPLICIT: u8 = 0xa0;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PARTS: u8 = 0x24;
const END: &[u8] = &[0, 0];
/// Content in parts that are in parts: no program writes more than one level.
const DEEPEST: usize = 8;

/// What signed data holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signed {
    /// This content.
    Content(Vec<u8>),
    /// None: the signature of something elsewhere, or certificates alone.
    Nothing,
}

/// Opens signed data; `None` where the bytes are none or are broken.
pub(crate) fn open(bytes: &[u8]) -> Option<Signed> {
    let info = inside(bytes, SEQUENCE)?.strip_prefix(SIGNED)?;
    let signed = inside(inside(info, EXPLICIT)?, SEQUENCE)?;
    let (_version, rest) = element(signed)?;
    let (_algorithms, rest) = element(rest)?;
    let content = inside(rest, SEQUENCE)?.strip_prefix(DATA)?;
    if content.is_empty() || content.starts_with(END) {
        return Some(Signed::Nothing);
    }
    let mut taken = Vec::new();
    octets(inside(content, EXPLICIT)?, &mut taken, 0)?;
    Some(Signed::Content(taken))
}

/// An element's tag, its length where it tells one, and what comes behind these.
fn head(bytes: &[u8]) -> Option<(u8, Option<usize>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    if tag & 0x1f == 0x1f {
        // Of more than one byte: not to be found in signed data.
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    match first {
        0x80 => Some((tag, None, rest)),
        0..0x80 => Some((tag, Some(usize::from(first)), rest)),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().try_fold(0_usize, |length, digit| {
                length.checked_mul(256)?.checked_add(usize::from(*digit))
            });
            Some((tag, Some(length?), rest))
        }
    }
}

/// What is inside the element of this tag that the bytes begin with. Where it tells no length, that is everything behind.
fn inside(bytes: &[u8], wanted: u8) -> Option<&[u8]> {
    match head(bytes)? {
        (tag, Some(length), rest) if tag == wanted => rest.get(..length),
        (tag, None, rest) if tag == wanted => Some(rest),
        _ => None,
    }
}

/// The bytes up to the end of their first element, and behind it.
fn element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    let mut open = 0_usize;
    loop {
        match rest.strip_prefix(END) {
            Some(behind) if open > 0 => {
                open -= 1;
                rest = behind;
            }
            _ => match head(rest)? {
                (_, Some(length), behind) => rest = behind.get(length..)?,
                (_, None, behind) => {
                    open += 1;
                    rest = behind;
                }
            },
        }
        if open == 0 {
            return bytes.split_at_checked(bytes.len() - rest.len());
        }
    }
}

/// Adds the text of an octet string, be it whole or in parts; the answer is what is behind it.
fn octets<'a>(bytes: &'a [u8], taken: &mut Vec<u8>, depth: usize) -> Option<&'a [u8]> {
    match head(bytes)? {
        (OCTETS, Some(length), rest) => {
            let (text, rest) = rest.split_at_checked(length)?;
            taken.extend_from_slice(text);
            Some(rest)
        }
        (OCTETS_IN_PARTS, _, _) if depth == DEEPEST => None,
        (OCTETS_IN_PARTS, Some(length), rest) => {
            let (mut parts, rest) = rest.split_at_checked(length)?;
            while !parts.is_empty() {
                parts = octets(parts, taken, depth + 1)?;
            }
            Some(rest)
        }
        (OCTETS_IN_PARTS, None, mut rest) => loop {
            if let Some(behind) = rest.strip_prefix(END) {
                return Some(behind);
            }
            rest = octets(rest, taken, depth + 1)?;
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("short");
        assert!(length < 0x80);
        [&[tag, length], content].concat()
    }

    fn signed(content: &[u8]) -> Vec<u8> {
        let encapsulated = wrapped(SEQUENCE, &[DATA, content].concat());
        let data = [b"\x02\x01\x01\x31\x00".as_slice(), &encapsulated].concat();
        let data = wrapped(EXPLICIT, &wrapped(SEQUENCE, &data));
        wrapped(SEQUENCE, &[SIGNED, &data].concat())
    }

    #[test]
    fn content_is_taken_out_whole_or_in_parts_of_any_depth_programs_write() {
        let whole = wrapped(OCTETS, b"abcd");
        let parts = [wrapped(OCTETS, b"ab"), wrapped(OCTETS, b"cd")].concat();
        let in_parts = wrapped(OCTETS_IN_PARTS, &parts);
        let streamed = [[OCTETS_IN_PARTS, 0x80].as_slice(), &parts, END].concat();
        for content in [whole, in_parts, streamed] {
            let content = wrapped(EXPLICIT, &content);
            let opened = open(&signed(&content));
            assert_eq!(opened, Some(Signed::Content(b"abcd".to_vec())));
        }
        assert_eq!(open(&signed(&[])), Some(Signed::Nothing));
    }

    #[test]
    fn what_is_broken_is_not_opened() {
        let good = signed(&wrapped(EXPLICIT, &wrapped(OCTETS, b"abcd")));
        for end in 0..good.len() {
            assert_eq!(open(&good[..end]), None, "{end}");
        }
        let longest = [OCTETS, 0x88, 255, 255, 255, 255, 255, 255, 255, 255];
        assert_eq!(open(&signed(&wrapped(EXPLICIT, &longest))), None);
        let endless = [OCTETS_IN_PARTS, 0x80].repeat(20);
        assert_eq!(open(&signed(&wrapped(EXPLICIT, &endless))), None);
        assert_eq!(element(&[SEQUENCE, 0x80].repeat(1_000)), None);
        for place in 0..good.len() {
            for byte in 0..=255 {
                let mut other = good.clone();
                other[place] = byte;
                // Whatever it is, it is an answer.
                open(&other);
            }
        }
    }
}
