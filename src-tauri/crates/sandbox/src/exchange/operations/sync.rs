//! SyncFolderItems and SyncFolderHierarchy.

use super::{Desk, list};
use crate::exchange::answer::answer;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::{FolderKey, Id, ItemKey};
use crate::exchange::item::ReadFlag;
use crate::exchange::mailbox::{Change, FolderChange, SyncState};
use crate::exchange::mode::Mode;
use crate::exchange::render;
use crate::exchange::shape::{Purpose, Shape};
use crate::exchange::xml::Element;
use std::collections::BTreeSet;

pub(super) fn items(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let shape = Shape::read(request.get("ItemShape"), Purpose::Listed)?;
    Ok(answer("SyncFolderItems", [items_of(desk, request, &shape)]))
}

fn items_of(
    desk: &mut Desk<'_>,
    request: &Element,
    shape: &Shape,
) -> Result<Vec<Element>, Failure> {
    let folder = match desk.folder_in(request.get("SyncFolderId")) {
        Ok(folder) => folder,
        // gromox lists nothing of a folder that is gone.
        Err(_) if desk.mode == Mode::Gromox => FolderKey(0),
        Err(failure) if failure.code == "ErrorInvalidIdMalformed" => return Err(failure),
        Err(_) => {
            return Err(Failure::new(
                "ErrorSyncFolderNotFound",
                "The folder to be synchronized could not be found.",
            ));
        }
    };
    let since = state(desk, request.get_text("SyncState"), |state| {
        state.folder == folder
    })?;
    let most = request
        .get_text("MaxChangesReturned")
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(512);
    let ignore: BTreeSet<ItemKey> = list(request, "Ignore")
        .iter()
        .filter_map(|id| desk.item_key(id.get_attribute("Id")?).ok())
        .collect();
    let page = desk.mailbox.changes(folder, since, most, &ignore);
    let changes = page
        .changes
        .iter()
        .filter_map(|change| shown(desk, *change, shape));
    Ok(vec![
        Element::m("SyncState").text(page.state.encode(&desk.mailbox.guid)),
        Element::m("IncludesLastItemInRange").text((!page.more).to_string()),
        Element::m("Changes").with(changes),
    ])
}

/// Reads a state; none and an empty one mean the beginning.
fn state(
    desk: &Desk<'_>,
    text: Option<&str>,
    fits: impl Fn(&SyncState) -> bool,
) -> Result<Option<SyncState>, Failure> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let read = SyncState::decode(text, &desk.mailbox.guid)
        .filter(fits)
        .filter(|state| state.known <= desk.mailbox.last_change());
    match read {
        Some(state) if !desk.refuse_sync_state => Ok(Some(state)),
        _ if desk.mode == Mode::Gromox && !desk.refuse_sync_state => Ok(None),
        _ => Err(Failure::new(
            "ErrorInvalidSyncStateData",
            "Synchronization state data is corrupt or otherwise invalid.",
        )),
    }
}

fn shown(desk: &Desk<'_>, change: Change, shape: &Shape) -> Option<Element> {
    let item = |key| desk.mailbox.item(key);
    let whole = |name: &str, key| {
        Some(Element::t(name).child(render::item(desk.mailbox, item(key)?, shape)))
    };
    match change {
        Change::Create(key) => whole("Create", key),
        Change::Update(key) => whole("Update", key),
        Change::ReadFlag(key) if desk.mode == Mode::Gromox => whole("Update", key),
        Change::ReadFlag(key) => {
            let item = item(key)?;
            let read = (item.read_flag() == ReadFlag::Read).to_string();
            let id = render::item_id(desk.mailbox, item);
            Some(
                Element::t("ReadFlagChange")
                    .child(id)
                    .child(Element::t("IsRead").text(read)),
            )
        }
        Change::Delete(key) => {
            let id = Element::t("ItemId").attribute("Id", desk.mailbox.encode(Id::Item(key)));
            Some(Element::t("Delete").child(id))
        }
    }
}

pub(super) fn hierarchy(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let shape = Shape::read(request.get("FolderShape"), Purpose::Listed)?;
    Ok(answer(
        "SyncFolderHierarchy",
        [folders_below(desk, request, &shape)],
    ))
}

fn folders_below(
    desk: &mut Desk<'_>,
    request: &Element,
    shape: &Shape,
) -> Result<Vec<Element>, Failure> {
    let root = match request.get("SyncFolderId") {
        Some(holder) => desk.folder_in(Some(holder))?,
        None => desk
            .mailbox
            .distinguished("msgfolderroot")
            .ok_or_else(Failure::folder_not_found)?,
    };
    let since = state(desk, request.get_text("SyncState"), |state| {
        state.folder == root
    })?;
    let known = desk.mailbox.last_change();
    let changes = desk
        .mailbox
        .folder_changes(root, since.map(|state| state.known));
    let one = |change: &FolderChange| {
        let whole = |name: &str, key| {
            Some(Element::t(name).child(render::folder(
                desk.mailbox,
                desk.mailbox.folder(key)?,
                shape,
            )))
        };
        match *change {
            FolderChange::Create(key) => whole("Create", key),
            FolderChange::Update(key) => whole("Update", key),
            FolderChange::Delete(key) => {
                let id =
                    Element::t("FolderId").attribute("Id", desk.mailbox.encode(Id::Folder(key)));
                Some(Element::t("Delete").child(id))
            }
        }
    };
    let state = SyncState {
        folder: root,
        known,
        listing: None,
    };
    Ok(vec![
        Element::m("SyncState").text(state.encode(&desk.mailbox.guid)),
        Element::m("IncludesLastFolderInRange").text("true"),
        Element::m("Changes").with(changes.iter().filter_map(one)),
    ])
}
