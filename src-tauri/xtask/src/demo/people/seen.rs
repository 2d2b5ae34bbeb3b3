//! What the people of the demo see of an entry, the same whichever side they look from, so that both sides can be compared and shown.

use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::demo::berlin;

/// What the demo shows of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Given name and last name.
    pub name: String,
    /// The first e-mail address.
    pub email: String,
    /// The mobile number.
    pub mobile: String,
    /// The town of the business address.
    pub city: String,
}

impl Display for Contact {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}, {}, mobile {}, town {}",
            self.name,
            or_dash(&self.email),
            or_dash(&self.mobile),
            or_dash(&self.city)
        )
    }
}

/// What the demo shows of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// What it is about.
    pub subject: String,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Where it takes place.
    pub place: String,
}

impl Display for Appointment {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let when = berlin::span(self.start, self.end);
        write!(
            out,
            "{}, {when}, {}",
            or_dash(&self.subject),
            or_dash(&self.place)
        )
    }
}

/// What the demo shows of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is to be done.
    pub subject: String,
    /// By when, if there is such a day.
    pub due: Option<Date>,
    /// Whether it is done.
    pub is_done: bool,
    /// Whether its priority is high.
    pub is_urgent: bool,
}

impl Display for Task {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let due = match self.due {
            Some(day) => format!("due {}", berlin::shown(day)),
            None => "no day".to_owned(),
        };
        let state = if self.is_done { "done" } else { "not done" };
        let priority = if self.is_urgent {
            ", high priority"
        } else {
            ""
        };
        write!(out, "{}, {due}, {state}{priority}", self.subject)
    }
}

/// What the demo shows of an e-mail in the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// What it is about.
    pub subject: String,
    /// Who wrote it.
    pub from: String,
    /// Its files and how many bytes each has.
    pub files: Vec<(String, u64)>,
    /// What the records it is referenced to are called, by kind and name.
    pub records: Vec<String>,
}

impl Display for Email {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let files = self.files.iter();
        let files: Vec<String> = files
            .map(|(name, bytes)| format!("{name} ({bytes} bytes)"))
            .collect();
        write!(
            out,
            "{}, from {}, with {}",
            or_dash(&self.subject),
            or_dash(&self.from),
            or_dash(&files.join(", "))
        )
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_appointment_is_told_in_one_line_and_what_is_missing_is_a_dash() {
        let day = date(2027, 3, 10);
        let lunch = Appointment {
            subject: "Lunch".to_owned(),
            start: berlin::at(day, 12, 30),
            end: berlin::at(day, 13, 30),
            place: String::new(),
        };
        assert_eq!(
            lunch.to_string(),
            "Lunch, Wed 10 Mar 2027, 12:30 to 13:30 (Berlin), -"
        );
    }

    #[test]
    fn a_task_without_a_day_says_so() {
        let task = Task {
            subject: "Call".to_owned(),
            due: None,
            is_done: false,
            is_urgent: true,
        };
        assert_eq!(task.to_string(), "Call, no day, not done, high priority");
        let done = Task {
            due: Some(date(2027, 3, 10)),
            is_done: true,
            is_urgent: false,
            ..task
        };
        assert_eq!(done.to_string(), "Call, due Wed 10 Mar 2027, done");
    }

    #[test]
    fn an_email_is_told_with_its_files() {
        let bare = Email {
            subject: "Offer".to_owned(),
            from: "ute@firma.example".to_owned(),
            files: Vec::new(),
            records: Vec::new(),
        };
        assert_eq!(bare.to_string(), "Offer, from ute@firma.example, with -");
        let full = Email {
            files: vec![("offer.pdf".to_owned(), 7), ("logo.png".to_owned(), 12)],
            ..bare
        };
        assert_eq!(
            full.to_string(),
            "Offer, from ute@firma.example, with offer.pdf (7 bytes), logo.png (12 bytes)"
        );
    }
}
