//! The same person in Outlook at mails, through the sandbox's control door. Nobody sends one here: it just arrives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::outlook::Outlook;
use super::outlook_calendar::missing;
use crate::error::Outcome;

/// The folder mails are dropped into.
const DROP: &str = "CRM-Sync";

/// A mail as somebody sends it, with one file.
pub struct Letter<'a> {
    /// Name and address of the sender.
    pub from: (&'a str, &'a str),
    /// To whom.
    pub to: &'a str,
    /// For information: names and addresses.
    pub cc: &'a [(&'a str, &'a str)],
    /// What it is about.
    pub subject: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Name and content of what goes with it.
    pub file: (&'a str, &'a str),
}

impl Outlook<'_> {
    /// Makes a folder for mails below the inbox; gives back its path.
    pub fn make_mail_folder(&self, name: &str) -> Outcome<String> {
        let path = format!("inbox/{name}");
        self.act(json!({ "act": "create_folder", "path": path, "class": "IPF.Note" }))?;
        Ok(path)
    }

    /// A mail arrives in this folder.
    pub fn receive(&self, letter: &Letter<'_>, folder: &str) -> Outcome<()> {
        let mime = STANDARD.encode(letter.written(Timestamp::now()));
        self.act(json!({ "act": "deliver", "folder": folder, "mime": mime }))
            .map(|_| ())
    }

    /// Drags the mail with this subject into the folder of the connector.
    pub fn drop_mail(&self, subject: &str) -> Outcome<()> {
        let answer = self.look("mails?")?;
        let mail = titled(&answer, subject).next();
        let mail = mail.ok_or_else(|| missing(&format!("no mail called {subject}")))?;
        self.act(json!({ "act": "move", "item": mail["id"], "folder": DROP }))
            .map(|_| ())
    }

    /// The folders in which mails with this subject lie, one for each.
    pub fn places_of_mail(&self, subject: &str) -> Outcome<Vec<String>> {
        Ok(places(&self.look("mails?")?, subject))
    }
}

impl Letter<'_> {
    fn written(&self, now: Timestamp) -> String {
        let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC));
        let people: Vec<String> = self.cc.iter().map(named).collect();
        let (name, content) = self.file;
        [
            "MIME-Version: 1.0",
            &format!("From: {}", named(&self.from)),
            &format!("To: {}", self.to),
            &format!("Cc: {}", people.join(", ")),
            &format!("Subject: {}", self.subject),
            &format!("Date: {}", date.expect("the year has four digits")),
            &format!("Message-ID: <{}.{}>", now.as_millisecond(), self.from.1),
            "Content-Type: multipart/mixed; boundary=\"part\"",
            "\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n",
            self.text,
            &format!(
                "--part\r\nContent-Type: text/csv; charset=utf-8\r\nContent-Disposition: attachment; filename=\"{name}\""
            ),
            "Content-Transfer-Encoding: base64\r\n",
            &STANDARD.encode(content),
            "--part--\r\n",
        ]
        .join("\r\n")
    }
}

fn named((name, address): &(&str, &str)) -> String {
    format!("{name} <{address}>")
}

fn titled<'a>(answer: &'a Value, subject: &'a str) -> impl Iterator<Item = &'a Value> {
    let mails = answer.as_array().into_iter().flatten();
    mails.filter(move |mail| mail["subject"] == subject)
}

fn places(answer: &Value, subject: &str) -> Vec<String> {
    titled(answer, subject)
        .map(|mail| mail["folder"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_of_a_subject_is_seen_where_it_lies() {
        let answer = json!([
            {"id": "a", "subject": "Offer", "folder": "Inbox/Customers"},
            {"id": "b", "subject": "Else", "folder": "Inbox"},
            {"id": "c", "subject": "Offer", "folder": "CRM-Sync"},
        ]);
        assert_eq!(places(&answer, "Offer"), ["Inbox/Customers", "CRM-Sync"]);
        assert!(places(&Value::Null, "Offer").is_empty());
    }

    #[test]
    fn a_letter_has_an_end_of_its_head_and_its_file_in_base64() {
        let letter = Letter {
            from: ("Ute Lang", "ute@firma.example"),
            to: "anna@firma.example",
            cc: &[("", "jo@firma.example"), ("Mia Kurz", "mia@firma.example")],
            subject: "Offer",
            text: "Hello",
            file: ("offer.csv", "1;2"),
        };
        let written = letter.written(Timestamp::UNIX_EPOCH);
        let (head, body) = written.split_once("\r\n\r\n").expect("a head");
        assert!(head.contains("\r\nFrom: Ute Lang <ute@firma.example>\r\n"));
        assert!(
            head.contains("\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n"),
            "{head}"
        );
        assert!(
            body.contains("utf-8\r\n\r\nHello\r\n--part\r\n")
                && body.contains("\r\n\r\nMTsy\r\n--part--"),
            "{body}"
        );
    }
}
