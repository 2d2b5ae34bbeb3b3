//! What the stories need to know of each kind of entry: where users type what, on either side.

use model::Component;
use sandbox::exchange::ItemView;

use crate::people::{RecordView, field, text};
use crate::stage::Stage;

/// A field that users change, as either side shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// A text: Exchange's name, the CRM's name.
    Text(&'static str, &'static str),
    /// When an appointment is: start and end belong together.
    When,
}

/// The kinds of entries the stories are about.
pub const TRADES: [Component; 3] = [
    Component::Contacts,
    Component::Appointments,
    Component::Tasks,
];

/// The fields that are changed.
pub fn cells(component: Component) -> &'static [Cell] {
    match component {
        Component::Appointments => &[Cell::Text("Location", "location"), Cell::When],
        Component::Tasks => &[Cell::Text("Body", "description")],
        Component::Contacts | Component::Emails => &[
            Cell::Text("PhoneNumbers/BusinessPhone", "phone"),
            Cell::Text("PhysicalAddresses/Business/City", "mailingcity"),
            Cell::Text("JobTitle", "title"),
        ],
    }
}

/// What an entry is called by, on either side.
pub fn name(component: Component) -> (&'static str, &'static str) {
    match component {
        Component::Contacts => ("Surname", "lastname"),
        Component::Appointments | Component::Tasks | Component::Emails => ("Subject", "subject"),
    }
}

impl Cell {
    /// A value that nobody else ever typed.
    pub fn fresh(self, number: u32) -> String {
        match self {
            Cell::Text(..) => format!("v{number}"),
            Cell::When => {
                let start: jiff::Timestamp = "2026-06-10T08:00:00Z".parse().expect("a moment");
                (start + jiff::SignedDuration::from_mins(i64::from(number))).to_string()
            }
        }
    }

    /// The value as fields of an item.
    pub fn in_item(self, value: &str) -> Vec<(&'static str, String)> {
        match self {
            Cell::Text(name, _) => vec![(name, value.to_owned())],
            Cell::When => vec![("Start", value.to_owned()), ("End", half_an_hour_on(value))],
        }
    }

    /// The value as fields of a record.
    pub fn in_record(self, value: &str) -> Vec<(&'static str, String)> {
        let part = |moment: &str, from, to| moment[from..to].to_owned();
        match self {
            Cell::Text(_, name) => vec![(name, value.to_owned())],
            Cell::When => {
                let end = half_an_hour_on(value);
                vec![
                    ("date_start", part(value, 0, 10)),
                    ("time_start", part(value, 11, 19)),
                    ("due_date", part(&end, 0, 10)),
                    ("time_end", part(&end, 11, 19)),
                ]
            }
        }
    }

    /// What an item holds.
    pub fn of_item(self, item: &ItemView) -> String {
        match self {
            Cell::Text(name, _) => field(item, name).to_owned(),
            Cell::When => field(item, "Start").to_owned(),
        }
    }

    /// What a record holds.
    pub fn of_record(self, record: &RecordView) -> String {
        match self {
            Cell::Text(_, name) => text(record, name),
            Cell::When => {
                format!(
                    "{}T{}Z",
                    text(record, "date_start"),
                    text(record, "time_start")
                )
            }
        }
    }
}

fn half_an_hour_on(moment: &str) -> String {
    let moment: jiff::Timestamp = moment.parse().expect("a moment");
    (moment + jiff::SignedDuration::from_mins(30)).to_string()
}

impl Stage {
    /// The user makes an item of this name, with an entry in a field the CRM does not know (S10).
    pub fn enters_named(&self, name: &str, fields: &[(&'static str, String)]) -> String {
        let mut all = vec![(self::name(self.component).0, name), ("Categories", "Blue")];
        all.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
        self.enters(&all)
    }

    /// The user makes a record of this name.
    pub fn records_named(&self, name: &str, fields: &[(&'static str, String)]) -> String {
        let mut all = vec![(self::name(self.component).1, name)];
        all.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
        match self.component {
            Component::Appointments => self.schedules(&all),
            Component::Tasks => {
                all.extend([("date_start", "2026-06-10"), ("due_date", "2026-06-11")]);
                self.notes_task(&all)
            }
            Component::Contacts | Component::Emails => self.records(&all),
        }
    }
}
