//! Asks an authority for tokens, by the crate `oauth2` over our own HTTP: the user's browser is sent to it, a code is redeemed, a token
//! is renewed. Who waits for the browser and who keeps the tokens is not known here.

use std::pin::Pin;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::{Code, Secret};
use oauth2::basic::{
    BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse, TokenUrl,
};
use ports::{ErrorKind, Failure, Result};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tracing::debug;
use transport::server_time::retry_after;
use transport::{Address, Client, Method, Sending};

use crate::discovery::{self, Endpoints};
use crate::refusal::{REST, Refusal};
use crate::{Identity, Registration, Timing};

/// What is read of an answer besides the usual.
#[derive(Serialize, Deserialize)]
struct Extra {
    #[serde(default)]
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Extra")
    }
}

type Answer = StandardTokenResponse<Extra, BasicTokenType>;

type Spoken = oauth2::Client<
    Refusal,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What the authority gave.
#[derive(Debug, Clone)]
pub struct Granted {
    /// What opens the mailbox.
    pub(crate) access: Secret,
    /// For how long.
    pub(crate) lasts: Option<SignedDuration>,
    /// Since when.
    pub(crate) since: Timestamp,
    /// What gives the next one.
    pub(crate) refresh: Option<Secret>,
    /// Who signed in.
    pub identity: Identity,
}

/// Where a user is sent, and what belongs to the answer.
pub(crate) struct Asked {
    pub address: String,
    pub state: Secret,
    pub verifier: PkceCodeVerifier,
}

/// Why no token was given.
pub(crate) struct Refused {
    pub failure: Failure,
    /// What the next sign-in has to show.
    pub claims: Option<String>,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            claims: None,
        }
    }
}

/// An authority and our registration there.
#[derive(Debug)]
pub struct Provider {
    registration: Registration,
    http: Client,
    pub(crate) timing: Timing,
    endpoints: OnceCell<Endpoints>,
}

impl Provider {
    /// An authority that was not asked for anything yet.
    pub fn new(registration: Registration, http: transport::Options, timing: Timing) -> Self {
        Self {
            registration,
            http: Client::new(http),
            timing,
            endpoints: OnceCell::new(),
        }
    }

    /// What it offers; asked once.
    pub(crate) async fn endpoints(&self) -> Result<&Endpoints> {
        let authority = &self.registration.authority;
        self.endpoints
            .get_or_try_init(|| discovery::endpoints(&self.http, authority))
            .await
    }

