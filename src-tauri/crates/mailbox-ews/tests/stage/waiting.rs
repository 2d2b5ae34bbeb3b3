//! A busy server is left alone for as long as it says, and every retry has an end. No test sleeps: the clock is ours.

use std::time::Duration;

use mailbox_ews::EwsMailbox;
use model::{Code, Component};
use ports::{ErrorKind, Mailbox};

use crate::server::{Act, Asked, Server};
use crate::time::HandClock;
use crate::{answers, failed, folder, item_ids, options};

fn page() -> Act {
    Act::xml(answers::answer(&[answers::success(
        "<m:SyncState>S</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes/>",
    )]))
}

/// Busy so many times, then a page.
fn busy_for(mut times: usize, act: impl Fn() -> Act) -> impl FnMut(&Asked) -> Act {
    move |_| match times {
        0 => page(),
        _ => {
            times -= 1;
            act()
        }
    }
}

fn busy(milliseconds: u64) -> Act {
    Act::fault(answers::fault("ErrorServerBusy", Some(milliseconds)))
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn the_servers_own_waiting_time_is_obeyed() {
    for act in [
        || busy(7000),
        || Act::xml(answers::answer(&[answers::busy(7000)])),
        || Act::status(503).with("Retry-After", "7"),
        || Act::status(429).with("Retry-After", "7"),
    ] {
        let server = Server::start(busy_for(2, act)).await;
        let clock = HandClock::new();
        let mailbox = EwsMailbox::new(options(&server, &clock));
        let page = mailbox.changes(Component::Contacts, &folder(), None).await;
        assert!(page.is_ok());
        assert_eq!(clock.waits(), [seconds(7), seconds(7)]);
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn the_third_refusal_in_a_row_goes_to_the_caller() {
    let server = Server::start(busy_for(3, || busy(7000))).await;
    let clock = HandClock::new();
    let mailbox = EwsMailbox::new(options(&server, &clock));
    let answer = mailbox.changes(Component::Contacts, &folder(), None).await;
    let after = Some(seconds(7));
    assert_eq!(
        failed(answer),
        (ErrorKind::Throttled { after }, Code::ServerBusy)
    );
    assert_eq!(server.asked().len(), 3);
    assert_eq!(clock.waits().len(), 2);
}

#[tokio::test]
async fn a_long_wait_goes_to_the_caller_and_nothing_is_sent_until_it_is_over() {
    let server = Server::start(busy_for(1, || busy(300_000))).await;
    let clock = HandClock::new();
    let mailbox = EwsMailbox::new(options(&server, &clock));
    let ask = async || mailbox.changes(Component::Contacts, &folder(), None).await;
    let after = Some(seconds(300));
    assert_eq!(failed(ask().await).0, ErrorKind::Throttled { after });
    clock.pass(seconds(100));
    let after = Some(seconds(200));
    assert_eq!(failed(ask().await).0, ErrorKind::Throttled { after });
    assert_eq!(server.asked().len(), 1, "nothing was sent meanwhile");
    clock.pass(seconds(190));
    assert!(ask().await.is_ok(), "the last ten seconds are waited for");
    assert_eq!(clock.waits(), [seconds(10)]);
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn without_a_hint_the_pauses_grow() {
    let server = Server::start(busy_for(2, || Act::status(503))).await;
    let clock = HandClock::new();
    let mailbox = EwsMailbox::new(options(&server, &clock));
    mailbox
        .changes(Component::Contacts, &folder(), None)
        .await
        .expect("answered");
    let waits = clock.waits();
    assert!(
        (seconds(1) / 2..=seconds(1)).contains(&waits[0]),
        "{waits:?}"
    );
    assert!((seconds(1)..=seconds(2)).contains(&waits[1]), "{waits:?}");
}

#[tokio::test]
async fn what_the_server_had_no_time_for_is_asked_again_alone() {
    // Each time it does the first two of what it is asked.
    let server = Server::start(|asked| {
        let ids = answers::ids(&asked.body);
        let messages = ids.iter().enumerate().map(|(place, id)| match place {
            0 | 1 => answers::contact(id, "K", ""),
            2 => answers::busy(4000),
            _ => answers::error("ErrorBatchProcessingStopped"),
        });
        Act::xml(answers::answer(&messages.collect::<Vec<_>>()))
    })
    .await;
    let clock = HandClock::new();
    let mailbox = EwsMailbox::new(options(&server, &clock));
    let ids = item_ids(7);
    let items = mailbox
        .read(Component::Contacts, &ids)
        .await
        .expect("answered");
    let read: Vec<_> = items
        .into_iter()
        .map(|item| item.expect("read").id)
        .collect();
    assert_eq!(read, ids);
    let sizes: Vec<usize> = server
        .asked()
        .iter()
        .map(|a| a.count("<t:ItemId "))
        .collect();
    assert_eq!(sizes, [7, 5, 3, 1]);
    assert_eq!(clock.waits(), [seconds(4); 3]);
}

#[tokio::test]
async fn s8_items_the_server_never_gets_to_fail_alone() {
    let server = Server::start(|asked| {
        let ids = answers::ids(&asked.body);
        let messages = ids.iter().map(|id| match id.as_str() {
            "I0" => answers::contact(id, "K", ""),
            _ => answers::busy(4000),
        });
        Act::xml(answers::answer(&messages.collect::<Vec<_>>()))
    })
    .await;
    let mailbox = EwsMailbox::new(options(&server, &HandClock::new()));
    let mut items = mailbox
        .read(Component::Contacts, &item_ids(2))
        .await
        .expect("answered");
    assert!(matches!(
        failed(items.remove(1)).0,
        ErrorKind::Throttled { after: Some(_) }
    ));
    assert!(items.remove(0).is_ok());
    assert_eq!(server.asked().len(), 4, "one with the item, three without");
}
