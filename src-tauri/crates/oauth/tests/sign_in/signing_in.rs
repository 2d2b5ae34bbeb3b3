//! From the browser's opening to its last page.

use std::sync::Arc;

use model::Code;
use oauth::{Provider, Wish};
use ports::ErrorKind;
use transport::{Address, Client, Method, Options, Sending};

use crate::authority::{Manner, Visitor, fetch, walk};
use crate::{ANNA, World, page, pages, registration};

#[tokio::test]
async fn r7_2_a_user_signs_in_in_the_browser() {
    let Some(world) = World::usual().await else {
        return;
    };
    let visitor = Visitor::new(Manner::SignIn(ANNA.to_owned()));
    let attempt = world.begin(&visitor).await;
    assert!(attempt.is_shown());
    let finished = attempt.finish().await.expect("somebody came back");
    let granted = finished.granted.expect("granted");
    assert_eq!(granted.identity.address(), Some(ANNA));
    finished.page.show(page("You are signed in")).await;
    let last = visitor.last_page().await;
    assert_eq!(last.status, 200);
    assert!(
        last.body.contains("<h1>You are signed in</h1>"),
        "{}",
        last.body
    );

    let asked = world.authority.asked().await;
    let sent = &asked["authorizations"][0];
    for (name, value) in [
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("response_mode", "query"),
        ("login_hint", ANNA),
        ("client_id", "connector"),
    ] {
        assert_eq!(sent[name], value, "{sent}");
    }
    assert_eq!(sent["code_challenge"].as_str().expect("a text").len(), 43);
    let redirect = sent["redirect_uri"].as_str().expect("a text");
    assert!(redirect.starts_with("http://localhost:"), "{redirect}");
    assert_eq!(redirect.matches('/').count(), 2, "{redirect}");
}

#[tokio::test]
async fn s11_nothing_prints_a_token_and_the_last_page_has_none() {
    let Some(world) = World::usual().await else {
        return;
    };
    let visitor = Visitor::new(Manner::Nothing);
    let attempt = world.begin(&visitor).await;
    let printed = format!("{attempt:?}");
    let back = walk(attempt.address(), Some(ANNA)).await;
    let query = back.split_once('?').expect("a query").1.to_owned();
    let page_seen = tokio::spawn(async move { fetch(&back).await });
    let finished = attempt.finish().await.expect("somebody came back");
    let granted = finished.granted.expect("granted");
    finished.page.show(page("done")).await;
    let seen = page_seen.await.expect("joined").expect("a page");
    let printed = format!("{printed} {granted:?} {} {:?}", seen.body, world.provider);
    for secret in query.split('&').filter_map(|pair| pair.split_once('=')) {
        assert!(
            secret.0 == "iss" || !printed.contains(secret.1),
            "{printed}"
        );
    }
    let tokens = oauth::Tokens::of_sign_in(world.provider.clone(), world.place.clone(), granted);
    let tokens = tokens.await.expect("kept");
    let access = transport::TokenSource::token(&tokens)
        .await
        .expect("a token");
    let printed = format!("{printed} {tokens:?} {:?}", world.place.last());
    assert!(!printed.contains(access.reveal()));
    assert!(!printed.contains(world.place.last().reveal()));
}

#[tokio::test]
async fn r7_4_who_does_not_agree_is_told_so_in_the_program_and_in_the_browser() {
    let Some(world) = World::usual().await else {
        return;
    };
    let visitor = Visitor::new(Manner::Abort);
    let finished = world.begin(&visitor).await.finish().await;
    let finished = finished.expect("somebody came back");
    let failure = finished.granted.expect_err("not agreed");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::ConsentDeclined);
    finished.page.show(page("It did not work")).await;
    assert!(visitor.last_page().await.body.contains("It did not work"));
}

#[tokio::test]
async fn r7_2_an_answer_with_a_wrong_state_is_refused_and_the_wait_goes_on() {
    let Some(world) = World::usual().await else {
        return;
    };
    let visitor = Visitor::new(Manner::Nothing);
    let attempt = world.begin(&visitor).await;
    let back = walk(attempt.address(), Some(ANNA)).await;
    let state = back.split_once("state=").expect("a state").1;
    let state = state.split('&').next().expect("its end");
    for forged in [
        back.replace(state, "forged"),
        back.replace(&format!("state={state}"), "s=1"),
        format!("{}&state=twice", back),
        format!(
            "{}?error=access_denied&state=x",
            back.split('?').next().expect("a part")
        ),
    ] {
        let seen = fetch(&forged).await.expect("a page");
        assert_eq!(seen.status, 400, "{forged}");
        assert!(seen.body.contains("foreign"), "{}", seen.body);
    }
    let seen = tokio::spawn(async move { fetch(&back).await });
    let finished = attempt.finish().await.expect("the right one came");
    assert!(finished.granted.is_ok());
    finished.page.show(page("done")).await;
    assert_eq!(seen.await.expect("joined").expect("a page").status, 200);
    assert_eq!(world.authority.asked().await["authorization_code"], 1);
}

