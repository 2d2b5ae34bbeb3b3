//! Signing in with an access token (RFC 6750): each request carries one. A token that is refused is replaced once; where the new one is
//! refused too, somebody has to sign in again. Getting tokens is done elsewhere.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::Code;
use ports::{ErrorKind, Result};
use tracing::debug;
use transport::header::HeaderMap;
use transport::{Answer, BearerTokens, StatusCode};

use super::challenge::Offers;
use super::{Post, Session, secret_header};

impl Session {
    pub(super) async fn post_bearer(
        &self,
        tokens: &BearerTokens,
        post: &mut Post<'_>,
    ) -> Result<Answer> {
        let token = tokens.token().await?;
        let answer = self.send_with(&token, post).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // A refused request was not carried out.
        debug!("the token was refused; another one is tried");
        let claims = claims(&answer.headers);
        let token = tokens.instead_of(&token, claims.as_deref()).await?;
        let answer = self.send_with(&token, post).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let offers = Offers::read(&answer.headers);
        if offers.bearer() || offers.is_empty() {
            return Err(self.failure(ErrorKind::SignInNeeded, Code::SignInEnded));
        }
        Err(self.unsupported(&offers))
    }

    async fn send_with(&self, token: &model::Secret, post: &mut Post<'_>) -> Result<Answer> {
        let header = secret_header("Bearer", token.reveal());
        let header = header.ok_or_else(|| {
            // A token of other letters would be none (RFC 6750, 2.1).
            self.failure(ErrorKind::Malformed, Code::AnswerMalformed)
        })?;
        self.send(post, Some(header)).await
    }
}

/// What the server wants to see in the next token (facts/graph.md, 1.4: continuous access evaluation).
fn claims(headers: &HeaderMap) -> Option<String> {
    let text = Offers::read(headers).parameter("Bearer", "claims")?;
    let bytes = STANDARD.decode(&text);
    let bytes = bytes.or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')));
    let text = String::from_utf8(bytes.ok()?).ok()?;
    text.starts_with('{').then_some(text)
}

#[cfg(test)]
mod tests {
    use transport::header::WWW_AUTHENTICATE;

    use super::*;

    fn wanted(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, value.parse().expect("plain ASCII"));
        claims(&headers)
    }

    #[test]
    fn what_the_server_wants_to_see_is_read() {
        let challenge = "Bearer realm=\"\", authorization_uri=\"https://id.example/a\", error=\"insufficient_claims\", claims=\"eyJhIjp7fX0=\"";
        assert_eq!(wanted(challenge).as_deref(), Some("{\"a\":{}}"));
        let first = "Bearer claims=\"eyJhIjp7fX0\", error=\"insufficient_claims\"";
        assert_eq!(wanted(first).as_deref(), Some("{\"a\":{}}"));
        assert_eq!(wanted("Bearer client_id=\"x\""), None);
        assert_eq!(wanted("Bearer claims=\"???\""), None);
        assert_eq!(wanted("Basic realm=\"x\", claims=\"eyJhIjp7fX0=\""), None);
    }
}
