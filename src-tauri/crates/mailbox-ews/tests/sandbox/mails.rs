//! Mails as their import needs them (R5): folders, lists, whole mails, the mark, and the way from folder to folder.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mailbox_ews::SignInMethod;
use model::{Code, Component, DropFolder, FolderId, ItemId, MailModule, SyncToken};
use ports::{
    Addressee, ErrorKind, FetchedMail, FolderRole, MailChanges, MailFolder, Mailbox, Mails, Note,
};
use sandbox::exchange::Act;
use sandbox::options::Mode;

use crate::attendees::check_requests;
use crate::{BOTH, World, options_of};

/// A mail as it comes over the wire.
pub fn mime(number: usize, body: &str) -> String {
    format!(
        "From: Ben Groß <ben@kunde.example>\r\nTo: anna@firma.example\r\nCc: Eva <eva@kunde.example>, tom@kunde.example\r\n\
         Subject: Angebot {number}\r\nMessage-ID: <m{number}@kunde.example>\r\nDate: Mon, 01 Mar 2027 10:00:00 +0100\r\n\r\n{body}"
    )
}

impl World {
    /// The folder with a role.
    pub async fn folder_of(&self, role: FolderRole) -> FolderId {
        let folders = self.mailbox.mail_folders().await.expect("answered");
        let found = folders.into_iter().find(|folder| folder.role == role);
        found.expect("every mailbox has one").id
    }

    /// A mail arrives.
    pub fn deliver(&self, folder: &str, mime: &str) -> ItemId {
        let act = Act::Deliver {
            folder: folder.to_owned(),
            mime: STANDARD.encode(mime),
        };
        let id = self.sandbox.exchange.act(&self.user, &act);
        ItemId::new(id.expect("delivered").expect("it has an id"))
    }

    /// All pages of changes as one.
    pub async fn mail_changes(&self, folder: &FolderId, since: Option<SyncToken>) -> MailChanges {
        let mut all = MailChanges {
            next: since,
            more: true,
            ..MailChanges::default()
        };
        while all.more {
            let page = self.mailbox.mail_changes(folder, all.next.as_ref()).await;
            let page = page.expect("a page");
            all.seen.extend(page.seen);
            all.gone.extend(page.gone);
            (all.next, all.more) = (page.next, page.more);
        }
        all
    }

    pub async fn fetch_one(&self, id: &ItemId) -> FetchedMail {
        let mut mails = self
            .mailbox
            .fetch(std::slice::from_ref(id))
            .await
            .expect("answered");
        mails.remove(0).expect("there")
    }
}

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

#[tokio::test]
async fn r5_1_a_list_tells_what_came_and_what_went_but_not_what_was_read() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        let inbox = world.folder_of(FolderRole::Inbox).await;
        let first = world.deliver("inbox", &mime(1, "eins"));
        let second = world.deliver("inbox", &mime(2, "zwei"));
        let all = world.mail_changes(&inbox, None).await;
        let ids: Vec<&ItemId> = all.seen.iter().map(|head| &head.id).collect();
        assert_eq!(ids, [&second, &first], "the newest first");
        let head = &all.seen[1];
        assert_eq!(head.message_id.as_deref(), Some("m1@kunde.example"));
        assert!(head.search_key.is_some() && head.received.is_some());
        assert!(head.size > mime(1, "eins").len() as u64);
        assert_eq!((head.mark.as_ref(), head.is_note), (None, false));
        assert_ne!(head.search_key, all.seen[0].search_key);

        let read = Act::MarkRead {
            item: second.to_string(),
            read: true,
        };
        world
            .sandbox
            .exchange
            .act(&world.user, &read)
            .expect("read");
        let then = world.mail_changes(&inbox, all.next.clone()).await;
        // grommunio shows it as any other change.
        let shown = usize::from(mode == Mode::Gromox);
        assert_eq!((then.seen.len(), then.gone.len()), (shown, 0), "{mode:?}");
        world
            .sandbox
            .exchange
            .move_to(&world.user, first.as_str(), "drafts")
            .expect("moved");
        let note = Note {
            key: "1".to_owned(),
            subject: "Konflikt".to_owned(),
            text: "Text".to_owned(),
        };
        world.mailbox.deliver(&note).await.expect("delivered");
        let then = world.mail_changes(&inbox, then.next).await;
        assert_eq!(then.gone, [first]);
        let [note] = &then.seen[..] else {
            panic!("{then:?}");
        };
        assert!(note.is_note, "{mode:?}");
        let drafts = world.folder_of(FolderRole::Drafts).await;
        let moved = world.mail_changes(&drafts, None).await;
        assert_eq!(
            moved.seen[0].search_key, head.search_key,
            "it stays with the mail"
        );
        assert_ne!(moved.seen[0].id, head.id);
    }
}

#[tokio::test]
async fn r5_1_what_is_no_mail_is_not_listed_and_not_fetched() {
    let world = World::of(Component::Emails, Mode::Exchange).await;
    let inbox = world.folder_of(FolderRole::Inbox).await;
    let fields = [
        ("Subject", "Besprechung"),
        ("Start", "2027-03-01T09:00:00Z"),
        ("End", "2027-03-01T10:00:00Z"),
    ];
    let exchange = &world.sandbox.exchange;
    let appointment = exchange
        .create(&world.user, "calendar", &fields)
        .expect("made");
    let appointment = exchange
        .move_to(&world.user, &appointment, "inbox")
        .expect("moved");
    let mail = world.deliver("inbox", &mime(1, "eins"));
    let all = world.mail_changes(&inbox, None).await;
    assert_eq!(all.seen.len(), 1);
    assert_eq!(all.seen[0].id, mail);
    let asked = [ItemId::new(appointment), mail];
    let mut fetched = world
        .mailbox
        .fetch(&asked)
        .await
        .expect("answered")
        .into_iter();
    let refused = fetched.next().expect("an answer").expect_err("no mail");
    assert_eq!(refused.problem.code, Code::EntryOfOtherKind);
    fetched.next().expect("an answer").expect("a mail");
}

