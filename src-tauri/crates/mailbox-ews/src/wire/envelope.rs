//! The envelope around every request and answer.

use super::cut::Parts;
use super::fault::Complaint;
use super::tree::{Element, Unreadable};
use super::writer::Writer;

const NAMESPACES: [(&str, &str); 3] = [
    ("xmlns:soap", "http://schemas.xmlsoap.org/soap/envelope/"),
    (
        "xmlns:t",
        "http://schemas.microsoft.com/exchange/services/2006/types",
    ),
    (
        "xmlns:m",
        "http://schemas.microsoft.com/exchange/services/2006/messages",
    ),
];

/// Whether a request changes something, so that its lost answer matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Reads,
    /// It can change something.
    Writes,
}

/// One kind of request and what comes back for each thing it names.
pub trait Operation {
    /// What one successful message holds.
    type Answer;
    /// Its name on the wire.
    const NAME: &'static str;
    /// Whether it changes something.
    const EFFECT: Effect;
    /// The element whose content is so large that it is cut out of the answer while that comes in.
    const LARGE: Option<&'static str> = None;
    /// Whether it has to reach the very server that keeps a subscription.
    const NEEDS_SAME_SERVER: bool = false;

    /// The zone its times are meant in, as Exchange calls it, where it writes times.
    fn zone(&self) -> Option<&str> {
        None
    }

    /// Writes the element inside the body.
    fn write(&self, xml: &mut Writer);

    /// Reads one successful message.
    fn read(message: &Element) -> Result<Self::Answer, Unreadable>;

    /// Gives an answer back what was cut out of it.
    fn complete(_answer: &mut Self::Answer, _parts: &mut Parts) -> Result<(), Unreadable> {
        Ok(())
    }
}

/// The state of the protocol a request is written for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Version {
    /// Understood by Exchange 2013 SP1 and everything since.
    #[default]
    Exchange2013Sp1,
    /// Where that is refused.
    Exchange2013,
}

impl Version {
    fn name(self) -> &'static str {
        match self {
            Version::Exchange2013Sp1 => "Exchange2013_SP1",
            Version::Exchange2013 => "Exchange2013",
        }
    }
}

/// Writes a whole request.
pub fn write<O: Operation>(version: Version, operation: &O) -> String {
    let mut xml = Writer::new();
    xml.element("soap:Envelope", &NAMESPACES, |xml| {
        xml.element("soap:Header", &[], |xml| {
            xml.empty("t:RequestServerVersion", &[("Version", version.name())]);
            if let Some(zone) = operation.zone() {
                xml.element("t:TimeZoneContext", &[], |xml| {
                    xml.empty("t:TimeZoneDefinition", &[("Id", zone)]);
                });
            }
        });
        xml.element("soap:Body", &[], |xml| operation.write(xml));
    });
    xml.finish()
}

/// What came back for one thing a request named.
pub type Message<A> = Result<A, Trouble>;

/// Why there is no answer for one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The server says so.
    #[error(transparent)]
    Complaint(#[from] Complaint),
    /// What it says cannot be understood.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<A> {
    /// Who answered.
    pub server: Option<ServerVersion>,
    /// One message for each thing asked, or why none was done.
    pub body: Result<Vec<Message<A>>, Complaint>,
}

/// The version every answer's header tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVersion {
    /// 15 since 2013.
    pub major: u32,
    /// 0 is 2013, 1 is 2016, 2 is 2019 and later, 20 is Online.
    pub minor: u32,
    /// The build, as far as it is told.
    pub build: Option<u32>,
}

impl ServerVersion {
    fn read(header: &Element) -> Option<Self> {
        let info = header.child("ServerVersionInfo")?;
        let number = |name| info.attribute(name).and_then(|text| text.parse().ok());
        Some(Self {
            major: number("MajorVersion")?,
            minor: number("MinorVersion")?,
            build: number("MajorBuildNumber"),
        })
    }

    /// Product and version, for people.
    pub fn describe(&self) -> String {
        let product = match (self.major, self.minor) {
            (15, 0) => "Exchange 2013",
            (15, 1) => "Exchange 2016",
            // 2019 and the Subscription Edition share the version; SE begins with build 2562 (facts: schema of 15.2.2562).
            (15, 2) if self.build.is_some_and(|build| build >= 2562) => "Exchange SE",
            (15, 2) => "Exchange 2019",
            (15, 20) => "Exchange Online",
            _ => "Exchange",
        };
        let Self { major, minor, .. } = self;
        match self.build {
            Some(build) => format!("{product} ({major}.{minor}.{build})"),
            None => format!("{product} ({major}.{minor})"),
        }
    }
}

/// Reads what is left of an answer out of which parts were cut.
pub fn read_cut<O: Operation>(
    document: &str,
    mut parts: Parts,
) -> Result<Reply<O::Answer>, Unreadable> {
    let mut reply = read::<O>(document)?;
    for message in reply.body.iter_mut().flatten() {
        if let Ok(answer) = message
            && let Err(why) = O::complete(answer, &mut parts)
        {
            *message = Err(Trouble::Unreadable(why));
        }
    }
    Ok(reply)
}

/// Reads a whole answer, fault or not.
pub fn read<O: Operation>(document: &str) -> Result<Reply<O::Answer>, Unreadable> {
    let envelope = Element::parse(document)?;
    if envelope.name != "Envelope" {
        return Err(Unreadable::OtherDocument(envelope.name));
    }
    let server = envelope.child("Header").and_then(ServerVersion::read);
    let body = envelope.required("Body")?;
    if let Some(fault) = body.child("Fault") {
        let body = Err(Complaint::of_fault(fault));
        return Ok(Reply { server, body });
    }
    // The name of the element around the messages tells nothing the request did not.
    let response = body
        .children()
        .next()
        .ok_or_else(|| body.misses("response"))?;
    let messages = response.required("ResponseMessages")?.children();
    let body = Ok(messages.map(read_message::<O>).collect());
    Ok(Reply { server, body })
}

fn read_message<O: Operation>(message: &Element) -> Message<O::Answer> {
    match Complaint::of_message(message) {
        Some(complaint) => Err(Trouble::Complaint(complaint)),
        None => Ok(O::read(message)?),
    }
}
