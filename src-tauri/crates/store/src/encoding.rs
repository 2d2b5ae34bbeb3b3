//! How values become columns and come back. What is read back is checked: the file is outside data.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Cause, Step};

/// Rows of one statement: few enough for SQLite's limit on parameters, many enough that statements do not count.
pub const ROWS_AT_ONCE: usize = 500;

/// A compound value as JSON.
pub fn to_json<T: Serialize + ?Sized>(value: &T) -> Step<String> {
    serde_json::to_string(value).map_err(Cause::content)
}

/// A compound value read back.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Step<T> {
    serde_json::from_str(text).map_err(Cause::content)
}

/// A value that is a plain word in JSON (an enum without data), as that word.
pub fn to_word<T: Serialize>(value: T) -> Step<String> {
    match serde_json::to_value(value).map_err(Cause::content)? {
        Value::String(word) => Ok(word),
        other => Err(Cause::content(format!("{other} is no word"))),
    }
}

/// A word read back.
pub fn from_word<T: DeserializeOwned>(word: String) -> Step<T> {
    serde_json::from_value(Value::String(word)).map_err(Cause::content)
}

/// A moment read back; it is written as its `Display` text, which is exact.
pub fn moment(text: &str) -> Step<Timestamp> {
    text.parse().map_err(Cause::content)
}

/// A count read back.
pub fn count<T: TryFrom<i64>>(number: i64) -> Step<T>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    T::try_from(number).map_err(Cause::content)
}

/// Ids as one JSON list, for `IN (SELECT value FROM json_each(?))`: a statement may have any number of them.
pub fn id_list<'a>(ids: impl IntoIterator<Item = &'a str>) -> Step<String> {
    to_json(&ids.into_iter().collect::<Vec<_>>())
}
