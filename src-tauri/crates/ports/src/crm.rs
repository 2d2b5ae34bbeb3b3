//! The CRM as the engine sees it: webservice.php first, the vendor's newer interface later.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
pub use model::Rights;
use model::{
    AccountName, Change, Component, Fields, Fingerprint, Record, RecordHead, RecordId, Sought,
    SyncToken, UserId, Window,
};

use crate::Result;

/// Who signed in where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmAccount {
    /// The CRM's id of the user.
    pub user: UserId,
    /// The name the user signs in with.
    pub name: AccountName,
    /// Tells this CRM and user from others.
    pub fingerprint: Fingerprint,
    /// The server's version, for status and logs.
    pub server: String,
    /// Server clock minus ours.
    pub clock_offset: Option<SignedDuration>,
    /// The zone in which the CRM shows this user times, where it tells: an IANA name.
    pub zone: Option<String>,
}

/// One page of changes of the user's own records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChanges {
    /// Records that are new or changed, or were re-assigned to the user.
    pub seen: Vec<Record>,
    /// Records of which the server says that they are deleted.
    pub gone: Vec<RecordId>,
    /// Where to go on; to be stored together with what the page brought.
    pub next: SyncToken,
    /// Whether there is another page.
    pub more: bool,
}

/// A record that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRecord {
    /// The record, whoever owns it.
    pub record: Record,
    /// Its type, where records of this type are not synced (R3.1).
    pub other_type: Option<String>,
}

/// How many entries a search on either side finds at most.
pub const MOST_FOUND: usize = 50;

/// The user's CRM.
#[async_trait]
pub trait Crm: Send + Sync {
    /// Proves address and access key.
    async fn sign_in(&self) -> Result<CrmAccount>;

    /// What the user may do. `Denied`: the module is closed.
    async fn rights(&self, component: Component) -> Result<Rights>;

    /// One page of changes since the cursor; without one, of everything the user owns.
    async fn changes(
        &self,
        component: Component,
        since: Option<&SyncToken>,
    ) -> Result<RecordChanges>;

    /// The complete list of the user's own records whose last day lies in the window, where one is given: what is not in it is deleted,
    /// re-assigned, closed or over.
    async fn owned(&self, component: Component, window: Option<&Window>)
    -> Result<Vec<RecordHead>>;

    /// The records as they are now, whoever owns them, one answer for each id, in the order asked. `Gone`: deleted.
    /// `Denied`: the user may not see it, which is no evidence of a deletion; with `NotAssignedToUser` it is there and another's.
    async fn read(&self, component: Component, ids: &[RecordId]) -> Result<Vec<Result<Record>>>;

    /// Makes a record owned by the user, with `more` values under the CRM's own field names: what an installation demands beyond our
    /// fields and the user filled in. The answer is what the server stored.
    async fn create(
        &self,
        component: Component,
        fields: &Fields,
        more: &BTreeMap<String, String>,
    ) -> Result<Record>;

    /// Changes these fields and no other; `now` is what the record holds, as just read, for servers that want more than what changes
    /// (facts: crm 7). The answer is what the server stored.
    async fn update(
        &self,
        component: Component,
        id: &RecordId,
        changes: &[Change],
        now: &Fields,
    ) -> Result<Record>;

    /// Removes a record. Never called for contacts (S7).
    async fn delete(&self, component: Component, id: &RecordId) -> Result<()>;

    /// Own records that are called the same ([`model::Field::identity`]) and were created at or after the given time: what a lost answer may have made.
    async fn find_created(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>>;

    /// Own appointments that are called the same, were created at or after the given time and changed since, whenever they are: what a lost
    /// answer may have made and somebody has moved already.
    async fn find_rescheduled(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>>;

    /// Records that are called so, have this address or this id, whoever owns them and whenever they are; at most [`MOST_FOUND`].
    async fn find(&self, component: Component, sought: &Sought) -> Result<Vec<FoundRecord>>;

    /// How many writes may be under way at once.
    fn parallel_writes(&self) -> usize;

    /// Server clock minus ours, as the answers so far tell; times of records are told in ours.
    fn clock_offset(&self) -> Option<SignedDuration>;

    /// How many requests were sent so far.
    fn requests(&self) -> u64;
}
