//! Disconnecting (R7.7): the predefined folders go with their content, but for mails, which go back to where they came from; in a standard
//! folder only what the connector put there goes. Nothing in the CRM changes. A disconnect that was cut off goes on at the next start.

use std::collections::BTreeSet;

use engine::owner;
use model::history::{Act, HistoryEntry};
use model::policy::FolderChoice;
use model::{Code, Component, FolderId, ItemHead, ItemId, Link, RecordId, Side, Stamp};
use ports::{ErrorKind, FolderPlace, ItemWrite, LinkFilter, Mailbox, Mails};
use secrets::SecretName;
use tracing::debug;

use crate::account::Account;
use crate::{Controller, LINKED, SYNCED, facts, failure};

const BATCH: usize = 50;

/// What was removed from the mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisconnectReport {
    /// Predefined folders.
    pub folders: u64,
    /// Items of standard folders that the connector had made.
    pub items: u64,
    /// Items of predefined folders that never reached the CRM and were moved to the standard folder.
    pub kept: u64,
    /// Mails that lay in predefined folders and were moved back to where they came from.
    pub mails: u64,
}

impl Controller {
    /// Removes what the connector put into the mailbox and forgets both accounts.
    pub async fn disconnect(&self) -> ports::Result<DisconnectReport> {
        let _turn = self.turn().await?;
        self.remember(facts::DISCONNECTING, "yes").await?;
        let done = self.disconnect_now().await;
        if done.is_err() {
            // That it is begun and not done is shown, whoever asked for it.
            self.refresh().await?;
        }
        done
    }

    /// Takes back a disconnect that was begun: what it removed comes back from the CRM with the next run. The answer is whether there was one.
    pub async fn stay_connected(&self) -> ports::Result<bool> {
        // One that is under way stops at its next step.
        self.inner.stay.set();
        let taken_back = self.take_disconnect_back().await;
        self.inner.stay.clear();
        self.sync_now();
        taken_back
    }

    async fn take_disconnect_back(&self) -> ports::Result<bool> {
        let _turn = self.turn().await?;
        let begun = self.is_disconnecting().await?;
        if begun {
            // What is gone from the mailbox was not deleted by its user: whoever does not know the pairs cannot take it for that (S7).
            for &component in LINKED {
                engine::start_anew(&*self.inner.store, component).await?;
            }
            let store = &self.inner.store;
            store.set_fact(facts::DISCONNECTING, None).await?;
        }
        self.refresh().await?;
        Ok(begun)
    }

    /// Somebody who wants to stay connected need not wait until everything is gone.
    fn still_wanted(&self) -> ports::Result<()> {
        match self.inner.stay.is_set() {
            true => Err(failure(
                ErrorKind::Refused { field: None },
                Code::DisconnectStopped,
            )),
            false => Ok(()),
        }
    }

    /// Forgets both accounts and leaves everything in the mailbox as it is: for a mailbox that cannot be opened any more.
    pub async fn abandon(&self) -> ports::Result<()> {
        let _turn = self.turn().await?;
        for &component in SYNCED {
            engine::forget(&*self.inner.store, component).await?;
        }
        engine::forget_mails(&*self.inner.store, &*self.inner.mail_state).await?;
        owner::forget(&*self.inner.store).await?;
        self.forget_everything().await
    }

    /// Goes on with a disconnect that was cut off, once nobody else is at work on the profile.
    pub(crate) async fn go_on_disconnecting(&self) -> ports::Result<()> {
        match self.is_disconnecting().await? {
            true => {
                let _turn = self.turn().await?;
                self.finish_disconnect().await
            }
            false => Ok(()),
        }
    }

    /// The same for whoever is at work on it already.
    pub(crate) async fn finish_disconnect(&self) -> ports::Result<()> {
        if self.is_disconnecting().await? {
            self.disconnect_now().await?;
        }
        Ok(())
    }

    /// Whether a disconnect was begun and not done.
    pub(crate) async fn is_disconnecting(&self) -> ports::Result<bool> {
        let kept = self.inner.store.fact(facts::DISCONNECTING).await?;
        Ok(kept.is_some())
    }

