//! Reading changes: the first listing, cycles by `sync` and by query, what happens in between.

use std::collections::BTreeSet;

use model::{Code, Field, Owner, SyncToken};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;

use crate::stage::{Brought, CONTACTS, Stage, all_kinds, read_all};

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[tokio::test]
async fn r1_5_the_first_listing_brings_all_own_records_and_no_others() {
    for stage in all_kinds(230).await {
        stage.record_of(Role::Colleague, "Contacts", &[("lastname", "Fremd")]);
        let (brought, _) = read_all(&stage.crm(), None).await;
        assert_eq!(sorted(brought.ids()), sorted(stage.own_ids()));
        assert!(brought.seen.iter().all(|record| record.owner == Owner::Me));
        assert_eq!(brought.pages, 4, "100, 100, 30 and the empty one");
    }
}

#[tokio::test]
async fn r7_3_an_interrupted_listing_goes_on_in_another_process() {
    for stage in all_kinds(230).await {
        let mut brought = Brought::default();
        let mut token: Option<SyncToken> = None;
        loop {
            let process = stage.crm();
            let page = process
                .changes(CONTACTS, token.as_ref())
                .await
                .expect("a page");
            brought.add(&page);
            token = Some(page.next);
            if !page.more {
                break;
            }
        }
        let ids = brought.ids();
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "nothing came twice");
        assert_eq!(sorted(ids), sorted(stage.own_ids()));
    }
}

#[tokio::test]
async fn s2_a_cycle_without_changes_is_one_request_and_brings_nothing() {
    for stage in all_kinds(30).await {
        let account = stage.record_of(Role::Full, "Accounts", &[("accountname", "Zuletzt AG")]);
        let late = stage.contact(&[("lastname", "Spät"), ("account_id", account.as_str())]);
        let crm = stage.crm();
        let (_, token) = read_all(&crm, None).await;
        // The overlap shows the latest records once more; after that there is nothing new about them.
        let (again, token) = read_all(&crm, Some(&token)).await;
        assert!(again.ids().contains(&late.as_str().to_owned()));
        for pause in [1, 60, 3600, 7200] {
            stage.advance(pause);
            let ((cycle, next), requests) = stage.count(read_all(&crm, Some(&token))).await;
            assert_eq!((cycle.ids(), cycle.gone.len()), (vec![], 0));
            assert_eq!(requests, 1, "after {pause} s");
            assert_eq!(next, token);
        }
    }
}

#[tokio::test]
async fn s2_a_new_process_with_the_cache_needs_to_sign_in_and_one_request() {
    for stage in all_kinds(5).await {
        stage.contact(&[("lastname", "Spät")]);
        let first = stage.crm();
        let (_, token) = read_all(&first, None).await;
        let (_, token) = read_all(&first, Some(&token)).await;
        let cache = first.export_cache();
        let second = stage.crm_as(Role::Full, |options| options.cache = Some(cache));
        let ((cycle, _), requests) = stage.count(read_all(&second, Some(&token))).await;
        assert_eq!(cycle.ids(), Vec::<String>::new());
        assert_eq!(requests, 3, "challenge, login, and the question");
        assert_eq!(second.requests(), 3);
    }
}

