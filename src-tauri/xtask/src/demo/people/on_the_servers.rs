//! The people of the demo at work on a running sandbox: what each of them does is done there, and they see it. What the other side knows
//! of it is the connector's business and not played here.

use jiff::civil::{Date, date};
use sandbox::options::Options;
use sandbox::running::Running;
use serde_json::json;
use tokio::runtime::Runtime;

use super::crm_user::CrmUser;
use super::outlook::Outlook;
use super::outlook_mails::Letter;
use super::seen::{Appointment, Task};
use crate::demo::berlin;
use crate::demo::sandbox::{self as on_stage, Account};

/// Empty servers with the connector's folders, and the accounts of the person on stage.
struct Servers {
    exchange: Account,
    crm: Account,
    _sandbox: Running,
    _runtime: Runtime,
}

impl Servers {
    fn start() -> Self {
        let runtime = Runtime::new().expect("threads can be had");
        let sandbox = runtime
            .block_on(sandbox::start(Options::default()))
            .expect("a free port on loopback");
        let ready = sandbox.ready_line();
        let servers = Self {
            exchange: on_stage::mailbox_account(&ready).expect("the line is complete"),
            crm: on_stage::crm_account(&ready).expect("the line is complete"),
            _sandbox: sandbox,
            _runtime: runtime,
        };
        for path in ["calendar/CRM-Sync", "tasks/CRM-Sync", "CRM-Sync"] {
            let act = json!({ "act": "create_folder", "path": path, "class": null });
            servers.outlook().act(act).expect("it can be made");
        }
        servers
    }

    fn outlook(&self) -> Outlook<'_> {
        Outlook {
            account: &self.exchange,
        }
    }

    fn crm_user(&self) -> CrmUser<'_> {
        CrmUser {
            url: &self.crm.url,
            user: &self.crm.user,
        }
    }
}

const TODAY: Date = date(2027, 3, 8);

/// In the week before summer time begins, unless the day says otherwise.
fn meeting(day: Date) -> Appointment {
    Appointment {
        subject: "Meeting “A” & B".to_owned(),
        start: berlin::at(day, 10, 0),
        end: berlin::at(day, 11, 0),
        place: "Büro 1".to_owned(),
    }
}

#[test]
fn an_appointment_is_seen_in_outlook_as_it_was_entered() {
    let servers = Servers::start();
    let outlook = servers.outlook();
    let expected = meeting(date(2027, 3, 23));
    outlook.schedule(&expected).expect("entered");
    let nameless = Appointment {
        subject: String::new(),
        ..expected.clone()
    };
    outlook.schedule(&nameless).expect("entered");
    let seen = |subject| outlook.appointments(subject, TODAY).expect("seen");
    assert_eq!(seen(&expected.subject), std::slice::from_ref(&expected));
    assert_eq!(seen(""), [nameless]);
}

#[test]
fn one_meeting_of_a_weekly_series_moves_and_is_an_exception() {
    let servers = Servers::start();
    let outlook = servers.outlook();
    let days = [date(2027, 3, 23), date(2027, 3, 30), date(2027, 4, 6)];
    let mut expected = days.map(meeting);
    let series = outlook
        .schedule_weekly(&expected[0], days.len())
        .expect("entered");
    let seen = || outlook.appointments(&expected[0].subject, TODAY);
    assert_eq!(seen().expect("seen"), expected);
    assert_eq!(outlook.exceptions(&series).expect("seen"), []);
    expected[1].start = berlin::at(days[1], 14, 0);
    expected[1].end = berlin::at(days[1], 15, 30);
    expected[1].place = "Büro 3".to_owned();
    outlook
        .move_occurrence(&series, days[1], &expected[1])
        .expect("moved");
    let seen = outlook.appointments(&expected[0].subject, TODAY);
    assert_eq!(seen.expect("seen"), expected);
    assert_eq!(outlook.exceptions(&series).expect("seen"), [days[1]]);
}

#[test]
fn an_event_is_seen_in_the_crm_as_it_was_entered_and_edited() {
    let servers = Servers::start();
    let crm = servers.crm_user();
    let mut expected = meeting(date(2027, 3, 30));
    crm.schedule(&expected, "Call").expect("entered");
    let seen = || crm.events("Meeting “A” & B").expect("seen");
    let event = seen().pop().expect("one event");
    assert_eq!(event.appointment, expected);
    crm.set_place(&event.id, "Video").expect("edited");
    expected.place = "Video".to_owned();
    let edited = seen().pop().expect("one event");
    assert_eq!((edited.id, edited.appointment), (event.id, expected));
}

#[test]
fn a_task_is_seen_on_its_own_side_with_and_without_a_day() {
    let servers = Servers::start();
    let (outlook, crm) = (servers.outlook(), servers.crm_user());
    outlook.note_task("Offer").expect("noted");
    let mut offer = Task {
        subject: "Offer".to_owned(),
        due: None,
        is_done: false,
        is_urgent: false,
    };
    assert_eq!(outlook.task("Offer").expect("seen"), offer);
    outlook.complete_task("Offer").expect("done");
    offer.is_done = true;
    assert_eq!(outlook.task("Offer").expect("seen"), offer);
    let samples = Task {
        subject: "Samples".to_owned(),
        due: Some(TODAY),
        is_done: false,
        is_urgent: true,
    };
    crm.note_task(&samples).expect("noted");
    assert_eq!(crm.task("Samples").expect("seen"), samples);
    assert!(crm.task("Offer").is_err());
}

#[test]
fn a_mail_is_seen_where_it_arrived_and_where_it_was_dropped() {
    let servers = Servers::start();
    let outlook = servers.outlook();
    let folder = outlook.make_mail_folder("Customers").expect("made");
    let letter = Letter {
        from: ("Ute Lang", "ute@kunde.example"),
        to: "anna@firma.example",
        cc: &[],
        subject: "Offer",
        text: "Hello",
        file: ("offer.csv", "1;2"),
    };
    outlook.receive(&letter, &folder).expect("arrived");
    let places = || outlook.places_of_mail("Offer").expect("seen");
    assert_eq!(places(), ["Inbox/Customers"]);
    outlook.drop_mail("Offer").expect("dropped");
    assert_eq!(places(), ["CRM-Sync"]);
    assert!(outlook.drop_mail("Nothing").is_err());
    let crm = servers.crm_user();
    assert_eq!(crm.emails("Offer").expect("seen"), []);
    assert_eq!(crm.leads("ute@kunde.example").expect("seen"), 0);
}
