//! State files of each schema there was, kept in `schemas/`, upgraded and read back. When a schema is released its file is made
//! once by `cargo test -p store --test schemas -- --ignored`, with that version of the program, and never again.

use std::path::PathBuf;

use jiff::Timestamp;
use model::history::{Act, HistoryEntry, Tally};
use model::{
    Base, Change, ChangeKey, Code, Component, DropFolder, Field, Fields, FolderId, ItemId, Link,
    LinkId, LinkState, MailModule, Observation, Operation, OperationId, Problem, RecordId,
    RemoteId, Revision, RunId, Side, SyncToken,
};
use ports::{
    Cursor, HistoryFilter, Home, HomeRule, ImportState, JournalEntry, LinkChange, LinkFilter,
    MailCursor, MailImport, MailMove, MailPage, MailState, MailTrace, Outcome, Refusal, StateStore,
    Way,
};
use store::SqliteStore;

const CONTACTS: Component = Component::Contacts;
const NEWEST: &str = "0004.sqlite";
/// Older files know nothing of mails.
const FIRST_WITH_MAILS: &str = "0004.sqlite";

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas"))
}

fn noon() -> Timestamp {
    "2026-11-22T12:00:00.5Z".parse().expect("a moment")
}

fn observation() -> Observation {
    Observation::ItemGone {
        id: ItemId::new("i9"),
    }
}

fn links() -> [Link; 2] {
    let base = Base {
        item: Fields::new().with(Field::LastName, "Groß"),
        record: Fields::new().with(Field::LastName, "Gross"),
    };
    let live = Link {
        id: LinkId::new("l1"),
        component: CONTACTS,
        record: RecordId::new("12x1"),
        state: LinkState::Live {
            item: ItemId::new("i1"),
            change_key: ChangeKey::new("ck1"),
        },
        stamping: model::Stamping::Allowed,
        stamped: Some(Revision::of(&base)),
        base,
    };
    let away = Link {
        id: LinkId::new("l2"),
        record: RecordId::new("12x2"),
        state: LinkState::StaysAway,
        base: Base::default(),
        stamped: None,
        ..live.clone()
    };
    [live, away]
}

fn begun() -> JournalEntry {
    JournalEntry {
        id: OperationId::new("o1"),
        run: RunId(1),
        component: CONTACTS,
        operation: Operation::CreateItem {
            link: LinkId::new("l3"),
            record: RecordId::new("12x3"),
            fields: Fields::new().with(Field::LastName, "Meyer"),
        },
        begun: noon(),
    }
}

fn refusal() -> Refusal {
    Refusal {
        entry: RemoteId::Mailbox(ItemId::new("i4")),
        title: "Anna".to_owned(),
        problem: Problem::new(Code::FieldMandatory).with("field", "last_name"),
        since: noon(),
        attempts: 2,
        retry_at: noon(),
        content: "hash".to_owned(),
    }
}

fn line() -> HistoryEntry {
    HistoryEntry {
        id: 1,
        at: noon(),
        run: RunId(1),
        component: CONTACTS,
        side: Side::Crm,
        act: Act::Updated,
        title: "Jörg Groß".to_owned(),
        item: Some(ItemId::new("i1")),
        record: Some(RecordId::new("12x1")),
        changes: vec![Change {
            field: Field::Phone,
            before: "1".to_owned(),
            after: "2".to_owned(),
        }],
        reason: None,
    }
}

fn mail_page() -> MailPage {
    let item = ItemId::new("mail1");
    let import = MailImport {
        item: item.clone(),
        place: DropFolder::Of(MailModule::Leads),
        way: Way::Back,
        message_id: Some("m1@x.example".to_owned()),
        search_key: Some("key1".to_owned()),
        size: 75_000,
        state: ImportState::Imported {
            record: RecordId::new("11x7"),
        },
        home: Some(Home {
            folder: FolderId::new("inbox"),
            rule: HomeRule::Seen,
        }),
        title: "Groß".to_owned(),
        lost: 1,
        begun: Some(noon()),
        leads: Vec::new(),
    };
    MailPage {
        traces: vec![MailTrace {
            item,
            folder: FolderId::new("inbox"),
            message_id: import.message_id.clone(),
            search_key: import.search_key.clone(),
            gone: None,
        }],
        gone: Vec::new(),
        imports: vec![import],
        cursor: Some(MailCursor {
            token: SyncToken::new("list"),
            complete: true,
        }),
    }
}

