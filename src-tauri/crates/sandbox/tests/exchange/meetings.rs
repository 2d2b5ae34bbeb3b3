//! Meetings over the wire: what requests must say about sending, what would be sent, answers, and meetings of others.

use crate::calendar::{SILENT, WHOLE, create, delete, scene, set, text, update};
use crate::client::{Scene, all, get};
use sandbox::exchange::{Response, SentKind};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_does_not_say_whether_to_send_is_refused() {
    let scene = scene().await;
    let fields = "<t:Start>2027-05-03T10:00:00Z</t:Start>";
    assert_eq!(
        scene.codes(&create("", fields)),
        ["ErrorSendMeetingInvitationsRequired"]
    );
    let id = scene.ews(&create(SILENT, fields)).item_id();
    let silent = |request: String, attribute: &str| {
        request.replace(&format!(" {attribute}=\"SendToNone\""), "")
    };
    let change = update(
        &id,
        "SendToNone",
        &set("item:Subject", "<t:Subject>x</t:Subject>"),
    );
    assert_eq!(
        scene.codes(&silent(change, "SendMeetingInvitationsOrCancellations")),
        ["ErrorSendMeetingInvitationsOrCancellationsRequired"]
    );
    assert_eq!(
        scene.codes(&silent(
            delete(&id, "SendToNone"),
            "SendMeetingCancellations"
        )),
        ["ErrorSendMeetingCancellationsRequired"]
    );
}

fn attendees(addresses: &[&str]) -> String {
    let each: String = addresses
        .iter()
        .map(|address| format!("<t:Attendee><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox></t:Attendee>"))
        .collect();
    format!("<t:RequiredAttendees>{each}</t:RequiredAttendees>")
}

fn meeting(addresses: &[&str]) -> String {
    format!(
        "<t:Subject>Besprechung</t:Subject><t:Start>2027-05-03T10:00:00Z</t:Start>{}",
        attendees(addresses)
    )
}

