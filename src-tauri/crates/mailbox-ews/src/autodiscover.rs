//! Finds the address of Exchange Web Services for an e-mail address (facts/ews.md, section 5). Only https is asked, and the
//! password goes to the address's own domain or to hosts the user agreed to, whatever a redirection says. The look at plain http,
//! at the domain's service records and at the Windows directory is deliberately not here: what they tell is easily forged or needs
//! the system, and without them the user enters the address.

use model::{AccountName, Code};
use ports::{ErrorKind, Failure, Result};
use tracing::debug;
use transport::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use transport::{Address, Answer, Client, Sending, StatusCode};

use crate::options::bound;
use crate::sign_in::{Credentials, Intake, Post, Session, SignInMethod};
use crate::wire::pox;

/// No server leads us around for longer than this.
const HOPS: u32 = 10;

/// How to search.
#[derive(Debug, Clone)]
pub struct Search {
    /// Who signs in at the places asked.
    pub credentials: Credentials,
    /// How to sign in.
    pub method: SignInMethod,
    /// User agent, time-outs, trusted certificates, counter.
    pub http: transport::Options,
    /// Hosts of other domains the user agreed to.
    pub agreed: Vec<String>,
    /// Where to ask first instead of the usual places; the password may go there.
    pub places: Option<Vec<Address>>,
}

impl Search {
    /// The usual search.
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            method: SignInMethod::default(),
            http: transport::Options::default(),
            agreed: Vec::new(),
            places: None,
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The address of Exchange Web Services.
    pub ews: Address,
    /// The mailbox's primary address, where the server told it.
    pub mailbox: Option<AccountName>,
    /// Whether the address belongs to the domain of the e-mail address.
    pub domain: Domain,
}

/// Whose host an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// The domain of the e-mail address or a host in it, or one the user agreed to.
    Own,
    /// Another one: ask the user before a password goes there.
    Foreign,
}

/// Where one question led.
enum Lead {
    Found(Found),
    OtherMailbox(String),
    OtherPlace(Address),
    Nothing,
}

/// Searches. Failures: `SignInNeeded` with `AddressForeign` names the host the user has to agree to; `NothingAtAddress` says that
/// the domain answers nowhere or knows no such mailbox.
pub async fn autodiscover(email: &AccountName, search: &Search) -> Result<Found> {
    let trust = Trust::new(email, search)?;
    let mut hops = HOPS;
    let mut mailbox = email.as_str().to_owned();
    loop {
        let places = match &search.places {
            Some(places) => places.clone(),
            None => usual_places(&mailbox)?,
        };
        match ask_all(places, &mailbox, search, &trust, &mut hops).await? {
            Lead::Found(found) => return Ok(found),
            Lead::OtherMailbox(other) if hops > 0 => {
                hops -= 1;
                mailbox = other;
            }
            Lead::OtherMailbox(_) | Lead::OtherPlace(_) | Lead::Nothing => {
                return Err(nothing(&trust.domain));
            }
        }
    }
}

/// Asks one place after the other until one of them knows more.
async fn ask_all(
    places: Vec<Address>,
    mailbox: &str,
    search: &Search,
    trust: &Trust,
    hops: &mut u32,
) -> Result<Lead> {
    let mut unreachable = None;
    let mut somebody_answered = false;
    for first in places {
        let mut place = first;
        loop {
            let lead = ask(&place, mailbox, search, trust).await;
            debug!(server = %place.server(), found = lead.is_ok(), "asked for the mailbox's server");
            match lead {
                Ok(Lead::OtherPlace(other)) if *hops > 0 => {
                    *hops -= 1;
                    place = other;
                }
                Ok(Lead::OtherPlace(_) | Lead::Nothing) => {
                    somebody_answered = true;
                    break;
                }
                Ok(lead @ (Lead::Found(_) | Lead::OtherMailbox(_))) => return Ok(lead),
                // Another place may do; the reason of the last one is told if none does.
                Err(failure) if failure.kind == ErrorKind::Offline => {
                    unreachable = Some(failure);
                    break;
                }
                // A password that was refused is not tried elsewhere (R7.5).
                Err(failure) => return Err(failure),
            }
        }
    }
    match unreachable {
        Some(failure) if !somebody_answered => Err(failure),
        _ => Ok(Lead::Nothing),
    }
}

async fn ask(place: &Address, mailbox: &str, search: &Search, trust: &Trust) -> Result<Lead> {
    trust.check(place)?;
    let session = Session::new(
        Client::new(bound(search.http.clone())),
        place.clone(),
        search.credentials.clone(),
        search.method,
    );
    let mut headers = HeaderMap::new();
    let xml = HeaderValue::from_static("text/xml; charset=utf-8");
    headers.insert(CONTENT_TYPE, xml);
    let mut post = Post {
        headers,
        body: &pox::write(mailbox),
        sending: Sending::Read,
        intake: Intake::Whole,
    };
    let answer = session.post(&mut post).await;
    let answer = match answer {
        // A page that wants another kind of sign-in is not what we look for.
        Err(failure) if failure.problem.code == Code::SignInMethodUnsupported => {
            return Ok(Lead::Nothing);
        }
        answer => answer?,
    };
    lead(&answer, place, trust)
}

