//! Signing in and renewing against a certified authorization server that is not ours, by a browser that walks through its pages.

#[path = "../../../../tests/authority/authority.rs"]
mod authority;
#[path = "sign_in/renewing.rs"]
mod renewing;
#[path = "sign_in/signing_in.rs"]
mod signing_in;

use std::sync::{Arc, Mutex};

use model::{Secret, policy};
use oauth::{Attempt, Granted, Page, Pages, Provider, RefreshTokens, Registration, Tokens, Wish};
use ports::{ErrorKind, Failure, Result};
use serde_json::{Value, json};
use transport::{Address, Options};

use authority::{Authority, HandClock, Manner, Visitor};

const ANNA: &str = "anna@firma.example";

/// An authority, our registration there, and a clock.
struct World {
    authority: Authority,
    clock: Arc<HandClock>,
    provider: Arc<Provider>,
    place: Arc<Place>,
}

impl World {
    async fn new(wanted: Value) -> Option<Self> {
        let authority = Authority::start(wanted).await?;
        let clock = HandClock::new();
        let registration = registration(&authority.issuer);
        let provider = Provider::new(registration, Options::default(), clock.timing());
        Some(Self {
            authority,
            clock,
            provider: Arc::new(provider),
            place: Arc::default(),
        })
    }

    async fn usual() -> Option<Self> {
        Self::new(json!({})).await
    }

    async fn begin(&self, visitor: &Arc<Visitor>) -> Attempt {
        let wish = Wish {
            login_hint: Some(ANNA.to_owned()),
            claims: None,
        };
        let begun = self.provider.clone().begin(wish, visitor.clone(), pages());
        begun.await.expect("begun")
    }

    async fn granted(&self) -> Granted {
        let visitor = Visitor::new(Manner::SignIn(ANNA.to_owned()));
        let finished = self.begin(&visitor).await.finish().await;
        let finished = finished.expect("somebody came back");
        finished.page.show(page("done")).await;
        finished.granted.expect("granted")
    }

    async fn signed_in(&self) -> Tokens {
        let granted = self.granted().await;
        Tokens::of_sign_in(self.provider.clone(), self.place.clone(), granted)
            .await
            .expect("kept")
    }
}

fn registration(authority: &str) -> Registration {
    let policy = policy::OAuth {
        client_id: "connector".to_owned(),
        authority: authority.to_owned(),
        scopes: vec!["mailbox".to_owned()],
        ..policy::OAuth::default()
    };
    let mailbox = Address::parse("https://mail.firma.example").expect("an address");
    Registration::of(&policy, &mailbox).expect("registered")
}

fn page(title: &str) -> Page {
    Page {
        language: "en".to_owned(),
        title: title.to_owned(),
        lines: Vec::new(),
    }
}

fn pages() -> Pages {
    Pages {
        foreign: page("foreign"),
        given_up: page("given up"),
    }
}

/// Where the refresh token is kept, and everything that was ever kept there.
#[derive(Default)]
struct Place {
    kept: Mutex<Vec<Secret>>,
    is_locked: Mutex<bool>,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

impl Place {
    fn last(&self) -> Secret {
        let kept = self.kept.lock().expect("no test panics here");
        kept.last().expect("something is kept").clone()
    }

    fn lock(&self, is_locked: bool) {
        *self.is_locked.lock().expect("no test panics here") = is_locked;
    }
}

impl RefreshTokens for Place {
    fn read(&self) -> Result<Option<Secret>> {
        Ok(self
            .kept
            .lock()
            .expect("no test panics here")
            .last()
            .cloned())
    }

    fn alone(&self) -> Result<Box<dyn Send>> {
        Ok(Box::new(self.renewing.clone().blocking_lock_owned()))
    }

    fn keep(&self, token: &Secret) -> Result<()> {
        if *self.is_locked.lock().expect("no test panics here") {
            let code = model::Code::SecretStoreUnavailable;
            return Err(Failure::new(ErrorKind::Malformed, code));
        }
        self.kept
            .lock()
            .expect("no test panics here")
            .push(token.clone());
        Ok(())
    }
}
