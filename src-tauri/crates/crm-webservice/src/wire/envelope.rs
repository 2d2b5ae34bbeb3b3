//! The frame around every answer: `{"success":true,"result":...}` or `{"success":false,"error":{...}}` (facts/crm.md 1).

use serde_json::Value;

use super::ServerError;

/// An answer of the CRM.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// It did what was asked.
    Success(Value),
    /// It refused.
    Failure(ServerError),
}

/// The text is no answer of this interface.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEnvelope {
    /// There is nothing.
    #[error("the answer is empty")]
    Empty,
    /// It is no JSON.
    #[error("the answer is no JSON")]
    NoJson,
    /// It is JSON of something else.
    #[error("the answer is JSON without \"success\"")]
    OtherJson,
}

/// Reads an answer.
pub fn read(body: &[u8]) -> Result<Answered, NotAnEnvelope> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(NotAnEnvelope::Empty);
    }
    let value = serde_json::from_slice::<Value>(body)
        .or_else(|_| serde_json::from_str(&mended(body)))
        .map_err(|_| NotAnEnvelope::NoJson)?;
    match value.get("success") {
        Some(Value::Bool(true)) => Ok(Answered::Success(
            value.get("result").cloned().unwrap_or(Value::Null),
        )),
        Some(Value::Bool(false)) => {
            let error = value.get("error").unwrap_or(&Value::Null);
            Ok(Answered::Failure(ServerError::read(error)))
        }
        _ => Err(NotAnEnvelope::OtherJson),
    }
}

/// The text with what the server forgot to escape: control characters inside strings come back raw. Those that mean a blank or a
/// line end are escaped, the others dropped; bytes that are no UTF-8 become U+FFFD.
fn mended(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut mended = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            '\t' if in_string => mended.push_str("\\t"),
            '\n' if in_string => mended.push_str("\\n"),
            '\r' if in_string => mended.push_str("\\r"),
            '\t' | '\n' | '\r' => mended.push(letter),
            _ if letter < ' ' => {}
            _ => {
                in_string ^= letter == '"' && !escaped;
                escaped = in_string && letter == '\\' && !escaped;
                mended.push(letter);
            }
        }
    }
    mended
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::wire::ErrorCode;

    // Made up after the shapes in facts/crm.md 1.
    #[test]
    fn success_and_refusal_are_told_apart() {
        let good = read(br#"{"success":true,"result":[1]}"#);
        assert_eq!(good, Ok(Answered::Success(json!([1]))));
        let bad = read(br#"{"success":false,"error":{"code":"ACCESS_DENIED","message":"No"}}"#);
        let expected = ServerError {
            code: ErrorCode::AccessDenied,
            message: "No".to_owned(),
        };
        assert_eq!(bad, Ok(Answered::Failure(expected)));
    }

    #[test]
    fn r2_3_the_number_zero_means_a_duplicate() {
        let answer =
            read(br#"{"success":false,"error":{"code":0,"message":"Duplicate(s) detected!"}}"#);
        assert!(
            matches!(answer, Ok(Answered::Failure(error)) if error.code == ErrorCode::Duplicate)
        );
    }

    #[test]
    fn raw_control_characters_do_not_spoil_an_answer() {
        let body = b"{\"success\":true,\n \"result\":{\"lastname\":\"a\x00b\x0bc\x1f\\\"\x01d\",\"x\":\"l1\r\nl2\\\\\"}}";
        let expected = json!({"lastname": "abc\"d", "x": "l1\r\nl2\\"});
        assert_eq!(read(body), Ok(Answered::Success(expected)));
    }

    #[test]
    fn bytes_that_are_no_text_do_not_spoil_an_answer() {
        let body = b"\xEF\xBB\xBF{\"success\":true,\"result\":\"M\xFCller\"}";
        assert_eq!(read(body), Ok(Answered::Success(json!("M\u{FFFD}ller"))));
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        assert_eq!(read(b""), Err(NotAnEnvelope::Empty));
        assert_eq!(read(b" \r\n"), Err(NotAnEnvelope::Empty));
        assert_eq!(read(b"<!DOCTYPE html><html>"), Err(NotAnEnvelope::NoJson));
        assert_eq!(
            read(br#"{"success":true,"resu"#),
            Err(NotAnEnvelope::NoJson)
        );
        assert_eq!(read(br#"{"data":[]}"#), Err(NotAnEnvelope::OtherJson));
        assert_eq!(read(b"[]"), Err(NotAnEnvelope::OtherJson));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&body);
        }

        #[test]
        fn an_answer_cut_short_never_counts_as_one(text in "[a-z\u{0}-\u{1f}\"\\\\ü😀]{0,30}", part in 0.0..1.0) {
            let whole = json!({"success": true, "result": {"lastname": text}}).to_string();
            let cut = ((whole.len() as f64) * part) as usize;
            prop_assert!(read(&whole.as_bytes()[..cut]).is_err());
        }

        #[test]
        fn raw_controls_in_a_value_are_dropped_and_nothing_else(text in "[a-z\"\\\\ü/\u{1}-\u{8}\u{e}-\u{1f}]{0,40}") {
            let escaped: String = text.chars().map(|letter| match letter {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                other => other.to_string(),
            }).collect();
            let body = format!("{{\"success\":true,\"result\":\"{escaped}\"}}");
            let kept: String = text.chars().filter(|letter| *letter >= ' ').collect();
            prop_assert_eq!(read(body.as_bytes()), Ok(Answered::Success(Value::String(kept))));
        }
    }
}
