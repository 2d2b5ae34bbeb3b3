//! Puts names, places and chance together: organisations, people and the two cards of those whom both sides know.
//! Deliberately not here: the awkward values, which stand in `awkward`.

use super::dice::Dice;
use super::{
    Address, Card, Known, LATEST_MADE_UP_TIME, Organisation, Owner, Person, Place, Role, Sizes,
    User, awkward, names,
};
use std::collections::HashSet;

const TWO_YEARS: usize = 2 * 365 * 24 * 3600;

/// The users, with the same names for every seed; only their secrets differ.
pub(super) fn users(seed: u64) -> Vec<User> {
    // Apart from the dice of the people, so that the number of people does not change a password.
    let mut dice = Dice::new(seed ^ 0x5ec7_e75e_c7e7);
    [
        ("anna", "Anna", "Albrecht", Role::Full),
        ("ben", "Ben", "Brandt", Role::Colleague),
        ("rita", "Rita", "Reuter", Role::ReadOnly),
        ("ina", "Ina", "Ilgner", Role::Inactive),
    ]
    .into_iter()
    .map(|(name, first, last, role)| User {
        name: name.to_owned(),
        role,
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        email: format!("{name}@firma.example"),
        password: dice.word(12),
        access_key: dice.word(16),
    })
    .collect()
}

pub(super) fn organisations(dice: &mut Dice, sizes: Sizes) -> Vec<Organisation> {
    let people = sizes.mailbox_contacts + sizes.crm_contacts;
    let wanted = if people == 0 { 0 } else { 4 + people / 8 };
    let mut taken = HashSet::new();
    let mut made = Vec::with_capacity(wanted);
    while made.len() < wanted {
        let (trade, domain) = dice.pick(names::TRADES);
        let family = dice.pick(names::LAST_NAMES);
        let form = dice.pick(names::LEGAL_FORMS);
        let mut name = format!("{family} {trade} {form}");
        if !taken.insert(name.to_lowercase()) {
            name = format!("{family} {trade} {} {form}", made.len());
            taken.insert(name.to_lowercase());
        }
        let known = if dice.percent(80) {
            Known::ToTheCrm
        } else {
            Known::ToTheMailboxOnly
        };
        let domain = format!("{}-{domain}{}.example", plain(family), made.len());
        made.push(Organisation {
            name,
            domain,
            address: address(dice),
            phone: phone(dice),
            known,
        });
    }
    made
}

pub(super) fn people(dice: &mut Dice, sizes: Sizes, organisations: &[Organisation]) -> Vec<Person> {
    let shared = sizes
        .shared_contacts
        .min(sizes.mailbox_contacts)
        .min(sizes.crm_contacts);
    // Records of others, which the connector must leave alone (R1.5).
    let foreign = sizes.crm_contacts.div_ceil(20);
    let mut maker = Maker {
        dice,
        organisations,
        taken: HashSet::new(),
        made: 0,
    };
    let mut people =
        Vec::with_capacity(sizes.mailbox_contacts + sizes.crm_contacts - shared + foreign);
    let mut add = |count: usize, place: Place, owner: Owner| {
        people.extend((0..count).map(|_| maker.person(place, owner)))
    };
    add(shared, Place::Both, Owner::First);
    add(
        sizes.mailbox_contacts - shared,
        Place::Mailbox,
        Owner::First,
    );
    add(sizes.crm_contacts - shared, Place::Crm, Owner::First);
    add(foreign - foreign / 2, Place::Crm, Owner::Colleague);
    add(foreign / 2, Place::Crm, Owner::Group);
    people
}

struct Maker<'a> {
    dice: &'a mut Dice,
    organisations: &'a [Organisation],
    /// What two sides could take one person for another by: addresses, and names with organisation.
    taken: HashSet<String>,
    made: usize,
}

