//! The fields of entries and their values. A value is text in one canonical form per field, so that it can be compared,
//! hashed, stored and shown without knowing its component; an absent field and an empty one are the same.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::Component;

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// One field of an item or a record, under our own name (DESIGN 6).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[doc = $doc])+ $variant,)+ }

        impl Field {
            /// Every field there is.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The name used in the policy, the state file and in output.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)+ }
            }

            fn named(name: &str) -> Option<Field> {
                match name { $($name => Some(Field::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    /// First and middle name in one, as the CRM keeps them (R2.2).
    FirstName = "first_name",
    /// Family name.
    LastName = "last_name",
    /// What the person does.
    JobTitle = "job_title",
    /// Part of the organisation.
    Department = "department",
    /// Free text, plain (R2.5).
    Description = "description",
    /// Name of the organisation, not its id (R2.3).
    Organisation = "organisation",
    /// First e-mail address.
    Email = "email",
    /// Second e-mail address.
    OtherEmail = "other_email",
    /// Direct phone.
    Phone = "phone",
    /// Other phone.
    OtherPhone = "other_phone",
    /// Mobile phone.
    Mobile = "mobile",
    /// Billing address: street, may have several lines.
    BillingStreet = "billing_street",
    /// Billing address: city.
    BillingCity = "billing_city",
    /// Billing address: postal code.
    BillingPostalCode = "billing_postal_code",
    /// Billing address: state.
    BillingState = "billing_state",
    /// Billing address: country.
    BillingCountry = "billing_country",
    /// Delivery address: street, may have several lines.
    DeliveryStreet = "delivery_street",
    /// Delivery address: city.
    DeliveryCity = "delivery_city",
    /// Delivery address: postal code.
    DeliveryPostalCode = "delivery_postal_code",
    /// Delivery address: state.
    DeliveryState = "delivery_state",
    /// Delivery address: country.
    DeliveryCountry = "delivery_country",
    /// What an appointment or a task is about.
    Subject = "subject",
    /// When it starts: an instant (RFC 3339, UTC, whole seconds), or the first day of an all-day appointment; of a task its first day.
    Start = "start",
    /// When an appointment ends: an instant, or the last day of an all-day one, which belongs to it.
    End = "end",
    /// `1` where start and end are days.
    AllDay = "all_day",
    /// Where an appointment takes place.
    Location = "location",
    /// `1` where others shall not see what it is about (R3.8).
    Private = "private",
    /// How many minutes before the start the user is reminded; none where there is no reminder.
    Reminder = "reminder",
    /// Contacts and leads the CRM invited, one `Name <address>` in a line; only where the policy switched invitations on (R3.7).
    Invited = "invited",
    /// What those who were invited answered, one `address: answer` in a line (R3.7).
    Answers = "answers",
    /// The day a task is due.
    Due = "due",
    /// How far a task is: `NotStarted`, `InProgress`, `Completed`, `WaitingOnOthers`, `Deferred`.
    Status = "status",
    /// How important a task is: `Low`, `Normal`, `High`.
    Priority = "priority",
    /// Mailbox only: the zone whose clock an appointment goes by, as the mailbox calls it.
    TimeZone = "time_zone",
    /// Mailbox only: the first word of the first name.
    GivenName = "given_name",
    /// Mailbox only: the rest of the first name.
    MiddleName = "middle_name",
    /// Mailbox only: the name an address book sorts by.
    FileAs = "file_as",
    /// Mailbox only: the name an address book shows.
    DisplayName = "display_name",
}

const CONTACT_FIELDS: &[Field] = &[
    Field::FirstName,
    Field::LastName,
    Field::JobTitle,
    Field::Department,
    Field::Description,
    Field::Organisation,
    Field::Email,
    Field::OtherEmail,
    Field::Phone,
    Field::OtherPhone,
    Field::Mobile,
    Field::BillingStreet,
    Field::BillingCity,
    Field::BillingPostalCode,
    Field::BillingState,
    Field::BillingCountry,
    Field::DeliveryStreet,
    Field::DeliveryCity,
    Field::DeliveryPostalCode,
    Field::DeliveryState,
    Field::DeliveryCountry,
];

const APPOINTMENT_FIELDS: &[Field] = &[
    Field::Subject,
    Field::Start,
    Field::End,
    Field::AllDay,
    Field::Location,
    Field::Description,
    Field::Private,
    Field::Reminder,
    Field::Invited,
    Field::Answers,
];

const TASK_FIELDS: &[Field] = &[
    Field::Subject,
    Field::Start,
    Field::Due,
    Field::Status,
    Field::Priority,
    Field::Description,
];

/// Which way a field travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    Both,
    /// From the CRM into the mailbox only.
    ToMailbox,
    /// From the mailbox into the CRM only.
    ToCrm,
}

/// When an appointment is: meaningful only together, so it is compared, taken over and written as one.
const TIME_OF_APPOINTMENT: &[Field] = &[Field::Start, Field::End, Field::AllDay];

impl Field {
    /// The fields that are kept equal on both sides, in the order they are shown.
    pub fn synced(component: Component) -> &'static [Field] {
        match component {
            Component::Contacts => CONTACT_FIELDS,
            Component::Appointments => APPOINTMENT_FIELDS,
            Component::Tasks => TASK_FIELDS,
            Component::Emails => &[],
        }
    }

    /// The synced fields in groups whose members belong together; most fields are a group of their own.
    pub fn groups(component: Component) -> impl Iterator<Item = &'static [Field]> {
        let fields = Field::synced(component);
        let together: &[Field] = match component {
            Component::Appointments => TIME_OF_APPOINTMENT,
            Component::Emails | Component::Contacts | Component::Tasks => &[],
        };
        fields.chunks(1).filter_map(move |group| {
            match together.iter().position(|field| group == [*field]) {
                None => Some(group),
                Some(0) => Some(together),
                Some(_) => None,
            }
        })
    }

    /// What an entry is called by when a lost answer has to be looked for: these are sent as they are and few entries share them.
    pub fn identity(component: Component) -> &'static [Field] {
        match component {
            Component::Contacts => &[Field::FirstName, Field::LastName],
            Component::Appointments => &[Field::Subject, Field::Start, Field::End],
            Component::Tasks => &[Field::Subject],
            Component::Emails => &[],
        }
    }

    /// Which way it travels.
    pub fn direction(self) -> Direction {
        match self {
            Field::Invited => Direction::ToMailbox,
            Field::Answers => Direction::ToCrm,
            _ => Direction::Both,
        }
    }

    /// What others may not see of a private entry (R3.8).
    pub fn is_content(self) -> bool {
        matches!(
            self,
            Field::Subject | Field::Location | Field::Description | Field::Invited | Field::Answers
        )
    }

    /// Whether line breaks belong to the value.
    pub fn has_lines(self) -> bool {
        matches!(
            self,
            Field::Description
                | Field::BillingStreet
                | Field::DeliveryStreet
                | Field::Invited
                | Field::Answers
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no field \"{0}\"")]
pub struct UnknownField(pub String);

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Field::named(text).ok_or_else(|| UnknownField(text.to_owned()))
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ByName)
    }
}

