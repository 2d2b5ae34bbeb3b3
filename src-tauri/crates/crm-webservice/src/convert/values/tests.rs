//! What becomes of values on the way, without a server. The records are made up after those of vtiger 8.4.0 (facts/crm.md 4, 7).

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::fields::{Invited, Wishes};
use super::*;

const ANNA: &str = "19x5";

/// A module with these fields; a value list makes a pick-list of it.
fn module(fields: &[(&str, &[&str])]) -> Module {
    let fields: Vec<Value> = fields
        .iter()
        .map(|(name, values)| {
            let kind = match *name {
                "account_id" => json!({"name": "reference", "refersTo": ["Accounts"]}),
                "contact_id" => json!({"name": "reference", "refersTo": ["Contacts"]}),
                "parent_id" => json!({"name": "reference", "refersTo": ["Accounts", "Leads"]}),
                _ => {
                    let values: Vec<_> =
                        values.iter().map(|value| json!({"value": value})).collect();
                    json!({"name": "string", "picklistValues": values})
                }
            };
            json!({"name": name, "editable": *name != "department", "type": kind})
        })
        .collect();
    Module::read(&json!({"name": "M", "fields": fields})).expect("a module")
}

fn events() -> Module {
    module(&[
        ("subject", &[]),
        (START_DATE, &[]),
        (START_TIME, &[]),
        (END_DATE, &[]),
        (END_TIME, &[]),
        (HOURS, &[]),
        (MINUTES, &[]),
        (TYPE, &["Call", "Meeting"]),
        (EVENT_STATUS, &["Held", "Planned"]),
        ("location", &[]),
        ("description", &[]),
        ("visibility", &["Private", "Public"]),
        (REMINDER, &[]),
        ("contact_id", &[]),
        ("parent_id", &[]),
        ("cf_801", &[]),
    ])
}

