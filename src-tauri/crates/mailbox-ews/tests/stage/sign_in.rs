//! Signing in, as far as no acceptor is needed: which way is chosen, how often a password is tried, what comes of a connection
//! that changes under a handshake.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mailbox_ews::{EwsMailbox, EwsOptions, SignInMethod};
use model::Code;
use ports::{ErrorKind, Mailbox};
use sspi::{
    BufferType, CredentialUse, DataRepresentation, Ntlm, SecurityBuffer, ServerRequestFlags, Sspi,
    SspiImpl,
};

use crate::server::{Act, Asked, Server};
use crate::time::HandClock;
use crate::{answers, failed, options};

fn welcome() -> Act {
    Act::xml(answers::answer(&[answers::folder("R", "IPF.Note", "top")]))
}

fn with_method(server: &Server, method: SignInMethod) -> EwsMailbox {
    EwsMailbox::new(EwsOptions {
        method,
        ..options(server, &HandClock::new())
    })
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode("anna@firma.example:secret"))
}

fn wants_basic(asked: &Asked) -> Act {
    match asked.header("authorization") == basic() {
        true => welcome(),
        false => Act::sign_in(&["Basic realm=\"x\", charset=\"UTF-8\""]),
    }
}

#[tokio::test]
async fn the_password_is_shown_only_to_a_server_that_asks_for_it() {
    let server = Server::start(wants_basic).await;
    let mailbox = with_method(&server, SignInMethod::Auto);
    for _ in 0..2 {
        let account = mailbox.sign_in().await.expect("signed in");
        assert_eq!(account.address.as_str(), "anna@firma.example");
        assert_eq!(account.server, "Exchange 2019 (15.2.1544)");
    }
    let asked = server.asked();
    let shown: Vec<bool> = asked
        .iter()
        .map(|a| a.header("authorization") == basic())
        .collect();
    assert_eq!(shown, [false, true, true], "asked once, then kept in mind");
    assert!(
        asked[0].body.is_empty(),
        "nothing is told before signing in"
    );
    assert_eq!(mailbox.requests(), 3);
}

#[tokio::test]
async fn r7_5_a_wrong_password_is_tried_once() {
    for method in [SignInMethod::Auto, SignInMethod::Basic] {
        let server = Server::start(|_| Act::sign_in(&["Basic realm=\"x\""])).await;
        let answer = with_method(&server, method).sign_in().await;
        let failure = answer.expect_err("refused");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
        assert_eq!(failure.problem.code, Code::WrongPassword);
        assert_eq!(failure.problem.values["account"], "anna@firma.example");
        let asked = server.asked();
        let tries = asked
            .iter()
            .filter(|a| !a.header("authorization").is_empty())
            .count();
        assert_eq!(tries, 1);
    }
}

#[tokio::test]
async fn a_server_that_offers_no_way_we_know_is_told_apart() {
    for (method, ways) in [
        (SignInMethod::Auto, &["Bearer"][..]),
        (SignInMethod::Auto, &[]),
        (SignInMethod::Basic, &["NTLM"]),
        (SignInMethod::Ntlm, &["Basic realm=x"]),
    ] {
        let server = Server::start(move |_| Act::sign_in(ways)).await;
        let failure = with_method(&server, method)
            .sign_in()
            .await
            .expect_err("refused");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
        assert_eq!(
            failure.problem.code,
            Code::SignInMethodUnsupported,
            "{ways:?}"
        );
        let offered: Vec<&str> = ways
            .iter()
            .map(|way| way.split(' ').next().unwrap_or(""))
            .collect();
        assert_eq!(failure.problem.values["methods"], offered.join(", "));
    }
}

#[tokio::test]
async fn a_server_that_asks_for_nothing_gets_no_password() {
    let server = Server::start(|_| welcome()).await;
    with_method(&server, SignInMethod::Auto)
        .sign_in()
        .await
        .expect("answered");
    assert!(
        server
            .asked()
            .iter()
            .all(|a| a.header("authorization").is_empty())
    );
}

/// A challenge as a server would send it.
fn challenge(hello: &str) -> String {
    let mut ntlm = Ntlm::new();
    let mut handle = ntlm
        .acquire_credentials_handle()
        .with_credential_use(CredentialUse::Inbound)
        .execute(&mut ntlm)
        .expect("nothing is needed for it")
        .credentials_handle;
    let hello = STANDARD.decode(hello).expect("base64");
    let mut input = [SecurityBuffer::new(hello, BufferType::Token)];
    let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
    let step = ntlm
        .accept_security_context()
        .with_credentials_handle(&mut handle)
        .with_context_requirements(ServerRequestFlags::ALLOCATE_MEMORY)
        .with_target_data_representation(DataRepresentation::Native)
        .with_input(&mut input)
        .with_output(&mut output);
    ntlm.accept_security_context_impl(step)
        .expect("a first message")
        .resolve_to_result()
        .expect("no network is needed");
    STANDARD.encode(&output[0].buffer)
}

