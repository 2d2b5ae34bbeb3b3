//! Mails find their way back into the folder they came from (R5.8), and a removed folder is made anew (R7.11).

use model::{Component, Policy};
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
