//! What a profile remembers of mails, on disk (R5.5, R5.8).

use jiff::Timestamp;
use model::history::{Act, HistoryEntry};
use model::{
    Code, Component, DropFolder, FolderId, ItemId, MailModule, Problem, RecordId, RemoteId, RunId,
    Side, SyncToken,
};
use ports::{
    BegunLead, HistoryFilter, Home, HomeRule, ImportChange, ImportState, MailCursor, MailImport,
    MailMove, MailPage, MailState, MailTrace, NewLead, Outcome, Refusal, StateStore, Way,
};
use store::SqliteStore;
use tempfile::TempDir;

async fn fresh() -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("state.sqlite")).await;
    (folder, store.expect("opened"))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}

fn inbox() -> FolderId {
    FolderId::new("inbox")
}

fn archive() -> FolderId {
    FolderId::new("archive")
}

fn import(item: &str) -> MailImport {
    MailImport {
        item: ItemId::new(item),
        place: DropFolder::Of(MailModule::Leads),
        way: Way::Back,
        message_id: Some("größe@x.example".to_owned()),
        search_key: Some("abc=".to_owned()),
        size: 20_000_000_000,
        state: ImportState::Waiting,
        home: None,
        title: String::new(),
        lost: 0,
        begun: None,
        leads: Vec::new(),
    }
}

fn trace(item: &str, folder: &FolderId) -> MailTrace {
    MailTrace {
        item: ItemId::new(item),
        folder: folder.clone(),
        message_id: Some("m1".to_owned()),
        search_key: Some("k1".to_owned()),
        gone: None,
    }
}

fn cursor(token: &str, complete: bool) -> MailCursor {
    MailCursor {
        token: SyncToken::new(token),
        complete,
    }
}

fn moved(item: &str, old: &str) -> MailMove {
    MailMove {
        item: ItemId::new(item),
        folder: archive(),
        old_item: ItemId::new(old),
        old_folder: inbox(),
    }
}

fn seen(traces: &[MailTrace]) -> MailPage {
    MailPage {
        traces: traces.to_vec(),
        ..MailPage::default()
    }
}

fn left(items: &[&str]) -> MailPage {
    MailPage {
        gone: items.iter().map(|item| ItemId::new(*item)).collect(),
        ..MailPage::default()
    }
}

async fn put(store: &SqliteStore, import: MailImport) {
    let nothing = Outcome::default();
    let changes = [ImportChange::Put(import)];
    let kept = store.commit_mails(&changes, &nothing);
    kept.await.expect("kept");
}

async fn keep(store: &SqliteStore, folder: &FolderId, page: &MailPage, second: i64) {
    let kept = store.keep_mail_page(folder, page, at(second));
    kept.await.expect("kept");
}

/// Where a mail with this Message-ID was seen: items in the order told.
async fn places(store: &SqliteStore) -> Vec<String> {
    let traces = store.mail_traces(Some("m1"), None).await.expect("found");
    let items = traces.iter().map(|trace| trace.item.as_str().to_owned());
    items.collect()
}

#[tokio::test]
async fn a_cursor_goes_on_with_the_page_it_came_with_and_is_that_of_its_folder() {
    let (_folder, store) = fresh().await;
    assert_eq!(store.mail_cursor(&inbox()).await.expect("read"), None);
    for (token, complete) in [("t1", false), ("t2", true)] {
        let page = MailPage {
            cursor: Some(cursor(token, complete)),
            ..seen(&[trace(token, &inbox())])
        };
        keep(&store, &inbox(), &page, 1).await;
        let known = store.mail_cursor(&inbox()).await.expect("read");
        assert_eq!(known, Some(cursor(token, complete)));
    }
    assert_eq!(store.mails_in(&inbox()).await.expect("counted"), 2);
    assert_eq!(store.mail_cursor(&archive()).await.expect("read"), None);
    // A page without one leaves it.
    keep(&store, &inbox(), &left(&["t1"]), 2).await;
    let known = store.mail_cursor(&inbox()).await.expect("read");
    assert_eq!(known, Some(cursor("t2", true)));
    // The list starts anew; what was seen is known still.
    let forgotten = store.forget_mail_cursor(&inbox()).await;
    forgotten.expect("forgotten");
    assert_eq!(store.mail_cursor(&inbox()).await.expect("read"), None);
    assert_eq!(store.mails_in(&inbox()).await.expect("counted"), 1);
}

#[tokio::test]
async fn r5_5_an_import_that_is_known_stays_as_it_is() {
    let (_folder, store) = fresh().await;
    let page = MailPage {
        imports: vec![import("b"), import("a")],
        ..MailPage::default()
    };
    for _ in 0..2 {
        keep(&store, &inbox(), &page, 1).await;
    }
    let imports = store.mail_imports().await.expect("read");
    assert_eq!(imports, [import("b"), import("a")], "the oldest first");
    let further = MailImport {
        state: ImportState::Imported {
            record: RecordId::new("11x7"),
        },
        home: Some(Home {
            folder: archive(),
            rule: HomeRule::Seen,
        }),
        title: "Größe".to_owned(),
        lost: 2,
        begun: Some("2026-11-22T12:00:00.5Z".parse().expect("a moment")),
        leads: vec![BegunLead {
            lead: NewLead {
                last_name: "Ä".to_owned(),
                company: "kunde.example".to_owned(),
                email: "a@kunde.example".to_owned(),
            },
            at: "2026-11-22T12:00:00Z".parse().expect("a moment"),
        }],
        ..import("b")
    };
    put(&store, further.clone()).await;
    keep(&store, &inbox(), &page, 2).await;
    let imports = store.mail_imports().await.expect("read");
    assert_eq!(imports, [further, import("a")], "and it keeps its place");
}

