//! The faults a server can have, each ordered from the sandbox: what the caller is told, and what really happened.

use std::time::Duration;

use model::{Code, Field, SyncToken};
use ports::{ErrorKind, ItemWrite, Mailbox};
use sandbox::options::Mode;

use crate::{CONTACTS, World, full, stamp, update};

fn create(number: usize) -> ItemWrite {
    ItemWrite::Create {
        notify: ports::Notify::Nobody,
        fields: full(),
        stamp: stamp(number),
    }
}

#[tokio::test]
async fn a_short_wait_happens_by_itself() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    world.order("busy:SyncFolderItems:2:5000");
    world
        .mailbox
        .changes(CONTACTS, &folder, None)
        .await
        .expect("after waiting");
    assert_eq!(world.clock.waits(), [Duration::from_secs(5); 2]);
    world.order("503:CreateItem:1:9");
    world
        .write(&folder, &[create(1)])
        .await
        .remove(0)
        .expect("after waiting");
    assert_eq!(world.clock.waits()[2], Duration::from_secs(9));
    assert_eq!(world.sandbox.exchange.items(&world.user).len(), 1);
}

#[tokio::test]
async fn a_long_wait_is_told_and_nothing_is_sent_meanwhile() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    world.order("busy::1:120000");
    let answer = world.mailbox.write(CONTACTS, &folder, &[create(1)]).await;
    let after = Some(Duration::from_secs(120));
    assert_eq!(
        answer.expect_err("busy").kind,
        ErrorKind::Throttled { after }
    );
    let asked = world.sandbox.exchange.journal().all_requests();
    world.mailbox.sign_in().await.expect_err("still waiting");
    assert_eq!(world.sandbox.exchange.journal().all_requests(), asked);
    world.clock.pass(Duration::from_secs(120));
    world.mailbox.sign_in().await.expect("the wait is over");
}

#[tokio::test]
async fn s1_a_write_cut_before_it_happened_and_one_cut_after_look_the_same_and_are_told_by_the_stamp()
 {
    for (fault, happened) in [
        ("cut-before", 0),
        ("cut-after", 1),
        ("empty-500", 0),
        ("empty-500-after", 1),
    ] {
        let world = World::new(Mode::Exchange, 0).await;
        let folder = world.folder().await;
        world.order(&format!("{fault}:CreateItem:1"));
        let failure = world
            .write(&folder, &[create(1)])
            .await
            .remove(0)
            .expect_err("lost");
        assert_eq!(failure.kind, ErrorKind::OutcomeUnknown, "{fault}");
        let found = world
            .mailbox
            .find_stamped(CONTACTS, &folder, &[stamp(1)])
            .await;
        assert_eq!(found.expect("answered").len(), happened, "{fault}");
    }
}

#[tokio::test]
async fn s1_an_update_whose_answer_was_lost_is_unknown() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    let made = world.make(&folder, 1, full()).await;
    world.order("cut-after:UpdateItem:1");
    let write = update(&made, &[(Field::Phone, "1")]);
    let failure = world
        .write(&folder, &[write])
        .await
        .remove(0)
        .expect_err("lost");
    assert_eq!(failure.kind, ErrorKind::OutcomeUnknown);
    assert_eq!(world.read(&made.id).await.fields.get(Field::Phone), "1");
}

#[tokio::test]
async fn a_read_whose_answer_was_lost_may_be_asked_again() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    world.order("cut-before:SyncFolderItems:1");
    let failure = world
        .mailbox
        .changes(CONTACTS, &folder, None)
        .await
        .expect_err("cut");
    assert_eq!(
        (failure.kind, failure.problem.code),
        (ErrorKind::Offline, Code::ConnectionLost)
    );
    world
        .mailbox
        .changes(CONTACTS, &folder, None)
        .await
        .expect("signed in again on a new connection");
}

#[tokio::test]
async fn a_cursor_the_server_no_longer_knows_is_stale() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    let page = world.changes(&folder, None).await;
    world.order("invalid-sync-state::1");
    let failure = world
        .mailbox
        .changes(CONTACTS, &folder, page.next.as_ref())
        .await;
    assert_eq!(failure.expect_err("refused").kind, ErrorKind::Stale);
    let nonsense = SyncToken::new("nonsense");
    let failure = world
        .mailbox
        .changes(CONTACTS, &folder, Some(&nonsense))
        .await;
    assert_eq!(failure.expect_err("refused").kind, ErrorKind::Stale);
}

#[tokio::test]
async fn a_page_for_a_browser_and_a_server_without_words_are_told_apart() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    for (fault, kind, code) in [
        ("html::1", ErrorKind::Malformed, Code::NotExchange),
        ("empty-500::1", ErrorKind::Offline, Code::ServerError),
    ] {
        // Without an operation this one belongs to writes.
        let fault = fault.replace("empty-500::", "empty-500:SyncFolderItems:");
        world.order(&fault);
        let failure = world
            .mailbox
            .changes(CONTACTS, &folder, None)
            .await
            .expect_err("odd");
        assert_eq!(
            (failure.kind, failure.problem.code),
            (kind, code),
            "{fault}"
        );
    }
    world
        .mailbox
        .changes(CONTACTS, &folder, None)
        .await
        .expect("all is well again");
}

#[tokio::test]
async fn s1_a_hundred_writes_with_one_batch_lost_are_each_known() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    world.order("cut-after:CreateItem:1+1");
    let writes: Vec<ItemWrite> = (0..130).map(create).collect();
    let answers = world.write(&folder, &writes).await;
    for (place, answer) in answers.iter().enumerate() {
        let kind = answer.as_ref().err().map(|failure| &failure.kind);
        let wanted = match place {
            0..50 => None,
            50..100 => Some(&ErrorKind::OutcomeUnknown),
            _ => Some(&ErrorKind::Offline),
        };
        assert_eq!(kind, wanted, "{place}");
    }
    assert_eq!(world.sandbox.exchange.items(&world.user).len(), 100);
}
