//! FindFolder and FindItem with their restrictions.

use jiff::Timestamp;
use model::FolderId;

use super::envelope::{Effect, Operation};
use super::folder::{Folder, Place, write_folder_shape};
use super::item::{Item, Shape, write_folder_id};
use super::leaf::Leaf;
use super::property::Property;
use super::tree::{Element, Unreadable};
use super::writer::Writer;

/// The largest page Exchange hands out (EWSFindCountLimit).
pub const PAGE: u32 = 1000;

/// Finds folders directly below another by their name.
pub struct FindFolder<'a> {
    /// Below which one.
    pub parent: Place<'a>,
    /// The name as the user sees it.
    pub name: &'a str,
}

impl Operation for FindFolder<'_> {
    type Answer = Vec<Folder>;
    const NAME: &'static str = "FindFolder";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:FindFolder", &[("Traversal", "Shallow")], |xml| {
            write_folder_shape(xml);
            write_view(xml, "m:IndexedPageFolderView", 0);
            xml.element("m:Restriction", &[], |xml| {
                write_is_equal(xml, self.name, |xml| {
                    xml.empty("t:FieldURI", &[("FieldURI", "folder:DisplayName")]);
                });
            });
            xml.element("m:ParentFolderIds", &[], |xml| self.parent.write(xml));
        });
    }

    fn read(message: &Element) -> Result<Vec<Folder>, Unreadable> {
        let folders = message.required("RootFolder")?.required("Folders")?;
        folders.children().map(Folder::read).collect()
    }
}

/// Lists all folders below another, however deep.
pub struct AllFolders<'a> {
    /// Below which one.
    pub parent: Place<'a>,
    /// How many of them were read already.
    pub offset: u32,
}

/// One page of folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderPage {
    /// The folders; searches that are shown as folders are none.
    pub folders: Vec<Folder>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<u32>,
}

impl Operation for AllFolders<'_> {
    type Answer = FolderPage;
    const NAME: &'static str = "FindFolder";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:FindFolder", &[("Traversal", "Deep")], |xml| {
            write_folder_shape(xml);
            write_view(xml, "m:IndexedPageFolderView", self.offset);
            xml.element("m:ParentFolderIds", &[], |xml| self.parent.write(xml));
        });
    }

    fn read(message: &Element) -> Result<FolderPage, Unreadable> {
        let root = message.required("RootFolder")?;
        let folders = root.required("Folders")?.children();
        let folders = folders.filter(|folder| folder.name != "SearchFolder");
        Ok(FolderPage {
            folders: folders.map(Folder::read).collect::<Result<_, _>>()?,
            next: next_page(root),
        })
    }
}

/// Finds items of a folder that have one of these values of a property.
pub struct FindItem<'a> {
    /// In which folder, not below it.
    pub folder: &'a FolderId,
    /// Which property.
    pub property: Property,
    /// Its values; at least one.
    pub values: &'a [String],
    /// How many of the found ones were read already.
    pub offset: u32,
}

/// Finds items of a folder by what they are called, or lists them all.
pub struct FindText<'a> {
    /// In which folder, not below it.
    pub folder: &'a FolderId,
    /// The text, and the values it may be part of; at least one. `None` lists all items.
    pub held: Option<(&'a str, &'a [Leaf])>,
    /// How many of the found ones were read already.
    pub offset: u32,
}

impl Operation for FindText<'_> {
    type Answer = Found;
    const NAME: &'static str = "FindItem";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:FindItem", &[("Traversal", "Shallow")], |xml| {
            Shape::Head.write(xml);
            write_view(xml, "m:IndexedPageItemView", self.offset);
            if let Some((text, leaves)) = self.held {
                xml.element("m:Restriction", &[], |xml| match leaves {
                    [one] => write_contains(xml, text, *one),
                    many => xml.element("t:Or", &[], |xml| {
                        for leaf in many {
                            write_contains(xml, text, *leaf);
                        }
                    }),
                });
            }
            xml.element("m:ParentFolderIds", &[], |xml| {
                write_folder_id(xml, self.folder);
            });
        });
    }

    fn read(message: &Element) -> Result<Found, Unreadable> {
        Found::read(message)
    }
}

/// One page of found items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The items, as heads.
    pub items: Vec<Item>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<u32>,
}

