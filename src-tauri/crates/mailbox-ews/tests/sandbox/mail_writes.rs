//! The mark on mails, and their way from folder to folder (R5.8).

use model::{Code, Component, DropFolder, ItemId};
use ports::{ErrorKind, FolderRole, Mailbox, Mails};
use sandbox::exchange::Act;
use sandbox::options::Mode;

use crate::attendees::check_requests;
use crate::mails::mime;
use crate::{BOTH, World};

#[tokio::test]
async fn r5_8_a_mark_changes_nothing_else_and_goes_with_the_mail() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        let inbox = world.folder_of(FolderRole::Inbox).await;
        let mut ids: Vec<ItemId> = (0..60)
            .map(|number| world.deliver("inbox", &mime(number, "Text")))
            .collect();
        let item = |id: &ItemId| {
            let items = world.sandbox.exchange.items_in(&world.user, "Inbox");
            items
                .into_iter()
                .find(|item| item.id == id.as_str())
                .expect("there")
                .fields
        };
        let before = item(&ids[0]);
        ids.insert(30, ItemId::new("nonsense"));
        let marks: Vec<(ItemId, String)> = ids
            .iter()
            .map(|id| (id.clone(), "fertig <äöü>".to_owned()))
            .collect();
        let requests = world.mailbox.requests();
        let answers = world.mailbox.mark(&marks).await.expect("answered");
        assert_eq!(
            world.mailbox.requests() - requests,
            2,
            "fifty in one request"
        );
        let failed: Vec<usize> = (0..61).filter(|number| answers[*number].is_err()).collect();
        assert_eq!(failed, [30], "{mode:?}");
        let fetched = world.fetch_one(&ids[0]).await;
        assert_eq!(fetched.head.mark.as_deref(), Some("fertig <äöü>"));
        assert_eq!(fetched.mime, mime(0, "Text").as_bytes());
        let mut after = item(&ids[0]);
        for field in ["LastModifiedTime", "Size"] {
            after.remove(field);
        }
        let property = after.keys().find(|name| name.contains("CrmMail")).cloned();
        if let Some(property) = property {
            after.remove(&property);
        }
        let mut before = before;
        for field in ["LastModifiedTime", "Size"] {
            before.remove(field);
        }
        assert_eq!(after, before, "{mode:?}");
        // It is known by its mark in the list, and after a move too.
        let root = world
            .mailbox
            .ensure_drop_folder(DropFolder::Root)
            .await
            .expect("made");
        let moved = world
            .mailbox
            .move_mails(&ids[..2], &root)
            .await
            .expect("answered");
        let moved: Vec<ItemId> = moved.into_iter().map(|id| id.expect("moved")).collect();
        let list = world.mail_changes(&root, None).await;
        assert_eq!(list.seen.len(), 2);
        for head in list.seen {
            assert!(moved.contains(&head.id));
            assert_eq!(head.mark.as_deref(), Some("fertig <äöü>"), "{mode:?}");
        }
        let rest = world.mail_changes(&inbox, None).await;
        assert_eq!(rest.seen.len(), 58);
    }
}

