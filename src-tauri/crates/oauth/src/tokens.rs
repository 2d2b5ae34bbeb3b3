//! The access token of one account: handed out, renewed before it ends or when a server refuses it, and never kept anywhere. The refresh
//! token is read from its place each time it is needed and is not kept here: another program of the same profile may have renewed it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{Code, Secret};
use ports::{ErrorKind, Failure, Result};
use tokio::sync::Mutex;
use tracing::{info, warn};
use transport::TokenSource;
use transport::backoff::LONGEST_PAUSE;

use crate::refusal::REST;
use crate::{Granted, Provider};

/// A token is renewed so long before it ends, or in the last fifth of its time where that is shorter.
const BEFORE_THE_END: SignedDuration = SignedDuration::from_mins(5);

/// Where the refresh token is kept. The calls may wait for a person who unlocks the place.
pub trait RefreshTokens: Send + Sync {
    /// The token, if there is one.
    fn read(&self) -> Result<Option<Secret>>;

    /// Keeps a new one in the place of the old one. When this returns it is there after a crash, too.
    fn keep(&self, token: &Secret) -> Result<()>;

    /// Waits until no other program renews what is kept here; none does as long as the answer lives.
    fn alone(&self) -> Result<Box<dyn Send>>;
}

/// The tokens of one account; clones share them.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    provider: Arc<Provider>,
    place: Arc<dyn RefreshTokens>,
    /// Held while a token is renewed, so that it is renewed once for all who wait.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    /// Granted, but its refresh token could not be kept yet.
    unkept: Option<Granted>,
    rest: Option<Rest>,
    claims: Option<String>,
}

#[derive(Clone)]
struct Access {
    token: Secret,
    renew: Option<Timestamp>,
    ends: Option<Timestamp>,
}

/// The authority is not asked again with the same token for a while, or at all.
struct Rest {
    of: Secret,
    until: Option<Timestamp>,
    pause: Duration,
    failure: Failure,
}

impl Tokens {
    /// The tokens of an account whose refresh token is kept there.
    pub fn new(provider: Arc<Provider>, place: Arc<dyn RefreshTokens>) -> Self {
        Self(Arc::new(Inner {
            provider,
            place,
            state: Arc::default(),
        }))
    }

    /// Those of an account that has just signed in. Its refresh token is kept before this returns.
    pub async fn of_sign_in(
        provider: Arc<Provider>,
        place: Arc<dyn RefreshTokens>,
        granted: Granted,
    ) -> Result<Self> {
        if granted.refresh.is_none() {
            let failure = Failure::new(ErrorKind::SignInNeeded, Code::SignInMisconfigured);
            return Err(failure.with("detail", "offline_access"));
        }
        let tokens = Self::new(provider, place);
        let mut state = tokens.0.state.lock().await;
        tokens.0.take(&mut state, granted).await?;
        drop(state);
        Ok(tokens)
    }

    /// What the next sign-in in the browser has to show, as the last refusal said.
    pub async fn claims(&self) -> Option<String> {
        self.0.state.lock().await.claims.clone()
    }

    /// In a task of its own: who asked may leave, and a new refresh token that nobody takes would be lost.
    async fn renewed(&self, refused: Option<Secret>, claims: Option<String>) -> Result<Secret> {
        let inner = self.0.clone();
        let task = tokio::spawn(async move {
            let mut state = inner.state.clone().lock_owned().await;
            inner
                .good(&mut state, refused.as_ref(), claims.as_deref())
                .await
        });
        task.await
            .map_err(|error| Failure::bug("renewing a token was cut off").caused_by(error))?
    }
}

#[async_trait]
impl TokenSource for Tokens {
    async fn token(&self) -> Result<Secret> {
        self.renewed(None, None).await
    }

    async fn instead_of(&self, refused: &Secret, claims: Option<&str>) -> Result<Secret> {
        self.renewed(Some(refused.clone()), claims.map(str::to_owned))
            .await
    }
}

impl Inner {
    /// A token that is good, as far as is known, and not the refused one.
    async fn good(
        &self,
        state: &mut State,
        refused: Option<&Secret>,
        claims: Option<&str>,
    ) -> Result<Secret> {
        if let Some(granted) = state.unkept.take() {
            self.take(state, granted).await?;
        }
        let now = self.provider.timing.clock.now();
        let known = state
            .access
            .clone()
            .filter(|access| Some(&access.token) != refused && access.lasts(now));
        if let Some(access) = &known
            && access.renew.is_none_or(|renew| now < renew)
        {
            return Ok(access.token.clone());
        }
        match (self.renew(state, claims).await, known) {
            (Ok(()), _) => {}
            // What is left of the old one is used up first.
            (Err(failure), Some(access)) => {
                info!(%failure, "the token could not be renewed yet");
                return Ok(access.token);
            }
            (Err(failure), None) => return Err(failure),
        }
        let access = state.access.as_ref();
        Ok(access.expect("renewing has just set it").token.clone())
    }