fn lead(answer: &Answer, place: &Address, trust: &Trust) -> Result<Lead> {
    if answer.status.is_redirection() {
        let location = answer.headers.get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        // A relative one names another page of the same server.
        let url = location.and_then(|location| place.url().join(location).ok());
        return url.map_or(Ok(Lead::Nothing), |url| other_place(url.as_str()));
    }
    if answer.status != StatusCode::OK {
        return Ok(Lead::Nothing);
    }
    let body = String::from_utf8_lossy(&answer.body);
    Ok(match pox::read(&body) {
        Ok(pox::Answer::Settings { ews, mailbox }) => match ews {
            None => Lead::Nothing,
            Some(ews) => {
                let ews = Address::parse(&ews)?;
                Lead::Found(Found {
                    domain: trust.domain_of(&ews),
                    ews,
                    mailbox: mailbox.map(AccountName::new),
                })
            }
        },
        Ok(pox::Answer::OtherMailbox(mailbox)) => Lead::OtherMailbox(mailbox),
        Ok(pox::Answer::OtherPlace(url)) => other_place(&url)?,
        Ok(pox::Answer::Error { code, .. }) => {
            debug!(code, "the server knows no such mailbox");
            Lead::Nothing
        }
        Err(_) => Lead::Nothing,
    })
}

fn other_place(url: &str) -> Result<Lead> {
    Ok(Lead::OtherPlace(Address::parse(url)?))
}

/// Where the search begins.
fn usual_places(mailbox: &str) -> Result<Vec<Address>> {
    let domain = domain(mailbox)?;
    ["", "autodiscover."]
        .into_iter()
        .map(|host| {
            Address::parse(&format!(
                "https://{host}{domain}/autodiscover/autodiscover.xml"
            ))
        })
        .collect()
}

fn domain(email: &str) -> Result<&str> {
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.trim());
    let domain = domain.filter(|domain| !domain.is_empty() && !domain.contains(['/', ':', '?']));
    domain.ok_or_else(|| {
        Failure::new(ErrorKind::Malformed, Code::AddressMalformed).with("address", email)
    })
}

fn nothing(domain: &str) -> Failure {
    Failure::new(ErrorKind::Malformed, Code::NothingAtAddress).with("server", domain)
}

/// Which hosts may see the password.
struct Trust {
    domain: String,
    hosts: Vec<String>,
}

impl Trust {
    fn new(email: &AccountName, search: &Search) -> Result<Self> {
        let places = search.places.iter().flatten().map(host);
        let agreed = search.agreed.iter().map(|host| host.to_ascii_lowercase());
        Ok(Self {
            domain: domain(email.as_str())?.to_ascii_lowercase(),
            hosts: places.chain(agreed).collect(),
        })
    }

    fn domain_of(&self, address: &Address) -> Domain {
        let host = host(address);
        let inside = host.strip_suffix(&self.domain);
        let own = inside.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        match own || self.hosts.contains(&host) {
            true => Domain::Own,
            false => Domain::Foreign,
        }
    }

    fn check(&self, place: &Address) -> Result<()> {
        match self.domain_of(place) {
            Domain::Own => Ok(()),
            Domain::Foreign => Err(Failure::new(ErrorKind::SignInNeeded, Code::AddressForeign)
                .with("server", host(place))),
        }
    }
}

fn host(address: &Address) -> String {
    let host = address.url().host_str().unwrap_or_default();
    host.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Secret;

    fn trust(email: &str, agreed: &[&str]) -> Trust {
        let mut search = Search::new(Credentials {
            user: AccountName::new(email),
            password: Secret::new("x"),
        });
        search.agreed = agreed.iter().map(|host| (*host).to_owned()).collect();
        Trust::new(&AccountName::new(email), &search).expect("an address")
    }

    #[test]
    fn the_password_goes_to_the_own_domain_only() {
        let trust = trust("anna@Firma.example", &["mail.hoster.example"]);
        for (url, domain) in [
            ("https://firma.example/x", Domain::Own),
            ("https://autodiscover.FIRMA.example/x", Domain::Own),
            ("https://mail.hoster.example/x", Domain::Own),
            ("https://hoster.example/x", Domain::Foreign),
            ("https://notfirma.example/x", Domain::Foreign),
            ("https://firma.example.evil.example/x", Domain::Foreign),
        ] {
            let address = Address::parse(url).expect("an address");
            assert_eq!(trust.domain_of(&address), domain, "{url}");
        }
    }

    #[test]
    fn the_search_begins_at_the_domain_and_its_host_for_this() {
        let places = usual_places("anna@firma.example").expect("an address");
        let places: Vec<&str> = places.iter().map(|place| place.url().as_str()).collect();
        assert_eq!(
            places,
            [
                "https://firma.example/autodiscover/autodiscover.xml",
                "https://autodiscover.firma.example/autodiscover/autodiscover.xml",
            ]
        );
        for text in ["", "anna", "anna@", "anna@firma.example/path", "anna@a:1"] {
            let failure = usual_places(text).expect_err("no address");
            assert_eq!(failure.problem.code, Code::AddressMalformed, "{text}");
        }
    }
}