fn sent(scene: &Scene) -> Vec<(SentKind, Vec<String>)> {
    let outbox = scene.running.exchange.outbox(&scene.user);
    let one = |sent: &sandbox::exchange::Sent| {
        let people = sent.recipients.iter().map(|one| one.address.clone());
        (sent.kind, people.collect())
    };
    outbox.iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_unless_a_request_asks_for_it() {
    let scene = scene().await;
    let id = scene
        .ews(&create(SILENT, &meeting(&["karl@kunde.example"])))
        .item_id();
    let people = set(
        "calendar:RequiredAttendees",
        &attendees(&["karl@kunde.example", "otto@kunde.example"]),
    );
    assert_eq!(
        scene.codes(&update(&id, "SendToNone", &people)),
        ["NoError"]
    );
    assert_eq!(
        text(&scene.ews(&get(&id, WHOLE)), "MeetingRequestWasSent").as_deref(),
        Some("false")
    );
    assert_eq!(scene.codes(&delete(&id, "SendToNone")), ["NoError"]);
    assert_eq!(sent(&scene), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_sends_lies_in_the_outbox() {
    let scene = scene().await;
    let loud = "SendMeetingInvitations=\"SendToAllAndSaveCopy\"";
    let id = scene
        .ews(&create(
            loud,
            &meeting(&["karl@kunde.example", "otto@kunde.example"]),
        ))
        .item_id();
    let people = set(
        "calendar:RequiredAttendees",
        &attendees(&["otto@kunde.example", "rita@kunde.example"]),
    );
    assert_eq!(
        scene.codes(&update(&id, "SendOnlyToChanged", &people)),
        ["NoError"]
    );
    let subject = set("item:Subject", "<t:Subject>anders</t:Subject>");
    assert_eq!(
        scene.codes(&update(&id, "SendToAllAndSaveCopy", &subject)),
        ["NoError"]
    );
    assert_eq!(
        text(&scene.ews(&get(&id, WHOLE)), "AppointmentSequenceNumber").as_deref(),
        Some("2")
    );
    assert_eq!(scene.codes(&delete(&id, "SendOnlyToAll")), ["NoError"]);
    let to = |kind, people: &[&str]| {
        (
            kind,
            people
                .iter()
                .map(|one| format!("{one}@kunde.example"))
                .collect(),
        )
    };
    assert_eq!(
        sent(&scene),
        [
            to(SentKind::Invitation, &["karl", "otto"]),
            to(SentKind::Invitation, &["rita"]),
            to(SentKind::Cancellation, &["karl"]),
            to(SentKind::Update, &["otto", "rita"]),
            to(SentKind::Cancellation, &["otto", "rita"]),
        ]
    );
    let door = scene.control("GET", &format!("exchange/outbox?user={}", scene.user), "");
    assert_eq!(door["sent"][0]["kind"], "invitation");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_noted_in_the_default_calendar_only_and_survives_the_clients_writes() {
    let scene = scene().await;
    let exchange = &scene.running.exchange;
    let id = scene
        .ews(&create(SILENT, &meeting(&["karl@kunde.example"])))
        .item_id();
    exchange
        .respond(&scene.user, &id, "karl@kunde.example", Response::Accept)
        .expect("he is invited");
    let answer = |id: &str| {
        let item = exchange.item(&scene.user, id).expect("it is there");
        item.fields["RequiredAttendees/karl@kunde.example"].clone()
    };
    assert_eq!(answer(&id), "Accept");
    let people = set(
        "calendar:RequiredAttendees",
        &attendees(&["KARL@kunde.example", "otto@kunde.example"]),
    );
    assert_eq!(
        scene.codes(&update(&id, "SendToNone", &people)),
        ["NoError"]
    );
    let item = exchange.item(&scene.user, &id).expect("it is there");
    assert_eq!(
        item.fields["RequiredAttendees/KARL@kunde.example"],
        "Accept"
    );
    assert_eq!(
        item.fields["RequiredAttendees/otto@kunde.example"],
        "Unknown"
    );

    let act = sandbox::exchange::Act::CreateFolder {
        path: "calendar/CRM-Sync".to_owned(),
        class: None,
    };
    exchange.act(&scene.user, &act).expect("the name is free");
    let fields = [
        ("Start", "2027-05-03T10:00:00Z"),
        ("RequiredAttendees", "Karl Kunde <karl@kunde.example>"),
    ];
    let other = exchange
        .create(&scene.user, "calendar/CRM-Sync", &fields)
        .expect("it can be made");
    exchange
        .respond(&scene.user, &other, "karl@kunde.example", Response::Accept)
        .expect("he is invited");
    assert_eq!(answer(&other), "Unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_of_somebody_else_can_be_changed_and_that_is_noted() {
    let scene = scene().await;
    let exchange = &scene.running.exchange;
    let fields = [("Subject", "Besuch"), ("Start", "2027-05-03T10:00:00Z")];
    let id = exchange
        .invited(
            &scene.user,
            "calendar",
            "Karl Kunde <karl@kunde.example>",
            Response::Tentative,
            &fields,
        )
        .expect("it can be made");
    let whole = scene.ews(&get(&id, WHOLE));
    let organiser = whole.first("Organizer").expect("an organiser");
    assert_eq!(
        all(&organiser, "EmailAddress")[0].text,
        "karl@kunde.example"
    );
    let texts = [
        "IsMeeting",
        "MyResponseType",
        "AppointmentState",
        "IsOrganizer",
    ]
    .map(|name| text(&whole, name).unwrap_or_default());
    assert_eq!(texts, ["true", "Tentative", "3", "false"]);
    assert_eq!(exchange.touched_meetings(&scene.user), []);
    let subject = set("item:Subject", "<t:Subject>meins</t:Subject>");
    assert_eq!(
        scene.codes(&update(&id, "SendToAllAndSaveCopy", &subject)),
        ["NoError"]
    );
    let touched = exchange.touched_meetings(&scene.user);
    assert_eq!(touched.len(), 1);
    assert_eq!(
        (touched[0].item.as_str(), touched[0].fields.as_slice()),
        (id.as_str(), ["Subject".to_owned()].as_slice())
    );
    assert_eq!(sent(&scene), []);
}
