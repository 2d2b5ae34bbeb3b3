//! Where users sign in and as which program (facts/graph.md, 1.1): authority, tenant, client id, scopes. How the authority names its
//! endpoints is asked in `discovery`.

use model::{Code, policy};
use ports::{ErrorKind, Failure, Result};
use transport::Address;

/// The vendor's own registration at Microsoft. There is none yet, so a policy has to name one.
const VENDOR_CLIENT_ID: &str = "";

/// Microsoft's public cloud.
const PUBLIC_CLOUD: &str = "https://login.microsoftonline.com";

/// Microsoft's clouds: where users sign in, and where their mailboxes are. Other clouds of the same make are reached by an authority
/// with `{tenant}` in it.
const CLOUDS: &[(&str, &str)] = &[
    ("login.microsoftonline.com", "outlook.office365.com"),
    ("login.microsoftonline.us", "outlook.office365.us"),
    ("login.chinacloudapi.cn", "partner.outlook.cn"),
    ("login.partner.microsoftonline.cn", "partner.outlook.cn"),
];

/// The gap of an authority for the tenant.
const TENANT: &str = "{tenant}";

/// What every sign-in asks for besides the mailbox: a token that lasts, and who signed in.
const ALWAYS: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Who answers for the users of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    issuer: Address,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// One of Microsoft's, or one that is laid out alike: with this tenant.
    Tenant { base: String, tenant: String },
    /// Any other.
    Plain,
}

impl Authority {
    /// The one a policy names.
    ///
    /// - Nothing, or the host of one of Microsoft's clouds without a path: `/{tenant}/v2.0` below it.
    /// - An address with `{tenant}` in it: that address with the tenant in its place.
    /// - Any other address: itself.
    ///
    /// The endpoints are asked for at `/.well-known/openid-configuration` below that.
    pub fn of(authority: &str, tenant: &str) -> Result<Self> {
        let authority = match authority.trim() {
            "" => PUBLIC_CLOUD,
            some => some.trim_end_matches('/'),
        };
        let tenant = match tenant.trim() {
            "" => "organizations",
            some => some,
        };
        // A tenant is a domain, an id or a word; anything else would make another address of it.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !tenant.chars().all(is_plain) {
            return Err(misconfigured("oauth.tenant"));
        }
        let template = match authority.contains(TENANT) {
            true => authority.to_owned(),
            false if cloud(authority).is_some() => format!("{authority}/{TENANT}/v2.0"),
            false => {
                return Ok(Self {
                    issuer: Address::parse(authority)?,
                    kind: Kind::Plain,
                });
            }
        };
        let base = template.split(TENANT).next().unwrap_or_default();
        Ok(Self {
            issuer: Address::parse(&template.replace(TENANT, tenant))?,
            kind: Kind::Tenant {
                base: base.trim_end_matches('/').to_owned(),
                tenant: tenant.to_owned(),
            },
        })
    }

    /// Where its endpoints are named.
    pub(crate) fn discovery(&self) -> Result<Address> {
        let issuer = self.issuer.to_string();
        let issuer = issuer.trim_end_matches('/');
        Address::parse(&format!("{issuer}/.well-known/openid-configuration"))
    }

    /// How messages call it.
    pub(crate) fn server(&self) -> String {
        self.issuer.server()
    }

    /// Whether the authority may call itself that. Microsoft's `organizations` and `common` stand for any tenant, whose id or the gap
    /// for it then is in the name.
    pub(crate) fn may_be_called(&self, name: &str) -> bool {
        let plain = |text: &str| text.trim_end_matches('/').to_owned();
        let own = plain(&self.issuer.to_string());
        match &self.kind {
            Kind::Plain => plain(name) == own,
            Kind::Tenant { base, .. } => {
                plain(name) == own || name.starts_with(&format!("{base}/"))
            }
        }
    }

    /// The page where an administrator agrees for all users, where the authority has one.
    pub(crate) fn consent_page(&self, client_id: &str, scopes: &[String]) -> Option<String> {
        let Kind::Tenant { base, tenant } = &self.kind else {
            return None;
        };
        let page = Address::parse(&format!("{base}/{tenant}/v2.0/adminconsent")).ok()?;
        let scopes = scopes.join(" ");
        let page = page.with_query([
            ("client_id", client_id),
            ("scope", &scopes),
            ("redirect_uri", "http://localhost"),
        ]);
        Some(page.to_string())
    }
}

