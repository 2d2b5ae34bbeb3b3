//! Mails in odd answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Code;
use ports::{Addressee, ErrorKind, Mails};
use proptest::prelude::*;

use crate::server::{Act, Ending, Server};
use crate::{answers, failed, folder, item_ids, mailbox};

fn content(mime: &[u8]) -> String {
    let lines: Vec<String> = STANDARD
        .encode(mime)
        .into_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!(
        "<t:MimeContent CharacterSet='UTF-8'>{}</t:MimeContent>",
        lines.join("&#xD;\n")
    )
}

#[tokio::test]
async fn r5_1_only_addresses_that_mean_something_outside_are_people() {
    let people = "<t:ToRecipients>\
        <t:Mailbox><t:Name>Ben</t:Name><t:EmailAddress>ben@x.example</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox>\
        <t:Mailbox><t:Name>In</t:Name><t:EmailAddress>/O=FIRMA/CN=IN</t:EmailAddress><t:RoutingType>EX</t:RoutingType></t:Mailbox>\
        <t:Mailbox><t:Name>In</t:Name><t:EmailAddress>/o=firma/cn=in</t:EmailAddress></t:Mailbox>\
        <t:Mailbox><t:EmailAddress> eva@x.example </t:EmailAddress></t:Mailbox>\
        <t:Mailbox><t:Name>Nobody</t:Name></t:Mailbox></t:ToRecipients>\
        <t:Sender><t:Mailbox><t:EmailAddress>office@x.example</t:EmailAddress></t:Mailbox></t:Sender>";
    let boss = "<t:From><t:Mailbox><t:Name>Chef</t:Name><t:EmailAddress>chef@x.example</t:EmailAddress></t:Mailbox></t:From>";
    let inside = "<t:From><t:Mailbox><t:EmailAddress>/O=F/CN=C</t:EmailAddress><t:RoutingType>EX</t:RoutingType></t:Mailbox></t:From>";
    let mime = content(b"Mail");
    let mails = [boss, inside].map(|from| answers::mail("I", &format!("{mime}{people}{from}")));
    let server = Server::start(move |_| Act::xml(answers::answer(&mails))).await;
    let mails = mailbox(&server)
        .fetch(&item_ids(2))
        .await
        .expect("answered");
    let mails: Vec<_> = mails.into_iter().map(|mail| mail.expect("read")).collect();
    let person = |name: &str, address: &str| Addressee {
        name: name.to_owned(),
        address: address.to_owned(),
    };
    assert_eq!(
        mails[0].to,
        [person("Ben", "ben@x.example"), person("", "eva@x.example")]
    );
    assert_eq!(mails[0].from, [person("Chef", "chef@x.example")]);
    assert_eq!(mails[1].from, [person("", "office@x.example")]);
    assert_eq!(mails[0].mime, b"Mail");
}

#[tokio::test]
async fn r5_1_a_mail_without_content_is_refused_alone() {
    let with = |content: &str| answers::mail("I", content);
    let messages = [
        with(&content(b"eins")),
        with(""),
        with("<t:MimeContent/>"),
        with("<t:MimeContent></t:MimeContent>"),
        with("<t:MimeContent>no base64!</t:MimeContent>"),
        answers::error("ErrorItemNotFound"),
        with(&content(b"zwei")),
    ];
    let server = Server::start(move |_| Act::xml(answers::answer(&messages))).await;
    let mails = mailbox(&server)
        .fetch(&item_ids(7))
        .await
        .expect("answered");
    let mut read = Vec::new();
    for (number, mail) in mails.into_iter().enumerate() {
        match mail {
            Ok(mail) => read.push((number, mail.mime)),
            Err(failure) if number == 5 => assert_eq!(failure.kind, ErrorKind::Gone),
            Err(failure) => {
                assert_eq!(failure.kind, ErrorKind::Refused { field: None }, "{number}");
                assert_eq!(failure.problem.code, Code::AnswerMalformed);
            }
        }
    }
    assert_eq!(read, [(0, b"eins".to_vec()), (6, b"zwei".to_vec())]);
}

#[tokio::test]
async fn r5_1_an_answer_cut_short_is_no_mail() {
    let answer = answers::answer(&[answers::mail("I", &content(&[7; 5000]))]);
    for (part, ending, wanted) in [
        (
            answer.len() / 2,
            Ending::Cut,
            (ErrorKind::Offline, Code::ConnectionLost),
        ),
        (
            answer.len() / 2,
            Ending::Whole,
            (ErrorKind::Malformed, Code::AnswerMalformed),
        ),
        (
            answer.len() - 3,
            Ending::Whole,
            (ErrorKind::Malformed, Code::AnswerMalformed),
        ),
    ] {
        let bytes = answer.as_bytes()[..part].to_vec();
        let server = Server::start(move |_| Act::Pieces(vec![bytes.clone()], ending)).await;
        assert_eq!(failed(mailbox(&server).fetch(&item_ids(1)).await), wanted);
    }
}

#[tokio::test]
async fn r5_1_what_the_server_had_no_time_for_is_fetched_with_its_own_content() {
    let server = Server::start(|asked| {
        let messages = answers::ids(&asked.body)
            .into_iter()
            .enumerate()
            .map(|(number, id)| match number {
                0 => answers::mail(&id, &content(id.as_bytes())),
                _ => answers::busy(10),
            });
        Act::xml(answers::answer(&messages.collect::<Vec<_>>()))
    })
    .await;
    let mails = mailbox(&server)
        .fetch(&item_ids(3))
        .await
        .expect("answered");
    for (number, mail) in mails.into_iter().enumerate() {
        assert_eq!(
            mail.expect("after waiting").mime,
            format!("I{number}").into_bytes()
        );
    }
}

