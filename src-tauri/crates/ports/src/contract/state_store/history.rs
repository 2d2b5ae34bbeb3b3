//! Runs and the history.

use model::history::{Act, Counts, HistoryEntry, Tally};
use model::{Code, Component, ItemId, Problem, RecordId, RunId, Side};

use super::made_up::{AWKWARD, CONTACTS, at, change, commit};
use crate::{ErrorKind, HistoryFilter, Outcome, StateStore};

/// A line about an item `i-<title>` and a record `r-<title>`.
pub(super) fn entry(title: &str, component: Component) -> HistoryEntry {
    HistoryEntry {
        id: 0,
        at: at(5),
        run: RunId(1),
        component,
        side: Side::Crm,
        act: Act::Updated,
        title: title.to_owned(),
        item: Some(ItemId::new(format!("i-{title}"))),
        record: Some(RecordId::new(format!("r-{title}"))),
        changes: vec![],
        reason: None,
    }
}

async fn tell(store: &impl StateStore, entries: impl IntoIterator<Item = HistoryEntry>) {
    let outcome = Outcome {
        history: entries.into_iter().collect(),
        ..Outcome::default()
    };
    commit(store, outcome).await;
}

async fn titles(store: &impl StateStore, filter: HistoryFilter) -> Vec<String> {
    let entries = store.history(&filter).await.expect("history");
    entries.into_iter().map(|entry| entry.title).collect()
}

async fn found(store: &impl StateStore, text: &str) -> Vec<String> {
    let filter = HistoryFilter {
        text: Some(text.to_owned()),
        ..HistoryFilter::default()
    };
    titles(store, filter).await
}

/// A run that was cut off hides nothing.
pub async fn runs_ascend_and_the_last_finished_one_is_told(store: &impl StateStore) {
    let both = [CONTACTS, Component::Tasks];
    let first = store.start_run(&both, at(1)).await.expect("started");
    let second = store.start_run(&both, at(3)).await.expect("started");
    assert!(first < second);
    assert_eq!(store.last_runs().await.expect("runs").len(), 0);
    let tally = Tally {
        items: Counts {
            created: 3,
            ..Counts::default()
        },
        linked: u64::from(u32::MAX) + 1,
        ..Tally::default()
    };
    let problem = Problem::new(Code::HostNotFound).with("server", AWKWARD);
    for (run, component, problem) in [
        (first, CONTACTS, None),
        (first, Component::Tasks, Some(&problem)),
        (second, CONTACTS, Some(&problem)),
    ] {
        let done = store
            .finish_run(run, component, at(4), &tally, problem)
            .await;
        done.expect("finished");
    }
    let last = store.last_runs().await.expect("runs");
    let told = |component| last.get(&component).expect("a run of it finished");
    let (contacts, tasks) = (told(CONTACTS), told(Component::Tasks));
    assert_eq!((contacts.run, tasks.run), (second, first));
    assert_eq!((contacts.started, contacts.finished), (at(3), Some(at(4))));
    assert_eq!(contacts.tally, tally);
    assert_eq!(contacts.problem, Some(problem));
    assert_eq!(contacts.component, CONTACTS);
    assert_eq!(last.len(), 2);
}

/// Neither an unknown run nor a component that the run left out.
pub async fn a_run_that_was_never_begun_cannot_finish(store: &impl StateStore) {
    let run = store.start_run(&[CONTACTS], at(1)).await.expect("started");
    let later = RunId(run.0 + 1);
    for (run, component) in [(run, Component::Tasks), (later, CONTACTS)] {
        let done = store
            .finish_run(run, component, at(2), &Tally::default(), None)
            .await;
        assert_eq!(done.expect_err("never begun").kind, ErrorKind::Bug);
    }
}

/// Each line comes back whole, under a number of its own.
pub async fn the_history_comes_newest_first_and_in_pages(store: &impl StateStore) {
    let mut whole = entry(AWKWARD, CONTACTS);
    whole.changes = vec![change("1", AWKWARD)];
    whole.reason = Some(Problem::new(Code::BothChanged).with("field", "phone"));
    tell(store, ["a", "b"].map(|title| entry(title, CONTACTS))).await;
    tell(store, [entry("c", CONTACTS), whole.clone()]).await;
    let all = store.history(&HistoryFilter::default()).await;
    let all = all.expect("history");
    whole.id = all[0].id;
    assert_eq!(all[0], whole);
    assert!(all.is_sorted_by(|newer, older| newer.id > older.id));
    let page = |limit, before| HistoryFilter {
        limit,
        before,
        ..HistoryFilter::default()
    };
    assert_eq!(titles(store, page(2, None)).await, [AWKWARD, "c"]);
    assert_eq!(titles(store, page(2, Some(all[1].id))).await, ["b", "a"]);
    assert_eq!(
        titles(store, page(0, Some(all[0].id))).await,
        ["c", "b", "a"]
    );
    assert_eq!(titles(store, page(2, Some(all[3].id))).await.len(), 0);
}

/// Another entry with nearly the same id stays out.
pub async fn the_history_of_one_entry_is_found_by_item_and_by_record(store: &impl StateStore) {
    tell(store, ["1", "12", "1"].map(|title| entry(title, CONTACTS))).await;
    for id in ["i-1", "r-1"] {
        let filter = HistoryFilter {
            entry: Some(id.to_owned()),
            ..HistoryFilter::default()
        };
        assert_eq!(titles(store, filter).await, ["1", "1"]);
    }
}