#[tokio::test]
async fn both_addresses_of_this_computer_are_listened_to_and_strangers_are_not() {
    let Some(world) = World::usual().await else {
        return;
    };
    let attempt = world.begin(&Visitor::new(Manner::Nothing)).await;
    let port = attempt
        .address()
        .split("localhost%3A")
        .nth(1)
        .expect("a port");
    let port = port.split('&').next().expect("its end").to_owned();
    let client = Client::new(Options::default());
    for (method, place, host, status) in [
        (Method::GET, "127.0.0.1", None, 400),
        (Method::GET, "[::1]", None, 400),
        (Method::GET, "localhost", Some("evil.example"), 404),
        (Method::POST, "localhost", None, 405),
    ] {
        let address = Address::parse(&format!("http://{place}:{port}/")).expect("loopback");
        let mut request = client.request(method, &address).expect("a request");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let answer = client
            .send(request, &address, Sending::Read)
            .await
            .expect("an answer");
        assert_eq!(answer.status.as_u16(), status, "{place} {host:?}");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    let icon = fetch(&format!("http://localhost:{port}/favicon.ico")).await;
    assert_eq!(icon.expect("an answer").status, 404);
}

#[tokio::test]
async fn r7_2_a_sign_in_that_is_given_up_closes_its_port() {
    let Some(world) = World::usual().await else {
        return;
    };
    let attempt = world.begin(&Visitor::new(Manner::Nothing)).await;
    let back = walk(attempt.address(), Some(ANNA)).await;
    drop(attempt);
    // The tasks end when the runtime comes to them.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let failure = fetch(&back).await.expect_err("nobody listens");
    assert_eq!(failure.problem.code, Code::ServerUnreachable);
    assert_eq!(world.authority.asked().await["authorization_code"], 0);
}

#[tokio::test]
async fn who_gives_up_while_the_browser_waits_leaves_a_page() {
    let Some(world) = World::usual().await else {
        return;
    };
    let visitor = Visitor::new(Manner::SignIn(ANNA.to_owned()));
    let finished = world.begin(&visitor).await.finish().await;
    drop(finished.expect("somebody came back"));
    assert!(visitor.last_page().await.body.contains("given up"));
}

#[tokio::test]
async fn r7_2_nobody_is_waited_for_for_ever() {
    let Some(world) = World::usual().await else {
        return;
    };
    let attempt = world.begin(&Visitor::new(Manner::Nothing)).await;
    world.clock.ring();
    let failure = attempt.finish().await.err().expect("too late");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::SignInTimedOut);
}

#[tokio::test]
async fn without_a_browser_the_address_is_opened_by_hand() {
    let Some(world) = World::usual().await else {
        return;
    };
    let attempt = world.begin(&Visitor::new(Manner::Absent)).await;
    assert!(!attempt.is_shown());
    let back = walk(attempt.address(), Some(ANNA)).await;
    let seen = tokio::spawn(async move { fetch(&back).await });
    let finished = attempt.finish().await.expect("somebody came back");
    assert!(finished.granted.is_ok());
    finished.page.show(page("done")).await;
    seen.await.expect("joined").expect("a page");
}

#[tokio::test]
async fn a_code_that_is_too_old_opens_nothing() {
    let Some(world) = World::usual().await else {
        return;
    };
    let attempt = world.begin(&Visitor::new(Manner::Nothing)).await;
    let back = walk(attempt.address(), Some(ANNA)).await;
    world
        .clock
        .pass(jiff::SignedDuration::from_mins(11), &world.authority)
        .await;
    let seen = tokio::spawn(async move { fetch(&back).await });
    let finished = attempt.finish().await.expect("somebody came back");
    let failure = finished.granted.expect_err("too old");
    assert_eq!(failure.problem.code, Code::SignInEnded);
    drop(finished.page);
    seen.await.expect("joined").expect("a page");
}

#[tokio::test]
async fn what_an_earlier_refusal_wants_to_see_is_passed_on() {
    let Some(world) = World::usual().await else {
        return;
    };
    let wish = Wish {
        login_hint: None,
        claims: Some(r#"{"access_token":{}}"#.to_owned()),
    };
    let visitor = Visitor::new(Manner::Nothing);
    let begun = world.provider.clone().begin(wish, visitor, pages()).await;
    let address = begun.expect("begun").address().to_owned();
    assert!(
        address.contains("claims=%7B%22access_token%22%3A%7B%7D%7D"),
        "{address}"
    );
    assert!(!address.contains("login_hint"), "{address}");
}

#[tokio::test]
async fn r7_4_an_authority_that_is_none_is_told_before_a_browser_opens() {
    let Some(world) = World::usual().await else {
        return;
    };
    for (place, detail) in [
        (
            format!("{}/nowhere", world.authority.issuer),
            "404 Not Found",
        ),
        (
            world.authority.issuer.replace("127.0.0.1", "localhost"),
            "issuer",
        ),
    ] {
        let provider = Provider::new(
            registration(&place),
            Options::default(),
            world.clock.timing(),
        );
        let visitor = Visitor::new(Manner::Nothing);
        let begun = Arc::new(provider)
            .begin(Wish::default(), visitor, pages())
            .await;
        let failure = begun.expect_err("no authority");
        assert_eq!(failure.problem.code, Code::SignInMisconfigured, "{place}");
        assert_eq!(failure.problem.values["detail"], detail);
    }
}
