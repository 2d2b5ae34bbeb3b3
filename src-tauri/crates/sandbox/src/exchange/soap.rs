//! The SOAP envelope: reading requests, writing answers and faults. Every answer carries the server's version.

use super::failure::Fault;
use super::schema::schema;
use super::xml::{Element, Ns};

/// The versions a client may ask for.
const VERSIONS: [&str; 12] = [
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2009",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2012",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
    "V2015_10_05",
];

/// Whether an unknown version is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownVersion {
    /// As Exchange does.
    Refused,
    /// As gromox does.
    Accepted,
}

/// A request whose body passed the schema.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation's element.
    pub body: Element,
    /// The zone of the times that name none, as the request defines it.
    pub zone: Option<Element>,
}

impl Call {
    /// Reads and judges a request.
    pub fn read(text: &[u8], unknown: UnknownVersion) -> Result<Self, Fault> {
        let invalid = |text: String| {
            Fault::new(
                "ErrorSchemaValidation",
                format!("The request failed schema validation: {text}"),
            )
        };
        let text =
            std::str::from_utf8(text).map_err(|_| invalid("the text is not UTF-8".to_owned()))?;
        let envelope = Element::parse(text).map_err(|error| invalid(error.to_string()))?;
        if envelope.ns != Ns::Soap || envelope.name != "Envelope" {
            return Err(invalid("the root is not a SOAP 1.1 envelope".to_owned()));
        }
        let header = envelope
            .get("Header")
            .cloned()
            .unwrap_or_else(|| Element::new(Ns::Soap, "Header"));
        check_version(&header, unknown)?;
        schema().check(&known_headers(&header), "Headers")?;
        let body = envelope.get("Body").and_then(|body| body.children.first());
        let body = body.ok_or_else(|| invalid("the body is empty".to_owned()))?;
        if body.ns != Ns::Messages || !schema().has_operation(&body.name) {
            return Err(invalid(format!(
                "the element '{}' is no operation of this server",
                body.name
            )));
        }
        schema().check(body, &body.name)?;
        let context = header.get("TimeZoneContext");
        let zone = context.and_then(|context| context.get("TimeZoneDefinition"));
        Ok(Self {
            body: body.clone(),
            zone: zone.cloned(),
        })
    }
}

/// Headers of other namespaces are nobody's business here.
fn known_headers(header: &Element) -> Element {
    let own = header
        .children
        .iter()
        .filter(|child| child.ns == Ns::Types)
        .cloned();
    Element::new(Ns::Types, "Headers").with(own)
}

fn check_version(header: &Element, unknown: UnknownVersion) -> Result<(), Fault> {
    let asked = header
        .get("RequestServerVersion")
        .and_then(|version| version.get_attribute("Version"));
    match asked {
        Some(version) if unknown == UnknownVersion::Refused && !VERSIONS.contains(&version) => {
            Err(Fault::new(
                "ErrorInvalidServerVersion",
                "The specified server version is invalid.",
            ))
        }
        _ => Ok(()),
    }
}

/// An envelope around an answer.
pub fn envelope(body: Element) -> String {
    let version = Element::t("ServerVersionInfo")
        .attribute("MajorVersion", "15")
        .attribute("MinorVersion", "1")
        .attribute("MajorBuildNumber", "2507")
        .attribute("MinorBuildNumber", "44")
        .attribute("Version", "V2017_07_11");
    let root = Element::new(Ns::Soap, "Envelope")
        .child(Element::new(Ns::Soap, "Header").child(version))
        .child(Element::new(Ns::Soap, "Body").child(body));
    root.to_xml()
}

/// A whole answer, with its XML declaration.
pub fn document(body: Element) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>{}",
        envelope(body)
    )
}

/// The body of a fault.
pub fn fault(fault: &Fault) -> Element {
    let value = |(name, text): &(&'static str, String)| match *name {
        "Violation" => Element::t("Violation").text(text.clone()),
        name => Element::t("Value")
            .attribute("Name", name)
            .text(text.clone()),
    };
    let mut detail = Element::new(Ns::None, "detail")
        .child(Element::new(Ns::Errors, "ResponseCode").text(fault.code))
        .child(Element::new(Ns::Errors, "Message").text(fault.text.clone()));
    if !fault.values.is_empty() {
        detail
            .children
            .push(Element::t("MessageXml").with(fault.values.iter().map(value)));
    }
    Element::new(Ns::Soap, "Fault")
        // The code is a qualified name of the types namespace, which the envelope declares as `t`.
        .child(Element::new(Ns::None, "faultcode").text(format!("t:{}", fault.code)))
        .child(Element::new(Ns::None, "faultstring").text(fault.text.clone()))
        .child(detail)
}
