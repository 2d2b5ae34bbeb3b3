//! Servers that tell of moves in one way, in another, in both, or not at all.

use model::{FolderId, ItemId, SyncToken};
use ports::{ErrorKind, MailMove, Mails};

use crate::answers::{self, moved};
use crate::server::{Act, Asked, Server};
use crate::{failed, mailbox};

fn folders(count: usize) -> Vec<FolderId> {
    (0..count)
        .map(|number| FolderId::new(format!("F{number}")))
        .collect()
}

fn one(message: String) -> Act {
    Act::xml(answers::answer(&[message]))
}

fn is_of_all(asked: &Asked) -> bool {
    asked.body.contains("SubscribeToAllFolders=\"true\"")
}

fn told(ids: [&str; 2], folders: [&str; 2]) -> MailMove {
    MailMove {
        item: ItemId::new(ids[1]),
        folder: FolderId::new(folders[1]),
        old_item: ItemId::new(ids[0]),
        old_folder: FolderId::new(folders[0]),
    }
}

/// A server that answers questions to each subscription so.
async fn telling(mut answer: impl FnMut(&str, &Asked) -> Act + Send + 'static) -> Server {
    Server::start(move |asked| match asked.operation() {
        "Subscribe" if is_of_all(asked) => one(answers::subscription("ALL", Some("w"))),
        "Subscribe" => one(answers::subscription("SOME", Some("w"))),
        _ if asked.body.contains(">ALL<") => answer("ALL", asked),
        _ => answer("SOME", asked),
    })
    .await
}

#[tokio::test]
async fn r5_8_what_both_subscriptions_tell_is_told_once_and_in_order() {
    let server = telling(|subscription, _| {
        let events = match subscription {
            "ALL" => [
                moved(1, ["a", "b"], ["F0", "F1"], None),
                moved(3, ["b", "c"], ["F1", "F2"], None),
            ],
            _ => [
                moved(2, ["x", "y"], ["F0", "F1"], Some("w1")),
                moved(3, ["b", "c"], ["F1", "F2"], Some("w2")),
            ],
        };
        one(answers::events(&events, false))
    })
    .await;
    let mailbox = mailbox(&server);
    let token = mailbox.watch_moves(&folders(2)).await.expect("watched");
    let answer = mailbox.moves(&token).await.expect("answered");
    let wanted = [
        told(["a", "b"], ["F0", "F1"]),
        told(["x", "y"], ["F0", "F1"]),
        told(["b", "c"], ["F1", "F2"]),
    ];
    assert_eq!(answer.moves, wanted);
    mailbox.moves(&answer.next).await.expect("answered");
    let asked: Vec<Asked> = server.asked().split_off(4);
    assert_eq!(
        asked[0].count("<m:Watermark>w2</m:Watermark>"),
        1,
        "{}",
        asked[0].body
    );
    assert_eq!(
        asked[1].count("<m:Watermark>w</m:Watermark>"),
        0,
        "it would tell all again"
    );
}

#[tokio::test]
async fn r5_8_a_server_that_refuses_one_way_is_watched_in_the_other() {
    for refuses_all in [true, false] {
        let server = Server::start(move |asked| match asked.operation() {
            "Subscribe" if is_of_all(asked) == refuses_all => {
                one(answers::error("ErrorInvalidSubscriptionRequest"))
            }
            "Subscribe" => one(answers::subscription("S", None)),
            _ => one(answers::events(
                &[moved(1, ["a", "b"], ["F0", "F1"], None)],
                false,
            )),
        })
        .await;
        let mailbox = mailbox(&server);
        let token = mailbox.watch_moves(&folders(1)).await.expect("watched");
        let answer = mailbox.moves(&token).await.expect("answered");
        assert_eq!(answer.moves.len(), 1, "{refuses_all}");
    }
    let server = Server::start(|_| one(answers::error("ErrorExceededSubscriptionCount"))).await;
    let failure = failed(mailbox(&server).watch_moves(&folders(1)).await);
    assert_eq!(failure.0, ErrorKind::Refused { field: None });
}

