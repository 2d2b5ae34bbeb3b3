//! One sign-in, from the browser's opening to its last page.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use model::{Code, Secret};
use oauth2::PkceCodeVerifier;
use ports::{ErrorKind, Failure, Result};
use tokio::sync::oneshot;
use tracing::{debug, info};

use crate::loopback::{Brought, Expected, LastPage, Loopback, Reception};
use crate::{Browser, Granted, Pages, Provider};

/// How long is waited for somebody who may have to look for a telephone first.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// A browser that takes longer to start is there.
const OPENING: Duration = Duration::from_secs(5);

/// What is known before a sign-in.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Who will probably sign in.
    pub login_hint: Option<String>,
    /// What the sign-in has to show, as an earlier refusal said.
    pub claims: Option<String>,
}

/// A sign-in that waits for the user. Dropping it gives it up.
pub struct Attempt {
    provider: Arc<Provider>,
    address: String,
    is_shown: bool,
    redirect: String,
    verifier: PkceCodeVerifier,
    reception: Reception,
}

/// The user has come back, and the browser waits for its last page.
pub struct Finished {
    /// What the authority gave, or why it did not.
    pub granted: Result<Granted>,
    /// The browser.
    pub page: LastPage,
}

impl Provider {
    /// Opens the browser. That none can be opened is no failure: the user can open the address by hand.
    pub async fn begin(
        self: Arc<Self>,
        wish: Wish,
        browser: Arc<dyn Browser>,
        pages: Pages,
    ) -> Result<Attempt> {
        let endpoints = self.endpoints().await?;
        let loopback = Loopback::open().await;
        let loopback = loopback
            .map_err(|error| Failure::bug("no port of this computer is free").caused_by(error))?;
        let redirect = loopback.redirect();
        let (hint, claims) = (wish.login_hint.as_deref(), wish.claims.as_deref());
        let asked = self.ask(&redirect, hint, claims).await?;
        let expected = Expected {
            state: asked.state,
            issuer: endpoints.issuer.clone(),
            names_itself: endpoints.names_itself,
        };
        let reception = loopback.receive(expected, pages);
        let address = asked.address;
        let is_shown = open(browser, address.clone()).await;
        info!(is_shown, "waiting for a sign-in in the browser");
        Ok(Attempt {
            provider: self,
            address,
            is_shown,
            redirect,
            verifier: asked.verifier,
            reception,
        })
    }
}

/// Whether a browser was opened. A browser in a terminal runs as long as the user reads; nobody waits for that.
async fn open(browser: Arc<dyn Browser>, address: String) -> bool {
    let (told, opened) = oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    // A thread of its own: the program may end while that browser still runs.
    std::thread::spawn(move || {
        let _guard = runtime.enter();
        // Nobody waits any more where it took too long.
        let _ = told.send(browser.open(&address));
    });
    match tokio::time::timeout(OPENING, opened).await {
        Ok(Ok(Ok(()))) | Err(_) => true,
        Ok(Ok(Err(error))) => {
            debug!(%error, "no browser could be opened");
            false
        }
        Ok(Err(_)) => false,
    }
}

impl Attempt {
    /// Where the user signs in. It holds no secret but opens only for this sign-in.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether a browser shows it.
    pub fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Waits until the user comes back, and redeems the code.
    pub async fn finish(self) -> Result<Finished> {
        let waiting = self.provider.timing.waiting.clone();
        let (brought, page) = tokio::select! {
            biased;
            answer = self.reception.answer() => answer,
            () = waiting.wait(LONGEST) => {
                return Err(Failure::new(ErrorKind::SignInNeeded, Code::SignInTimedOut));
            }
        };
        let granted = redeem(&self.provider, brought, self.verifier, &self.redirect).await;
        Ok(Finished { granted, page })
    }
}

async fn redeem(
    provider: &Provider,
    brought: Brought,
    verifier: PkceCodeVerifier,
    redirect: &str,
) -> Result<Granted> {
    let code: Secret = match brought {
        Brought::Code(code) => code,
        Brought::Refusal(refusal) => return Err(provider.sort(&refusal)),
    };
    provider.redeem(&code, verifier, redirect).await
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attempt({})", self.redirect)
    }
}
