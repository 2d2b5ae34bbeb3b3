//! Requests of every kind, and any of them with any values.

use jiff::Timestamp;
use mailbox_ews::wire::change::{
    CreateItem, DeleteItem, ItemChange, MoveItem, NewItem, OnConflict, UpdateItem,
};
use mailbox_ews::wire::envelope::write;
use mailbox_ews::wire::events::{GetEvents, GetStreamingEvents, Scope, Subscribe};
use mailbox_ews::wire::folder::{
    CreateFolder, DeleteFolder, Distinguished, EmptyFolder, FolderKind, GetFolder, GetFolders,
    Place, UpdateFolder,
};
use mailbox_ews::wire::item::{GetItem, Shape, Which};
use mailbox_ews::wire::leaf::{Leaf, Leaves};
use mailbox_ews::wire::mail::GetMail;
use mailbox_ews::wire::note::CreateNote;
use mailbox_ews::wire::property::{Properties, Property};
use mailbox_ews::wire::query::{AllFolders, CalendarView, FindFolder, FindItem, FindText};
use mailbox_ews::wire::sync::SyncFolderItems;
use mailbox_ews::wire::{Kind, Operation, Version};
use model::{ChangeKey, FolderId, ItemId};
use ports::Notify;
use proptest::prelude::*;

const PLACES: [Distinguished; 10] = [
    Distinguished::Root,
    Distinguished::Inbox,
    Distinguished::Sent,
    Distinguished::Deleted,
    Distinguished::Drafts,
    Distinguished::Outbox,
    Distinguished::Junk,
    Distinguished::Contacts,
    Distinguished::Calendar,
    Distinguished::Tasks,
];

const KINDS: [FolderKind; 4] = [
    FolderKind::Mail,
    FolderKind::Contacts,
    FolderKind::Calendar,
    FolderKind::Tasks,
];

/// Each operation in each of its forms.
pub fn of_every_kind() -> Vec<String> {
    let folder = &FolderId::new("AAMk");
    let ids = || vec![ItemId::new("AAMk1"), ItemId::new("AAMk2")];
    let values = ["ab12/4x1/l1".to_owned(), "ab12/4x2/l2".to_owned()];
    let mut all = vec![
        both(&GetFolder {
            place: Place::Id(folder),
        }),
        both(&CreateNote {
            key: "contacts/crm/12x34",
            subject: "Konflikt",
            text: "Erste Zeile\r\nZweite",
            address: "anna@example.com",
        }),
        both(&DeleteFolder { folder }),
        both(&EmptyFolder { folder }),
        both(&DeleteItem {
            notify: Notify::Nobody,
            ids: ids(),
        }),
        both(&DeleteItem {
            notify: Notify::Attendees,
            ids: ids(),
        }),
        both(&CalendarView {
            folder,
            from: Timestamp::UNIX_EPOCH,
            until: Timestamp::MAX,
        }),
        both(&MoveItem {
            folder: folder.clone(),
            ids: ids(),
        }),
    ];
    let somebody = model::AccountName::new("anna@firma.example");
    let named = PLACES.map(|place| Place::In(&somebody, place));
    for place in PLACES.map(Place::Distinguished).into_iter().chain(named) {
        all.push(both(&GetFolder { place }));
        all.push(both(&FindFolder {
            parent: place,
            name: "CRM-Sync",
        }));
        for kind in KINDS {
            all.push(both(&CreateFolder {
                parent: place,
                kind,
                name: "CRM-Sync",
            }));
            for connector in [None, Some("ab12")] {
                all.push(both(&UpdateFolder {
                    folder,
                    kind,
                    connector,
                }));
            }
        }
    }
    for state in [None, Some("H4sIAA==")] {
        for limit in [1, 512] {
            for shape in [Shape::Head, Shape::CalendarHead, Shape::MailHead] {
                all.push(both(&SyncFolderItems {
                    folder,
                    state,
                    shape,
                    limit,
                }));
            }
        }
    }
    let shapes = [
        Shape::IdOnly,
        Shape::Head,
        Shape::CalendarHead,
        Shape::Invited,
        Shape::Contact,
        Shape::Appointment,
        Shape::Task,
        Shape::MailHead,
        Shape::Subject,
        Shape::Mail,
    ];
    for shape in shapes {
        let mut which = Which::items(&ids());
        which.push(Which::Occurrence {
            series: ItemId::new("AAMk"),
            index: 3,
        });
        all.push(both(&GetItem { shape, ids: which }));
    }
    for count in 1..=2 {
        let values = &values[..count];
        let property = Property::Record;
        all.push(both(&FindItem {
            folder,
            property,
            values,
            offset: 50,
        }));
    }
    for leaves in [Kind::Contact, Kind::Appointment, Kind::Task].map(|kind| Leaf::all(&kind)) {
        let one = [leaves[0]];
        for held in [
            None,
            Some(("a & b", &one[..])),
            Some(("a & b", &leaves[..])),
        ] {
            let offset = 50;
            all.push(both(&FindText {
                folder,
                held,
                offset,
            }));
        }
    }
    all.extend(of_mails(folder, ids()));
    all.into_iter().flatten().collect()
}

