//! Feeds, change keys, moves and subscriptions, without any XML.

use super::*;
use crate::exchange::item::{Extended, Kind, ReadFlag};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().expect("a time")
}

fn mailbox() -> (Mailbox, FolderKey, FolderKey) {
    let user = User {
        name: "anna@firma.example".to_owned(),
        password: "x".to_owned(),
        email: "anna@firma.example".to_owned(),
        display_name: "Anna".to_owned(),
    };
    let mut mailbox = Mailbox::new(user);
    let contacts = mailbox.distinguished("contacts").expect("a default folder");
    let mut folder = |name: &str| {
        let name = FolderName {
            name: name.to_owned(),
            class: "IPF.Contact".to_owned(),
            extended: Extended::default(),
        };
        mailbox
            .add_folder(contacts, name, now())
            .expect("the name is free")
    };
    let (one, other) = (folder("One"), folder("Other"));
    (mailbox, one, other)
}

fn add(mailbox: &mut Mailbox, folder: FolderKey, surname: &str) -> ItemKey {
    let mut item = Item::draft(Kind::Contact);
    item.fields.set_text("Contact", "Surname", surname);
    mailbox.add_item(folder, item, now())
}

fn edit(mailbox: &mut Mailbox, key: ItemKey, surname: &str) {
    mailbox.edit_item(key, Edit::Content, now(), |item| {
        item.fields.set_text("Contact", "Surname", surname)
    });
}

/// Everything after a state in pages of this size, and the last state.
fn drain(
    mailbox: &Mailbox,
    folder: FolderKey,
    mut since: Option<SyncState>,
    most: usize,
) -> (Vec<Change>, SyncState) {
    let mut all = Vec::new();
    loop {
        let page = mailbox.changes(folder, since, most, &BTreeSet::new());
        assert!(page.changes.len() <= most);
        all.extend(page.changes);
        since = Some(page.state);
        if !page.more {
            return (all, page.state);
        }
    }
}

#[test]
fn the_first_list_is_newest_first_and_whole_in_pages_of_any_size() {
    let (mut mailbox, folder, _) = mailbox();
    let keys: Vec<ItemKey> = (0..7)
        .map(|number| add(&mut mailbox, folder, &number.to_string()))
        .collect();
    let want: Vec<Change> = keys.iter().rev().map(|key| Change::Create(*key)).collect();
    for most in 1..9 {
        let (changes, state) = drain(&mailbox, folder, None, most);
        assert_eq!(changes, want, "{most} a page");
        assert_eq!(drain(&mailbox, folder, Some(state), most).0, []);
    }
}

#[test]
fn after_a_state_each_item_is_told_once_as_what_it_became() {
    let (mut mailbox, folder, _) = mailbox();
    let [kept, changed, read, gone] =
        ["a", "b", "c", "d"].map(|name| add(&mut mailbox, folder, name));
    let (_, state) = drain(&mailbox, folder, None, 512);
    edit(&mut mailbox, changed, "b2");
    edit(&mut mailbox, changed, "b3");
    mailbox.edit_item(read, Edit::ReadFlag, now(), |item| {
        item.fields.set_text("Contact", "IsRead", "false")
    });
    mailbox.remove_item(gone, now());
    let new = add(&mut mailbox, folder, "e");
    edit(&mut mailbox, new, "e2");
    let fleeting = add(&mut mailbox, folder, "f");
    mailbox.remove_item(fleeting, now());
    let want = [
        Change::Update(changed),
        Change::ReadFlag(read),
        Change::Delete(gone),
        Change::Create(new),
    ];
    for most in 1..6 {
        let (changes, _) = drain(&mailbox, folder, Some(state), most);
        assert_eq!(changes, want, "{most} a page; {kept:?} stays out");
        assert_eq!(
            drain(&mailbox, folder, Some(state), most).0,
            changes,
            "the same old state again"
        );
    }
    assert_eq!(
        mailbox.item(read).map(Item::read_flag),
        Some(ReadFlag::Unread)
    );
}

#[test]
fn what_happens_during_a_paged_first_list_is_told_after_it() {
    let (mut mailbox, folder, _) = mailbox();
    let keys: Vec<ItemKey> = (0..4)
        .map(|number| add(&mut mailbox, folder, &number.to_string()))
        .collect();
    let first = mailbox.changes(folder, None, 2, &BTreeSet::new());
    assert_eq!(
        first.changes,
        [Change::Create(keys[3]), Change::Create(keys[2])]
    );
    let late = add(&mut mailbox, folder, "late");
    edit(&mut mailbox, keys[3], "changed");
    mailbox.remove_item(keys[2], now());
    mailbox.remove_item(keys[1], now());
    let (rest, _) = drain(&mailbox, folder, Some(first.state), 2);
    assert!(rest.contains(&Change::Create(keys[0])) && rest.contains(&Change::Create(late)));
    assert!(rest.contains(&Change::Update(keys[3])) && rest.contains(&Change::Delete(keys[2])));
    assert!(
        !rest.contains(&Change::Create(keys[1])),
        "it was gone before its page came"
    );
}

