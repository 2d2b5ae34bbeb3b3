//! What the user is told by notifications, and that a button pressed there does what it says.

use crate::notes::Daemon;
use crate::office::{Office, made_in_the_crm};
use crate::process::Running;
use crate::session::Session;
use crate::tray::{Icon, Panel};

/// The app at work in the background, on a desktop with a panel and a daemon for notifications.
struct Day<'a> {
    office: Office,
    daemon: Daemon<'a>,
    record: String,
    icon: Icon,
    _app: Running,
}

impl<'a> Day<'a> {
    /// Both sides change a contact's phone, under the strategy that leaves the choice to the user.
    async fn with_a_conflict(session: &'a Session) -> Self {
        session.manage("conflict_strategy = \"none\"\n");
        let office = Office::connected(session, 0).await;
        let record = made_in_the_crm(&office, &[("lastname", "Åkesson"), ("phone", "110")]);
        let daemon = Daemon::start(session);
        let mut panel = Panel::start(session).await;
        let app = office.app_in_background(session);
        let icon = panel.icon().await;
        office.item_arrives("Åkesson").await;
        icon.line_is("In sync").await;
        office.both_sides_change_the_phone(&record, "Åkesson");
        icon.choose("Sync now").await;
        let note = daemon.note("Conflict: Åkesson").await;
        assert_eq!(note.text, "Phone: CRM “117”, Exchange “118”");
        Self {
            office,
            daemon,
            record,
            icon,
            _app: app,
        }
    }

    async fn both_hold(&self, phone: &str) {
        let (office, record) = (&self.office, &self.record);
        office.record_holds(record, "phone", phone).await;
        let field = "PhoneNumbers/BusinessPhone";
        office.item_comes_to_hold("Åkesson", field, phone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_4_the_crms_version_is_kept_from_the_notification() {
    let session = Session::start();
    let day = Day::with_a_conflict(&session).await;
    day.daemon.press("Keep CRM").await;
    day.both_hold("117").await;
    session.windows(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_4_the_mailboxs_version_is_kept_from_the_notification() {
    let session = Session::start();
    let day = Day::with_a_conflict(&session).await;
    day.daemon.press("Keep Exchange").await;
    day.both_hold("118").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_4_comparing_opens_the_window() {
    let session = Session::start();
    let day = Day::with_a_conflict(&session).await;
    day.daemon.press("Compare").await;
    session.windows(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_5_a_password_that_is_refused_asks_for_a_sign_in() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let daemon = Daemon::start(&session);
    let mut panel = Panel::start(&session).await;
    let mut secrets = office.secrets();
    secrets[1].1 = "not the password".to_owned();
    let _app = Running::start(session.app(&["--background", "--lang", "de"]).envs(secrets));
    panel.icon().await;
    let note = daemon.note("Bitte melden Sie sich neu an").await;
    assert!(note.text.contains("Passwort"), "{note:?}");
    daemon.click().await;
    session.windows(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_4_a_note_is_taken_back_when_what_it_says_no_longer_holds() {
    let session = Session::start();
    let day = Day::with_a_conflict(&session).await;
    day.daemon.has_on_screen(1).await;
    // The conflict goes on between other values: what was said of it is replaced.
    let field = "PhoneNumbers/BusinessPhone";
    day.office.edits_item("Åkesson", &[(field, "119")]);
    day.icon.choose("Sync now").await;
    day.daemon.says("Phone: CRM “117”, Exchange “119”").await;
    day.daemon.has_on_screen(1).await;
    // Both sides come to hold the same: there is nothing to decide any more.
    day.office.edits_item("Åkesson", &[(field, "117")]);
    day.icon.choose("Sync now").await;
    day.icon.line_is("In sync").await;
    day.daemon.has_on_screen(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_7_an_encrypted_mail_that_goes_back_is_told() {
    let session = Session::start();
    let office = Office::connected(&session, 0).await;
    let daemon = Daemon::start(&session);
    let mut panel = Panel::start(&session).await;
    let _app = office.app_in_background(&session);
    let icon = panel.icon().await;
    icon.line_is("In sync").await;
    let mail =
        b"From: kunde@firma.example\r\nTo: anna@firma.example\r\nSubject: Vertraulich\r\n\r\n\
        -----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA9kYwQ\r\n-----END PGP MESSAGE-----\r\n";
    let exchange = &office.sandbox.exchange;
    let dropped = exchange.deliver(&office.user().email, "CRM-Sync", mail);
    dropped.expect("the folder is there");
    icon.choose("Sync now").await;
    let note = daemon.note("1 e-mail was not imported").await;
    assert!(note.text.starts_with("Vertraulich\n"), "{note:?}");
    assert!(note.text.contains("encrypted"), "{note:?}");
}
