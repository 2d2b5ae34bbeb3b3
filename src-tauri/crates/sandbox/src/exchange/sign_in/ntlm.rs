//! The accepting side of NTLM, version 2 only, as MS-NLMP describes it.

use crate::exchange::mailbox::User;
use md4::{Digest, Md4};
use md5::Md5;
use std::sync::atomic::{AtomicU64, Ordering};

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

/// Bits of the negotiate flags.
mod flag {
    pub(super) const UNICODE: u32 = 0x0000_0001;
    pub(super) const REQUEST_TARGET: u32 = 0x0000_0004;
    pub(super) const SIGN: u32 = 0x0000_0010;
    pub(super) const SEAL: u32 = 0x0000_0020;
    pub(super) const NTLM: u32 = 0x0000_0200;
    pub(super) const ALWAYS_SIGN: u32 = 0x0000_8000;
    pub(super) const TARGET_IS_DOMAIN: u32 = 0x0001_0000;
    pub(super) const EXTENDED_SECURITY: u32 = 0x0008_0000;
    pub(super) const TARGET_INFO: u32 = 0x0080_0000;
    pub(super) const VERSION: u32 = 0x0200_0000;
    pub(super) const BITS_128: u32 = 0x2000_0000;
    pub(super) const KEY_EXCHANGE: u32 = 0x4000_0000;
    pub(super) const BITS_56: u32 = 0x8000_0000;
    /// What this side can do, if the client wants it.
    pub(super) const POSSIBLE: u32 =
        SIGN | SEAL | ALWAYS_SIGN | EXTENDED_SECURITY | BITS_128 | BITS_56 | KEY_EXCHANGE;
}

/// Which message a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first leg.
    Negotiate,
    /// The third leg.
    Authenticate,
}

/// The message a token holds, if it is one a client sends.
pub(super) fn kind(token: &[u8]) -> Option<Kind> {
    match (token.strip_prefix(SIGNATURE)?, number(token, 8)?) {
        (_, 1) => Some(Kind::Negotiate),
        (_, 3) => Some(Kind::Authenticate),
        _ => None,
    }
}

/// A challenge that was sent, and what the check of the answer needs.
#[derive(Debug)]
pub(super) struct Challenge {
    nonce: [u8; 8],
    negotiate: Vec<u8>,
    message: Vec<u8>,
}

static NONCES: AtomicU64 = AtomicU64::new(1);

impl Challenge {
    /// A challenge for the first leg of a client.
    pub(super) fn answering(negotiate: &[u8], connection: u64) -> Self {
        let seed = (
            connection,
            NONCES.fetch_add(1, Ordering::Relaxed),
            std::process::id(),
        );
        let hash = Md5::digest(format!("{seed:?}").as_bytes());
        let nonce = hash[..8].try_into().expect("eight of sixteen bytes");
        let wanted = number(negotiate, 12).unwrap_or(0);
        Self {
            nonce,
            negotiate: negotiate.to_vec(),
            message: challenge_message(nonce, wanted),
        }
    }

    /// The message of the second leg.
    pub(super) fn message(&self) -> &[u8] {
        &self.message
    }

    /// Checks the third leg; the user it names and proves to be.
    pub(super) fn check<'u>(
        &self,
        token: &[u8],
        find: impl Fn(&str) -> Option<&'u User>,
    ) -> Option<&'u User> {
        let (response, domain, name) = (
            payload(token, 20)?,
            payload(token, 28)?,
            payload(token, 36)?,
        );
        let flags = number(token, 60)?;
        let (name, domain) = (text(name, flags)?, text(domain, flags)?);
        let user = find(&name)?;
        let key = response_key(&user.password, &name, &domain);
        let (proof, blob) = response.split_at_checked(16)?;
        // A response of version 1 has 24 bytes and no blob.
        if blob.len() < 28 || hmac(&key, &[&self.nonce, blob]) != proof {
            return None;
        }
        self.check_integrity(token, flags, &hmac(&key, &[proof]), blob)?;
        Some(user)
    }

    /// A client that says so has signed all three messages.
    fn check_integrity(
        &self,
        token: &[u8],
        flags: u32,
        base_key: &[u8],
        blob: &[u8],
    ) -> Option<()> {
        const SIGNED: u32 = 2;
        let av_flags = pair(&blob[28..], 6)
            .and_then(|value| number(value, 0))
            .unwrap_or(0);
        if av_flags & SIGNED == 0 {
            return Some(());
        }
        let key = match flags & flag::KEY_EXCHANGE {
            0 => base_key.to_vec(),
            _ => rc4(base_key, payload(token, 52)?),
        };
        let mut unsigned = token.to_vec();
        unsigned.get_mut(72..88)?.fill(0);
        let sum = hmac(&key, &[&self.negotiate, &self.message, &unsigned]);
        (token.get(72..88)? == sum).then_some(())
    }
}

