//! Whose mail it is: the addresses that are looked up in the CRM (R5.1), and those that are passed over (R5.4).

use crate::reader::{Mail, Person};

/// Where somebody stands in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // as mails call it
pub enum Role {
    From,
    To,
    Cc,
    Bcc,
}

/// Somebody who is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub person: Person,
    /// Where they stand first.
    pub role: Role,
}

/// Why a mail is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Its sender is on the blacklist.
    SenderListed(String),
    /// Apart from the user and those on the blacklist it has no address.
    NobodyLeft,
}

/// The people of a mail, each once, the sender first. `own` are the user's addresses: nobody's lead. An entry of the blacklist hits any
/// address it is a part of.
pub fn parties(mail: &Mail, own: &[String], blacklist: &[String]) -> Result<Vec<Party>, Refused> {
    let is_own = |address: &str| own.iter().any(|one| one.eq_ignore_ascii_case(address));
    let listed = |address: &str| {
        let address = address.to_lowercase();
        let mut entries = blacklist.iter().map(|entry| entry.trim().to_lowercase());
        entries.any(|entry| !entry.is_empty() && address.contains(&entry))
    };
    let sender = mail.from.first().map(|person| person.address.as_str());
    if let Some(sender) = sender.filter(|sender| !is_own(sender) && listed(sender)) {
        return Err(Refused::SenderListed(sender.to_owned()));
    }
    let roles = [
        (Role::From, &mail.from),
        (Role::To, &mail.to),
        (Role::Cc, &mail.cc),
        (Role::Bcc, &mail.bcc),
    ];
    let mut parties: Vec<Party> = Vec::new();
    for (role, people) in roles {
        for person in people {
            let known = |party: &Party| party.person.address.eq_ignore_ascii_case(&person.address);
            if is_own(&person.address) || listed(&person.address) || parties.iter().any(known) {
                continue;
            }
            parties.push(Party {
                person: person.clone(),
                role,
            });
        }
    }
    match parties.is_empty() {
        true => Err(Refused::NobodyLeft),
        false => Ok(parties),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    const ME: &str = "anna@firma.example";

    fn found(headers: &str, blacklist: &[&str]) -> Result<Vec<(String, Role)>, Refused> {
        let mail = read(format!("{headers}\r\n\r\nHello\r\n").as_bytes()).expect("a mail");
        let blacklist: Vec<String> = blacklist.iter().map(|&entry| entry.to_owned()).collect();
        let parties = parties(&mail, &[ME.to_owned()], &blacklist)?;
        let parties = parties.into_iter();
        Ok(parties
            .map(|party| (party.person.address, party.role))
            .collect())
    }

    fn named(parties: &[(&str, Role)]) -> Result<Vec<(String, Role)>, Refused> {
        let parties = parties.iter();
        Ok(parties
            .map(|(address, role)| ((*address).to_owned(), *role))
            .collect())
    }

    #[test]
    fn r5_1_everybody_is_looked_up_once_and_the_user_never() {
        let headers = "From: Kunde <k@kunde.de>\r\nTo: Anna@Firma.example, b@kunde.de\r\nCc: K@Kunde.de, c@kunde.de\r\nBcc: d@kunde.de";
        let expected = [
            ("k@kunde.de", Role::From),
            ("b@kunde.de", Role::To),
            ("c@kunde.de", Role::Cc),
            ("d@kunde.de", Role::Bcc),
        ];
        assert_eq!(found(headers, &[]), named(&expected));
    }

    #[test]
    fn r5_4_part_of_an_address_is_enough_for_the_blacklist() {
        let headers = "From: k@kunde.de\r\nTo: brain@test.de, test@brain.de, b@kunde.de";
        let expected = named(&[("k@kunde.de", Role::From), ("b@kunde.de", Role::To)]);
        assert_eq!(found(headers, &["BRAIN"]), expected);
        let all = found(headers, &["", "  "]).map(|parties| parties.len());
        assert_eq!(all, Ok(4), "an empty entry hits nobody");
    }

    #[test]
    fn r5_4_a_mail_of_a_listed_sender_is_not_imported_unless_the_user_sent_it() {
        let listed = found("From: k@kunde.de\r\nTo: b@kunde.de", &["k@"]);
        assert_eq!(listed, Err(Refused::SenderListed("k@kunde.de".to_owned())));
        let own = found(
            &format!("From: {ME}\r\nTo: b@kunde.de"),
            &["@firma.example"],
        );
        assert_eq!(own, named(&[("b@kunde.de", Role::To)]));
    }

    #[test]
    fn r5_4_a_mail_with_nobody_left_is_not_imported() {
        let own = format!("From: {ME}\r\nTo: {ME}");
        assert_eq!(found(&own, &[]), Err(Refused::NobodyLeft));
        let listed = format!("From: {ME}\r\nTo: b@kunde.de");
        assert_eq!(found(&listed, &["kunde"]), Err(Refused::NobodyLeft));
        assert_eq!(found("Subject: x", &[]), Err(Refused::NobodyLeft));
    }
}
