//! The messages of an answer: one per item of the request, each a success or a failure of its own.

use super::failure::Failure;
use super::xml::Element;

/// What a failed message holds besides its code; the schema wants it there.
const EMPTY_PARTS: [(&str, &str); 12] = [
    ("GetItem", "Items"),
    ("CreateItem", "Items"),
    ("UpdateItem", "Items"),
    ("MoveItem", "Items"),
    ("CopyItem", "Items"),
    ("GetFolder", "Folders"),
    ("CreateFolder", "Folders"),
    ("UpdateFolder", "Folders"),
    ("MoveFolder", "Folders"),
    ("CopyFolder", "Folders"),
    ("CreateAttachment", "Attachments"),
    ("GetAttachment", "Attachments"),
];

/// The answer to an operation: one message for each result.
pub fn answer(
    operation: &str,
    results: impl IntoIterator<Item = Result<Vec<Element>, Failure>>,
) -> Element {
    let messages = results.into_iter().map(|result| message(operation, result));
    Element::m(format!("{operation}Response")).child(Element::m("ResponseMessages").with(messages))
}

fn message(operation: &str, result: Result<Vec<Element>, Failure>) -> Element {
    let message = Element::m(format!("{operation}ResponseMessage"));
    match result {
        Ok(parts) => message
            .attribute("ResponseClass", "Success")
            .child(Element::m("ResponseCode").text("NoError"))
            .with(parts),
        Err(failure) => {
            let parts = EMPTY_PARTS
                .iter()
                .filter(|(known, _)| *known == operation)
                .map(|(_, part)| Element::m(*part));
            message
                .attribute("ResponseClass", "Error")
                .child(Element::m("MessageText").text(failure.text))
                .child(Element::m("ResponseCode").text(failure.code))
                .child(Element::m("DescriptiveLinkKey").text("0"))
                .with(parts)
        }
    }
}
