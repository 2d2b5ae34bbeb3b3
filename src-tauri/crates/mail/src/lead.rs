//! What a lead is called that is made for an address nobody has (R5.3).

use model::policy::{CompanyRule, Emails, LastNameRule};

use crate::reader::Person;

/// What stands where nothing is known.
pub const PLACEHOLDER: &str = "???";

/// A lead that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Its last name.
    pub last_name: String,
    /// Its company.
    pub company: String,
    /// Its address.
    pub email: String,
}

/// The lead for somebody, as the policy has it called.
pub fn lead_for(person: &Person, policy: &Emails) -> Lead {
    let (mailbox, domain) = person.address.rsplit_once('@').unwrap_or_default();
    let last_name = match policy.last_name {
        LastNameRule::MailboxPart => mailbox,
        LastNameRule::DisplayName => &person.name,
        LastNameRule::Placeholder => PLACEHOLDER,
    };
    let company = match policy.company {
        CompanyRule::Domain => domain,
        CompanyRule::DomainWithoutTld => without_ending(domain),
        CompanyRule::Placeholder => PLACEHOLDER,
    };
    let or_placeholder = |text: &str| match text.trim() {
        "" => PLACEHOLDER.to_owned(),
        text => text.to_owned(),
    };
    Lead {
        last_name: or_placeholder(last_name),
        company: or_placeholder(company),
        email: person.address.clone(),
    }
}

/// Without what the public suffix list says is an ending: `firma.co.uk` is `firma`, `mail.firma.de` is `mail.firma`.
fn without_ending(domain: &str) -> &str {
    let last = domain.rsplit('.').next().unwrap_or_default();
    if domain.starts_with('[') || last.bytes().all(|letter| letter.is_ascii_digit()) {
        // A number of a computer, not a name.
        return domain;
    }
    let lower = domain.to_lowercase();
    let Some(ending) = psl::suffix(lower.as_bytes()).map(|ending| ending.as_bytes().len()) else {
        return domain;
    };
    // The list knows names in lower case only, and lower case may be of another length.
    if lower.len() != domain.len() || ending >= domain.len() {
        return domain;
    }
    domain[..domain.len() - ending].trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(name: &str, address: &str, last_name: LastNameRule, company: CompanyRule) -> Lead {
        let person = Person {
            name: name.to_owned(),
            address: address.to_owned(),
        };
        let policy = Emails {
            last_name,
            company,
            ..Emails::default()
        };
        lead_for(&person, &policy)
    }

    #[test]
    fn r5_3_the_last_name_follows_the_policy() {
        let name = |name, rule| lead(name, "a.gross@firma.de", rule, CompanyRule::Domain).last_name;
        for (shown, rule, expected) in [
            ("Anna Groß", LastNameRule::MailboxPart, "a.gross"),
            ("Anna Groß", LastNameRule::DisplayName, "Anna Groß"),
            ("Anna Groß", LastNameRule::Placeholder, "???"),
            ("", LastNameRule::DisplayName, "???"),
        ] {
            assert_eq!(name(shown, rule), expected);
        }
    }

    #[test]
    fn r5_3_the_company_follows_the_policy() {
        let company = |address, rule| lead("", address, LastNameRule::MailboxPart, rule).company;
        for (address, expected) in [
            ("a@firma.de", "firma"),
            ("a@Firma.co.uk", "Firma"),
            ("a@mail.firma.com", "mail.firma"),
            ("a@müller.de", "müller"),
            ("a@firma.example", "firma"),
            ("a@co.uk", "co.uk"),
            ("a@localhost", "localhost"),
            ("a@[192.0.2.1]", "[192.0.2.1]"),
            ("a@192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(company(address, CompanyRule::DomainWithoutTld), expected);
        }
        assert_eq!(company("a@firma.co.uk", CompanyRule::Domain), "firma.co.uk");
        assert_eq!(company("a@firma.de", CompanyRule::Placeholder), "???");
    }
}
