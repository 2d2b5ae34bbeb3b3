//! Autodiscover, the older of its forms ("plain old XML"): one question, one answer. Where it is asked is decided in
//! `autodiscover`.

use super::tree::{Element, Unreadable};
use super::writer::Writer;

const REQUEST: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
const RESPONSE: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The mailbox is here.
    Settings {
        /// The address of Exchange Web Services: the one for everywhere before the one for inside.
        ews: Option<String>,
        /// The mailbox's primary address.
        mailbox: Option<String>,
    },
    /// Ask again for another mailbox address.
    OtherMailbox(String),
    /// Ask again at another place.
    OtherPlace(String),
    /// It cannot help.
    Error {
        /// Its code.
        code: String,
        /// Its own words.
        text: String,
    },
}

/// Writes the question.
pub fn write(email: &str) -> String {
    let mut xml = Writer::new();
    xml.element("Autodiscover", &[("xmlns", REQUEST)], |xml| {
        xml.element("Request", &[], |xml| {
            xml.text("EMailAddress", &[], email);
            xml.text("AcceptableResponseSchema", &[], RESPONSE);
        });
    });
    xml.finish()
}

/// Reads the answer.
pub fn read(document: &str) -> Result<Answer, Unreadable> {
    let root = Element::parse(document)?;
    if root.name != "Autodiscover" {
        return Err(Unreadable::OtherDocument(root.name));
    }
    let response = root.required("Response")?;
    if let Some(error) = response.child("Error") {
        return Ok(Answer::Error {
            code: error.text_of("ErrorCode").unwrap_or_default().to_owned(),
            text: error.text_of("Message").unwrap_or_default().to_owned(),
        });
    }
    let account = response.required("Account")?;
    let filled = |name| {
        account
            .text_of(name)
            .map(str::trim)
            .filter(|t| !t.is_empty())
    };
    if let Some(address) = filled("RedirectAddr") {
        return Ok(Answer::OtherMailbox(address.to_owned()));
    }
    if let Some(url) = filled("RedirectUrl") {
        return Ok(Answer::OtherPlace(url.to_owned()));
    }
    let mailbox = response
        .child("User")
        .and_then(|user| user.text_of("AutoDiscoverSMTPAddress"))
        .map(|address| address.trim().to_owned());
    Ok(Answer::Settings {
        ews: ews_url(account),
        mailbox: mailbox.filter(|address| !address.is_empty()),
    })
}

/// `EXHTTP` and `EXPR` are for everywhere, `EXCH` may be for inside the company's network only.
fn ews_url(account: &Element) -> Option<String> {
    ["EXHTTP", "EXPR", "EXCH"].into_iter().find_map(|kind| {
        account
            .all("Protocol")
            .filter(|protocol| {
                let own = protocol.text_of("Type").or(protocol.attribute("Type"));
                own.is_some_and(|own| own.trim().eq_ignore_ascii_case(kind))
            })
            .find_map(|protocol| protocol.text_of("EwsUrl"))
            .map(|url| url.trim().to_owned())
            .filter(|url| !url.is_empty())
    })
}
