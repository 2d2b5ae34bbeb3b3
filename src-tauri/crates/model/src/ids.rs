//! Ids and tokens, each a type of its own and opaque outside the part that made it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! text_ids {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(String);

            impl $name {
                /// Takes the text as it came.
                pub fn new(text: impl Into<String>) -> Self {
                    Self(text.into())
                }

                /// The text as it came.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )+
    };
}

text_ids! {
    /// An item's id in the mailbox. It changes when the item moves to another folder.
    ItemId,
    /// The version of an item: another one after every change.
    ChangeKey,
    /// A folder's id in the mailbox.
    FolderId,
    /// A record's id in the CRM. It never comes back for another record.
    RecordId,
    /// The CRM's id of the signed-in user.
    UserId,
    /// Where a side's list of changes was read up to; only the adapter that made it understands it.
    SyncToken,
    /// Our own id of a link.
    LinkId,
    /// Our own id of one planned remote write.
    OperationId,
    /// Tells one CRM (address and user) from another.
    Fingerprint,
    /// One installation of the program: another one on every computer and for every profile.
    DeviceId,
    /// How the user is called on a side: an address or a sign-in name.
    AccountName,
}

/// Between the series and the original start in the id of an occurrence; servers' ids are base64 or hexadecimal and have none.
const OCCURRENCE: char = '@';

impl ItemId {
    /// The id of one occurrence of a recurring appointment. Servers give occurrences ids that do not last, so the connector calls one
    /// by its series and the start that the pattern gives it, wherever it was moved to (RFC 5545: RECURRENCE-ID).
    pub fn occurrence(series: &ItemId, original_start: Timestamp) -> Self {
        Self(format!(
            "{series}{OCCURRENCE}{}",
            original_start.as_second()
        ))
    }

    /// The series and the original start, if this is an occurrence.
    pub fn as_occurrence(&self) -> Option<(ItemId, Timestamp)> {
        let (series, second) = self.0.rsplit_once(OCCURRENCE)?;
        let start = Timestamp::from_second(second.parse().ok()?).ok()?;
        Some((ItemId::new(series), start))
    }

    /// The series this is an occurrence of, else itself.
    pub fn series(&self) -> ItemId {
        self.as_occurrence()
            .map_or_else(|| self.clone(), |(series, _)| series)
    }
}

/// One sync run; they ascend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r3_5_an_occurrence_is_called_by_its_series_and_its_original_start() {
        let start: Timestamp = "2027-03-10T08:00:00Z".parse().expect("a moment");
        let series = ItemId::new("AAMk+/=");
        let one = ItemId::occurrence(&series, start);
        assert_eq!(one.as_occurrence(), Some((series.clone(), start)));
        assert_eq!(one.series(), series);
        assert_eq!(series.as_occurrence(), None);
        assert_eq!(series.series(), series);
    }
}