    /// Where a user is sent to sign in and to be sent back from.
    pub(crate) async fn ask(
        &self,
        redirect: &str,
        login_hint: Option<&str>,
        claims: Option<&str>,
    ) -> Result<Asked> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client().await?.set_redirect_uri(address_of(redirect)?);
        let scopes = self.registration.scopes.iter().cloned().map(Scope::new);
        let mut request = client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .add_scopes(scopes)
            .add_extra_param("response_mode", "query")
            .add_extra_param("prompt", "select_account");
        if let Some(hint) = login_hint {
            request = request.add_extra_param("login_hint", hint);
        }
        if let Some(claims) = claims {
            request = request.add_extra_param("claims", claims);
        }
        let (address, state) = request.url();
        Ok(Asked {
            address: address.to_string(),
            state: Secret::new(state.into_secret()),
            verifier,
        })
    }

    /// Redeems the code that a browser brought.
    pub(crate) async fn redeem(
        &self,
        code: &Secret,
        verifier: PkceCodeVerifier,
        redirect: &str,
    ) -> Result<Granted> {
        let client = self.client().await?.set_redirect_uri(address_of(redirect)?);
        let http = self.door().await?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code.reveal().to_owned()))
            .set_pkce_verifier(verifier)
            .request_async(&http)
            .await;
        let granted = self.granted(answer);
        let granted = granted.map_err(|refused| refused.failure)?;
        debug!(lasts = ?granted.lasts, renewable = granted.refresh.is_some(), "signed in at the authority");
        Ok(granted)
    }

    /// Renews a token. That an answer was lost is taken for a broken line: asking again with the same token is all that can be done.
    pub(crate) async fn refresh(
        &self,
        refresh: &Secret,
        claims: Option<&str>,
    ) -> std::result::Result<Granted, Refused> {
        let client = self.client().await?;
        let http = self.door().await?;
        let refresh = RefreshToken::new(refresh.reveal().to_owned());
        let scopes = self.registration.scopes_to_renew();
        let scopes = scopes.iter().cloned().map(Scope::new);
        let mut request = client.exchange_refresh_token(&refresh).add_scopes(scopes);
        if let Some(claims) = claims {
            request = request.add_extra_param("claims", claims);
        }
        let granted = self.granted(request.request_async(&http).await)?;
        debug!(lasts = ?granted.lasts, rotated = granted.refresh.is_some(), "renewed at the authority");
        Ok(granted)
    }

    /// Sorts what came in a redirection instead of a code.
    pub(crate) fn sort(&self, refusal: &Refusal) -> Failure {
        refusal.sort(&self.registration)
    }

    async fn client(&self) -> Result<Spoken> {
        let endpoints = self.endpoints().await?;
        let id = ClientId::new(self.registration.client_id.clone());
        Ok(oauth2::Client::new(id)
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(endpoints.authorization.url().clone()))
            .set_token_uri(TokenUrl::from_url(endpoints.token.url().clone())))
    }

    async fn door(&self) -> Result<Door<'_>> {
        Ok(Door {
            provider: self,
            token: &self.endpoints().await?.token,
        })
    }

    async fn carry(&self, address: &Address, request: HttpRequest) -> Result<HttpResponse> {
        let (parts, body) = request.into_parts();
        let request = self.http.request(Method::POST, address)?;
        let request = request.headers(parts.headers).body(body);
        let answer = self.http.send(request, address, Sending::Read).await?;
        let status = answer.status;
        if status.is_server_error() || status.as_u16() == 429 {
            let now = self.timing.clock.now();
            return Err(busy(
                address,
                status.as_u16(),
                retry_after(&answer.headers, now),
            ));
        }
        let mut response = HttpResponse::new(answer.body);
        *response.status_mut() = status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    fn granted(
        &self,
        answer: std::result::Result<Answer, RequestTokenError<Failure, Refusal>>,
    ) -> std::result::Result<Granted, Refused> {
        let answer = answer.map_err(|error| self.refused(error))?;
        let client_id = &self.registration.client_id;
        let id_token = answer.extra_fields().id_token.as_deref();
        let lasts = answer.expires_in().map(SignedDuration::try_from);
        Ok(Granted {
            access: Secret::new(answer.access_token().secret()),
            lasts: lasts.and_then(std::result::Result::ok),
            since: self.timing.clock.now(),
            refresh: answer
                .refresh_token()
                .map(|token| Secret::new(token.secret())),
            identity: id_token
                .map_or_else(Identity::default, |token| Identity::read(token, client_id)),
        })
    }

    /// The crate's own error is dropped: what it could not read may hold a token, and it prints that.
    fn refused(&self, error: RequestTokenError<Failure, Refusal>) -> Refused {
        match error {
            RequestTokenError::Request(failure) => failure.into(),
            RequestTokenError::ServerResponse(refusal) => Refused {
                failure: self.sort(&refusal),
                claims: refusal.claims().map(str::to_owned),
            },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                let failure = Failure::new(ErrorKind::Malformed, Code::AnswerMalformed);
                let server = self.registration.authority.server();
                failure.with("server", server).into()
            }
        }
    }
}

/// Our HTTP, as the crate wants to be given it.
struct Door<'p> {
    provider: &'p Provider,
    token: &'p Address,
}

impl<'c> AsyncHttpClient<'c> for Door<'_> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.provider.carry(self.token, request))
    }
}

/// The authority fails by itself.
fn busy(address: &Address, status: u16, after: Option<Duration>) -> Failure {
    let after = Some(after.unwrap_or(REST).max(REST));
    let code = match status {
        429 | 503 => Code::ServerBusy,
        _ => Code::ServerError,
    };
    Failure::new(ErrorKind::Throttled { after }, code)
        .with("server", address.server())
        .with("status", status.to_string())
}

fn address_of(redirect: &str) -> Result<RedirectUrl> {
    RedirectUrl::new(redirect.to_owned())
        .map_err(|error| Failure::bug("the redirection is no address").caused_by(error))
}
