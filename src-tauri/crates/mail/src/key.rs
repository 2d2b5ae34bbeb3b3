//! By what a mail is known in the whole CRM, whoever of its recipients imports it (R5.5).

use sha2::{Digest, Sha256};

use crate::reader::Mail;

/// What a text field of the CRM holds.
const LONGEST: usize = 255;

/// The mail's Message-ID. One that is too long for the CRM's field is a hash of it; a mail without one is known by who sent what and when.
pub fn key(mail: &Mail) -> String {
    let id = mail.message_id.as_deref().unwrap_or_default();
    // Some systems break long headers within the id.
    let id: String = id
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    match id.chars().count() {
        0 => format!("sha256:{}", hash_of_content(mail)),
        1..=LONGEST => id,
        _ => format!("sha256:{}", hash(&[&id.to_lowercase()])),
    }
}

fn hash_of_content(mail: &Mail) -> String {
    let sender = mail.from.first();
    let sender = sender.map(|person| person.address.to_lowercase());
    let sent = mail.sent.map(|sent| sent.as_second().to_string());
    // Servers on the way break and fold lines anew.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = match &mail.body.html {
        Some(html) => words(html),
        None => words(&mail.body.text),
    };
    hash(&[
        &sender.unwrap_or_default(),
        &sent.unwrap_or_default(),
        &mail.subject,
        &body,
    ])
}

fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length in front, so that no two lists of parts are the same bytes.
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn mail(headers: &str) -> Mail {
        read(format!("{headers}\r\n\r\nHello\r\n").as_bytes()).expect("a mail")
    }

    #[test]
    fn r5_5_a_mail_is_known_by_its_message_id_however_it_is_written() {
        for id in ["<a1@x.example>", " <a1@x.example> ", "<a1@x.example>\r\n "] {
            assert_eq!(key(&mail(&format!("Message-ID: {id}"))), "a1@x.example");
        }
    }

    #[test]
    fn r5_5_an_id_that_is_too_long_fits_and_stays_the_same() {
        let long = |letter: &str| format!("Message-ID: <{}@x.example>", letter.repeat(300));
        let (one, same, other) = (mail(&long("a")), mail(&long("A")), mail(&long("b")));
        assert!(key(&one).len() <= LONGEST);
        assert_eq!(key(&one), key(&same), "the CRM does not look at capitals");
        assert_ne!(key(&one), key(&other));
    }

    #[test]
    fn r5_5_a_mail_without_an_id_is_known_by_who_sent_what_and_when() {
        let headers = "From: a@x.example\r\nSubject: Hi\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100";
        let one = mail(headers);
        assert_eq!(
            key(&one),
            key(&mail(&format!("{headers}\r\nReceived: by y")))
        );
        for other in [
            headers.replace("a@x", "b@x"),
            headers.replace("Hi", "Ho"),
            headers.replace("10:00", "10:01"),
        ] {
            assert_ne!(key(&one), key(&mail(&other)), "{other}");
        }
        let zone = headers.replace("10:00:00 +0100", "09:00:00 +0000");
        assert_eq!(key(&one), key(&mail(&zone)), "the same moment");
    }
}
