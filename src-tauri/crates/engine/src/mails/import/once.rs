//! Makes mails in the CRM, each once (R5.5): looks whether it is there, keeps that it is begun, makes it, looks whether somebody else has made
//! it too, and references it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::history::HistoryEntry;
use model::{Component, RecordId, RemoteId};
use ports::{ErrorKind, HomeRule, ImportChange, MailAbilities, MailImport, Outcome};
use tracing::{info, warn};

use super::{Pending, Post};
use crate::mails::people::Addressed;
use crate::resolve;

/// A server that has all of a request is done with it after this. How long the sending takes does not count: where the answer was lost, it
/// is counted from then, and where the program ended while it was sending, the server never had all of it.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);

impl Post<'_> {
    /// Makes what is not there yet, makes sure that it is there once, and references it.
    pub(super) async fn bring_in(
        &self,
        pending: &mut [Pending],
        abilities: &MailAbilities,
    ) -> ports::Result<()> {
        self.meet_all(pending).await?;
        let mut mails: Vec<Addressed<'_>> = pending
            .iter_mut()
            .filter(|one| !one.is_under_way)
            .map(|one| Addressed {
                ready: &one.ready,
                import: &mut one.import,
            })
            .collect();
        let owners = self.look_up(&mut mails, abilities).await?;
        // Of a mail to oneself, or one that was copied, two may be in one batch.
        let mut in_batch: BTreeMap<String, RecordId> = BTreeMap::new();
        for one in pending.iter_mut().filter(|one| !one.is_under_way) {
            if owners.is_under_way(&one.ready) {
                one.is_under_way = true;
                continue;
            }
            one.references = owners.references(&one.ready, one.import.place);
            one.without_lead = owners.refused(&one.ready);
            let key = one.key();
            if one.record.is_none() {
                one.record = in_batch.get(&key).cloned();
            }
            match (&one.record, owners.lost(&one.ready)) {
                (_, Some(problem)) => {
                    one.is_lost = true;
                    one.problem = Some(problem.clone());
                }
                (None, None) => self.make(one).await?,
                (Some(_), None) => {}
            }
            in_batch.extend(one.record.clone().map(|record| (key, record)));
            // The CRM has it, or the user will hear of it: the files are no longer needed.
            one.ready.mail.files = Vec::new();
        }
        self.leave_one(pending).await?;
        for one in pending {
            self.reference(one).await?;
        }
        Ok(())
    }

    /// What the CRM has of them already. What is being made is not made again before that is over: a server may still be busy with a
    /// request whose answer nobody waits for any more.
    async fn meet_all(&self, pending: &mut [Pending]) -> ports::Result<()> {
        let keys: Vec<_> = pending
            .iter()
            .map(|one| one.ready.mail.key.clone())
            .collect();
        let there = self.mail.crm.find_mails(&keys).await?;
        let now = self.doors.clock.now();
        let mut under_way = BTreeSet::new();
        for (one, there) in pending.iter_mut().zip(there) {
            self.meet(one, there).await?;
            let begun = one.import.begun;
            let is_recent = begun.is_some_and(|begun| is_recent(begun, now));
            if one.record.is_none() && is_recent {
                under_way.insert(one.key());
            }
        }
        for one in pending {
            one.is_under_way = under_way.contains(&one.key());
        }
        Ok(())
    }

    /// Among those that are there may be one that was begun here and of which nothing was known: before it was begun there was none.
    async fn meet(&self, one: &mut Pending, there: Vec<RecordId>) -> ports::Result<()> {
        if let (Some(_), Some((_, others))) = (one.import.begun, there.split_first())
            && !others.is_empty()
        {
            one.doubles = self.mail.crm.own_mails(others).await?;
        }
        one.record = there.into_iter().next();
        Ok(())
    }

    /// Whether the user may is for the server to say: what was known of rights may be hours old.
    async fn make(&self, one: &mut Pending) -> ports::Result<()> {
        let entry = RemoteId::Mailbox(one.import.item.clone());
        let store = &*self.doors.store;
        one.ready.mail.more = resolve::more_of(store, Component::Emails, &entry).await?;
        one.ready.mail.reference = one.references.first().cloned();
        one.import.begun = Some(self.doors.clock.now());
        self.keep_import(one.import.clone(), Vec::new()).await?;
        match self.mail.crm.create_mail(&one.ready.mail).await {
            Ok(made) => {
                one.left_out = made.left_out;
                one.made = Some(made.id.clone());
                one.record = Some(made.id);
            }
            Err(failure) if failure.kind == ErrorKind::OutcomeUnknown => {
                warn!(%failure, "the answer to an import was lost");
                // Sending it may have taken long, and the server is at work since its end.
                one.import.begun = Some(self.doors.clock.now());
                self.keep_import(one.import.clone(), Vec::new()).await?;
                let key = std::slice::from_ref(&one.ready.mail.key);
                let found = self.mail.crm.find_mails(key).await?;
                self.meet(one, found.into_iter().flatten().collect())
                    .await?;
                if one.record.is_none() {
                    one.is_lost = true;
                    one.problem = Some(failure.problem);
                }
            }
            Err(failure) if failure.is_about_one_entry() => {
                one.import.begun = None;
                one.problem = Some(failure.problem);
            }
            Err(failure) => {
                // Nothing was made, so the next run need not wait.
                one.import.begun = None;
                self.keep_import(one.import.clone(), Vec::new()).await?;
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Keeps how far a mail is that goes on waiting, and what is told meanwhile.
    pub(in crate::mails) async fn keep_import(
        &self,
        import: MailImport,
        history: Vec<HistoryEntry>,
    ) -> ports::Result<()> {
        let outcome = Outcome {
            history,
            ..Outcome::default()
        };
        let state = &self.mail.state;
        state.commit_mails(&[waiting(import)], &outcome).await
    }

    /// Another importer may have made the same mail at the same moment. Both see both, and both keep the one with the lowest id (R5.5).
    async fn leave_one(&self, pending: &mut [Pending]) -> ports::Result<()> {
        let mut made: Vec<&mut Pending> = pending
            .iter_mut()
            .filter(|one| one.made.is_some())
            .collect();
        if !made.is_empty() {
            let keys: Vec<_> = made.iter().map(|one| one.ready.mail.key.clone()).collect();
            let all = self.mail.crm.find_mails(&keys).await?;
            for (one, all) in made.iter_mut().zip(all) {
                if let Some(first) = all.into_iter().next()
                    && one.made.as_ref() != Some(&first)
                {
                    one.doubles.extend(one.made.take());
                    one.record = Some(first);
                }
            }
        }
        for one in pending {
            for double in std::mem::take(&mut one.doubles) {
                info!("somebody else has imported the same mail; it is there once");
                match self.mail.crm.remove_mail(&double).await {
                    Ok(()) => {}
                    Err(failure) if failure.kind == ErrorKind::Gone => {}
                    Err(failure) if failure.kind == ErrorKind::OutcomeUnknown => {
                        one.is_lost = true;
                        one.problem = Some(failure.problem);
                    }
                    // Not everybody may remove what they made. Two of one mail are better than none ever again.
                    Err(failure) if failure.is_about_one_entry() => {
                        warn!(%failure, "a mail that is there twice could not be removed");
                    }
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(())
    }

    async fn reference(&self, one: &mut Pending) -> ports::Result<()> {
        let Some(record) = &one.record else {
            return Ok(());
        };
        // The first one came with the mail.
        let made = usize::from(one.made.is_some());
        for reference in one.references.iter().skip(made) {
            match self.mail.crm.add_reference(record, reference).await {
                Ok(()) => {}
                Err(failure) if failure.is_about_one_entry() => {
                    warn!(%failure, "a reference could not be added");
                    one.problem = Some(failure.problem);
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }
}

/// Whether what was begun then may still take effect. A clock that was set makes no difference for longer than that.
pub(in crate::mails) fn is_recent(begun: Timestamp, now: Timestamp) -> bool {
    now.duration_since(begun).abs() < UNDER_WAY
}

/// It goes on waiting. Where it goes by rule is found out anew: by then more may be known of where it lay.
pub(super) fn waiting(mut import: MailImport) -> ImportChange {
    import.home.take_if(|home| match home.rule {
        HomeRule::Sent | HomeRule::Inbox => true,
        HomeRule::Moved | HomeRule::Seen => false,
    });
    ImportChange::Put(import)
}