/// Reads a field's name without keeping it: a large profile has millions of them.
struct ByName;

impl serde::de::Visitor<'_> for ByName {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Field, E> {
        name.parse().map_err(E::custom)
    }
}

/// The values of one entry. Setting a field to the empty text removes it, so two entries are equal when their values are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<Field, String>);

impl Fields {
    /// An entry without any value.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value, empty where there is none.
    pub fn get(&self, field: Field) -> &str {
        self.0.get(&field).map_or("", String::as_str)
    }

    /// Sets or, with an empty text, removes a value.
    pub fn set(&mut self, field: Field, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, value);
        }
    }

    /// The same with one more value; reads well in tests and tables.
    pub fn with(mut self, field: Field, value: impl Into<String>) -> Self {
        self.set(field, value);
        self
    }

    /// The values there are.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str()))
    }

    /// A short hash of all values.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for (field, value) in self.iter() {
            hasher.update(field.name());
            hasher.update([0]);
            hasher.update(value);
            hasher.update([0]);
        }
        hasher
            .finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Field, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Field, String)>>(values: I) -> Self {
        let mut fields = Fields::new();
        for (field, value) in values {
            fields.set(field, value);
        }
        fields
    }
}

/// One value that is to be, or was, replaced by another. An empty `after` clears the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which field.
    pub field: Field,
    /// The value that is overwritten.
    pub before: String,
    /// The value that takes its place.
    pub after: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} -> {:?}", self.field, self.before, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name() {
        for field in Field::ALL {
            assert_eq!(field.name().parse(), Ok(*field));
        }
    }

    #[test]
    fn r3_2_when_an_appointment_is_belongs_together_and_every_field_is_in_one_group() {
        for component in Component::ALL {
            let grouped: Vec<Field> = Field::groups(component).flatten().copied().collect();
            let mut fields = Field::synced(component).to_vec();
            fields.sort();
            let mut sorted = grouped.clone();
            sorted.sort();
            assert_eq!(sorted, fields, "{component}");
        }
        let time = Field::groups(Component::Appointments).find(|group| group.len() > 1);
        assert_eq!(
            time,
            Some([Field::Start, Field::End, Field::AllDay].as_slice())
        );
    }

    #[test]
    fn an_empty_value_is_no_value() {
        let fields = Fields::new().with(Field::Phone, "1").with(Field::Phone, "");
        assert_eq!(fields, Fields::new());
    }

    #[test]
    fn fields_survive_being_stored() {
        let fields = Fields::new()
            .with(Field::LastName, "O'Neill")
            .with(Field::Description, "a\nb");
        let text = serde_json::to_string(&fields).expect("plain data");
        assert_eq!(
            serde_json::from_str::<Fields>(&text).expect("as written"),
            fields
        );
    }
}