impl Maker<'_> {
    fn person(&mut self, place: Place, owner: Owner) -> Person {
        let turn = self.made;
        self.made += 1;
        let mut card = self.card(place);
        if place != Place::Both && turn % 9 == 4 {
            awkward::twist_name(&mut card, turn / 9);
        }
        let (mailbox, crm) = match place {
            Place::Both => {
                let (mailbox, crm) = self.two_sides(card, turn);
                (Some(mailbox), Some(crm))
            }
            Place::Mailbox => (Some(self.twisted(card, turn)), None),
            Place::Crm => (None, Some(self.twisted(card, turn))),
        };
        Person {
            owner,
            mailbox,
            crm,
        }
    }

    fn twisted(&mut self, mut card: Card, turn: usize) -> Card {
        if turn % 5 == 2 {
            awkward::twist(&mut card, turn / 5);
        }
        card
    }

    fn card(&mut self, place: Place) -> Card {
        let (given, middle, last_name, organisation) = self.name();
        let created = LATEST_MADE_UP_TIME
            - i64::try_from(self.dice.below(TWO_YEARS)).expect("two years of seconds");
        let age =
            usize::try_from(LATEST_MADE_UP_TIME - created).expect("made before the latest time");
        let modified =
            created + i64::try_from(self.dice.below(age + 1)).expect("less than two years");
        let works_for = organisation.map(|index| &self.organisations[index]);
        let named = works_for
            .filter(|works_for| place == Place::Mailbox || works_for.known == Known::ToTheCrm);
        Card {
            email: self.email(
                &given,
                &last_name,
                works_for.map_or("mail.example", |works_for| works_for.domain.as_str()),
            ),
            organisation: named.map(|named| named.name.clone()).unwrap_or_default(),
            job_title: self.often(60, |dice| (*dice.pick(names::TITLES)).to_owned()),
            department: self.often(50, |dice| (*dice.pick(names::DEPARTMENTS)).to_owned()),
            description: self.often(30, |dice| (*dice.pick(names::NOTES)).to_owned()),
            other_email: self.often(20, |dice| format!("privat.{}@mail.example", dice.digits(7))),
            phone: self.often(75, phone),
            other_phone: self.often(20, phone),
            mobile: self.often(55, |dice| {
                format!("+49 17{} {}", dice.below(10), dice.digits(7))
            }),
            fax: self.often(15, phone),
            second_phone: self.often(15, phone),
            birthday: self.often(15, |dice| {
                format!(
                    "19{}-{:02}-{:02}",
                    50 + dice.below(49),
                    1 + dice.below(12),
                    1 + dice.below(28)
                )
            }),
            categories: if self.dice.percent(20) {
                vec![(*self.dice.pick(names::CATEGORIES)).to_owned()]
            } else {
                Vec::new()
            },
            billing: if self.dice.percent(70) {
                address(self.dice)
            } else {
                Address::default()
            },
            delivery: if self.dice.percent(20) {
                address(self.dice)
            } else {
                Address::default()
            },
            given,
            middle,
            last_name,
            created,
            modified,
        }
    }

    /// A name that nobody else has at the same organisation.
    fn name(&mut self) -> (String, String, String, Option<usize>) {
        loop {
            let given = *self.dice.pick(names::FIRST_NAMES);
            let middle = if self.dice.percent(15) {
                *self.dice.pick(names::FIRST_NAMES)
            } else {
                ""
            };
            let last = *self.dice.pick(names::LAST_NAMES);
            let organisation = (self.dice.percent(85) && !self.organisations.is_empty())
                .then(|| self.dice.below(self.organisations.len()));
            // An organisation the CRM does not know is left out of its cards, so names alone must differ then.
            let key = match organisation {
                Some(index) if self.organisations[index].known == Known::ToTheCrm => {
                    format!("{given} {middle}|{last}|{index}")
                }
                _ => format!("{given} {middle}|{last}|"),
            };
            if self.taken.insert(key.to_lowercase()) {
                return (
                    given.to_owned(),
                    middle.to_owned(),
                    last.to_owned(),
                    organisation,
                );
            }
        }
    }

    /// An address nobody else has. A few people have none and are recognised by their names.
    fn email(&mut self, given: &str, last_name: &str, domain: &str) -> String {
        if self.dice.percent(8) {
            return String::new();
        }
        let mailbox = format!("{}.{}", plain(given), plain(last_name));
        let mut email = format!("{mailbox}@{domain}");
        let mut number = 2;
        while !self.taken.insert(email.clone()) {
            email = format!("{mailbox}{number}@{domain}");
            number += 1;
        }
        email
    }

    fn often(&mut self, percent: usize, make: impl Fn(&mut Dice) -> String) -> String {
        if self.dice.percent(percent) {
            make(self.dice)
        } else {
            String::new()
        }
    }

    /// The same person as two sides know them: some fields on one side only, some differing, names and address the same.
    fn two_sides(&mut self, card: Card, turn: usize) -> (Card, Card) {
        let mut mailbox = card.clone();
        let mut crm = card;
        for field in [
            field_title,
            field_department,
            field_phone,
            field_mobile,
            field_other_email,
            field_city,
            field_description,
        ] {
            match self.dice.below(100) {
                0..60 => {}
                60..74 => field(&mut mailbox).clear(),
                74..88 => field(&mut crm).clear(),
                _ => self.differ(field(&mut mailbox)),
            }
        }
        if turn % 5 == 2 {
            awkward::twist(
                if turn.is_multiple_of(2) {
                    &mut mailbox
                } else {
                    &mut crm
                },
                turn / 5,
            );
        }
        // Names are how the sides recognise each other, so a twist of one side's names goes to both.
        mailbox.middle.clone_from(&crm.middle);
        crm.modified += i64::try_from(self.dice.below(3600)).expect("an hour of seconds");
        (mailbox, crm)
    }

    fn differ(&mut self, field: &mut String) {
        let old = std::mem::take(field);
        *field = match old.as_str() {
            "" => self.dice.digits(6),
            old if old.contains('@') => format!("neu.{old}"),
            old => format!("{old} (neu)"),
        };
    }
}

