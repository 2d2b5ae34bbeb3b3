//! What becomes of a value on its way into the database: text is cut to the column and loses letters the database cannot hold, dates
//! are understood or lost, all without a word.
//! Deliberately not here: references and owners, which need the records.

use super::error::CrmError;
use super::module::{Field, Kind};
use jiff::civil::Date;
use serde_json::Value;

/// The text that is stored for a value of a request.
pub(super) fn stored(field: &Field, sent: &Value) -> Result<String, CrmError> {
    let text = plain(sent)?;
    Ok(match field.kind {
        Kind::Boolean => boolean(&text),
        Kind::Integer if text.is_empty() => field.initial.clone(),
        Kind::Integer => whole_number(&text).to_string(),
        Kind::Currency => format!("{:.8}", text.trim().parse::<f64>().unwrap_or_default()),
        Kind::Date => date(&text),
        Kind::Time => time(text)?,
        Kind::Text => fitting(field, &text),
        _ => fitting(field, &without_entities(&text)),
    })
}

/// The text of a JSON value. Booleans and numbers are accepted; lists and objects break the server.
pub(super) fn plain(sent: &Value) -> Result<String, CrmError> {
    match sent {
        Value::Null => Ok(String::new()),
        Value::Bool(true) => Ok("1".to_owned()),
        Value::Bool(false) => Ok("0".to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) | Value::Object(_) => Err(CrmError::Broken),
    }
}

/// The column holds so many characters of at most three bytes; a longer one becomes two question marks.
fn fitting(field: &Field, text: &str) -> String {
    let narrow = |letter: char| {
        if letter.len_utf8() == 4 {
            ['?', '?'].as_slice().to_vec()
        } else {
            vec![letter]
        }
    };
    let letters = text.chars().flat_map(narrow);
    match field.length {
        Some(length) => letters.take(length).collect(),
        None => letters.collect(),
    }
}

/// Entities in short text come back decoded.
fn without_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // The ampersand last, so that what was escaped twice is decoded once.
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#039;", "'"),
        ("&amp;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (entity, letter)| {
            text.replace(entity, letter)
        })
}

fn boolean(text: &str) -> String {
    let yes = matches!(
        text.to_ascii_lowercase().as_str(),
        "1" | "true" | "on" | "yes"
    );
    String::from(if yes { "1" } else { "0" })
}

/// The number a text starts with, as PHP reads it.
pub(super) fn whole_number(text: &str) -> i64 {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .find(|(place, letter)| !(letter.is_ascii_digit() || *place == 0 && *letter == '-'));
    text[..end.map_or(text.len(), |(place, _)| place)]
        .parse()
        .unwrap_or_default()
}

/// `YYYY-MM-DD` and `D.M.YYYY` are understood, a date with slashes becomes one that does not exist, everything else clears the field.
fn date(text: &str) -> String {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '.']).collect();
    let (year, month, day) = match parts.as_slice() {
        _ if text.contains('/') => return "0000-00-00".to_owned(),
        [day, month, year] if text.contains('.') => (year, month, day),
        [year, month, day] => (year, month, day),
        _ => return String::new(),
    };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else {
        return String::new();
    };
    Date::new(year, month, day)
        .map(|date| date.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

/// `HH:MM` or `HH:MM:SS` are kept as they are, anything else breaks the handler.
fn time(text: String) -> Result<String, CrmError> {
    let parts: Vec<&str> = text.split(':').collect();
    let limits = [23, 59, 59];
    let good = (2..=3).contains(&parts.len())
        && parts.iter().zip(limits).all(|(part, limit)| {
            part.len() <= 2 && part.parse::<u8>().is_ok_and(|part| part <= limit)
        });
    if text.is_empty() || good {
        Ok(text)
    } else {
        Err(CrmError::internal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::module;
    use serde_json::json;

    fn contact(field: &str, sent: Value) -> String {
        let contacts = module::stock_named("Contacts").expect("there is the module");
        stored(
            &contacts.fields[contacts.place(field).expect("there is the field")],
            &sent,
        )
        .expect("it is stored")
    }

    #[test]
    fn text_is_cut_to_its_column_by_characters_not_bytes() {
        assert_eq!(contact("firstname", json!("ü".repeat(50))), "ü".repeat(40));
        assert_eq!(
            contact("firstname", json!(format!("{}😀", "x".repeat(39)))),
            format!("{}?", "x".repeat(39))
        );
        assert_eq!(
            contact("description", json!("x".repeat(70_000))).len(),
            70_000
        );
    }

    #[test]
    fn letters_of_four_bytes_become_two_question_marks() {
        assert_eq!(contact("lastname", json!("a😀b")), "a??b");
    }

    #[test]
    fn entities_are_decoded_in_short_text_only() {
        assert_eq!(
            contact("title", json!("R&amp;D &lt;x&gt; &amp;lt;")),
            "R&D <x> &lt;"
        );
        assert_eq!(contact("description", json!("R&amp;D")), "R&amp;D");
    }

    #[test]
    fn booleans_and_numbers_are_accepted_as_values() {
        assert_eq!(
            [
                contact("donotcall", json!(true)),
                contact("donotcall", json!(false))
            ],
            ["1", "0"]
        );
        assert_eq!(contact("phone", json!(4711)), "4711");
        assert_eq!(contact("phone", Value::Null), "");
    }

    #[test]
    fn dates_are_understood_or_lost_without_a_word() {
        let cases = [
            ("1980-05-17", "1980-05-17"),
            ("18.06.1981", "1981-06-18"),
            ("06/19/1982", "0000-00-00"),
            ("1983-13-45", ""),
            ("soon", ""),
            ("", ""),
        ];
        for (sent, kept) in cases {
            assert_eq!(contact("birthday", json!(sent)), kept, "{sent}");
        }
    }
}