/// By its number, by its run, and between two moments, the first of which belongs to them.
pub async fn the_history_is_found_by_line_run_and_time(store: &impl StateStore) {
    let lines = [(1, 10), (1, 20), (2, 20), (2, 30)].map(|(run, second)| HistoryEntry {
        run: RunId(run),
        at: at(second),
        ..entry(&format!("{run} at {second}"), CONTACTS)
    });
    tell(store, lines).await;
    let all = store.history(&HistoryFilter::default()).await;
    let asked = |line, run, since: Option<i64>, until: Option<i64>| HistoryFilter {
        line,
        run,
        since: since.map(at),
        until: until.map(at),
        ..HistoryFilter::default()
    };
    let oldest = all.expect("history")[3].id;
    for (filter, expected) in [
        (asked(Some(oldest), None, None, None), &["1 at 10"][..]),
        (asked(Some(oldest), Some(RunId(2)), None, None), &[]),
        (
            asked(None, Some(RunId(1)), None, None),
            &["1 at 20", "1 at 10"],
        ),
        (
            asked(None, None, Some(20), None),
            &["2 at 30", "2 at 20", "1 at 20"],
        ),
        (asked(None, None, None, Some(20)), &["1 at 10"]),
        (
            asked(None, None, Some(20), Some(30)),
            &["2 at 20", "1 at 20"],
        ),
    ] {
        assert_eq!(titles(store, filter.clone()).await, expected, "{filter:?}");
    }
}

/// Those before a moment, to the second; that an item was made is remembered.
pub async fn old_lines_are_forgotten(store: &impl StateStore) {
    let lines = [10, 20, 30].map(|second| HistoryEntry {
        at: at(second),
        ..entry(&second.to_string(), CONTACTS)
    });
    tell(store, lines).await;
    let made = |side, title| HistoryEntry {
        at: at(5),
        side,
        act: Act::Created,
        ..entry(title, CONTACTS)
    };
    tell(
        store,
        [made(Side::Mailbox, "item"), made(Side::Crm, "record")],
    )
    .await;
    store.forget_history(at(20)).await.expect("forgotten");
    assert_eq!(
        titles(store, HistoryFilter::default()).await,
        ["item", "30", "20"]
    );
}

/// In titles and in values before and after, with umlauts and ß.
pub async fn the_history_is_searched_whatever_the_case(store: &impl StateStore) {
    let mut valued = entry("valued", CONTACTS);
    valued.changes = vec![change("Ärger", "ÉCLAIR"), change("", "Σίσυφος")];
    tell(store, [entry("Jörg Groß", CONTACTS), valued]).await;
    for text in ["jörg", "JÖRG GROSS", "groß", "g gr"] {
        assert_eq!(found(store, text).await, ["Jörg Groß"], "{text}");
    }
    for text in ["ÄRGER", "éclair", "ΣΊΣΥΦΟΣ", "rg"] {
        let expected: &[&str] = match text {
            "rg" => &["valued", "Jörg Groß"],
            _ => &["valued"],
        };
        assert_eq!(found(store, text).await, expected, "{text}");
    }
    assert_eq!(found(store, "nobody").await.len(), 0);
    assert_eq!(found(store, "").await.len(), 2);
}

/// What a database takes for a joker is text here.
pub async fn nothing_in_a_search_is_a_pattern(store: &impl StateStore) {
    let titles = ["100 % sure", "a_b", "it's", "plain", "\"quoted\" *"];
    tell(store, titles.map(|title| entry(title, CONTACTS))).await;
    for (text, title) in [
        ("0 %", titles[0]),
        ("%", titles[0]),
        ("_", titles[1]),
        ("'", titles[2]),
        ("*", titles[4]),
        ("\"q", titles[4]),
    ] {
        assert_eq!(found(store, text).await, [title], "{text}");
    }
}

/// Only updates, only from the first second on, only of records that had enough of them; oldest first.
pub async fn what_was_updated_often_of_late_is_found(store: &impl StateStore) {
    let line = |record: &str, act, second| HistoryEntry {
        at: at(second),
        act,
        record: Some(RecordId::new(record)),
        ..entry(&format!("{record} at {second}"), CONTACTS)
    };
    let often = [9, 10, 12].map(|second| line("often", Act::Updated, second));
    let other = [10, 11].map(|second| line("other", Act::Created, second));
    let tasks = [10, 11].map(|second| HistoryEntry {
        component: Component::Tasks,
        ..line("task", Act::Updated, second)
    });
    tell(store, often).await;
    tell(store, [line("once", Act::Updated, 11)]).await;
    tell(store, other).await;
    tell(store, tasks).await;
    for (since, times, expected) in [
        (9, 2, &["often at 9", "often at 10", "often at 12"][..]),
        (10, 2, &["often at 10", "often at 12"]),
        (10, 3, &[]),
        (10, 1, &["often at 10", "often at 12", "once at 11"]),
    ] {
        let found = store.rewritten(CONTACTS, at(since), times).await;
        let found = found.expect("history");
        let titles: Vec<&str> = found.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, expected, "since {since}, {times} times");
    }
}
