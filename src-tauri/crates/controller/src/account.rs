//! The adapters of the signed-in account, put together once and kept: connections, sessions and what is known of the CRM's modules
//! live on between runs.

use std::sync::Arc;

use crm_webservice::{CrmOptions, KeyHistory, WebserviceCrm};
use engine::{Doors, MailDoors, Setup};
use jiff::tz::TimeZone;
use mailbox_ews::{EwsMailbox, EwsOptions, UserZone};
use model::{AccountName, Code, Fingerprint, Secret};
use ports::{ErrorKind, Mailbox};
use secrets::SecretName;
use transport::{Address, BearerTokens};

use crate::{Controller, USER_AGENT, facts, failure};

/// How many past days are synced where the user said nothing.
const PAST_DAYS: u32 = 30;

/// Both ends, ready to be used.
#[derive(Clone)]
pub(crate) struct Account {
    pub mailbox: Arc<EwsMailbox>,
    pub crm: Arc<WebserviceCrm>,
    pub setup: Setup,
    pub own_addresses: Vec<String>,
}

/// Where and as whom, before it is known to work.
pub(crate) struct MailboxEntry {
    pub address: Address,
    pub user: String,
    pub proof: Proof,
    pub mailbox: Option<AccountName>,
    pub method: config::SignInMethod,
}

/// What opens a mailbox.
pub(crate) enum Proof {
    Password(Secret),
    Tokens(BearerTokens),
}

/// The same for the CRM.
#[derive(Clone)]
pub(crate) struct CrmEntry {
    pub url: String,
    pub user: String,
    pub key: Secret,
    pub history: KeyHistory,
}

impl Controller {
    /// The account's adapters. No server is asked unless the state was lost; they sign in when they are used.
    pub(crate) async fn account(&self) -> ports::Result<Account> {
        let mut kept = self.inner.account.lock().await;
        if let Some(account) = &*kept {
            return Ok(account.clone());
        }
        let settings = self.inner.profile.settings()?;
        let (Some(crm), Some(exchange)) = (settings.crm, settings.exchange) else {
            return Err(failure(ErrorKind::SignInNeeded, Code::NotConnected));
        };
        let user = AccountName::new(crm.user.as_str());
        let entry = CrmEntry {
            url: crm.url,
            user: crm.user,
            key: self.inner.keeper.get(SecretName::CrmAccessKey).await?,
            history: KeyHistory::WorkedBefore,
        };
        self.recollect(entry.clone(), exchange.clone()).await?;
        let crm = self.crm_adapter(entry).await?;
        let entry = self.mailbox_entry(exchange).await?;
        let account = Account {
            mailbox: Arc::new(self.mailbox_adapter(entry).await?),
            crm: Arc::new(crm),
            setup: self.setup(user).await?,
            own_addresses: self.own_addresses().await?,
        };
        *kept = Some(account.clone());
        Ok(account)
    }

    /// The adapters are put together anew, after a new sign-in.
    pub(crate) async fn forget_account(&self) {
        *self.inner.account.lock().await = None;
    }

    pub(crate) async fn crm_adapter(&self, entry: CrmEntry) -> ports::Result<WebserviceCrm> {
        let policy = &self.inner.policy.policy;
        let mut options = CrmOptions::new(&entry.url, AccountName::new(entry.user), entry.key);
        options.key_history = entry.history;
        options.overrides = policy.fields.clone();
        options.time_zone = policy.crm_time_zone.clone();
        options.user_zone = self.zone().await?;
        options.event_types = policy.event_types.clone();
        options.message_id_field = policy.emails.message_id_field.clone();
        options.pick_lists = policy.pick_lists.clone();
        options.invited = match policy.send_invitations {
            true => crm_webservice::Invited::Read,
            false => crm_webservice::Invited::LeftOut,
        };
        options.transport = http();
        options.cache = self.inner.store.fact(facts::CRM_CACHE).await?;
        WebserviceCrm::new(options)
    }

