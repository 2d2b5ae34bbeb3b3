//! A mail as the import understands it: from its bytes to people, subject, body and attachments, and the rules about all of these (R5). No
//! I/O, no clock; which folder it lies in and which records its people are is asked elsewhere.

mod cms;
pub mod html;
pub mod key;
pub mod lead;
pub mod party;
pub mod protection;
pub mod reader;

/// Reads a mail and all there is to tell of it, for tests and fuzz targets; `None` where the bytes are none.
///
/// # Panics
/// Where something that runs is left in the body.
pub fn look(bytes: &[u8]) -> Option<Mail> {
    let mail = read(bytes)?;
    key(&mail);
    // Whether anybody is left is an answer like any other.
    parties(&mail, &[], &["@x".to_owned()]).ok();
    let policy = model::policy::Emails {
        company: model::policy::CompanyRule::DomainWithoutTld,
        ..model::policy::Emails::default()
    };
    for person in &mail.from {
        lead_for(person, &policy);
    }
    let shown = html::for_crm(&mail.body);
    assert!(!shown.to_lowercase().contains("<script"), "{shown}");
    if let Some(html) = &mail.body.html {
        html::to_text(html);
    }
    Some(mail)
}

pub use key::key;
pub use lead::lead_for;
pub use party::{Party, Refused, Role, parties};
pub use protection::{Encryption, Protection};
pub use reader::{Attachment, Body, Mail, Person, read};
