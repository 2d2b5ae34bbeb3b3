//! Tokens that end, that are refused, and those that come after them.

use std::time::Duration;

use jiff::SignedDuration;
use model::{Code, Secret};
use oauth::{RefreshTokens, Tokens};
use ports::ErrorKind;
use serde_json::json;
use transport::TokenSource;

use crate::World;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn token(tokens: &Tokens) -> Secret {
    tokens.token().await.expect("a token")
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

#[tokio::test]
async fn r7_2_a_token_is_renewed_before_it_ends_and_the_refresh_token_replaced() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    let (first, kept) = (token(&tokens).await, world.place.last());
    world
        .clock
        .pass(SignedDuration::from_mins(54), &world.authority)
        .await;
    assert_eq!(token(&tokens).await, first);
    world
        .clock
        .pass(SignedDuration::from_mins(2), &world.authority)
        .await;
    let second = token(&tokens).await;
    assert_ne!(second, first);
    assert_ne!(world.place.last(), kept);
    assert_eq!(token(&tokens).await, second);
    assert_eq!(world.authority.renewals().await, 1);
    world.clock.pass(HOUR, &world.authority).await;
    assert_ne!(token(&tokens).await, second);
    assert_eq!(world.authority.renewals().await, 2);
}

#[tokio::test]
async fn without_rotation_the_refresh_token_stays() {
    let Some(world) = World::new(json!({ "rotate": false })).await else {
        return;
    };
    let tokens = world.signed_in().await;
    let (first, kept) = (token(&tokens).await, world.place.last());
    world.clock.pass(HOUR, &world.authority).await;
    assert_ne!(token(&tokens).await, first);
    assert_eq!(world.place.last(), kept);
}

#[tokio::test]
async fn many_who_need_a_new_token_get_the_same_one() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    let first = token(&tokens).await;
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let (tokens, refused) = (tokens.clone(), first.clone());
            tokio::spawn(async move { tokens.instead_of(&refused, None).await })
        })
        .collect();
    let mut given = Vec::new();
    for asked in asking {
        given.push(asked.await.expect("joined").expect("a token"));
    }
    given.dedup();
    assert_eq!(given.len(), 1);
    assert_ne!(given[0], first);
    assert_eq!(world.authority.renewals().await, 1);
}

#[tokio::test]
async fn r7_2_a_new_token_is_used_only_when_the_refresh_token_with_it_is_kept() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    let kept = world.place.last();
    world.clock.pass(HOUR, &world.authority).await;
    world.place.lock(true);
    for _ in 0..2 {
        let failure = tokens.token().await.expect_err("not kept");
        assert_eq!(failure.problem.code, Code::SecretStoreUnavailable);
    }
    assert_eq!(world.place.last(), kept);
    world.place.lock(false);
    token(&tokens).await;
    assert_ne!(world.place.last(), kept);
    assert_eq!(world.authority.renewals().await, 1);
}

#[tokio::test]
async fn who_leaves_while_a_token_is_renewed_loses_no_refresh_token() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    let kept = world.place.last();
    world.clock.pass(HOUR, &world.authority).await;
    {
        // Asked once, so that the renewal has begun, and then dropped.
        let mut asked = Box::pin(tokens.token());
        let polled = futures_poll(asked.as_mut()).await;
        assert!(polled.is_none());
    }
    token(&tokens).await;
    assert_ne!(world.place.last(), kept);
    assert_eq!(world.authority.renewals().await, 1);
}

/// Polls a future once.
async fn futures_poll<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn r7_5_a_sign_in_that_has_ended_is_told_and_not_tried_again() {
    let Some(world) = World::new(json!({ "refreshSeconds": 7200 })).await else {
        return;
    };
    let tokens = world.signed_in().await;
    world.clock.pass(HOUR * 3, &world.authority).await;
    for _ in 0..3 {
        let failure = tokens.token().await.expect_err("ended");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
        assert_eq!(failure.problem.code, Code::SignInEnded);
    }
    assert_eq!(world.authority.renewals().await, 1);
    // Somebody has signed in again meanwhile.
    let again = world.signed_in().await;
    token(&again).await;
    token(&tokens).await;
}

#[tokio::test]
async fn a_refresh_token_that_was_replaced_is_dead() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    let old = world.place.last();
    world.clock.pass(HOUR, &world.authority).await;
    token(&tokens).await;
    world.place.keep(&old).expect("kept");
    world.clock.pass(HOUR, &world.authority).await;
    let failure = tokens.token().await.expect_err("reused");
    assert_eq!(failure.problem.code, Code::SignInEnded);
}

#[tokio::test]
async fn what_another_program_has_renewed_is_used() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    let other = Tokens::new(world.provider.clone(), world.place.clone());
    world.clock.pass(HOUR, &world.authority).await;
    token(&other).await;
    token(&tokens).await;
    assert_eq!(world.authority.renewals().await, 2);
}

