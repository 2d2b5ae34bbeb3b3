//! Tests of the made-up company: repeatable, of the sizes asked for, and without two people who could be taken for each other.

mod calendar;
mod mails;

use super::*;
use std::collections::HashSet;

fn count(company: &Company, place: Place, owner: Owner) -> usize {
    company
        .people
        .iter()
        .filter(|person| person.place() == place && person.owner == owner)
        .count()
}

#[test]
fn the_same_seed_gives_the_same_company_and_another_seed_another() {
    let sizes = Sizes::both(200);
    assert_eq!(Company::make(7, sizes), Company::make(7, sizes));
    assert_ne!(Company::make(7, sizes), Company::make(8, sizes));
}

#[test]
fn four_hundred_contacts_are_a_hundred_and_fifty_shared_ones() {
    let company = Company::make(DEFAULT_SEED, Sizes::both(400));
    assert_eq!(count(&company, Place::Both, Owner::First), 150);
    assert_eq!(count(&company, Place::Mailbox, Owner::First), 250);
    assert_eq!(count(&company, Place::Crm, Owner::First), 250);
    assert_eq!(
        count(&company, Place::Crm, Owner::Colleague) + count(&company, Place::Crm, Owner::Group),
        20
    );
}

#[test]
fn shared_people_have_the_same_names_and_address_on_both_sides_but_other_fields_differ() {
    let company = Company::make(3, Sizes::both(400));
    let both: Vec<_> = company
        .people
        .iter()
        .filter_map(|person| Some((person.mailbox.as_ref()?, person.crm.as_ref()?)))
        .collect();
    for (mailbox, crm) in &both {
        assert_eq!(
            (mailbox.first_name(), &mailbox.last_name, &mailbox.email),
            (crm.first_name(), &crm.last_name, &crm.email)
        );
    }
    assert!(
        both.iter()
            .filter(|(mailbox, crm)| mailbox.phone != crm.phone)
            .count()
            > 20
    );
    assert!(
        both.iter()
            .any(|(mailbox, crm)| mailbox.phone.is_empty() && !crm.phone.is_empty())
    );
    assert!(
        both.iter()
            .any(|(mailbox, crm)| crm.mobile.is_empty() && !mailbox.mobile.is_empty())
    );
}

#[test]
fn no_two_people_can_be_taken_for_each_other() {
    let company = Company::make(11, Sizes::both(3000));
    let mut emails = HashSet::new();
    let mut names = HashSet::new();
    for person in &company.people {
        let card = person
            .mailbox
            .as_ref()
            .or(person.crm.as_ref())
            .expect("everybody is known somewhere");
        if card.email.is_empty() {
            let name = (
                card.first_name().to_lowercase(),
                card.last_name.to_lowercase(),
                card.organisation.clone(),
            );
            assert!(names.insert(name.clone()), "twice: {name:?}");
        } else {
            assert!(emails.insert(card.email.clone()), "twice: {}", card.email);
        }
    }
}

#[test]
fn awkward_values_are_among_them() {
    let company = Company::make(DEFAULT_SEED, Sizes::both(400));
    let cards: Vec<_> = company
        .people
        .iter()
        .flat_map(|person| person.mailbox.iter().chain(&person.crm))
        .collect();
    let some = |what: &str, test: &dyn Fn(&Card) -> bool| {
        assert!(cards.iter().any(|card| test(card)), "no card with {what}")
    };
    some("an emoji", &|card| card.job_title.contains('😀'));
    some("an apostrophe", &|card| card.last_name.contains('\''));
    some("a line break", &|card| card.description.contains("\r\n"));
    some("a backslash", &|card| card.job_title.contains('\\'));
    some("two blanks", &|card| card.department.contains("  "));
    some("a text longer than 5,000", &|card| {
        card.description.len() > 5000
    });
    some("an ampersand", &|card| card.organisation.contains('&'));
    some("a last name longer than the CRM's column", &|card| {
        card.last_name.chars().count() > 80
    });
    some("no first name", &|card| card.given.is_empty());
    some("blanks at the ends", &|card| {
        card.description.starts_with("  ") && card.description.ends_with("   ")
    });
}

#[test]
fn names_of_organisations_are_unique_whatever_the_case() {
    let company = Company::make(5, Sizes::both(5000));
    let names: HashSet<_> = company
        .organisations
        .iter()
        .map(|organisation| organisation.name.to_lowercase())
        .collect();
    assert_eq!(names.len(), company.organisations.len());
}

#[test]
fn sizes_may_differ_and_nobody_at_all_is_a_size_too() {
    let company = Company::make(
        1,
        Sizes {
            mailbox_contacts: 10,
            crm_contacts: 3,
            shared_contacts: 9,
        },
    );
    assert_eq!(count(&company, Place::Both, Owner::First), 3);
    assert_eq!(count(&company, Place::Mailbox, Owner::First), 7);
    assert_eq!(Company::make(1, Sizes::both(0)).people, []);
}

#[test]
fn all_times_lie_before_the_latest() {
    let company = Company::make(2, Sizes::both(300));
    for card in company
        .people
        .iter()
        .flat_map(|person| person.mailbox.iter().chain(&person.crm))
    {
        assert!(card.created <= card.modified && card.modified < LATEST_MADE_UP_TIME + 3600);
    }
}