/// Those that only mails need.
fn of_mails(folder: &FolderId, ids: Vec<ItemId>) -> Vec<[String; 2]> {
    let folders = [folder.clone(), FolderId::new("AAMk2")];
    let root = Place::Distinguished(Distinguished::Root);
    let places = PLACES.map(Place::Distinguished).into_iter();
    vec![
        both(&GetFolders {
            places: places.chain([Place::Id(folder)]).collect(),
        }),
        both(&AllFolders {
            parent: root,
            offset: 1000,
        }),
        both(&FindFolder {
            parent: Place::Id(folder),
            name: "Leads",
        }),
        both(&GetMail { ids: ids.clone() }),
        both(&mark(&ids, "imported")),
        both(&Subscribe::Moves(Scope::All)),
        both(&Subscribe::Moves(Scope::Folders(&folders))),
        both(&Subscribe::Everything(&folders)),
        both(&GetEvents {
            subscription: "AA==",
            watermark: Some("AQ=="),
        }),
        both(&GetEvents {
            subscription: "AA==",
            watermark: None,
        }),
        both(&GetStreamingEvents {
            subscription: "AA==",
        }),
    ]
}

/// The mark on mails.
fn mark(ids: &[ItemId], text: &str) -> UpdateItem {
    let change = |id: &ItemId| ItemChange {
        kind: Kind::Message,
        id: id.clone(),
        change_key: None,
        leaves: Leaves::new(),
        properties: Properties::from([(Property::Mail, text.to_owned())]),
    };
    UpdateItem {
        zone: None,
        notify: Notify::Nobody,
        on_conflict: OnConflict::Overwrite,
        changes: ids.iter().map(change).collect(),
    }
}

/// An item of a kind with these values.
pub fn create(kind: &Kind, leaves: &[Leaf]) -> String {
    let properties = Properties::from([
        (Property::Record, "r".to_owned()),
        (Property::Revision, "v".to_owned()),
    ]);
    one(&CreateItem {
        zone: None,
        notify: Notify::Nobody,
        folder: FolderId::new("AAMk"),
        items: vec![NewItem {
            kind: kind.clone(),
            leaves: some_values(leaves),
            properties,
        }],
    })
}

/// A change of these values, or their removal.
pub fn set(kind: &Kind, leaves: &[Leaf], is_removed: bool) -> String {
    let mut leaves = some_values(leaves);
    if is_removed {
        leaves.values_mut().for_each(String::clear);
    }
    one(&UpdateItem {
        zone: None,
        notify: Notify::Nobody,
        on_conflict: OnConflict::Refuse,
        changes: vec![ItemChange {
            kind: kind.clone(),
            id: ItemId::new("AAMk"),
            change_key: Some(ChangeKey::new("EQAA")),
            leaves,
            properties: Properties::new(),
        }],
    })
}

fn some_values(leaves: &[Leaf]) -> Leaves {
    let value = |leaf: &Leaf| (*leaf, typed(*leaf).unwrap_or("x").to_owned());
    leaves.iter().map(value).collect()
}

/// One request with any values.
pub fn any_request() -> impl Strategy<Value = String> {
    prop_oneof![
        (any_text(), proptest::collection::vec(any_item(), 1..4)).prop_map(|(folder, items)| {
            one(&CreateItem {
                zone: Some("W. Europe Standard Time".to_owned()),
                notify: Notify::Attendees,
                folder: FolderId::new(folder),
                items,
            })
        }),
        (any::<bool>(), proptest::collection::vec(any_change(), 1..4)).prop_map(
            |(refuse, changes)| {
                let on_conflict = match refuse {
                    true => OnConflict::Refuse,
                    false => OnConflict::Overwrite,
                };
                one(&UpdateItem {
                    zone: Some("UTC".to_owned()),
                    notify: Notify::Nobody,
                    on_conflict,
                    changes,
                })
            }
        ),
        any_ids().prop_map(|ids| one(&DeleteItem {
            notify: Notify::Nobody,
            ids
        })),
        any_ids().prop_map(|ids| one(&GetItem {
            shape: Shape::Contact,
            ids: Which::items(&ids)
        })),
        (any_text(), any_ids()).prop_map(|(folder, ids)| {
            one(&MoveItem {
                folder: FolderId::new(folder),
                ids,
            })
        }),
        (
            any_text(),
            any_text(),
            proptest::collection::vec(any_text(), 1..60),
            0..9999_u32
        )
            .prop_map(|(folder, state, values, offset)| {
                let folder = &FolderId::new(folder);
                let property = Property::Record;
                match offset % 3 {
                    0 => one(&FindItem {
                        folder,
                        property,
                        values: &values,
                        offset,
                    }),
                    1 => one(&FindText {
                        folder,
                        held: Some((&state, &[Leaf::Subject])),
                        offset,
                    }),
                    _ => one(&SyncFolderItems {
                        folder,
                        state: Some(&state),
                        shape: Shape::Head,
                        limit: 512,
                    }),
                }
            }),
        (any_text(), any_text()).prop_map(|(folder, connector)| {
            let folder = &FolderId::new(folder);
            one(&UpdateFolder {
                folder,
                kind: FolderKind::Mail,
                connector: (!connector.is_empty()).then_some(connector.as_str()),
            })
        }),
        (any_text(), any_text(), any_text()).prop_map(|(key, subject, text)| {
            one(&CreateNote {
                key: &key,
                subject: &subject,
                text: &text,
                address: "anna@example.com",
            })
        }),
        (any_ids(), any_text()).prop_map(|(ids, text)| one(&mark(&ids, &text))),
        any_ids().prop_map(|ids| one(&GetMail { ids })),
        // An id the server gave is never empty, and the schema knows that.
        proptest::collection::vec("[!-~äß]{1,20}", 1..9).prop_map(|texts| {
            let folders: Vec<FolderId> = texts.iter().map(FolderId::new).collect();
            match texts.len() % 4 {
                0 => one(&Subscribe::Everything(&folders)),
                1 => one(&GetStreamingEvents {
                    subscription: &texts[0],
                }),
                2 => one(&GetEvents {
                    subscription: &texts[0],
                    watermark: Some(&texts[1]),
                }),
                _ => one(&Subscribe::Moves(Scope::Folders(&folders))),
            }
        }),
        any_text().prop_map(|name| {
            one(&FindFolder {
                parent: Place::Distinguished(Distinguished::Tasks),
                name: &name,
            })
        }),
    ]
}

