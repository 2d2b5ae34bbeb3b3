//! What is sent for many items at once, in which order it is answered, and what is known when something breaks in the middle.

use model::{ChangeKey, Code, Component, Field, Fields, ItemId};
use ports::{ErrorKind, ItemWrite, Mailbox, WrittenItem};

use crate::server::{Act, Asked, Server};
use crate::{answers, failed, folder, item_ids, mailbox, no_values, stamp};

const CONTACTS: Component = Component::Contacts;

/// Exchange as far as these tests need it: every item has version `K`, and every write works.
fn willing(asked: &Asked) -> Act {
    let ids = answers::ids(&asked.body);
    let messages: Vec<String> = match asked.operation() {
        "CreateItem" => (0..asked.count("<t:Contact>"))
            .map(|number| answers::contact(&format!("N{number}"), "K1", ""))
            .collect(),
        "UpdateItem" => ids
            .iter()
            .map(|id| answers::contact(id, "K2", ""))
            .collect(),
        "DeleteItem" => ids.iter().map(|_| answers::success("")).collect(),
        _ => ids.iter().map(|id| answers::contact(id, "K", "")).collect(),
    };
    Act::xml(answers::answer(&messages))
}

fn create(number: usize) -> ItemWrite {
    ItemWrite::Create {
        notify: ports::Notify::Nobody,
        fields: no_values(),
        stamp: stamp(number),
    }
}

fn update(id: &str, key: &str) -> ItemWrite {
    ItemWrite::Update {
        notify: ports::Notify::Nobody,
        id: ItemId::new(id),
        change_key: ChangeKey::new(key),
        set: vec![
            (Field::Phone, "1".to_owned()),
            (Field::BillingCity, String::new()),
        ],
        stamp: None,
    }
}

fn delete(id: &str, key: &str) -> ItemWrite {
    ItemWrite::Delete {
        notify: ports::Notify::Nobody,
        id: ItemId::new(id),
        change_key: ChangeKey::new(key),
    }
}

fn written(id: &str, key: Option<&str>) -> WrittenItem {
    WrittenItem {
        id: ItemId::new(id),
        change_key: key.map(ChangeKey::new),
    }
}

#[tokio::test]
async fn items_are_read_a_hundred_to_a_request() {
    let server = Server::start(|asked| {
        let messages = answers::ids(&asked.body)
            .into_iter()
            .map(|id| match id.as_str() {
                "I7" => answers::error("ErrorItemNotFound"),
                _ => answers::contact(&id, "K", &format!("<t:Surname>{id}</t:Surname>")),
            });
        Act::xml(answers::answer(&messages.collect::<Vec<_>>()))
    })
    .await;
    let ids = item_ids(250);
    let items = mailbox(&server)
        .read(CONTACTS, &ids)
        .await
        .expect("answered");
    let sizes: Vec<usize> = server
        .asked()
        .iter()
        .map(|a| a.count("<t:ItemId "))
        .collect();
    assert_eq!(sizes, [100, 100, 50]);
    assert_eq!(items.len(), 250);
    for (id, item) in ids.iter().zip(items) {
        match item {
            Ok(item) => assert_eq!(item.fields.get(Field::LastName), id.as_str()),
            Err(failure) => {
                assert_eq!(id.as_str(), "I7");
                assert_eq!(failure.kind, ErrorKind::Gone);
            }
        }
    }
}

#[tokio::test]
async fn s8_an_entry_that_is_no_contact_is_refused_and_the_others_are_read() {
    let server = Server::start(|_| {
        let appointment =
            "<m:Items><t:CalendarItem><t:ItemId Id='I0' ChangeKey='K'/></t:CalendarItem></m:Items>";
        let list = "<t:ItemClass>IPM.DistList</t:ItemClass>";
        Act::xml(answers::answer(&[
            answers::success(appointment),
            answers::contact("I1", "K", list),
            answers::success("<m:Items><t:Contact/></m:Items>"),
            answers::error("ErrorCorruptData"),
            answers::contact("I4", "K", ""),
        ]))
    })
    .await;
    let mut items = mailbox(&server)
        .read(CONTACTS, &item_ids(5))
        .await
        .expect("answered");
    assert!(items.pop().expect("five").is_ok());
    for item in items {
        assert_eq!(failed(item).0, ErrorKind::Refused { field: None });
    }
}

