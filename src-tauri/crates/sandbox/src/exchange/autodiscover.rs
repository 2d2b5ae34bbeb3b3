//! POX autodiscover: where the mailbox of an address is served.
//! Deliberately not here: redirections, and the SOAP and JSON variants.

use super::mailbox::User;
use super::xml::{Element, Ns};
use crate::http::{Reply, Request};

const ENVELOPE: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const RESPONSE: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// Answers a signed-in request.
pub(super) fn answer(request: &Request, users: &[User]) -> Reply {
    let asked = std::str::from_utf8(&request.body)
        .ok()
        .and_then(|text| Element::parse(text).ok());
    let address = asked
        .as_ref()
        .and_then(|root| root.get("Request")?.get_text("EMailAddress"))
        .map(str::trim);
    let user = address.and_then(|address| {
        users
            .iter()
            .find(|user| user.email.eq_ignore_ascii_case(address))
    });
    let host = request.header("host").unwrap_or("127.0.0.1");
    let content = match user {
        Some(user) => settings(user, host),
        None => refusal(),
    };
    let root = Element::new(Ns::None, "Autodiscover")
        .attribute("xmlns", ENVELOPE)
        .child(content);
    Reply::whole(
        200,
        "text/xml; charset=utf-8",
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>{}",
            root.to_xml()
        ),
    )
}

fn text(name: &str, text: &str) -> Element {
    Element::new(Ns::None, name).text(text)
}

fn settings(user: &User, host: &str) -> Element {
    let url = format!("http://{host}/EWS/Exchange.asmx");
    let protocol = |kind: &str| {
        Element::new(Ns::None, "Protocol")
            .child(text("Type", kind))
            .child(text("Server", host))
            .child(text("ASUrl", &url))
            .child(text("EwsUrl", &url))
    };
    let person = Element::new(Ns::None, "User")
        .child(text("DisplayName", &user.display_name))
        .child(text("AutoDiscoverSMTPAddress", &user.email));
    let account = Element::new(Ns::None, "Account")
        .child(text("AccountType", "email"))
        .child(text("Action", "settings"))
        .child(protocol("EXCH"))
        .child(protocol("EXPR"));
    Element::new(Ns::None, "Response")
        .attribute("xmlns", RESPONSE)
        .child(person)
        .child(account)
}

fn refusal() -> Element {
    let error = Element::new(Ns::None, "Error")
        .child(text("ErrorCode", "500"))
        .child(text("Message", "The email address can't be found."))
        .child(text("DebugData", ""));
    Element::new(Ns::None, "Response")
        .attribute("xmlns", RESPONSE)
        .child(error)
}
