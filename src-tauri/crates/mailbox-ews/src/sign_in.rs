//! Sends requests to one server as one user: finds out how the server wants to be signed in to, does it, and does it again when a
//! new connection needs it. Each request signs in at most once, so a wrong password is tried once and never in a loop (R7.5); how
//! often a user's password may fail in all is counted above this crate.

mod bearer;
mod binding;
mod challenge;
mod ntlm;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{AccountName, Code, Secret};
use ports::{ErrorKind, Failure, Result};
use tokio::sync::Mutex;
use tracing::debug;
use transport::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use transport::{
    Address, Answer, BearerTokens, Carrier, Client, Method, Sending, Sieve, StatusCode, Stream,
};

use challenge::{Offers, Token};
use ntlm::Handshake;

/// How the user wants to sign in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignInMethod {
    /// As the server offers it: NTLM before Basic.
    #[default]
    Auto,
    /// User name and password in every request.
    Basic,
    /// The password never travels.
    Ntlm,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `user@domain`, `DOMAIN\user` or just `user`.
    pub user: AccountName,
    /// The password.
    pub password: Secret,
}

/// What is done at the server at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// It asked for nothing so far.
    Open,
    Basic,
    Ntlm(Token),
}

/// What was learned about the server.
#[derive(Debug, Default)]
struct State {
    scheme: Option<Scheme>,
    /// The connection NTLM has signed in, as long as nothing else is known of it.
    signed_in: Option<Carrier>,
}

/// A handshake whose legs travelled on different connections proves nothing; so many are tried.
const HANDSHAKES: u32 = 3;

/// One request after the other to one address: NTLM signs in a connection, not a request.
#[derive(Debug)]
pub struct Session {
    client: Client,
    address: Address,
    credentials: Credentials,
    method: SignInMethod,
    tokens: Option<BearerTokens>,
    state: Mutex<State>,
}

/// One request with all that is needed to send it, if need be several times.
pub struct Post<'a> {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: &'a str,
    /// Whether it changes something.
    pub sending: Sending,
    /// What becomes of the answer.
    pub intake: Intake<'a>,
}

/// How the body of a success is read; that of any other answer is read whole.
pub enum Intake<'a> {
    /// To its end.
    Whole,
    /// To its end, through a sieve.
    Sifted(&'a mut (dyn Sieve + 'static)),
    /// Not at all: it is put here, to be read as it comes in. As long as it is, nothing else can be sent.
    Open(&'a mut Option<Stream>),
}

impl Session {
    /// A session that has sent nothing yet. The client must keep to one connection.
    pub fn new(
        client: Client,
        address: Address,
        credentials: Credentials,
        method: SignInMethod,
    ) -> Self {
        Self {
            client,
            address,
            credentials,
            method,
            tokens: None,
            state: Mutex::default(),
        }
    }

    /// The same, with access tokens instead of the password where there are some.
    pub fn with_tokens(self, tokens: Option<BearerTokens>) -> Self {
        Self { tokens, ..self }
    }

    /// Where it sends to.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Who signs in.
    pub fn user(&self) -> &AccountName {
        &self.credentials.user
    }

    /// How many requests were sent, those of signing in included.
    pub fn requests(&self) -> u64 {
        self.client.count().get()
    }

    /// Sends a request, signed in. The answer has any status but 401.
    pub async fn post(&self, post: &mut Post<'_>) -> Result<Answer> {
        let mut state = self.state.lock().await;
        if let Some(tokens) = &self.tokens {
            return self.post_bearer(tokens, post).await;
        }
        let scheme = match state.scheme {
            Some(scheme) => scheme,
            None => self.first_scheme().await?,
        };
        state.scheme = Some(scheme);
        let answer = match scheme {
            Scheme::Open => self.post_open(&mut state, post).await,
            Scheme::Basic => self.post_basic(&mut state, post).await,
            Scheme::Ntlm(token) => self.post_ntlm(&mut state, token, post).await,
        };
        if answer.is_err() || matches!(post.intake, Intake::Open(_)) {
            // Nobody knows what becomes of the connection; the next request shakes hands anew.
            state.signed_in = None;
        }
        answer
    }

