//! Those who are invited to an event in the CRM (R3.7).

use crm_webservice::Invited;
use model::{Field, RecordId};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;
use sandbox::crm::Rights;

use crate::appointments::{APPOINTMENTS, event, read};
use crate::stage::{Stage, all_kinds, read_all_of};

#[tokio::test]
async fn r3_7_those_who_are_invited_are_read_with_their_addresses() {
    for stage in all_kinds(0).await {
        let ben = stage.contact(&[
            ("firstname", "Ben"),
            ("lastname", "Groß"),
            ("email", "ben@x.example"),
        ]);
        let lead = stage.record_of(
            Role::Full,
            "Leads",
            &[("lastname", "Lea"), ("email", "lea@x.example")],
        );
        let account = stage.record_of(
            Role::Full,
            "Accounts",
            &[("accountname", "Firma"), ("email1", "a@x.example")],
        );
        let silent = stage.contact(&[("lastname", "Stumm")]);
        let both = event(
            &stage,
            Role::Full,
            &[("contact_id", ben.as_str()), ("parent_id", lead.as_str())],
        );
        let neither = event(
            &stage,
            Role::Full,
            &[
                ("contact_id", silent.as_str()),
                ("parent_id", account.as_str()),
            ],
        );
        let off = stage.crm();
        assert_eq!(read(&off, &both).await.fields.get(Field::Invited), "");
        let crm = stage.crm_as(Role::Full, |options| options.invited = Invited::Read);
        let (brought, _) = read_all_of(APPOINTMENTS, &crm, None).await;
        let of = |id: &RecordId| {
            let record = brought.seen.iter().find(|record| record.id == *id);
            record
                .expect("listed")
                .fields
                .get(Field::Invited)
                .to_owned()
        };
        assert_eq!(of(&both), "Ben Groß <ben@x.example>\nLea <lea@x.example>");
        assert_eq!(of(&neither), "");
    }
}

#[tokio::test]
async fn s2_the_invited_of_many_events_are_asked_for_once() {
    let stage = Stage::with(0).await;
    for number in 0..60 {
        let name = format!("Gast {number}");
        let mail = format!("gast{number}@x.example");
        let guest = stage.contact(&[("lastname", &name), ("email", &mail)]);
        event(&stage, Role::Full, &[("contact_id", guest.as_str())]);
    }
    let crm = stage.crm_as(Role::Full, |options| options.invited = Invited::Read);
    crm.rights(APPOINTMENTS).await.expect("signed in");
    let before = stage.requests("query");
    let (brought, _) = read_all_of(APPOINTMENTS, &crm, None).await;
    let guests: Vec<_> = brought
        .seen
        .iter()
        .map(|record| record.fields.get(Field::Invited))
        .collect();
    assert_eq!(guests.len(), 60);
    assert_eq!(guests[59], "Gast 59 <gast59@x.example>");
    let asked = stage.requests("query") - before;
    assert_eq!(asked, 4, "the newest, two pages of events, one of people");
}

#[tokio::test]
async fn r3_7_leads_that_are_closed_to_the_user_are_left_out() {
    let stage = Stage::with(0).await;
    let ben = stage.contact(&[("lastname", "Groß"), ("email", "ben@x.example")]);
    let id = event(&stage, Role::Full, &[("contact_id", ben.as_str())]);
    let anna = stage.name(Role::Full);
    assert!(stage.sandbox.crm.set_rights(&anna, "Leads", Rights::Closed));
    let crm = stage.crm_as(Role::Full, |options| options.invited = Invited::Read);
    assert_eq!(
        read(&crm, &id).await.fields.get(Field::Invited),
        "Groß <ben@x.example>"
    );
}

#[tokio::test]
async fn r3_7_switching_invitations_off_is_no_missing_right() {
    let stage = Stage::with(0).await;
    let crm = stage.crm_as(Role::Full, |options| options.invited = Invited::Read);
    let (_, token) = read_all_of(APPOINTMENTS, &crm, None).await;
    let cache = crm.export_cache();
    let off = stage.crm_as(Role::Full, |options| options.cache = Some(cache));
    let failure = off.changes(APPOINTMENTS, Some(&token)).await;
    assert_eq!(
        failure.expect_err("all is read anew").kind,
        ErrorKind::Stale
    );
    read_all_of(APPOINTMENTS, &off, None).await;
}

#[tokio::test]
async fn r3_7_what_an_event_belongs_to_is_not_asked_for_among_the_leads() {
    let stage = Stage::with(0).await;
    let account = stage.record_of(Role::Full, "Accounts", &[("accountname", "Firma")]);
    event(&stage, Role::Full, &[("parent_id", account.as_str())]);
    let crm = stage.crm_as(Role::Full, |options| options.invited = Invited::Read);
    read_all_of(APPOINTMENTS, &crm, None).await;
    assert_eq!(
        stage.requests("query"),
        3,
        "the newest, the event, nothing more"
    );
}
