//! Being told at once (R5, DESIGN 7).

use std::sync::Arc;
use std::time::Duration;

use model::{Component, FolderId, ItemId};
use ports::{ErrorKind, FolderRole, Mailbox, Mails};
use sandbox::exchange::Act;
use sandbox::options::Mode;
use tokio::task::JoinHandle;

use crate::mails::mime;
use crate::{BOTH, World};

/// Somebody who waits for what happens in a folder.
fn waiting(world: &Arc<World>, folder: &FolderId) -> JoinHandle<ports::Result<()>> {
    let (world, folder) = (world.clone(), folder.clone());
    tokio::spawn(async move { world.mailbox.wait(&[folder]).await })
}

/// Returns when the sandbox has been asked so often for what is meant.
async fn asked(world: &World, operation: &str, times: u64) {
    while world.sandbox.exchange.journal().requests(operation) < times {
        tokio::task::yield_now().await;
    }
}

async fn world(mode: Mode) -> (Arc<World>, FolderId) {
    let world = Arc::new(World::of(Component::Emails, mode).await);
    let inbox = world.folder_of(FolderRole::Inbox).await;
    (world, inbox)
}

#[tokio::test]
async fn r5_1_whatever_happens_in_a_folder_ends_the_wait() {
    for mode in BOTH {
        let (world, inbox) = world(mode).await;
        let waits = waiting(&world, &inbox);
        asked(&world, "GetStreamingEvents", 1).await;
        // Other folders are no business of this one, and what the main connection does meanwhile is not held up.
        world.deliver("drafts", &mime(9, "Text"));
        world.mailbox.sign_in().await.expect("answered");
        assert!(!waits.is_finished(), "{mode:?}: nothing has happened");
        let mut id = world.deliver("inbox", &mime(1, "Text"));
        waits.await.expect("no panic").expect("a mail came");
        let user_moves = |id: &ItemId, folder: &str| {
            let moved = world
                .sandbox
                .exchange
                .move_to(&world.user, id.as_str(), folder);
            ItemId::new(moved.expect("moved"))
        };
        for turn in 0..3 {
            let waits = waiting(&world, &inbox);
            match turn {
                0 => {
                    let marks = [(id.clone(), "x".to_owned())];
                    let marked = world
                        .mailbox
                        .mark(&marks)
                        .await
                        .expect("answered")
                        .remove(0);
                    marked.expect("marked");
                }
                1 => id = user_moves(&id, "drafts"),
                _ => id = user_moves(&id, "inbox"),
            }
            waits.await.expect("no panic").expect("something happened");
        }
        let journal = world.sandbox.exchange.journal();
        for operation in ["Subscribe", "GetStreamingEvents"] {
            assert_eq!(
                journal.requests(operation),
                1,
                "{mode:?}: kept from one wait to the next"
            );
        }
    }
}

#[tokio::test]
async fn what_happens_between_two_waits_ends_the_second_at_once() {
    for mode in BOTH {
        let (world, inbox) = world(mode).await;
        let waits = waiting(&world, &inbox);
        asked(&world, "GetStreamingEvents", 1).await;
        world.deliver("inbox", &mime(1, "Text"));
        waits.await.expect("no panic").expect("something happened");
        world.deliver("inbox", &mime(2, "Text"));
        world
            .mailbox
            .wait(&[inbox])
            .await
            .expect("something had happened");
    }
}

#[tokio::test]
async fn a_wait_is_dropped_and_the_next_one_goes_on() {
    let (world, inbox) = world(Mode::Exchange).await;
    for turn in 0..3 {
        let waits = waiting(&world, &inbox);
        asked(&world, "GetStreamingEvents", turn.min(1)).await;
        waits.abort();
        assert!(waits.await.expect_err("it was dropped").is_cancelled());
        world
            .mailbox
            .sign_in()
            .await
            .expect("the main connection is there");
    }
    let waits = waiting(&world, &inbox);
    asked(&world, "GetStreamingEvents", 1).await;
    world.deliver("inbox", &mime(1, "Text"));
    waits.await.expect("no panic").expect("something happened");
}

#[tokio::test]
async fn other_folders_are_listened_to_from_the_next_wait_on() {
    let (world, inbox) = world(Mode::Exchange).await;
    let waits = waiting(&world, &inbox);
    asked(&world, "GetStreamingEvents", 1).await;
    waits.abort();
    waits.await.expect_err("it was dropped");
    let drafts = world.folder_of(FolderRole::Drafts).await;
    let waits = waiting(&world, &drafts);
    asked(&world, "GetStreamingEvents", 2).await;
    world.deliver("inbox", &mime(1, "Text"));
    world.mailbox.sign_in().await.expect("answered");
    assert!(!waits.is_finished());
    world.deliver("drafts", &mime(2, "Text"));
    waits.await.expect("no panic").expect("something happened");
}

#[tokio::test]
async fn signs_of_life_end_no_wait() {
    let (world, inbox) = world(Mode::Exchange).await;
    world
        .sandbox
        .exchange
        .set_heartbeat(Duration::from_millis(1));
    let waits = waiting(&world, &inbox);
    asked(&world, "GetStreamingEvents", 1).await;
    for _ in 0..20 {
        world.mailbox.sign_in().await.expect("answered");
    }
    assert!(!waits.is_finished());
    world.deliver("inbox", &mime(1, "Text"));
    waits.await.expect("no panic").expect("something happened");
}

#[tokio::test]
async fn a_folder_that_is_gone_cannot_be_waited_for() {
    let (world, inbox) = world(Mode::Exchange).await;
    let path = "inbox/Projekte".to_owned();
    let made = Act::CreateFolder {
        path: path.clone(),
        class: None,
    };
    let made = world
        .sandbox
        .exchange
        .act(&world.user, &made)
        .expect("made");
    let gone = FolderId::new(made.expect("it has an id"));
    world
        .sandbox
        .exchange
        .act(&world.user, &Act::DeleteFolder { path })
        .expect("deleted");
    let failure = world
        .mailbox
        .wait(&[inbox, gone])
        .await
        .expect_err("nothing will be told");
    assert_eq!(failure.kind, ErrorKind::Gone);
}
