//! Signing in at Exchange in the browser (R7.2). What is asked of the authority and how tokens are renewed is in the crate `oauth`; here
//! it gets its policy, its sentences and the place of its refresh token, and the mailbox is proven before anything is kept.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use ::oauth::{
    Attempt, Browser, Granted, Identity, Page, Pages, Provider, RefreshTokens, Registration,
    SystemBrowser, Timing, Tokens, Wish, mailbox_server,
};
use engine::Claim;
use mailbox_ews::EwsMailbox;
use model::{AccountName, Code, Secret};
use ports::{ErrorKind, Failure, MailboxAccount};
use secrets::SecretName;
use texts::Texts;
use tracing::debug;
use transport::{Address, BearerTokens};

use crate::account::{MailboxEntry, Proof, http};
use crate::connect::{NewMailbox, Remember};
use crate::keeper::Keeper;
use crate::{Controller, Turn, failure};

/// A run of another program that holds the profile ends soon; so often it is tried again, so that nobody signs in for nothing.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);

/// Signing in at Exchange in the browser.
#[derive(Debug, Clone)]
pub struct OAuthSignIn {
    /// The e-mail address, where it is known: the browser fills it in, and another account is refused.
    pub email: Option<String>,
    /// How many past days of appointments and tasks are synced (R3.3).
    pub past_days: Option<u32>,
    /// What to do where the mailbox is another CRM's or computer's.
    pub claim: Claim,
    /// Whether the sign-in outlives this program.
    pub remember: Remember,
}

/// A sign-in that waits for the user in the browser. Dropping it gives it up.
pub struct OAuthAttempt {
    controller: Controller,
    entry: OAuthSignIn,
    provider: Arc<Provider>,
    server: Address,
    attempt: Attempt,
}

/// What this process knows of a sign-in in the browser.
#[derive(Default)]
pub(crate) struct SignedIn {
    /// The tokens of the account, shared by all who ask its mailbox.
    tokens: Mutex<Option<Tokens>>,
}

impl Controller {
    /// Whether signing in in the browser is offered: somebody has registered the program, and it is known where the mailboxes are.
    pub fn oauth_offered(&self) -> bool {
        self.registration().is_ok()
    }

    /// Opens the browser. Where none can be opened the user opens the attempt's address by hand.
    pub async fn begin_oauth(&self, entry: OAuthSignIn) -> ports::Result<OAuthAttempt> {
        self.begin_oauth_in(entry, Arc::new(SystemBrowser)).await
    }

    pub(crate) async fn begin_oauth_in(
        &self,
        entry: OAuthSignIn,
        browser: Arc<dyn Browser>,
    ) -> ports::Result<OAuthAttempt> {
        let (server, registration) = self.registration()?;
        if entry.remember == Remember::InStore {
            // Nobody signs in for a store that is not there or stays locked.
            let name = SecretName::ExchangeRefreshToken;
            self.inner.keeper.ask(name).await?;
        }
        let provider = Arc::new(Provider::new(registration, http(), self.timing()));
        let before = self.inner.signed_in.tokens().clone();
        let wish = Wish {
            login_hint: entry.email.clone(),
            claims: match before {
                Some(tokens) => tokens.claims().await,
                None => None,
            },
        };
        let pages = pages(self.texts());
        let attempt = provider.clone().begin(wish, browser, pages).await?;
        Ok(OAuthAttempt {
            controller: self.clone(),
            entry,
            provider,
            server,
            attempt,
        })
    }

    fn registration(&self) -> ports::Result<(Address, Registration)> {
        let policy = &self.inner.policy.policy;
        let server = mailbox_server(&policy.oauth, &policy.exchange_url)?;
        let registration = Registration::of(&policy.oauth, &server)?;
        Ok((server, registration))
    }

    fn timing(&self) -> Timing {
        Timing {
            clock: self.inner.clock.clone(),
            ..Timing::default()
        }
    }

