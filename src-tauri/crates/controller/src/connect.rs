//! Signing in, and again: proves address and secret, keeps them, recognises another account before anything is mixed up.

use engine::Claim;
use jiff::tz::TimeZone;
use mailbox_ews::autodiscover::{Search, autodiscover};
use mailbox_ews::{Credentials, EwsMailbox};
use model::{AccountName, Code, Secret, Side};
use ports::{Crm, CrmAccount, ErrorKind, Mailbox, MailboxAccount};
use secrets::SecretName;
use tracing::debug;
use transport::Address;

use crate::account::{CrmEntry, MailboxEntry, Proof, http, method};
use crate::{Controller, SYNCED, facts, failure};

/// Whether an entered secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// In the operating system's credential store.
    InStore,
    /// Not at all: it is used until the program ends, or comes from the environment at every start.
    No,
}

/// Signing in at the CRM.
#[derive(Debug, Clone)]
pub struct CrmSignIn {
    /// Its address.
    pub url: String,
    /// Who.
    pub user: String,
    /// The access key; the environment's or the stored one where none is given.
    pub access_key: Option<Secret>,
    /// Whether the key is kept.
    pub remember: Remember,
    /// What to do where the mailbox is another CRM's or computer's.
    pub claim: Claim,
}

/// Signing in at Exchange.
#[derive(Debug, Clone)]
pub struct ExchangeSignIn {
    /// The server's address; found by the e-mail address where none is given.
    pub url: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Who.
    pub user: String,
    /// The password; the environment's or the stored one where none is given.
    pub password: Option<Secret>,
    /// How.
    pub method: config::SignInMethod,
    /// How many past days of appointments and tasks are synced (R3.3).
    pub past_days: Option<u32>,
    /// Whether the password is kept.
    pub remember: Remember,
    /// What to do where the mailbox is another CRM's or computer's.
    pub claim: Claim,
}

/// A mailbox that is to be kept if it is the right one.
pub(crate) struct NewMailbox {
    pub address: Address,
    pub user: String,
    pub method: config::SignInMethod,
    pub past_days: Option<u32>,
    pub claim: Claim,
}

impl Controller {
    /// Signs in at the CRM and keeps what is needed to do so again.
    pub async fn connect_crm(&self, entry: CrmSignIn) -> ports::Result<CrmAccount> {
        let _turn = self.turn().await?;
        let key = match entry.access_key.clone() {
            Some(key) => key,
            None => self.inner.keeper.get(SecretName::CrmAccessKey).await?,
        };
        let crm = self
            .crm_adapter(CrmEntry {
                url: entry.url.clone(),
                user: entry.user.clone(),
                key: key.clone(),
                history: crm_webservice::KeyHistory::New,
            })
            .await?;
        let account = crm.sign_in().await?;
        self.same_account(facts::CRM_FINGERPRINT, account.fingerprint.as_str())
            .await?;
        let (crm_now, user) = (account.fingerprint.clone(), account.name.clone());
        self.claim_for_crm(crm_now, user, entry.claim).await?;
        let name = SecretName::CrmAccessKey;
        self.inner.keeper.keep(name, key, entry.remember).await?;
        let mut settings = self.inner.profile.settings()?;
        settings.crm = Some(config::CrmSettings {
            url: entry.url,
            user: entry.user,
        });
        self.inner.profile.save(&settings)?;
        self.remember_crm(&account).await?;
        self.signed_in(Side::Crm).await?;
        Ok(account)
    }

    /// Signs in at Exchange and keeps what is needed to do so again.
    pub async fn connect_exchange(&self, entry: ExchangeSignIn) -> ports::Result<MailboxAccount> {
        let _turn = self.turn().await?;
        let password = match entry.password.clone() {
            Some(password) => password,
            None => self.inner.keeper.get(SecretName::ExchangePassword).await?,
        };
        let address = self.exchange_address(&entry, &password).await?;
        let mailbox = MailboxEntry {
            address: address.clone(),
            user: entry.user.clone(),
            proof: Proof::Password(password.clone()),
            mailbox: entry.email.clone().map(AccountName::new),
            method: entry.method,
        };
        let mailbox = self.mailbox_adapter(mailbox).await?;
        let new = NewMailbox {
            address,
            user: entry.user,
            method: entry.method,
            past_days: entry.past_days,
            claim: entry.claim,
        };
        let name = SecretName::ExchangePassword;
        let keep = self.inner.keeper.keep(name, password, entry.remember);
        self.adopt_mailbox(&mailbox, new, keep).await
    }

