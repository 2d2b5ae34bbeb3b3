//! Mails on the line: folders they are dropped into, lists, moves and what is told of them, pictures, addresses of colleagues.

use crate::client::{Answer, Scene, all, get};
use sandbox::Options;
use sandbox::exchange::{Act, MovesTold};
use sandbox::options::Mode;

const SET: &str = "6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1";

fn mime(number: usize, from: &str, to: &str) -> Vec<u8> {
    format!(
        "From: Max Muster <{from}>\r\nTo: {to}\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe_{number}?=\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n\
         Message-ID: <{number}@muster.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hallo <img src=\"cid:logo@x\"></p>\r\n\
         --b\r\nContent-Type: image/png; name=\"logo.png\"\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline; filename=\"logo.png\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgp4\r\n--b--\r\n"
    )
    .into_bytes()
}

async fn scene() -> Scene {
    Scene::new(Options::default()).await
}

impl Scene {
    /// A mail in the inbox, by its number; its id.
    fn delivered(&self, number: usize) -> String {
        let mail = mime(number, "max@muster.example", &self.user);
        let exchange = &self.running.exchange;
        exchange
            .deliver(&self.user, "inbox", &mail)
            .expect("it arrives")
    }

    fn folder_id(&self, path: &str) -> String {
        let folders = self.running.exchange.folders(&self.user);
        let found = folders.into_iter().find(|folder| folder.path == path);
        found.expect("there is this folder").id
    }

    fn moved(&self, id: &str, folder: &str) -> Answer {
        self.ews(&format!(
            "<m:MoveItem><m:ToFolderId><t:FolderId Id=\"{folder}\"/></m:ToFolderId><m:ItemIds><t:ItemId Id=\"{id}\"/></m:ItemIds></m:MoveItem>"
        ))
    }
}

fn make_folders(parent: &str, names: &[&str]) -> String {
    let folders: String = names
        .iter()
        .map(|name| format!("<t:Folder><t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>{name}</t:DisplayName></t:Folder>"))
        .collect();
    format!(
        "<m:CreateFolder><m:ParentFolderId>{parent}</m:ParentFolderId><m:Folders>{folders}</m:Folders></m:CreateFolder>"
    )
}

fn sync(folder: &str, state: &str) -> String {
    format!(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
         <t:FieldURI FieldURI=\"message:InternetMessageId\"/><t:FieldURI FieldURI=\"message:From\"/><t:FieldURI FieldURI=\"item:Size\"/>\
         <t:FieldURI FieldURI=\"item:DateTimeReceived\"/><t:FieldURI FieldURI=\"item:ItemClass\"/>\
         <t:ExtendedFieldURI PropertyTag=\"0x300B\" PropertyType=\"Binary\"/>\
         <t:ExtendedFieldURI PropertySetId=\"{SET}\" PropertyName=\"CrmMail\" PropertyType=\"String\"/>\
         </t:AdditionalProperties></m:ItemShape><m:SyncFolderId>{folder}</m:SyncFolderId><m:SyncState>{state}</m:SyncState>\
         <m:MaxChangesReturned>100</m:MaxChangesReturned></m:SyncFolderItems>"
    )
}

const INBOX: &str = "<t:DistinguishedFolderId Id=\"inbox\"/>";

