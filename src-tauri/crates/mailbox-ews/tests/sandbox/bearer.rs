//! Signing in to the sandbox with access tokens. How tokens are got is tested elsewhere, against an authorization server that is not ours.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mailbox_ews::{EwsMailbox, EwsOptions};
use model::{AccountName, Code, Secret};
use ports::{ErrorKind, Failure, Mailbox, Result};
use sandbox::options::Mode;
use transport::{Address, BearerTokens, TokenSource};

use crate::{World, options_of};

/// Hands out tokens by number, and remembers what was refused.
#[derive(Default)]
struct Numbered {
    refused: Mutex<Vec<(Secret, Option<String>)>>,
}

impl Numbered {
    fn refused(&self) -> Vec<(Secret, Option<String>)> {
        self.refused.lock().expect("no test panics here").clone()
    }

    fn now(&self) -> Secret {
        Secret::new(format!("token-{}", self.refused().len()))
    }
}

#[async_trait]
impl TokenSource for Numbered {
    async fn token(&self) -> Result<Secret> {
        Ok(self.now())
    }

    async fn instead_of(&self, refused: &Secret, claims: Option<&str>) -> Result<Secret> {
        let refusal = (refused.clone(), claims.map(str::to_owned));
        self.refused
            .lock()
            .expect("no test panics here")
            .push(refusal);
        Ok(self.now())
    }
}

fn with(world: &World, tokens: &Arc<Numbered>) -> EwsMailbox {
    by(world, BearerTokens::new(tokens.clone()))
}

fn by(world: &World, tokens: BearerTokens) -> EwsMailbox {
    let usual = options_of(&world.sandbox, &world.clock);
    let address = Address::parse(&world.sandbox.exchange_url).expect("loopback");
    let user = AccountName::new(&world.user);
    EwsMailbox::new(EwsOptions {
        timing: usual.timing,
        ..EwsOptions::with_tokens(address, user, tokens)
    })
}

#[tokio::test]
async fn r8_1_a_token_opens_the_mailbox_and_nothing_else_is_sent() {
    let world = World::new(Mode::Exchange, 0).await;
    world.sandbox.exchange.allow_token("token-0", &world.user);
    let tokens = Arc::default();
    let mailbox = with(&world, &tokens);
    for _ in 0..3 {
        let account = mailbox.sign_in().await.expect("signed in");
        assert_eq!(account.address.as_str(), world.user);
    }
    assert_eq!(mailbox.requests(), 3);
    assert!(tokens.refused().is_empty());
    // A password is no longer taken.
    let failure = world.mailbox.sign_in().await.expect_err("tokens only");
    assert_eq!(failure.problem.code, Code::SignInMethodUnsupported);
    assert_eq!(failure.problem.values["methods"], "Bearer");
}

#[tokio::test]
async fn r7_2_a_token_that_is_refused_is_replaced_once() {
    let world = World::new(Mode::Exchange, 0).await;
    world.sandbox.exchange.allow_token("token-1", &world.user);
    let tokens = Arc::default();
    let mailbox = with(&world, &tokens);
    mailbox.sign_in().await.expect("signed in");
    assert_eq!(tokens.refused(), [(Secret::new("token-0"), None)]);
    assert_eq!(mailbox.requests(), 2);
}

#[tokio::test]
async fn r7_5_where_the_new_one_is_refused_too_somebody_has_to_sign_in() {
    let world = World::new(Mode::Exchange, 0).await;
    world.sandbox.exchange.forget_tokens();
    let tokens = Arc::default();
    let mailbox = with(&world, &tokens);
    let failure = mailbox.sign_in().await.expect_err("refused");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::SignInEnded);
    assert_eq!(mailbox.requests(), 2);
    let printed = format!("{failure} {failure:?}");
    assert!(!printed.contains("token-"), "{printed}");
}

#[tokio::test]
async fn what_the_server_wants_to_see_in_the_next_token_is_passed_on() {
    let world = World::new(Mode::Exchange, 0).await;
    // {"a":{}}
    world.sandbox.exchange.demand_claims("eyJhIjp7fX0=");
    let tokens = Arc::default();
    let failure = with(&world, &tokens).sign_in().await.expect_err("refused");
    assert_eq!(failure.problem.code, Code::SignInEnded);
    let wanted = Some("{\"a\":{}}".to_owned());
    assert_eq!(tokens.refused(), [(Secret::new("token-0"), wanted)]);
}

#[tokio::test]
async fn a_server_without_tokens_says_what_it_wants() {
    let world = World::new(Mode::Exchange, 0).await;
    let failure = with(&world, &Arc::default()).sign_in().await;
    let failure = failure.expect_err("refused");
    assert_eq!(failure.problem.code, Code::SignInMethodUnsupported);
    assert_eq!(failure.problem.values["methods"], "Negotiate, NTLM, Basic");
}

/// The authority is busy once, then it gives a token.
#[derive(Default)]
struct BusyOnce {
    asked: Mutex<u32>,
}

#[async_trait]
impl TokenSource for BusyOnce {
    async fn token(&self) -> Result<Secret> {
        let mut asked = self.asked.lock().expect("no test panics here");
        *asked += 1;
        if *asked > 1 {
            return Ok(Secret::new("token-0"));
        }
        let after = Some(std::time::Duration::from_secs(10));
        let failure = Failure::new(ErrorKind::Throttled { after }, Code::ServerBusy);
        Err(failure.with("server", "login.example"))
    }

    async fn instead_of(&self, _refused: &Secret, _claims: Option<&str>) -> Result<Secret> {
        self.token().await
    }
}

#[tokio::test]
async fn r8_6_a_busy_authority_is_told_as_such_and_the_mailbox_is_not_blamed() {
    let world = World::new(Mode::Exchange, 0).await;
    world.sandbox.exchange.allow_token("token-0", &world.user);
    let mailbox = by(&world, BearerTokens::new(Arc::new(BusyOnce::default())));
    let failure = mailbox.sign_in().await.expect_err("busy");
    assert_eq!(failure.problem.values["server"], "login.example");
    assert_eq!(mailbox.requests(), 0);
    mailbox
        .sign_in()
        .await
        .expect("nothing waits for the mailbox");
    assert_eq!(mailbox.requests(), 1);
}
