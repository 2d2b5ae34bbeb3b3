//! What a mailbox needs to be reached.

use std::time::Duration;

use jiff::tz::TimeZone;
use model::{AccountName, Secret};
use transport::{Address, BearerTokens, Connections, Cookies, Timing};

use crate::sign_in::{Credentials, SignInMethod};

/// The zone the user lives in: new appointments go by its clock, and its midnights bound days of an unknown zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserZone {
    /// As Exchange calls it.
    pub windows: String,
    /// Its rules, those behind Exchange's name.
    pub zone: TimeZone,
}

impl UserZone {
    /// The zone of an IANA name; `None` where Exchange has none for it.
    pub fn of(iana: &str) -> Option<Self> {
        let windows = mapping::zones::iana_to_windows(iana)?;
        Some(Self {
            windows: windows.to_owned(),
            zone: mapping::zones::zone(windows)?,
        })
    }
}

impl Default for UserZone {
    fn default() -> Self {
        Self {
            windows: "UTC".to_owned(),
            zone: TimeZone::UTC,
        }
    }
}

/// How long a server is listened to that says nothing (facts/ews.md, section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until the first words of an answer that lasts: somebody in between may keep it until it ends.
    pub first: Duration,
    /// Between signs of life, which come every 45 seconds or so.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(20),
            silence: Duration::from_secs(90),
        }
    }
}

/// What a mailbox needs to be reached.
#[derive(Debug, Clone)]
pub struct EwsOptions {
    /// `https://HOST/EWS/Exchange.asmx`.
    pub address: Address,
    /// Who signs in.
    pub credentials: Credentials,
    /// The mailbox's primary address, where it is known and not the sign-in name.
    pub mailbox: Option<AccountName>,
    /// How to sign in.
    pub method: SignInMethod,
    /// Where access tokens come from. With them no password is asked for or sent.
    pub tokens: Option<BearerTokens>,
    /// User agent, time-outs, trusted certificates, counter. Connections and cookies are set here, whatever it says.
    pub http: transport::Options,
    /// Clock and waiting.
    pub timing: Timing,
    /// How long is listened to silence.
    pub patience: Patience,
    /// Where the user lives.
    pub zone: UserZone,
}

impl EwsOptions {
    /// The usual ones.
    pub fn new(address: Address, user: AccountName, password: Secret) -> Self {
        Self {
            address,
            credentials: Credentials { user, password },
            mailbox: None,
            method: SignInMethod::default(),
            tokens: None,
            http: transport::Options::default(),
            timing: Timing::default(),
            patience: Patience::default(),
            zone: UserZone::default(),
        }
    }

    /// Those of a user who signs in by OAuth.
    pub fn with_tokens(address: Address, user: AccountName, tokens: BearerTokens) -> Self {
        Self {
            tokens: Some(tokens),
            ..Self::new(address, user, Secret::new(""))
        }
    }

    /// The mailbox's address, as far as it is known: a sign-in name that looks like one usually is.
    pub fn mailbox_address(&self) -> Option<&AccountName> {
        let user = &self.credentials.user;
        let user = Some(user).filter(|user| user.as_str().contains('@'));
        self.mailbox.as_ref().or(user)
    }
}

/// How every HTTP client of this crate keeps connections and cookies: NTLM signs in a connection, and a farm of servers marks the
/// one that has the mailbox by a cookie.
pub fn bound(http: transport::Options) -> transport::Options {
    transport::Options {
        connections: Connections::One,
        cookies: Cookies::Keep,
        ..http
    }
}
