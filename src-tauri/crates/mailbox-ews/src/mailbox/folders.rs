//! Finds, makes and removes the predefined folders (R1.3).

use model::policy::FolderChoice;
use model::{Code, FolderId};
use ports::{ErrorKind, Failure, FolderPlace, Result};
use tracing::info;

use crate::client::Client;
use crate::convert::{FOLDER_NAME, folder_name, parent, standard};
use crate::wire::folder::{
    CreateFolder, DeleteFolder, EmptyFolder, Folder, FolderKind, GetFolder, Place, UpdateFolder,
};
use crate::wire::query::FindFolder;

/// The folder, if it is there.
pub async fn find(client: &Client, place: FolderPlace) -> Result<Option<FolderId>> {
    let (distinguished, kind) = standard(place.component);
    match place.choice {
        FolderChoice::Standard => {
            let place = Place::Distinguished(distinguished);
            match client.one(&GetFolder { place }).await {
                Ok(folder) => Ok(Some(folder.id)),
                Err(failure) if is_gone(&failure) => Ok(None),
                Err(failure) => Err(failure),
            }
        }
        FolderChoice::CrmSync => {
            let asked = FindFolder {
                parent: Place::Distinguished(parent(place.component)),
                name: FOLDER_NAME,
            };
            let folders = client.one(&asked).await?;
            // Servers compare names without regard to capitals, and a folder for something else is not ours.
            let ours = folders
                .into_iter()
                .find(|folder| folder.name.as_deref() == Some(FOLDER_NAME) && folder.holds(kind));
            Ok(ours.map(|folder| folder.id))
        }
    }
}

/// The folder, made if it is not there.
pub async fn ensure(client: &Client, place: FolderPlace) -> Result<FolderId> {
    if let Some(folder) = find(client, place).await? {
        return Ok(folder);
    }
    let missing =
        || Failure::new(ErrorKind::Gone, Code::FolderMissing).with("folder", folder_name(place));
    if place.choice == FolderChoice::Standard {
        // Every mailbox has its standard folders; nobody but the server can make them.
        return Err(missing());
    }
    let asked = CreateFolder {
        parent: Place::Distinguished(parent(place.component)),
        kind: standard(place.component).1,
        name: FOLDER_NAME,
    };
    match client.one(&asked).await {
        Ok(folder) => {
            info!(component = %place.component, "folder made");
            Ok(folder.id)
        }
        // Another computer was faster, or an earlier answer was lost; or a folder for something else has the name.
        Err(failure) if may_exist(&failure) => match find(client, place).await? {
            Some(folder) => Ok(folder),
            None => Err(failure),
        },
        Err(failure) => Err(failure),
    }
}

/// Removes a folder we made, with its content.
pub async fn remove(client: &Client, folder: &FolderId) -> Result<()> {
    match client.one(&DeleteFolder { folder }).await {
        Err(failure) if is_refused(&failure) => remove_full(client, folder, failure).await,
        Err(failure) if is_gone(&failure) => Ok(()),
        answer => answer,
    }
}

/// Some servers (grommunio) delete only an empty folder. Emptying is for the folder we made alone: a standard folder, which no
/// server deletes either, must keep what it holds.
async fn remove_full(client: &Client, folder: &FolderId, refusal: Failure) -> Result<()> {
    let shown = shown(client, folder).await?;
    if shown.name.as_deref() != Some(FOLDER_NAME) {
        return Err(refusal);
    }
    client.one(&EmptyFolder { folder }).await?;
    client.one(&DeleteFolder { folder }).await
}

/// What the server says of a folder that we have the id of.
pub async fn shown(client: &Client, folder: &FolderId) -> Result<Folder> {
    let place = Place::Id(folder);
    client.one(&GetFolder { place }).await
}

/// Writes whose the mailbox is on a folder of mails; nobody sees it.
pub async fn set_owner(client: &Client, folder: &FolderId, text: Option<&str>) -> Result<()> {
    let asked = UpdateFolder {
        folder,
        kind: FolderKind::Mail,
        connector: text,
    };
    client.one(&asked).await.map(|_| ())
}

fn is_gone(failure: &Failure) -> bool {
    failure.kind == ErrorKind::Gone
}

fn is_refused(failure: &Failure) -> bool {
    matches!(failure.kind, ErrorKind::Refused { .. } | ErrorKind::Denied)
        && failure.problem.code != Code::EwsSwitchedOff
}

fn may_exist(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        ErrorKind::Refused { .. } | ErrorKind::OutcomeUnknown
    )
}