#[test]
fn a_moved_item_has_a_new_key_and_leaves_a_deletion_behind() {
    let (mut mailbox, from, to) = mailbox();
    let key = add(&mut mailbox, from, "a");
    let before = mailbox.item(key).expect("it is there").clone();
    let (_, from_state) = drain(&mailbox, from, None, 512);
    let (_, to_state) = drain(&mailbox, to, None, 512);
    let new = mailbox.move_item(key, to, now()).expect("it is there");
    assert_ne!(new, key);
    assert!(mailbox.item(key).is_none());
    let after = mailbox.item(new).expect("it is there");
    assert_eq!((after.canonical(), after.folder), (before.canonical(), to));
    assert_eq!(
        drain(&mailbox, from, Some(from_state), 512).0,
        [Change::Delete(key)]
    );
    assert_eq!(
        drain(&mailbox, to, Some(to_state), 512).0,
        [Change::Create(new)]
    );
    let back = mailbox.move_item(new, from, now()).expect("it is there");
    assert_eq!(
        drain(&mailbox, from, Some(from_state), 512).0,
        [Change::Delete(key), Change::Create(back)]
    );
}

#[test]
fn a_change_key_is_another_one_after_each_change_and_only_then() {
    let (mut mailbox, folder, other) = mailbox();
    let key = add(&mut mailbox, folder, "a");
    let key_of = |mailbox: &Mailbox| mailbox.item(key).expect("it is there").change_key();
    let first = key_of(&mailbox);
    add(&mut mailbox, other, "b");
    assert_eq!(key_of(&mailbox), first);
    edit(&mut mailbox, key, "a2");
    let second = key_of(&mailbox);
    mailbox.edit_item(key, Edit::ReadFlag, now(), |item| {
        item.fields.set_text("Contact", "IsRead", "false")
    });
    let third = key_of(&mailbox);
    assert!(first != second && second != third && first != third);
}

#[test]
fn a_copy_keeps_the_named_properties_and_both_are_found_by_them() {
    let (mut mailbox, folder, _) = mailbox();
    let path = ExtendedPath::named("{6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1}", "CrmRecord");
    let value = ExtendedValue::One("a/12x34/1".to_owned());
    let key = add(&mut mailbox, folder, "a");
    mailbox.edit_item(key, Edit::Content, now(), |item| {
        item.extended.set(path.clone(), value.clone())
    });
    let copy = mailbox.copy_item(key, folder, now()).expect("it is there");
    let found: Vec<ItemKey> = mailbox
        .items_named(&path, &value)
        .map(|item| item.key)
        .collect();
    assert_eq!(found, [key, copy]);
    mailbox.edit_item(key, Edit::Content, now(), |item| {
        item.extended.remove(&path)
    });
    mailbox.remove_item(copy, now());
    assert_eq!(mailbox.items_named(&path, &value).count(), 0);
}

#[test]
fn a_saved_mailbox_goes_on_where_it_was() {
    let (mut mailbox, folder, other) = mailbox();
    let path = ExtendedPath::named("6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1", "CrmRecord");
    let value = ExtendedValue::One("x".to_owned());
    let [kept, moved, gone] =
        ["a\r\nb", "ä & <b>", "😀"].map(|name| add(&mut mailbox, folder, name));
    mailbox.edit_item(kept, Edit::Content, now(), |item| {
        item.extended.set(path.clone(), value.clone())
    });
    let (_, state) = drain(&mailbox, folder, None, 512);
    mailbox.move_item(moved, other, now());
    mailbox.remove_item(gone, now());
    edit(&mut mailbox, kept, "a2");
    let saved = serde_json::to_string(&mailbox).expect("it can be saved");
    let mut loaded: Mailbox = serde_json::from_str(&saved).expect("it can be loaded");
    loaded.restore();
    assert_eq!(
        loaded.changes(folder, Some(state), 512, &BTreeSet::new()),
        mailbox.changes(folder, Some(state), 512, &BTreeSet::new())
    );
    assert_eq!(
        loaded.items().collect::<Vec<_>>(),
        mailbox.items().collect::<Vec<_>>()
    );
    assert_eq!(loaded.items_named(&path, &value).count(), 1);
    assert_eq!(
        add(&mut loaded, folder, "new"),
        add(&mut mailbox, folder, "new"),
        "no key is given twice"
    );
}

