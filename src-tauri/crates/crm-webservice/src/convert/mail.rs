//! E-mails under the CRM's stock names (facts/crm.md 8): what is sent to make one, and by what one is recognised.

use ports::{MailKey, NewLead, NewMail};

use super::schedule::Text;
use super::stock::{CREATED, MODIFIED, OWNER, START_DATE, START_TIME, TYPE};
use super::stored::{forms_of_key, is_stored_form};
use crate::wire::request::Element;
use crate::wire::{Module, Row};

/// The module of e-mails.
pub const EMAILS: &str = "Emails";
/// The module of leads.
pub const LEADS: &str = "Leads";
/// What a lead is made of: its last name, its company, its address.
pub const LEAD: [&str; 3] = ["lastname", "company", "email"];
/// What a mail is called.
pub const SUBJECT: &str = "subject";
/// Who sent it.
pub const FROM: &str = "from_email";
/// The record it belongs to; written again, it belongs to one more.
pub const REFERENCE: &str = "parent_id";
/// The ids of its files.
pub const FILES: &str = "imageattachmentids";
/// To whom it went: written as bare addresses joined by commas, kept and read as JSON.
pub const LISTS: [&str; 3] = [TO, "ccmail", "bccmail"];

const TO: &str = "saved_toid";
const FLAG: &str = "email_flag";

/// What makes a mail. Where the CRM demands somebody it was sent to and the mail names nobody, those who got it besides stand there.
pub fn mail(
    mail: &NewMail,
    sent: &Text,
    me: &str,
    key_field: Option<&str>,
    module: &Module,
) -> Element {
    let mut element = Element::new();
    let mut set = |name: &str, value: &str| {
        if !value.trim().is_empty() {
            element.set(name, value);
        }
    };
    set(SUBJECT, &mail.key.subject);
    set("description", &mail.html);
    set(START_DATE, &sent.date);
    set(START_TIME, &sent.time);
    set(FROM, &mail.key.from);
    let lists = [&mail.to, &mail.cc, &mail.bcc].map(|list| joined(list));
    let demanded = module.fields.get(TO).is_none_or(|meta| meta.mandatory);
    if demanded && lists[0].is_empty() {
        let others = lists.iter().find(|list| !list.is_empty());
        set(TO, others.map_or("", String::as_str));
    }
    for (name, list) in LISTS.into_iter().zip(&lists) {
        set(name, list);
    }
    if let Some(record) = &mail.reference {
        set(REFERENCE, record.as_str());
    }
    if let Some(field) = key_field {
        set(field, bare(&mail.key.text));
    }
    for (name, value) in mail.more.iter() {
        let fixed = matches!(name.as_str(), "id" | OWNER | TYPE | FLAG | REFERENCE);
        if !fixed && !element.has(name) {
            element.set(name, value);
        }
    }
    element.set(FLAG, "SENT");
    element.set(TYPE, EMAILS);
    element.set(OWNER, me);
    element
}

fn joined(addresses: &[String]) -> String {
    let addresses = addresses.iter().map(|address| address.trim());
    let all: Vec<&str> = addresses.filter(|address| !address.is_empty()).collect();
    all.join(",")
}

/// What makes a lead.
pub fn lead(lead: &NewLead, me: &str) -> Element {
    let mut element = Element::new();
    for (name, value) in LEAD.into_iter().zip(values(lead)) {
        element.set(name, value);
    }
    element.set(OWNER, me);
    element
}

fn values(lead: &NewLead) -> [&str; 3] {
    [&lead.last_name, &lead.company, &lead.email]
}

/// Whether the row, which has all that is shown of a lead and its two times, is what making this lead makes. Every write moves the second
/// time (facts/crm.md 4).
pub fn is_as_made(row: &Row, lead: &NewLead) -> bool {
    let (created, modified) = (row.text(CREATED), row.text(MODIFIED));
    let mut fields = LEAD.into_iter().zip(values(lead));
    let is_same = fields.all(|(name, value)| is_stored_form(value, row.text(name)));
    is_same && !created.is_empty() && created == modified
}

/// A list of addresses as it is written, from how it is read: sent back as read it would be wrapped once more.
pub fn list_to_write(read: &str) -> String {
    match serde_json::from_str::<Vec<String>>(read) {
        Ok(addresses) => joined(&addresses),
        Err(_) => read.to_owned(),
    }
}

/// The field that is called Message-ID, if it can be written.
pub fn key_field_by_label(module: &Module) -> Option<&str> {
    let mut fields = module.fields.iter();
    let found = fields.find(|(name, meta)| {
        let letters = meta.label.chars();
        let letters =
            letters.filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '‑' | '–'));
        let label: String = letters.collect();
        label.to_lowercase() == "messageid" && can_hold_keys(module, name)
    });
    found.map(|(name, _)| name.as_str())
}