#[tokio::test]
async fn s10_only_named_values_are_written_each_by_itself() {
    let server = Server::start(willing).await;
    let writes = [update("I1", "K")];
    mailbox(&server)
        .write(CONTACTS, &folder(), &writes)
        .await
        .expect("answered");
    let asked = server.asked().pop().expect("asked");
    let wanted = "<t:Updates>\
        <t:DeleteItemField><t:IndexedFieldURI FieldURI=\"contacts:PhysicalAddress:City\" FieldIndex=\"Business\"/></t:DeleteItemField>\
        <t:SetItemField><t:IndexedFieldURI FieldURI=\"contacts:PhoneNumber\" FieldIndex=\"BusinessPhone\"/>\
        <t:Contact><t:PhoneNumbers><t:Entry Key=\"BusinessPhone\">1</t:Entry></t:PhoneNumbers></t:Contact></t:SetItemField>\
        </t:Updates>";
    assert!(asked.body.contains(wanted), "{}", asked.body);
    assert!(asked.body.contains("ConflictResolution=\"NeverOverwrite\""));
}

#[tokio::test]
async fn s6_no_write_sends_a_mail_to_anybody() {
    let server = Server::start(willing).await;
    let writes = [create(1), update("I1", "K"), delete("I2", "K")];
    mailbox(&server)
        .write(CONTACTS, &folder(), &writes)
        .await
        .expect("answered");
    let mut writing = 0;
    for asked in server.asked() {
        if !asked.operation().starts_with("Get") {
            writing += 1;
            assert_eq!(asked.count("=\"SendToNone\""), 1, "{}", asked.body);
        }
    }
    assert_eq!(writing, 3);
}

#[tokio::test]
async fn writes_are_grouped_and_answered_in_the_order_asked() {
    let server = Server::start(willing).await;
    let writes = [
        delete("I1", "K"),
        ItemWrite::Stamp {
            id: ItemId::new("I2"),
            stamp: stamp(2),
        },
        create(3),
        update("I4", "K"),
        create(5),
    ];
    let answers = mailbox(&server)
        .write(CONTACTS, &folder(), &writes)
        .await
        .expect("answered");
    let answers: Vec<WrittenItem> = answers.into_iter().map(|a| a.expect("written")).collect();
    assert_eq!(
        answers,
        [
            written("I1", None),
            written("I2", Some("K2")),
            written("N0", Some("K1")),
            written("I4", Some("K2")),
            written("N1", Some("K1")),
        ]
    );
    assert_eq!(
        server.operations(),
        [
            "CreateItem",
            "GetItem",
            "UpdateItem",
            "UpdateItem",
            "GetItem",
            "DeleteItem"
        ]
    );
}

#[tokio::test]
async fn items_are_written_fifty_to_a_request() {
    let server = Server::start(willing).await;
    let writes: Vec<ItemWrite> = (0..120).map(create).collect();
    let answers = mailbox(&server)
        .write(CONTACTS, &folder(), &writes)
        .await
        .expect("answered");
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 120);
    let sizes: Vec<usize> = server
        .asked()
        .iter()
        .map(|a| a.count("<t:Contact>"))
        .collect();
    assert_eq!(sizes, [50, 50, 20]);
}

#[tokio::test]
async fn s3_an_item_that_changed_since_it_was_read_is_left_alone() {
    let server = Server::start(|asked| match asked.operation() {
        "GetItem" => Act::xml(answers::answer(
            &answers::ids(&asked.body)
                .iter()
                .map(|id| match id.as_str() {
                    "gone" => answers::error("ErrorItemNotFound"),
                    _ => answers::contact(id, "K", ""),
                })
                .collect::<Vec<_>>(),
        )),
        _ => willing(asked),
    })
    .await;
    for write in [update, delete] {
        let writes = [write("I1", "K"), write("I2", "older"), write("gone", "K")];
        let answers = mailbox(&server).write(CONTACTS, &folder(), &writes).await;
        let mut answers = answers.expect("answered");
        assert_eq!(
            failed(answers.remove(2)),
            (ErrorKind::Gone, Code::EntryGone)
        );
        assert_eq!(
            failed(answers.remove(1)),
            (ErrorKind::Stale, Code::EntryChangedMeanwhile)
        );
        assert!(answers.remove(0).is_ok());
        let last = server.asked().pop().expect("asked");
        assert_eq!(answers::ids(&last.body), ["I1"]);
    }
}

