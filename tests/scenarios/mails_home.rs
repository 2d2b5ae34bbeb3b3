//! Mails find their way back into the folder they came from (R5.8), and a removed folder is made anew (R7.11).

use model::{Code, Component, Policy};
use ports::StateStore;
use sandbox::exchange::{Act, MovesTold};
use sandbox::options::Options;
use scenarios::post::{DROP, INBOX, Letter};
use scenarios::stage::Stage;

const KUNDE: &str = "karl@kunde.example";
const WEEK: i64 = 7 * 24 * 3_600;

/// A server that tells of moves in this way, and a user with folders for customers below the inbox.
async fn stage(told: MovesTold) -> Stage {
    let mut stage = Stage::with(Options::default()).await;
    stage.component = Component::Emails;
    stage.policy = Policy::default();
    let stage = stage.anew();
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    let tells = exchange.act(me, &Act::TellMoves { to: told });
    tells.expect("a server can be told");
    for folder in ["inbox/Kunden", "inbox/Kunden/Mayer", "Archiv"] {
        let made = exchange.create_folder(me, folder, Some("IPF.Note"));
        made.expect("a folder can be made");
    }
    stage.sync().await;
    stage
}

const ALL: [MovesTold; 3] = [
    MovesTold::ByFolder,
    MovesTold::ToAllFolders,
    MovesTold::Never,
];

impl Here for Stage {
    fn has(&self, folder: &str, subject: &str) -> String {
        let letter = Letter::new(KUNDE, &self.user().email, subject);
        let arrived = self.receives(&letter);
        match folder {
            INBOX => arrived,
            _ => self.moves(&arrived, folder),
        }
    }
}

/// Mails that lie somewhere.
trait Here {
    /// A mail that was filed there; its id.
    fn has(&self, folder: &str, subject: &str) -> String;
}

