//! GetFolder, FindFolder, CreateFolder, UpdateFolder, DeleteFolder, EmptyFolder.

use super::{Desk, list};
use crate::exchange::answer::answer;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::FolderKey;
use crate::exchange::item::{Extended, ExtendedPath, ExtendedValue, Path};
use crate::exchange::mailbox::{Folder, FolderName, Wanted};
use crate::exchange::mode::Mode;
use crate::exchange::render::{folder as render, folder_value};
use crate::exchange::restriction::Restriction;
use crate::exchange::shape::{Purpose, Shape};
use crate::exchange::xml::Element;

/// A message's `Folders` with one folder.
pub(super) fn shown(
    desk: &Desk<'_>,
    key: FolderKey,
    shape: &Shape,
) -> Result<Vec<Element>, Failure> {
    let folder = desk
        .mailbox
        .folder(key)
        .ok_or_else(Failure::folder_not_found)?;
    Ok(vec![Element::m("Folders").child(render(
        desk.mailbox,
        folder,
        shape,
    ))])
}

pub(super) fn get(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let shape = Shape::read(request.get("FolderShape"), Purpose::Single)?;
    let one = |id: &Element| shown(desk, desk.folder(id)?.key, &shape);
    Ok(answer(
        "GetFolder",
        list(request, "FolderIds").iter().map(one),
    ))
}

pub(super) fn find(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let shape = Shape::read(request.get("FolderShape"), Purpose::Listed)?;
    let restriction = request
        .get("Restriction")
        .and_then(|holder| holder.children.first());
    let restriction = restriction.map(Restriction::read).transpose()?;
    let wanted = match request.get_attribute("Traversal") {
        Some("Deep") => Wanted::AllBelow,
        _ => Wanted::Children,
    };
    let page = Page::read(request.get("IndexedPageFolderView"));
    let one = |id: &Element| {
        let mut found: Vec<&Folder> = desk.mailbox.below(desk.folder(id)?.key, wanted);
        let value = |folder: &Folder, path: &Path| folder_value(desk.mailbox, folder, path);
        found.retain(|folder| {
            restriction
                .as_ref()
                .is_none_or(|wish| wish.fits(&|path| value(folder, path)))
        });
        found.sort_by_key(|folder| folder.name.to_lowercase());
        let (range, attributes) = page.cut(found.len());
        let shown = found[range]
            .iter()
            .map(|folder| render(desk.mailbox, folder, &shape));
        let mut root = Element::m("RootFolder").child(Element::t("Folders").with(shown));
        root.attributes = attributes;
        Ok(vec![root])
    };
    Ok(answer(
        "FindFolder",
        list(request, "ParentFolderIds").iter().map(one),
    ))
}

/// A page of a list.
pub(super) struct Page {
    offset: usize,
    most: usize,
    from_end: bool,
}

/// The most that one call lists (EWSFindCountLimit).
const FIND_LIMIT: usize = 1000;

impl Page {
    pub(super) fn read(view: Option<&Element>) -> Self {
        let number = |name: &str| {
            view.and_then(|view| view.get_attribute(name))
                .and_then(|text| text.trim().parse().ok())
        };
        Self {
            offset: number("Offset").unwrap_or(0),
            most: number("MaxEntriesReturned")
                .unwrap_or(usize::MAX)
                .min(FIND_LIMIT),
            from_end: view.and_then(|view| view.get_attribute("BasePoint")) == Some("End"),
        }
    }

    /// Which of so many entries to show, and the attributes that say so.
    pub(super) fn cut(&self, total: usize) -> (std::ops::Range<usize>, Vec<(String, String)>) {
        let range = if self.from_end {
            let end = total.saturating_sub(self.offset);
            end.saturating_sub(self.most)..end
        } else {
            let start = self.offset.min(total);
            start..start.saturating_add(self.most).min(total)
        };
        let last = if self.from_end {
            range.start == 0
        } else {
            range.end == total
        };
        let next = if self.from_end {
            total - range.start
        } else {
            range.end
        };
        let attributes = [
            ("IndexedPagingOffset", next.to_string()),
            ("TotalItemsInView", total.to_string()),
            ("IncludesLastItemInRange", last.to_string()),
        ];
        (
            range,
            attributes
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec(),
        )
    }
}

pub(super) fn create(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let parent = desk.folder_in(request.get("ParentFolderId"));
    let mut one = |folder: &Element| {
        let name = FolderName {
            name: folder
                .get_text("DisplayName")
                .unwrap_or_default()
                .to_owned(),
            class: folder
                .get_text("FolderClass")
                .unwrap_or(class_of(&folder.name))
                .to_owned(),
            extended: extended(folder)?,
        };
        let key = desk.mailbox.add_folder(parent.clone()?, name, desk.now)?;
        shown(desk, key, &Shape::id_only())
    };
    let results: Vec<_> = list(request, "Folders").iter().map(&mut one).collect();
    Ok(answer("CreateFolder", results))
}