    /// The mailbox that is connected, with what opens it.
    pub(crate) async fn mailbox_entry(
        &self,
        exchange: config::ExchangeSettings,
    ) -> ports::Result<MailboxEntry> {
        let proof = match exchange.method {
            config::SignInMethod::OAuth => Proof::Tokens(self.tokens()?),
            config::SignInMethod::Auto
            | config::SignInMethod::Basic
            | config::SignInMethod::Ntlm => {
                Proof::Password(self.inner.keeper.get(SecretName::ExchangePassword).await?)
            }
        };
        Ok(MailboxEntry {
            address: Address::parse(&exchange.url)?,
            user: exchange.user,
            proof,
            mailbox: exchange.mailbox.map(AccountName::new),
            method: exchange.method,
        })
    }

    pub(crate) async fn mailbox_adapter(&self, entry: MailboxEntry) -> ports::Result<EwsMailbox> {
        let user = AccountName::new(entry.user);
        let mut options = match entry.proof {
            Proof::Password(password) => EwsOptions::new(entry.address, user, password),
            Proof::Tokens(tokens) => EwsOptions::with_tokens(entry.address, user, tokens),
        };
        options.mailbox = entry.mailbox;
        options.method = method(entry.method);
        options.http = http();
        let zone = self.zone().await?;
        options.zone = zone.iana_name().and_then(UserZone::of).unwrap_or_default();
        Ok(EwsMailbox::new(options))
    }

    /// Under which addresses the user gets mails, as far as the mailbox told.
    async fn own_addresses(&self) -> ports::Result<Vec<String>> {
        let told = self.inner.store.fact(facts::MAILBOX_ADDRESS).await?;
        Ok(told.into_iter().collect())
    }

    async fn setup(&self, user: AccountName) -> ports::Result<Setup> {
        let fingerprint = self.inner.store.fact(facts::CRM_FINGERPRINT).await?;
        let fingerprint =
            fingerprint.ok_or_else(|| failure(ErrorKind::SignInNeeded, Code::NotConnected))?;
        Ok(Setup {
            owner: self.owner(Fingerprint::new(fingerprint), user)?,
            policy: self.inner.policy.policy.clone(),
            zone: self.zone().await?,
            past_days: self
                .inner
                .profile
                .settings()?
                .past_days
                .unwrap_or(PAST_DAYS),
            busy: self.texts().t("entry.busy"),
        })
    }

    /// The user's zone, as it was when the account was connected.
    pub(crate) async fn zone(&self) -> ports::Result<TimeZone> {
        let name = self.inner.store.fact(facts::ZONE).await?;
        let known = name.and_then(|name| mapping::zones::zone(&name));
        Ok(known.unwrap_or_else(TimeZone::system))
    }
}

impl Account {
    pub fn mail_doors(&self, controller: &Controller) -> MailDoors {
        MailDoors {
            mails: self.mailbox.clone(),
            crm: self.crm.clone(),
            state: controller.inner.mail_state.clone(),
            own_addresses: self.own_addresses.clone(),
            no_subject: controller.texts().t("entry.no_subject"),
            no_subjects: texts::in_every_language("entry.no_subject"),
        }
    }

    pub fn doors(&self, controller: &Controller) -> Doors {
        Doors {
            mailbox: self.mailbox.clone(),
            crm: self.crm.clone(),
            store: controller.inner.store.clone(),
            clock: controller.inner.clock.clone(),
        }
    }
}

/// The settings' word for a way to sign in, as the adapter knows it.
pub(crate) fn method(method: config::SignInMethod) -> mailbox_ews::SignInMethod {
    match method {
        // With access tokens nothing is chosen.
        config::SignInMethod::Auto | config::SignInMethod::OAuth => mailbox_ews::SignInMethod::Auto,
        config::SignInMethod::Basic => mailbox_ews::SignInMethod::Basic,
        config::SignInMethod::Ntlm => mailbox_ews::SignInMethod::Ntlm,
    }
}

/// How every adapter of the product calls itself.
pub(crate) fn http() -> transport::Options {
    transport::Options {
        user_agent: USER_AGENT.to_owned(),
        ..transport::Options::default()
    }
}

/// Requests by side since a moment, for the report of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Requests {
    pub exchange: u64,
    pub crm: u64,
}

impl Requests {
    pub fn of(account: &Account) -> Self {
        Self {
            exchange: account.mailbox.requests(),
            crm: ports::Crm::requests(&*account.crm),
        }
    }

    pub fn since(self, before: Requests) -> Self {
        Self {
            exchange: self.exchange - before.exchange,
            crm: self.crm - before.crm,
        }
    }
}