#[tokio::test]
async fn r5_8_a_mail_goes_back_to_where_it_came_from_however_the_server_tells_of_moves() {
    for told in ALL {
        let stage = stage(told).await;
        let folders = [
            ("inbox/Kunden/Mayer", "Inbox/Kunden/Mayer"),
            ("Archiv", "Archiv"),
            ("deleteditems", "Deleted Items"),
        ];
        let mut items = Vec::new();
        for (folder, _) in folders {
            items.push((stage.has(folder, folder), folder));
        }
        // The index sees them where they are.
        stage.seconds_pass(3_600);
        stage.sync().await;
        for (item, _) in &items {
            stage.moves(item, DROP);
        }
        stage.sync().await;
        for (folder, shown) in folders {
            assert_eq!(stage.place_of(folder), [shown], "{told:?}");
        }
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r5_8_also_after_the_program_was_off_for_a_week() {
    for told in ALL {
        let stage = stage(told).await;
        let item = stage.has("inbox/Kunden", "Frage");
        stage.seconds_pass(3_600);
        stage.sync().await;
        let dropped = stage.moves(&item, DROP);
        stage.moves(&dropped, &format!("{DROP}/Leads"));
        stage.seconds_pass(WEEK);
        stage.sync().await;
        assert_eq!(stage.place_of("Frage"), ["Inbox/Kunden"], "{told:?}");
    }
}

#[tokio::test]
async fn r5_8_also_after_a_chain_of_moves() {
    for told in ALL {
        let stage = stage(told).await;
        let item = stage.has("inbox/Kunden", "Frage");
        stage.seconds_pass(3_600);
        stage.sync().await;
        let mut item = stage.moves(&item, "Archiv");
        if told == MovesTold::Never {
            // Where nothing is told, the index has to see it there once.
            stage.seconds_pass(3_600);
            stage.sync().await;
        }
        for folder in [DROP, "CRM-Sync/Leads", "CRM-Sync/Contacts", DROP] {
            item = stage.moves(&item, folder);
        }
        stage.seconds_pass(60);
        stage.sync().await;
        assert_eq!(stage.place_of("Frage"), ["Archiv"], "{told:?}");
    }
}

#[tokio::test]
async fn r5_8_where_the_folder_is_gone_it_goes_to_the_inbox() {
    for told in ALL {
        let stage = stage(told).await;
        let item = stage.has("Archiv", "Frage");
        stage.seconds_pass(3_600);
        stage.sync().await;
        stage.moves(&item, DROP);
        let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
        exchange.delete_folder(me, "Archiv").expect("it is there");
        stage.sync().await;
        assert_eq!(stage.place_of("Frage"), ["Inbox"], "{told:?}");
        assert_eq!(stage.sandbox.crm.emails().len(), 1);
    }
}

#[tokio::test]
async fn r5_8_s1_a_run_that_ends_before_it_has_asked_for_moves_forgets_no_way_back() {
    let stage = stage(MovesTold::ByFolder).await;
    let item = stage.has("Archiv", "Frage");
    stage.moves(&item, DROP);
    stage.order("exchange:busy:GetEvents:0+100:3000");
    stage.failing_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.seconds_pass(60);
    stage.sync().await;
    assert_eq!(stage.place_of("Frage"), ["Archiv"]);
}

#[tokio::test]
async fn r5_8_an_answer_about_moves_that_cannot_be_read_is_asked_for_once_more() {
    let stage = stage(MovesTold::ByFolder).await;
    let item = stage.has("Archiv", "Frage");
    stage.moves(&item, DROP);
    stage.order("exchange:html:GetEvents:0+1");
    stage.sync().await;
    assert_eq!(stage.place_of("Frage"), ["Archiv"]);
}

#[tokio::test]
async fn s8_r5_8_a_server_that_refuses_to_tell_of_moves_stops_nothing() {
    let stage = stage(MovesTold::ByFolder).await;
    let item = stage.has("Archiv", "Frage");
    stage.seconds_pass(3_600);
    stage.sync().await;
    stage.moves(&item, DROP);
    stage.order("exchange:unlisted:GetEvents");
    stage.sync().await;
    assert_eq!(stage.place_of("Frage"), ["Archiv"], "the index has seen it");
    assert_eq!(stage.one_email().subject, "Frage");
    // It is asked anew, and tells again once it can.
    stage.sandbox.ground.faults.clear();
    stage.seconds_pass(60);
    let item = stage.has("inbox/Kunden", "Another");
    stage.moves(&item, DROP);
    stage.sync().await;
    assert_eq!(stage.place_of("Another"), ["Inbox/Kunden"]);
}

#[tokio::test]
async fn r5_8_a_mail_goes_back_into_no_folder_the_user_has_deleted() {
    for told in ALL {
        for is_late in [false, true] {
            let stage = stage(told).await;
            let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
            let theirs = stage.has("Archiv", "Theirs");
            let mine = exchange.send(me, &Letter::new(me, KUNDE, "Mine").bytes());
            let mine = stage.moves(&mine.expect("it is sent"), "Archiv");
            stage.seconds_pass(3_600);
            stage.sync().await;
            for item in [&theirs, &mine] {
                stage.moves(item, DROP);
            }
            if is_late {
                // By then it is known where they lay.
                stage.order("exchange:busy:MoveItem:0+100:3000");
                stage.failing_sync().await;
                stage.sandbox.ground.faults.clear();
            }
            let deleted = Act::MoveFolder {
                path: "Archiv".to_owned(),
                to: "deleteditems".to_owned(),
            };
            exchange.act(me, &deleted).expect("it is there");
            stage.seconds_pass(60);
            stage.sync().await;
            assert_eq!(stage.place_of("Theirs"), ["Inbox"], "{told:?} {is_late}");
            assert_eq!(stage.place_of("Mine"), ["Sent Items"], "{told:?} {is_late}");
            stage.assert_settled().await;
        }
    }
}

#[tokio::test]
async fn r5_8_of_a_mail_nobody_knows_of_its_sender_decides() {
    let stage = stage(MovesTold::Never).await;
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    let mine = exchange.send(me, &Letter::new(me, KUNDE, "Mine").bytes());
    stage.moves(&mine.expect("it is sent"), DROP);
    stage.drops(&Letter::new(KUNDE, me, "Theirs"), DROP);
    stage.sync().await;
    assert_eq!(stage.place_of("Mine"), ["Sent Items"]);
    assert_eq!(stage.place_of("Theirs"), ["Inbox"]);
}

#[tokio::test]
async fn r5_8_a_phone_that_copies_and_deletes_is_followed_by_the_index() {
    let stage = stage(MovesTold::ByFolder).await;
    let item = stage.has("Archiv", "Frage");
    stage.seconds_pass(3_600);
    stage.sync().await;
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    exchange
        .copy_and_delete(me, &item, DROP)
        .expect("as phones do");
    stage.sync().await;
    assert_eq!(stage.place_of("Frage"), ["Archiv"]);
}

#[tokio::test]
async fn r5_8_a_mail_keeps_what_it_has_on_its_way() {
    let stage = stage(MovesTold::ByFolder).await;
    let item = stage.has("Archiv", "Frage");
    let before = stage.mails_called("Frage").remove(0);
    assert_eq!(before.id, item);
    stage.moves(&item, DROP);
    stage.sync().await;
    let after = stage.mails_called("Frage").remove(0);
    assert_eq!(after.is_read, before.is_read);
    assert_eq!(after.search_key, before.search_key);
    let mark = after.mark.expect("an imported mail is marked");
    let record = stage.one_email().id;
    assert!(mark.ends_with(&format!("/{record}")), "{mark}");
}

#[tokio::test]
async fn r5_8_a_mail_the_user_takes_away_again_is_left_alone() {
    let stage = stage(MovesTold::ByFolder).await;
    let dropped = stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.order("crm:503::0+100:1");
    stage.try_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.moves(&dropped, "Archiv");
    stage.seconds_pass(3_600);
    stage.sync().await;
    assert_eq!(stage.place_of("Frage"), ["Archiv"]);
    assert!(stage.sandbox.crm.emails().is_empty());
}

#[tokio::test]
async fn r7_11_a_folder_in_deleted_items_is_made_anew_and_what_lies_in_it_is_not_imported() {
    for folder in [DROP, "CRM-Sync/Leads"] {
        for looks in [false, true] {
            let stage = stage(MovesTold::ByFolder).await;
            let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
            let id = || {
                let folders = exchange.folders(me).into_iter();
                let mut all = folders.filter(|one| one.path == folder);
                all.next().map(|one| one.id)
            };
            let before = id();
            stage.drops(&Letter::new(KUNDE, me, "Thrown away"), "CRM-Sync/Leads");
            let deleted = Act::MoveFolder {
                path: folder.to_owned(),
                to: "deleteditems".to_owned(),
            };
            exchange.act(me, &deleted).expect("it is there");
            assert_eq!(id(), None);
            if looks {
                // Nothing is dropped any more, and it is noticed all the same.
                stage.seconds_pass(3_600);
                stage.sync().await;
            }
            stage.seconds_pass(60);
            stage.sync().await;
            assert!(stage.sandbox.crm.emails().is_empty(), "{folder}");
            assert!(id().is_some() && id() != before, "{folder}");
            let lies = stage.place_of("Thrown away").remove(0);
            assert!(lies.starts_with("Deleted Items/"), "{lies}");
            stage.drops(&Letter::new(KUNDE, me, "Frage"), "CRM-Sync/Leads");
            stage.sync().await;
            assert_eq!(stage.place_of("Frage"), ["Inbox"], "{folder}");
            assert_eq!(stage.one_email().subject, "Frage");
        }
    }
}

#[tokio::test]
async fn r7_11_a_removed_folder_is_made_anew_and_takes_mails_again() {
    for folder in [DROP, "CRM-Sync/Leads"] {
        let stage = stage(MovesTold::ByFolder).await;
        let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
        exchange.delete_folder(me, folder).expect("it is there");
        stage.sync().await;
        stage.drops(&Letter::new(KUNDE, me, "Frage"), "CRM-Sync/Leads");
        stage.sync().await;
        assert_eq!(stage.place_of("Frage"), ["Inbox"], "{folder}");
        assert_eq!(stage.one_email().subject, "Frage");
    }
}

/// What waits on the list, by title and reason.
async fn listed(stage: &Stage) -> Vec<(String, Code)> {
    let refusals = stage.store.refusals(Component::Emails).await;
    let refusals = refusals.expect("the profile is ours").into_iter();
    refusals
        .map(|refusal| (refusal.title, refusal.problem.code))
        .collect()
}

#[tokio::test]
async fn s9_r5_8_a_mail_that_may_not_be_moved_is_listed_until_it_is_back() {
    let stage = stage(MovesTold::ByFolder).await;
    let me = stage.user().email.clone();
    let pgp = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----";
    for letter in [
        Letter::new(KUNDE, &me, "Frage"),
        Letter::new(KUNDE, &me, "Geheim").saying(pgp),
        Letter::new(KUNDE, &me, "Another"),
    ] {
        stage.drops(&letter, DROP);
    }
    stage.order("exchange:access-denied:MoveItem::Frage");
    stage.order("exchange:access-denied:MoveItem::Geheim");
    for _ in 0..2 {
        let ran = stage.sync().await;
        assert_eq!(ran.tally.failed, 2);
        let mut waiting = listed(&stage).await;
        waiting.sort();
        let reason = Code::MailNotPutBack;
        assert_eq!(
            waiting,
            [("Frage".to_owned(), reason), ("Geheim".to_owned(), reason)]
        );
        assert_eq!(stage.place_of("Frage"), [DROP]);
        assert_eq!(stage.place_of("Another"), ["Inbox"]);
    }
    let refusals = stage.store.refusals(Component::Emails).await;
    let detail = &refusals.expect("the profile is ours")[0].problem.values["detail"];
    assert!(detail.contains("ErrorAccessDenied"), "{detail}");
    // One is put back by the user, the other one by a later sync.
    let geheim = stage.mails_called("Geheim").remove(0);
    stage.moves(&geheim.id, "Archiv");
    stage.sandbox.ground.faults.clear();
    let ran = stage.sync().await;
    assert_eq!(ran.tally.failed, 0);
    assert!(listed(&stage).await.is_empty());
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
    assert_eq!(stage.sandbox.crm.emails().len(), 2);
    stage.assert_settled().await;
}
