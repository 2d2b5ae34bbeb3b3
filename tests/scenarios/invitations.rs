//! Contacts and leads who are invited to events of the CRM (R3.7): the policy switches it on, Exchange sends the mails, and the answers
//! come back where the standard calendar is used. Whoever hears of what is read from what the sandbox's Exchange would have sent.

use model::Component;
use model::policy::FolderChoice;
use sandbox::exchange::{Response, Sent, SentKind};
use sandbox::options::Mode;
use scenarios::calendar::seen_line;
use scenarios::people::{field, text};
use scenarios::stage::Stage;

/// The field of the CRM that takes the answers, as an administrator adds and the policy names it.
const ANSWERS: &str = "cf_900";

/// A stage whose policy invites, into this calendar.
async fn inviting(calendar: FolderChoice) -> Stage {
    let mut stage = Stage::of(Component::Appointments, Mode::Exchange).await;
    let added = format!("Events:{ANSWERS}:Answers:text");
    let added = added.parse().expect("a field as documented");
    stage.sandbox.crm.add_field(added).expect("a new field");
    stage.policy.send_invitations = true;
    stage.policy.folders.appointments = calendar;
    let fields = &mut stage.policy.fields.appointments;
    fields.insert("answers".to_owned(), ANSWERS.to_owned());
    stage.anew()
}

/// An event with a contact and a lead who have addresses.
fn schedules_with_guests(stage: &Stage) -> String {
    let crm = &stage.sandbox.crm;
    let person = |module, fields: &[(&str, &str)]| {
        let made = crm.create(&stage.user().name, module, fields);
        text(&made.expect("a person can be made"), "id")
    };
    let ben = person(
        "Contacts",
        &[
            ("firstname", "Ben"),
            ("lastname", "Groß"),
            ("email", "ben@kunde.example"),
        ],
    );
    let lea = person(
        "Leads",
        &[
            ("firstname", "Lea"),
            ("lastname", "Neu"),
            ("company", "Neu KG"),
            ("email", "lea@neu.example"),
        ],
    );
    stage.schedules(&[
        ("subject", "Workshop"),
        ("date_start", "2026-06-10"),
        ("time_start", "08:00:00"),
        ("due_date", "2026-06-10"),
        ("time_end", "09:00:00"),
        ("contact_id", &ben),
        ("parent_id", &lea),
    ])
}

fn outbox(stage: &Stage) -> Vec<Sent> {
    stage.sandbox.exchange.outbox(&stage.user().email)
}

/// What was sent, with the addresses it went to.
fn sent(stage: &Stage) -> Vec<(SentKind, Vec<String>)> {
    let addresses = |sent: Sent| {
        let mut addresses: Vec<String> = sent
            .recipients
            .into_iter()
            .map(|recipient| recipient.address)
            .collect();
        addresses.sort();
        (sent.kind, addresses)
    };
    outbox(stage).into_iter().map(addresses).collect()
}

fn both() -> Vec<String> {
    vec!["ben@kunde.example".to_owned(), "lea@neu.example".to_owned()]
}

#[tokio::test]
async fn r3_7_contacts_and_leads_get_the_invitation_of_exchange_and_later_what_concerns_them() {
    let stage = inviting(FolderChoice::Standard).await;
    let event = schedules_with_guests(&stage);
    stage.sync().await;
    assert_eq!(sent(&stage), [(SentKind::Invitation, both())]);
    stage.assert_settled().await;
    // What is said about it in the CRM is no concern of the guests.
    stage.edits_record(&event, &[("description", "Coffee is ordered")]);
    stage.sync().await;
    assert_eq!(sent(&stage).len(), 1);
    stage.edits_record(
        &event,
        &[("time_start", "09:00:00"), ("time_end", "10:00:00")],
    );
    stage.sync().await;
    assert_eq!(
        seen_line(&stage.item_titled("Workshop")),
        "2026-06-10T09:00:00Z..2026-06-10T10:00:00Z Workshop"
    );
    assert_eq!(sent(&stage)[1..], [(SentKind::Update, both())]);
    stage.assert_settled().await;
    let crm = &stage.sandbox.crm;
    crm.delete(&stage.user().name, &event).expect("deleted");
    stage.sync().await;
    assert_eq!(stage.items().len(), 0);
    assert_eq!(sent(&stage)[2..], [(SentKind::Cancellation, both())]);
}

#[tokio::test]
async fn r3_7_answers_come_back_to_the_crm_from_the_standard_calendar() {
    let stage = inviting(FolderChoice::Standard).await;
    schedules_with_guests(&stage);
    stage.sync().await;
    let item = stage.item_titled("Workshop").id;
    let exchange = &stage.sandbox.exchange;
    for (attendee, response) in [
        ("ben@kunde.example", Response::Accept),
        ("lea@neu.example", Response::Decline),
    ] {
        exchange
            .respond(&stage.user().email, &item, attendee, response)
            .expect("an attendee");
    }
    stage.sync().await;
    let answers = text(&stage.titled("Workshop"), ANSWERS);
    assert!(answers.contains("ben@kunde.example"), "{answers}");
    assert!(answers.contains("lea@neu.example"), "{answers}");
    let before = answers;
    exchange
        .respond(
            &stage.user().email,
            &item,
            "lea@neu.example",
            Response::Tentative,
        )
        .expect("an attendee");
    stage.sync().await;
    let answers = text(&stage.titled("Workshop"), ANSWERS);
    assert_ne!(answers, before);
    // Nobody hears of an answer that came back.
    assert_eq!(sent(&stage).len(), 1);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r3_7_from_the_connectors_own_calendar_no_answers_come_back() {
    let stage = inviting(FolderChoice::CrmSync).await;
    schedules_with_guests(&stage);
    stage.sync().await;
    assert_eq!(sent(&stage), [(SentKind::Invitation, both())]);
    let item = stage.item_titled("Workshop").id;
    let exchange = &stage.sandbox.exchange;
    exchange
        .respond(
            &stage.user().email,
            &item,
            "ben@kunde.example",
            Response::Accept,
        )
        .expect("an attendee");
    stage.sync().await;
    let answers = text(&stage.titled("Workshop"), ANSWERS);
    assert!(!answers.to_lowercase().contains("accept"), "{answers}");
    stage.assert_settled().await;
}

#[tokio::test]
async fn r3_6_s6_without_the_policy_nobody_is_invited() {
    let stage = Stage::of(Component::Appointments, Mode::Exchange).await;
    schedules_with_guests(&stage);
    stage.sync().await;
    assert_eq!(
        field(&stage.item_titled("Workshop"), "RequiredAttendees"),
        ""
    );
    assert_eq!(outbox(&stage), []);
    stage.assert_settled().await;
}