#[test]
fn a_state_is_known_only_as_it_was_given_out() {
    let (mailbox, folder, _) = mailbox();
    let (_, state) = drain(&mailbox, folder, None, 512);
    let text = state.encode(&mailbox.guid);
    assert_eq!(SyncState::decode(&text, &mailbox.guid), Some(state));
    for bad in ["", "AAAAxxxx", &text[1..], &text.to_lowercase()] {
        assert_eq!(SyncState::decode(bad, &mailbox.guid), None, "{bad}");
    }
    assert_eq!(SyncState::decode(&text, &guid_of("somebody else")), None);
}

fn all_kinds() -> BTreeSet<EventKind> {
    [
        EventKind::Created,
        EventKind::Deleted,
        EventKind::Modified,
        EventKind::Moved,
        EventKind::Copied,
    ]
    .into()
}

fn heard(mailbox: &mut Mailbox, number: u64) -> Vec<(EventKind, Subject)> {
    let subscription = mailbox.subscription(number, now()).expect("it lives");
    subscription
        .events_after(0, 100)
        .into_iter()
        .map(|event| (event.kind, event.subject))
        .collect()
}

#[test]
fn a_move_is_told_as_the_server_played_tells_it() {
    let told = |moves: MovesTold, scope: fn(FolderKey, FolderKey) -> Scope| {
        let (mut mailbox, from, to) = mailbox();
        mailbox.moves_told = moves;
        let key = add(&mut mailbox, from, "a");
        let number = mailbox.subscribe(Delivery::Streaming, scope(from, to), all_kinds(), now());
        let new = mailbox.move_item(key, to, now()).expect("it is there");
        let name = |subject| match subject {
            Subject::Item(item) if item == new => "new",
            Subject::Item(item) if item == key => "old",
            _ => "folder",
        };
        heard(&mut mailbox, number)
            .into_iter()
            .map(|(kind, subject)| (kind, name(subject)))
            .collect::<Vec<_>>()
    };
    let both = |from, to| Scope::Folders([from, to].into());
    let source = |from, _| Scope::Folders([from].into());
    let all = |_, _| Scope::AllFolders;
    assert_eq!(told(MovesTold::ByFolder, both), [(EventKind::Moved, "new")]);
    assert_eq!(
        told(MovesTold::ByFolder, source),
        [(EventKind::Moved, "new")]
    );
    assert_eq!(
        told(MovesTold::ByFolder, all)[0],
        (EventKind::Created, "new")
    );
    assert_eq!(
        told(MovesTold::ToAllFolders, all),
        [(EventKind::Moved, "new")]
    );
    assert_eq!(
        told(MovesTold::ToAllFolders, both),
        [(EventKind::Created, "new"), (EventKind::Deleted, "old")]
    );
    assert_eq!(
        told(MovesTold::Never, source),
        [(EventKind::Deleted, "old")]
    );
}

#[test]
fn a_pull_subscription_ends_when_its_client_stays_away_too_long() {
    let (mut mailbox, folder, _) = mailbox();
    let scope = Scope::Folders([folder].into());
    let number = mailbox.subscribe(Delivery::Pull { timeout: 10 }, scope, all_kinds(), now());
    let minutes = |count: i64| now() + jiff::SignedDuration::from_mins(count);
    assert!(mailbox.subscription(number, minutes(9)).is_some());
    assert!(
        mailbox.subscription(number, minutes(18)).is_some(),
        "being heard of counts anew"
    );
    assert!(mailbox.subscription(number, minutes(30)).is_none());
}

#[test]
fn a_folder_keeps_its_key_when_renamed_or_moved_and_a_removed_one_takes_all_along() {
    let (mut mailbox, one, other) = mailbox();
    let contacts = mailbox.distinguished("contacts").expect("a default folder");
    let key = add(&mut mailbox, one, "a");
    let since = mailbox.last_change();
    mailbox
        .rename_folder(one, "Uno", now())
        .expect("the name is free");
    mailbox
        .move_folder(one, other, now())
        .expect("it can be moved");
    assert_eq!(mailbox.path_of(one), "Contacts/Other/Uno");
    assert_eq!(
        mailbox.folder_changes(contacts, Some(since)),
        [FolderChange::Update(one)]
    );
    assert!(
        mailbox.move_folder(other, one, now()).is_err(),
        "not into itself"
    );
    mailbox
        .remove_folder(other, now())
        .expect("it can be removed");
    assert!(mailbox.item(key).is_none() && mailbox.folder(one).is_none());
    let gone = mailbox.folder_changes(contacts, Some(since));
    assert!(
        gone.contains(&FolderChange::Delete(one)) && gone.contains(&FolderChange::Delete(other))
    );
    assert!(
        mailbox.remove_folder(contacts, now()).is_err(),
        "default folders stay"
    );
}
