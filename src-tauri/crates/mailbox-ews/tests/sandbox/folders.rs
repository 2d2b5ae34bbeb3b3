//! The predefined folders of every component.

use model::policy::FolderChoice;
use model::{Component, FolderId};
use ports::{ErrorKind, FolderPlace, Mailbox};
use sandbox::exchange::Act;

use crate::{BOTH, CONTACTS, World, full};

fn ours(component: Component) -> FolderPlace {
    FolderPlace {
        component,
        choice: FolderChoice::CrmSync,
    }
}

#[tokio::test]
async fn r1_3_the_folder_of_every_component_is_made_once() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        for (component, class) in [
            (Component::Contacts, "IPF.Contact"),
            (Component::Appointments, "IPF.Appointment"),
            (Component::Tasks, "IPF.Task"),
            (Component::Emails, "IPF.Note"),
        ] {
            let place = ours(component);
            assert_eq!(
                world.mailbox.find_folder(place).await.expect("answered"),
                None
            );
            let made = world.mailbox.ensure_folder(place).await.expect("made");
            let again = world.mailbox.ensure_folder(place).await.expect("found");
            let found = world.mailbox.find_folder(place).await.expect("answered");
            assert_eq!((&again, &found), (&made, &Some(made.clone())));
            let folders = world.sandbox.exchange.folders(&world.user);
            let folder = folders
                .iter()
                .find(|folder| folder.id == made.as_str())
                .expect("there");
            assert_eq!(folder.class, class, "{mode:?}");
            assert!(folder.path.ends_with("CRM-Sync"), "{}", folder.path);
            let choice = FolderChoice::Standard;
            let standard = world
                .mailbox
                .find_folder(FolderPlace { component, choice })
                .await;
            assert_ne!(standard.expect("answered").expect("there"), made);
        }
    }
}

#[tokio::test]
async fn a_folder_is_removed_with_everything_in_it() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        world.make(&folder, 1, full()).await;
        world.mailbox.remove_folder(&folder).await.expect("removed");
        world
            .mailbox
            .remove_folder(&folder)
            .await
            .expect("it is not there any more");
        assert_eq!(
            world
                .mailbox
                .find_folder(ours(CONTACTS))
                .await
                .expect("answered"),
            None
        );
        assert!(
            world.sandbox.exchange.items(&world.user).is_empty(),
            "{mode:?}"
        );
    }
}

#[tokio::test]
async fn s12_a_standard_folder_cannot_be_removed_and_keeps_its_content() {
    for mode in BOTH {
        let world = World::new(mode, 20).await;
        let choice = FolderChoice::Standard;
        let place = FolderPlace {
            component: CONTACTS,
            choice,
        };
        let folder = world
            .mailbox
            .find_folder(place)
            .await
            .expect("answered")
            .expect("there");
        let before = world.sandbox.exchange.items(&world.user);
        world
            .mailbox
            .remove_folder(&folder)
            .await
            .expect_err("refused");
        assert_eq!(world.sandbox.exchange.items(&world.user), before);
    }
}

#[tokio::test]
async fn a_missing_folder_is_gone_and_not_empty() {
    let world = World::new(sandbox::options::Mode::Exchange, 0).await;
    let folder = world.folder().await;
    let path = "contacts/CRM-Sync".to_owned();
    world
        .sandbox
        .exchange
        .act(&world.user, &Act::DeleteFolder { path })
        .expect("deleted");
    let failure = world
        .mailbox
        .changes(CONTACTS, &folder, None)
        .await
        .expect_err("gone");
    assert_eq!(failure.kind, ErrorKind::Gone);
    let create = ports::ItemWrite::Create {
        notify: ports::Notify::Nobody,
        fields: full(),
        stamp: crate::stamp(1),
    };
    let failure = world
        .write(&folder, &[create])
        .await
        .remove(0)
        .expect_err("gone");
    assert_eq!(failure.kind, ErrorKind::Gone);
    assert_eq!(failure.problem.code, model::Code::FolderMissing);
}

#[tokio::test]
async fn an_id_that_is_none_is_an_error_and_no_panic() {
    let world = World::new(sandbox::options::Mode::Exchange, 0).await;
    let folder = FolderId::new("not an id <&>");
    world
        .mailbox
        .changes(CONTACTS, &folder, None)
        .await
        .expect_err("refused");
}

#[tokio::test]
async fn r7_10_whose_the_mailbox_is_stands_on_a_folder_and_can_be_taken_away() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let mailbox = &world.mailbox;
        let own = mailbox.ensure_folder(ours(Component::Emails)).await;
        let choice = FolderChoice::Standard;
        let component = Component::Emails;
        let inbox = mailbox.find_folder(FolderPlace { component, choice }).await;
        let inbox = inbox.expect("answered").expect("every mailbox has one");
        for folder in [own.expect("made"), inbox] {
            assert_eq!(mailbox.owner(&folder).await.expect("answered"), None);
            for text in [
                "a long text ".repeat(60),
                "{\"computer\":\"Büro <1> & 2\"}".to_owned(),
            ] {
                let written = mailbox.set_owner(&folder, Some(&text)).await;
                written.expect("written");
                let read = mailbox.owner(&folder).await.expect("answered");
                assert_eq!(read.as_deref(), Some(text.as_str()), "{mode:?}");
            }
            mailbox.set_owner(&folder, None).await.expect("taken away");
            assert_eq!(mailbox.owner(&folder).await.expect("answered"), None);
        }
        let own = mailbox.ensure_folder(ours(Component::Emails)).await;
        let own = own.expect("found");
        mailbox.remove_folder(&own).await.expect("removed");
        let gone = mailbox.owner(&own).await;
        assert_eq!(gone.expect_err("gone").kind, ErrorKind::Gone);
    }
}

#[tokio::test]
async fn a_folder_knows_whether_anything_is_in_it() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        assert!(world.mailbox.is_empty(&folder).await.expect("answered"));
        world.make(&folder, 1, full()).await;
        assert!(!world.mailbox.is_empty(&folder).await.expect("answered"));
    }
}
