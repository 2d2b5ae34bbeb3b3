//! What users do on either side, past the program, and what both sides hold then.

use sandbox::exchange::ItemView;

use crate::{FOLDER, Office};

/// What both sides hold of the one contact: its telephone number, its town.
pub type Held = [[String; 2]; 2];

impl Office {
    /// Signed in, with one contact on both sides.
    pub async fn with_one_contact(policy: &'static str) -> Self {
        let office = Self::with(policy).await;
        office.sign_in();
        let fields = [
            ("lastname", "Groß"),
            ("phone", "1"),
            ("mailingcity", "Kiel"),
        ];
        let made = office
            .sandbox
            .crm
            .create(&office.user().name, "Contacts", &fields);
        made.expect("made");
        assert_eq!(office.sync().0, Some(0));
        office
    }

    /// The user makes a task in the CRM; the answer is its id.
    pub fn new_task(&self, subject: &str) -> String {
        let fields = [
            ("subject", subject),
            ("activitytype", "Task"),
            ("date_start", "2030-01-07"),
            ("due_date", "2030-01-08"),
            ("time_start", "08:00:00"),
            ("taskstatus", "Not Started"),
        ];
        let made = self
            .sandbox
            .crm
            .create(&self.user().name, "Calendar", &fields);
        made.expect("made")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    pub fn item(&self) -> Option<ItemView> {
        let exchange = &self.sandbox.exchange;
        exchange.items_in(&self.user().email, FOLDER).pop()
    }

    pub fn edits_item(&self, name: &str, value: &str) {
        let id = self.item().expect("an item").id;
        let edited = self
            .sandbox
            .exchange
            .edit(&self.user().email, &id, &[(name, value)]);
        edited.expect("the item is there");
    }

    pub fn edits_record(&self, name: &str, value: &str) {
        let edited = self
            .sandbox
            .crm
            .edit(&self.user().name, &self.record(), &[(name, value)]);
        edited.expect("the record is there");
    }

    pub fn record(&self) -> String {
        let records = self.sandbox.crm.records("Contacts");
        records[0]["id"].as_str().expect("an id").to_owned()
    }

    pub fn held(&self) -> Held {
        let item = self.item().expect("an item");
        let record = self.sandbox.crm.record(&self.record()).expect("a record");
        let held = |name: &str| item.fields.get(name).cloned().unwrap_or_default();
        let kept = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        [
            [
                held("PhoneNumbers/BusinessPhone"),
                held("PhysicalAddresses/Business/City"),
            ],
            [kept("phone"), kept("mailingcity")],
        ]
    }

    pub fn task_item(&self) -> Option<ItemView> {
        let exchange = &self.sandbox.exchange;
        exchange
            .items_in(&self.user().email, "Tasks/CRM-Sync")
            .pop()
    }

    pub fn subjects(&self) -> [Vec<String>; 2] {
        let items = self.task_item().into_iter();
        let records = self.sandbox.crm.records("Calendar").into_iter();
        [
            items.map(|item| item.fields["Subject"].clone()).collect(),
            records
                .map(|task| task["subject"].as_str().expect("a text").to_owned())
                .collect(),
        ]
    }
}

/// The same on both sides.
pub fn both(values: [&str; 2]) -> Held {
    [values.map(str::to_owned), values.map(str::to_owned)]
}
