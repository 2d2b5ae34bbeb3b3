//! What is to become of a mail, as far as the mail itself and the policy tell. Asks nobody.

use bytes::Bytes;
use jiff::Timestamp;
use mail::{Encryption, Mail, Party, Person, Protection, Refused};
use model::{Code, Policy, Problem};
use ports::{Addressee, FetchedMail, MailFile, MailKey, NewMail};

/// Exchange wraps addresses that are none in such ones (MS-OXCMAIL, 2.1.1.1).
const WRAPPED: &str = "imceaex-";

/// A mail that may be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ready {
    /// What the CRM gets, but for its first reference.
    pub mail: NewMail,
    /// Whose records it is referenced to.
    pub parties: Vec<Party>,
}

/// What is to become of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Import(Box<Ready>),
    PassOver(Problem),
    /// It cannot be read.
    Refuse(Problem),
}

/// A mail that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    /// How a person calls it.
    pub title: String,
    /// Whether the user sent it.
    pub is_own: bool,
    pub verdict: Verdict,
}

/// What the user's profile says of mails.
pub(super) struct Rules<'a> {
    pub policy: &'a Policy,
    pub own_addresses: &'a [String],
    pub no_subject: &'a str,
    /// What a mail without a subject is called in any language.
    pub no_subjects: &'a [String],
    /// For a mail that says nothing of when it was sent or received.
    pub now: Timestamp,
}

impl Rules<'_> {
    /// Looks at a mail.
    pub fn judge(&self, fetched: FetchedMail) -> Judged {
        let received = fetched.head.received;
        let resolved = [fetched.from, fetched.to, fetched.cc, fetched.bcc];
        let Some(mut mail) = mail::read(&fetched.mime) else {
            return Judged {
                title: self.no_subject.to_owned(),
                is_own: false,
                verdict: Verdict::Refuse(Problem::new(Code::MailUnreadable)),
            };
        };
        // It may be large and is no longer needed.
        drop(fetched.mime);
        add_resolved(&mut mail, resolved);
        if mail.message_id.is_none() {
            mail.message_id = fetched.head.message_id;
        }
        mail.sent = mail.sent.or(received);
        // Before it gets a subject in the user's language: others of its recipients speak another one.
        let mut key = MailKey {
            text: mail::key(&mail),
            from: mail
                .from
                .first()
                .map_or_else(String::new, |from| from.address.clone()),
            sent: mail.sent.unwrap_or(self.now),
            subject: String::new(),
            other_subjects: Vec::new(),
        };
        if mail.subject.is_empty() {
            self.no_subject.clone_into(&mut mail.subject);
            key.other_subjects = self.no_subjects.to_vec();
        }
        key.subject.clone_from(&mail.subject);
        let title = mail.subject.clone();
        let sender = mail.from.first().map(|person| person.address.as_str());
        let is_own = sender.is_some_and(|sender| self.is_own(sender));
        let verdict = match (
            encrypted(mail.protection, &fetched.class),
            self.people(&mail),
        ) {
            (Some(problem), _) | (None, Err(problem)) => Verdict::PassOver(problem),
            (None, Ok(_)) if is_sealed(mail.protection, &fetched.class) => {
                Verdict::Refuse(Problem::new(Code::MailSealed))
            }
            (None, Ok(parties)) => Verdict::Import(Box::new(Ready {
                mail: self.new_mail(mail, key),
                parties,
            })),
        };
        Judged {
            title,
            is_own,
            verdict,
        }
    }

    fn is_own(&self, address: &str) -> bool {
        let mut own = self.own_addresses.iter();
        own.any(|one| one.eq_ignore_ascii_case(address))
    }

    fn people(&self, mail: &Mail) -> Result<Vec<Party>, Problem> {
        let blacklist = &self.policy.emails.blacklist;
        mail::parties(mail, self.own_addresses, blacklist).map_err(|refused| match refused {
            Refused::SenderListed(address) => {
                Problem::new(Code::MailSenderListed).with("address", address)
            }
            Refused::NobodyLeft => Problem::new(Code::MailNobodyLeft),
        })
    }

    fn new_mail(&self, mail: Mail, key: MailKey) -> NewMail {
        let html = mail::html::for_crm(&mail.body);
        let files = mail.attachments.into_iter().map(|file| MailFile {
            name: file.name,
            content_type: file.content_type,
            content: Bytes::from(ports::returned_when_freed(file.bytes)),
        });
        let mut to = addresses(&mail.to);
        if to.is_empty() && mail.cc.is_empty() && mail.bcc.is_empty() {
            // The CRM wants somebody. To "undisclosed recipients" means at least: to the user.
            to.extend(self.own_addresses.first().cloned());
        }
        NewMail {
            key,
            html,
            to,
            cc: addresses(&mail.cc),
            bcc: addresses(&mail.bcc),
            reference: None,
            files: files.collect(),
            more: std::collections::BTreeMap::new(),
        }
    }
}

fn addresses(people: &[Person]) -> Vec<String> {
    people.iter().map(|person| person.address.clone()).collect()
}

/// The server knows people of the own organisation by their addresses where the mail itself has only names, and who got a blind copy.
fn add_resolved(mail: &mut Mail, resolved: [Vec<Addressee>; 4]) {
    let told = [&mut mail.from, &mut mail.to, &mut mail.cc, &mut mail.bcc];
    for (people, resolved) in told.into_iter().zip(resolved) {
        people.retain(|person| !person.address.to_ascii_lowercase().starts_with(WRAPPED));
        for one in resolved {
            let known = people
                .iter()
                .any(|person| person.address.eq_ignore_ascii_case(&one.address));
            if !known && one.address.contains('@') {
                people.push(Person {
                    name: one.name,
                    address: one.address,
                });
            }
        }
    }
}

/// The mail's own parts tell; of one whose parts the server hides, its class does.
fn encrypted(protection: Protection, class: &str) -> Option<Problem> {
    let class = class.to_ascii_lowercase();
    let kind = match protection {
        Protection::Encrypted(Encryption::Smime) => "S/MIME",
        Protection::Encrypted(Encryption::PgpMime | Encryption::PgpInline) => "PGP",
        Protection::Encrypted(Encryption::Rights) => "IRM",
        Protection::None | Protection::Signed | Protection::Sealed
            if class.starts_with("ipm.note.rpmsg") =>
        {
            "IRM"
        }
        Protection::None | Protection::Signed | Protection::Sealed => return None,
    };
    Some(Problem::new(Code::MailEncrypted).with("kind", kind))
}

/// Where nothing of the signature that the class tells of is to be seen, what was signed is not to be seen either. A signature that stands
/// beside what it signs hides nothing.
fn is_sealed(protection: Protection, class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    match protection {
        Protection::Sealed => true,
        Protection::None => {
            class.starts_with("ipm.note.smime")
                && !class.starts_with("ipm.note.smime.multipartsigned")
        }
        Protection::Signed | Protection::Encrypted(_) => false,
    }
}

#[cfg(test)]
mod tests;