    async fn renew(&self, state: &mut State, claims: Option<&str>) -> Result<()> {
        let place = self.place.clone();
        let alone = blocking(move || place.alone()).await;
        if let Err(failure) = &alone {
            warn!(%failure, "another program may renew the token at the same moment");
        }
        let now = self.provider.timing.clock.now();
        let mut used = self.kept().await?;
        if let Some(failure) = state.rest.as_ref().and_then(|rest| rest.holds(&used, now)) {
            return Err(failure);
        }
        let mut granted = self.provider.refresh(&used, claims).await;
        if matches!(&granted, Err(refused) if refused.failure.problem.code == Code::SignInEnded) {
            let kept = self.kept().await?;
            if kept != used {
                info!("another program has renewed the token meanwhile");
                used = kept;
                granted = self.provider.refresh(&used, claims).await;
            }
        }
        match granted {
            Ok(granted) => {
                state.rest = None;
                state.claims = None;
                self.take(state, granted).await
            }
            Err(refused) => {
                state.claims = refused.claims.or(claims.map(str::to_owned));
                let failure = refused.failure;
                let rest = Rest::after(&failure, used, state.rest.take(), now);
                state.rest = rest;
                Err(failure)
            }
        }
    }

    /// Keeps the refresh token, and only then uses what was granted with it.
    async fn take(&self, state: &mut State, granted: Granted) -> Result<()> {
        if let Some(refresh) = granted.refresh.clone() {
            let place = self.place.clone();
            let kept = blocking(move || place.keep(&refresh)).await;
            if let Err(failure) = kept {
                warn!(%failure, "a new refresh token could not be kept");
                state.unkept = Some(granted);
                return Err(failure);
            }
        }
        state.access = Some(Access::of(granted));
        Ok(())
    }

    async fn kept(&self) -> Result<Secret> {
        let place = self.place.clone();
        let kept = blocking(move || place.read()).await?;
        kept.ok_or_else(|| Failure::new(ErrorKind::SignInNeeded, Code::SecretMissing))
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Failure::bug("the place of a token was not asked").caused_by(error))?
}

impl Access {
    fn of(granted: Granted) -> Self {
        let lasts = granted.lasts;
        let ends = lasts.and_then(|lasts| granted.since.checked_add(lasts).ok());
        let early = lasts.map(|lasts| BEFORE_THE_END.min(lasts / 5));
        let renew = ends.zip(early).map(|(ends, early)| ends - early);
        Self {
            token: granted.access,
            renew,
            ends,
        }
    }

    fn lasts(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

impl Rest {
    /// Whether to ask again, and when. A token that is dead, and an account that is locked, stay so until somebody has signed in; what IT
    /// may have put right is asked for again after a while.
    fn after(failure: &Failure, of: Secret, before: Option<Rest>, now: Timestamp) -> Option<Self> {
        let pause = before
            .filter(|before| before.of == of)
            .map_or(REST, |before| (before.pause * 2).min(LONGEST_PAUSE));
        let in_a_while = |pause: Duration| {
            let pause = SignedDuration::try_from(pause).ok()?;
            now.checked_add(pause).ok()
        };
        let until = match (&failure.kind, failure.problem.code) {
            (ErrorKind::Throttled { after }, _) => in_a_while(after.unwrap_or_default().max(pause)),
            (
                ErrorKind::SignInNeeded,
                Code::AccessRestricted
                | Code::ConsentMissing
                | Code::ConsentDeclined
                | Code::SignInMisconfigured
                | Code::AccountNotInTenant,
            ) => in_a_while(LONGEST_PAUSE),
            (ErrorKind::SignInNeeded, _) => None,
            // Nobody was reached: whoever asks has waiting times of its own.
            _ => return None,
        };
        Some(Self {
            of,
            until,
            pause,
            failure: failure.again(),
        })
    }

    /// What is said instead of asking.
    fn holds(&self, token: &Secret, now: Timestamp) -> Option<Failure> {
        if self.of != *token {
            return None;
        }
        let mut failure = self.failure.again();
        if let Some(until) = self.until {
            let left = until.duration_since(now);
            if !left.is_positive() {
                return None;
            }
            if let ErrorKind::Throttled { after } = &mut failure.kind {
                *after = Duration::try_from(left).ok();
            }
        }
        Some(failure)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}
