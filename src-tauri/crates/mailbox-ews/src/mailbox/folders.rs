//! Finds, makes and removes the predefined folders (R1.3).

use model::policy::FolderChoice;
use model::{Code, Component, DropFolder, FolderId};
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
            let parent = Place::Distinguished(parent(place.component));
            below(client, parent, FOLDER_NAME, kind).await
        }
    }
}

/// The folder of this name and kind directly below another, if it is there.
async fn below(
    client: &Client,
    parent: Place<'_>,
    name: &str,
    kind: FolderKind,
) -> Result<Option<FolderId>> {
    let folders = client.one(&FindFolder { parent, name }).await?;
    // Servers compare names without regard to capitals, and a folder for something else is not ours.
    let ours = folders
        .into_iter()
        .find(|folder| folder.name.as_deref() == Some(name) && folder.holds(kind));
    Ok(ours.map(|folder| folder.id))
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
    let parent = Place::Distinguished(parent(place.component));
    let made = make(client, parent, FOLDER_NAME, standard(place.component).1).await?;
    info!(component = %place.component, "folder there");
    Ok(made)
}

/// Makes a folder that was not there a moment ago.
async fn make(
    client: &Client,
    parent: Place<'_>,
    name: &str,
    kind: FolderKind,
) -> Result<FolderId> {
    match client.one(&CreateFolder { parent, kind, name }).await {
        Ok(folder) => Ok(folder.id),
        // Another computer was faster, or an earlier answer was lost; or a folder for something else has the name.
        Err(failure) if may_exist(&failure) => match below(client, parent, name, kind).await? {
            Some(folder) => Ok(folder),
            None => Err(failure),
        },
        Err(failure) => Err(failure),
    }
}

const DROP_ROOT: FolderPlace = FolderPlace {
    component: Component::Emails,
    choice: FolderChoice::CrmSync,
};

/// A folder mails are dropped into, if it is there.
pub async fn find_drop(client: &Client, place: DropFolder) -> Result<Option<FolderId>> {
    let root = find(client, DROP_ROOT).await?;
    match (root, place) {
        (Some(root), DropFolder::Of(module)) => {
            below(client, Place::Id(&root), module.name(), FolderKind::Mail).await
        }
        (root, _) => Ok(root),
    }
}

/// The same, made if it is not there; its root too.
pub async fn ensure_drop(client: &Client, place: DropFolder) -> Result<FolderId> {
    let root = ensure(client, DROP_ROOT).await?;
    let DropFolder::Of(module) = place else {
        return Ok(root);
    };
    let (parent, name, kind) = (Place::Id(&root), module.name(), FolderKind::Mail);
    match below(client, parent, name, kind).await? {
        Some(folder) => Ok(folder),
        None => make(client, parent, name, kind).await,
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

pub(super) fn is_gone(failure: &Failure) -> bool {
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