#[tokio::test(flavor = "multi_thread")]
async fn the_folders_mails_are_dropped_into_are_made_and_found_in_the_whole_tree() {
    let scene = scene().await;
    let top = "<t:DistinguishedFolderId Id=\"msgfolderroot\"/>";
    scene.ews(&make_folders(top, &["CRM-Sync"]));
    let root = scene.folder_id("CRM-Sync");
    let below = format!("<t:FolderId Id=\"{root}\"/>");
    let names = ["Accounts", "Contacts", "Leads", "Partner"];
    scene.ews(&make_folders(&below, &names));
    let found = scene.ews(
        "<m:FindFolder Traversal=\"Deep\"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
         <t:FieldURI FieldURI=\"folder:DisplayName\"/><t:FieldURI FieldURI=\"folder:FolderClass\"/>\
         <t:FieldURI FieldURI=\"folder:ParentFolderId\"/><t:FieldURI FieldURI=\"folder:DistinguishedFolderId\"/>\
         </t:AdditionalProperties></m:FolderShape><m:ParentFolderIds><t:DistinguishedFolderId Id=\"msgfolderroot\"/></m:ParentFolderIds></m:FindFolder>",
    );
    let folders = all(&found.xml(), "Folder");
    let of = |name: &str| {
        folders
            .iter()
            .find(|folder| folder.get_text("DisplayName") == Some(name))
            .unwrap_or_else(|| panic!("no {name} in {}", found.body))
    };
    for name in names {
        let folder = of(name);
        assert_eq!(folder.get_text("FolderClass"), Some("IPF.Note"));
        let parent = folder.get("ParentFolderId");
        let parent = parent.and_then(|parent| parent.get_attribute("Id"));
        assert_eq!(parent, Some(root.as_str()));
        assert_eq!(folder.get_text("DistinguishedFolderId"), None);
    }
    for (name, distinguished) in [
        ("Inbox", "inbox"),
        ("Sent Items", "sentitems"),
        ("Deleted Items", "deleteditems"),
        ("Junk Email", "junkemail"),
    ] {
        let folder = of(name);
        assert_eq!(
            folder.get_text("DistinguishedFolderId"),
            Some(distinguished)
        );
    }
    assert_eq!(
        scene.codes(&make_folders(top, &["crm-sync"])),
        ["ErrorFolderExists"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_tells_what_an_index_needs_and_a_move_keeps_the_search_key_and_the_mark() {
    let scene = scene().await;
    let exchange = &scene.running.exchange;
    let target = exchange.create_folder(&scene.user, "CRM-Sync", Some("IPF.Note"));
    let target = target.expect("made");
    let id = scene.delivered(1);
    let first = scene.ews(&sync(INBOX, ""));
    let text = |answer: &Answer, name: &str| answer.first(name).map(|found| found.text);
    assert_eq!(
        text(&first, "InternetMessageId").as_deref(),
        Some("<1@muster.example>")
    );
    assert_eq!(text(&first, "ItemClass").as_deref(), Some("IPM.Note"));
    let size: usize = text(&first, "Size")
        .and_then(|size| size.parse().ok())
        .expect("a size");
    assert!(size > 100);
    assert!(text(&first, "DateTimeReceived").is_some());
    let key = text(&first, "Value").expect("a search key");
    let mark = format!(
        "<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" MessageDisposition=\"SaveOnly\"><m:ItemChanges><t:ItemChange>\
         <t:ItemId Id=\"{id}\"/><t:Updates><t:SetItemField><t:ExtendedFieldURI PropertySetId=\"{SET}\" PropertyName=\"CrmMail\" PropertyType=\"String\"/>\
         <t:Message><t:ExtendedProperty><t:ExtendedFieldURI PropertySetId=\"{SET}\" PropertyName=\"CrmMail\" PropertyType=\"String\"/>\
         <t:Value>done</t:Value></t:ExtendedProperty></t:Message></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    );
    assert_eq!(scene.codes(&mark), ["NoError"]);
    let moved = scene.moved(&id, &target).item_id();
    assert_ne!(moved, id);
    let there = scene.ews(&sync(&format!("<t:FolderId Id=\"{target}\"/>"), ""));
    let values: Vec<String> = all(&there.xml(), "Value")
        .into_iter()
        .map(|value| value.text)
        .collect();
    assert_eq!(values, [key, "done".to_owned()]);
    let state = text(&first, "SyncState").expect("a state");
    let left = scene.ews(&sync(INBOX, &state));
    assert_eq!(all(&left.xml(), "Delete").len(), 1);
    let seen = exchange.all_mails(&scene.user);
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (
            seen[0].folder.as_str(),
            seen[0].mark.as_deref(),
            &seen[0].id
        ),
        ("CRM-Sync", Some("done"), &moved)
    );
    assert_eq!(exchange.mails(&scene.user, "CRM-Sync"), seen);
    let told = scene.control("GET", &format!("exchange/mails?user={}", scene.user), "");
    assert_eq!(told[0]["message_id"], "<1@muster.example>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_of_a_mail_is_told_to_those_the_server_tells() {
    for (mode, to, by_folder, to_all) in [
        (Mode::Exchange, MovesTold::ByFolder, true, false),
        (Mode::Gromox, MovesTold::ToAllFolders, false, true),
        (Mode::Exchange, MovesTold::Never, false, false),
    ] {
        let scene = Scene::new(Options {
            mode,
            ..Options::default()
        })
        .await;
        let exchange = &scene.running.exchange;
        exchange
            .create_folder(&scene.user, "CRM-Sync", Some("IPF.Note"))
            .expect("made");
        exchange
            .act(&scene.user, &Act::TellMoves { to })
            .expect("done");
        let folder = scene.folder_id("CRM-Sync");
        let kinds = "<t:EventTypes><t:EventType>MovedEvent</t:EventType><t:EventType>CreatedEvent</t:EventType>\
                     <t:EventType>NewMailEvent</t:EventType></t:EventTypes><t:Timeout>1440</t:Timeout>";
        let some = format!(
            "<m:PullSubscriptionRequest><t:FolderIds>{INBOX}<t:FolderId Id=\"{folder}\"/></t:FolderIds>{kinds}</m:PullSubscriptionRequest>"
        );
        let every = format!(
            "<m:PullSubscriptionRequest SubscribeToAllFolders=\"true\">{kinds}</m:PullSubscriptionRequest>"
        );
        let watched = [(some, by_folder), (every, to_all)].map(|(request, told)| {
            let made = scene.ews(&format!("<m:Subscribe>{request}</m:Subscribe>"));
            let part = |name: &str| made.first(name).map(|part| part.text).unwrap_or_default();
            (part("SubscriptionId"), part("Watermark"), told)
        });
        let id = scene.delivered(1);
        let moved = exchange
            .move_to(&scene.user, &id, "CRM-Sync")
            .expect("moved");
        for (subscription, mark, told) in watched {
            let mark = match mark.as_str() {
                "" => String::new(),
                mark => format!("<m:Watermark>{mark}</m:Watermark>"),
            };
            let events = scene.ews(&format!(
                "<m:GetEvents><m:SubscriptionId>{subscription}</m:SubscriptionId>{mark}</m:GetEvents>"
            ));
            assert_eq!(
                all(&events.xml(), "NewMailEvent").len(),
                1,
                "{}",
                events.body
            );
            let moves = all(&events.xml(), "MovedEvent");
            assert_eq!(moves.len(), usize::from(told), "{to:?}: {}", events.body);
            let created = all(&events.xml(), "CreatedEvent");
            assert_eq!(created.len(), 2 - moves.len(), "{to:?}: {}", events.body);
            for told in moves {
                let id_in = |name: &str| {
                    let part = told.get(name);
                    part.and_then(|part| part.get_attribute("Id").map(str::to_owned))
                };
                assert_eq!(id_in("OldItemId"), Some(id.clone()));
                assert_eq!(id_in("ItemId"), Some(moved.clone()));
                assert_eq!(id_in("OldParentFolderId"), Some(scene.folder_id("Inbox")));
                assert_eq!(id_in("ParentFolderId"), Some(folder.clone()));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_moves_without_a_trace_but_the_mail_itself() {
    let scene = scene().await;
    let exchange = &scene.running.exchange;
    exchange
        .create_folder(&scene.user, "CRM-Sync", Some("IPF.Note"))
        .expect("made");
    let id = scene.delivered(1);
    let before = exchange.mails(&scene.user, "inbox");
    exchange
        .copy_and_delete(&scene.user, &id, "CRM-Sync")
        .expect("moved");
    assert!(exchange.mails(&scene.user, "inbox").is_empty());
    let after = exchange.mails(&scene.user, "CRM-Sync");
    assert_eq!(after[0].message_id, before[0].message_id);
    assert_eq!(after[0].is_read, before[0].is_read);
    assert_ne!(after[0].search_key, before[0].search_key);
    exchange
        .delete_folder(&scene.user, "CRM-Sync")
        .expect("deleted");
    assert!(exchange.all_mails(&scene.user).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_in_a_mail_that_arrived_is_inline_and_comes_with_its_id() {
    let scene = scene().await;
    let id = scene.delivered(1);
    let shape =
        "<t:BaseShape>AllProperties</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent>";
    let whole = scene.ews(&get(&id, shape));
    let picture = whole.first("FileAttachment").expect("a picture");
    assert_eq!(picture.get_text("IsInline"), Some("true"));
    assert_eq!(picture.get_text("ContentId"), Some("logo@x"));
    let has = whole.first("HasAttachments").map(|has| has.text);
    assert_eq!(
        has.as_deref(),
        Some("false"),
        "pictures inside do not count"
    );
    assert!(
        whole
            .first("MimeContent")
            .is_some_and(|mime| mime.text.len() > 100)
    );
    let read = whole.first("IsRead").map(|read| read.text);
    assert_eq!(read.as_deref(), Some("false"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_is_a_directory_entry_in_lists_and_an_address_in_the_mail() {
    for (mode, routing) in [(Mode::Exchange, "EX"), (Mode::Gromox, "SMTP")] {
        let scene = Scene::new(Options {
            mode,
            ..Options::default()
        })
        .await;
        let exchange = &scene.running.exchange;
        let colleague = scene.running.users[1].email.clone();
        let mail = mime(1, &colleague, &scene.user);
        let id = exchange
            .deliver(&scene.user, "inbox", &mail)
            .expect("it arrives");
        exchange
            .deliver(&colleague, "inbox", &mail)
            .expect("it arrives there too");
        exchange.send(&colleague, &mail).expect("it was sent");
        assert_eq!(exchange.all_mails(&colleague).len(), 2);
        let from = |answer: &Answer| {
            let mailbox = answer
                .first("From")
                .and_then(|from| from.get("Mailbox").cloned());
            let mailbox = mailbox.expect("a sender");
            let part = |name: &str| mailbox.get_text(name).unwrap_or_default().to_owned();
            (part("RoutingType"), part("EmailAddress"))
        };
        let find = format!(
            "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
             <t:FieldURI FieldURI=\"message:From\"/></t:AdditionalProperties></m:ItemShape><m:ParentFolderIds>{INBOX}</m:ParentFolderIds></m:FindItem>"
        );
        for list in [sync(INBOX, ""), find] {
            let (kind, address) = from(&scene.ews(&list));
            assert_eq!(kind, routing);
            assert_eq!(
                address.starts_with("/o="),
                mode == Mode::Exchange,
                "{address}"
            );
        }
        let wish = "<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI=\"message:From\"/></t:AdditionalProperties>";
        let single = from(&scene.ews(&get(&id, wish)));
        assert_eq!(single, ("SMTP".to_owned(), colleague));
    }
}
