//! The conflict table of the user's manual, German and English, against what is decided: every row, strategy and component (R6.1, R6.7).
//! The manual is the test table, so that neither can be changed without the other.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::policy::PrivateItems;
use model::{
    Base, ChangeKey, Component, Field, Fields, Item, ItemId, Link, LinkId, LinkState, Operation,
    Organiser, Owner, Record, RecordId, RemoteId, Rights, Stamping, Strategy, Window,
};
use reconcile::{Clocks, Decision, ItemSide, Known, LinkFate, RecordSide, Rules, Unit, decide};

const MANUAL: [&str; 2] = [
    include_str!("../../../docs/manual/conflicts.en.md"),
    include_str!("../../../docs/manual/conflicts.de.md"),
];

const STRATEGIES: [Strategy; 4] = [
    Strategy::None,
    Strategy::Crm,
    Strategy::Exchange,
    Strategy::LastModified,
];

/// What happened to an entry on a side since both agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Unchanged,
    Changed,
    ChangedToTheSame,
    ChangedOtherwise,
    Deleted,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Nothing,
    TakeMailbox,
    TakeCrm,
    TakeLater,
    Ask,
    DeleteRecord,
    DeleteItem,
    RestoreItem,
    RestoreRecord,
    StaysAway,
}

fn fate(word: &str) -> Fate {
    match word {
        "unchanged" | "unverändert" => Fate::Unchanged,
        "changed" | "geändert" => Fate::Changed,
        "changed to the same" | "ebenso geändert" => Fate::ChangedToTheSame,
        "changed otherwise" | "anders geändert" => Fate::ChangedOtherwise,
        "deleted" | "gelöscht" => Fate::Deleted,
        other => panic!("{other:?} is nothing that can happen"),
    }
}

fn deed(word: &str) -> Deed {
    match word {
        "nothing to do" | "nichts zu tun" => Deed::Nothing,
        "take the mailbox's" | "das Postfach gilt" => Deed::TakeMailbox,
        "take the CRM's" | "das CRM gilt" => Deed::TakeCrm,
        "take the later" | "das Spätere gilt" => Deed::TakeLater,
        "ask you" | "Sie werden gefragt" => Deed::Ask,
        "delete in the CRM" | "im CRM löschen" => Deed::DeleteRecord,
        "delete in the mailbox" | "im Postfach löschen" => Deed::DeleteItem,
        "restore in the mailbox" | "im Postfach wiederherstellen" => Deed::RestoreItem,
        "restore in the CRM" | "im CRM wiederherstellen" => Deed::RestoreRecord,
        other => panic!("{other:?} is nothing that is done"),
    }
}

type Table = BTreeMap<(Fate, Fate), [Deed; 4]>;

fn table(manual: &str) -> Table {
    let rows = manual.lines().filter(|line| line.starts_with("| "));
    rows.skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [mailbox, crm, deeds @ ..] = &cells[..] else {
                panic!("{row} is no row");
            };
            let deeds: Vec<Deed> = deeds.iter().map(|word| deed(word)).collect();
            let deeds = deeds.try_into().expect("one for each strategy");
            ((fate(mailbox), fate(crm)), deeds)
        })
        .collect()
}

/// The value of the field that the row is about.
fn value(fate: Fate, own: &str) -> &str {
    match fate {
        Fate::Unchanged | Fate::Deleted => "before",
        Fate::ChangedToTheSame => "both",
        Fate::Changed | Fate::ChangedOtherwise => own,
    }
}

fn fields(component: Component, value: &str) -> Fields {
    let fields = Fields::new()
        .with(Field::LastName, "Groß")
        .with(Field::Subject, "Talk")
        .with(Field::Start, "2027-03-10T08:00:00Z")
        .with(Field::End, "2027-03-10T09:00:00Z")
        .with(Field::Description, value);
    match component {
        Component::Tasks => fields
            .with(Field::Start, "2027-03-10")
            .with(Field::Due, "2027-03-10"),
        _ => fields,
    }
}

fn noon() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().expect("a moment")
}

