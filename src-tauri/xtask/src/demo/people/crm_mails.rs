//! The same user of the CRM at e-mails and leads. The connector brings them there; this user only looks at them.

use serde_json::Value;

use super::crm_user::{CrmUser, text};
use super::seen::Email;
use crate::error::Outcome;

/// The modules that e-mails are referenced to here, and what one of their records is called.
const MODULES: [(&str, &str); 2] = [("Contacts", "contact"), ("Leads", "lead")];

impl CrmUser<'_> {
    /// All e-mails with this subject.
    pub fn emails(&self, subject: &str) -> Outcome<Vec<Email>> {
        let emails = self.door("GET", "emails", &Value::Null)?;
        let mut records = Vec::new();
        for (module, kind) in MODULES {
            let answer = self.ask("GET", module, &Value::Null)?;
            records.extend(named(&answer, kind));
        }
        Ok(titled(&emails, subject)
            .map(|email| seen(email, &records))
            .collect())
    }

    /// How many leads have this address.
    pub fn leads(&self, address: &str) -> Outcome<usize> {
        let answer = self.ask("GET", "Leads", &Value::Null)?;
        let leads = answer["records"].as_array().into_iter().flatten();
        Ok(leads.filter(|lead| lead["email"] == address).count())
    }
}

/// The id of every record and what it is called.
fn named(answer: &Value, kind: &str) -> Vec<(String, String)> {
    let records = answer["records"].as_array().into_iter().flatten();
    records
        .map(|record| {
            let names = format!("{} {}", text(record, "firstname"), text(record, "lastname"));
            (text(record, "id"), format!("{kind} {}", names.trim()))
        })
        .collect()
}

fn titled<'a>(answer: &'a Value, subject: &'a str) -> impl Iterator<Item = &'a Value> {
    let emails = answer.as_array().into_iter().flatten();
    emails.filter(move |email| email["subject"] == subject)
}

fn seen(email: &Value, records: &[(String, String)]) -> Email {
    let files = email["files"].as_array().into_iter().flatten();
    let references = email["references"].as_array().into_iter().flatten();
    let called = |id: &Value| {
        let mut records = records.iter();
        let record = records.find(|(known, _)| id == known.as_str());
        record.map_or_else(|| format!("record {id}"), |(_, name)| name.clone())
    };
    let mut records: Vec<String> = references.map(called).collect();
    records.sort();
    Email {
        subject: text(email, "subject"),
        from: text(email, "from"),
        files: files
            .map(|file| (text(file, "name"), file["size"].as_u64().unwrap_or(0)))
            .collect(),
        records,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_email_is_seen_with_what_its_records_are_called() {
        let contacts = json!({"records": [{"id": "12x1", "firstname": "Ute", "lastname": "Lang"}]});
        let leads = json!({"records": [{"id": "10x2", "firstname": "", "lastname": "jo"}]});
        let records = [named(&contacts, "contact"), named(&leads, "lead")].concat();
        let answer = json!([
            {"id": "16x3", "subject": "Else"},
            {"id": "16x4", "subject": "Offer", "from": "ute@firma.example", "references": ["9x9", "10x2", "12x1"],
             "files": [{"id": "17x5", "name": "offer.csv", "size": 3}]},
        ]);
        let email = titled(&answer, "Offer").next().expect("it is there");
        let email = seen(email, &records);
        assert_eq!(
            email.to_string(),
            "Offer, from ute@firma.example, with offer.csv (3 bytes)"
        );
        let expected = ["contact Ute Lang", "lead jo", "record \"9x9\""];
        assert_eq!(email.records, expected);
    }
}
