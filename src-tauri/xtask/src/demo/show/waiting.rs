//! The chapter about an entry that waits for the user: it is listed with its reason, completed, and then goes through.

use jiff::civil::{Date, Weekday};
use serde_json::Value;

use super::{Show, both_hold};
use crate::demo::berlin;
use crate::demo::people::seen::Appointment;
use crate::error::{Outcome, XtaskError};

/// A subject that the made-up company does not have.
const COFFEE: &str = "Coffee with the Demobergs";

impl Show {
    /// An appointment without a subject, and what becomes of it.
    pub fn waiting_entry(&self) -> Outcome<()> {
        self.story.chapter(
            "An entry that cannot be taken over",
            "In Outlook somebody enters an appointment and forgets the subject. The CRM takes no event without one, and the connector makes none up: it lists \
             the entry with its reason and leaves it alone. Everything else goes on syncing.",
        );
        let coffee = coffee(self.today);
        let item = self.outlook().schedule(&Appointment {
            subject: String::new(),
            ..coffee.clone()
        })?;
        self.exco.show(&["sync"])?;
        self.exco.show(&["conflicts", "list"])?;
        let id = self.waiting(&item)?.ok_or_else(|| XtaskError::Found {
            what: "the appointment without a subject is not listed, which it must be".to_owned(),
        })?;
        self.story.aside(
            "Somebody remembers what it was about and says so. The subject is written where it was missing, in Outlook, and the entry syncs at once.",
        );
        let answer = format!("subject={COFFEE}");
        self.exco
            .show(&["conflicts", "resolve", &id, "--field", &answer])?;
        let outlook = self.outlook().appointments(COFFEE, self.today)?;
        let crm = self.crm_user().events(COFFEE)?;
        let crm: Vec<Appointment> = crm.into_iter().map(|event| event.appointment).collect();
        both_hold(&[coffee], &outlook, &crm)?;
        match self.waiting(&item)? {
            None => Ok(()),
            Some(_) => Err(XtaskError::Found {
                what: "the appointment is listed although it went through".to_owned(),
            }),
        }
    }

    /// What the connector calls the item in its list of entries that wait, if it is there.
    fn waiting(&self, item: &str) -> Outcome<Option<String>> {
        let list = self.exco.ask(&["conflicts", "list"])?;
        Ok(waiting_id(&list, item))
    }
}

fn waiting_id(list: &Value, item: &str) -> Option<String> {
    let mut entries = list.as_array()?.iter();
    let entry = entries.find(|entry| entry["item"] == item)?;
    entry["id"].as_str().map(str::to_owned)
}

fn coffee(today: Date) -> Appointment {
    let day = berlin::next_week(today, Weekday::Friday);
    Appointment {
        subject: COFFEE.to_owned(),
        start: berlin::at(day, 15, 0),
        end: berlin::at(day, 15, 30),
        place: "Canteen".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_by_its_item_among_others_that_wait() {
        let list = serde_json::json!([
            {"id": "tasks/crm/9x1", "component": "tasks", "item": null, "record": "9x1"},
            {"id": "appointments/mailbox/AAMk=", "component": "appointments", "item": "AAMk=", "record": null},
        ]);
        assert_eq!(
            waiting_id(&list, "AAMk=").as_deref(),
            Some("appointments/mailbox/AAMk=")
        );
        assert_eq!(waiting_id(&list, "AAMl="), None);
        assert_eq!(waiting_id(&Value::Null, "AAMk="), None);
    }
}
