//! The same person in Outlook at calendar and tasks, through the sandbox's control door (`src-tauri/docs/sandbox.md`): series and
//! exceptions are a few words there and pages of XML in EWS.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::outlook::Outlook;
use super::seen::{Appointment, Task};
use crate::demo::berlin;
use crate::demo::loopback::Request;
use crate::error::{Outcome, XtaskError};

/// The folders that the connector makes below calendar and tasks.
const CALENDAR: &str = "calendar/CRM-Sync";
const TASKS: &str = "tasks/CRM-Sync";

/// How far the calendar is looked at.
const WEEKS_SHOWN: i64 = 8;

impl Outlook<'_> {
    /// Enters an appointment in the calendar that is synced, at Berlin's time. Gives back its id.
    pub fn schedule(&self, appointment: &Appointment) -> Outcome<String> {
        self.create(CALENDAR, written(appointment))
    }

    /// Enters an appointment that takes place again every week, so many times in all. Gives back its id.
    pub fn schedule_weekly(&self, first: &Appointment, times: usize) -> Outcome<String> {
        let day = berlin::day(first.start);
        let mut fields = written(first);
        for (part, value) in [
            ("WeeklyRecurrence/Interval", "1".to_owned()),
            (
                "WeeklyRecurrence/DaysOfWeek",
                day.strftime("%A").to_string(),
            ),
            ("NumberedRecurrence/StartDate", day.to_string()),
            ("NumberedRecurrence/NumberOfOccurrences", times.to_string()),
        ] {
            fields[format!("Recurrence/{part}")] = value.into();
        }
        self.create(CALENDAR, fields)
    }

    /// Moves one appointment of a series, the one that belongs on this day, to where it is from now on.
    pub fn move_occurrence(&self, series: &str, day: Date, to: &Appointment) -> Outcome<()> {
        let act = json!({ "act": "edit_occurrence", "item": series, "day": day.to_string(), "fields": written(to) });
        self.act(act).map(|_| ())
    }

    /// What the calendar shows under this subject in the weeks from this day on, series as their appointments.
    pub fn appointments(&self, subject: &str, from: Date) -> Outcome<Vec<Appointment>> {
        let until = berlin::weeks_later(from, WEEKS_SHOWN);
        let (from, until) = (berlin::at(from, 0, 0), berlin::at(until, 0, 0));
        let answer = self.look(&format!(
            "calendar?folder={CALENDAR}&from={from}&to={until}"
        ))?;
        titled(&answer, subject).map(appointment).collect()
    }

    /// The days of a series on which it differs from its pattern.
    pub fn exceptions(&self, series: &str) -> Outcome<Vec<Date>> {
        let answer = self.look(&format!("items?folder={CALENDAR}"))?;
        let mut items = answer.as_array().into_iter().flatten();
        let item = items.find(|item| item["id"] == series);
        let item = item.ok_or_else(|| missing("the series is gone"))?;
        days(&item["exceptions"])
    }

    /// Notes something to be done, without any day.
    pub fn note_task(&self, subject: &str) -> Outcome<()> {
        let fields = json!({ "Subject": subject });
        self.create(TASKS, fields).map(|_| ())
    }

    /// Ticks a task off.
    pub fn complete_task(&self, subject: &str) -> Outcome<()> {
        let item = self.task_item(subject)?["id"].clone();
        self.act(json!({ "act": "complete_task", "item": item }))
            .map(|_| ())
    }

    /// What Outlook shows of a task.
    pub fn task(&self, subject: &str) -> Outcome<Task> {
        task(&self.task_item(subject)?)
    }

    fn task_item(&self, subject: &str) -> Outcome<Value> {
        let answer = self.look(&format!("items?folder={TASKS}"))?;
        let item = titled(&answer, subject).next().cloned();
        item.ok_or_else(|| missing(&format!("no task called {subject}")))
    }

    fn create(&self, folder: &str, fields: Value) -> Outcome<String> {
        let made = self.act(json!({ "act": "create", "folder": folder, "fields": fields }))?;
        let id = made["id"].as_str().map(str::to_owned);
        id.ok_or_else(|| missing("a made item has no id"))
    }

    pub(super) fn act(&self, mut act: Value) -> Outcome<Value> {
        act["user"] = self.account.user.as_str().into();
        self.door("POST", "act", &act.to_string())
    }

    pub(super) fn look(&self, what: &str) -> Outcome<Value> {
        self.door("GET", &format!("{what}&user={}", self.account.user), "")
    }

    fn door(&self, method: &str, path: &str, body: &str) -> Outcome<Value> {
        let url = format!("{}/sandbox/exchange/{path}", origin(&self.account.url));
        let answer = Request {
            method,
            url: &url,
            head: &[("Content-Type", "application/json")],
            body,
        }
        .send()?;
        serde_json::from_str(&answer).map_err(|error| missing(&error.to_string()))
    }
}

