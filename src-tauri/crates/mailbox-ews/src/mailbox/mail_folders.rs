//! All folders of the mailbox that hold mails, and what each is there for.

use std::collections::{BTreeMap, BTreeSet};

use model::{DropFolder, FolderId, MailModule};
use ports::{FolderRole, MailFolder, Result};

use super::folders::is_gone;
use crate::client::Client;
use crate::convert::FOLDER_NAME;
use crate::wire::folder::{Distinguished, Folder, FolderKind, GetFolders, Place};
use crate::wire::query::AllFolders;

/// The folders every mailbox has, whatever they are called in the user's language.
const ROLES: [(Distinguished, FolderRole); 6] = [
    (Distinguished::Inbox, FolderRole::Inbox),
    (Distinguished::Sent, FolderRole::Sent),
    (Distinguished::Deleted, FolderRole::Deleted),
    (Distinguished::Drafts, FolderRole::Drafts),
    (Distinguished::Outbox, FolderRole::Outbox),
    (Distinguished::Junk, FolderRole::Junk),
];

/// The folders.
pub async fn all(client: &Client) -> Result<Vec<MailFolder>> {
    let (root, roles) = known(client).await?;
    let mut folders = below_root(client).await?;
    folders.retain(holds_mails);
    let ids: BTreeSet<FolderId> = folders.iter().map(|folder| folder.id.clone()).collect();
    let drop = root
        .map(|root| drop_folders(&folders, &root))
        .unwrap_or_default();
    let shown = folders.into_iter().map(|folder| {
        let place = drop.get(&folder.id).copied().map(FolderRole::Drop);
        MailFolder {
            role: roles
                .get(&folder.id)
                .copied()
                .or(place)
                .unwrap_or(FolderRole::Other),
            parent: folder.parent.filter(|parent| ids.contains(parent)),
            name: folder.name.unwrap_or_default(),
            id: folder.id,
        }
    });
    Ok(shown.collect())
}

/// The top of what the user sees, and the folders that have a role. Not every mailbox has all of them.
async fn known(client: &Client) -> Result<(Option<FolderId>, BTreeMap<FolderId, FolderRole>)> {
    let mut asked = vec![Place::Distinguished(Distinguished::Root)];
    asked.extend(ROLES.iter().map(|(name, _)| Place::Distinguished(*name)));
    let found = client.each(&asked, |places| GetFolders { places }).await?;
    let mut ids = Vec::new();
    for folder in found {
        ids.push(match folder {
            Ok(folder) => Some(folder.id),
            Err(failure) if is_gone(&failure) => None,
            Err(failure) => return Err(failure),
        });
    }
    let mut ids = ids.into_iter();
    let root = ids.next().flatten();
    let roles = ids
        .zip(ROLES)
        .filter_map(|(id, (_, role))| Some((id?, role)));
    Ok((root, roles.collect()))
}

async fn below_root(client: &Client) -> Result<Vec<Folder>> {
    let mut folders = Vec::new();
    let mut offset = Some(0);
    while let Some(begin) = offset {
        let parent = Place::Distinguished(Distinguished::Root);
        let asked = AllFolders {
            parent,
            offset: begin,
        };
        let page = client.one(&asked).await?;
        folders.extend(page.folders);
        // A page that does not get on would be asked for again without end.
        offset = page.next.filter(|next| *next > begin);
    }
    Ok(folders)
}

/// A folder without a class holds mails: it was made by a program that knows nothing else.
fn holds_mails(folder: &Folder) -> bool {
    let class = folder.class.as_deref().unwrap_or_default();
    class.is_empty() || folder.holds(FolderKind::Mail)
}

/// Those into which mails are dropped, by their place.
fn drop_folders(folders: &[Folder], top: &FolderId) -> BTreeMap<FolderId, DropFolder> {
    let find = |parent: &FolderId, name: &str| {
        let mut named = folders
            .iter()
            .filter(|folder| folder.name.as_deref() == Some(name));
        let found = named.find(|folder| {
            folder.parent.as_ref() == Some(parent) && folder.holds(FolderKind::Mail)
        });
        found.map(|folder| folder.id.clone())
    };
    let Some(root) = find(top, FOLDER_NAME) else {
        return BTreeMap::new();
    };
    let modules = MailModule::ALL.into_iter();
    let children = modules.filter_map(|module| {
        let id = find(&root, module.name())?;
        Some((id, DropFolder::Of(module)))
    });
    let mut drop: BTreeMap<FolderId, DropFolder> = children.collect();
    drop.insert(root, DropFolder::Root);
    drop
}
