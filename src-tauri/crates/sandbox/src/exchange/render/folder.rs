//! Folders as an answer shows them.

use super::computed::rights;
use crate::exchange::identity::{FolderKey, Id};
use crate::exchange::item::{Path, ReadFlag};
use crate::exchange::mailbox::{Folder, Mailbox, Wanted};
use crate::exchange::schema::schema;
use crate::exchange::shape::Shape;
use crate::exchange::xml::Element;

/// A folder in the wanted shape.
pub fn folder(mailbox: &Mailbox, folder: &Folder, shape: &Shape) -> Element {
    let mut element = Element::t(folder.element());
    for name in schema().order(folder.element()) {
        if *name == "ExtendedProperty" {
            element.children.extend(extended(folder, shape));
        } else if shape.wants_of_folder(name) {
            element.children.extend(field(mailbox, folder, name));
        }
    }
    element
}

fn field(mailbox: &Mailbox, folder: &Folder, name: &str) -> Option<Element> {
    let text = |text: String| Some(Element::t(name).text(text));
    match name {
        "FolderId" => Some(id(mailbox, name, folder)),
        "ParentFolderId" => Some(id(mailbox, name, mailbox.folder(folder.parent?)?)),
        "FolderClass" => {
            (!folder.class.is_empty()).then(|| Element::t(name).text(folder.class.clone()))
        }
        "DisplayName" => text(folder.name.clone()),
        "TotalCount" => text(folder.feed.members().len().to_string()),
        "ChildFolderCount" => text(
            mailbox
                .below(folder.key, Wanted::Children)
                .len()
                .to_string(),
        ),
        "UnreadCount" => text(unread(mailbox, folder.key).to_string()),
        "EffectiveRights" => Some(rights(name)),
        "DistinguishedFolderId" => text(folder.distinguished.clone()?),
        _ => None,
    }
}

fn id(mailbox: &Mailbox, name: &str, folder: &Folder) -> Element {
    let id = mailbox.encode(Id::Folder(folder.key));
    Element::t(name)
        .attribute("Id", id)
        .attribute("ChangeKey", folder.change_key())
}

fn unread(mailbox: &Mailbox, folder: FolderKey) -> usize {
    mailbox
        .items_in(folder)
        .filter(|item| item.read_flag() == ReadFlag::Unread)
        .count()
}

fn extended(folder: &Folder, shape: &Shape) -> Vec<Element> {
    let asked = shape.paths.iter().filter_map(|path| match path {
        Path::Extended { path, asked } => Some(folder.extended.get(path)?.element(asked.clone())),
        Path::Field { .. } | Path::Indexed { .. } => None,
    });
    asked.collect()
}

/// The value a path names, as one text: for restrictions.
pub(crate) fn folder_value(mailbox: &Mailbox, folder: &Folder, path: &Path) -> Option<String> {
    match path {
        Path::Field { name, .. } => field(mailbox, folder, name).map(|field| field.text),
        Path::Extended { path, .. } => folder.extended.get(path)?.text().map(str::to_owned),
        Path::Indexed { .. } => None,
    }
}