fn unit(component: Component, (mailbox, crm): (Fate, Fate), later: Later) -> Unit {
    let same = crm == Fate::ChangedToTheSame;
    let mailbox_value = if same {
        "both"
    } else {
        value(mailbox, "mailbox")
    };
    let (item_at, record_at) = match later {
        Later::Mailbox => (20, 10),
        Later::Crm => (10, 20),
        Later::Neither => (10, 10),
    };
    let base = mapping::from_record(component, &fields(component, "before"));
    let second = |second| Timestamp::from_second(second).ok();
    let item = Item {
        id: ItemId::new("i1"),
        change_key: ChangeKey::new("2"),
        fields: fields(component, mailbox_value),
        organiser: Organiser::User,
        stamp: None,
        created: second(1),
        modified: second(item_at),
    };
    let record = Record {
        id: RecordId::new("r1"),
        owner: Owner::Me,
        fields: fields(component, value(crm, "crm")),
        created: second(1),
        modified: second(record_at),
    };
    Unit {
        id: LinkId::new("l1"),
        link: Some(Link {
            id: LinkId::new("l1"),
            component,
            record: RecordId::new("r1"),
            state: LinkState::Live {
                item: ItemId::new("i1"),
                change_key: ChangeKey::new("1"),
            },
            base: Base {
                item: base.clone(),
                record: base,
            },
            stamped: None,
            stamping: Stamping::Allowed,
        }),
        known: Known::Stored,
        item: match mailbox {
            Fate::Deleted => ItemSide::Gone,
            _ => ItemSide::Present(item),
        },
        record: match crm {
            Fate::Deleted => RecordSide::Gone,
            _ => RecordSide::Present(record),
        },
        subjects: vec![RemoteId::Mailbox(ItemId::new("i1"))],
        choice: None,
        losses: reconcile::Losses::Follow,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Later {
    Mailbox,
    Crm,
    Neither,
}

fn done(decision: &Decision) -> Deed {
    if decision.waits.is_some() {
        assert_eq!(decision.operations, [], "what waits is not written");
        return Deed::Ask;
    }
    match &decision.operations[..] {
        [] => match &decision.link {
            LinkFate::Put(link) if link.state == LinkState::StaysAway => Deed::StaysAway,
            _ => Deed::Nothing,
        },
        [Operation::UpdateItem { .. }] => Deed::TakeCrm,
        [Operation::UpdateRecord { .. }] => Deed::TakeMailbox,
        [Operation::CreateItem { .. }] => Deed::RestoreItem,
        [Operation::CreateRecord { .. }] => Deed::RestoreRecord,
        [Operation::DeleteItem { .. }] => Deed::DeleteItem,
        [Operation::DeleteRecord { .. }] => Deed::DeleteRecord,
        more => panic!("one write is enough: {more:?}"),
    }
}

/// What the manual says in its footnotes: contacts stay away, and the later one is nobody where nobody can tell.
fn expected(component: Component, mailbox: Fate, word: Deed, later: Later) -> Deed {
    match (word, later) {
        _ if component == Component::Contacts && mailbox == Fate::Deleted => Deed::StaysAway,
        (Deed::TakeLater, Later::Mailbox) => Deed::TakeMailbox,
        (Deed::TakeLater, Later::Crm) => Deed::TakeCrm,
        (Deed::TakeLater, Later::Neither) => Deed::Ask,
        (word, _) => word,
    }
}

#[test]
fn r6_1_r6_7_r2_4_every_row_of_the_manual_is_what_is_decided() {
    for manual in MANUAL {
        let table = table(manual);
        for ((mailbox, crm), words) in &table {
            for component in [
                Component::Contacts,
                Component::Appointments,
                Component::Tasks,
            ] {
                for (strategy, word) in STRATEGIES.into_iter().zip(words) {
                    for later in [Later::Mailbox, Later::Crm, Later::Neither] {
                        let unit = unit(component, (*mailbox, *crm), later);
                        let found = done(&decide(&unit, &rules(component, strategy)));
                        let wanted = expected(component, *mailbox, *word, later);
                        assert_eq!(
                            found, wanted,
                            "{component}, mailbox {mailbox:?}, CRM {crm:?}, {strategy:?}, later {later:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_manual_has_every_row_and_says_the_same_in_both_languages() {
    let [english, german] = MANUAL.map(table);
    assert_eq!(english, german);
    let rows = [Fate::Unchanged, Fate::Changed, Fate::Deleted];
    for mailbox in rows {
        for crm in rows {
            // Both changed comes in two kinds; deleted on both sides leaves nothing to decide.
            let there = match (mailbox, crm) {
                (Fate::Changed, Fate::Changed) => {
                    english.contains_key(&(mailbox, Fate::ChangedOtherwise))
                        && english.contains_key(&(mailbox, Fate::ChangedToTheSame))
                }
                (Fate::Deleted, Fate::Deleted) => true,
                pair => english.contains_key(&pair),
            };
            assert!(there, "{mailbox:?} {crm:?}");
        }
    }
}

fn rules(component: Component, strategy: Strategy) -> Rules {
    Rules {
        component,
        strategy,
        rights: Rights::FULL,
        clocks: Clocks::Together,
        mailbox_ahead: 0,
        window: Window::of(noon(), &TimeZone::UTC, 7, 180),
        private_items: PrivateItems::Skip,
        busy: "Busy".to_owned(),
        flips: reconcile::Flips::default(),
    }
}