#[tokio::test]
async fn a_conflict_the_server_sees_is_stale() {
    let server = Server::start(|asked| match asked.operation() {
        "UpdateItem" => Act::xml(answers::answer(&[answers::error(
            "ErrorIrresolvableConflict",
        )])),
        _ => willing(asked),
    })
    .await;
    let writes = [update("I1", "K")];
    let mut answers = mailbox(&server)
        .write(CONTACTS, &folder(), &writes)
        .await
        .expect("answered");
    assert_eq!(failed(answers.remove(0)).0, ErrorKind::Stale);
}

#[tokio::test]
async fn a_change_of_nothing_is_not_sent() {
    let server = Server::start(willing).await;
    let nothing = ItemWrite::Update {
        notify: ports::Notify::Nobody,
        id: ItemId::new("I1"),
        change_key: ChangeKey::new("K"),
        set: Vec::new(),
        stamp: None,
    };
    let mut answers = mailbox(&server)
        .write(CONTACTS, &folder(), &[nothing])
        .await
        .expect("answered");
    assert_eq!(
        answers.remove(0).expect("as it is"),
        written("I1", Some("K"))
    );
    assert_eq!(server.operations(), ["GetItem"]);
}

#[tokio::test]
async fn a_stamp_is_written_whatever_the_version() {
    let server = Server::start(|asked| match asked.operation() {
        "UpdateItem" if !asked.body.contains("ChangeKey=") => {
            Act::xml(answers::answer(&[answers::error("ErrorChangeKeyRequired")]))
        }
        _ => willing(asked),
    })
    .await;
    let writes = [ItemWrite::Stamp {
        id: ItemId::new("I1"),
        stamp: stamp(1),
    }];
    let mut answers = mailbox(&server)
        .write(CONTACTS, &folder(), &writes)
        .await
        .expect("answered");
    assert_eq!(
        answers.remove(0).expect("written"),
        written("I1", Some("K2"))
    );
    assert_eq!(server.operations(), ["UpdateItem", "GetItem", "UpdateItem"]);
    for asked in server
        .asked()
        .iter()
        .filter(|asked| asked.operation() == "UpdateItem")
    {
        assert!(
            asked
                .body
                .contains("ConflictResolution=\"AlwaysOverwrite\"")
        );
        assert!(asked.body.contains("<t:Value>ab12/4x1/l1</t:Value>"));
    }
}

#[tokio::test]
async fn a_refused_field_is_named_by_our_name() {
    let server = Server::start(|_| {
        Act::xml(answers::answer(&["<m:M ResponseClass='Error'><m:ResponseCode>ErrorInvalidPropertySet</m:ResponseCode>\
            <m:MessageXml><t:IndexedFieldURI FieldURI='contacts:PhoneNumber' FieldIndex='OtherTelephone'/></m:MessageXml></m:M>"
            .to_owned()]))
    })
    .await;
    let mut answers = mailbox(&server)
        .write(CONTACTS, &folder(), &[create(1)])
        .await
        .expect("answered");
    let failure = answers.remove(0).expect_err("refused");
    let field = Some(Field::OtherPhone);
    assert_eq!(failure.kind, ErrorKind::Refused { field });
    assert_eq!(failure.problem.code, Code::FieldRefused);
    assert_eq!(failure.problem.values["field"], "other_phone");
}

#[tokio::test]
async fn s1_after_a_lost_answer_nothing_more_is_sent_and_each_write_knows_its_fate() {
    let mut creates = 0;
    let server = Server::start(move |asked| {
        creates += usize::from(asked.operation() == "CreateItem");
        match creates {
            2 => Act::Cut,
            _ => willing(asked),
        }
    })
    .await;
    let mut writes: Vec<ItemWrite> = (0..120).map(create).collect();
    writes.push(delete("I1", "K"));
    let answers = mailbox(&server)
        .write(CONTACTS, &folder(), &writes)
        .await
        .expect("answered");
    for (place, answer) in answers.into_iter().enumerate() {
        let kind = answer.as_ref().err().map(|failure| failure.kind.clone());
        let wanted = match place {
            0..50 => None,
            50..100 => Some(ErrorKind::OutcomeUnknown),
            _ => Some(ErrorKind::Offline),
        };
        assert_eq!(kind, wanted, "{place}");
    }
    assert_eq!(server.operations(), ["CreateItem", "CreateItem"]);
}

