//! A task's values beside Exchange's (facts/ews.md, section 12). Its days are kept as midnight UTC: their first ten letters are the day,
//! whatever zone anybody is in. How far it is, Exchange works out of the last of status, percentage and completion that is written, so
//! only the status is. How it recurs is never read and never written: the item is the present instance.

use model::Field;

use crate::wire::leaf::{Leaf, Leaves};

/// Values that are the same on the wire.
pub const FIELDS: &[(Field, Leaf)] = &[
    (Field::Subject, Leaf::Subject),
    (Field::Description, Leaf::Body),
    (Field::Priority, Leaf::Importance),
    (Field::Due, Leaf::DueDate),
    (Field::Start, Leaf::StartDate),
    (Field::Status, Leaf::Status),
];

/// A value of the product from one of the wire.
pub fn read(field: Field, value: &str) -> String {
    match field {
        Field::Due | Field::Start => value.get(..10).unwrap_or_default().to_owned(),
        _ => value.to_owned(),
    }
}

/// A value of the wire from one of the product. A priority and a status are always there; what has none is what Exchange makes of it.
pub fn write(leaves: &mut Leaves, field: Field, leaf: Leaf, value: &str) {
    let value = match field {
        Field::Due | Field::Start if !value.is_empty() => format!("{value}T00:00:00Z"),
        Field::Status if value.is_empty() => "NotStarted".to_owned(),
        Field::Priority if value.is_empty() => "Normal".to_owned(),
        _ => value.to_owned(),
    };
    leaves.insert(leaf, value);
}
