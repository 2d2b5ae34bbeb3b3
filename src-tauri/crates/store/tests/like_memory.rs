//! Whatever is done to it, the store on disk answers as the one in memory does.

use model::history::{Act, HistoryEntry};
use model::{
    Base, Change, ChangeKey, Component, Field, Fields, ItemId, Link, LinkId, LinkState,
    Observation, RecordId, RemoteId, Revision, RunId, Side,
};
use ports::memory::MemoryStore;
use ports::{HistoryFilter, LinkChange, LinkFilter, Outcome, StateStore};
use proptest::prelude::*;
use store::SqliteStore;

const CONTACTS: Component = Component::Contacts;

fn id() -> impl Strategy<Value = String> {
    "[abß😀]"
}

fn observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        id().prop_map(|id| Observation::ItemGone {
            id: ItemId::new(id)
        }),
        id().prop_map(|id| Observation::RecordGone {
            id: RecordId::new(id)
        }),
        id().prop_map(|id| Observation::RecordLeft {
            id: RecordId::new(id)
        }),
    ]
}

fn fields() -> impl Strategy<Value = Fields> {
    "\\PC{0,3}".prop_map(|text| Fields::new().with(Field::LastName, text))
}

fn link() -> impl Strategy<Value = Link> {
    let state = prop_oneof![
        Just(LinkState::StaysAway),
        id().prop_map(|item| LinkState::Live {
            item: ItemId::new(item),
            change_key: ChangeKey::new("ck"),
        }),
    ];
    let base = (fields(), fields()).prop_map(|(item, record)| Base { item, record });
    (id(), id(), state, base, any::<bool>()).prop_map(|(id, record, state, base, is_stamped)| {
        Link {
            id: LinkId::new(id),
            component: CONTACTS,
            record: RecordId::new(record),
            state,
            stamping: model::Stamping::Allowed,
            stamped: is_stamped.then(|| Revision::of(&base)),
            base,
        }
    })
}

fn line() -> impl Strategy<Value = HistoryEntry> {
    ("\\PC{0,6}", id(), "\\PC{0,6}").prop_map(|(title, item, after)| HistoryEntry {
        id: 0,
        at: jiff::Timestamp::UNIX_EPOCH,
        run: RunId(1),
        component: CONTACTS,
        side: Side::Mailbox,
        act: Act::Updated,
        title,
        item: Some(ItemId::new(item)),
        record: None,
        changes: vec![Change {
            field: Field::Phone,
            before: String::new(),
            after,
        }],
        reason: None,
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let link_change = prop_oneof![
        3 => link().prop_map(LinkChange::Put),
        1 => id().prop_map(|id| LinkChange::Drop(LinkId::new(id))),
    ];
    let entry = prop_oneof![
        id().prop_map(|id| RemoteId::Mailbox(ItemId::new(id))),
        id().prop_map(|id| RemoteId::Crm(RecordId::new(id))),
    ];
    (
        prop::collection::vec(link_change, 0..6),
        prop::collection::vec(entry, 0..3),
        prop::collection::vec(observation(), 0..5),
        prop::collection::vec(line(), 0..3),
    )
        .prop_map(|(links, settled, observed, history)| Outcome {
            links,
            settled,
            observed,
            history,
            ..Outcome::default()
        })
}

/// Everything a store can be asked, in one order.
async fn answers(store: &impl StateStore, search: &str) -> String {
    let mut observations = store.observations(CONTACTS).await.expect("observations");
    observations.sort_by_key(Observation::subject);
    let mut told = format!("{observations:#?}");
    for filter in [
        LinkFilter::All,
        LinkFilter::Unstamped,
        LinkFilter::StayingAway,
        LinkFilter::OfItems(vec![ItemId::new("a"), ItemId::new("ß")]),
        LinkFilter::OfRecords(vec![RecordId::new("b"), RecordId::new("😀")]),
    ] {
        let mut links = store.links(CONTACTS, filter).await.expect("links");
        links.sort_by(|one, other| one.id.cmp(&other.id));
        told += &format!("{links:#?}");
    }
    told += &format!("{:?}", store.link_count(CONTACTS).await.expect("count"));
    for filter in [
        HistoryFilter::default(),
        HistoryFilter {
            text: Some(search.to_owned()),
            ..HistoryFilter::default()
        },
        HistoryFilter {
            entry: Some("a".to_owned()),
            limit: 2,
            before: Some(5),
            ..HistoryFilter::default()
        },
    ] {
        told += &format!("{:#?}", store.history(&filter).await.expect("history"));
    }
    told
}

async fn compare(outcomes: &[Outcome], search: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = SqliteStore::open(&folder.path().join("state")).await;
    let disk = disk.expect("opened");
    let memory = MemoryStore::new();
    for outcome in outcomes {
        disk.commit(CONTACTS, outcome).await.expect("committed");
        memory.commit(CONTACTS, outcome).await.expect("committed");
        assert_eq!(answers(&disk, search).await, answers(&memory, search).await);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_store_on_disk_answers_as_the_one_in_memory(
        outcomes in prop::collection::vec(outcome(), 1..6),
        search in "\\PC{0,2}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(compare(&outcomes, &search));
    }
}