    async fn disconnect_now(&self) -> ports::Result<DisconnectReport> {
        let mut report = DisconnectReport::default();
        let settings = self.inner.profile.settings()?;
        if settings.exchange.is_some() && settings.crm.is_some() {
            // The CRM is not asked: one that no longer lets the user in keeps nobody from leaving (R7.8).
            self.may_sign_in_at(Side::Mailbox).await?;
            let account = self.account().await?;
            let (mailbox, policy) = (&*account.mailbox, &account.setup.policy);
            // What another computer or CRM works with by now is not ours to remove (R7.10).
            let is_ours = owner::is_ours(mailbox, policy, &account.setup.owner).await?;
            for &component in SYNCED {
                self.still_wanted()?;
                if is_ours {
                    self.clear(&account, component, &mut report).await?;
                }
                engine::forget(&*self.inner.store, component).await?;
            }
            engine::forget_mails(&*self.inner.store, &*self.inner.mail_state).await?;
            if is_ours {
                owner::release(mailbox, policy).await?;
            }
            owner::forget(&*self.inner.store).await?;
        }
        self.forget_everything().await?;
        Ok(report)
    }

    pub(crate) async fn clear(
        &self,
        account: &Account,
        component: Component,
        report: &mut DisconnectReport,
    ) -> ports::Result<()> {
        let place = FolderPlace {
            component,
            choice: account.setup.policy.folder(component),
        };
        if component == Component::Emails {
            report.mails += self.engine(account).mails_back().await?;
            report.folders += self.engine(account).remove_drop_folders().await?;
            return Ok(());
        }
        let Some(folder) = account.mailbox.find_folder(place).await? else {
            return Ok(());
        };
        match place.choice {
            FolderChoice::CrmSync => {
                report.kept += self.rescue(account, component, &folder).await?;
                account.mailbox.remove_folder(&folder).await?;
                report.folders += 1;
            }
            FolderChoice::Standard => {
                report.items += self.remove_made(account, component, &folder).await?;
            }
        }
        Ok(())
    }

