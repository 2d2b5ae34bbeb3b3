//! Signing in: Basic for each request, NTLM for a connection, NTLM also wrapped in Negotiate. The check is our own (MS-NLMP), not the
//! library the client uses, so that a mistake there cannot hide.
//! Deliberately not here: Kerberos, which this server does not offer, and access tokens (`bearer`).

mod ntlm;
mod spnego;

use super::mailbox::User;
use super::mode::Mode;
use crate::http::{Connection, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::Mutex;

/// What comes of the credentials of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This user (by sign-in name) asks; the header goes out with the answer.
    SignedIn {
        /// The sign-in name.
        name: String,
        /// A last word of the handshake.
        header: Option<String>,
    },
    /// The handshake goes on: 401 with this one header.
    Continue(String),
    /// No credentials: 401 with all schemes.
    Nobody,
    /// Wrong credentials: 401 with all schemes.
    Refused,
}

/// Where a connection stands.
#[derive(Debug, Default)]
struct Handshake(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Fresh,
    Challenged(ntlm::Challenge),
    SignedIn(String),
}

/// The schemes a server offers, one header each.
pub fn schemes(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Exchange => &["Negotiate", "NTLM", "Basic realm=\"sandbox\""],
        Mode::Gromox => &["Basic realm=\"sandbox\""],
    }
}

/// Judges the credentials of a request.
pub fn judge(connection: &Connection, request: &Request, users: &[User], mode: Mode) -> Verdict {
    let handshake = connection.memory::<Handshake>();
    let mut state = handshake.0.lock().expect("nobody panics while holding it");
    let Some(header) = request.header("authorization") else {
        return match &*state {
            State::SignedIn(name) => Verdict::SignedIn {
                name: name.clone(),
                header: None,
            },
            State::Fresh | State::Challenged(_) => Verdict::Nobody,
        };
    };
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    let token = STANDARD.decode(token.trim()).unwrap_or_default();
    let verdict = match (scheme.to_ascii_lowercase().as_str(), mode) {
        ("basic", _) => return basic(&token, users),
        ("ntlm", Mode::Exchange) => ntlm_leg(&mut state, connection, "NTLM", &token, users),
        ("negotiate", Mode::Exchange) => negotiate_leg(&mut state, connection, &token, users),
        _ => Verdict::Refused,
    };
    match &verdict {
        Verdict::SignedIn { name, .. } => *state = State::SignedIn(name.clone()),
        Verdict::Continue(_) => {}
        Verdict::Nobody | Verdict::Refused => *state = State::Fresh,
    }
    verdict
}

/// The user of a sign-in name in one of its forms: the name, the address, `DOMAIN\name`.
pub fn user_named<'u>(users: &'u [User], given: &str) -> Option<&'u User> {
    let plain = given.rsplit('\\').next().unwrap_or(given);
    users.iter().find(|user| {
        let local = user.email.split('@').next().unwrap_or_default();
        [user.name.as_str(), user.email.as_str(), local]
            .iter()
            .any(|form| form.eq_ignore_ascii_case(plain))
    })
}

fn basic(token: &[u8], users: &[User]) -> Verdict {
    let text = String::from_utf8_lossy(token);
    let Some((name, password)) = text.split_once(':') else {
        return Verdict::Refused;
    };
    match user_named(users, name) {
        Some(user) if user.password == password => Verdict::SignedIn {
            name: user.name.clone(),
            header: None,
        },
        _ => Verdict::Refused,
    }
}

fn ntlm_leg(
    state: &mut State,
    connection: &Connection,
    scheme: &str,
    token: &[u8],
    users: &[User],
) -> Verdict {
    match (ntlm::kind(token), std::mem::take(state)) {
        (Some(ntlm::Kind::Negotiate), _) => {
            let challenge = ntlm::Challenge::answering(token, connection.id().0);
            let header = format!("{scheme} {}", STANDARD.encode(challenge.message()));
            *state = State::Challenged(challenge);
            Verdict::Continue(header)
        }
        (Some(ntlm::Kind::Authenticate), State::Challenged(challenge)) => {
            match challenge.check(token, |name| user_named(users, name)) {
                Some(user) => Verdict::SignedIn {
                    name: user.name.clone(),
                    header: None,
                },
                None => Verdict::Refused,
            }
        }
        _ => Verdict::Refused,
    }
}

/// NTLM inside SPNEGO, or bare as some clients send it.
fn negotiate_leg(
    state: &mut State,
    connection: &Connection,
    token: &[u8],
    users: &[User],
) -> Verdict {
    let Some(inner) = spnego::ntlm_inside(token) else {
        // Another mechanism came first: this server speaks NTLM only and says so.
        return Verdict::Continue(format!(
            "Negotiate {}",
            STANDARD.encode(spnego::choose_ntlm(None))
        ));
    };
    if inner.len() == token.len() {
        return ntlm_leg(state, connection, "Negotiate", token, users);
    }
    match ntlm_leg(state, connection, "Negotiate", inner, users) {
        Verdict::Continue(header) => {
            let bare = header
                .strip_prefix("Negotiate ")
                .and_then(|text| STANDARD.decode(text).ok());
            let wrapped = spnego::choose_ntlm(bare.as_deref());
            Verdict::Continue(format!("Negotiate {}", STANDARD.encode(wrapped)))
        }
        Verdict::SignedIn { name, .. } => Verdict::SignedIn {
            name,
            header: Some(format!("Negotiate {}", STANDARD.encode(spnego::COMPLETED))),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests;