    /// What to begin with. Basic and NTLM by the user's wish need no asking; otherwise the server says what it offers.
    async fn first_scheme(&self) -> Result<Scheme> {
        match self.method {
            SignInMethod::Basic => return Ok(Scheme::Basic),
            SignInMethod::Ntlm => return Ok(Scheme::Ntlm(Token::Ntlm)),
            SignInMethod::Auto => {}
        }
        let answer = self.send_empty(None).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(Scheme::Open);
        }
        self.choose(&answer)
    }

    fn choose(&self, answer: &Answer) -> Result<Scheme> {
        let offers = Offers::read(&answer.headers);
        let ntlm = offers.ntlm().map(Scheme::Ntlm);
        let basic = offers.basic().then_some(Scheme::Basic);
        let chosen = match self.method {
            SignInMethod::Auto => ntlm.or(basic),
            SignInMethod::Basic => basic,
            SignInMethod::Ntlm => ntlm,
        };
        debug!(?chosen, offers = %offers, "way to sign in");
        chosen.ok_or_else(|| self.unsupported(&offers))
    }

    async fn post_open(&self, state: &mut State, post: &mut Post<'_>) -> Result<Answer> {
        let answer = self.send(post, None).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let scheme = self.choose(&answer)?;
        state.scheme = Some(scheme);
        match scheme {
            Scheme::Open => Ok(answer),
            Scheme::Basic => self.post_basic(state, post).await,
            Scheme::Ntlm(token) => self.shake_hands(state, token, post).await,
        }
    }

    async fn post_basic(&self, state: &mut State, post: &mut Post<'_>) -> Result<Answer> {
        let Credentials { user, password } = &self.credentials;
        let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
        let answer = self.send(post, Some(plain_header("Basic", &pair))).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let offers = Offers::read(&answer.headers);
        if offers.basic() || offers.is_empty() {
            return Err(self.wrong_password());
        }
        // Basic was switched off meanwhile, or was never on.
        state.scheme = None;
        Err(self.unsupported(&offers))
    }

    async fn post_ntlm(
        &self,
        state: &mut State,
        token: Token,
        post: &mut Post<'_>,
    ) -> Result<Answer> {
        if state.signed_in.take().is_some() {
            let answer = self.send(post, None).await?;
            if answer.status != StatusCode::UNAUTHORIZED {
                state.signed_in = Some(answer.carrier.clone());
                return Ok(answer);
            }
            // It travelled on a new connection, or the server forgot us. It was not carried out.
        }
        self.shake_hands(state, token, post).await
    }

    /// Signs a connection in; the request itself travels with the last leg.
    async fn shake_hands(
        &self,
        state: &mut State,
        token: Token,
        post: &mut Post<'_>,
    ) -> Result<Answer> {
        for _ in 0..HANDSHAKES {
            let (handshake, hello) = Handshake::begin(&self.credentials)?;
            let asked = self
                .send_empty(Some(plain_header(token.name(), &hello)))
                .await?;
            if asked.status != StatusCode::UNAUTHORIZED {
                // Nobody asks for a sign-in any more.
                state.scheme = None;
                return self.send_unasked(post).await;
            }
            let offers = Offers::read(&asked.headers);
            let Some(challenge) = offers.challenge(token) else {
                state.scheme = None;
                return Err(self.unsupported(&offers));
            };
            let reply = handshake.answer(challenge, asked.carrier.certificate.as_deref());
            let reply = reply.map_err(|failure| failure.with("server", self.address.server()))?;
            let answer = self
                .send(post, Some(plain_header(token.name(), &reply)))
                .await?;
            if answer.status != StatusCode::UNAUTHORIZED {
                state.signed_in = Some(answer.carrier.clone());
                return Ok(answer);
            }
            if answer.carrier.local == asked.carrier.local {
                return Err(self.wrong_password());
            }
            debug!("the legs of the handshake travelled on different connections");
        }
        Err(Failure::new(ErrorKind::Offline, Code::ConnectionLost)
            .with("server", self.address.server()))
    }

    async fn send_unasked(&self, post: &mut Post<'_>) -> Result<Answer> {
        let answer = self.send(post, None).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(self.unsupported(&Offers::read(&answer.headers)));
        }
        Ok(answer)
    }

    /// A request without content: it carries a leg of signing in and changes nothing.
    async fn send_empty(&self, authorization: Option<HeaderValue>) -> Result<Answer> {
        let mut post = Post {
            headers: HeaderMap::new(),
            body: "",
            sending: Sending::Read,
            intake: Intake::Whole,
        };
        let answer = self.send(&mut post, authorization).await?;
        // The connection is handed back by another task; a moment for it saves opening a second one.
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        Ok(answer)
    }

    async fn send(
        &self,
        post: &mut Post<'_>,
        authorization: Option<HeaderValue>,
    ) -> Result<Answer> {
        let mut headers = post.headers.clone();
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization);
        }
        let request = self.client.request(Method::POST, &self.address)?;
        let request = request.headers(headers).body(post.body.to_owned());
        let sent = self.client.stream(request, &self.address, post.sending);
        let stream = sent.await?;
        if stream.status() != StatusCode::OK {
            return stream.whole().await;
        }
        match &mut post.intake {
            Intake::Whole => stream.whole().await,
            Intake::Sifted(sieve) => stream.sifted(*sieve).await,
            Intake::Open(place) => {
                let head = stream.head();
                **place = Some(stream);
                Ok(head)
            }
        }
    }

    fn wrong_password(&self) -> Failure {
        self.failure(ErrorKind::SignInNeeded, Code::WrongPassword)
    }

    fn unsupported(&self, offers: &Offers) -> Failure {
        self.failure(ErrorKind::SignInNeeded, Code::SignInMethodUnsupported)
            .with("methods", offers.to_string())
    }

    fn failure(&self, kind: ErrorKind, code: Code) -> Failure {
        Failure::new(kind, code)
            .with("server", self.address.server())
            .with("account", self.credentials.user.as_str())
    }
}

/// `Scheme token`, kept out of every log; `None` where the token has letters that no header can carry.
fn secret_header(scheme: &str, token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("{scheme} {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The same for what is base64.
fn plain_header(scheme: &str, token: &str) -> HeaderValue {
    secret_header(scheme, token).expect("a scheme and base64 are plain ASCII")
}
