//! What is special to e-mails: recipients are kept as JSON text, a dangerous body is kept as its source, and each reference that is set
//! is one more.
//! Deliberately not here: their files, and how references are found (`files`, `relations`).

use super::module::Module;
use super::records::Number;
use super::view::escaped;
use super::writes::{Change, Element};
use super::{World, values};
use serde_json::Value;

/// The module.
pub(super) const MODULE: &str = "Emails";

/// The fields of recipients.
pub(super) const RECIPIENTS: [&str; 3] = ["saved_toid", "ccmail", "bccmail"];

/// The field of references.
const REFERENCE: &str = "parent_id";

/// What was sent as it is stored, if it belongs to an e-mail. No change is a creation.
pub(super) fn as_stored(module: &Module, sent: &Element, change: Option<Change>) -> Element {
    let mut element = sent.clone();
    if module.name != MODULE {
        return element;
    }
    for field in RECIPIENTS {
        if let Some(Value::String(text)) = element.get_mut(field) {
            *text = wrapped(text, change);
        }
    }
    if let Some(Value::String(body)) = element.get_mut("description")
        && is_dangerous(body)
    {
        *body = escaped(body);
    }
    element
}

/// Addresses with commas between them as JSON. JSON that is sent is wrapped again, but for a revision, which keeps what it was given.
fn wrapped(text: &str, change: Option<Change>) -> String {
    let is_list = serde_json::from_str::<Vec<String>>(text).is_ok();
    if is_list && change == Some(Change::Revise) {
        return text.to_owned();
    }
    let addresses: Vec<&str> = text.split(',').collect();
    serde_json::to_string(&addresses).expect("texts always go into JSON")
}

/// Scripts and attributes that hold some.
fn is_dangerous(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    html.contains("<script") || html.split('<').skip(1).any(has_event_attribute)
}

/// Whether a tag has an attribute such as `onclick=`.
fn has_event_attribute(tag: &str) -> bool {
    let tag = tag.split('>').next().unwrap_or_default();
    let words = tag.split(['"', '\'', '/', ' ', '\t', '\r', '\n']);
    let mut words = words.filter(|word| !word.is_empty()).skip(1).peekable();
    while let Some(word) = words.next() {
        let (name, has_value) = match word.split_once('=') {
            Some((name, _)) => (name, true),
            None => (word, words.peek().is_some_and(|next| next.starts_with('='))),
        };
        let event = name.strip_prefix("on");
        let is_event = |rest: &str| rest.len() > 2 && rest.chars().all(|c| c.is_ascii_lowercase());
        if has_value && event.is_some_and(is_event) {
            return true;
        }
    }
    false
}

/// Keeps the reference of an e-mail that was just stored beside those it has. An empty one takes all away; one to a record that is gone
/// changes nothing.
pub(super) fn saved(world: &mut World, number: Number, element: &Element) {
    let record = world.records.get(number).expect("just stored");
    let (Some(sent), Some(place)) = (element.get(REFERENCE), record.module.place(REFERENCE)) else {
        return;
    };
    if record.module.name != MODULE {
        return;
    }
    let cleared = values::plain(sent).is_ok_and(|sent| sent.is_empty());
    match Number::of_id(&record.values[place]) {
        Some(to) => world.relations.references.add(number, to),
        None if cleared => world.relations.references.clear(number),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_event_attributes_are_dangerous_and_words_like_them_are_not() {
        for bad in [
            "<p>a</p><SCRIPT src=x></SCRIPT>",
            "<img src=\"a\" onerror=\"x()\">",
            "<b\nonclick = x>",
            "<svg/onload=x>",
        ] {
            assert!(is_dangerous(bad), "{bad}");
        }
        for good in [
            "<p>Hallo <b>Welt</b></p>",
            "one = two, on=3, onload=x",
            "<p class=\"on\">onclick=1</p>",
            "<a href=\"http://a.example/?conon=1\">x</a>",
        ] {
            assert!(!is_dangerous(good), "{good}");
        }
    }

    #[test]
    fn recipients_are_wrapped_again_but_by_a_revision() {
        let list = "[\"a@x.example\"]";
        assert_eq!(wrapped("a@x.example", None), list);
        assert_eq!(wrapped("", Some(Change::Merge)), "[\"\"]");
        assert_eq!(wrapped(list, Some(Change::Revise)), list);
        assert_eq!(
            wrapped(list, Some(Change::Merge)),
            "[\"[\\\"a@x.example\\\"]\"]"
        );
    }
}