/// Which program signs users in, where, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The program's id at the authority.
    pub client_id: String,
    /// Who answers for the users.
    pub authority: Authority,
    /// What is asked for.
    pub scopes: Vec<String>,
}

impl Registration {
    /// The policy's, for the mailbox server at this address. Without a client id, or without an address where the authority tells none,
    /// signing in by OAuth is not offered.
    pub fn of(policy: &policy::OAuth, mailbox: &Address) -> Result<Self> {
        let client_id = match policy.client_id.trim() {
            "" => VENDOR_CLIENT_ID,
            some => some,
        };
        if client_id.is_empty() {
            return Err(not_offered("oauth.client_id"));
        }
        let mut scopes = policy.scopes.clone();
        if scopes.is_empty() {
            // A token is for one server: that of the mailbox (1.2).
            scopes.push(format!("https://{}/EWS.AccessAsUser.All", mailbox.server()));
        }
        for scope in ALWAYS {
            if !scopes.iter().any(|asked| asked == scope) {
                scopes.push(scope.to_owned());
            }
        }
        Ok(Self {
            client_id: client_id.to_owned(),
            authority: Authority::of(&policy.authority, &policy.tenant)?,
            scopes,
        })
    }

    /// What is asked for when a token is renewed. Microsoft wants to hear it again, because its refresh tokens are good for every server
    /// (1.2); others refuse what they left out before, so they are not asked for anything (RFC 6749, 6).
    pub(crate) fn scopes_to_renew(&self) -> &[String] {
        match self.authority.kind {
            Kind::Tenant { .. } => &self.scopes,
            Kind::Plain => &[],
        }
    }

    /// Where an administrator agrees for all users.
    pub(crate) fn consent_page(&self) -> Option<String> {
        let asked = self.scopes.iter().filter(|scope| scope.contains("://"));
        let asked: Vec<String> = asked.cloned().collect();
        self.authority.consent_page(&self.client_id, &asked)
    }
}

/// Where the mailboxes of the authority's users are: the address the policy presets, else the one of Microsoft's cloud.
pub fn mailbox_server(policy: &policy::OAuth, preset: &str) -> Result<Address> {
    if !preset.trim().is_empty() {
        return Address::parse(preset);
    }
    let authority = match policy.authority.trim() {
        "" => PUBLIC_CLOUD,
        some => some,
    };
    match cloud(authority) {
        Some(server) => Address::parse(&format!("https://{server}/EWS/Exchange.asmx")),
        None => Err(not_offered("exchange_url")),
    }
}

/// The mailbox server of one of Microsoft's clouds.
fn cloud(authority: &str) -> Option<&'static str> {
    let address = Address::parse(&authority.replace(TENANT, "common")).ok()?;
    let has_path = !matches!(address.url().path(), "" | "/") && !authority.contains(TENANT);
    let host = address.url().host_str()?.to_owned();
    let known = CLOUDS.iter().find(|(login, _)| *login == host);
    known
        .filter(|_| !has_path && !address.is_plain())
        .map(|(_, mailboxes)| *mailboxes)
}

fn not_offered(missing: &str) -> Failure {
    Failure::new(ErrorKind::SignInNeeded, Code::BrowserSignInNotOffered).with("missing", missing)
}

