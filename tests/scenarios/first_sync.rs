//! The first meeting of two full sides: the right links, no doubles, nothing lost, and rest afterwards.

use model::history::Act;
use model::policy::PrivateItems;
use model::{Code, Component};
use ports::{HistoryFilter, StateStore};
use sandbox::company::{CalendarSizes, Place};
use sandbox::options::{Mode, Options};
use scenarios::stage::Stage;

#[tokio::test]
async fn two_full_sides_end_with_the_right_links_and_no_doubles() {
    let stage = Stage::with_contacts(400).await;
    let people = &stage.sandbox.ground.company.people;
    let both = people
        .iter()
        .filter(|person| person.place() == Place::Both)
        .count();
    assert_eq!(both, 150);
    assert_eq!(stage.counts(), (400, 400));

    let ran = stage.sync().await;
    assert_eq!(ran.tally.linked, 150);
    assert_eq!(
        (ran.tally.items.created, ran.tally.records.created),
        (250, 250)
    );
    assert_eq!(
        (ran.tally.failed, ran.tally.skipped, ran.tally.conflicts),
        (0, 0, 0)
    );

    let pairs = stage.pairs();
    assert_eq!(
        (pairs.len(), stage.own_records("Contacts").len()),
        (650, 650)
    );
    assert_eq!(stage.links().await.len(), 650);
    stage.assert_settled().await;

    let linked = stage
        .store
        .history(&HistoryFilter::default())
        .await
        .expect("readable");
    assert_eq!(
        linked.iter().filter(|line| line.act == Act::Linked).count(),
        150
    );
}

#[tokio::test]
async fn s3_after_the_first_sync_both_sides_hold_the_same_but_for_what_a_server_cannot_keep() {
    let stage = Stage::with_contacts(120).await;
    stage.sync().await;
    for (item, record) in stage.pairs() {
        let (held, kept) = (stage.item_values(&item), stage.record_values(&record));
        for &field in model::Field::synced(scenarios::stage::CONTACTS) {
            let (held, kept) = (shown(field, held.get(field)), shown(field, kept.get(field)));
            assert!(
                mapping::equal(field, &held, &kept) || as_the_crm_keeps_it(&held, &kept),
                "{field} of {}: {held:?} and {kept:?}",
                item.id
            );
        }
    }
}

#[tokio::test]
async fn s2_r3_5_two_full_calendars_end_with_the_same_appointments_and_no_doubles() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let sizes = CalendarSizes::of(80, 0);
        let mut stage = Stage::with(Options {
            mode,
            calendar: sizes,
            ..Options::default()
        })
        .await;
        stage.component = Component::Appointments;
        stage.policy.private_items = PrivateItems::Full;
        let ran = stage.sync().await;
        assert!(ran.tally.linked > 0, "some are the same on both sides");
        assert_eq!(ran.tally.failed, 0);

        // What the user sees day by day is what the CRM has, each appointment and each occurrence once, but for what makes no sense.
        let refused = stage.store.refusals(Component::Appointments).await;
        let refused = refused.expect("the profile is ours");
        let mut why: Vec<Code> = refused.iter().map(|entry| entry.problem.code).collect();
        why.sort();
        assert_eq!(why, [Code::FieldMandatory, Code::EndBeforeStart]);
        let makes_sense = |line: &String| {
            let titles = refused.iter().map(|entry| &entry.title);
            let named = titles.filter(|title| line.ends_with(*title)).count();
            named == 0 && !line.ends_with(' ')
        };
        let seen = stage.calendar_lines();
        let mailbox: Vec<String> = seen
            .iter()
            .filter(|line| makes_sense(line))
            .map(|line| in_three_bytes(line))
            .collect();
        let mut crm = stage.event_lines();
        crm.retain(makes_sense);
        assert!(mailbox.len() > 100, "{}", mailbox.len());
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            let missing = these.iter().filter(|line| !those.contains(line));
            missing.cloned().collect()
        };
        assert_eq!(
            (only(&mailbox, &crm), only(&crm, &mailbox)),
            (vec![], vec![]),
            "{mode:?}"
        );
        assert_eq!(mailbox, crm, "{mode:?}");
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn s2_two_full_sides_of_tasks_end_with_the_right_links_and_no_doubles() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let sizes = CalendarSizes::of(0, 40);
        let mut stage = Stage::with(Options {
            mode,
            calendar: sizes,
            ..Options::default()
        })
        .await;
        stage.component = Component::Tasks;
        stage.past_days = 3650;
        let (shared, all) = (sizes.shared_tasks(), 2 * 40 - sizes.shared_tasks());
        assert_eq!(
            (stage.items().len(), stage.own_records("Calendar").len()),
            (40, 40)
        );

        let ran = stage.sync().await;
        assert_eq!((ran.tally.linked, shared), (15, 15));
        assert_eq!((ran.tally.failed, ran.tally.conflicts), (0, 0));
        assert_eq!(
            (stage.items().len(), stage.own_records("Calendar").len()),
            (all, all)
        );
        assert_eq!(stage.links().await.len(), all);
        stage.assert_settled().await;
    }
}

/// How a server breaks the lines of an HTML body is its own business; the words are compared.
fn shown(field: model::Field, value: &str) -> String {
    if field == model::Field::Description {
        value.split_whitespace().collect()
    } else {
        value.to_owned()
    }
}

/// The CRM cuts to its columns, knows no four-byte characters and decodes entities (facts of the CRM, section 4).
fn as_the_crm_keeps_it(held: &str, kept: &str) -> bool {
    let three_bytes = in_three_bytes(held);
    let decoded = three_bytes
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&amp;", "&");
    !kept.is_empty() && (decoded.starts_with(kept) || three_bytes.starts_with(kept))
}

/// What the CRM's columns make of characters of four bytes.
fn in_three_bytes(text: &str) -> String {
    let kept = |c: char| match c.len_utf8() {
        4 => "??".to_owned(),
        _ => c.to_string(),
    };
    text.chars().map(kept).collect()
}
