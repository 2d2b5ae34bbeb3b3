//! What the connector writes on an item, so that a lost state file, a second computer or another CRM is recognised (DESIGN 2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Base, Fields, Fingerprint, LinkId, RecordId};

/// The property set of every property the connector makes; fixed for ever.
pub const PROPERTY_SET: &str = "6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1";
/// The property that names the record an item belongs to.
pub const RECORD_PROPERTY: &str = "CrmRecord";
/// The property that holds the revision.
pub const REVISION_PROPERTY: &str = "CrmRev";
/// The property on mails that were imported or refused.
pub const MAIL_PROPERTY: &str = "CrmMail";
/// The property on messages that the connector put into the inbox.
pub const NOTE_PROPERTY: &str = "Note";
/// The property on the connector's folders.
pub const CONNECTOR_PROPERTY: &str = "Connector";

/// Both stamp properties of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Which CRM and user.
    pub crm: Fingerprint,
    /// Which record there.
    pub record: RecordId,
    /// Which link of ours.
    pub link: LinkId,
    /// What both sides held when they last agreed; absent on a damaged stamp.
    pub revision: Option<Revision>,
}

/// The text is no stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not of the form <crm>/<record>/<link>")]
pub struct NotAStamp;

impl Stamp {
    /// The text of the property `CrmRecord`.
    pub fn record_text(&self) -> String {
        format!("{}/{}/{}", self.crm, self.record, self.link)
    }

    /// Reads the property `CrmRecord`; the revision is a property of its own.
    pub fn parse(record_text: &str, revision: Option<&str>) -> Result<Self, NotAStamp> {
        let mut parts = record_text.split('/');
        let (Some(crm), Some(record), Some(link), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAStamp);
        };
        if [crm, record, link].iter().any(|part| part.is_empty()) {
            return Err(NotAStamp);
        }
        Ok(Self {
            crm: Fingerprint::new(crm),
            record: RecordId::new(record),
            link: LinkId::new(link),
            revision: revision.and_then(|text| text.parse().ok()),
        })
    }
}

/// A short hash of the last agreed values of either side. It tells which side changed since when the values are lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    item: String,
    record: String,
}

impl Revision {
    /// The revision of a base.
    pub fn of(base: &Base) -> Self {
        Self {
            item: base.item.digest(),
            record: base.record.digest(),
        }
    }

    /// Whether the item still holds what it held at this revision.
    pub fn matches_item(&self, item: &Fields) -> bool {
        self.item == item.digest()
    }

    /// Whether the record still holds what it held at this revision.
    pub fn matches_record(&self, record: &Fields) -> bool {
        self.record == record.digest()
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.item, self.record)
    }
}

impl FromStr for Revision {
    type Err = NotAStamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (item, record) = text.split_once('-').ok_or(NotAStamp)?;
        let is_hash = |part: &str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hash(item) || !is_hash(record) {
            return Err(NotAStamp);
        }
        Ok(Self {
            item: item.to_owned(),
            record: record.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        let base = Base {
            item: Fields::new().with(Field::LastName, "Groß"),
            record: Fields::new(),
        };
        let stamp = Stamp {
            crm: Fingerprint::new("ab12"),
            record: RecordId::new("12x34"),
            link: LinkId::new("l1"),
            revision: Some(Revision::of(&base)),
        };
        let revision = stamp.revision.as_ref().map(ToString::to_string);
        assert_eq!(
            Stamp::parse(&stamp.record_text(), revision.as_deref()),
            Ok(stamp)
        );
    }

    #[test]
    fn a_foreign_text_is_no_stamp() {
        for text in ["", "a", "a/b", "a//c", "a/b/c/d"] {
            assert_eq!(Stamp::parse(text, None), Err(NotAStamp), "{text}");
        }
    }

    #[test]
    fn a_damaged_revision_is_no_revision() {
        let stamp = Stamp::parse("a/b/c", Some("zz-1")).expect("the record part is whole");
        assert_eq!(stamp.revision, None);
    }

    #[test]
    fn a_revision_tells_which_side_changed() {
        let before = Base {
            item: Fields::new().with(Field::Phone, "1"),
            record: Fields::new().with(Field::Phone, "1"),
        };
        let revision = Revision::of(&before);
        assert!(revision.matches_item(&before.item));
        assert!(!revision.matches_record(&Fields::new().with(Field::Phone, "2")));
    }
}