/// Scheme and host of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

fn written(appointment: &Appointment) -> Value {
    json!({
        "Subject": appointment.subject,
        "Start": berlin::clock(appointment.start),
        "End": berlin::clock(appointment.end),
        "StartTimeZone": berlin::OUTLOOK_NAME,
        "Location": appointment.place,
    })
}

fn titled<'a>(answer: &'a Value, subject: &'a str) -> impl Iterator<Item = &'a Value> {
    let items = answer.as_array().into_iter().flatten();
    items.filter(move |item| field(item, "Subject") == subject)
}

fn appointment(item: &Value) -> Outcome<Appointment> {
    let moment = |name: &str| -> Outcome<Timestamp> {
        let written = field(item, name);
        written
            .parse()
            .map_err(|_| missing(&format!("{name} is no time: {written}")))
    };
    Ok(Appointment {
        subject: field(item, "Subject").to_owned(),
        start: moment("Start")?,
        end: moment("End")?,
        place: field(item, "Location").to_owned(),
    })
}

fn task(item: &Value) -> Outcome<Task> {
    let due = field(item, "DueDate");
    Ok(Task {
        subject: field(item, "Subject").to_owned(),
        due: if due.is_empty() {
            None
        } else {
            Some(day(due)?)
        },
        is_done: field(item, "Status") == "Completed",
        is_urgent: field(item, "Importance") == "High",
    })
}

fn days(exceptions: &Value) -> Outcome<Vec<Date>> {
    let all = exceptions.as_array().into_iter().flatten();
    all.map(|one| day(one["day"].as_str().unwrap_or_default()))
        .collect()
}

/// The day in front of a time: a task has a day, whatever time stands behind it.
fn day(written: &str) -> Outcome<Date> {
    let day = written.split('T').next().unwrap_or_default();
    day.parse()
        .map_err(|_| missing(&format!("no day: {written}")))
}

fn field<'a>(item: &'a Value, name: &str) -> &'a str {
    item["fields"][name].as_str().unwrap_or_default()
}

pub(super) fn missing(why: &str) -> XtaskError {
    XtaskError::Answer {
        what: "the mailbox".to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_door_is_at_the_root_of_the_mailbox_server() {
        for url in ["http://127.0.0.1:7/EWS/Exchange.asmx", "http://127.0.0.1:7"] {
            assert_eq!(origin(url), "http://127.0.0.1:7");
        }
    }

    #[test]
    fn an_appointment_is_written_at_berlins_time_and_read_back_from_utc() {
        let read = json!([
            {"id": "a", "fields": {"Subject": "Else"}},
            {"id": "b", "fields": {"Subject": "Lunch", "Start": "2027-03-31T10:30:00Z", "End": "2027-03-31T11:30:00Z", "Location": "Canteen"}},
        ]);
        let item = titled(&read, "Lunch").next().expect("it is there");
        let lunch = appointment(item).expect("its times are times");
        assert_eq!(
            lunch.to_string(),
            "Lunch, Wed 31 Mar 2027, 12:30 to 13:30 (Berlin), Canteen"
        );
        let fields = written(&lunch);
        assert_eq!(
            (&fields["Start"], &fields["StartTimeZone"]),
            (
                &json!("2027-03-31T12:30:00"),
                &json!("W. Europe Standard Time")
            )
        );
    }

    #[test]
    fn a_task_without_a_day_has_none_and_one_with_a_time_has_its_day() {
        let without = json!({"fields": {"Subject": "Call", "Status": "NotStarted"}});
        assert_eq!(task(&without).expect("a task").due, None);
        let with = json!({"fields": {"Subject": "Call", "DueDate": "2027-03-10T00:00:00Z", "Status": "Completed", "Importance": "High"}});
        assert_eq!(
            task(&with).expect("a task").to_string(),
            "Call, due Wed 10 Mar 2027, done, high priority"
        );
        let odd = json!({"fields": {"Subject": "Call", "DueDate": "soon"}});
        assert!(task(&odd).is_err());
    }

    #[test]
    fn a_series_without_exceptions_shows_none() {
        assert_eq!(days(&Value::Null).expect("no days"), []);
        let two = json!([{"day": "2027-03-10"}, {"day": "2027-03-17"}]);
        assert_eq!(days(&two).expect("days").len(), 2);
    }
}
