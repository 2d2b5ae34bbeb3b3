//! Where the access tokens of requests come from (RFC 6750). Getting and renewing them is not done here.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use async_trait::async_trait;
use model::Secret;
use ports::Result;

/// Hands out the token that a request carries.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is good as far as is known; one that is about to end was renewed.
    async fn token(&self) -> Result<Secret>;

    /// Another one, because a server refused this one. What the server wants to see in the next one is passed on.
    async fn instead_of(&self, refused: &Secret, claims: Option<&str>) -> Result<Secret>;
}

/// A source of tokens, shared by all who send requests for one user.
#[derive(Clone)]
pub struct BearerTokens(Arc<dyn TokenSource>);

impl BearerTokens {
    /// Shares a source.
    pub fn new(source: Arc<dyn TokenSource>) -> Self {
        Self(source)
    }
}

impl Deref for BearerTokens {
    type Target = dyn TokenSource;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for BearerTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerTokens")
    }
}
