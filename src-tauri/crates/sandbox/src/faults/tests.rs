//! Tests of the fault table: syntax, counting, which operation is meant.

use super::*;

fn faults(specs: &[&str]) -> Faults {
    Faults::new(
        specs
            .iter()
            .map(|spec| spec.parse().expect("a good fault"))
            .collect(),
    )
}

fn bites(faults: &Faults, operation: &str, effect: Effect, phase: Phase) -> Option<Kind> {
    faults
        .take(Side::Crm, operation, effect, phase)
        .map(|bite| bite.kind)
}

#[test]
fn a_fault_prints_as_it_is_read() {
    for spec in [
        "crm:cut-after:create:1:",
        "exchange:busy:::2000",
        "crm:503:query:2+3:7",
        "crm:refused-field:::a:b",
    ] {
        assert_eq!(
            spec.parse::<Fault>().expect("a good fault").to_string(),
            spec
        );
    }
    assert_eq!(
        "crm:html"
            .parse::<Fault>()
            .expect("a good fault")
            .to_string(),
        "crm:html:::"
    );
}

#[test]
fn a_bad_fault_says_what_is_wrong_with_it() {
    assert_eq!(
        "mail:busy".parse::<Fault>(),
        Err(FaultError::Side("mail".to_owned()))
    );
    assert_eq!(
        "crm:tired".parse::<Fault>(),
        Err(FaultError::Kind("tired".to_owned()))
    );
    assert_eq!(
        "crm:busy:create:often".parse::<Fault>(),
        Err(FaultError::Count("often".to_owned()))
    );
    assert_eq!(
        "crm:busy:create:0".parse::<Fault>(),
        Err(FaultError::Count("0".to_owned()))
    );
    assert_eq!(
        "crm:refused-field:create".parse::<Fault>(),
        Err(FaultError::Value("refused-field"))
    );
}

#[test]
fn a_counted_fault_lets_some_pass_bites_and_is_used_up() {
    let faults = faults(&["crm:empty-500:create:1+2"]);
    let seen: Vec<_> = (0..4)
        .map(|_| bites(&faults, "create", Effect::Writes, Phase::Before))
        .collect();
    assert_eq!(
        seen,
        [None, Some(Kind::Empty500), Some(Kind::Empty500), None]
    );
    assert_eq!(faults.list(), []);
}

#[test]
fn a_fault_without_a_count_bites_for_ever() {
    let faults = faults(&["crm:html"]);
    assert!(
        (0..100).all(|_| bites(&faults, "query", Effect::Reads, Phase::Before) == Some(Kind::Html))
    );
    faults.clear();
    assert_eq!(bites(&faults, "query", Effect::Reads, Phase::Before), None);
}

#[test]
fn a_cut_without_an_operation_leaves_reads_alone() {
    let faults = faults(&["crm:cut-after::1", "crm:cut-after:query:1"]);
    assert_eq!(
        bites(&faults, "retrieve", Effect::Reads, Phase::After),
        None
    );
    assert_eq!(
        bites(&faults, "query", Effect::Reads, Phase::After),
        Some(Kind::CutAfter)
    );
    assert_eq!(
        bites(&faults, "REVISE", Effect::Writes, Phase::After),
        Some(Kind::CutAfter)
    );
}

#[test]
fn a_fault_bites_on_its_own_side_and_in_its_own_phase_only() {
    let faults = faults(&["exchange:503", "crm:slow:::40"]);
    assert_eq!(
        bites(&faults, "create", Effect::Writes, Phase::Before),
        None
    );
    assert_eq!(
        faults.delay(Side::Exchange, "CreateItem", Effect::Writes),
        None
    );
    assert_eq!(
        faults.delay(Side::Crm, "query", Effect::Reads),
        Some(Duration::from_millis(40))
    );
}

#[test]
fn a_refused_field_is_used_by_requests_that_carry_it_only() {
    let faults = faults(&["crm:refused-field:create:1:mobile"]);
    let sent = |fields: &'static [&'static str]| {
        faults.take_if(Side::Crm, "create", Kind::RefusedField, |field| {
            field.is_some_and(|field| fields.contains(&field))
        })
    };
    assert_eq!(sent(&["phone"]), None);
    assert!(sent(&["phone", "mobile"]).is_some());
    assert_eq!(sent(&["mobile"]), None);
}

#[test]
fn a_list_of_changes_comes_twice_or_reversed_and_an_empty_one_uses_nothing_up() {
    let faults = faults(&["crm:twice:sync:1", "crm:reversed:sync:2"]);
    let listed = |list: &[i32]| {
        let mut list = list.to_vec();
        faults.list_changes(Side::Crm, "sync", &mut list);
        list
    };
    assert_eq!(listed(&[]).len(), 0);
    assert_eq!(listed(&[1, 2]), [2, 1, 2, 1]);
    assert_eq!(listed(&[1, 2]), [2, 1]);
    assert_eq!(listed(&[1, 2]), [1, 2]);
}
