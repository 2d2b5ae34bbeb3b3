//! The stock names of the CRM's fields and how each is kept (DESIGN 6, facts/crm.md 3 and 7).

use model::{Component, Field};

use super::pick_list::{self, Table};

/// Whose a record is.
pub const OWNER: &str = "assigned_user_id";
/// When it was created, by the server's clock.
pub const CREATED: &str = "createdtime";
/// When it was modified, by the server's clock.
pub const MODIFIED: &str = "modifiedtime";
/// What kind of event or task it is.
pub const TYPE: &str = "activitytype";
/// How far an event is.
pub const EVENT_STATUS: &str = "eventstatus";
/// The day an event or a task starts.
pub const START_DATE: &str = "date_start";
/// The time of day it starts.
pub const START_TIME: &str = "time_start";
/// The day it ends or is due.
pub const END_DATE: &str = "due_date";
/// The time of day an event ends.
pub const END_TIME: &str = "time_end";
/// Whole hours of an event.
pub const HOURS: &str = "duration_hours";
/// The minutes beyond them.
pub const MINUTES: &str = "duration_minutes";
/// When the user is reminded: written in seconds, read in minutes (facts/crm.md 7).
pub const REMINDER: &str = "reminder_time";

/// How a stock field is kept.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// As text, or as the id of another record where `describe` says so.
    Plain,
    /// As a day.
    Day,
    /// As part of when an appointment is.
    Schedule,
    /// As a span of time before the start.
    Reminder,
    /// As public or private.
    Visibility,
    /// As one of some values.
    Choice(&'static Table),
    /// As ids of people.
    People,
}

/// The columns of a field, the telling one first, and how they are kept; no columns where only the policy can name one.
pub fn columns(component: Component, field: Field) -> Option<(&'static [&'static str], Form)> {
    match component {
        Component::Contacts => contact_column(field).map(|columns| (columns, Form::Plain)),
        Component::Appointments => Some(match field {
            Field::Subject => (&["subject"], Form::Plain),
            Field::Start => (&[START_DATE, START_TIME], Form::Schedule),
            Field::End => (&[END_DATE, END_TIME], Form::Schedule),
            Field::AllDay => (
                &[START_DATE, START_TIME, END_DATE, END_TIME],
                Form::Schedule,
            ),
            Field::Location => (&["location"], Form::Plain),
            Field::Description => (&["description"], Form::Plain),
            Field::Private => (&["visibility"], Form::Visibility),
            Field::Reminder => (&[REMINDER], Form::Reminder),
            Field::Invited => (&["contact_id", "parent_id"], Form::People),
            Field::Answers => (&[], Form::Plain),
            _ => return None,
        }),
        Component::Tasks => Some(match field {
            Field::Subject => (&["subject"], Form::Plain),
            Field::Start => (&[START_DATE], Form::Day),
            Field::Due => (&[END_DATE], Form::Day),
            Field::Status => (&["taskstatus"], Form::Choice(&pick_list::STATUS)),
            Field::Priority => (&["taskpriority"], Form::Choice(&pick_list::PRIORITY)),
            Field::Description => (&["description"], Form::Plain),
            _ => return None,
        }),
        Component::Emails => None,
    }
}

fn contact_column(field: Field) -> Option<&'static [&'static str]> {
    Some(match field {
        Field::FirstName => &["firstname"],
        Field::LastName => &["lastname"],
        Field::JobTitle => &["title"],
        Field::Department => &["department"],
        Field::Description => &["description"],
        Field::Organisation => &["account_id"],
        Field::Email => &["email"],
        Field::OtherEmail => &["secondaryemail"],
        Field::Phone => &["phone"],
        Field::OtherPhone => &["otherphone"],
        Field::Mobile => &["mobile"],
        Field::BillingStreet => &["mailingstreet"],
        Field::BillingCity => &["mailingcity"],
        Field::BillingPostalCode => &["mailingzip"],
        Field::BillingState => &["mailingstate"],
        Field::BillingCountry => &["mailingcountry"],
        Field::DeliveryStreet => &["otherstreet"],
        Field::DeliveryCity => &["othercity"],
        Field::DeliveryPostalCode => &["otherzip"],
        Field::DeliveryState => &["otherstate"],
        Field::DeliveryCountry => &["othercountry"],
        _ => return None,
    })
}

/// The module that holds a component's records.
pub fn module_of(component: Component) -> &'static str {
    match component {
        Component::Contacts => "Contacts",
        Component::Appointments => "Events",
        Component::Tasks => "Calendar",
        Component::Emails => "Emails",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_1_r3_2_r4_1_every_synced_field_has_its_columns() {
        for component in [
            Component::Contacts,
            Component::Appointments,
            Component::Tasks,
        ] {
            for field in Field::synced(component) {
                assert!(columns(component, *field).is_some(), "{component} {field}");
            }
        }
        assert!(columns(Component::Contacts, Field::Subject).is_none());
    }
}