fn any_kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(vec![Kind::Contact, Kind::Appointment, Kind::Task])
}

fn any_item() -> impl Strategy<Value = NewItem> {
    any_kind().prop_flat_map(|kind| {
        (any_leaves(&kind), any_properties()).prop_map(move |(leaves, properties)| NewItem {
            kind: kind.clone(),
            leaves,
            properties,
        })
    })
}

fn any_change() -> impl Strategy<Value = ItemChange> {
    let of_kind = any_kind().prop_flat_map(|kind| {
        let key = proptest::option::of(any_text());
        (any_text(), key, any_leaves(&kind), any_properties()).prop_map(
            move |(id, key, leaves, properties)| ItemChange {
                kind: kind.clone(),
                id: ItemId::new(id),
                change_key: key.map(ChangeKey::new),
                leaves,
                properties,
            },
        )
    });
    of_kind.prop_filter("the schema cannot say it", |change| !change.is_empty())
}

/// Any leaves of a kind. Where the schema wants times, numbers or words of a list it gets such, as the converter gives it.
fn any_leaves(kind: &Kind) -> impl Strategy<Value = Leaves> + use<> {
    let leaf = proptest::sample::select(Leaf::all(kind));
    let map = proptest::collection::btree_map(leaf, any_text(), 0..24);
    map.prop_map(|leaves| {
        let typed = |(leaf, text): (Leaf, String)| (leaf, typed(leaf).map_or(text, str::to_owned));
        leaves.into_iter().map(typed).collect()
    })
}

fn typed(leaf: Leaf) -> Option<&'static str> {
    Some(match leaf {
        Leaf::Start | Leaf::End | Leaf::StartDate | Leaf::DueDate => "2027-03-10T08:00:00Z",
        Leaf::IsAllDay | Leaf::ReminderIsSet => "false",
        Leaf::ReminderMinutes => "15",
        Leaf::Sensitivity => "Private",
        Leaf::Importance => "High",
        Leaf::Status => "WaitingOnOthers",
        Leaf::Required | Leaf::Optional => "Ben & Co <ben@kunde.example>\nanna@kunde.example",
        _ => return None,
    })
}

fn any_properties() -> impl Strategy<Value = Properties> {
    let property = proptest::sample::select(Property::OF_ITEMS.to_vec());
    proptest::collection::btree_map(property, any_text(), 0..2)
}

fn any_ids() -> impl Strategy<Value = Vec<ItemId>> {
    proptest::collection::vec(any_text().prop_map(ItemId::new), 1..100)
}

/// Any characters at all, those that XML forbids among them.
fn any_text() -> impl Strategy<Value = String> {
    let letters = proptest::collection::vec(any::<char>(), 0..12);
    let awkward = proptest::sample::select(vec![
        "",
        " ",
        "<>&\"'",
        "]]>",
        "\u{0}\u{b}\u{ffff}",
        "a\r\nb",
        "Łódź 😀",
    ]);
    prop_oneof![
        letters.prop_map(String::from_iter),
        awkward.prop_map(str::to_owned)
    ]
}

fn one<O: Operation>(operation: &O) -> String {
    write(Version::default(), operation)
}

fn both<O: Operation>(operation: &O) -> [String; 2] {
    [Version::Exchange2013Sp1, Version::Exchange2013].map(|version| write(version, operation))
}
