//! Streams of events in odd shapes.

use std::time::Duration;

use mailbox_ews::{EwsMailbox, EwsOptions, Patience};
use model::Code;
use ports::{ErrorKind, Mails};
use proptest::prelude::*;

use crate::server::{Act, Ending, Server};
use crate::time::HandClock;
use crate::{answers, failed, folder, mailbox, options};

fn status(status: &str) -> String {
    answers::answer(&[answers::success(&format!(
        "<m:ConnectionStatus>{status}</m:ConnectionStatus>"
    ))])
}

fn event(name: &str) -> String {
    answers::answer(&[answers::success(&format!(
        "<m:Notifications><m:Notification><t:SubscriptionId>S</t:SubscriptionId><t:{name}/></m:Notification></m:Notifications>"
    ))])
}

fn pieces(envelopes: &[String], ending: Ending) -> Act {
    let pieces = envelopes
        .iter()
        .map(|envelope| envelope.clone().into_bytes());
    Act::Pieces(pieces.collect(), ending)
}

/// A server that takes every subscription and answers its streams, counted from 1, so.
async fn streaming(mut answer: impl FnMut(u32) -> Act + Send + 'static) -> Server {
    let mut streams = 0;
    Server::start(move |asked| match asked.operation() {
        "Subscribe" => Act::xml(answers::answer(&[answers::subscription("S", None)])),
        _ => {
            streams += 1;
            answer(streams)
        }
    })
    .await
}

async fn waited(server: &Server) -> Result<(), ports::Failure> {
    mailbox(server).wait(&[folder()]).await
}

#[tokio::test]
async fn signs_of_life_are_passed_over_and_the_first_event_ends_the_wait() {
    for name in [
        "NewMailEvent",
        "CreatedEvent",
        "DeletedEvent",
        "ModifiedEvent",
        "MovedEvent",
    ] {
        let server = streaming(move |_| {
            pieces(
                &[status("OK"), event("StatusEvent"), event(name)],
                Ending::Open,
            )
        })
        .await;
        waited(&server).await.expect(name);
        assert_eq!(server.operations(), ["Subscribe", "GetStreamingEvents"]);
        let asked = &server.asked()[0];
        assert!(
            asked
                .body
                .contains(&format!("<t:EventType>{name}</t:EventType>"))
        );
        for asked in server.asked() {
            assert_eq!(asked.header("x-preferserveraffinity"), "true");
        }
    }
}

#[tokio::test]
async fn an_answer_the_server_ends_is_asked_for_again() {
    let server = streaming(|stream| match stream {
        1 => pieces(&[status("OK"), status("Closed")], Ending::Whole),
        _ => pieces(&[status("OK"), event("NewMailEvent")], Ending::Open),
    })
    .await;
    waited(&server).await.expect("something happened");
    assert_eq!(
        server.operations(),
        ["Subscribe", "GetStreamingEvents", "GetStreamingEvents"]
    );
}

#[tokio::test]
async fn answers_that_never_last_are_given_up() {
    let server = streaming(|_| pieces(&[status("OK"), status("Closed")], Ending::Whole)).await;
    assert_eq!(
        failed(waited(&server).await),
        (ErrorKind::Offline, Code::ConnectionLost)
    );
    assert_eq!(server.operations().len(), 5);
}

#[tokio::test]
async fn of_a_line_that_breaks_nobody_knows_what_was_on_it() {
    for ending in [Ending::Cut, Ending::Whole] {
        let server = streaming(move |stream| match stream {
            1 => pieces(
                &[status("OK"), event("NewMailEvent")[..80].to_owned()],
                ending,
            ),
            _ => pieces(&[status("OK"), event("NewMailEvent")], Ending::Open),
        })
        .await;
        let mailbox = mailbox(&server);
        for _ in 0..2 {
            mailbox
                .wait(&[folder()])
                .await
                .expect("something may have happened");
        }
        assert_eq!(
            server.operations(),
            ["Subscribe", "GetStreamingEvents", "GetStreamingEvents"]
        );
    }
}

