//! Who signed in, as the id token says. It came from the authority itself over TLS, which stands in for its signature (OpenID Connect
//! Core 1.0, 3.1.3.7); nothing is decided by it but how the user is called.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// The names of the one who signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The e-mail address.
    pub email: Option<String>,
    /// The name to sign in with; at Microsoft it looks like an address.
    pub name: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    aud: Audience,
    email: Option<String>,
    preferred_username: Option<String>,
    upn: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Identity {
    /// Reads an id token that was given to this client; one for another client, or no token, names nobody.
    pub(crate) fn read(token: &str, client_id: &str) -> Self {
        let payload = token.split('.').nth(1).unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
        let Ok(claims) = serde_json::from_slice::<Claims>(&payload) else {
            return Self::default();
        };
        let is_ours = match &claims.aud {
            Audience::One(client) => client == client_id,
            Audience::Several(clients) => clients.iter().any(|client| client == client_id),
        };
        if !is_ours {
            return Self::default();
        }
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Self {
            email: filled(claims.email),
            name: filled(claims.preferred_username).or_else(|| filled(claims.upn)),
        }
    }

    /// The address of the mailbox, as far as it is told.
    pub fn address(&self) -> Option<&str> {
        let named = [&self.email, &self.name].into_iter().flatten();
        let mut addresses = named.filter(|name| name.contains('@'));
        addresses.next().map(String::as_str)
    }

    /// Whether the address is one of the names.
    pub fn names(&self, address: &str) -> bool {
        let mut names = [&self.email, &self.name].into_iter().flatten();
        names.any(|name| name.eq_ignore_ascii_case(address.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_address_comes_before_the_name() {
        let read = |claims| Identity::read(&token(claims), "id");
        let both = read(r#"{"aud":"id","email":"a@x.example","preferred_username":"a@y.example"}"#);
        assert_eq!(both.address(), Some("a@x.example"));
        assert!(both.names("A@Y.example"));
        assert!(!both.names("b@y.example"));
        let name = read(r#"{"aud":["z","id"],"upn":"a@y.example"}"#);
        assert_eq!(name.address(), Some("a@y.example"));
    }

    #[test]
    fn a_token_for_another_program_or_none_names_nobody() {
        for token in [
            token(r#"{"aud":"other","email":"a@x.example"}"#),
            token(r#"{"email":"a@x.example"}"#),
            "".to_owned(),
            "a.b.c".to_owned(),
        ] {
            let nobody = Identity::read(&token, "id");
            assert_eq!(nobody, Identity::default(), "{token}");
            assert!(!nobody.names("a@x.example"));
        }
    }
}