#[tokio::test]
async fn r5_10_what_becomes_of_an_import_is_kept_together_with_what_is_told_of_it() {
    let (_folder, store) = fresh().await;
    let problem = Problem::new(Code::FieldMandatory).with("field", "cf_1");
    let refused = MailImport {
        state: ImportState::Refused {
            problem: problem.clone(),
        },
        way: Way::Stays,
        ..import("a")
    };
    let refusal = Refusal {
        entry: RemoteId::Mailbox(ItemId::new("a")),
        title: "Frage".to_owned(),
        problem: problem.clone(),
        since: at(1),
        attempts: 1,
        retry_at: at(2),
        content: String::new(),
    };
    let line = HistoryEntry {
        id: 0,
        at: at(1),
        run: RunId(1),
        component: Component::Emails,
        side: Side::Crm,
        act: Act::Refused,
        title: "Frage".to_owned(),
        item: Some(ItemId::new("a")),
        record: None,
        changes: Vec::new(),
        reason: Some(problem),
    };
    let outcome = Outcome {
        refused: vec![refusal.clone()],
        history: vec![line],
        ..Outcome::default()
    };
    let changes = [ImportChange::Put(refused.clone())];
    let kept = store.commit_mails(&changes, &outcome).await;
    kept.expect("kept");
    assert_eq!(store.mail_imports().await.expect("read"), [refused]);
    let refusals = store.refusals(Component::Emails).await.expect("read");
    assert_eq!(refusals, [refusal]);
    let history = store.history(&HistoryFilter::default()).await;
    assert_eq!(history.expect("read").len(), 1);

    // It has another id by now.
    let entry = RemoteId::Mailbox(ItemId::new("b"));
    let outcome = Outcome {
        accepted: vec![refusals[0].entry.clone()],
        refused: vec![Refusal {
            entry: entry.clone(),
            ..refusals[0].clone()
        }],
        ..Outcome::default()
    };
    let changes = [
        ImportChange::Drop(ItemId::new("a")),
        ImportChange::Put(import("b")),
    ];
    let kept = store.commit_mails(&changes, &outcome).await;
    kept.expect("kept");
    assert_eq!(store.mail_imports().await.expect("read"), [import("b")]);
    let refusals = store.refusals(Component::Emails).await.expect("read");
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].entry, entry);
}

#[tokio::test]
async fn r5_8_where_a_mail_still_is_comes_before_where_it_left_last() {
    let (_folder, store) = fresh().await;
    for (item, folder) in [("a", inbox()), ("b", archive()), ("c", inbox())] {
        let page = seen(&[trace(item, &folder)]);
        keep(&store, &folder, &page, 1).await;
    }
    for (items, second) in [(["a"], 20), (["c"], 10)] {
        keep(&store, &inbox(), &left(&items), second).await;
    }
    assert_eq!(places(&store).await, ["b", "a", "c"]);
    // That it is said again does not make it later.
    keep(&store, &inbox(), &left(&["c", "none"]), 30).await;
    assert_eq!(places(&store).await, ["b", "a", "c"]);
    assert_eq!(store.mails_in(&inbox()).await.expect("counted"), 0);
}

#[tokio::test]
async fn r5_8_a_trace_that_comes_back_is_there_again() {
    let (_folder, store) = fresh().await;
    let page = seen(&[trace("a", &inbox())]);
    keep(&store, &inbox(), &page, 1).await;
    keep(&store, &inbox(), &left(&["a"]), 2).await;
    let traces = store.mail_traces(None, Some("k1")).await.expect("found");
    assert_eq!(traces[0].gone, Some(at(2)));
    // One page may say both: it left and came back.
    let page = MailPage {
        gone: vec![ItemId::new("a")],
        ..page
    };
    keep(&store, &inbox(), &page, 3).await;
    let traces = store.mail_traces(None, Some("k1")).await.expect("found");
    assert_eq!(traces, [trace("a", &inbox())]);
}

#[tokio::test]
async fn r5_8_mails_without_a_message_id_are_not_all_the_same() {
    let (_folder, store) = fresh().await;
    let without = MailTrace {
        message_id: None,
        search_key: None,
        ..trace("a", &inbox())
    };
    let page = seen(&[without]);
    keep(&store, &inbox(), &page, 1).await;
    let found = store.mail_traces(None, None).await.expect("found");
    assert_eq!(found, []);
}