#[tokio::test]
async fn a_subscription_the_server_forgot_is_made_anew_and_one_it_never_knew_is_a_failure() {
    let lost = |code: &str| Act::xml(answers::answer(&[answers::error(code)]));
    for code in [
        "ErrorSubscriptionNotFound",
        "ErrorInvalidSubscription",
        "ErrorExpiredSubscription",
    ] {
        let server = streaming(move |stream| match stream {
            1 => pieces(&[status("OK"), status("Closed")], Ending::Whole),
            2 => lost(code),
            _ => pieces(&[status("OK"), event("NewMailEvent")], Ending::Open),
        })
        .await;
        let mailbox = mailbox(&server);
        mailbox
            .wait(&[folder()])
            .await
            .expect("nobody knows what happened meanwhile");
        mailbox.wait(&[folder()]).await.expect("something happened");
        let wanted = [
            "Subscribe",
            "GetStreamingEvents",
            "GetStreamingEvents",
            "Subscribe",
            "GetStreamingEvents",
        ];
        assert_eq!(server.operations(), wanted);
        for never in [lost(code), Act::fault(answers::fault(code, None))] {
            let mut never = Some(never);
            let server = streaming(move |_| never.take().expect("asked once")).await;
            assert_eq!(failed(waited(&server).await).0, ErrorKind::Stale, "{code}");
        }
    }
}

#[tokio::test]
async fn whatever_is_no_stream_is_a_failure() {
    for (act, kind) in [
        (
            Act::xml("<html><body>Sign in</body></html>"),
            ErrorKind::Malformed,
        ),
        (Act::xml(""), ErrorKind::Malformed),
        (Act::status(404), ErrorKind::Malformed),
        (Act::status(403), ErrorKind::Denied),
        (Act::Cut, ErrorKind::Offline),
        (
            Act::xml(answers::answer(&[answers::error("ErrorAccessDenied")])),
            ErrorKind::Denied,
        ),
    ] {
        let mut act = Some(act);
        let server = streaming(move |_| act.take().unwrap_or(Act::Cut)).await;
        assert_eq!(failed(waited(&server).await).0, kind);
    }
    let server =
        Server::start(|_| Act::xml(answers::answer(&[answers::error("ErrorFolderNotFound")])))
            .await;
    assert_eq!(failed(waited(&server).await).0, ErrorKind::Gone);
    assert!(failed(mailbox(&server).wait(&[]).await).0 == ErrorKind::Bug);
}

/// The patience of these is some milliseconds, which the test lets pass.
fn impatient(server: &Server, patience: Patience) -> EwsMailbox {
    EwsMailbox::new(EwsOptions {
        patience,
        ..options(server, &HandClock::new())
    })
}

#[tokio::test]
async fn an_answer_whose_first_words_do_not_come_is_given_up() {
    let half = || vec![status("OK").into_bytes()[..50].to_vec()];
    let server = streaming(move |_| Act::Pieces(half(), Ending::Open)).await;
    let patience = Patience {
        first: Duration::from_millis(30),
        ..Patience::default()
    };
    let answer = impatient(&server, patience).wait(&[folder()]).await;
    assert_eq!(failed(answer), (ErrorKind::Offline, Code::ConnectionLost));
}

#[tokio::test]
async fn a_line_without_signs_of_life_is_dead() {
    let server = streaming(|stream| match stream {
        1 => pieces(&[status("OK")], Ending::Open),
        _ => pieces(&[status("OK"), event("NewMailEvent")], Ending::Open),
    })
    .await;
    let patience = Patience {
        silence: Duration::from_millis(30),
        ..Patience::default()
    };
    let mailbox = impatient(&server, patience);
    mailbox
        .wait(&[folder()])
        .await
        .expect("something may have happened");
    mailbox.wait(&[folder()]).await.expect("something happened");
    assert_eq!(
        server.operations(),
        ["Subscribe", "GetStreamingEvents", "GetStreamingEvents"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn envelopes_may_be_cut_anywhere(cuts in proptest::collection::vec(0.0..1.0_f64, 0..30)) {
        let all = [status("OK"), event("StatusEvent"), event("StatusEvent"), event("NewMailEvent")].concat().into_bytes();
        let mut ends: Vec<usize> = cuts.iter().map(|cut| (cut * all.len() as f64) as usize).collect();
        ends.push(all.len());
        ends.sort_unstable();
        let mut begin = 0;
        let pieces: Vec<Vec<u8>> =
            ends.iter().map(|end| all[std::mem::replace(&mut begin, *end)..*end].to_vec()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let answer = runtime.block_on(async {
            let server = streaming(move |_| Act::Pieces(pieces.clone(), Ending::Open)).await;
            waited(&server).await
        });
        prop_assert!(answer.is_ok(), "{answer:?}");
    }
}