#[tokio::test]
async fn r5_8_of_too_many_folders_those_that_matter_most_are_watched() {
    let server = Server::start(|asked| match asked.count("<t:FolderId ") {
        0..=30 => one(answers::subscription("S", Some("w"))),
        _ => one(answers::error("ErrorInvalidSubscriptionRequest")),
    })
    .await;
    mailbox(&server)
        .watch_moves(&folders(100))
        .await
        .expect("watched");
    let asked: Vec<usize> = server
        .asked()
        .iter()
        .map(|asked| asked.count("<t:FolderId "))
        .collect();
    assert_eq!(asked, [100, 50, 25, 0]);
    assert!(server.asked()[2].body.contains("Id=\"F0\""));
    assert!(
        server.asked()[2]
            .body
            .contains("<t:Timeout>1440</t:Timeout>")
    );
    assert_eq!(server.asked()[2].header("x-preferserveraffinity"), "true");
}

#[tokio::test]
async fn r5_8_without_folders_the_whole_mailbox_is_watched() {
    let server = Server::start(|_| one(answers::subscription("S", None))).await;
    mailbox(&server).watch_moves(&[]).await.expect("watched");
    assert_eq!(server.asked().len(), 1);
    assert!(is_of_all(&server.asked()[0]));
}

#[tokio::test]
async fn a_server_that_always_says_there_is_more_is_not_asked_without_end() {
    let server = telling(|_, _| {
        one(answers::events(
            &[moved(1, ["a", "b"], ["F0", "F1"], None)],
            true,
        ))
    })
    .await;
    let mailbox = mailbox(&server);
    let token = mailbox.watch_moves(&folders(1)).await.expect("watched");
    let answer = mailbox.moves(&token).await.expect("answered");
    assert_eq!(answer.moves.len(), 1);
    assert!(server.asked().len() <= 6, "{}", server.asked().len());
}

#[tokio::test]
async fn r5_8_what_one_subscription_told_is_not_lost_with_the_other() {
    for code in [
        "ErrorSubscriptionNotFound",
        "ErrorInvalidSubscription",
        "ErrorExpiredSubscription",
        "ErrorInvalidWatermark",
        "ErrorMissedNotificationEvents",
        "ErrorReadEventsFailed",
    ] {
        let server = telling(move |subscription, _| match subscription {
            "ALL" => one(answers::events(
                &[moved(1, ["a", "b"], ["F0", "F1"], None)],
                false,
            )),
            _ => one(answers::error(code)),
        })
        .await;
        let mailbox = mailbox(&server);
        let token = mailbox.watch_moves(&folders(1)).await.expect("watched");
        let answer = mailbox.moves(&token).await.expect("some moves");
        assert_eq!(answer.moves.len(), 1, "{code}");
        assert_eq!(
            failed(mailbox.moves(&answer.next).await).0,
            ErrorKind::Stale
        );
        assert_eq!(
            server.asked().len(),
            4,
            "what is lost is not asked for again"
        );
    }
}

#[tokio::test]
async fn r5_8_a_line_that_breaks_half_way_loses_no_moves() {
    let mut broken = true;
    let server = telling(move |subscription, _| match subscription {
        "ALL" if std::mem::take(&mut broken) => Act::Cut,
        "ALL" => one(answers::events(&[], false)),
        _ => one(answers::events(
            &[moved(1, ["a", "b"], ["F0", "F1"], Some("w1"))],
            false,
        )),
    })
    .await;
    let mailbox = mailbox(&server);
    let token = mailbox.watch_moves(&folders(1)).await.expect("watched");
    let answer = mailbox
        .moves(&token)
        .await
        .expect("what was told before the line broke");
    assert_eq!(answer.moves.len(), 1);
    mailbox.moves(&answer.next).await.expect("the line is back");
    let nothing = Server::start(|_| Act::Cut).await;
    let failure = failed(crate::mailbox(&nothing).moves(&answer.next).await);
    assert_eq!(failure.0, ErrorKind::Offline, "nothing is known of it");
}

#[tokio::test]
async fn a_token_of_something_else_is_stale_and_nothing_is_asked() {
    let server = Server::start(|_| Act::Cut).await;
    let failure = failed(mailbox(&server).moves(&SyncToken::new("H4sIAA==")).await);
    assert_eq!((failure.0, server.asked().len()), (ErrorKind::Stale, 0));
}