#[tokio::test]
async fn r5_1_a_mail_is_fetched_as_it_was_sent_and_a_missing_one_is_told_alone() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        let big = "Zeile mit äöü und <MimeContent> darin\r\n".repeat(40_000);
        let ids = [
            world.deliver("inbox", &mime(1, "eins")),
            world.deliver("inbox", &mime(2, &big)),
            world.deliver("inbox", &mime(3, "")),
        ];
        world
            .sandbox
            .exchange
            .delete(&world.user, ids[2].as_str())
            .expect("deleted");
        let before = world.mailbox.requests();
        let mails = world.mailbox.fetch(&ids).await.expect("answered");
        let signing_in = if mode == Mode::Exchange { 2 } else { 1 };
        assert_eq!(
            world.mailbox.requests() - before,
            1 + signing_in,
            "{mode:?}: all in one request"
        );
        let [first, second, gone] = &mails[..] else {
            panic!("three were asked");
        };
        let first = first.as_ref().expect("there");
        assert_eq!(first.mime, mime(1, "eins").as_bytes());
        assert_eq!(first.class, "IPM.Note");
        let person = |name: &str, address: &str| Addressee {
            name: name.to_owned(),
            address: address.to_owned(),
        };
        assert_eq!(first.from, [person("Ben Groß", "ben@kunde.example")]);
        assert_eq!(first.to[0].address, "anna@firma.example");
        assert_eq!(first.cc[0], person("Eva", "eva@kunde.example"));
        assert_eq!(first.cc[1].address, "tom@kunde.example");
        assert_eq!(first.bcc, []);
        assert_eq!(first.head.message_id.as_deref(), Some("m1@kunde.example"));
        let second = second.as_ref().expect("there");
        assert!(
            second.mime == mime(2, &big).as_bytes(),
            "{mode:?}: every byte"
        );
        let gone = gone.as_ref().expect_err("deleted");
        assert_eq!(
            (&gone.kind, gone.problem.code),
            (&ErrorKind::Gone, Code::EntryGone)
        );
    }
}

#[tokio::test]
async fn r5_1_mails_come_by_each_way_to_sign_in() {
    for (mode, method) in [
        (Mode::Exchange, SignInMethod::Ntlm),
        (Mode::Exchange, SignInMethod::Basic),
        (Mode::Gromox, SignInMethod::Basic),
    ] {
        let world = World::of(Component::Emails, mode).await;
        let id = world.deliver("inbox", &mime(1, &"x".repeat(300_000)));
        let options = mailbox_ews::EwsOptions {
            method,
            ..options_of(&world.sandbox, &world.clock)
        };
        let mailbox = mailbox_ews::EwsMailbox::new(options);
        for _ in 0..3 {
            let mails = mailbox
                .fetch(std::slice::from_ref(&id))
                .await
                .expect("answered");
            assert!(mails.into_iter().all(|mail| mail.is_ok()));
        }
        // The connection stays signed in although each answer was read through a sieve.
        let extra = u64::from(method == SignInMethod::Ntlm);
        assert_eq!(mailbox.requests(), 3 + extra, "{mode:?} {method:?}");
    }
}

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
async fn a_cursor_the_server_no_longer_knows_is_stale_and_a_missing_folder_gone() {
    let world = World::of(Component::Emails, Mode::Exchange).await;
    let root = world
        .mailbox
        .ensure_drop_folder(DropFolder::Root)
        .await
        .expect("made");
    let nonsense = SyncToken::new("nonsense");
    let failure = world.mailbox.mail_changes(&root, Some(&nonsense)).await;
    assert_eq!(failure.expect_err("refused").kind, ErrorKind::Stale);
    let path = "CRM-Sync".to_owned();
    world
        .sandbox
        .exchange
        .act(&world.user, &Act::DeleteFolder { path })
        .expect("deleted");
    let failure = world.mailbox.mail_changes(&root, None).await;
    assert_eq!(failure.expect_err("gone").kind, ErrorKind::Gone);
}

#[tokio::test]
async fn listing_and_fetching_cost_one_request_for_each_page() {
    for mode in BOTH {
        let world = World::of(Component::Emails, mode).await;
        let inbox = world.folder_of(FolderRole::Inbox).await;
        for number in 0..1030 {
            world.deliver("inbox", &mime(number, "Text"));
        }
        let before = world.mailbox.requests();
        let all = world.mail_changes(&inbox, None).await;
        assert_eq!(all.seen.len(), 1030);
        assert_eq!(
            world.mailbox.requests() - before,
            3,
            "{mode:?}: 512 in a page"
        );
        let ids: Vec<ItemId> = all.seen.iter().map(|head| head.id.clone()).collect();
        for some in ids.chunks(10).take(5) {
            let mails = world.mailbox.fetch(some).await.expect("answered");
            assert!(mails.iter().all(Result::is_ok));
        }
        assert_eq!(world.mailbox.requests() - before, 8, "{mode:?}");
        let then = world.mail_changes(&inbox, all.next).await;
        assert_eq!((then.seen.len(), world.mailbox.requests() - before), (0, 9));
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