impl Operation for FindItem<'_> {
    type Answer = Found;
    const NAME: &'static str = "FindItem";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:FindItem", &[("Traversal", "Shallow")], |xml| {
            Shape::Head.write(xml);
            write_view(xml, "m:IndexedPageItemView", self.offset);
            xml.element("m:Restriction", &[], |xml| match self.values {
                [one] => self.write_condition(xml, one),
                many => xml.element("t:Or", &[], |xml| {
                    for value in many {
                        self.write_condition(xml, value);
                    }
                }),
            });
            xml.element("m:ParentFolderIds", &[], |xml| {
                write_folder_id(xml, self.folder);
            });
        });
    }

    fn read(message: &Element) -> Result<Found, Unreadable> {
        Found::read(message)
    }
}

impl Found {
    fn read(message: &Element) -> Result<Self, Unreadable> {
        let root = message.required("RootFolder")?;
        let items = root.child("Items").into_iter().flat_map(Element::children);
        let items = items.map(Item::read).collect::<Result<Vec<_>, _>>()?;
        let next = next_page(root);
        Ok(Self { items, next })
    }
}

fn next_page(root: &Element) -> Option<u32> {
    let is_last = root.attribute("IncludesLastItemInRange") != Some("false");
    let next = root.attribute("IndexedPagingOffset");
    next.filter(|_| !is_last)?.parse().ok()
}

/// What a calendar shows in a stretch of time: series as their occurrences, on servers that expand them.
pub struct CalendarView<'a> {
    /// Which calendar.
    pub folder: &'a FolderId,
    /// From when.
    pub from: Timestamp,
    /// Until when; at most two years later (facts/ews.md, section 11).
    pub until: Timestamp,
}

/// What a calendar showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Entries as heads, by their start.
    pub items: Vec<Item>,
    /// Whether there were no more than the server shows at once.
    pub is_whole: bool,
}

impl Operation for CalendarView<'_> {
    type Answer = Seen;
    const NAME: &'static str = "FindItem";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:FindItem", &[("Traversal", "Shallow")], |xml| {
            Shape::CalendarHead.write(xml);
            let [limit, from, until] = [
                PAGE.to_string(),
                self.from.to_string(),
                self.until.to_string(),
            ];
            let attributes = [
                ("MaxEntriesReturned", limit.as_str()),
                ("StartDate", from.as_str()),
                ("EndDate", until.as_str()),
            ];
            xml.empty("m:CalendarView", &attributes);
            xml.element("m:ParentFolderIds", &[], |xml| {
                write_folder_id(xml, self.folder);
            });
        });
    }

    fn read(message: &Element) -> Result<Seen, Unreadable> {
        let root = message.required("RootFolder")?;
        let items = root.child("Items").into_iter().flat_map(Element::children);
        Ok(Seen {
            items: items.map(Item::read).collect::<Result<Vec<_>, _>>()?,
            is_whole: root.attribute("IncludesLastItemInRange") != Some("false"),
        })
    }
}

impl FindItem<'_> {
    fn write_condition(&self, xml: &mut Writer, value: &str) {
        write_is_equal(xml, value, |xml| self.property.write_path(xml));
    }
}

fn write_view(xml: &mut Writer, name: &str, offset: u32) {
    let (limit, offset) = (PAGE.to_string(), offset.to_string());
    let attributes = [
        ("MaxEntriesReturned", limit.as_str()),
        ("Offset", offset.as_str()),
        ("BasePoint", "Beginning"),
    ];
    xml.empty(name, &attributes);
}

fn write_is_equal(xml: &mut Writer, value: &str, path: impl FnOnce(&mut Writer)) {
    xml.element("t:IsEqualTo", &[], |xml| {
        path(xml);
        xml.element("t:FieldURIOrConstant", &[], |xml| {
            xml.empty("t:Constant", &[("Value", value)]);
        });
    });
}

fn write_contains(xml: &mut Writer, text: &str, leaf: Leaf) {
    let attributes = [
        ("ContainmentMode", "Substring"),
        ("ContainmentComparison", "IgnoreCase"),
    ];
    xml.element("t:Contains", &attributes, |xml| {
        leaf.write_path(xml);
        xml.empty("t:Constant", &[("Value", text)]);
    });
}
