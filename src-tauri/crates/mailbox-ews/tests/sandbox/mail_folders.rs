//! The folders that hold mails, and those into which mails are dropped (R1.3, R5.8).

use model::{Component, DropFolder, MailModule};
use ports::{FolderRole, MailFolder, Mailbox, Mails};
use sandbox::exchange::Act;

use crate::{BOTH, World};

#[tokio::test]
async fn r1_3_the_folders_mails_are_dropped_into_are_made_once() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        for place in DropFolder::ALL {
            let found = world.mailbox.find_drop_folder(place).await;
            assert_eq!(found.expect("answered"), None);
        }
        // A child brings its root along.
        for place in DropFolder::ALL.into_iter().rev() {
            let made = world.mailbox.ensure_drop_folder(place).await.expect("made");
            let again = world
                .mailbox
                .ensure_drop_folder(place)
                .await
                .expect("found");
            let found = world
                .mailbox
                .find_drop_folder(place)
                .await
                .expect("answered");
            assert_eq!(
                (&again, found),
                (&made, Some(made.clone())),
                "{mode:?} {place:?}"
            );
            let folders = world.sandbox.exchange.folders(&world.user);
            let folder = folders.iter().find(|folder| folder.id == made.as_str());
            let folder = folder.expect("there");
            assert_eq!(folder.class, "IPF.Note");
            let path = match place {
                DropFolder::Root => "CRM-Sync".to_owned(),
                DropFolder::Of(module) => format!("CRM-Sync/{module}"),
            };
            assert!(folder.path.ends_with(&path), "{}", folder.path);
        }
        let made = world.sandbox.exchange.journal().counts["CreateFolder"];
        assert_eq!(made.writes, 5, "{mode:?}");
    }
}

#[tokio::test]
async fn r5_8_every_folder_of_mails_is_listed_with_what_it_is_for() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        for place in DropFolder::ALL {
            world.mailbox.ensure_drop_folder(place).await.expect("made");
        }
        for (path, class) in [
            ("inbox/Projekte", None),
            ("inbox/Projekte/Leads", None),
            ("inbox/CRM-Sync", None),
            ("CRM-Sync/Termine", Some("IPF.Appointment".to_owned())),
            ("CRM-Sync/Termine/Notizen", Some("IPF.Note".to_owned())),
        ] {
            let path = path.to_owned();
            let act = Act::CreateFolder { path, class };
            world.sandbox.exchange.act(&world.user, &act).expect("made");
        }
        let before = world.mailbox.requests();
        let folders = world.mailbox.mail_folders().await.expect("answered");
        assert_eq!(
            world.mailbox.requests() - before,
            2,
            "one for all, one for what they are for"
        );
        let named = |name: &str| -> Vec<&MailFolder> {
            folders
                .iter()
                .filter(|folder| folder.name == name)
                .collect()
        };
        let count = |role| folders.iter().filter(|folder| folder.role == role).count();
        for role in [
            FolderRole::Inbox,
            FolderRole::Sent,
            FolderRole::Deleted,
            FolderRole::Drafts,
            FolderRole::Outbox,
            FolderRole::Junk,
        ]
        .into_iter()
        .chain(DropFolder::ALL.map(FolderRole::Drop))
        {
            assert_eq!(count(role), 1, "{mode:?} {role:?}");
        }
        let inbox = folders
            .iter()
            .find(|folder| folder.role == FolderRole::Inbox);
        let inbox = inbox.expect("there");
        assert_eq!(inbox.parent, None, "its top holds no mails");
        let [projects] = named("Projekte")[..] else {
            panic!("{folders:?}");
        };
        assert_eq!(projects.parent.as_ref(), Some(&inbox.id));
        let roles = |name| -> Vec<FolderRole> {
            let mut roles: Vec<_> = named(name).iter().map(|folder| folder.role).collect();
            roles.sort_by_key(|role| *role == FolderRole::Other);
            roles
        };
        // The same names at another place are the user's own.
        let leads = FolderRole::Drop(DropFolder::Of(MailModule::Leads));
        assert_eq!(roles("Leads"), [leads, FolderRole::Other]);
        let root = FolderRole::Drop(DropFolder::Root);
        assert_eq!(roles("CRM-Sync"), [root, FolderRole::Other]);
        assert!(named("Termine").is_empty() && named("Calendar").is_empty());
        let [notes] = named("Notizen")[..] else {
            panic!("{folders:?}");
        };
        assert_eq!(notes.parent, None, "it lies among appointments");
    }
}