#[tokio::test]
async fn r5_1_entries_of_other_kinds_are_not_listed_whatever_element_they_come_in() {
    let entry = |element: &str, id: &str, class: &str| {
        format!(
            "<t:Create><t:{element}><t:ItemId Id='{id}' ChangeKey='K'/><t:ItemClass>{class}</t:ItemClass></t:{element}></t:Create>"
        )
    };
    let entries = [
        entry("Message", "A", "IPM.Note"),
        entry("MeetingRequest", "B", "IPM.Schedule.Meeting.Request"),
        entry("PostItem", "C", "IPM.Post"),
        entry("Message", "D", "REPORT.IPM.Note.NDR"),
        entry("MeetingCancellation", "E", ""),
        entry("Message", "F", "IPM.TaskRequest"),
        entry("Contact", "X", "IPM.Contact"),
        entry("CalendarItem", "X", "IPM.Appointment"),
        entry("Task", "X", "IPM.Task"),
        entry("DistributionList", "X", "IPM.DistList"),
        entry("Message", "X", "ipm.contact.special"),
        entry("Item", "X", "IPM.StickyNote"),
    ];
    let read = "<t:ReadFlagChange><t:ItemId Id='R'/><t:IsRead>true</t:IsRead></t:ReadFlagChange>";
    let page = answers::success(&format!(
        "<m:SyncState>S</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes>{}{read}</m:Changes>",
        entries.concat()
    ));
    let server =
        Server::start(move |_| Act::xml(answers::answer(std::slice::from_ref(&page)))).await;
    let changes = mailbox(&server)
        .mail_changes(&folder(), None)
        .await
        .expect("answered");
    let ids: Vec<&str> = changes.seen.iter().map(|head| head.id.as_str()).collect();
    assert_eq!(ids, ["A", "B", "C", "D", "E", "F"]);
    assert!(changes.gone.is_empty() && !changes.more);
    let body = &server.asked()[0].body;
    for path in [
        "item:DateTimeReceived",
        "item:Size",
        "message:InternetMessageId",
    ] {
        assert!(body.contains(path), "{body}");
    }
    assert!(
        body.contains("PropertyTag=\"0x300B\" PropertyType=\"Binary\""),
        "{body}"
    );
}

#[tokio::test]
async fn s6_a_mark_is_one_field_and_tells_nobody() {
    let server = Server::start(|asked| {
        let messages = answers::ids(&asked.body)
            .into_iter()
            .map(|id| answers::mail(&id, ""));
        Act::xml(answers::answer(&messages.collect::<Vec<_>>()))
    })
    .await;
    let ids = item_ids(120);
    let marks: Vec<_> = ids.iter().map(|id| (id.clone(), "x".to_owned())).collect();
    let answers = mailbox(&server).mark(&marks).await.expect("answered");
    assert!(answers.len() == 120 && answers.iter().all(Result::is_ok));
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    for asked in asked {
        assert_eq!(asked.count("=\"SendToNone\""), 1);
        assert_eq!(asked.count("MessageDisposition=\"SaveOnly\""), 1);
        assert_eq!(
            asked.count("<t:SetItemField>"),
            asked.count("<t:ItemChange>")
        );
        assert_eq!(asked.count("ChangeKey="), 0);
    }
}

#[tokio::test]
async fn a_batch_that_fails_leaves_what_was_done_before_it_known() {
    for (act, of_batch) in [
        (503_u16, ErrorKind::Offline),
        (200, ErrorKind::OutcomeUnknown),
    ] {
        let mut calls = 0;
        let server = Server::start(move |asked| {
            calls += 1;
            let messages = answers::ids(&asked.body)
                .into_iter()
                .map(|id| answers::mail(&id, ""));
            match (calls, act) {
                (1, _) => Act::xml(answers::answer(&messages.collect::<Vec<_>>())),
                (_, 503) => Act::status(401),
                _ => Act::Cut,
            }
        })
        .await;
        let answers = mailbox(&server)
            .move_mails(&item_ids(120), &folder())
            .await
            .expect("answered");
        assert_eq!(answers.len(), 120);
        let kind = |number: usize| {
            answers[number]
                .as_ref()
                .err()
                .map(|failure| failure.kind.clone())
        };
        assert_eq!((kind(0), kind(49)), (None, None));
        let of_batch = if act == 503 {
            ErrorKind::SignInNeeded
        } else {
            of_batch
        };
        assert_eq!(kind(50), Some(of_batch.clone()));
        let rest = if act == 503 {
            of_batch
        } else {
            ErrorKind::Offline
        };
        assert_eq!(kind(119), Some(rest), "it was not tried");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn r5_1_a_mail_is_the_same_in_whatever_pieces_it_comes(
        mails in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..4000), 1..4),
        cuts in proptest::collection::vec(0.0..1.0_f64, 0..40),
    ) {
        let messages: Vec<String> = mails.iter().map(|mail| answers::mail("I", &content(mail))).collect();
        let bytes = answers::answer(&messages).into_bytes();
        let mut ends: Vec<usize> = cuts.iter().map(|cut| (cut * bytes.len() as f64) as usize).collect();
        ends.push(bytes.len());
        ends.sort_unstable();
        let mut begin = 0;
        let pieces: Vec<Vec<u8>> =
            ends.iter().map(|end| bytes[std::mem::replace(&mut begin, *end)..*end].to_vec()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let fetched = runtime.block_on(async {
            let server = Server::start(move |_| Act::Pieces(pieces.clone(), Ending::Whole)).await;
            mailbox(&server).fetch(&item_ids(mails.len())).await.expect("answered")
        });
        let fetched: Vec<Vec<u8>> = fetched.into_iter().map(|mail| mail.expect("read").mime).collect();
        prop_assert_eq!(fetched, mails);
    }
}