/// A first message is answered with a challenge, everything else with `then`.
fn ntlm(scheme: &'static str, mut then: impl FnMut(&Asked) -> Act) -> impl FnMut(&Asked) -> Act {
    move |asked| {
        let token = asked
            .header("authorization")
            .strip_prefix(scheme)
            .unwrap_or("")
            .trim();
        match token.starts_with("TlRMTVNTUAAB") {
            true => Act::sign_in(&[&format!("{scheme} {}", challenge(token))]),
            false => then(asked),
        }
    }
}

/// Whether the request carries the last message of a handshake.
fn is_last_leg(asked: &Asked) -> bool {
    asked.header("authorization").contains(" TlRMTVNTUAAD")
}

#[tokio::test]
async fn ntlm_signs_in_a_connection_and_the_body_travels_with_the_last_leg() {
    for (offered, scheme) in [
        (&["Negotiate", "NTLM", "Basic realm=x"][..], "NTLM"),
        (&["Negotiate"][..], "Negotiate"),
    ] {
        let mut signed_in = None;
        let server = Server::start(ntlm(scheme, move |asked| {
            if is_last_leg(asked) {
                signed_in = Some(asked.connection);
            }
            match signed_in == Some(asked.connection) {
                true => welcome(),
                false => Act::sign_in(offered),
            }
        }))
        .await;
        let mailbox = with_method(&server, SignInMethod::Auto);
        for _ in 0..3 {
            mailbox.sign_in().await.expect("signed in");
        }
        let asked = server.asked();
        let bodies = asked.iter().filter(|asked| !asked.body.is_empty());
        assert!(bodies.clone().count() >= 3);
        // A leg may land on another connection and be tried again; none of them may carry more than once what is done once.
        let first = bodies.clone().next().expect("three");
        assert!(is_last_leg(first), "nothing is told before signing in");
        for leg in asked
            .iter()
            .filter(|a| a.header("authorization").contains(" TlRMTVNTUAAB"))
        {
            assert!(leg.body.is_empty());
        }
    }
}

#[tokio::test]
async fn r7_5_a_password_ntlm_refuses_is_tried_once() {
    let server = Server::start(ntlm("NTLM", |_| Act::sign_in(&["NTLM", "Basic realm=x"]))).await;
    let answer = with_method(&server, SignInMethod::Auto).sign_in().await;
    let (kind, code) = failed(answer);
    assert_eq!((kind, code), (ErrorKind::SignInNeeded, Code::WrongPassword));
    let asked = server.asked();
    let judged: Vec<&Asked> = asked
        .iter()
        .filter(|last| is_last_leg(last))
        .filter(|last| {
            let hello = |a: &&Asked| a.header("authorization").contains(" TlRMTVNTUAAB");
            asked
                .iter()
                .filter(hello)
                .any(|a| a.connection == last.connection)
        })
        .collect();
    assert_eq!(
        judged.len(),
        1,
        "one handshake was judged, and Basic was not tried after it"
    );
}

#[tokio::test]
async fn a_connection_that_changes_under_the_handshake_is_no_wrong_password() {
    // The server closes after each challenge, so that no handshake is ever whole.
    let mut inner = ntlm("NTLM", |_| Act::sign_in(&["NTLM"]));
    let server = Server::start(move |asked| match inner(asked) {
        Act::Answer(status, headers, body) => Act::Close(status, headers, body),
        act => act,
    })
    .await;
    let answer = with_method(&server, SignInMethod::Ntlm).sign_in().await;
    assert_eq!(failed(answer), (ErrorKind::Offline, Code::ConnectionLost));
    assert_eq!(
        server.asked().len(),
        6,
        "three handshakes of two requests, then it ends"
    );
}

#[tokio::test]
async fn a_new_connection_is_signed_in_again_and_nothing_is_carried_out_twice() {
    // Every connection takes one request after its handshake and then closes.
    let mut signed_in = std::collections::BTreeSet::new();
    let mut inner = ntlm("NTLM", move |asked| {
        if is_last_leg(asked) {
            signed_in.insert(asked.connection);
            return welcome();
        }
        match signed_in.contains(&asked.connection) {
            true => welcome(),
            false => Act::sign_in(&["NTLM"]),
        }
    });
    let server = Server::start(move |asked| match (is_last_leg(asked), inner(asked)) {
        (true, Act::Answer(status, headers, body)) => Act::Close(status, headers, body),
        (_, act) => act,
    })
    .await;
    let mailbox = with_method(&server, SignInMethod::Ntlm);
    for _ in 0..2 {
        mailbox.sign_in().await.expect("signed in");
    }
    // What is carried out comes with a last leg or on a connection that had one; everything else was refused with 401.
    let asked = server.asked();
    let mut signed_in = std::collections::BTreeSet::new();
    let mut carried_out = 0;
    for asked in asked {
        if is_last_leg(&asked) {
            signed_in.insert(asked.connection);
        }
        let counts = signed_in.contains(&asked.connection) && !asked.body.is_empty();
        carried_out += usize::from(counts);
    }
    assert_eq!(carried_out, 2);
}

#[tokio::test]
async fn a_challenge_that_is_none_is_malformed() {
    let server = Server::start(|_| Act::sign_in(&["NTLM TlRMTVNTUAACAAAA"])).await;
    let answer = with_method(&server, SignInMethod::Ntlm).sign_in().await;
    assert_eq!(
        failed(answer),
        (ErrorKind::Malformed, Code::AnswerMalformed)
    );
}
