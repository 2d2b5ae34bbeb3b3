//! What a mail is judged to be, without asking anybody. What is not here: what becomes of it (the scenarios).

use model::{ChangeKey, ItemId};
use ports::MailHead;

use super::*;

const ME: &str = "anna@firma.example";

fn fetched(mime: &str) -> FetchedMail {
    FetchedMail {
        head: MailHead {
            id: ItemId::new("m1"),
            change_key: ChangeKey::new("c1"),
            message_id: None,
            search_key: None,
            received: "2027-03-10T08:00:00Z".parse().ok(),
            size: 0,
            mark: None,
            is_note: false,
        },
        class: "IPM.Note".to_owned(),
        from: vec![],
        to: vec![],
        cc: vec![],
        bcc: vec![],
        mime: mime.as_bytes().to_vec(),
    }
}

fn judged(fetched: FetchedMail) -> Judged {
    judged_in(fetched, "(no subject)")
}

fn judged_in(fetched: FetchedMail, no_subject: &str) -> Judged {
    let policy = Policy::default();
    let rules = Rules {
        policy: &policy,
        own_addresses: &[ME.to_owned()],
        no_subject,
        no_subjects: &["(kein Betreff)".to_owned(), "(no subject)".to_owned()],
        now: "2027-03-11T08:00:00Z".parse().expect("a moment"),
    };
    rules.judge(fetched)
}

fn ready(fetched: FetchedMail) -> Ready {
    match judged(fetched).verdict {
        Verdict::Import(ready) => *ready,
        other => panic!("it is not imported: {other:?}"),
    }
}

fn person(address: &str) -> Addressee {
    Addressee {
        name: String::new(),
        address: address.to_owned(),
    }
}

#[test]
fn r5_1_addresses_the_server_resolved_count_as_the_mails_own() {
    let mut mail = fetched(
        "From: IMCEAEX-_o=firma_cn=ben@firma.example\r\nTo: K@kunde.example\r\nSubject: x\r\n\r\nhello\r\n",
    );
    mail.from = vec![person("ben@firma.example")];
    mail.to = vec![person("k@kunde.example"), person("/o=firma/cn=eva")];
    mail.bcc = vec![person("c@kunde.example")];
    let ready = ready(mail);
    assert_eq!(ready.mail.key.from, "ben@firma.example");
    assert_eq!(ready.mail.to, ["K@kunde.example"]);
    assert_eq!(ready.mail.bcc, ["c@kunde.example"]);
    let parties = ready.parties.iter();
    let parties: Vec<&str> = parties.map(|party| party.person.address.as_str()).collect();
    assert_eq!(
        parties,
        ["ben@firma.example", "K@kunde.example", "c@kunde.example"]
    );
}

#[test]
fn r5_10_a_mail_without_a_subject_gets_one_because_the_crm_demands_it() {
    let judged = judged(fetched("From: k@kunde.example\r\n\r\nhello\r\n"));
    assert_eq!(judged.title, "(no subject)");
    assert!(
        matches!(judged.verdict, Verdict::Import(ready) if ready.mail.key.subject == "(no subject)")
    );
}

#[test]
fn r5_5_the_time_is_that_of_sending_or_else_of_receiving() {
    let sent = ready(fetched(
        "From: k@kunde.example\r\nDate: Tue, 9 Mar 2027 10:00:00 +0100\r\n\r\nhello\r\n",
    ));
    assert_eq!(sent.mail.key.sent.to_string(), "2027-03-09T09:00:00Z");
    let unsent = ready(fetched("From: k@kunde.example\r\n\r\nhello\r\n"));
    assert_eq!(unsent.mail.key.sent.to_string(), "2027-03-10T08:00:00Z");
}

#[test]
fn r5_7_an_encrypted_mail_is_passed_over_and_says_how_it_is_encrypted() {
    let pgp = judged(fetched(
        "From: k@kunde.example\r\nSubject: x\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n-----END PGP MESSAGE-----\r\n",
    ));
    let expected = Problem::new(Code::MailEncrypted).with("kind", "PGP");
    assert_eq!(pgp.verdict, Verdict::PassOver(expected));
    let mut hidden = fetched("From: k@kunde.example\r\nSubject: x\r\n\r\nhello\r\n");
    hidden.class = "IPM.Note.rpmsg.Microsoft.Voicemail".to_owned();
    let expected = Problem::new(Code::MailEncrypted).with("kind", "IRM");
    assert_eq!(judged(hidden).verdict, Verdict::PassOver(expected));
}

#[test]
fn r5_7_a_mail_whose_class_alone_tells_of_a_seal_is_refused() {
    let verdict = |class: &str| {
        let mut mail = fetched("From: k@kunde.example\r\nSubject: x\r\n\r\n\r\n");
        mail.class = class.to_owned();
        judged(mail).verdict
    };
    let sealed = Verdict::Refuse(Problem::new(Code::MailSealed));
    assert_eq!(verdict("IPM.Note.SMIME"), sealed);
    for class in ["IPM.Note", "IPM.Note.SMIME.MultipartSigned"] {
        assert!(matches!(verdict(class), Verdict::Import(_)), "{class}");
    }
}

#[test]
fn r5_5_by_what_a_mail_is_known_is_the_same_in_every_language() {
    let key = |no_subject: &str| {
        let mail = fetched("From: k@kunde.example\r\n\r\nhello\r\n");
        match judged_in(mail, no_subject).verdict {
            Verdict::Import(ready) => ready.mail.key,
            other => panic!("it is not imported: {other:?}"),
        }
    };
    let (english, german) = (key("(no subject)"), key("(kein Betreff)"));
    assert_eq!(english.text, german.text);
    // Where the CRM has no field for it, the subject tells.
    assert!(english.other_subjects.contains(&german.subject));
    assert!(german.other_subjects.contains(&english.subject));
}

#[test]
fn r5_4_a_mail_to_oneself_is_nobodys() {
    let own = judged(fetched(&format!("From: {ME}\r\nTo: {ME}\r\n\r\nhello\r\n")));
    assert!(own.is_own);
    assert_eq!(
        own.verdict,
        Verdict::PassOver(Problem::new(Code::MailNobodyLeft))
    );
}

#[test]
fn r5_6_files_are_taken_over_with_their_names() {
    let mime = "From: k@kunde.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
                --b\r\nContent-Type: application/pdf; name=\"offer.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n";
    let files = ready(fetched(mime)).mail.files;
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, "offer.pdf");
    assert_eq!(&files[0].content[..], b"%PDF");
}
