//! Somebody who works in the CRM, through the sandbox's control door (`src-tauri/docs/sandbox.md`). Here are the contacts.

use serde_json::{Value, json};

use super::seen::Contact;
use crate::demo::loopback::Request;
use crate::error::{Outcome, XtaskError};

/// A user of the CRM.
pub struct CrmUser<'a> {
    /// The CRM's address.
    pub url: &'a str,
    /// The user's name.
    pub user: &'a str,
}

impl CrmUser<'_> {
    /// Enters a new contact.
    pub fn add(&self, first_name: &str, last_name: &str, email: &str) -> Outcome<()> {
        let record = json!({ "firstname": first_name, "lastname": last_name, "email": email, "assigned_user_id": self.user });
        self.ask("POST", "Contacts", &record).map(|_| ())
    }

    /// Corrects the town of a contact.
    pub fn set_city(&self, last_name: &str, city: &str) -> Outcome<()> {
        let id = text(&self.record(last_name)?, "id");
        self.ask("PATCH", &id, &json!({ "mailingcity": city }))
            .map(|_| ())
    }

    /// What the CRM shows of a contact.
    pub fn look_up(&self, last_name: &str) -> Outcome<Contact> {
        self.record(last_name).map(|record| seen(&record))
    }

    fn record(&self, last_name: &str) -> Outcome<Value> {
        let answer = self.ask("GET", "Contacts", &Value::Null)?;
        named(&answer, last_name).ok_or_else(|| XtaskError::Found {
            what: format!("the CRM has no contact with the last name {last_name}"),
        })
    }

    pub(super) fn ask(&self, method: &str, path: &str, document: &Value) -> Outcome<Value> {
        self.door(method, &format!("records/{path}"), document)
    }

    pub(super) fn door(&self, method: &str, path: &str, document: &Value) -> Outcome<Value> {
        let url = format!(
            "{}/sandbox/{path}?user={}",
            self.url.trim_end_matches('/'),
            self.user
        );
        let body = if document.is_null() {
            String::new()
        } else {
            document.to_string()
        };
        let answer = Request {
            method,
            url: &url,
            head: &[("Content-Type", "application/json")],
            body: &body,
        }
        .send()?;
        serde_json::from_str(&answer).map_err(|error| XtaskError::Answer {
            what: format!("{method} {url}"),
            why: error.to_string(),
        })
    }
}

fn named(answer: &Value, last_name: &str) -> Option<Value> {
    answer["records"]
        .as_array()?
        .iter()
        .find(|record| record["lastname"] == last_name)
        .cloned()
}

fn seen(record: &Value) -> Contact {
    Contact {
        name: format!("{} {}", text(record, "firstname"), text(record, "lastname")),
        email: text(record, "email"),
        mobile: text(record, "mobile"),
        city: text(record, "mailingcity"),
    }
}

/// A field as text, empty where there is none.
pub(super) fn text(record: &Value, field: &str) -> String {
    record[field].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_by_its_last_name_and_shown() {
        let answer = json!({"records": [
            {"id": "12x1", "firstname": "Ute", "lastname": "Lang", "email": null, "mobile": "1", "mailingcity": "Kiel"},
            {"id": "12x2", "firstname": "Jo", "lastname": "Kurz"}
        ], "deleted": []});
        let record = named(&answer, "Lang").expect("she is there");
        assert_eq!(
            seen(&record).to_string(),
            "Ute Lang, -, mobile 1, town Kiel"
        );
        assert_eq!(named(&answer, "Niemand"), None);
    }
}