/// Whether the field keeps the text it is given.
pub fn can_hold_keys(module: &Module, field: &str) -> bool {
    module.fields.get(field).is_some_and(|meta| {
        meta.editable && matches!(meta.kind.as_str(), "string" | "text" | "url" | "email")
    })
}

/// A key as it is compared: without angle brackets, which others who fill the field leave on, and in small letters.
pub fn folded_key(key: &str) -> String {
    bare(key).to_lowercase()
}

/// The texts under which a mail of this key may be kept.
pub fn forms_of_mail_key(key: &str) -> Vec<String> {
    let forms = forms_of_key(bare(key));
    let bracketed: Vec<String> = forms.iter().map(|form| format!("<{form}>")).collect();
    forms.into_iter().chain(bracketed).collect()
}

/// What a field of so many letters keeps of the key, where it has to cut it: other keys may begin the same.
pub fn cut_key(key: &str, letters: usize) -> Option<String> {
    let bare = bare(key);
    let cut: String = bare.chars().take(letters).collect();
    (cut.len() < bare.len()).then_some(cut)
}

/// What the server kept of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// All of it.
    Whole,
    /// So many letters.
    Cut(usize),
    /// Something else.
    Not,
}

/// Compares a key with what the server answered.
pub fn kept_of_key(sent: &str, stored: &str) -> Kept {
    let forms = forms_of_key(bare(sent));
    let stored = stored.trim();
    if forms.iter().any(|form| form == stored) || folded_key(sent) == folded_key(stored) {
        return Kept::Whole;
    }
    let begins = forms.iter().any(|form| form.starts_with(stored));
    match begins && !stored.is_empty() {
        true => Kept::Cut(stored.chars().count()),
        false => Kept::Not,
    }
}

fn bare(key: &str) -> &str {
    let key = key.trim();
    key.trim_start_matches('<').trim_end_matches('>').trim()
}

/// Whether the row is the mail that was sent by this one under this subject; when has been asked for.
pub fn is_of_sender_and_subject(row: &Row, key: &MailKey) -> bool {
    let same =
        |sent: &str, stored: &str| is_stored_form(&sent.to_lowercase(), &stored.to_lowercase());
    let mut subjects = std::iter::once(&key.subject).chain(&key.other_subjects);
    same(&key.from, row.text(FROM)) && subjects.any(|subject| same(subject, row.text(SUBJECT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    // As read and as written on a vtiger 8.4.0 (golden: emails.create).
    #[test]
    fn r5_1_lists_are_written_as_they_were_before_the_server_wrapped_them() {
        for (read, written) in [
            (
                "[\"a@x.example\",\"b@x.example\"]",
                "a@x.example,b@x.example",
            ),
            ("[\"\"]", ""),
            ("[]", ""),
            ("", ""),
            ("a@x.example,b@x.example", "a@x.example,b@x.example"),
        ] {
            assert_eq!(list_to_write(read), written, "{read}");
        }
    }

    #[test]
    fn r5_5_a_key_is_looked_for_as_the_server_may_have_kept_it() {
        assert_eq!(forms_of_mail_key("<a@x>"), ["a@x", "<a@x>"]);
        assert_eq!(
            forms_of_mail_key("a&amp;😀@x")[..4],
            ["a&amp;😀@x", "a&😀@x", "a&??@x", "a&amp;??@x"]
        );
        let long = "k".repeat(300);
        let forms = forms_of_mail_key(&long);
        assert!(forms.contains(&"k".repeat(255)), "cut to the column");
        assert_eq!(folded_key(" <A@X> "), folded_key("a@x"));
        assert_ne!(folded_key("ä@x"), folded_key("a@x"));
    }

    #[test]
    fn r5_5_a_field_that_cuts_keys_is_noticed() {
        for (sent, stored, kept) in [
            ("a&amp;😀@x", "a&??@x", Kept::Whole),
            ("<a@x>", "a@x", Kept::Whole),
            ("a-long-key@x.example", "a-long-key", Kept::Cut(10)),
            ("a@x", "", Kept::Not),
            ("a@x", "b@x", Kept::Not),
        ] {
            assert_eq!(kept_of_key(sent, stored), kept, "{sent} {stored}");
        }
        assert_eq!(cut_key("<ä-long-key@x>", 6).as_deref(), Some("ä-long"));
        assert_eq!(cut_key("short", 5), None);
    }
}