fn tasks() -> Module {
    module(&[
        ("subject", &[]),
        (START_DATE, &[]),
        (START_TIME, &[]),
        (END_DATE, &[]),
        ("taskstatus", &["Not Started", "Completed", "überfällig"]),
        ("taskpriority", &["High", "Medium", "Low"]),
        ("description", &[]),
        (REMINDER, &[]),
    ])
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn mapped(component: Component, module: &Module, overrides: &[(&str, &str)]) -> Mapping {
    let overrides = overrides
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
    let wishes = Wishes {
        overrides: &overrides.collect(),
        pick_lists: &BTreeMap::new(),
        event_types: &texts(&["Call", "Meeting"]),
        invited: Invited::Read,
    };
    Mapping::new(component, module, wishes).expect("stock names")
}

fn row(value: &Value) -> Row {
    Row::read(value).expect("a row")
}

fn zone(name: &str) -> TimeZone {
    mapping::zones::zone(name).expect("a zone")
}

/// A server in UTC and a user in Berlin.
fn zones() -> Zones {
    Zones {
        server: TimeZone::UTC,
        user: zone("Europe/Berlin"),
    }
}

fn sent(element: &Element) -> Vec<(&str, &str)> {
    element
        .iter()
        .map(|(name, value)| (name, value.unwrap_or("(none)")))
        .collect()
}

fn talk() -> Value {
    json!({
        "id": "18x1", "assigned_user_id": ANNA, "activitytype": "Meeting", "subject": "Talk",
        "date_start": "2026-07-01", "time_start": "08:00:00", "due_date": "2026-07-01", "time_end": "09:30",
        "location": "Room 1", "description": "a\nb", "visibility": "Private", "reminder_time": "15",
        "contact_id": "12x7", "parent_id": "10x8", "cf_801": "",
    })
}

fn names() -> Names {
    let named = |name: &str, address: &str| Named {
        name: name.to_owned(),
        address: address.to_owned(),
    };
    HashMap::from([
        ("11x7".to_owned(), named("Muster", "")),
        ("12x7".to_owned(), named("Ben  Groß", "ben@x.example")),
        ("10x8".to_owned(), named("", "lead@x.example")),
        ("12x9".to_owned(), named("Without address", "")),
    ])
}

#[test]
fn r2_3_a_reference_is_read_as_the_name_of_the_organisation() {
    let mapping = mapped(
        Component::Contacts,
        &module(&[("lastname", &[]), ("account_id", &[])]),
        &[],
    );
    let row = row(&json!({"id": "12x1", "lastname": "Groß", "account_id": "11x7"}));
    let expected = Fields::new()
        .with(Field::LastName, "Groß")
        .with(Field::Organisation, "Muster");
    assert_eq!(mapping.read(&row, &names(), &zones()), expected);
    let unknown = mapping.read(&row, &Names::new(), &zones());
    assert_eq!(unknown.get(Field::Organisation), "");
}

#[test]
fn a_field_the_user_may_not_change_is_not_sent() {
    let mapping = mapped(
        Component::Contacts,
        &module(&[("lastname", &[]), ("department", &[])]),
        &[],
    );
    let mut element = Element::new();
    assert!(!mapping.write(&mut element, Field::Department, "Einkauf", Occasion::Update));
    assert!(!mapping.write(&mut element, Field::Phone, "1", Occasion::Update));
    assert!(element.is_empty());
    assert!(mapping.write(&mut element, Field::LastName, "Groß", Occasion::Update));
    assert_eq!(sent(&element), [("lastname", "Groß")]);
}

#[test]
fn a_digest_sees_mapped_values_and_nothing_else() {
    let mapping = mapped(
        Component::Contacts,
        &module(&[("lastname", &[]), ("account_id", &[])]),
        &[],
    );
    let digest = |value: Value| mapping.digest(&row(&value));
    let one = digest(json!({"lastname": "a", "account_id": null, "tags": "x"}));
    assert_eq!(
        one,
        digest(json!({"lastname": "a", "account_id": "0", "tags": "y"}))
    );
    assert_ne!(one, digest(json!({"lastname": "b"})));
    assert_ne!(one, digest(json!({"lastname": "a", OWNER: "19x6"})));
    assert_ne!(
        one,
        digest(json!({"lastname": "a", MODIFIED: "2026-01-01 00:00:00"}))
    );
}

#[test]
fn r3_2_an_event_is_read_in_our_words() {
    let mapping = mapped(Component::Appointments, &events(), &[("answers", "cf_801")]);
    let expected = Fields::new()
        .with(Field::Subject, "Talk")
        .with(Field::Start, "2026-07-01T08:00:00Z")
        .with(Field::End, "2026-07-01T09:30:00Z")
        .with(Field::Location, "Room 1")
        .with(Field::Description, "a\nb")
        .with(Field::Private, "1")
        .with(Field::Reminder, "15")
        .with(Field::Invited, "Ben Groß <ben@x.example>\n<lead@x.example>");
    assert_eq!(mapping.read(&row(&talk()), &names(), &zones()), expected);
}

#[test]
fn r3_2_what_cannot_be_understood_has_no_value() {
    let mapping = mapped(Component::Appointments, &events(), &[]);
    let row = row(&json!({
        "date_start": "0000-00-00", "time_start": "08:00:00", "due_date": "2026-07-01", "time_end": "9 o'clock",
        "reminder_time": "0", "visibility": "Public", "contact_id": "12x9",
    }));
    assert_eq!(mapping.read(&row, &names(), &zones()), Fields::new());
}

#[test]
fn r3_7_nobody_is_invited_unless_the_policy_says_so() {
    let mut module = events();
    let wishes = Wishes {
        overrides: &BTreeMap::new(),
        pick_lists: &BTreeMap::new(),
        event_types: &[],
        invited: Invited::LeftOut,
    };
    let mapping = Mapping::new(Component::Appointments, &module, wishes).expect("stock names");
    assert!(mapping.get(Field::Invited).is_none() && !mapping.wants(Field::Invited));
    let with = mapped(Component::Appointments, &module, &[]);
    assert_eq!(
        with.referenced_modules().into_iter().collect::<Vec<_>>(),
        ["Contacts", "Leads"]
    );
    let no_leads = with.clone().without_references_to("Leads");
    assert_eq!(no_leads.referenced_modules().len(), 1);
    let nobody = no_leads.without_references_to("Contacts");
    assert!(nobody.get(Field::Invited).is_none() && nobody.wants(Field::Invited));
    module.fields.remove("contact_id");
    assert!(
        mapped(Component::Appointments, &module, &[])
            .get(Field::Invited)
            .is_some()
    );
}

#[test]
fn r3_7_answers_go_into_the_field_the_policy_names() {
    let without = mapped(Component::Appointments, &events(), &[]);
    assert!(without.get(Field::Answers).is_none());
    let with = mapped(Component::Appointments, &events(), &[("answers", "cf_801")]);
    let mut element = Element::new();
    assert!(with.write(
        &mut element,
        Field::Answers,
        "ben@x.example: accepted",
        Occasion::Update
    ));
    assert_eq!(sent(&element), [("cf_801", "ben@x.example: accepted")]);
}

#[test]
fn r3_2_times_and_reminder_go_along_with_every_write_of_an_event() {
    let mapping = mapped(Component::Appointments, &events(), &[]);
    let whole = mapping.read(&row(&talk()), &names(), &zones());
    let mut element = Element::new();
    mapping.go_along(&mut element, &whole, &events(), &zones());
    let expected = [
        (START_DATE, "2026-07-01"),
        (END_DATE, "2026-07-01"),
        (HOURS, "1"),
        (MINUTES, "30"),
        (REMINDER, "900"),
        (END_TIME, "09:30:00"),
        (START_TIME, "08:00:00"),
    ];
    assert_eq!(sent(&element), expected);
    let mut fewer = events();
    fewer.fields.remove(MINUTES);
    let mut element = Element::new();
    mapping.go_along(
        &mut element,
        &whole.with(Field::Reminder, ""),
        &fewer,
        &zones(),
    );
    assert!(
        element
            .iter()
            .all(|(name, _)| name != MINUTES && name != REMINDER)
    );
}

#[test]
fn r3_2_a_reminder_is_written_in_seconds_and_one_at_the_start_is_none() {
    let mapping = mapped(Component::Appointments, &events(), &[]);
    assert_eq!(mapping.rewritten(REMINDER, "15"), None);
    assert_eq!(mapping.rewritten("location", "x").as_deref(), Some("x"));
    let task = mapped(Component::Tasks, &tasks(), &[]);
    assert_eq!(task.rewritten(REMINDER, "15").as_deref(), Some("900"));
    assert_eq!(task.rewritten(REMINDER, "0"), None);
    assert!(mapping.is_same(Field::Reminder, "", "0"));
    assert!(!mapping.is_same(Field::Reminder, "", "5"));
    assert!(!mapping.is_same(Field::Subject, "", "0"));
    assert!(mapping.is_same(Field::Description, "a\r\nb", "a\nb"));
    assert!(!mapping.is_same(Field::Description, "a\nb", "a b"));
}

#[test]
fn r3_1_a_new_event_is_a_meeting_where_the_policy_has_them() {
    for (types, expected) in [
        (vec!["Call", "Meeting"], "Meeting"),
        (vec!["Call", "meeting"], "meeting"),
        (vec!["Besichtigung", "Call"], "Besichtigung"),
    ] {
        let wishes = Wishes {
            overrides: &BTreeMap::new(),
            pick_lists: &BTreeMap::new(),
            event_types: &texts(&types),
            invited: Invited::LeftOut,
        };
        let mapping =
            Mapping::new(Component::Appointments, &events(), wishes).expect("stock names");
        let mut element = Element::new();
        mapping.begin(&mut element, &events());
        let expected = [
            (TYPE, expected),
            (EVENT_STATUS, "Planned"),
            ("visibility", "Public"),
        ];
        assert_eq!(sent(&element), expected);
    }
}

#[test]
fn r3_1_an_event_of_another_type_is_not_the_users() {
    let mapping = mapped(Component::Appointments, &events(), &[]);
    let me = UserId::new(ANNA);
    let owner =
        |kind: &str, owner: &str| mapping.owner(&row(&json!({TYPE: kind, OWNER: owner})), &me);
    assert_eq!(owner("Meeting", ANNA), Owner::Me);
    assert_eq!(owner("CALL", ANNA), Owner::Me);
    assert_eq!(owner("Mobile Call", ANNA), Owner::Other);
    assert_eq!(owner("", ANNA), Owner::Other);
    assert_eq!(owner("Meeting", "20x1"), Owner::Other);
}

#[test]
fn r4_1_a_task_is_read_and_written_in_days() {
    let mapping = mapped(Component::Tasks, &tasks(), &[]);
    let row = row(&json!({
        "id": "9x1", "subject": "Call back", "date_start": "2026-07-01", "time_start": "23:00:00",
        "due_date": "2026-02-30", "taskstatus": "überfällig", "taskpriority": "High", "description": "",
    }));
    let fields = mapping.read(&row, &names(), &zones());
    let expected = Fields::new()
        .with(Field::Subject, "Call back")
        .with(Field::Start, "2026-07-01")
        .with(Field::Status, "NotStarted")
        .with(Field::Priority, "High");
    assert_eq!(fields, expected);
    let mut element = Element::new();
    mapping.begin(&mut element, &tasks());
    mapping.go_along(&mut element, &fields, &tasks(), &zones());
    let expected = [
        (TYPE, "Task"),
        (START_DATE, "2026-07-01"),
        ("taskpriority", "Medium"),
        ("taskstatus", "Not Started"),
        (START_TIME, MORNING),
    ];
    assert_eq!(sent(&element), expected);
}

#[test]
fn r4_2_a_value_the_crm_does_not_offer_is_not_sent() {
    let mapping = mapped(Component::Tasks, &tasks(), &[]);
    let mut element = Element::new();
    assert!(!mapping.write(&mut element, Field::Status, "Deferred", Occasion::Update));
    assert!(element.is_empty());
    assert!(mapping.write(&mut element, Field::Status, "Completed", Occasion::Update));
    assert_eq!(sent(&element), [("taskstatus", "Completed")]);
}