fn challenge_message(nonce: [u8; 8], wanted: u32) -> Vec<u8> {
    let target = utf16("SANDBOX");
    let info = target_info();
    let flags = flag::UNICODE
        | flag::REQUEST_TARGET
        | flag::NTLM
        | flag::TARGET_IS_DOMAIN
        | flag::TARGET_INFO
        | flag::VERSION
        | (wanted & flag::POSSIBLE);
    const HEAD: usize = 56;
    let mut message = SIGNATURE.to_vec();
    message.extend(2_u32.to_le_bytes());
    message.extend(field(target.len(), HEAD));
    message.extend(flags.to_le_bytes());
    message.extend(nonce);
    message.extend([0; 8]);
    message.extend(field(info.len(), HEAD + target.len()));
    message.extend([10, 0, 0x63, 0x45, 0, 0, 0, 15]);
    message.extend(target);
    message.extend(info);
    message
}

fn field(length: usize, offset: usize) -> Vec<u8> {
    let length = u16::try_from(length)
        .expect("the names are short")
        .to_le_bytes();
    let offset = u32::try_from(offset)
        .expect("the message is short")
        .to_le_bytes();
    [length.as_slice(), length.as_slice(), offset.as_slice()].concat()
}

fn target_info() -> Vec<u8> {
    let names = [
        (2_u16, "SANDBOX"),
        (1, "EXCHANGE"),
        (4, "sandbox.example"),
        (3, "exchange.sandbox.example"),
    ];
    let mut info = Vec::new();
    let mut push = |kind: u16, value: &[u8]| {
        info.extend(kind.to_le_bytes());
        info.extend(
            u16::try_from(value.len())
                .expect("the names are short")
                .to_le_bytes(),
        );
        info.extend(value);
    };
    for (kind, name) in names {
        push(kind, &utf16(name));
    }
    push(7, &file_time().to_le_bytes());
    push(0, &[]);
    info
}

/// Hundreds of nanoseconds since 1601.
fn file_time() -> u64 {
    const FROM_1601_TO_1970: u64 = 11_644_473_600;
    let seconds = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0);
    (seconds + FROM_1601_TO_1970) * 10_000_000
}

/// NTOWFv2.
fn response_key(password: &str, name: &str, domain: &str) -> Vec<u8> {
    let hash = Md4::digest(utf16(password));
    hmac(&hash, &[&utf16(&name.to_uppercase()), &utf16(domain)])
}

/// HMAC-MD5 (RFC 2104) over the parts, one after the other.
fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    let key = if key.len() > 64 {
        Md5::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    block[..key.len()].copy_from_slice(&key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let mut inner = Md5::new_with_prefix(pad(0x36));
    parts.iter().for_each(|part| inner.update(part));
    Md5::new_with_prefix(pad(0x5c))
        .chain_update(inner.finalize())
        .finalize()
        .to_vec()
}

fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|at| at as u8);
    let mut j = 0_u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    let each = data.iter().map(|byte| {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        byte ^ state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))]
    });
    each.collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn text(bytes: &[u8], flags: u32) -> Option<String> {
    if flags & flag::UNICODE == 0 {
        return Some(String::from_utf8_lossy(bytes).into_owned());
    }
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).ok()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(
        bytes.get(at..at + 2)?.try_into().ok()?,
    )))
}

/// The bytes that the fields at this place point at.
fn payload(message: &[u8], at: usize) -> Option<&[u8]> {
    let length = short(message, at)?;
    let offset = usize::try_from(number(message, at + 4)?).ok()?;
    message.get(offset..offset.checked_add(length)?)
}

/// The value of one of the pairs.
fn pair(mut pairs: &[u8], wanted: usize) -> Option<&[u8]> {
    loop {
        let (kind, length) = (short(pairs, 0)?, short(pairs, 2)?);
        let value = pairs.get(4..4 + length)?;
        match kind {
            0 => return None,
            kind if kind == wanted => return Some(value),
            _ => pairs = &pairs[4 + length..],
        }
    }
}

#[cfg(test)]
mod tests {
    //! The examples of MS-NLMP 4.2.4 and RFC 2202, and of RFC 6229's key for RC4.
    use super::*;

    #[test]
    fn the_response_key_is_that_of_the_documented_example() {
        let key = response_key("Password", "User", "Domain");
        assert_eq!(
            key,
            [
                0x0c, 0x86, 0x8a, 0x40, 0x3b, 0xfd, 0x7a, 0x93, 0xa3, 0x00, 0x1e, 0xf2, 0x2e, 0xf0,
                0x2e, 0x3f
            ]
        );
    }

    #[test]
    fn hmac_md5_is_that_of_the_documented_example() {
        let sum = hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            sum,
            [
                0x75, 0x0c, 0x78, 0x3e, 0x6a, 0xb0, 0xb5, 0x03, 0xea, 0xa8, 0x6e, 0x31, 0x0a, 0x5d,
                0xb7, 0x38
            ]
        );
    }

    #[test]
    fn rc4_is_that_of_the_documented_example() {
        let stream = rc4(&[1, 2, 3, 4, 5], &[0; 8]);
        assert_eq!(stream, [0xb2, 0x39, 0x63, 0x05, 0xf0, 0x3d, 0xc0, 0x27]);
    }

    #[test]
    fn broken_messages_are_refused_without_harm() {
        let challenge = Challenge::answering(&[], 1);
        let mut whole = SIGNATURE.to_vec();
        whole.extend(3_u32.to_le_bytes());
        whole.extend([0xff; 80]);
        for end in 0..whole.len() {
            assert!(challenge.check(&whole[..end], |_| None).is_none());
        }
        assert_eq!(kind(b"NTLMSSP"), None);
    }
}