#[tokio::test]
async fn s1_a_failure_before_anything_was_written_is_one_of_the_whole_call() {
    let server = Server::start(|_| Act::Cut).await;
    // Versions are read before anything is written, so nothing is unknown.
    let writes = [update("I1", "K"), delete("I2", "K")];
    let answer = mailbox(&server).write(CONTACTS, &folder(), &writes).await;
    assert_eq!(failed(answer), (ErrorKind::Offline, Code::ConnectionLost));
}

#[tokio::test]
async fn a_field_of_the_crms_own_is_a_defect_and_nothing_is_sent() {
    let server = Server::start(willing).await;
    let fields = Fields::new().with(Field::FirstName, "Erika");
    let wrong = ItemWrite::Create {
        notify: ports::Notify::Nobody,
        fields,
        stamp: stamp(1),
    };
    let answer = mailbox(&server)
        .write(CONTACTS, &folder(), &[create(2), wrong])
        .await;
    assert_eq!(failed(answer).0, ErrorKind::Bug);
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn lists_of_addresses_are_not_among_the_changes() {
    let server = Server::start(|_| {
        Act::xml(answers::answer(&[answers::success(
            "<m:SyncState>S2</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes>\
             <t:Create><t:DistributionList><t:ItemId Id='A' ChangeKey='K'/></t:DistributionList></t:Create>\
             <t:Create><t:Contact><t:ItemId Id='B' ChangeKey='K'/><t:ItemClass>IPM.DistList</t:ItemClass></t:Contact></t:Create>\
             <t:Update><t:Contact><t:ItemId Id='C' ChangeKey='K'/></t:Contact></t:Update>\
             <t:Delete><t:ItemId Id='D'/></t:Delete></m:Changes>",
        )]))
    })
    .await;
    let since = model::SyncToken::new("S1");
    let page = mailbox(&server)
        .changes(CONTACTS, &folder(), Some(&since))
        .await
        .expect("answered");
    let seen: Vec<&str> = page.seen.iter().map(|head| head.id.as_str()).collect();
    assert_eq!(seen, ["C"]);
    assert_eq!(page.gone, [ItemId::new("D")]);
    assert_eq!(page.next, Some(model::SyncToken::new("S2")));
    assert!(!page.more);
    let asked = &server.asked()[0];
    assert!(
        asked
            .body
            .contains("<m:SyncState>S1</m:SyncState><m:MaxChangesReturned>512<")
    );
}

#[tokio::test]
async fn stamped_items_are_found_over_all_pages_and_by_fifty_stamps() {
    // Every request finds its first stamp on the first page and a stranger's on the second.
    let server = Server::start(|asked| {
        let value = asked.body.split("<t:Constant Value=\"").nth(1).expect("one");
        let value = &value[..value.find('"').expect("closed")];
        let is_first = asked.body.contains("Offset=\"0\"");
        let (id, value) = if is_first { ("A", value) } else { ("B", "x/y/z") };
        let property = format!(
            "<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId='{}' PropertyName='CrmRecord'/><t:Value>{value}</t:Value></t:ExtendedProperty>",
            model::stamp::PROPERTY_SET
        );
        Act::xml(answers::answer(&[answers::success(&format!(
            "<m:RootFolder IncludesLastItemInRange='{}' IndexedPagingOffset='1'><t:Items><t:Contact>\
             <t:ItemId Id='{id}' ChangeKey='K'/>{property}</t:Contact></t:Items></m:RootFolder>",
            !is_first
        ))]))
    })
    .await;
    let stamps: Vec<_> = (0..120).map(stamp).collect();
    let heads = mailbox(&server)
        .find_stamped(CONTACTS, &folder(), &stamps)
        .await;
    let heads = heads.expect("answered");
    assert_eq!(heads.len(), 3, "what is not asked for is not found");
    let sizes: Vec<usize> = server
        .asked()
        .iter()
        .map(|a| a.count("<t:Constant "))
        .collect();
    assert_eq!(sizes, [50, 50, 50, 50, 20, 20]);
}
