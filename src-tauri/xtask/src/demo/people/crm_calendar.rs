//! The same user of the CRM at its calendar: events and tasks. The CRM keeps days and times of day apart, in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::crm_user::{CrmUser, text};
use super::seen::{Appointment, Task};
use crate::error::{Outcome, XtaskError};

/// An event and how the CRM calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The record's id.
    pub id: String,
    /// What it holds.
    pub appointment: Appointment,
}

impl CrmUser<'_> {
    /// Enters a call or meeting, as `activity_type` says.
    pub fn schedule(&self, appointment: &Appointment, activity_type: &str) -> Outcome<()> {
        let (start, end) = (utc(appointment.start), utc(appointment.end));
        let hours = appointment.end.duration_since(appointment.start).as_hours();
        let record = json!({
            "subject": appointment.subject,
            "activitytype": activity_type,
            "eventstatus": "Planned",
            "date_start": start.date().to_string(),
            "time_start": start.time().to_string(),
            "due_date": end.date().to_string(),
            "time_end": end.time().to_string(),
            "duration_hours": hours.to_string(),
            "location": appointment.place,
            "assigned_user_id": self.user,
        });
        self.ask("POST", "Events", &record).map(|_| ())
    }

    /// Changes where an event takes place.
    pub fn set_place(&self, event: &str, place: &str) -> Outcome<()> {
        self.ask("PATCH", event, &json!({ "location": place }))
            .map(|_| ())
    }

    /// All events with this subject, by their start.
    pub fn events(&self, subject: &str) -> Outcome<Vec<Event>> {
        let answer = self.ask("GET", "Events", &Value::Null)?;
        let mut events = titled(&answer, subject)
            .map(event)
            .collect::<Outcome<Vec<_>>>()?;
        events.sort_by_key(|event| event.appointment.start);
        Ok(events)
    }

    /// Enters a task that begins on the day on which it is due.
    pub fn note_task(&self, task: &Task) -> Outcome<()> {
        let day = task.due.map(|day| day.to_string());
        let record = json!({
            "subject": task.subject,
            "activitytype": "Task",
            "date_start": day,
            "time_start": "08:00:00",
            "due_date": day,
            "taskstatus": if task.is_done { "Completed" } else { "Not Started" },
            "taskpriority": if task.is_urgent { "High" } else { "Medium" },
            "assigned_user_id": self.user,
        });
        self.ask("POST", "Calendar", &record).map(|_| ())
    }

    /// What the CRM shows of a task.
    pub fn task(&self, subject: &str) -> Outcome<Task> {
        let answer = self.ask("GET", "Calendar", &Value::Null)?;
        let record = titled(&answer, subject).next();
        record
            .map(task)
            .ok_or_else(|| found(&format!("the CRM has no task called {subject}")))
    }
}

fn titled<'a>(answer: &'a Value, subject: &'a str) -> impl Iterator<Item = &'a Value> {
    let records = answer["records"].as_array().into_iter().flatten();
    records.filter(move |record| record["subject"] == subject)
}

fn event(record: &Value) -> Outcome<Event> {
    Ok(Event {
        id: text(record, "id"),
        appointment: Appointment {
            subject: text(record, "subject"),
            start: moment(record, "date_start", "time_start")?,
            end: moment(record, "due_date", "time_end")?,
            place: text(record, "location"),
        },
    })
}

fn task(record: &Value) -> Task {
    Task {
        subject: text(record, "subject"),
        due: text(record, "due_date").parse().ok(),
        is_done: record["taskstatus"] == "Completed",
        is_urgent: record["taskpriority"] == "High",
    }
}

fn moment(record: &Value, day: &str, time: &str) -> Outcome<Timestamp> {
    let written = format!("{}T{}", text(record, day), text(record, time));
    let clock: Option<DateTime> = written.parse().ok();
    let moment = clock.and_then(|clock| TimeZone::UTC.to_timestamp(clock).ok());
    moment.ok_or_else(|| XtaskError::Answer {
        what: "the CRM".to_owned(),
        why: format!("{day} and {time} are no time: {written}"),
    })
}

fn utc(moment: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(moment)
}

fn found(what: &str) -> XtaskError {
    XtaskError::Found {
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_with_its_times_in_utc() {
        let answer = json!({"records": [
            {"id": "18x2", "subject": "Else"},
            {"id": "18x3", "subject": "Lunch", "date_start": "2027-03-31", "time_start": "10:30:00", "due_date": "2027-03-31", "time_end": "11:30", "location": null},
        ], "deleted": []});
        let record = titled(&answer, "Lunch").next().expect("it is there");
        let event = event(record).expect("its times are times");
        assert_eq!(event.id, "18x3");
        assert_eq!(
            event.appointment.to_string(),
            "Lunch, Wed 31 Mar 2027, 12:30 to 13:30 (Berlin), -"
        );
    }

    #[test]
    fn an_event_without_a_day_is_an_error_that_names_the_field() {
        let record = json!({"id": "18x3", "subject": "Lunch", "time_start": "10:30:00"});
        let error = event(&record).expect_err("no day");
        assert!(error.to_string().contains("date_start"), "{error}");
    }

    #[test]
    fn a_task_is_read_with_its_day_state_and_priority() {
        let record = json!({"subject": "Call", "due_date": "2027-03-10", "taskstatus": "Completed", "taskpriority": "High"});
        assert_eq!(
            task(&record).to_string(),
            "Call, due Wed 10 Mar 2027, done, high priority"
        );
        let open = json!({"subject": "Call", "due_date": "", "taskstatus": "Not Started", "taskpriority": "Medium"});
        assert_eq!(task(&open).to_string(), "Call, no day, not done");
    }
}