    /// The tokens of the connected account.
    pub(crate) fn tokens(&self) -> ports::Result<BearerTokens> {
        let mut kept = self.inner.signed_in.tokens();
        let tokens = match &*kept {
            Some(tokens) => tokens.clone(),
            None => {
                let (_, registration) = self.registration()?;
                let provider = Provider::new(registration, http(), self.timing());
                let tokens = Tokens::new(Arc::new(provider), Arc::new(self.place()));
                kept.insert(tokens).clone()
            }
        };
        Ok(BearerTokens::new(Arc::new(tokens)))
    }

    /// Proves that what was granted opens the mailbox, and only then keeps it.
    async fn connect_with(
        &self,
        entry: &OAuthSignIn,
        (provider, server): (Arc<Provider>, Address),
        granted: Granted,
    ) -> ports::Result<MailboxAccount> {
        let _lock = self.turn_patiently().await?;
        let address = address_of(entry, &granted)?;
        let identity = granted.identity.clone();
        let transit = Arc::new(Transit::default());
        let tokens = Tokens::of_sign_in(provider, transit.clone(), granted).await?;
        let proof = Proof::Tokens(BearerTokens::new(Arc::new(tokens.clone())));
        let mailbox = MailboxEntry {
            address: server.clone(),
            user: address.as_str().to_owned(),
            proof,
            mailbox: Some(address.clone()),
            method: config::SignInMethod::OAuth,
        };
        let mailbox = self.mailbox_adapter(mailbox).await?;
        is_expected(&mailbox, &address, &identity).await?;
        let new = NewMailbox {
            address: server,
            user: address.as_str().to_owned(),
            method: config::SignInMethod::OAuth,
            past_days: entry.past_days,
            claim: entry.claim,
        };
        let keep = self.settle(&transit, tokens, entry.remember);
        self.adopt_mailbox(&mailbox, new, keep).await
    }

    /// From now on the refresh token is where it stays.
    async fn settle(
        &self,
        transit: &Transit,
        tokens: Tokens,
        remember: Remember,
    ) -> ports::Result<()> {
        let token = transit.read()?;
        let token = token.ok_or_else(|| Failure::bug("a sign-in has no refresh token"))?;
        let name = SecretName::ExchangeRefreshToken;
        self.inner.keeper.keep(name, token, remember).await?;
        transit.settle(self.place());
        *self.inner.signed_in.tokens() = Some(tokens);
        Ok(())
    }

    fn place(&self) -> Place {
        Place {
            keeper: self.inner.keeper.clone(),
            profile: self.inner.profile.clone(),
        }
    }

    /// The browser's tokens are another account's, or nobody's.
    pub(crate) fn forget_tokens(&self) {
        *self.inner.signed_in.tokens() = None;
    }

    async fn turn_patiently(&self) -> ports::Result<Turn<'_>> {
        for _ in 1..TRIES {
            match self.turn().await {
                Err(failure) if failure.problem.code == Code::ProfileInUse => {
                    tokio::time::sleep(PAUSE).await;
                }
                turn => return turn,
            }
        }
        self.turn().await
    }
}

/// The mailbox's address: the one that was named before, else the one that the authority tells.
fn address_of(entry: &OAuthSignIn, granted: &Granted) -> ports::Result<AccountName> {
    let told = granted.identity.address();
    let address = entry.email.as_deref().map(str::trim).or(told);
    address.map(AccountName::new).ok_or_else(|| {
        failure(ErrorKind::SignInNeeded, Code::SignInMisconfigured).with("detail", "id_token")
    })
}

/// Who was expected and who came must be the same: otherwise one's mailbox would be taken for the other's. A name to sign in with need not be
/// the address, so where they differ, or nobody is named, the server is asked.
async fn is_expected(
    mailbox: &EwsMailbox,
    address: &AccountName,
    identity: &Identity,
) -> ports::Result<()> {
    if identity.names(address.as_str()) || mailbox.is_of(address).await? {
        return Ok(());
    }
    Err(failure(ErrorKind::SignInNeeded, Code::SignInOtherAccount)
        .with("before", address.as_str())
        .with("now", identity.address().unwrap_or("?")))
}