#[tokio::test]
async fn r1_2_a_change_is_seen_once() {
    for stage in all_kinds(10).await {
        let anna = stage.contact(&[("lastname", "Groß")]);
        let crm = stage.crm();
        let (_, token) = read_all(&crm, None).await;
        stage.advance(600);
        stage.edit(&anna, &[("phone", "+49 821 1")]);
        let (brought, token) = read_all(&crm, Some(&token)).await;
        let seen = brought
            .seen
            .iter()
            .find(|record| record.id == anna)
            .expect("it changed");
        assert_eq!(seen.fields.get(Field::Phone), "+49 821 1");
        assert_eq!(seen.modified, Some(stage.clock_time()));
        let (after, _) = read_all(&crm, Some(&token)).await;
        assert_eq!(after.ids(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_change_in_the_second_that_was_read_up_to_is_not_lost() {
    for stage in all_kinds(0).await {
        let one = stage.contact(&[("lastname", "Eins")]);
        let crm = stage.crm();
        let (_, token) = read_all(&crm, None).await;
        let (_, token) = read_all(&crm, Some(&token)).await;
        // The clock stands: same second, another value.
        stage.edit(&one, &[("phone", "2")]);
        let (brought, token) = read_all(&crm, Some(&token)).await;
        assert_eq!(brought.ids(), [one.as_str()]);
        let (after, _) = read_all(&crm, Some(&token)).await;
        assert_eq!(after.ids(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn r1_5_a_record_given_to_the_user_arrives() {
    for stage in all_kinds(3).await {
        let theirs = stage.record_of(Role::Colleague, "Contacts", &[("lastname", "Wechsler")]);
        let crm = stage.crm();
        let (first, token) = read_all(&crm, None).await;
        assert!(!first.ids().contains(&theirs.as_str().to_owned()));
        stage.advance(600);
        let (colleague, anna) = (stage.name(Role::Colleague), stage.name(Role::Full));
        let given = stage.sandbox.crm.assign(&colleague, theirs.as_str(), &anna);
        given.expect("allowed");
        let (brought, _) = read_all(&crm, Some(&token)).await;
        assert!(brought.ids().contains(&theirs.as_str().to_owned()));
    }
}

#[tokio::test]
async fn r1_5_a_record_given_away_is_never_reported_as_own() {
    for stage in all_kinds(3).await {
        let mine = stage.contact(&[("lastname", "Abgabe")]);
        let crm = stage.crm();
        let (_, token) = read_all(&crm, None).await;
        stage.advance(600);
        let (colleague, anna) = (stage.name(Role::Colleague), stage.name(Role::Full));
        let given = stage.sandbox.crm.assign(&anna, mine.as_str(), &colleague);
        given.expect("allowed");
        let (brought, _) = read_all(&crm, Some(&token)).await;
        let as_mine = |record: &&model::Record| record.id == mine && record.owner == Owner::Me;
        assert_eq!(brought.seen.iter().find(as_mine), None);
        assert!(!brought.gone.contains(&mine), "it is not deleted either");
    }
}

#[tokio::test]
async fn r2_4_a_deleted_record_is_told_once_where_sync_tells_it() {
    let stage = Stage::with(5).await;
    let doomed = stage.contact(&[("lastname", "Weg")]);
    let crm = stage.crm();
    let (_, token) = read_all(&crm, None).await;
    stage.advance(600);
    stage
        .sandbox
        .crm
        .delete(&stage.name(Role::Full), doomed.as_str())
        .expect("allowed");
    let (brought, token) = read_all(&crm, Some(&token)).await;
    assert_eq!(brought.gone, std::slice::from_ref(&doomed));
    let (after, token) = read_all(&crm, Some(&token)).await;
    assert_eq!(after.gone, []);
    stage.advance(600);
    stage
        .sandbox
        .crm
        .restore(&stage.name(Role::Full), doomed.as_str())
        .expect("allowed");
    let (restored, _) = read_all(&crm, Some(&token)).await;
    assert_eq!(restored.ids(), [doomed.as_str()]);
}

#[tokio::test]
async fn changes_made_while_the_listing_went_on_are_found_afterwards() {
    for stage in all_kinds(150).await {
        let crm = stage.crm();
        let first = crm.changes(CONTACTS, None).await.expect("a page");
        assert!(first.more);
        stage.advance(1);
        let shown_already = first.seen[0].id.clone();
        stage.edit(&shown_already, &[("phone", "during")]);
        let (_, token) = read_all(&crm, Some(&first.next)).await;
        let (brought, _) = read_all(&crm, Some(&token)).await;
        let seen = brought
            .seen
            .iter()
            .find(|record| record.id == shown_already);
        let seen = seen.expect("the change came after its page");
        assert_eq!(seen.fields.get(Field::Phone), "during");
    }
}

#[tokio::test]
async fn many_changes_come_in_pages_and_the_next_cycle_is_short_again() {
    for stage in all_kinds(260).await {
        let crm = stage.crm();
        let (_, token) = read_all(&crm, None).await;
        stage.advance(600);
        for (number, id) in stage.own_ids().into_iter().enumerate() {
            stage.edit(&model::RecordId::new(id), &[("phone", &number.to_string())]);
            if number % 10 == 0 {
                stage.advance(20);
            }
        }
        let (brought, token) = read_all(&crm, Some(&token)).await;
        assert_eq!(sorted(brought.ids()), sorted(stage.own_ids()));
        assert!(brought.pages >= 3);
        let ((rest, _), requests) = stage.count(read_all(&crm, Some(&token))).await;
        assert_eq!(
            rest.ids(),
            Vec::<String>::new(),
            "the cursor moved behind all of them"
        );
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_cycle_of_many_pages_may_be_interrupted_too() {
    for stage in all_kinds(230).await {
        let (_, token) = read_all(&stage.crm(), None).await;
        stage.advance(600);
        for id in stage.own_ids() {
            stage.edit(&model::RecordId::new(id), &[("phone", "1")]);
            stage.advance(1);
        }
        let page = stage
            .crm()
            .changes(CONTACTS, Some(&token))
            .await
            .expect("a page");
        assert!(page.more);
        let (rest, _) = read_all(&stage.crm(), Some(&page.next)).await;
        let all: BTreeSet<String> = page
            .seen
            .iter()
            .map(|record| record.id.as_str().to_owned())
            .chain(rest.ids())
            .collect();
        assert_eq!(all, stage.own_ids().into_iter().collect());
    }
}

#[tokio::test]
async fn a_server_whose_sync_breaks_down_is_read_by_query_without_a_gap() {
    let stage = Stage::with(20).await;
    let early = stage.contact(&[("lastname", "Früh")]);
    let crm = stage.crm();
    let (_, token) = read_all(&crm, None).await;
    let (_, token) = read_all(&crm, Some(&token)).await;
    stage.advance(600);
    stage.edit(&early, &[("phone", "7")]);
    stage.fault("crm:no-sync");
    let (brought, token) = read_all(&crm, Some(&token)).await;
    assert!(brought.ids().contains(&early.as_str().to_owned()));
    let asked = stage.requests("sync");
    stage.advance(600);
    stage.edit(&early, &[("phone", "8")]);
    let (brought, token) = read_all(&crm, Some(&token)).await;
    assert_eq!(brought.ids(), [early.as_str()]);
    assert_eq!(
        stage.requests("sync"),
        asked,
        "it is not tried at every cycle"
    );
    // A day later it is, and works again.
    stage.no_faults();
    stage.advance(25 * 3600);
    stage.edit(&early, &[("phone", "9")]);
    let (brought, _) = read_all(&crm, Some(&token)).await;
    assert_eq!(brought.ids(), [early.as_str()]);
    assert_eq!(stage.requests("sync"), asked + 1);
}

#[tokio::test]
async fn an_empty_crm_is_read_and_the_first_record_arrives() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let (empty, token) = read_all(&crm, None).await;
        assert_eq!(empty.ids(), Vec::<String>::new());
        stage.advance(600);
        let first = stage.contact(&[("lastname", "Erste")]);
        let (brought, token) = read_all(&crm, Some(&token)).await;
        assert_eq!(brought.ids(), [first.as_str()]);
        let (after, _) = read_all(&crm, Some(&token)).await;
        assert_eq!(after.ids(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn r2_3_records_come_with_the_names_of_their_organisations() {
    let stage = Stage::with(0).await;
    let mut wanted = Vec::new();
    for number in 0..130 {
        let name = format!("Firma {number}");
        let account = stage.record_of(Role::Full, "Accounts", &[("accountname", &name)]);
        let fields = [("lastname", "X"), ("account_id", account.as_str())];
        wanted.push((stage.contact(&fields), name));
    }
    let alone = stage.contact(&[("lastname", "Ohne")]);
    let (brought, _) = read_all(&stage.crm(), None).await;
    for (id, name) in wanted {
        let record = brought
            .seen
            .iter()
            .find(|record| record.id == id)
            .expect("listed");
        assert_eq!(record.fields.get(Field::Organisation), name);
    }
    let record = brought
        .seen
        .iter()
        .find(|record| record.id == alone)
        .expect("listed");
    assert_eq!(record.fields.get(Field::Organisation), "");
}

#[tokio::test]
async fn r1_6_a_closed_module_is_named() {
    let stage = Stage::with(3).await;
    let crm = stage.crm();
    let (_, token) = read_all(&crm, None).await;
    let anna = stage.name(Role::Full);
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&anna, "Contacts", sandbox::crm::Rights::Closed)
    );
    for since in [None, Some(&token)] {
        let failure = crm.changes(CONTACTS, since).await.expect_err("closed");
        assert_eq!(failure.kind, ErrorKind::Denied);
        assert_eq!(failure.problem.code, Code::PermissionMissing);
        let values = &failure.problem.values;
        assert_eq!(values.get("module").map(String::as_str), Some("Contacts"));
        assert_eq!(values.get("right").map(String::as_str), Some("read"));
    }
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&anna, "Contacts", sandbox::crm::Rights::Full)
    );
    crm.changes(CONTACTS, Some(&token))
        .await
        .expect("open again at once");
}

#[tokio::test]
async fn r7_6_a_cursor_of_another_user_is_stale() {
    let stage = Stage::with(3).await;
    let (_, token) = read_all(&stage.crm(), None).await;
    let colleague = stage.crm_as(Role::Colleague, |_| {});
    let failure = colleague
        .changes(CONTACTS, Some(&token))
        .await
        .expect_err("not theirs");
    assert_eq!(failure.kind, ErrorKind::Stale);
}

#[tokio::test]
async fn components_that_are_not_there_yet_say_so() {
    let stage = Stage::with(0).await;
    let failure = stage.crm().changes(model::Component::Emails, None).await;
    assert_eq!(failure.expect_err("not yet").kind, ErrorKind::Bug);
}

#[tokio::test]
async fn an_empty_module_stays_readable_however_long_it_is_empty() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        let (mut brought, mut token) = read_all(&crm, None).await;
        for _ in 0..4 {
            assert_eq!(brought.ids(), [] as [&str; 0]);
            stage.advance(600);
            (brought, token) = read_all(&crm, Some(&token)).await;
        }
        let first = stage.contact(&[("lastname", "Anfang")]);
        let (brought, _) = read_all(&crm, Some(&token)).await;
        assert_eq!(brought.ids(), [first.as_str()]);
    }
}