#[tokio::test]
async fn programs_that_renew_at_the_same_moment_do_so_one_after_the_other() {
    let Some(world) = World::usual().await else {
        return;
    };
    world.signed_in().await;
    world.clock.pass(HOUR, &world.authority).await;
    let programs: Vec<_> = (0..8)
        .map(|_| {
            let tokens = Tokens::new(world.provider.clone(), world.place.clone());
            tokio::spawn(async move { tokens.token().await })
        })
        .collect();
    // An authority that rotates would end the sign-in if one of them came with what another has used up.
    for program in programs {
        program.await.expect("joined").expect("a token");
    }
    assert_eq!(world.authority.renewals().await, 8);
}

#[tokio::test]
async fn an_authority_that_fails_by_itself_is_left_alone_as_long_as_it_asks() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    let first = token(&tokens).await;
    let retry = json!({ "retry-after": "120" });
    world.authority.order(503, json!({}), retry).await;
    // The old token still lasts for five minutes.
    world
        .clock
        .pass(SignedDuration::from_mins(56), &world.authority)
        .await;
    assert_eq!(token(&tokens).await, first);
    let failure = tokens.instead_of(&first, None).await.expect_err("busy");
    assert_eq!(failure.problem.code, Code::ServerBusy);
    assert_eq!(after(&failure.kind), 120);
    world
        .clock
        .pass(SignedDuration::from_secs(50), &world.authority)
        .await;
    let failure = tokens.instead_of(&first, None).await.expect_err("busy");
    assert_eq!(after(&failure.kind), 70);
    assert_eq!(world.authority.renewals().await, 0);
    world
        .clock
        .pass(SignedDuration::from_secs(71), &world.authority)
        .await;
    assert_ne!(token(&tokens).await, first);
}

fn after(kind: &ErrorKind) -> u64 {
    match kind {
        ErrorKind::Throttled { after } => after.map_or(0, |after: Duration| after.as_secs()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_failure_of_the_authority_makes_the_next_pause_longer() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    world.clock.pass(HOUR, &world.authority).await;
    for pause in [60, 120, 240, 300, 300] {
        world.authority.order(500, json!("<html>"), json!({})).await;
        let failure = tokens.token().await.expect_err("broken");
        assert_eq!(failure.problem.code, Code::ServerError);
        let left = tokens.token().await.expect_err("left alone");
        assert_eq!(after(&left.kind), pause);
        world
            .clock
            .pass(SignedDuration::from_secs(301), &world.authority)
            .await;
    }
    token(&tokens).await;
}

#[tokio::test]
async fn r7_4_a_second_factor_is_asked_for_in_the_browser_with_what_it_has_to_show() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    world.clock.pass(HOUR, &world.authority).await;
    let refusal = json!({
        "error": "interaction_required",
        "error_codes": [50076],
        "suberror": "basic_action",
        "claims": "{\"access_token\":{\"capolids\":{}}}",
    });
    world.authority.order(400, refusal, json!({})).await;
    let failure = tokens.token().await.expect_err("refused");
    assert_eq!(failure.problem.code, Code::SecondFactorNeeded);
    let claims = tokens.claims().await.expect("they are remembered");
    assert!(claims.contains("capolids"), "{claims}");
}

#[tokio::test]
async fn s11_an_answer_that_cannot_be_read_is_not_repeated() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = world.signed_in().await;
    world.clock.pass(HOUR, &world.authority).await;
    for answer in [
        json!({ "access_token": "hunter2", "token_type": "Bearer", "expires_in": "hunter3" }),
        json!({ "token": "hunter2" }),
        json!("hunter2"),
    ] {
        world.authority.order(200, answer, json!({})).await;
        let failure = tokens.token().await.expect_err("unreadable");
        assert_eq!(failure.kind, ErrorKind::Malformed);
        assert_eq!(failure.problem.code, Code::AnswerMalformed);
        let mut printed = format!("{failure} {failure:?}");
        let mut cause = std::error::Error::source(&failure);
        while let Some(error) = cause {
            printed += &format!("{error} {error:?}");
            cause = error.source();
        }
        assert!(!printed.contains("hunter"), "{printed}");
    }
    token(&tokens).await;
}

#[tokio::test]
async fn without_a_refresh_token_nobody_is_signed_in() {
    let Some(world) = World::usual().await else {
        return;
    };
    let tokens = Tokens::new(world.provider.clone(), world.place.clone());
    let failure = tokens.token().await.expect_err("nothing is kept");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::SecretMissing);
    let bearer = transport::BearerTokens::new(std::sync::Arc::new(tokens));
    let refused = bearer.instead_of(&secret("x"), None).await;
    assert_eq!(
        refused.expect_err("nothing").problem.code,
        Code::SecretMissing
    );
}
