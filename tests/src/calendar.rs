//! Users at work on appointments and tasks, and what either side shows of them, past the product.

use jiff::{SignedDuration, Timestamp};
use sandbox::exchange::ItemView;
use sandbox::faults::Side;

use crate::people::{RecordView, field, text};
use crate::stage::Stage;

impl Stage {
    /// The user makes an appointment or a task in the connector's folder.
    pub fn enters(&self, fields: &[(&str, &str)]) -> String {
        self.make_folder();
        let exchange = &self.sandbox.exchange;
        exchange
            .create(&self.user().email, self.folder(), fields)
            .expect("an item can be made there")
    }

    /// The user makes an event in the CRM: these fields besides what every event has.
    pub fn schedules(&self, fields: &[(&str, &str)]) -> String {
        let mut all = vec![
            ("activitytype", "Meeting"),
            ("eventstatus", "Planned"),
            ("duration_hours", "1"),
        ];
        all.extend_from_slice(fields);
        let made = self.sandbox.crm.create(&self.user().name, "Events", &all);
        text(&made.expect("an event can be made"), "id")
    }

    /// The user makes a task in the CRM.
    pub fn notes_task(&self, fields: &[(&str, &str)]) -> String {
        let mut all = vec![
            ("activitytype", "Task"),
            ("time_start", "08:00:00"),
            ("taskstatus", "Not Started"),
        ];
        all.extend_from_slice(fields);
        let made = self.sandbox.crm.create(&self.user().name, "Calendar", &all);
        text(&made.expect("a task can be made"), "id")
    }

    /// What the user sees in the calendar between two days, by start.
    pub fn calendar(&self, from: &str, to: &str) -> Vec<ItemView> {
        let moment =
            |day: &str| -> Timestamp { format!("{day}T00:00:00Z").parse().expect("a day") };
        let exchange = &self.sandbox.exchange;
        exchange.calendar(&self.user().email, self.folder(), moment(from), moment(to))
    }

    /// The user's own events, each as `date_start time_start..due_date time_end subject`, in their order.
    pub fn events(&self) -> Vec<String> {
        let mut events: Vec<String> = self.own_records("Events").iter().map(event_line).collect();
        events.sort();
        events
    }

    /// Start, end and subject of all the user sees in the calendar within the window of series, sorted.
    pub fn calendar_lines(&self) -> Vec<String> {
        let (from, until) = self.synced_days();
        let exchange = &self.sandbox.exchange;
        let seen = exchange.calendar(&self.user().email, self.folder(), from, until);
        let mut lines: Vec<String> = seen.iter().map(seen_line).collect();
        lines.sort();
        lines
    }

    /// The same of the user's own events.
    pub fn event_lines(&self) -> Vec<String> {
        let (from, until) = self.synced_days();
        let moment = |event: &RecordView, day, time| -> Timestamp {
            let written = format!("{}T{}Z", text(event, day), text(event, time));
            written.parse().expect("the CRM keeps moments in UTC")
        };
        let lines = self.own_records("Events").into_iter().filter_map(|event| {
            let start = moment(&event, "date_start", "time_start");
            let end = moment(&event, "due_date", "time_end");
            let line = format!("{start}..{end} {}", text(&event, "subject"));
            (start < until && end > from).then_some(line)
        });
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        lines
    }

    /// From the first of the past days the user chose to the horizon of series.
    fn synced_days(&self) -> (Timestamp, Timestamp) {
        let now = self.sandbox.ground.clock.now(Side::Crm);
        let days = |count: u32| SignedDuration::from_hours(24 * i64::from(count));
        let horizon = days(self.policy.series_horizon_days);
        (now - days(self.past_days), now + horizon)
    }

    /// The own event or task with this subject.
    pub fn titled(&self, subject: &str) -> RecordView {
        let all = [self.own_records("Events"), self.own_records("Calendar")].concat();
        let found = all
            .into_iter()
            .find(|record| text(record, "subject") == subject);
        found.unwrap_or_else(|| panic!("there is no record {subject}"))
    }

    /// The item in the connector's folder with this subject.
    pub fn item_titled(&self, subject: &str) -> ItemView {
        let found = self
            .items()
            .into_iter()
            .find(|item| field(item, "Subject") == subject);
        found.unwrap_or_else(|| panic!("there is no item {subject}"))
    }
}

/// An event in one line.
pub fn event_line(event: &RecordView) -> String {
    let at = |name| text(event, name);
    format!(
        "{} {}..{} {} {}",
        at("date_start"),
        at("time_start"),
        at("due_date"),
        at("time_end"),
        at("subject")
    )
}

/// An occurrence in one line: start, end, subject.
pub fn seen_line(item: &ItemView) -> String {
    format!(
        "{}..{} {}",
        field(item, "Start"),
        field(item, "End"),
        field(item, "Subject")
    )
}
