//! Where the CRM is. People paste what stands in the browser's address line, so more than the bare address is understood.

use model::{Fingerprint, UserId};
use ports::Result;
use sha2::{Digest, Sha256};
use transport::Address;

const PAGE: &str = "webservice.php";

/// The address of `webservice.php`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmAddress(Address);

impl CrmAddress {
    /// Reads an address with or without `webservice.php`, also one of another page of the CRM.
    pub fn parse(text: &str) -> Result<Self> {
        let typed = Address::parse(text)?;
        let mut url = typed.url().clone();
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path();
        let folder = match path.rsplit_once('/') {
            Some((folder, page)) if page.ends_with(".php") => folder,
            _ => path.trim_end_matches('/'),
        };
        url.set_path(&format!("{folder}/{PAGE}"));
        Ok(Self(Address::parse(url.as_str())?))
    }

    /// The address to send to.
    pub fn address(&self) -> &Address {
        &self.0
    }

    /// The same text for the same place, however it was typed: no scheme, no page.
    pub fn normalised(&self) -> String {
        let url = self.0.url();
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let path = url.path().trim_end_matches(PAGE);
        format!("{host}:{port}{path}")
    }

    /// Tells this CRM and user from others, on every computer alike.
    pub fn fingerprint(&self, user: &UserId) -> Fingerprint {
        let mut hasher = Sha256::new();
        hasher.update(self.normalised());
        hasher.update([0]);
        hasher.update(user.as_str());
        let hash = hasher.finalize();
        Fingerprint::new(
            hash.iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> CrmAddress {
        CrmAddress::parse(text).expect("an address")
    }

    #[test]
    fn what_stands_in_the_browser_is_understood() {
        for text in [
            "crm.example.com/crm",
            "https://crm.example.com/crm/",
            "https://crm.example.com/crm/webservice.php",
            "https://CRM.example.com:443/crm/index.php?module=Home&view=x#top",
        ] {
            assert_eq!(
                parsed(text).address().to_string(),
                "https://crm.example.com/crm/webservice.php",
                "{text}"
            );
        }
        assert_eq!(
            parsed("http://127.0.0.1:8081").address().to_string(),
            "http://127.0.0.1:8081/webservice.php"
        );
    }

    #[test]
    fn r7_10_one_place_has_one_fingerprint_for_each_user() {
        let anna = UserId::new("19x5");
        let one = parsed("crm.example.com/crm").fingerprint(&anna);
        assert_eq!(
            one,
            parsed("https://crm.example.com:443/crm/webservice.php").fingerprint(&anna)
        );
        assert_ne!(one, parsed("crm.example.com/staging").fingerprint(&anna));
        assert_ne!(
            one,
            parsed("crm.example.com/crm").fingerprint(&UserId::new("19x6"))
        );
        // Stored on items for ever: it must never come out otherwise.
        assert_eq!(one.as_str(), "3c4d416eeb817a89");
    }
}
