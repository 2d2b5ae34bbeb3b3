//! Addresses of people whose mailboxes are here too. Lists show them as EX: by the name of a directory entry instead of an address; a
//! single mail shows them as SMTP (facts, section 9).
//! Deliberately not here: gromox, which was not seen to do so.

use super::identity::guid_of;
use super::xml::Element;
use crate::company::User;
use std::collections::BTreeMap;

/// What every name of a directory entry begins with.
const DIRECTORY: &str =
    "/o=Firma/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=";

/// The fields of a mail that name people.
const PEOPLE: [&str; 5] = [
    "From",
    "Sender",
    "ToRecipients",
    "CcRecipients",
    "BccRecipients",
];

/// The names of directory entries by the address in small letters.
#[derive(Debug, Clone, Default)]
pub struct Internal(BTreeMap<String, String>);

impl Internal {
    /// Those of the users.
    pub fn of(users: &[User]) -> Self {
        let entry = |user: &User| {
            let id = guid_of(&user.email.to_lowercase()).replace('-', "");
            (
                user.email.to_lowercase(),
                format!("{DIRECTORY}{id}-{}", user.name),
            )
        };
        Self(users.iter().map(entry).collect())
    }

    /// A field of a mail as lists show it.
    pub fn listed(&self, mut field: Element) -> Element {
        if PEOPLE.contains(&field.name.as_str()) {
            for mailbox in &mut field.children {
                self.hide(mailbox);
            }
        }
        field
    }

    fn hide(&self, mailbox: &mut Element) {
        let address = mailbox.get_text("EmailAddress").unwrap_or_default();
        let Some(entry) = self.0.get(&address.to_lowercase()) else {
            return;
        };
        let shown = [
            ("EmailAddress", entry.as_str()),
            ("RoutingType", "EX"),
            ("MailboxType", "Mailbox"),
        ];
        for (name, text) in shown {
            if let Some(part) = mailbox.get_mut(name) {
                part.text = text.to_owned();
            }
        }
    }
}