#[tokio::test]
async fn r5_8_mails_are_moved_one_by_one_and_a_missing_folder_fails_the_whole_call() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        let root = world
            .mailbox
            .ensure_drop_folder(DropFolder::Root)
            .await
            .expect("made");
        let inbox = world.folder_of(FolderRole::Inbox).await;
        let first = world.deliver("CRM-Sync", &mime(1, "eins"));
        let gone = world.deliver("CRM-Sync", &mime(2, "zwei"));
        world
            .sandbox
            .exchange
            .delete(&world.user, gone.as_str())
            .expect("deleted");
        let answers = world
            .mailbox
            .move_mails(&[gone.clone(), first], &inbox)
            .await
            .expect("answered");
        let failure = answers[0].as_ref().expect_err("it is gone");
        assert_eq!(
            (&failure.kind, failure.problem.code),
            (&ErrorKind::Gone, Code::EntryGone)
        );
        let moved = answers[1].as_ref().expect("moved").clone();
        assert_eq!(world.fetch_one(&moved).await.head.id, moved);
        // Of gone mails alone the folder is not to blame.
        let alone = world
            .mailbox
            .move_mails(std::slice::from_ref(&gone), &inbox)
            .await
            .expect("answered");
        assert_eq!(
            alone[0].as_ref().expect_err("gone").problem.code,
            Code::EntryGone
        );

        let path = "CRM-Sync".to_owned();
        world
            .sandbox
            .exchange
            .act(&world.user, &Act::DeleteFolder { path })
            .expect("deleted");
        for asked in [
            vec![moved.clone()],
            vec![gone.clone(), moved.clone()],
            vec![gone],
        ] {
            let failure = world
                .mailbox
                .move_mails(&asked, &root)
                .await
                .expect_err("no such folder");
            assert_eq!(
                (failure.kind, failure.problem.code),
                (ErrorKind::Gone, Code::FolderMissing),
                "{mode:?}"
            );
        }
        world.fetch_one(&moved).await;
    }
}

#[tokio::test]
async fn s1_a_move_and_a_mark_whose_answer_is_lost_are_unknown() {
    let world = World::of(Component::Emails, Mode::Exchange).await;
    let inbox = world.folder_of(FolderRole::Inbox).await;
    let root = world
        .mailbox
        .ensure_drop_folder(DropFolder::Root)
        .await
        .expect("made");
    let id = world.deliver("inbox", &mime(1, "eins"));
    world.order("cut-after:UpdateItem:1");
    let marks = [(id.clone(), "x".to_owned())];
    let answers = world.mailbox.mark(&marks).await.expect("one answer");
    assert_eq!(
        answers[0].as_ref().expect_err("lost").kind,
        ErrorKind::OutcomeUnknown
    );
    assert_eq!(world.fetch_one(&id).await.head.mark.as_deref(), Some("x"));
    world.order("cut-after:MoveItem:1");
    let answers = world
        .mailbox
        .move_mails(&[id], &root)
        .await
        .expect("one answer");
    assert_eq!(
        answers[0].as_ref().expect_err("lost").kind,
        ErrorKind::OutcomeUnknown
    );
    assert_eq!(world.mail_changes(&root, None).await.seen.len(), 1);
    assert_eq!(world.mail_changes(&inbox, None).await.seen.len(), 0);
}

#[tokio::test]
async fn s6_nobody_hears_of_what_is_written_on_mails() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        let inbox = world.folder_of(FolderRole::Inbox).await;
        let root = world
            .mailbox
            .ensure_drop_folder(DropFolder::Root)
            .await
            .expect("made");
        let id = world.deliver("inbox", &mime(1, "eins"));
        let marks = [(id.clone(), "x".to_owned())];
        for answer in world.mailbox.mark(&marks).await.expect("answered") {
            answer.expect("marked");
        }
        let moved = world
            .mailbox
            .move_mails(&[id], &root)
            .await
            .expect("answered")
            .remove(0);
        let back = world
            .mailbox
            .move_mails(&[moved.expect("moved")], &inbox)
            .await;
        back.expect("answered").remove(0).expect("moved back");
        let writes = ["MoveItem", "UpdateItem"].map(str::to_owned);
        assert_eq!(check_requests(&world), writes.into(), "{mode:?}");
        let journal = world.sandbox.exchange.journal();
        let mark = journal
            .writes
            .iter()
            .find(|write| write.operation == "UpdateItem");
        let mark = &mark.expect("written").request;
        assert_eq!(
            mark.matches("SetItemField>").count(),
            2,
            "one field, opened and closed: {mark}"
        );
        assert!(
            mark.contains("ConflictResolution=\"AlwaysOverwrite\""),
            "{mark}"
        );
    }
}
