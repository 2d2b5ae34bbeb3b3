//! Signing in to the sandbox, whose NTLM is written by somebody else than ours, and finding it by autodiscover.

use mailbox_ews::autodiscover::{Domain, Search, autodiscover};
use mailbox_ews::{Credentials, EwsMailbox, EwsOptions, SignInMethod};
use model::{AccountName, Code, Secret};
use ports::{ErrorKind, Mailbox};
use sandbox::options::Mode;
use transport::Address;

use crate::{BOTH, World, options_of};

fn with(world: &World, method: SignInMethod, password: &str) -> EwsMailbox {
    let mut options: EwsOptions = options_of(&world.sandbox, &world.clock);
    options.credentials.password = Secret::new(password);
    EwsMailbox::new(EwsOptions { method, ..options })
}

#[tokio::test]
async fn each_way_to_sign_in_works_and_is_kept() {
    // Asking what is offered costs one request, a handshake one more than the request it carries.
    for (mode, method, extra) in [
        (Mode::Exchange, SignInMethod::Auto, 2),
        (Mode::Exchange, SignInMethod::Ntlm, 1),
        (Mode::Exchange, SignInMethod::Basic, 0),
        (Mode::Gromox, SignInMethod::Auto, 1),
    ] {
        let world = World::new(mode, 0).await;
        let password = world.sandbox.users[0].password.clone();
        let mailbox = with(&world, method, &password);
        for _ in 0..5 {
            let account = mailbox.sign_in().await.expect("signed in");
            assert_eq!(account.address.as_str(), world.user);
            assert!(account.server.starts_with("Exchange"), "{}", account.server);
        }
        assert_eq!(mailbox.requests(), 5 + extra, "{mode:?} {method:?}");
        assert_eq!(
            world.sandbox.exchange.journal().refused_sign_ins,
            0,
            "{mode:?} {method:?}"
        );
    }
}

#[tokio::test]
async fn r7_5_a_wrong_password_is_tried_once_and_said_so() {
    for (mode, method) in [
        (Mode::Exchange, SignInMethod::Ntlm),
        (Mode::Exchange, SignInMethod::Auto),
        (Mode::Exchange, SignInMethod::Basic),
        (Mode::Gromox, SignInMethod::Auto),
    ] {
        let world = World::new(mode, 0).await;
        let failure = with(&world, method, "wrong")
            .sign_in()
            .await
            .expect_err("refused");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
        assert_eq!(failure.problem.code, Code::WrongPassword);
        assert_eq!(
            world.sandbox.exchange.journal().refused_sign_ins,
            1,
            "{mode:?} {method:?}"
        );
    }
}

#[tokio::test]
async fn a_way_the_server_does_not_offer_is_told() {
    let world = World::new(Mode::Gromox, 0).await;
    let failure = with(&world, SignInMethod::Ntlm, "x")
        .sign_in()
        .await
        .expect_err("refused");
    assert_eq!(failure.problem.code, Code::SignInMethodUnsupported);
    assert_eq!(failure.problem.values["methods"], "Basic");
}

#[tokio::test]
async fn the_servers_clock_is_compared_with_ours() {
    let world = World::new(Mode::Exchange, 0).await;
    let account = world.mailbox.sign_in().await.expect("signed in");
    // The sandbox tells the machine's time, our clock stands still at noon of a day.
    assert!(account.clock_offset.is_some());
}

fn search(world: &World, password: &str) -> Search {
    let place = world
        .sandbox
        .exchange_url
        .replace("/EWS/Exchange.asmx", "/autodiscover/autodiscover.xml");
    let mut search = Search::new(Credentials {
        user: AccountName::new(&world.user),
        password: Secret::new(password),
    });
    search.places = Some(vec![Address::parse(&place).expect("a loopback address")]);
    search
}

#[tokio::test]
async fn the_server_is_found_by_the_address_of_the_mailbox() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let search = search(&world, &world.sandbox.users[0].password);
        let found = autodiscover(&AccountName::new(&world.user), &search)
            .await
            .expect("found");
        assert_eq!(found.ews.url().as_str(), world.sandbox.exchange_url);
        assert_eq!(found.mailbox, Some(AccountName::new(&world.user)));
        assert_eq!(found.domain, Domain::Own);
    }
}

#[tokio::test]
async fn a_mailbox_nobody_knows_is_not_found_and_a_wrong_password_is_tried_once() {
    let world = World::new(Mode::Exchange, 0).await;
    let right = search(&world, &world.sandbox.users[0].password);
    let stranger = AccountName::new("nobody@elsewhere.example");
    let failure = autodiscover(&stranger, &right).await.expect_err("unknown");
    assert_eq!(failure.problem.code, Code::NothingAtAddress);
    let wrong = search(&world, "wrong");
    let failure = autodiscover(&AccountName::new(&world.user), &wrong)
        .await
        .expect_err("refused");
    assert_eq!(failure.problem.code, Code::WrongPassword);
    assert_eq!(world.sandbox.exchange.journal().refused_sign_ins, 1);
}

#[tokio::test]
async fn whose_mailbox_it_is_is_asked_of_the_server() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let (own, other) = (&world.user, &world.sandbox.users[1].email);
        for (address, is_own) in [
            (own.as_str(), true),
            (other.as_str(), false),
            ("nobody@firma.example", false),
        ] {
            let is_of = world.mailbox.is_of(&AccountName::new(address)).await;
            assert_eq!(is_of.expect("asked"), is_own, "{mode:?} {address}");
        }
    }
}