#[tokio::test]
async fn r5_8_the_last_move_to_an_id_is_told_and_watching_may_begin_anew() {
    let (_folder, store) = fresh().await;
    let next = SyncToken::new("w1");
    let told = [moved("b", "a"), moved("c", "b"), moved("c", "d")];
    let kept = store.keep_moves(&told, Some(&next), at(1)).await;
    kept.expect("kept");
    let last = store.move_to(&ItemId::new("c")).await.expect("found");
    assert_eq!(last, Some(moved("c", "d")));
    assert_eq!(
        store.move_to(&ItemId::new("a")).await.expect("found"),
        None,
        "nobody knows how it came there"
    );
    assert_eq!(store.moves_cursor().await.expect("read"), Some(next));
    store.keep_moves(&[], None, at(2)).await.expect("kept");
    assert_eq!(store.moves_cursor().await.expect("read"), None);
    let last = store.move_to(&ItemId::new("b")).await.expect("found");
    assert_eq!(last, Some(moved("b", "a")), "what was told is known still");
}

#[tokio::test]
async fn what_left_long_ago_is_forgotten_and_what_is_there_is_not() {
    let (_folder, store) = fresh().await;
    let page = seen(&["a", "b", "c"].map(|item| trace(item, &inbox())));
    keep(&store, &inbox(), &page, 1).await;
    for (item, second) in [("a", 10), ("b", 20)] {
        keep(&store, &inbox(), &left(&[item]), second).await;
        let moves = [moved(item, "x")];
        let kept = store.keep_moves(&moves, None, at(second)).await;
        kept.expect("kept");
    }
    store.forget_mails(at(20)).await.expect("forgotten");
    assert_eq!(places(&store).await, ["c", "b"]);
    for (item, known) in [("a", None), ("b", Some(moved("b", "x")))] {
        let told = store.move_to(&ItemId::new(item)).await.expect("found");
        assert_eq!(told, known);
    }
}

#[tokio::test]
async fn a_folder_that_is_gone_takes_along_what_was_seen_in_it_only() {
    let (_folder, store) = fresh().await;
    for (item, folder) in [("a", inbox()), ("b", archive())] {
        let page = MailPage {
            imports: vec![import(item)],
            cursor: Some(cursor(item, true)),
            ..seen(&[trace(item, &folder)])
        };
        keep(&store, &folder, &page, 1).await;
    }
    let forgotten = store.forget_mail_folder(&archive()).await;
    forgotten.expect("forgotten");
    assert_eq!(places(&store).await, ["a"]);
    assert_eq!(store.mail_cursor(&archive()).await.expect("read"), None);
    let known = store.mail_cursor(&inbox()).await.expect("read");
    assert_eq!(known, Some(cursor("a", true)));
    // The mails themselves may be elsewhere.
    assert_eq!(store.mail_imports().await.expect("read").len(), 2);
}

#[tokio::test]
async fn r7_7_everything_about_mails_can_be_forgotten() {
    let (_folder, store) = fresh().await;
    let page = MailPage {
        imports: vec![import("a")],
        cursor: Some(cursor("t", true)),
        ..seen(&[trace("a", &inbox())])
    };
    keep(&store, &inbox(), &page, 1).await;
    let next = SyncToken::new("w1");
    let told = [moved("b", "a")];
    let kept = store.keep_moves(&told, Some(&next), at(1)).await;
    kept.expect("kept");
    store.set_fact("folder", Some("f")).await.expect("kept");
    store.forget_all_mails().await.expect("forgotten");
    assert_eq!(store.mail_imports().await.expect("read"), []);
    assert_eq!(places(&store).await, Vec::<String>::new());
    assert_eq!(store.mail_cursor(&inbox()).await.expect("read"), None);
    assert_eq!(store.moves_cursor().await.expect("read"), None);
    assert_eq!(store.move_to(&ItemId::new("b")).await.expect("read"), None);
    let other = store.fact("folder").await.expect("read");
    assert_eq!(other.as_deref(), Some("f"), "other facts stay");
}

#[tokio::test]
async fn s1_all_of_it_is_there_after_the_program_was_started_again() {
    let (folder, store) = fresh().await;
    let page = MailPage {
        imports: vec![import("a")],
        cursor: Some(cursor("t", false)),
        ..seen(&[trace("a", &inbox())])
    };
    keep(&store, &inbox(), &page, 1).await;
    let next = SyncToken::new("w1");
    let told = [moved("b", "a")];
    let kept = store.keep_moves(&told, Some(&next), at(1)).await;
    kept.expect("kept");
    store.close().await;
    let store = SqliteStore::open(&folder.path().join("state.sqlite")).await;
    let store = store.expect("opened");
    assert_eq!(store.mail_imports().await.expect("read"), [import("a")]);
    assert_eq!(places(&store).await, ["a"]);
    let known = store.mail_cursor(&inbox()).await.expect("read");
    assert_eq!(known, Some(cursor("t", false)));
    assert_eq!(store.moves_cursor().await.expect("read"), Some(next));
    let last = store.move_to(&ItemId::new("b")).await.expect("read");
    assert_eq!(last, Some(moved("b", "a")));
}
