//! Mails as their import reads them (R5): lists and whole mails.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mailbox_ews::SignInMethod;
use model::{Code, Component, DropFolder, FolderId, ItemId, SyncToken};
use ports::{Addressee, ErrorKind, FetchedMail, FolderRole, MailChanges, Mailbox, Mails, Note};
use sandbox::exchange::Act;
use sandbox::options::Mode;

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
