//! Where a server is, as a person types it. The rule that nothing travels in the clear lives here and nowhere else.

use std::fmt;
use std::net::IpAddr;

use model::Code;
use ports::{ErrorKind, Failure, Result};
use url::{Host, Url};

/// An address that may be used: `https://`, or `http://` to this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads what a person typed or a server announced. Without a scheme `https://` is meant.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let typed = match text.contains("://") {
            true => text.to_owned(),
            false => format!("https://{text}"),
        };
        let malformed = || {
            // A password in an address is refused, so it must not be shown either.
            let shown = text.rsplit('@').next().unwrap_or_default();
            Failure::new(ErrorKind::Malformed, Code::AddressMalformed).with("address", shown)
        };
        let url = Url::parse(&typed).map_err(|error| malformed().caused_by(error))?;
        let names_somebody = !url.username().is_empty() || url.password().is_some();
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || names_somebody {
            return Err(malformed());
        }
        let address = Self(url);
        if address.is_plain() && !address.is_loopback() {
            let failure = Failure::new(ErrorKind::Malformed, Code::AddressNotSecure);
            return Err(failure.with("server", address.server()));
        }
        Ok(address)
    }

    /// The address for requests.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The same place with other query parameters; what stood there before is dropped.
    pub fn with_query<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut url = self.0.clone();
        url.query_pairs_mut().clear().extend_pairs(parameters);
        Self(url)
    }

    /// Host and, where it is not the usual one, port: what messages call the server.
    pub fn server(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether it never leaves this computer.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
            None => false,
        }
    }

    /// Whether it is used without TLS.
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Address::parse(text)
            .expect_err("not an address we use")
            .problem
            .code
    }

    #[test]
    fn an_address_without_a_scheme_means_https() {
        let address = Address::parse(" crm.example.com/crm ").expect("an address");
        assert_eq!(address.to_string(), "https://crm.example.com/crm");
        assert_eq!(address.server(), "crm.example.com");
        let with_port = Address::parse("localhost:8443").expect("an address");
        assert_eq!(with_port.to_string(), "https://localhost:8443/");
        assert_eq!(with_port.server(), "localhost:8443");
    }

    #[test]
    fn plain_http_stays_on_this_computer() {
        for text in [
            "http://localhost:1",
            "http://127.0.0.1:8080/x",
            "http://127.9.9.9",
            "http://[::1]:9/",
            "http://crm.localhost",
        ] {
            assert!(Address::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://crm.example.com",
            "HTTP://10.0.0.1/",
            "http://localhost.example.com",
            "http://128.0.0.1",
        ] {
            assert_eq!(code(text), Code::AddressNotSecure, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_named() {
        for text in [
            "",
            "   ",
            "https://",
            "ftp://crm.example.com",
            "file:///etc/passwd",
            "https://a b",
            "https://host:99999",
            "mailto:anna@example.com",
        ] {
            assert_eq!(code(text), Code::AddressMalformed, "{text:?}");
        }
    }

    #[test]
    fn s11_a_password_in_an_address_is_refused_and_not_shown() {
        let failure = Address::parse("https://anna:hunter2@crm.example.com").expect_err("refused");
        assert_eq!(failure.problem.code, Code::AddressMalformed);
        assert!(!format!("{failure} {failure:?}").contains("hunter2"));
    }

    proptest::proptest! {
        #[test]
        fn s11_whatever_is_typed_plain_text_never_leaves_this_computer(text in "(http://|HTTP:|https://|)?\\PC{0,40}") {
            if let Ok(address) = Address::parse(&text) {
                proptest::prop_assert!(!address.is_plain() || address.is_loopback());
            }
        }
    }

    #[test]
    fn parameters_are_encoded() {
        let address = Address::parse("https://h/webservice.php?old=1").expect("an address");
        let asked = address.with_query([("query", "select * from A where b='ü&';")]);
        assert_eq!(
            asked.url().query(),
            Some("query=select+*+from+A+where+b%3D%27%C3%BC%26%27%3B")
        );
    }
}