    /// What never reached the CRM is nowhere else: it is moved to the standard folder before the predefined one goes (S12).
    async fn rescue(
        &self,
        account: &Account,
        component: Component,
        folder: &FolderId,
    ) -> ports::Result<u64> {
        let strays = self.strays_in(account, component, folder).await?;
        if strays.is_empty() {
            return Ok(0);
        }
        let standard = FolderPlace {
            component,
            choice: FolderChoice::Standard,
        };
        let home = account.mailbox.ensure_folder(standard).await?;
        let mut kept = 0;
        for chunk in strays.chunks(BATCH) {
            // The server moves whatever the ids name.
            for moved in account.mailbox.move_mails(chunk, &home).await? {
                match moved {
                    Ok(_) => kept += 1,
                    Err(failure) if failure.kind == ErrorKind::Gone => {}
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(kept)
    }

    /// Items of the predefined folder that never reached the CRM, or are no longer in it.
    pub(crate) async fn strays(&self, component: Component) -> ports::Result<Vec<ItemId>> {
        if component == Component::Emails {
            return Ok(Vec::new());
        }
        self.may_sign_in_at(Side::Mailbox).await?;
        let account = self.account().await?;
        let place = FolderPlace {
            component,
            choice: FolderChoice::CrmSync,
        };
        match account.mailbox.find_folder(place).await? {
            Some(folder) => self.strays_in(&account, component, &folder).await,
            None => Ok(Vec::new()),
        }
    }

    async fn strays_in(
        &self,
        account: &Account,
        component: Component,
        folder: &FolderId,
    ) -> ports::Result<Vec<ItemId>> {
        let links = self.inner.store.links(component, LinkFilter::All).await?;
        let made = self.made(component).await?.into_iter();
        let mut known: BTreeSet<ItemId> = made.filter_map(|line| line.item).collect();
        known.extend(links.iter().filter_map(Link::item).map(ItemId::series));
        let kept = links.iter().filter(|link| link.is_kept());
        for item in kept.filter_map(Link::item) {
            known.remove(&item.series());
        }
        let linked: BTreeSet<_> = links.iter().map(|link| &link.record).collect();
        // A copy bears the mark of what it was copied from, which tells nothing of itself; nor does the mark of another CRM.
        let ours = &account.setup.owner.crm;
        let is_known = |head: &ItemHead| {
            let marked = |stamp: &Stamp| stamp.crm == *ours && !linked.contains(&stamp.record);
            known.contains(&head.id) || head.stamp.as_ref().is_some_and(marked)
        };
        let (mut strays, mut cursor) = (Vec::new(), None);
        loop {
            let page = account
                .mailbox
                .changes(component, folder, cursor.as_ref())
                .await?;
            let unknown = page.seen.into_iter().filter(|head| !is_known(head));
            strays.extend(unknown.map(|head| head.id));
            match page.next.filter(|_| page.more) {
                Some(next) => cursor = Some(next),
                None => return Ok(strays),
            }
        }
    }

    /// Deletes the items that the connector made; what the user made stays (S12).
    async fn remove_made(
        &self,
        account: &Account,
        component: Component,
        folder: &FolderId,
    ) -> ports::Result<u64> {
        let made = self.made_records(component).await?;
        let links = self.inner.store.links(component, LinkFilter::All).await?;
        let items: Vec<_> = links
            .iter()
            .filter(|link| made.contains(&link.record))
            .filter_map(Link::item)
            .cloned()
            .collect();
        let mut removed = 0;
        for chunk in items.chunks(BATCH) {
            self.still_wanted()?;
            let read = account.mailbox.read(component, chunk).await?;
            let mut writes = Vec::with_capacity(chunk.len());
            for item in read {
                match item {
                    Ok(item) => writes.push(ItemWrite::Delete {
                        notify: ports::Notify::Nobody,
                        id: item.id,
                        change_key: item.change_key,
                    }),
                    Err(failure) if failure.kind == ErrorKind::Gone => {}
                    Err(failure) => return Err(failure),
                }
            }
            for answer in account.mailbox.write(component, folder, &writes).await? {
                match answer {
                    Ok(_) => removed += 1,
                    Err(failure) if failure.kind == ErrorKind::Gone => {}
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(removed)
    }

    /// Records for which the connector made an item, which goes again.
    pub(crate) async fn made_records(
        &self,
        component: Component,
    ) -> ports::Result<BTreeSet<RecordId>> {
        let lines = self.made(component).await?.into_iter();
        let mut made: BTreeSet<RecordId> = lines.filter_map(|line| line.record).collect();
        for link in self.kept(component).await? {
            made.remove(&link.record);
        }
        Ok(made)
    }

    /// Links whose record went, and whose item stays because somebody said so: it is nowhere else.
    async fn kept(&self, component: Component) -> ports::Result<Vec<Link>> {
        let mut links = self.inner.store.links(component, LinkFilter::All).await?;
        links.retain(Link::is_kept);
        Ok(links)
    }

    /// What the history tells of items that the connector made.
    async fn made(&self, component: Component) -> ports::Result<Vec<HistoryEntry>> {
        let all = ports::HistoryFilter::default();
        let mut lines = self.inner.store.history(&all).await?;
        lines.retain(|line| {
            line.component == component && line.side == Side::Mailbox && line.act == Act::Created
        });
        Ok(lines)
    }

    /// Where there is no store nothing of what was not used can be in it.
    async fn forget_secrets(
        &self,
        exchange: Option<&config::ExchangeSettings>,
    ) -> ports::Result<()> {
        let by_token = exchange.is_some_and(|it| it.method == config::SignInMethod::OAuth);
        let unused = match by_token {
            true => SecretName::ExchangePassword,
            false => SecretName::ExchangeRefreshToken,
        };
        for name in SecretName::ALL {
            match self.inner.keeper.forget(name).await {
                Err(error) if name == unused => debug!(%error, "nothing is kept"),
                deleted => deleted?,
            }
        }
        self.forget_tokens();
        Ok(())
    }

    async fn forget_everything(&self) -> ports::Result<()> {
        self.forget_account().await;
        let mut settings = self.inner.profile.settings()?;
        self.forget_secrets(settings.exchange.as_ref()).await?;
        settings.crm = None;
        settings.exchange = None;
        self.inner.profile.save(&settings)?;
        for side in [Side::Mailbox, Side::Crm] {
            self.forget_trouble(side).await?;
            self.reset_failed_sign_ins(side).await?;
        }
        for fact in [
            facts::CRM_FINGERPRINT,
            facts::MAILBOX_ADDRESS,
            facts::MAILBOX_SERVER,
            facts::CRM_SERVER,
            facts::CRM_CACHE,
            facts::DISCONNECTING,
            facts::AWAITS_START,
            facts::ADVICE,
            facts::PAUSED,
        ] {
            self.inner.store.set_fact(fact, None).await?;
        }
        self.refresh().await
    }
}
