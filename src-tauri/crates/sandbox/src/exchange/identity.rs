//! Ids and change keys as the client sees them: long base64 texts that say nothing, with a check sum so that a made-up one is told
//! from one that is merely gone.
//! Deliberately not here: whether the thing behind an id still exists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The number of an item in its mailbox; a moved item gets a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemKey(pub u64);

/// The number of a folder in its mailbox; it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FolderKey(pub u64);

/// What an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Id {
    /// An item.
    Item(ItemKey),
    /// A folder.
    Folder(FolderKey),
    /// An attachment of an item, by its number there.
    Attachment(ItemKey, u32),
    /// The occurrence of a series on a day of its pattern.
    Occurrence(ItemKey, Date),
}

/// Why an id cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdError {
    /// It is empty.
    Empty,
    /// It was never given out by this server.
    Malformed,
    /// It belongs to another mailbox.
    Foreign,
}

/// The first bytes of every id; they make it start with `AAMk`.
const HEAD: [u8; 4] = [0x00, 0x03, 0x24, 0x00];
const GUID_LENGTH: usize = 36;
const LENGTH: usize = HEAD.len() + GUID_LENGTH + 3 + 1 + 8 + 4 + 4;

impl Id {
    /// The id as text, in the mailbox with this GUID.
    pub fn encode(self, mailbox: &str) -> String {
        STANDARD.encode(self.bytes(mailbox))
    }

    /// The id's bytes; the entry id is made of the same.
    pub fn bytes(self, mailbox: &str) -> Vec<u8> {
        let (kind, key, part) = match self {
            Self::Item(key) => (1, key.0, 0),
            Self::Folder(key) => (2, key.0, 0),
            Self::Attachment(key, number) => (3, key.0, number),
            Self::Occurrence(key, day) => (4, key.0, number_of(day)),
        };
        let mut bytes = HEAD.to_vec();
        bytes.extend(mailbox.bytes().take(GUID_LENGTH));
        bytes.extend([0x00, 0x46, 0x00, kind]);
        bytes.extend(u64::to_be_bytes(key));
        bytes.extend(u32::to_be_bytes(part));
        bytes.extend(check_sum(&bytes).to_be_bytes());
        bytes
    }

    /// Reads an id of the mailbox with this GUID.
    pub fn decode(text: &str, mailbox: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        let bytes = STANDARD.decode(text).map_err(|_| IdError::Malformed)?;
        Self::from_bytes(&bytes, mailbox)
    }

    /// Reads an id from its bytes.
    pub fn from_bytes(bytes: &[u8], mailbox: &str) -> Result<Self, IdError> {
        if bytes.len() != LENGTH || bytes[..HEAD.len()] != HEAD {
            return Err(IdError::Malformed);
        }
        let (content, sum) = bytes.split_at(LENGTH - 4);
        if sum != check_sum(content).to_be_bytes() {
            return Err(IdError::Malformed);
        }
        if &content[HEAD.len()..HEAD.len() + GUID_LENGTH] != mailbox.as_bytes() {
            return Err(IdError::Foreign);
        }
        let rest = &content[HEAD.len() + GUID_LENGTH + 3..];
        let key = u64::from_be_bytes(rest[1..9].try_into().expect("eight bytes"));
        let part = u32::from_be_bytes(rest[9..13].try_into().expect("four bytes"));
        match rest[0] {
            1 => Ok(Self::Item(ItemKey(key))),
            2 => Ok(Self::Folder(FolderKey(key))),
            3 => Ok(Self::Attachment(ItemKey(key), part)),
            4 => day_of(part)
                .map(|day| Self::Occurrence(ItemKey(key), day))
                .ok_or(IdError::Malformed),
            _ => Err(IdError::Malformed),
        }
    }
}

/// The day from which days in ids are counted.
const FIRST_DAY: Date = jiff::civil::date(1, 1, 1);

fn number_of(day: Date) -> u32 {
    let days = day.since(FIRST_DAY).map_or(0, |span| span.get_days());
    u32::try_from(days).unwrap_or(0)
}

fn day_of(number: u32) -> Option<Date> {
    FIRST_DAY.checked_add(i64::from(number).days()).ok()
}

/// FNV-1a: enough to tell a text that never was an id.
fn check_sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| {
        (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// The change key of a version: its first bytes tell the kind of thing, as on Exchange, the rest is the number of the change.
pub fn change_key(first: u8, change: u64) -> String {
    let mut bytes = vec![first, 0, 0, 0, 0x16, 0, 0, 0];
    bytes.extend(change.to_be_bytes());
    bytes.extend(check_sum(&bytes).to_be_bytes());
    STANDARD.encode(bytes)
}

/// The number of the change that a change key stands for.
pub fn read_change_key(text: &str) -> Option<u64> {
    let bytes = STANDARD.decode(text).ok()?;
    let (content, sum) = bytes.split_last_chunk::<4>()?;
    let number = content.get(8..)?.try_into().ok()?;
    (content.len() == 16 && *sum == check_sum(content).to_be_bytes())
        .then(|| u64::from_be_bytes(number))
}

/// A GUID made from a text, the same for the same text.
pub fn guid_of(text: &str) -> String {
    use md5::{Digest, Md5};
    let hash = Md5::digest(text.as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    //! Ids there and back.
    use super::*;

    #[test]
    fn an_id_comes_back_from_its_text_in_its_own_mailbox_only() {
        let (anna, bert) = (guid_of("anna"), guid_of("bert"));
        for id in [
            Id::Item(ItemKey(7)),
            Id::Folder(FolderKey(7)),
            Id::Attachment(ItemKey(u64::MAX), 3),
            Id::Occurrence(ItemKey(7), jiff::civil::date(2027, 4, 5)),
        ] {
            let text = id.encode(&anna);
            assert!(text.starts_with("AAMk"), "{text}");
            assert_eq!(Id::decode(&text, &anna), Ok(id));
            assert_eq!(Id::decode(&text, &bert), Err(IdError::Foreign));
        }
    }

    #[test]
    fn a_text_that_never_was_an_id_is_told_from_an_empty_one() {
        let guid = guid_of("anna");
        assert_eq!(Id::decode("", &guid), Err(IdError::Empty));
        let good = Id::Item(ItemKey(7)).encode(&guid);
        for bad in [
            "kein-id",
            "AAAA",
            &good[1..],
            &good.to_lowercase(),
            &good.replace("AAMk", "AAMl"),
        ] {
            assert_eq!(Id::decode(bad, &guid), Err(IdError::Malformed), "{bad}");
        }
    }

    #[test]
    fn a_change_key_names_its_change() {
        let key = change_key(0x11, 42);
        assert_eq!(read_change_key(&key), Some(42));
        assert_eq!(read_change_key("EQAAABYAAAA="), None);
        assert_ne!(key, change_key(0x11, 43));
    }
}