impl OAuthAttempt {
    /// Where the user signs in, for "copy the link". It opens on this computer only, and only for this attempt.
    pub fn address(&self) -> &str {
        self.attempt.address()
    }

    /// Whether a browser shows it.
    pub fn is_shown(&self) -> bool {
        self.attempt.is_shown()
    }

    /// Waits until the user has signed in, proves the mailbox, keeps what is needed to open it again, and tells in the browser how it
    /// ended.
    pub async fn finish(self) -> ports::Result<MailboxAccount> {
        let finished = self.attempt.finish().await?;
        let (controller, texts) = (&self.controller, self.controller.texts());
        let connected = match finished.granted {
            Ok(granted) => {
                let place = (self.provider, self.server);
                controller.connect_with(&self.entry, place, granted).await
            }
            Err(failure) => Err(failure),
        };
        finished.page.show(last_page(texts, &connected)).await;
        connected
    }
}

fn pages(texts: Texts) -> Pages {
    let page = |title: &str, lines: &[&str]| Page {
        language: texts.language().code().to_owned(),
        title: texts.t(title),
        lines: lines.iter().map(|line| texts.t(line)).collect(),
    };
    Pages {
        foreign: page("browser.foreign.title", &["browser.foreign.next"]),
        given_up: page("browser.given_up.title", &["browser.done.close"]),
    }
}

fn last_page(texts: Texts, connected: &ports::Result<MailboxAccount>) -> Page {
    let (title, mut lines) = match connected {
        Ok(account) => {
            let values = [("account", account.address.as_str())];
            let said = texts.find("browser.done.account", &values);
            ("browser.done.title", said.into_iter().collect())
        }
        Err(failure) => {
            let (what, next) = texts.problem(&failure.problem);
            ("browser.failed.title", vec![what, next])
        }
    };
    lines.push(texts.t("browser.done.close"));
    Page {
        language: texts.language().code().to_owned(),
        title: texts.t(title),
        lines,
    }
}

impl SignedIn {
    fn tokens(&self) -> MutexGuard<'_, Option<Tokens>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the connected account's refresh token is.
struct Place {
    keeper: Keeper,
    profile: config::Profile,
}

impl RefreshTokens for Place {
    fn alone(&self) -> ports::Result<Box<dyn Send>> {
        Ok(Box::new(self.profile.wait_to_renew()?))
    }

    fn read(&self) -> ports::Result<Option<Secret>> {
        self.keeper.read(SecretName::ExchangeRefreshToken).map(Some)
    }

    fn keep(&self, token: &Secret) -> ports::Result<()> {
        self.keeper.renew(SecretName::ExchangeRefreshToken, token)?;
        debug!("a new refresh token is kept");
        Ok(())
    }
}

/// Where a refresh token is until the mailbox is proven.
#[derive(Default)]
struct Transit {
    token: Mutex<Option<Secret>>,
    place: OnceLock<Place>,
}

impl Transit {
    fn token(&self) -> MutexGuard<'_, Option<Secret>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, place: Place) {
        // A second call would name the same place.
        let _ = self.place.set(place);
        *self.token() = None;
    }
}

impl RefreshTokens for Transit {
    fn alone(&self) -> ports::Result<Box<dyn Send>> {
        match self.place.get() {
            Some(place) => place.alone(),
            // Nobody else knows of it.
            None => Ok(Box::new(())),
        }
    }

    fn read(&self) -> ports::Result<Option<Secret>> {
        match self.place.get() {
            Some(place) => place.read(),
            None => Ok(self.token().clone()),
        }
    }

    fn keep(&self, token: &Secret) -> ports::Result<()> {
        match self.place.get() {
            Some(place) => place.keep(token),
            None => {
                *self.token() = Some(token.clone());
                Ok(())
            }
        }
    }
}

impl fmt::Debug for OAuthAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OAuthAttempt({:?})", self.attempt)
    }
}

#[cfg(test)]
mod tests;
