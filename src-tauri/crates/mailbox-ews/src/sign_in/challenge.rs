//! Reads `WWW-Authenticate`: which ways to sign in a server offers, and the token it sent along. Choosing is in `sign_in`.

use std::fmt;

use transport::header::{HeaderMap, WWW_AUTHENTICATE};

/// Under which name NTLM travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Its own.
    Ntlm,
    /// Negotiate's: where a server offers nothing else, it takes NTLM's bare token there too (MS-SPNG, raw NTLM).
    Negotiate,
}

impl Token {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Token::Ntlm => "NTLM",
            Token::Negotiate => "Negotiate",
        }
    }
}

/// What a server offers, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers(Vec<Offer>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    scheme: String,
    token: String,
    /// The parameters after the first.
    more: Vec<String>,
}

impl Offers {
    /// Reads all challenges of an answer; several may share a header.
    pub fn read(headers: &HeaderMap) -> Self {
        let values = headers.get_all(WWW_AUTHENTICATE).iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        let mut offers: Vec<Offer> = Vec::new();
        for text in texts {
            // What belongs to an offer stands in the same header.
            let others = offers.len();
            for part in split(text) {
                match offer(part) {
                    Some(offer) => offers.push(offer),
                    None => {
                        let last = offers.get_mut(others..).and_then(<[Offer]>::last_mut);
                        last.into_iter()
                            .for_each(|offer| offer.more.push(part.trim().to_owned()));
                    }
                }
            }
        }
        Self(offers)
    }

    /// Whether it names no way at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether Basic is offered.
    pub fn basic(&self) -> bool {
        self.get("Basic").is_some()
    }

    /// Whether access tokens are taken.
    pub fn bearer(&self) -> bool {
        self.get("Bearer").is_some()
    }

    /// A parameter of a challenge.
    pub fn parameter(&self, scheme: &str, name: &str) -> Option<String> {
        let offer = self.get(scheme)?;
        let first = [offer.token.as_str()].into_iter();
        let parts = first.chain(offer.more.iter().map(String::as_str));
        let mut pairs = parts.filter_map(|part| part.split_once('='));
        let (_, value) = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
        Some(value.trim().trim_matches('"').to_owned())
    }

    /// How NTLM is offered.
    pub fn ntlm(&self) -> Option<Token> {
        [Token::Ntlm, Token::Negotiate]
            .into_iter()
            .find(|token| self.get(token.name()).is_some())
    }

    /// The server's challenge, if it sent one.
    pub fn challenge(&self, token: Token) -> Option<&str> {
        let offer = self.get(token.name())?;
        Some(offer.token.as_str()).filter(|token| !token.is_empty())
    }

    fn get(&self, scheme: &str) -> Option<&Offer> {
        self.0
            .iter()
            .find(|offer| offer.scheme.eq_ignore_ascii_case(scheme))
    }
}

impl fmt::Display for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<&str> = self.0.iter().map(|offer| offer.scheme.as_str()).collect();
        f.write_str(&schemes.join(", "))
    }
}

/// Splits at commas that are not inside quotes.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut quoted) = (0, false);
    for (position, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&text[begin..position]);
                begin = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// A part is a challenge, or a further parameter of the one before (`charset="UTF-8"`).
fn offer(part: &str) -> Option<Offer> {
    let part = part.trim();
    let (scheme, token) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
    if scheme.is_empty() || scheme.contains(['=', '"']) {
        return None;
    }
    Some(Offer {
        scheme: scheme.to_owned(),
        token: token.trim().to_owned(),
        more: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(values: &[&'static str]) -> Offers {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().expect("plain ASCII"));
        }
        Offers::read(&headers)
    }

    #[test]
    fn ways_in_one_header_or_several_are_all_seen() {
        let apart = offers(&["Negotiate", "NTLM", "Basic realm=\"a, b\""]);
        let together = offers(&["Negotiate, NTLM, Basic realm=\"a, b\", charset=\"UTF-8\""]);
        for offers in [apart, together] {
            assert_eq!(offers.to_string(), "Negotiate, NTLM, Basic");
            assert!(offers.basic());
            let realm = offers.parameter("basic", "realm");
            assert_eq!(realm.as_deref(), Some("a, b"));
        }
    }

    #[test]
    fn parameters_belong_to_the_offer_before_them_in_the_same_header() {
        let offers = offers(&[
            "Negotiate, Basic realm=\"x\", charset=\"UTF-8\"",
            "charset=y",
            "Bearer",
        ]);
        let charset = |scheme| offers.parameter(scheme, "charset");
        assert_eq!(charset("Basic").as_deref(), Some("UTF-8"));
        assert_eq!(charset("Negotiate"), None);
        assert_eq!(charset("Bearer"), None);
    }

    #[test]
    fn ntlm_is_taken_under_its_own_name_first() {
        assert_eq!(offers(&["Negotiate", "ntlm"]).ntlm(), Some(Token::Ntlm));
        assert_eq!(offers(&["Negotiate"]).ntlm(), Some(Token::Negotiate));
        assert_eq!(offers(&["Basic realm=x"]).ntlm(), None);
        assert!(offers(&[]).is_empty());
    }

    #[test]
    fn a_challenge_is_the_token_after_the_name() {
        assert_eq!(
            offers(&["NTLM TlRM=="]).challenge(Token::Ntlm),
            Some("TlRM==")
        );
        assert_eq!(offers(&["NTLM"]).challenge(Token::Ntlm), None);
        assert_eq!(offers(&["Bearer"]).challenge(Token::Ntlm), None);
    }
}
