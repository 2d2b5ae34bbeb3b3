//! Access tokens: which ones are valid is told from outside, by whoever plays the authorization server. As soon as one was told, this is an
//! Exchange Online, which takes nothing else. The header is the one that Microsoft's pages on OAuth between Exchange Online and Exchange Server
//! show as an answer of `outlook.office365.com`, with another place to sign in.
//! Deliberately not here: what is inside a token.

use crate::http::Request;
use std::collections::BTreeMap;

/// The header that asks for a token.
const CHALLENGE: &str = "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", trusted_issuers=\"00000001-0000-0000-c000-000000000000@*\", token_types=\"app_asserted_user_v1 service_asserted_app_v1\", authorization_uri=\"https://login.sandbox.example/common/oauth2/authorize\"";

/// The valid tokens.
#[derive(Debug, Default)]
pub struct Tokens {
    is_on: bool,
    /// Sign-in names by token.
    users: BTreeMap<String, String>,
    claims: Option<String>,
}

/// What comes of a request where tokens are asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    /// The token of this user.
    Valid(String),
    /// No token: 401 with this header.
    None(String),
    /// One that is not valid: 401 with this header.
    Invalid(String),
}

impl Tokens {
    /// Takes this token for this user from now on.
    pub fn allow(&mut self, token: &str, user: &str) {
        self.is_on = true;
        self.claims = None;
        self.users.insert(token.to_owned(), user.to_owned());
    }

    /// Takes no token until another one is told.
    pub fn forget(&mut self) {
        self.is_on = true;
        self.users.clear();
    }

    /// Takes no token until another one is told, which has to show these claims (base64 of JSON).
    pub fn demand(&mut self, claims: &str) {
        self.forget();
        self.claims = Some(claims.to_owned());
    }

    /// Judges a request; `None` where nobody ever told of a token.
    pub fn judge(&self, request: &Request) -> Option<Shown> {
        if !self.is_on {
            return None;
        }
        let header = request.header("authorization").unwrap_or_default();
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Some(Shown::None(CHALLENGE.to_owned()));
        }
        Some(match (self.users.get(token), &self.claims) {
            (Some(user), _) => Shown::Valid(user.clone()),
            (None, None) => Shown::Invalid(format!("{CHALLENGE}, error=\"invalid_token\"")),
            (None, Some(claims)) => Shown::Invalid(format!(
                "{CHALLENGE}, error=\"insufficient_claims\", claims=\"{claims}\""
            )),
        })
    }
}
