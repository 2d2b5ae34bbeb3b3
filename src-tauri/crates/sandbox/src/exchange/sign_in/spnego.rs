//! Just enough of SPNEGO (RFC 4178) to carry NTLM inside Negotiate.

/// `accept-completed`, nothing more to say.
pub(super) const COMPLETED: [u8; 9] = [0xa1, 0x07, 0x30, 0x05, 0xa0, 0x03, 0x0a, 0x01, 0x00];

/// The object identifier 1.3.6.1.4.1.311.2.2.10 with its tag and length.
const NTLMSSP: [u8; 12] = [
    0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a,
];

/// The NTLM message inside a token, or the token itself if it is one. The message ends with its octet string; what a client puts
/// behind it (a checksum over the mechanisms) is not part of it.
pub(super) fn ntlm_inside(token: &[u8]) -> Option<&[u8]> {
    let at = token.windows(8).position(|window| window == b"NTLMSSP\0")?;
    if at == 0 {
        return Some(token);
    }
    let length = length_before(token, at)?;
    token.get(at..at + length)
}

/// The length that stands right before the content of an octet string.
fn length_before(token: &[u8], at: usize) -> Option<usize> {
    const OCTET_STRING: u8 = 0x04;
    for (size, mark) in [(1, None), (2, Some(0x81)), (3, Some(0x82))] {
        let start = at.checked_sub(size + 1)?;
        let bytes = &token[start + 1..at];
        let digits = if mark.is_some() { &bytes[1..] } else { bytes };
        let length = digits
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let marked =
            mark.is_none_or(|mark| bytes[0] == mark) && (mark.is_some() || bytes[0] < 0x80);
        if token[start] == OCTET_STRING && marked && at + length <= token.len() {
            return Some(length);
        }
    }
    None
}

/// `accept-incomplete` with NTLM as the mechanism, and its message if there is one.
pub(super) fn choose_ntlm(message: Option<&[u8]>) -> Vec<u8> {
    let mut inside = vec![0xa0, 0x03, 0x0a, 0x01, 0x01];
    inside.extend(tagged(0xa1, &NTLMSSP));
    if let Some(message) = message {
        inside.extend(tagged(0xa2, &tagged(0x04, message)));
    }
    tagged(0xa1, &tagged(0x30, &inside))
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

#[cfg(test)]
mod tests {
    //! Wrapping and unwrapping.
    use super::*;

    #[test]
    fn a_message_of_any_length_comes_out_as_it_went_in() {
        for length in [8, 100, 127, 128, 200, 255, 256, 300, 2000] {
            let mut message = b"NTLMSSP\0".to_vec();
            message.resize(length, 7);
            let mut token = choose_ntlm(Some(&message));
            assert_eq!(ntlm_inside(&token), Some(message.as_slice()), "{length}");
            token.extend(tagged(0xa3, &[1, 2, 3]));
            assert_eq!(
                ntlm_inside(&token),
                Some(message.as_slice()),
                "{length} and a checksum"
            );
        }
    }

    #[test]
    fn a_bare_message_is_itself_and_another_mechanism_is_none() {
        assert_eq!(
            ntlm_inside(b"NTLMSSP\0rest"),
            Some(b"NTLMSSP\0rest".as_slice())
        );
        assert_eq!(ntlm_inside(&[0x60, 0x03, 0x01, 0x02, 0x03]), None);
    }
}
