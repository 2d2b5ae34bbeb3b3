//! Requests of every kind, and any of them with any values.

use mailbox_ews::wire::change::{
    ContactChange, CreateItem, DeleteItem, MoveItem, NewContact, OnConflict, UpdateItem,
};
use mailbox_ews::wire::contact::{Leaf, Leaves};
use mailbox_ews::wire::envelope::write;
use mailbox_ews::wire::folder::{
    CreateFolder, DeleteFolder, Distinguished, EmptyFolder, FolderKind, GetFolder, Place,
    UpdateFolder,
};
use mailbox_ews::wire::item::{GetItem, Shape};
use mailbox_ews::wire::property::{Properties, Property};
use mailbox_ews::wire::query::{FindFolder, FindItem};
use mailbox_ews::wire::sync::SyncFolderItems;
use mailbox_ews::wire::{Operation, Version};
use model::{ChangeKey, FolderId, ItemId};
use proptest::prelude::*;

const PLACES: [Distinguished; 5] = [
    Distinguished::Root,
    Distinguished::Inbox,
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
        both(&DeleteFolder { folder }),
        both(&EmptyFolder { folder }),
        both(&DeleteItem { ids: ids() }),
        both(&MoveItem {
            folder: folder.clone(),
            ids: ids(),
        }),
    ];
    for place in PLACES.map(Place::Distinguished) {
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
            all.push(both(&UpdateFolder {
                folder,
                kind,
                connector: "ab12",
            }));
        }
    }
    for state in [None, Some("H4sIAA==")] {
        for limit in [1, 512] {
            all.push(both(&SyncFolderItems {
                folder,
                state,
                limit,
            }));
        }
    }
    for shape in [Shape::IdOnly, Shape::Head, Shape::Contact] {
        all.push(both(&GetItem { shape, ids: ids() }));
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
    all.into_iter().flatten().collect()
}

/// A contact with these values.
pub fn create(leaves: &[Leaf]) -> String {
    let leaves = leaves.iter().map(|leaf| (*leaf, "x".to_owned())).collect();
    let properties = Properties::from([
        (Property::Record, "r".to_owned()),
        (Property::Revision, "v".to_owned()),
    ]);
    one(&CreateItem {
        folder: FolderId::new("AAMk"),
        items: vec![NewContact { leaves, properties }],
    })
}

/// A change of these values.
pub fn set(leaves: &[Leaf], value: &str) -> String {
    let leaves = leaves
        .iter()
        .map(|leaf| (*leaf, value.to_owned()))
        .collect();
    one(&UpdateItem {
        on_conflict: OnConflict::Refuse,
        changes: vec![ContactChange {
            id: ItemId::new("AAMk"),
            change_key: Some(ChangeKey::new("EQAA")),
            leaves,
            properties: Properties::new(),
        }],
    })
}

/// One request with any values.
pub fn any_request() -> impl Strategy<Value = String> {
    prop_oneof![
        (any_text(), proptest::collection::vec(any_contact(), 1..4)).prop_map(|(folder, items)| {
            one(&CreateItem {
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
                    on_conflict,
                    changes,
                })
            }
        ),
        any_ids().prop_map(|ids| one(&DeleteItem { ids })),
        any_ids().prop_map(|ids| one(&GetItem {
            shape: Shape::Contact,
            ids
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
                match offset % 2 {
                    0 => one(&FindItem {
                        folder,
                        property,
                        values: &values,
                        offset,
                    }),
                    _ => one(&SyncFolderItems {
                        folder,
                        state: Some(&state),
                        limit: 512,
                    }),
                }
            }),
        (any_text(), any_text()).prop_map(|(folder, connector)| {
            let folder = &FolderId::new(folder);
            one(&UpdateFolder {
                folder,
                kind: FolderKind::Mail,
                connector: &connector,
            })
        }),
        any_text().prop_map(|name| {
            one(&FindFolder {
                parent: Place::Distinguished(Distinguished::Tasks),
                name: &name,
            })
        }),
    ]
}

fn any_contact() -> impl Strategy<Value = NewContact> {
    (any_leaves(), any_properties())
        .prop_map(|(leaves, properties)| NewContact { leaves, properties })
}

fn any_change() -> impl Strategy<Value = ContactChange> {
    let key = proptest::option::of(any_text());
    (any_text(), key, any_leaves(), any_properties())
        .prop_map(|(id, key, leaves, properties)| ContactChange {
            id: ItemId::new(id),
            change_key: key.map(ChangeKey::new),
            leaves,
            properties,
        })
        .prop_filter("the schema cannot say it", |change| !change.is_empty())
}

fn any_leaves() -> impl Strategy<Value = Leaves> {
    let leaf = proptest::sample::select(Leaf::all());
    proptest::collection::btree_map(leaf, any_text(), 0..24)
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