fn class_of(element: &str) -> &'static str {
    match element {
        "ContactsFolder" => "IPF.Contact",
        "CalendarFolder" => "IPF.Appointment",
        "TasksFolder" => "IPF.Task",
        _ => "IPF.Note",
    }
}

fn extended(folder: &Element) -> Result<Extended, Failure> {
    let mut all = Extended::default();
    for property in folder
        .children
        .iter()
        .filter(|child| child.name == "ExtendedProperty")
    {
        let uri = property
            .get("ExtendedFieldURI")
            .ok_or_else(Failure::folder_not_found)?;
        let path = ExtendedPath::read(uri)?;
        let value = ExtendedValue::read(property, &path)?;
        all.set(path, value);
    }
    Ok(all)
}

pub(super) fn update(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let mut one = |change: &Element| {
        let id = change
            .children
            .first()
            .ok_or_else(Failure::folder_not_found)?;
        let key = desk.folder(id)?.key;
        for update in list(change, "Updates") {
            apply(desk, key, update)?;
        }
        shown(desk, key, &Shape::id_only())
    };
    let results: Vec<_> = list(request, "FolderChanges")
        .iter()
        .map(&mut one)
        .collect();
    Ok(answer("UpdateFolder", results))
}

fn apply(desk: &mut Desk<'_>, key: FolderKey, update: &Element) -> Result<(), Failure> {
    let invalid = |what: &str| Failure::invalid_property_set(what);
    let path = Path::inside(update).ok_or_else(|| invalid("folder"))??;
    let holder = update
        .children
        .iter()
        .find(|child| Path::read(child).is_none());
    let value = holder.and_then(|holder| holder.children.first());
    match (update.name.as_str(), &path, value) {
        ("SetFolderField", Path::Field { name, .. }, Some(value))
            if name == "DisplayName" && value.name == *name =>
        {
            desk.mailbox.rename_folder(key, &value.text, desk.now)
        }
        ("SetFolderField", Path::Extended { path, .. }, Some(property)) => {
            let value = ExtendedValue::read(property, path)?;
            desk.mailbox.edit_folder(key, desk.now, |folder| {
                folder.extended.set(path.clone(), value)
            });
            Ok(())
        }
        ("DeleteFolderField", Path::Extended { path, .. }, _) => {
            desk.mailbox
                .edit_folder(key, desk.now, |folder| folder.extended.remove(path));
            Ok(())
        }
        _ => Err(invalid(&path.shown())),
    }
}

pub(super) fn delete(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let how = request
        .get_attribute("DeleteType")
        .unwrap_or_default()
        .to_owned();
    let mut one = |id: &Element| {
        let folder = desk.folder(id)?;
        let key = folder.key;
        let full = !folder.feed.members().is_empty()
            || !desk.mailbox.below(key, Wanted::Children).is_empty();
        if desk.mode == Mode::Gromox && full {
            return Err(Failure::new(
                "ErrorCannotDeleteObject",
                "The folder is not empty.",
            ));
        }
        if folder.distinguished.is_some() {
            return Err(Failure::new(
                "ErrorDeleteDistinguishedFolder",
                "Distinguished folders cannot be deleted.",
            ));
        }
        match how.as_str() {
            "MoveToDeletedItems" => move_to_deleted(desk, key)?,
            _ => desk.mailbox.remove_folder(key, desk.now)?,
        }
        Ok(Vec::new())
    };
    let results: Vec<_> = list(request, "FolderIds").iter().map(&mut one).collect();
    Ok(answer("DeleteFolder", results))
}

/// A deleted folder whose name is taken in Deleted Items gets a number, as Outlook shows it.
fn move_to_deleted(desk: &mut Desk<'_>, key: FolderKey) -> Result<(), Failure> {
    let trash = desk.mailbox.deleted_items();
    let name = desk
        .mailbox
        .folder(key)
        .map(|folder| folder.name.clone())
        .unwrap_or_default();
    let free = |name: &String| desk.mailbox.child(trash, name).is_none();
    let numbered = (1..).map(|number| format!("{name}{number}"));
    let new = std::iter::once(name.clone())
        .chain(numbered)
        .find(free)
        .expect("numbers never end");
    if new != name {
        desk.mailbox.rename_folder(key, &new, desk.now)?;
    }
    desk.mailbox.move_folder(key, trash, desk.now)
}

pub(super) fn empty(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let wanted = match request.get_attribute("DeleteSubFolders") {
        Some("true" | "1") => Wanted::AllBelow,
        _ => Wanted::Children,
    };
    let mut one = |id: &Element| {
        let folder = desk.folder(id)?;
        if folder.element() == "CalendarFolder" {
            return Err(Failure::new(
                "ErrorCannotEmptyCalendarOrSearchFolder",
                "A calendar cannot be emptied.",
            ));
        }
        let key = folder.key;
        desk.mailbox.empty_folder(key, wanted, desk.now);
        Ok(Vec::new())
    };
    let results: Vec<_> = list(request, "FolderIds").iter().map(&mut one).collect();
    Ok(answer("EmptyFolder", results))
}
