//! Where mails were moved from, also while the program did not run (R5.8).

use model::{Component, DropFolder, FolderId, ItemId, MailModule, SyncToken};
use ports::{ErrorKind, FolderRole, MailMove, Mailbox, Mails};
use sandbox::exchange::{Act, MovesTold};
use sandbox::options::Mode;

use crate::mails::mime;
use crate::{BOTH, World};

/// A mailbox with its folders for mails.
struct Scene {
    world: World,
    inbox: FolderId,
    root: FolderId,
    leads: FolderId,
}

impl Scene {
    async fn new(mode: Mode) -> Self {
        let world = World::of(Component::Emails, mode).await;
        let leads = DropFolder::Of(MailModule::Leads);
        let leads = world.mailbox.ensure_drop_folder(leads).await.expect("made");
        let root = world
            .mailbox
            .ensure_drop_folder(DropFolder::Root)
            .await
            .expect("made");
        let inbox = world.folder_of(FolderRole::Inbox).await;
        Self {
            world,
            inbox,
            root,
            leads,
        }
    }

    async fn watch(&self) -> SyncToken {
        let folders = [self.root.clone(), self.leads.clone(), self.inbox.clone()];
        self.world
            .mailbox
            .watch_moves(&folders)
            .await
            .expect("watched")
    }

    fn mail(&self, number: usize) -> ItemId {
        self.world.deliver("inbox", &mime(number, "Text"))
    }

    fn user_moves(&self, id: &ItemId, folder: &str) -> ItemId {
        let exchange = &self.world.sandbox.exchange;
        let moved = exchange.move_to(&self.world.user, id.as_str(), folder);
        ItemId::new(moved.expect("moved"))
    }

    fn act(&self, act: &Act) {
        let done = self.world.sandbox.exchange.act(&self.world.user, act);
        done.expect("done");
    }

    /// What moved since, and where to go on.
    async fn moves(&self, since: &SyncToken) -> (Vec<MailMove>, SyncToken) {
        let told = self.world.mailbox.moves(since).await.expect("answered");
        (told.moves, told.next)
    }
}

#[tokio::test]
async fn r5_8_moves_are_told_once_in_their_order_with_where_the_mails_were() {
    for mode in BOTH {
        let scene = Scene::new(mode).await;
        let mails = [scene.mail(1), scene.mail(2)];
        let start = scene.watch().await;
        let (none, start) = scene.moves(&start).await;
        assert_eq!(none, []);
        let first = scene.user_moves(&mails[0], "CRM-Sync");
        let second = scene.user_moves(&mails[1], "CRM-Sync/Leads");
        // A mail may take several steps.
        let further = scene.user_moves(&first, "CRM-Sync/Leads");
        let wanted = [
            (&first, &scene.root, &mails[0], &scene.inbox),
            (&second, &scene.leads, &mails[1], &scene.inbox),
            (&further, &scene.leads, &first, &scene.root),
        ]
        .map(|(item, folder, old_item, old_folder)| MailMove {
            item: item.clone(),
            folder: folder.clone(),
            old_item: old_item.clone(),
            old_folder: old_folder.clone(),
        });
        let (told, next) = scene.moves(&start).await;
        assert_eq!(told, wanted, "{mode:?}");
        // Whoever lost the answer asks again.
        assert_eq!(scene.moves(&start).await.0, wanted, "{mode:?}");
        let (then, next) = scene.moves(&next).await;
        assert_eq!(then, [], "{mode:?}");
        let back = scene.user_moves(&further, "inbox");
        let (told, next) = scene.moves(&next).await;
        assert_eq!(told.len(), 1, "{mode:?}");
        assert_eq!((&told[0].item, &told[0].folder), (&back, &scene.inbox));
        assert_eq!(scene.moves(&next).await.0, []);
    }
}

