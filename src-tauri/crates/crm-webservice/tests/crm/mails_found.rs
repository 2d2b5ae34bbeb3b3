//! Whether e-mails are there already, against the sandbox (R5.5).

use model::RecordId;
use ports::{CrmMails, ErrorKind, MailKey};
use sandbox::company::Role;
use sandbox::crm::Presence;

use crate::mails::{installed, key, letter};
use crate::stage::Stage;

fn texts(ids: &[RecordId]) -> Vec<&str> {
    ids.iter().map(RecordId::as_str).collect()
}

#[tokio::test]
async fn r5_5_two_who_import_at_the_same_moment_see_the_same_first_one() {
    let stage = Stage::with(0).await;
    let (anna, ben) = (stage.crm(), stage.crm_as(Role::Colleague, |_| {}));
    let import = async |crm: &crm_webservice::WebserviceCrm| {
        let keys = [key("m1@x.example")];
        let before = crm.find_mails(&keys).await.expect("looked");
        let own = crm
            .create_mail(&letter("m1@x.example"))
            .await
            .expect("created")
            .id;
        (before, own)
    };
    // Both have looked and made theirs before either of them looks again.
    let ((none, hers), (nor_his, his)) = tokio::join!(import(&anna), import(&ben));
    assert!(none[0].is_empty() || nor_his[0].is_empty());
    let keys = [key("M1@X.example")];
    let seen = anna.find_mails(&keys).await.expect("found");
    assert_eq!(seen, ben.find_mails(&keys).await.expect("found"));
    assert_eq!(seen[0].len(), 2);
    let number = |id: &RecordId| id.as_str()[3..].parse::<u64>().expect("a number");
    let first = if number(&hers) < number(&his) {
        &hers
    } else {
        &his
    };
    assert_eq!(&seen[0][0], first);
    for (who, own) in [(&anna, &hers), (&ben, &his)] {
        let told = who.own_mails(&seen[0]).await.expect("told");
        assert_eq!(texts(&told), [own.as_str()]);
    }
    let (loser, id) = match first == &hers {
        true => (&ben, &his),
        false => (&anna, &hers),
    };
    loser.remove_mail(id).await.expect("removed");
    let left = anna.find_mails(&keys).await.expect("found");
    assert_eq!(texts(&left[0]), [first.as_str()]);
    let failure = loser.remove_mail(id).await.expect_err("it is gone");
    assert_eq!(failure.kind, ErrorKind::Gone);
}

#[tokio::test]
async fn r5_5_mails_are_found_by_their_keys_in_the_order_asked() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    let mut ids = Vec::new();
    let strange = "größe'&amp;😀@x.example";
    for text in ["a@x.example", strange, "<b@x.example>", "a@x.example"] {
        ids.push(crm.create_mail(&letter(text)).await.expect("created").id);
    }
    let long = format!("{}@x.example", "x".repeat(300));
    ids.push(crm.create_mail(&letter(&long)).await.expect("created").id);
    let keys = [
        key("missing@x.example"),
        key("<B@X.example>"),
        key(strange),
        key("A@x.example"),
        key("grösse'&amp;😀@x.example"),
        key("b@x.example"),
        key(&long),
    ];
    let found = crm.find_mails(&keys).await.expect("found");
    let found: Vec<Vec<&str>> = found.iter().map(|ids| texts(ids)).collect();
    let id = |place: usize| ids[place].as_str();
    let expected = [
        vec![],
        vec![id(2)],
        vec![id(1)],
        vec![id(0), id(3)],
        vec![],
        vec![id(2)],
        vec![id(4)],
    ];
    assert_eq!(found, expected);
    let many: Vec<MailKey> = (0..300)
        .map(|number| {
            key(&format!(
                "a-rather-long-message-id.{number}@mail.muster.example"
            ))
        })
        .chain([key("a@x.example")])
        .collect();
    let (found, requests) = stage.count(crm.find_mails(&many)).await;
    let found = found.expect("found");
    assert_eq!(found.len(), 301);
    assert_eq!(found[300].len(), 2);
    assert!(requests < 20, "{requests}");
}

#[tokio::test]
async fn r5_5_a_mail_without_a_subject_is_found_under_what_another_language_calls_it() {
    let stage = installed(|options| options.crm_key_field = Presence::Absent).await;
    let crm = stage.crm();
    let mut mail = letter("not kept");
    mail.key.subject = "(kein Betreff)".to_owned();
    let id = crm.create_mail(&mail).await.expect("created").id;
    let other = MailKey {
        subject: "(no subject)".to_owned(),
        ..mail.key.clone()
    };
    let same = MailKey {
        other_subjects: vec!["(kein Betreff)".to_owned()],
        ..other.clone()
    };
    let found = crm.find_mails(&[other, same]).await.expect("looked");
    assert_eq!(found, [vec![], vec![id]]);
}

#[tokio::test]
async fn r5_5_without_a_field_a_mail_is_known_by_sender_second_and_subject() {
    for zone in ["UTC", "Europe/Berlin"] {
        let stage = installed(|options| {
            options.crm_key_field = Presence::Absent;
            options.crm_zone = zone.to_owned();
        })
        .await;
        let crm = stage.crm();
        assert_eq!(
            crm.mail_abilities().await.expect("abilities").key_field,
            None
        );
        let mut mail = letter("not kept");
        mail.key.subject = format!("Grüße 😀 &amp; {}", "lang ".repeat(80));
        let keys = [mail.key.clone()];
        assert!(crm.find_mails(&keys).await.expect("none")[0].is_empty());
        let id = crm.create_mail(&mail).await.expect("created").id;
        let second = crm.create_mail(&mail).await.expect("created").id;
        let others = [
            MailKey {
                sent: "2026-11-20T09:30:16Z".parse().expect("a time"),
                ..mail.key.clone()
            },
            MailKey {
                from: "zoë@muster.example".to_owned(),
                ..mail.key.clone()
            },
            MailKey {
                subject: "Anders".to_owned(),
                ..mail.key.clone()
            },
            MailKey {
                from: "ZOE@muster.example".to_owned(),
                text: "other".to_owned(),
                ..mail.key.clone()
            },
        ];
        let asked: Vec<MailKey> = keys.into_iter().chain(others).collect();
        // A new program learns the zone from records of its user.
        stage.contact(&[("lastname", "Groß")]);
        for crm in [crm, stage.crm()] {
            let found = crm.find_mails(&asked).await.expect("found");
            let both = vec![id.as_str(), second.as_str()];
            let found: Vec<Vec<&str>> = found.iter().map(|ids| texts(ids)).collect();
            assert_eq!(
                found,
                [both.clone(), vec![], vec![], vec![], both],
                "{zone}"
            );
        }
        let hour = if zone == "UTC" { "09" } else { "10" };
        let stored = stage.sandbox.crm.email(id.as_str()).expect("it is there");
        assert_eq!(stored.sent.1, format!("{hour}:30:15"));
        assert_eq!(stored.to, mail.to, "nothing was wrapped again");
        // Where he has none, he makes the mail twice and then sees that he did.
        let ben = stage.crm_as(Role::Colleague, |_| {});
        let before = ben.find_mails(&asked[..1]).await.expect("looked");
        assert_eq!(before[0].len(), if zone == "UTC" { 2 } else { 0 });
        let his = ben.create_mail(&mail).await.expect("created").id;
        let after = ben.find_mails(&asked[..1]).await.expect("found");
        assert_eq!(after, [vec![id, second, his]], "{zone}");
    }
}
