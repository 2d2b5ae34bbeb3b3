//! Finding, making and removing the predefined folders.

use model::policy::FolderChoice;
use model::{Code, Component, FolderId};
use ports::{ErrorKind, FolderPlace, Mailbox};

use crate::server::{Act, Asked, Server};
use crate::{answers, failed, folder, mailbox};

const CONTACTS: FolderPlace = FolderPlace {
    component: Component::Contacts,
    choice: FolderChoice::CrmSync,
};

fn found(folders: &[(&str, &str, &str)]) -> Act {
    let elements: Vec<String> = folders
        .iter()
        .map(|(id, class, name)| answers::folder_element(id, class, name))
        .collect();
    Act::xml(answers::answer(&[answers::folders(&elements)]))
}

fn failing(code: &str) -> Act {
    Act::xml(answers::answer(&[answers::error(code)]))
}

fn done() -> Act {
    Act::xml(answers::answer(&[answers::success("")]))
}

#[tokio::test]
async fn r1_3_a_folder_is_ours_by_name_and_class() {
    let server = Server::start(|_| {
        found(&[
            ("A", "IPF.Note", "CRM-Sync"),
            ("B", "IPF.Contact", "crm-sync"),
            ("C", "IPF.ContactOther", "CRM-Sync"),
            ("D", "IPF.Contact.Special", "CRM-Sync"),
        ])
    })
    .await;
    let folder = mailbox(&server)
        .find_folder(CONTACTS)
        .await
        .expect("answered");
    assert_eq!(folder, Some(FolderId::new("D")));
    let asked = &server.asked()[0];
    assert!(
        asked
            .body
            .contains("<t:DistinguishedFolderId Id=\"contacts\"/>")
    );
    assert!(asked.body.contains("<t:Constant Value=\"CRM-Sync\"/>"));
}

#[tokio::test]
async fn r1_3_the_standard_folder_is_the_mailboxs_own_in_every_language() {
    for (component, name) in [
        (Component::Contacts, "contacts"),
        (Component::Appointments, "calendar"),
        (Component::Tasks, "tasks"),
    ] {
        let server =
            Server::start(|_| Act::xml(answers::answer(&[answers::folder("A", "", "Kontakte")])))
                .await;
        let choice = FolderChoice::Standard;
        let place = FolderPlace { component, choice };
        let folder = mailbox(&server).find_folder(place).await.expect("answered");
        assert_eq!(folder, Some(FolderId::new("A")));
        let wanted = format!("<t:DistinguishedFolderId Id=\"{name}\"/>");
        assert!(server.asked()[0].body.contains(&wanted));
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_made() {
    let server = Server::start(|asked| match asked.operation() {
        "FindFolder" => found(&[]),
        _ => Act::xml(answers::answer(&[answers::folder(
            "N",
            "IPF.Contact",
            "CRM-Sync",
        )])),
    })
    .await;
    let mailbox = mailbox(&server);
    assert_eq!(mailbox.find_folder(CONTACTS).await.expect("answered"), None);
    let folder = mailbox.ensure_folder(CONTACTS).await.expect("made");
    assert_eq!(folder, FolderId::new("N"));
    let last = server.asked().pop().expect("asked");
    assert!(
        last.body
            .contains("<t:ContactsFolder><t:FolderClass>IPF.Contact</t:FolderClass>")
    );
}

/// Nothing is found the first time; the second time the folder is there.
fn appears(create: fn() -> Act) -> impl FnMut(&Asked) -> Act {
    let mut finds = 0;
    move |asked| match asked.operation() {
        "FindFolder" if finds == 0 => {
            finds += 1;
            found(&[])
        }
        "FindFolder" => found(&[("X", "IPF.Contact", "CRM-Sync")]),
        _ => create(),
    }
}

#[tokio::test]
async fn a_folder_somebody_else_just_made_is_taken() {
    for create in [|| failing("ErrorFolderExists"), || Act::Cut] {
        let server = Server::start(appears(create)).await;
        let folder = mailbox(&server).ensure_folder(CONTACTS).await;
        assert_eq!(folder.expect("found"), FolderId::new("X"));
    }
}

#[tokio::test]
async fn a_folder_for_something_else_that_has_the_name_is_reported() {
    let server = Server::start(|asked| match asked.operation() {
        "FindFolder" => found(&[("A", "IPF.Note", "CRM-Sync")]),
        _ => failing("ErrorFolderExists"),
    })
    .await;
    let failure = mailbox(&server).ensure_folder(CONTACTS).await;
    assert_eq!(failed(failure).0, ErrorKind::Refused { field: None });
}

#[tokio::test]
async fn a_folder_is_removed_with_its_content() {
    let server = Server::start(|_| done()).await;
    mailbox(&server)
        .remove_folder(&folder())
        .await
        .expect("removed");
    assert_eq!(server.operations(), ["DeleteFolder"]);
    assert!(server.asked()[0].body.contains("DeleteType=\"HardDelete\""));
}

#[tokio::test]
async fn a_folder_that_is_gone_is_removed() {
    let server = Server::start(|_| failing("ErrorFolderNotFound")).await;
    mailbox(&server)
        .remove_folder(&folder())
        .await
        .expect("removed");
}

/// Deleting is refused until the folder has been emptied.
fn needs_emptying(name: &'static str) -> impl FnMut(&Asked) -> Act {
    let mut is_empty = false;
    move |asked| match asked.operation() {
        "GetFolder" => Act::xml(answers::answer(&[answers::folder(
            "F1",
            "IPF.Contact",
            name,
        )])),
        "EmptyFolder" => {
            is_empty = true;
            done()
        }
        _ if is_empty => done(),
        _ => failing("ErrorCannotDeleteObject"),
    }
}

#[tokio::test]
async fn a_server_that_deletes_only_empty_folders_is_obeyed() {
    let server = Server::start(needs_emptying("CRM-Sync")).await;
    mailbox(&server)
        .remove_folder(&folder())
        .await
        .expect("removed");
    let wanted = ["DeleteFolder", "GetFolder", "EmptyFolder", "DeleteFolder"];
    assert_eq!(server.operations(), wanted);
}

#[tokio::test]
async fn s12_a_folder_that_is_not_ours_is_never_emptied() {
    let server = Server::start(needs_emptying("Kontakte")).await;
    let answer = mailbox(&server).remove_folder(&folder()).await;
    assert_eq!(failed(answer).1, Code::EntryRefused);
    assert_eq!(server.operations(), ["DeleteFolder", "GetFolder"]);
}
