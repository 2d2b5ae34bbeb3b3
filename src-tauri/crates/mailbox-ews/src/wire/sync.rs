//! SyncFolderItems: what changed in a folder since a state the server gave.

use model::{FolderId, ItemId};

use super::envelope::{Effect, Operation};
use super::item::{Item, Shape, read_id, write_folder_id};
use super::tree::{Element, Unreadable};
use super::writer::Writer;

/// The most changes the schema lets one request ask for.
pub const PAGE: u32 = 512;

/// Asks for one page of changes.
pub struct SyncFolderItems<'a> {
    /// Which folder.
    pub folder: &'a FolderId,
    /// Since when; `None` for everything.
    pub state: Option<&'a str>,
    /// What is asked of each entry.
    pub shape: Shape,
    /// At most so many, up to [`PAGE`].
    pub limit: u32,
}

/// One page of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// New or changed items, as heads.
    pub seen: Vec<Item>,
    /// Items that left the folder.
    pub gone: Vec<ItemId>,
    /// Where to go on.
    pub state: Option<String>,
    /// Whether there is no further page.
    pub is_last: bool,
}

impl Operation for SyncFolderItems<'_> {
    type Answer = Page;
    const NAME: &'static str = "SyncFolderItems";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:SyncFolderItems", &[], |xml| {
            self.shape.write(xml);
            xml.element("m:SyncFolderId", &[], |xml| {
                write_folder_id(xml, self.folder);
            });
            if let Some(state) = self.state {
                xml.text("m:SyncState", &[], state);
            }
            xml.text("m:MaxChangesReturned", &[], &self.limit.to_string());
            xml.text("m:SyncScope", &[], "NormalItems");
        });
    }

    fn read(message: &Element) -> Result<Page, Unreadable> {
        let mut page = Page {
            seen: Vec::new(),
            gone: Vec::new(),
            state: message
                .text_of("SyncState")
                .filter(|state| !state.is_empty())
                .map(str::to_owned),
            is_last: message.required("IncludesLastItemInRange")?.text().trim() == "true",
        };
        let changes = message
            .child("Changes")
            .into_iter()
            .flat_map(Element::children);
        for change in changes {
            match change.name.as_str() {
                "Create" | "Update" => {
                    let item = change
                        .children()
                        .next()
                        .ok_or_else(|| change.misses("item"))?;
                    page.seen.push(Item::read(item)?);
                }
                "Delete" => page.gone.push(read_id(change)?.0),
                // `ReadFlagChange` and what later servers may add change nothing the connector keeps.
                _ => {}
            }
        }
        Ok(page)
    }
}
