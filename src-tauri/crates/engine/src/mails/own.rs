//! Under which addresses the user gets mails. What somebody signs in with need not be one (`FIRMA\anna`, or a name that only looks like one), so
//! the one that the user's sent mails came from counts too. Without it the user would become a lead of their own CRM (R5.3, R5.4).

use std::collections::BTreeMap;

use ports::{ErrorKind, FetchedMail, FolderRole, MailFolder};
use tracing::{debug, info};

use super::Post;

/// The address that was learned from the sent mails.
pub(super) const LEARNED: &str = "mails.own_address";
/// So many sent mails are looked at: one may have been sent in somebody else's name.
const LOOKED_AT: usize = 5;
/// A larger one tells no more.
const LARGEST: u64 = 256 * 1024;

impl Post<'_> {
    /// Those that are known by now.
    pub(super) fn own_addresses(&self) -> &[String] {
        self.own.get().unwrap_or(&self.mail.own_addresses)
    }

    /// Puts together what was told and what can be learned.
    pub(super) async fn know_own_addresses(&self, folders: &[MailFolder]) -> ports::Result<()> {
        let learned = match self.doors.store.fact(LEARNED).await? {
            Some(known) => Some(known),
            None => self.learn(folders).await?,
        };
        let told = self.mail.own_addresses.iter();
        let mut own: Vec<String> = told.filter(|one| one.contains('@')).cloned().collect();
        own.extend(learned.filter(|one| !own.iter().any(|own| own.eq_ignore_ascii_case(one))));
        self.own.get_or_init(|| own);
        Ok(())
    }

    /// What most of the sent mails came from. Where nothing was sent yet, a later run looks again.
    async fn learn(&self, folders: &[MailFolder]) -> ports::Result<Option<String>> {
        let mut sent = folders.iter();
        let Some(sent) = sent.find(|folder| folder.role == FolderRole::Sent) else {
            return Ok(None);
        };
        let fetched = match self.some_of(sent).await {
            Err(failure)
                if failure.is_about_one_entry() || failure.kind == ErrorKind::Malformed =>
            {
                debug!(%failure, "sent mails do not tell the user's address");
                return Ok(None);
            }
            fetched => fetched?,
        };
        let learned = most_frequent(&fetched);
        if let Some(learned) = &learned {
            info!("the user's own address is known from sent mails");
            let store = &self.doors.store;
            store.set_fact(LEARNED, Some(learned)).await?;
        }
        Ok(learned)
    }

    async fn some_of(&self, folder: &MailFolder) -> ports::Result<Vec<FetchedMail>> {
        let mails = &self.mail.mails;
        let page = mails.mail_changes(&folder.id, None).await?;
        let small = page.seen.into_iter().filter(|head| head.size <= LARGEST);
        let ids: Vec<_> = small.take(LOOKED_AT).map(|head| head.id).collect();
        match ids.is_empty() {
            true => Ok(Vec::new()),
            false => Ok(mails.fetch(&ids).await?.into_iter().flatten().collect()),
        }
    }
}

/// The address that most of them came from.
fn most_frequent(mails: &[FetchedMail]) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for mail in mails {
        let sender = mail.from.first().map(|from| from.address.to_lowercase());
        if let Some(sender) = sender.filter(|sender| sender.contains('@')) {
            *counts.entry(sender).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(sender, _)| sender)
}
