//! The made-up company as mailboxes: one for each user, and in that of the first one the people it knows, its appointments and tasks,
//! in the folders the connector looks at, and its mails.

mod calendar;
mod mails;

use super::identity::FolderKey;
use super::item::{Attachment, Extended, Item, Kind};
use super::mailbox::{FolderName, Mailbox, User};
use super::xml::Element;
use crate::company::{Address, Card, Company, Person, Place};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The folder below the standard ones that holds what the connector looks at (R1.3).
const FOLDER: &str = "CRM-Sync";

/// The mailboxes by sign-in name.
pub(super) fn company(company: &Company) -> BTreeMap<String, Mailbox> {
    let mut mailboxes: Vec<Mailbox> = company
        .users
        .iter()
        .map(|user| Mailbox::new(owner(user)))
        .collect();
    if let Some(first) = mailboxes.first_mut() {
        fill(first, &company.people);
        calendar::appointments(first, company);
        calendar::tasks(first, company);
        mails::mails(first, company);
    }
    mailboxes
        .into_iter()
        .map(|mailbox| (mailbox.user.name.to_lowercase(), mailbox))
        .collect()
}

fn owner(user: &crate::company::User) -> User {
    User {
        name: user.email.clone(),
        password: user.password.clone(),
        email: user.email.clone(),
        display_name: format!("{} {}", user.first_name, user.last_name),
    }
}

fn fill(mailbox: &mut Mailbox, people: &[Person]) {
    let known: Vec<(usize, &Person, &Card)> = people
        .iter()
        .enumerate()
        .filter_map(|(number, person)| Some((number, person, person.mailbox.as_ref()?)))
        .collect();
    let Some((_, _, earliest)) = known.iter().min_by_key(|(_, _, card)| card.created) else {
        return;
    };
    let folder = folder(mailbox, "contacts", "IPF.Contact", earliest.created);
    for (number, person, card) in known {
        let key = mailbox.add_item(
            folder,
            contact(number, person.place(), card),
            moment(card.created),
        );
        mailbox.set_modified(key, moment(card.modified));
    }
}

/// A new folder below a standard one.
fn folder(mailbox: &mut Mailbox, below: &str, class: &str, created: i64) -> FolderKey {
    let parent = mailbox.distinguished(below);
    let name = FolderName {
        name: FOLDER.to_owned(),
        class: class.to_owned(),
        extended: Extended::default(),
    };
    mailbox
        .add_folder(parent.expect("every mailbox has it"), name, moment(created))
        .expect("the mailbox is new")
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn contact(number: usize, place: Place, card: &Card) -> Item {
    let mut item = Item::draft(Kind::Contact);
    let shown = [
        card.given.as_str(),
        card.middle.as_str(),
        card.last_name.as_str(),
    ];
    let shown: Vec<&str> = shown.into_iter().filter(|part| !part.is_empty()).collect();
    let file_as = match (card.last_name.as_str(), card.first_name().as_str()) {
        ("", "") => card.organisation.clone(),
        ("", first) => first.to_owned(),
        (last, "") => last.to_owned(),
        (last, first) => format!("{last}, {first}"),
    };
    let birthday = if card.birthday.is_empty() {
        String::new()
    } else {
        format!("{}T00:00:00Z", card.birthday)
    };
    let texts = [
        ("FileAs", file_as.as_str()),
        ("DisplayName", &shown.join(" ")),
        ("GivenName", &card.given),
        ("MiddleName", &card.middle),
        ("CompanyName", &card.organisation),
        ("Birthday", &birthday),
        ("Department", &card.department),
        ("JobTitle", &card.job_title),
        ("Surname", &card.last_name),
    ];
    for (name, value) in texts.into_iter().filter(|(_, value)| !value.is_empty()) {
        item.fields.set_text("Contact", name, value);
    }
    set_body(&mut item, number, place, &card.description);
    set_dictionaries(&mut item, card);
    if !card.categories.is_empty() {
        let each = card
            .categories
            .iter()
            .map(|name| Element::t("String").text(name.clone()));
        item.fields
            .set("Contact", Element::t("Categories").with(each));
    }
    // Some have a picture, so that there is something to lose.
    if number % 7 == 3 {
        item.attachments.push(Attachment::contact_photo(
            item.next_attachment,
            &picture(number),
        ));
        item.next_attachment += 1;
    }
    item
}

/// Notes are plain, but some of those only the mailbox has are formatted.
fn set_body(item: &mut Item, number: usize, place: Place, description: &str) {
    if description.is_empty() {
        return;
    }
    let formatted = place == Place::Mailbox && number % 5 == 4;
    let body = if formatted {
        html(description)
    } else {
        super::body::stored(&text_body(description))
    };
    item.fields.set("Contact", body);
}

fn text_body(text: &str) -> Element {
    Element::t("Body").attribute("BodyType", "Text").text(text)
}

fn html(text: &str) -> Element {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let text = format!(
        "<html><body><div>{}</div></body></html>",
        escaped.replace('\n', "<br>")
    );
    Element::t("Body").attribute("BodyType", "HTML").text(text)
}

fn set_dictionaries(item: &mut Item, card: &Card) {
    let entries = [
        ("EmailAddresses", "EmailAddress1", &card.email),
        ("EmailAddresses", "EmailAddress2", &card.other_email),
        ("PhoneNumbers", "BusinessPhone", &card.phone),
        ("PhoneNumbers", "BusinessPhone2", &card.second_phone),
        ("PhoneNumbers", "BusinessFax", &card.fax),
        ("PhoneNumbers", "MobilePhone", &card.mobile),
        ("PhoneNumbers", "OtherTelephone", &card.other_phone),
    ];
    for (dictionary, key, value) in entries
        .into_iter()
        .filter(|(_, _, value)| !value.is_empty())
    {
        item.fields
            .entry_mut("Contact", dictionary, key)
            .text
            .clone_from(value);
    }
    for (key, address) in [("Business", &card.billing), ("Other", &card.delivery)] {
        set_address(item, key, address);
    }
}

fn set_address(item: &mut Item, key: &str, address: &Address) {
    let parts = [
        ("Street", &address.street),
        ("City", &address.city),
        ("State", &address.state),
        ("CountryOrRegion", &address.country),
        ("PostalCode", &address.code),
    ];
    let filled: Vec<Element> = parts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| Element::t(name).text(value.clone()))
        .collect();
    if !filled.is_empty() {
        item.fields
            .entry_mut("Contact", "PhysicalAddresses", key)
            .children = filled;
    }
}

/// Bytes that begin and end like a JPEG picture, different for each person.
fn picture(number: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend((0..600).map(|at| ((at * 31 + number * 17) % 256) as u8));
    bytes.extend([0xff, 0xd9]);
    bytes
}
