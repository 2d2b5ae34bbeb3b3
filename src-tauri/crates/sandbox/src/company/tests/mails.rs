//! The made-up mails, read by a parser that did not write them.

use super::super::*;
use mail_parser::{MessageParser, MimeHeaders};
use std::collections::HashSet;

const SEED: u64 = DEFAULT_SEED;

fn company(sizes: MailSizes) -> Company {
    let today = "2026-11-22".parse().expect("a day");
    Company::make(SEED, Sizes::both(40)).with_mails(SEED, sizes, today)
}

fn read(mail: &Mail) -> mail_parser::Message<'_> {
    MessageParser::default()
        .parse(&mail.mime)
        .expect("it is a mail")
}

#[test]
fn the_same_seed_gives_the_same_mails_and_the_people_do_not_change_with_them() {
    let with = company(MailSizes::of(60));
    assert_eq!(with, company(MailSizes::of(60)));
    assert_eq!(with.people, company(MailSizes::of(0)).people);
    assert!(with.mails.is_sorted_by_key(|mail| mail.time));
}

#[test]
fn mails_go_both_ways_between_the_user_customers_strangers_and_colleagues() {
    let company = company(MailSizes::of(200));
    let sent = company
        .mails
        .iter()
        .filter(|mail| mail.direction == Direction::Sent);
    assert_eq!(sent.count(), 60);
    let cards = company.people.iter();
    let known: HashSet<&str> = cards
        .filter_map(|person| person.crm.as_ref())
        .map(|card| card.email.as_str())
        .collect();
    let (mut customers, mut strangers, mut colleagues) = (0, 0, 0);
    for mail in &company.mails {
        let message = read(mail);
        let address = |list: Option<&mail_parser::Address<'_>>| {
            let first = list.and_then(|list| list.first().cloned());
            let address = first.and_then(|one| one.address);
            address.expect("an address").into_owned()
        };
        let (from, to) = (address(message.from()), address(message.to()));
        let (user, other) = match mail.direction {
            Direction::Received => (to, from),
            Direction::Sent => (from, to),
        };
        assert_eq!(user, "anna@firma.example");
        match other.as_str() {
            "ben@firma.example" => colleagues += 1,
            other if known.contains(other) => customers += 1,
            _ => strangers += 1,
        }
    }
    assert!(customers > 50 && strangers > 30 && colleagues == 20);
}

#[test]
fn texts_names_and_files_come_out_as_they_were_put_in() {
    let company = company(MailSizes::of(200));
    let messages: Vec<_> = company.mails.iter().map(read).collect();
    let ids: HashSet<_> = messages.iter().filter_map(|one| one.message_id()).collect();
    let without = messages.iter().filter(|one| one.message_id().is_none());
    assert_eq!((ids.len(), without.count()), (195, 5));
    assert!(
        messages
            .iter()
            .any(|one| one.subject().is_some_and(|text| text.contains("Rückfrage")))
    );
    let html = messages.iter().filter(|one| one.html_part(0).is_some());
    assert!(html.count() > 100);
    let (mut documents, mut pictures, mut closed) = (0, 0, 0);
    for message in &messages {
        closed += usize::from(message.content_type().is_some_and(|kind| {
            ["encrypted", "pkcs7-mime"].contains(&kind.subtype().unwrap_or_default())
        }));
        for file in message.attachments() {
            match file.contents() {
                content if content.starts_with(b"%PDF") => {
                    assert!(content.ends_with(b"%%EOF\n"));
                    let name = file.attachment_name().expect("a name");
                    assert!(name.ends_with(".pdf"), "{name}");
                    documents += 1;
                }
                content if content.starts_with(b"\x89PNG") => {
                    assert_eq!(file.content_id(), Some("logo@firma"));
                    let html = message.body_html(0).expect("a body");
                    assert!(html.contains("cid:logo@firma"));
                    pictures += 1;
                }
                _ => {}
            }
        }
    }
    assert!(documents > 50 && pictures > 20 && closed == 8);
}

#[test]
fn large_mails_are_about_as_large_as_asked_for() {
    for mail in company(MailSizes::large(20)).mails {
        let size = mail.mime.len();
        assert!((70_000..90_000).contains(&size), "{size}");
    }
}
