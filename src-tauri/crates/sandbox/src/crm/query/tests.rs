//! Tests of the query language beyond what the probe asks: which rows an index may leave out, brackets of `and` and `or`, odd text.

use super::*;
use crate::Ground;
use crate::clock::Clock;
use crate::company::{Company, Sizes};
use crate::crm::{Crm, Installation};
use crate::faults::Faults;
use std::sync::Arc;

fn crm() -> Crm {
    let company = Company::make(1, Sizes::both(0));
    let ground = Ground {
        company,
        faults: Arc::new(Faults::default()),
        clock: Arc::new(Clock::default()),
    };
    let crm = Crm::new(Arc::new(ground), Installation::default(), None).expect("an empty one");
    for (last, first, phone, owner) in [
        ("Müller", "A", "1", "anna"),
        ("MULLER ", "B", "2", "ben"),
        ("O'Brien", "C", "2", "anna"),
        ("a\\b;c \"d\"", "D", "4", "anna"),
        ("line\nbreak", "E", "5", "Team Selling"),
    ] {
        let owner = crm.owner_named(owner).expect("there is this owner");
        let fields = [
            ("lastname", last),
            ("firstname", first),
            ("phone", phone),
            ("assigned_user_id", &owner),
        ];
        crm.create("anna", "Contacts", &fields)
            .expect("it is created");
    }
    crm
}

fn ask(crm: &Crm, text: &str) -> Result<String, &'static str> {
    let world = crm.world();
    let anna = world.directory.named("anna").expect("there is anna").number;
    let rows = run(&world, Flavour::Eight, anna, text).map_err(|error| error.code())?;
    Ok(rows
        .iter()
        .map(|row| row["firstname"].as_str().unwrap_or("-"))
        .collect())
}

#[track_caller]
fn assert_rows(crm: &Crm, rest: &str, expected: Result<&str, &'static str>) {
    let found = ask(crm, &format!("select firstname from Contacts {rest};"));
    assert_eq!(found.as_deref(), expected.as_ref().copied(), "{rest}");
}

#[test]
fn equal_text_is_found_by_index_as_by_looking_at_every_record() {
    let crm = crm();
    // The second form has an alternative that matches nothing, which no index serves.
    for rest in [
        "where lastname='muller'",
        "where lastname='muller' or firstname='nobody'",
    ] {
        assert_rows(&crm, rest, Ok("AB"));
    }
    for rest in [
        "where lastname='mullers'",
        "where lastname=' muller' or firstname='nobody'",
    ] {
        assert_rows(&crm, rest, Ok(""));
    }
}

#[test]
fn and_binds_before_or() {
    let crm = crm();
    assert_rows(
        &crm,
        "where phone='2' and firstname='B' or phone='1'",
        Ok("AB"),
    );
    assert_rows(
        &crm,
        "where phone='1' or phone='2' and firstname='C'",
        Ok("AC"),
    );
}

#[test]
fn owners_are_found_by_user_and_by_group() {
    let crm = crm();
    assert_rows(&crm, "where assigned_user_id='19x5'", Ok("ACD"));
    assert_rows(&crm, "where assigned_user_id='20x2'", Ok("E"));
    assert_rows(
        &crm,
        "where assigned_user_id in ('19x6','20x2') order by id desc",
        Ok("EB"),
    );
    assert_rows(&crm, "where assigned_user_id!='19x5'", Ok("BE"));
}

#[test]
fn keyset_paging_starts_after_the_last_id_also_with_an_owner() {
    let crm = crm();
    assert_rows(&crm, "where id>'12x1001' order by id limit 2", Ok("BC"));
    assert_rows(
        &crm,
        "where assigned_user_id='19x5' and id>'12x1001' order by id limit 100",
        Ok("CD"),
    );
    assert_rows(&crm, "where id>='12x1004'", Ok("DE"));
    assert_rows(
        &crm,
        "where id in ('12x1004','12x1001','12x9999') and phone='4'",
        Ok("D"),
    );
}

#[test]
fn signs_and_keywords_within_quotes_are_text() {
    let crm = crm();
    assert_rows(&crm, "where lastname='a\\\\b;c \"d\"'", Ok("D"));
    assert_rows(&crm, "where lastname='line\nbreak'", Ok("E"));
    assert_rows(&crm, "where lastname='line\\nbreak'", Ok("E"));
    assert_rows(
        &crm,
        "where lastname='x' or firstname='and or limit 1'",
        Ok(""),
    );
}

#[test]
fn text_that_the_database_cannot_read_is_an_internal_error() {
    let crm = crm();
    assert_rows(
        &crm,
        "where lastname='ends with \\'",
        Err("INTERNAL_SERVER_ERROR"),
    );
    assert_rows(
        &crm,
        "where lastname=\"O'Brien\"",
        Err("INTERNAL_SERVER_ERROR"),
    );
    assert_rows(&crm, "where lastname='open", Err("QUERY_SYNTAX_ERROR"));
    assert_rows(&crm, "where account_id=''", Err("INTERNAL_SERVER_ERROR"));
}

#[test]
fn sorting_ignores_case_and_accents_and_keeps_the_order_of_numbers_among_equals() {
    let crm = crm();
    assert_rows(&crm, "order by lastname", Ok("DEABC"));
    assert_rows(&crm, "order by lastname desc", Ok("CABED"));
    assert_rows(&crm, "order by phone,firstname desc limit 2,2", Ok("CB"));
}

#[test]
fn times_compare_by_second_and_a_day_is_its_first_second() {
    let crm = crm();
    assert_rows(
        &crm,
        "where modifiedtime>='2020-01-01' and phone='1'",
        Ok("A"),
    );
    assert_rows(&crm, "where modifiedtime<'2020-01-01 00:00:00'", Ok(""));
    assert_rows(
        &crm,
        "where birthday='1980-05-17' or birthday!='1980-05-17'",
        Ok(""),
    );
}

#[test]
fn a_closed_module_is_denied_before_the_query_is_read() {
    let crm = crm();
    assert_eq!(ask(&crm, "select id from Users;"), Err("ACCESS_DENIED"));
    assert_eq!(ask(&crm, "rubbish"), Err("ACCESS_DENIED"));
    assert_eq!(
        ask(&crm, "rubbish from Contacts"),
        Err("QUERY_SYNTAX_ERROR")
    );
    assert_eq!(
        ask(&crm, "select id from Contacts; select id from Leads;"),
        Err("QUERY_SYNTAX_ERROR")
    );
}
