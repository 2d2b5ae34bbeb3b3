//! Every request the crate can build, judged by Microsoft's own schema: Exchange answers a wrong order of elements with
//! ErrorSchemaValidation, and other servers do not notice. The schema is not part of the project (see its README beside it); where
//! it or `xmllint` is absent the tests say so and judge nothing.

#[path = "schema/judge.rs"]
mod judge;
#[path = "schema/requests.rs"]
mod requests;

use judge::Judge;
use mailbox_ews::wire::Kind;
use mailbox_ews::wire::Version;
use mailbox_ews::wire::change::{CreateItem, NewItem};
use mailbox_ews::wire::envelope::write;
use mailbox_ews::wire::leaf::{Leaf, Leaves};
use mailbox_ews::wire::property::Properties;
use model::FolderId;
use proptest::prelude::*;

#[test]
fn every_kind_of_request_is_valid() {
    let Some(judge) = Judge::find() else { return };
    let documents = requests::of_every_kind();
    assert_eq!(judge.complaints(&documents), "");
}

/// Every value of a kind, alone and with every other.
fn judge_values(kind: &Kind) {
    let Some(judge) = Judge::find() else { return };
    let all = Leaf::all(kind);
    let mut documents = Vec::new();
    for first in &all {
        for is_removed in [false, true] {
            documents.push(requests::set(kind, &[*first], is_removed));
        }
        for second in &all {
            documents.push(requests::create(kind, &[*first, *second]));
        }
    }
    documents.push(requests::create(kind, &all));
    documents.push(requests::create(kind, &[]));
    assert_eq!(judge.complaints(&documents), "");
}

#[test]
fn every_value_of_a_contact_is_valid_alone_and_with_every_other() {
    judge_values(&Kind::Contact);
}

#[test]
fn every_value_of_an_appointment_is_valid_alone_and_with_every_other() {
    judge_values(&Kind::Appointment);
}

#[test]
fn every_value_of_a_task_is_valid_alone_and_with_every_other() {
    judge_values(&Kind::Task);
}

#[test]
fn the_judge_notices_a_wrong_order() {
    let Some(judge) = Judge::find() else { return };
    let leaves = Leaves::from([
        (Leaf::GivenName, "Erika".to_owned()),
        (Leaf::Surname, "Mustermann".to_owned()),
    ]);
    let right = write(
        Version::default(),
        &CreateItem {
            folder: FolderId::new("AAMk"),
            zone: None,
            notify: ports::Notify::Nobody,
            items: vec![NewItem {
                kind: Kind::Contact,
                leaves,
                properties: Properties::new(),
            }],
        },
    );
    let wrong = right.replace(
        "<t:GivenName>Erika</t:GivenName><t:Surname>Mustermann</t:Surname>",
        "<t:Surname>Mustermann</t:Surname><t:GivenName>Erika</t:GivenName>",
    );
    assert_ne!(wrong, right);
    assert_eq!(judge.complaints(&[right]), "");
    let complaints = judge.complaints(&[wrong]);
    assert!(complaints.contains("GivenName"), "{complaints}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn any_request_with_any_values_is_valid(documents in proptest::collection::vec(requests::any_request(), 40)) {
        if let Some(judge) = Judge::find() {
            let complaints = judge.complaints(&documents);
            prop_assert_eq!(complaints, "");
        }
    }
}