fn misconfigured(setting: &str) -> Failure {
    Failure::new(ErrorKind::SignInNeeded, Code::SignInMisconfigured).with("detail", setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discovery(authority: &str, tenant: &str) -> String {
        let authority = Authority::of(authority, tenant).expect("an authority");
        authority.discovery().expect("an address").to_string()
    }

    fn policy(client_id: &str, authority: &str) -> policy::OAuth {
        policy::OAuth {
            client_id: client_id.to_owned(),
            authority: authority.to_owned(),
            ..policy::OAuth::default()
        }
    }

    #[test]
    fn r7_2_endpoints_are_named_below_the_tenant_for_microsoft_and_directly_for_others() {
        for (authority, tenant, expected) in [
            (
                "",
                "",
                "https://login.microsoftonline.com/organizations/v2.0/",
            ),
            (
                "",
                "firma.example",
                "https://login.microsoftonline.com/firma.example/v2.0/",
            ),
            (
                "https://login.microsoftonline.us/",
                "common",
                "https://login.microsoftonline.us/common/v2.0/",
            ),
            (
                "https://login.cloud.example/{tenant}/v2.0",
                "t1",
                "https://login.cloud.example/t1/v2.0/",
            ),
            ("https://id.firma.example", "", "https://id.firma.example/"),
            (
                "https://id.firma.example/realms/a/",
                "x",
                "https://id.firma.example/realms/a/",
            ),
            ("http://127.0.0.1:8080", "", "http://127.0.0.1:8080/"),
        ] {
            let expected = format!("{expected}.well-known/openid-configuration");
            assert_eq!(discovery(authority, tenant), expected, "{authority}");
        }
    }

    #[test]
    fn an_authority_in_the_clear_and_a_tenant_that_is_none_are_refused() {
        let refused = Authority::of("http://id.firma.example", "").expect_err("refused");
        assert_eq!(refused.problem.code, Code::AddressNotSecure);
        for tenant in ["../x", "a b", "a/b", "a?b"] {
            let refused = Authority::of("", tenant).expect_err("refused");
            assert_eq!(refused.problem.code, Code::SignInMisconfigured, "{tenant}");
        }
    }

    #[test]
    fn an_authority_calls_itself_by_its_own_name() {
        let other = Authority::of("https://id.firma.example", "").expect("an authority");
        assert!(other.may_be_called("https://id.firma.example/"));
        assert!(!other.may_be_called("https://id.firma.example.evil.example"));
        let microsoft = Authority::of("", "").expect("an authority");
        assert!(microsoft.may_be_called("https://login.microsoftonline.com/{tenantid}/v2.0"));
        assert!(microsoft.may_be_called("https://login.microsoftonline.com/1234/v2.0"));
        assert!(!microsoft.may_be_called("https://login.microsoftonline.com.evil.example/1/v2.0"));
    }

    #[test]
    fn r7_2_without_a_registration_it_is_not_offered() {
        let mailbox = mailbox_server(&policy("", ""), "").expect("Microsoft's");
        let failure = Registration::of(&policy("", ""), &mailbox).expect_err("none");
        assert_eq!(failure.problem.code, Code::BrowserSignInNotOffered);
        assert_eq!(failure.problem.values["missing"], "oauth.client_id");
        let elsewhere = policy("id", "https://id.firma.example");
        let failure = mailbox_server(&elsewhere, "").expect_err("unknown");
        assert_eq!(failure.problem.values["missing"], "exchange_url");
    }

    #[test]
    fn the_scope_is_that_of_the_mailboxes_server_unless_the_policy_says_otherwise() {
        let usual = policy("id", "");
        let mailbox = mailbox_server(&usual, "").expect("Microsoft's");
        let asked = Registration::of(&usual, &mailbox)
            .expect("registered")
            .scopes;
        assert_eq!(
            asked[0],
            "https://outlook.office365.com/EWS.AccessAsUser.All"
        );
        assert!(asked.iter().any(|scope| scope == "offline_access"));
        let mut own = usual;
        own.scopes = vec!["mailbox".to_owned(), "openid".to_owned()];
        let asked = Registration::of(&own, &mailbox).expect("registered").scopes;
        assert_eq!(
            asked,
            ["mailbox", "openid", "profile", "email", "offline_access"]
        );
    }

    #[test]
    fn r7_4_the_page_for_administrators_names_program_and_scopes() {
        let usual = policy("id 1", "");
        let mailbox = mailbox_server(&usual, "").expect("Microsoft's");
        let registration = Registration::of(&usual, &mailbox).expect("registered");
        assert_eq!(
            registration.consent_page().expect("Microsoft has one"),
            "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=id+1&scope=https%3A%2F%2Foutlook.office365.com%2FEWS.AccessAsUser.All&redirect_uri=http%3A%2F%2Flocalhost"
        );
        let other = policy("id", "https://id.firma.example");
        let registration = Registration::of(&other, &mailbox).expect("registered");
        assert_eq!(registration.consent_page(), None);
    }
}