fn field_title(card: &mut Card) -> &mut String {
    &mut card.job_title
}

fn field_department(card: &mut Card) -> &mut String {
    &mut card.department
}

fn field_phone(card: &mut Card) -> &mut String {
    &mut card.phone
}

fn field_mobile(card: &mut Card) -> &mut String {
    &mut card.mobile
}

fn field_other_email(card: &mut Card) -> &mut String {
    &mut card.other_email
}

fn field_city(card: &mut Card) -> &mut String {
    &mut card.billing.city
}

fn field_description(card: &mut Card) -> &mut String {
    &mut card.description
}

fn address(dice: &mut Dice) -> Address {
    let (city, code, state, country) = *dice.pick(names::PLACES);
    let number = 1 + dice.below(180);
    let floor = if dice.percent(12) {
        "\r\n2. Stock, Büro 14"
    } else {
        ""
    };
    Address {
        street: format!("{} {number}{floor}", dice.pick(names::STREETS)),
        city: city.to_owned(),
        code: code.to_owned(),
        state: state.to_owned(),
        country: country.to_owned(),
    }
}

fn phone(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("0{} {}", dice.digits(3), dice.digits(6)),
        1 => format!(
            "+49 {} {}-{}",
            dice.digits(2),
            dice.digits(5),
            dice.digits(2)
        ),
        2 => format!(
            "(0{}) {}/{}",
            dice.digits(2),
            dice.digits(3),
            dice.digits(4)
        ),
        _ => format!("+44 20 {} {}", dice.digits(4), dice.digits(4)),
    }
}

/// A name as it stands in an address: small ASCII letters, umlauts written out, everything else that is no letter left out.
pub(super) fn plain(name: &str) -> String {
    let mut plain = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' | '-' => plain.push(letter),
            'ä' => plain.push_str("ae"),
            'ö' | 'ø' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'á' | 'ã' | 'å' | 'à' => plain.push('a'),
            'é' | 'è' | 'ë' | 'ê' | 'ě' => plain.push('e'),
            'í' | 'ī' => plain.push('i'),
            'ó' | 'ô' | 'ọ' => plain.push('o'),
            'ç' | 'ć' | 'č' => plain.push('c'),
            'ł' => plain.push('l'),
            'ş' | 'š' => plain.push('s'),
            'ž' | 'ż' => plain.push('z'),
            'ñ' => plain.push('n'),
            'ř' => plain.push('r'),
            'đ' => plain.push('d'),
            ' ' => plain.push('-'),
            _ => {}
        }
    }
    if plain.is_empty() {
        "kontakt".to_owned()
    } else {
        plain
    }
}