fn moved() -> MailMove {
    MailMove {
        item: ItemId::new("mail1"),
        folder: FolderId::new("drop"),
        old_item: ItemId::new("mail0"),
        old_folder: FolderId::new("inbox"),
    }
}

async fn fill(store: &SqliteStore) -> ports::Result<()> {
    let cursor = Cursor {
        side: Side::Mailbox,
        token: Some(SyncToken::new("token")),
    };
    store
        .observe(CONTACTS, &[observation()], Some(cursor))
        .await?;
    store.begin(&[begun()]).await?;
    let outcome = Outcome {
        links: links().map(LinkChange::Put).to_vec(),
        refused: vec![refusal()],
        history: vec![line()],
        ..Outcome::default()
    };
    store.commit(CONTACTS, &outcome).await?;
    store.set_fact("folder", Some("f1")).await?;
    let run = store.start_run(&[CONTACTS], noon()).await?;
    let tally = Tally {
        linked: 3,
        ..Tally::default()
    };
    store
        .finish_run(run, CONTACTS, noon(), &tally, None)
        .await?;
    fill_mails(store).await
}

async fn fill_mails(store: &SqliteStore) -> ports::Result<()> {
    store
        .keep_mail_page(&FolderId::new("inbox"), &mail_page(), noon())
        .await?;
    let next = SyncToken::new("watermark");
    store.keep_moves(&[moved()], Some(&next), noon()).await
}

async fn compare(store: &SqliteStore) -> ports::Result<()> {
    let token = store.cursor(CONTACTS, Side::Mailbox).await?;
    assert_eq!(token, Some(SyncToken::new("token")));
    assert_eq!(store.observations(CONTACTS).await?, [observation()]);
    let mut found = store.links(CONTACTS, LinkFilter::All).await?;
    found.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(found, links());
    assert_eq!(store.unfinished(CONTACTS).await?, [begun()]);
    assert_eq!(store.refusals(CONTACTS).await?, [refusal()]);
    let search = HistoryFilter {
        text: Some("JÖRG GROSS".to_owned()),
        ..HistoryFilter::default()
    };
    assert_eq!(store.history(&search).await?, [line()]);
    assert_eq!(store.fact("folder").await?.as_deref(), Some("f1"));
    let last = store.last_runs().await?;
    assert_eq!(last.get(&CONTACTS).map(|run| run.tally.linked), Some(3));
    Ok(())
}

async fn compare_mails(store: &SqliteStore) -> ports::Result<()> {
    let cursor = store.mail_cursor(&FolderId::new("inbox")).await?;
    assert_eq!(cursor, mail_page().cursor);
    assert_eq!(store.mail_imports().await?, mail_page().imports);
    let traces = store.mail_traces(Some("m1@x.example"), None).await?;
    assert_eq!(traces, mail_page().traces);
    let next = store.moves_cursor().await?;
    assert_eq!(next, Some(SyncToken::new("watermark")));
    assert_eq!(store.move_to(&moved().item).await?, Some(moved()));
    Ok(())
}

/// A file from before there were mails has none, and takes some.
async fn compare_without_mails(store: &SqliteStore) -> ports::Result<()> {
    assert_eq!(store.mail_imports().await?, []);
    assert_eq!(store.moves_cursor().await?, None);
    fill_mails(store).await?;
    compare_mails(store).await
}

#[tokio::test]
async fn every_older_state_file_is_upgraded_and_read_back() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the folder is part of the sources") {
        let file = entry.expect("readable").path();
        let place = tempfile::tempdir().expect("a folder");
        let copy = place.path().join("state.sqlite");
        std::fs::copy(&file, &copy).expect("copied");
        let store = SqliteStore::open(&copy).await.expect("upgraded");
        compare(&store).await.expect("read back");
        let has_mails = file.file_name() >= Some(FIRST_WITH_MAILS.as_ref());
        let mails = match has_mails {
            true => compare_mails(&store).await,
            false => compare_without_mails(&store).await,
        };
        mails.expect("read back");
        names.push(file.file_name().map(|name| name.to_owned()));
    }
    assert!(names.contains(&Some(NEWEST.into())), "{names:?}");
}

/// No test but the tool that freezes the file of a new schema, run once by hand when there is one: a run that made the file anew would
/// compare the program with itself.
#[tokio::test]
#[ignore = "writes the file of a new schema"]
async fn write_the_file_of_the_newest_schema() {
    let file = folder().join(NEWEST);
    assert!(
        !file.exists(),
        "a released schema's file is never made again"
    );
    let store = SqliteStore::open(&file).await.expect("made");
    fill(&store).await.expect("filled");
    store.close().await;
}