#[tokio::test]
async fn r5_8_moves_are_told_in_any_number_and_those_of_folders_are_none() {
    for mode in BOTH {
        let scene = Scene::new(mode).await;
        let start = scene.watch().await;
        let path = "inbox/Projekte".to_owned();
        scene.act(&Act::CreateFolder {
            path: path.clone(),
            class: None,
        });
        scene.act(&Act::MoveFolder {
            path,
            to: "CRM-Sync".to_owned(),
        });
        let mails: Vec<ItemId> = (0..250).map(|number| scene.mail(number)).collect();
        let moved: Vec<ItemId> = mails
            .iter()
            .map(|id| scene.user_moves(id, "CRM-Sync"))
            .collect();
        let before = scene.world.mailbox.requests();
        let (told, next) = scene.moves(&start).await;
        let items: Vec<&ItemId> = told.iter().map(|moved| &moved.item).collect();
        assert_eq!(items, moved.iter().collect::<Vec<_>>(), "{mode:?}");
        // A hundred events in an answer, and one question to the other subscription.
        let asked = scene.world.mailbox.requests() - before;
        assert!((3..=5).contains(&asked), "{mode:?}: {asked}");
        assert_eq!(scene.moves(&next).await.0, []);
    }
}

#[tokio::test]
async fn r5_8_a_program_that_starts_again_learns_what_moved_meanwhile() {
    for mode in BOTH {
        let scene = Scene::new(mode).await;
        let id = scene.mail(1);
        let token = scene.watch().await.as_str().to_owned();
        scene.user_moves(&id, "CRM-Sync");
        let options = crate::options_of(&scene.world.sandbox, &scene.world.clock);
        let again = mailbox_ews::EwsMailbox::new(options);
        let told = again.moves(&SyncToken::new(token)).await.expect("answered");
        assert_eq!(told.moves.len(), 1, "{mode:?}");
        assert_eq!(told.moves[0].old_folder, scene.inbox);
    }
}

#[tokio::test]
async fn r5_8_what_a_server_tells_in_neither_way_is_not_made_up() {
    for to in [
        MovesTold::ByFolder,
        MovesTold::ToAllFolders,
        MovesTold::Never,
    ] {
        let scene = Scene::new(Mode::Exchange).await;
        scene.act(&Act::TellMoves { to });
        let start = scene.watch().await;
        scene.user_moves(&scene.mail(1), "CRM-Sync");
        let (told, _) = scene.moves(&start).await;
        assert_eq!(told.len(), usize::from(to != MovesTold::Never), "{to:?}");
    }
}

#[tokio::test]
async fn r5_8_a_server_that_forgot_is_to_be_watched_anew() {
    for mode in BOTH {
        let scene = Scene::new(mode).await;
        let start = scene.watch().await;
        scene.act(&Act::ExpireSubscriptions);
        let failure = scene
            .world
            .mailbox
            .moves(&start)
            .await
            .expect_err("forgotten");
        assert_eq!(failure.kind, ErrorKind::Stale, "{mode:?}");
        let start = scene.watch().await;
        scene.user_moves(&scene.mail(1), "CRM-Sync");
        assert_eq!(scene.moves(&start).await.0.len(), 1, "{mode:?}");
    }
    let scene = Scene::new(Mode::Exchange).await;
    for nonsense in [
        "",
        "nonsense",
        "{}",
        "{\"folders\":null,\"all\":null,\"is_lost\":false}",
    ] {
        let failure = scene.world.mailbox.moves(&SyncToken::new(nonsense)).await;
        assert_eq!(failure.expect_err(nonsense).kind, ErrorKind::Stale);
    }
}

#[tokio::test]
async fn r5_8_a_folder_that_is_gone_does_not_keep_the_others_from_being_watched() {
    let scene = Scene::new(Mode::Exchange).await;
    let path = "CRM-Sync/Leads".to_owned();
    scene.act(&Act::DeleteFolder { path });
    let start = scene.watch().await;
    let moved = scene.user_moves(&scene.mail(1), "CRM-Sync");
    let (told, _) = scene.moves(&start).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].item, moved);
}
