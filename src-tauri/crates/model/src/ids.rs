//! Ids and tokens, each a type of its own and opaque outside the part that made it.

use std::fmt;

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
    /// How the user is called on a side: an address or a sign-in name.
    AccountName,
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