    /// Signs in to a mailbox; if it is the user's and free, what opened it is kept, and where and how it is.
    pub(crate) async fn adopt_mailbox(
        &self,
        mailbox: &EwsMailbox,
        new: NewMailbox,
        keep: impl Future<Output = ports::Result<()>>,
    ) -> ports::Result<MailboxAccount> {
        let account = mailbox.sign_in().await?;
        self.same_account(facts::MAILBOX_ADDRESS, account.address.as_str())
            .await?;
        self.claim_mailbox(mailbox, new.claim).await?;
        keep.await?;
        let mut settings = self.inner.profile.settings()?;
        settings.exchange = Some(config::ExchangeSettings {
            url: new.address.url().to_string(),
            user: new.user,
            mailbox: Some(account.address.as_str().to_owned()),
            method: new.method,
        });
        if let Some(days) = new.past_days {
            settings.past_days = Some(days);
        }
        self.inner.profile.save(&settings)?;
        self.forget_other_secret(new.method).await;
        self.remember_mailbox(&account).await?;
        self.signed_in(Side::Mailbox).await?;
        Ok(account)
    }

    /// A mailbox is opened by a password or by tokens; what opened it before is of no use any more.
    async fn forget_other_secret(&self, method: config::SignInMethod) {
        let other = match method {
            config::SignInMethod::OAuth => SecretName::ExchangePassword,
            config::SignInMethod::Auto
            | config::SignInMethod::Basic
            | config::SignInMethod::Ntlm => {
                self.forget_tokens();
                SecretName::ExchangeRefreshToken
            }
        };
        if let Err(error) = self.inner.keeper.forget(other).await {
            debug!(%error, "where no store is, nothing is kept");
        }
    }

    /// The administrator's address, else the one given, else what autodiscovery finds (R8.3).
    async fn exchange_address(
        &self,
        entry: &ExchangeSignIn,
        password: &Secret,
    ) -> ports::Result<Address> {
        let preset = &self.inner.policy.policy.exchange_url;
        if !preset.is_empty() {
            return Address::parse(preset);
        }
        if let Some(url) = &entry.url {
            return Address::parse(url);
        }
        let email = entry.email.as_deref().ok_or_else(|| {
            failure(ErrorKind::Malformed, Code::AddressMalformed).with("address", "")
        })?;
        let mut search = Search::new(Credentials {
            user: AccountName::new(&entry.user),
            password: password.clone(),
        });
        search.method = method(entry.method);
        search.http = http();
        let found = autodiscover(&AccountName::new(email), &search).await?;
        Ok(found.ews)
    }

    /// Links belong to one CRM and one mailbox. Another one is refused before anything is written (R7.10).
    async fn same_account(&self, fact: &str, now: &str) -> ports::Result<()> {
        let Some(before) = self.inner.store.fact(fact).await? else {
            return Ok(());
        };
        if before.eq_ignore_ascii_case(now) {
            return Ok(());
        }
        if !self.has_links().await? {
            // What was read from the other account must not be taken for this one's.
            for &component in SYNCED {
                engine::forget(&*self.inner.store, component).await?;
            }
            engine::forget_mails(&*self.inner.store, &*self.inner.mail_state).await?;
            return Ok(());
        }
        Err(failure(ErrorKind::Denied, Code::OtherAccount)
            .with("before", before)
            .with("now", now))
    }

    pub(crate) async fn has_links(&self) -> ports::Result<bool> {
        for &component in SYNCED {
            if !self.inner.store.linked_records(component).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Which CRM it is, and what has to be known of it. Its fingerprint comes last: with it all of this counts as known.
    pub(crate) async fn remember_crm(&self, account: &CrmAccount) -> ports::Result<()> {
        self.remember(facts::CRM_SERVER, &account.server).await?;
        self.remember_zone(account.zone.as_deref()).await?;
        self.remember(facts::CRM_FINGERPRINT, account.fingerprint.as_str())
            .await
    }

    /// Which mailbox it is, and what has to be known of it.
    pub(crate) async fn remember_mailbox(&self, account: &MailboxAccount) -> ports::Result<()> {
        self.remember(facts::MAILBOX_SERVER, &account.server)
            .await?;
        self.remember(facts::MAILBOX_ADDRESS, account.address.as_str())
            .await
    }

    async fn signed_in(&self, side: Side) -> ports::Result<()> {
        self.reset_failed_sign_ins(side).await?;
        self.forget_trouble(side).await?;
        self.forget_account().await;
        self.refresh().await?;
        self.sync_now();
        Ok(())
    }

    /// The zone the CRM shows this user times in; where it does not tell, the computer's, and that only once.
    async fn remember_zone(&self, told: Option<&str>) -> ports::Result<()> {
        let told = told.filter(|name| mapping::zones::zone(name).is_some());
        if let Some(name) = told {
            return self.remember(facts::ZONE, name).await;
        }
        if self.inner.store.fact(facts::ZONE).await?.is_some() {
            return Ok(());
        }
        match TimeZone::system().iana_name() {
            Some(name) => self.remember(facts::ZONE, name).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn remember(&self, fact: &str, value: &str) -> ports::Result<()> {
        self.inner.store.set_fact(fact, Some(value)).await
    }
}
