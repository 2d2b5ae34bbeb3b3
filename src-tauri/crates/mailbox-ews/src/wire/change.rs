//! Writes to items: CreateItem, UpdateItem, DeleteItem, MoveItem. Each answers with one message per item, in the order asked.

use model::{ChangeKey, FolderId, ItemId};
use ports::Notify;

use super::envelope::{Effect, Operation};
use super::item::{Item, Kind, write_folder_id, write_id};
use super::leaf::{self, Leaf, Leaves};
use super::meeting;
use super::property::{Properties, Property};
use super::tree::{Element, Unreadable};
use super::writer::{Attribute, Writer};

/// Nothing a write touches is ever sent as a mail.
pub(super) const NOT_SENT: Attribute<'static> = ("MessageDisposition", "SaveOnly");

/// An item to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// What sort it is.
    pub kind: Kind,
    /// Its values.
    pub leaves: Leaves,
    /// Its properties.
    pub properties: Properties,
}

/// Makes items in a folder.
pub struct CreateItem {
    /// The zone times are meant in, as Exchange calls it.
    pub zone: Option<String>,
    /// Who hears of it.
    pub notify: Notify,
    /// Where.
    pub folder: FolderId,
    /// What; at least one.
    pub items: Vec<NewItem>,
}

impl Operation for CreateItem {
    type Answer = Item;
    const NAME: &'static str = "CreateItem";
    const EFFECT: Effect = Effect::Writes;

    fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    fn write(&self, xml: &mut Writer) {
        let attributes = [NOT_SENT, meeting::on_create(self.notify)];
        xml.element("m:CreateItem", &attributes, |xml| {
            xml.element("m:SavedItemFolderId", &[], |xml| {
                write_folder_id(xml, &self.folder);
            });
            xml.element("m:Items", &[], |xml| {
                for item in &self.items {
                    leaf::write(xml, &item.kind, &item.leaves, &item.properties);
                }
            });
        });
    }

    fn read(message: &Element) -> Result<Item, Unreadable> {
        Item::read_first(message)
    }
}

/// What happens when the item has another version than the one named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// It is left alone.
    Refuse,
    /// It is written all the same.
    Overwrite,
}

/// What is changed of one item; nothing else of it is touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemChange {
    /// What sort it is.
    pub kind: Kind,
    /// Which one.
    pub id: ItemId,
    /// Its version, as far as it matters.
    pub change_key: Option<ChangeKey>,
    /// Leaves with their new values; an empty one is removed.
    pub leaves: Leaves,
    /// Properties with their new values.
    pub properties: Properties,
}

impl ItemChange {
    /// Whether there is nothing to be changed; the schema has no way to say so.
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.properties.is_empty()
    }

    fn write(&self, xml: &mut Writer) {
        xml.element("t:ItemChange", &[], |xml| {
            write_id(xml, &self.id, self.change_key.as_ref());
            xml.element("t:Updates", &[], |xml| {
                for (leaf, value) in &self.leaves {
                    write_leaf(xml, &self.kind, *leaf, value);
                }
                for (property, value) in &self.properties {
                    write_property(xml, &self.kind, *property, value);
                }
            });
        });
    }
}

fn write_leaf(xml: &mut Writer, kind: &Kind, leaf: Leaf, value: &str) {
    if value.is_empty() {
        // Setting an empty value is an error for Exchange.
        return xml.element("t:DeleteItemField", &[], |xml| leaf.write_path(xml));
    }
    xml.element("t:SetItemField", &[], |xml| {
        leaf.write_path(xml);
        let only = Leaves::from([(leaf, value.to_owned())]);
        leaf::write(xml, kind, &only, &Properties::new());
    });
}

fn write_property(xml: &mut Writer, kind: &Kind, property: Property, value: &str) {
    xml.element("t:SetItemField", &[], |xml| {
        property.write_path(xml);
        let only = Properties::from([(property, value.to_owned())]);
        leaf::write(xml, kind, &Leaves::new(), &only);
    });
}

/// Changes items.
pub struct UpdateItem {
    /// The zone times are meant in, as Exchange calls it.
    pub zone: Option<String>,
    /// Who hears of it.
    pub notify: Notify,
    /// What happens to those with another version.
    pub on_conflict: OnConflict,
    /// What is changed; at least one, none of them empty.
    pub changes: Vec<ItemChange>,
}

impl Operation for UpdateItem {
    type Answer = Item;
    const NAME: &'static str = "UpdateItem";
    const EFFECT: Effect = Effect::Writes;

    fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    fn write(&self, xml: &mut Writer) {
        let resolution = match self.on_conflict {
            OnConflict::Refuse => "NeverOverwrite",
            OnConflict::Overwrite => "AlwaysOverwrite",
        };
        let attributes = [
            ("ConflictResolution", resolution),
            NOT_SENT,
            meeting::on_update(self.notify),
        ];
        xml.element("m:UpdateItem", &attributes, |xml| {
            xml.element("m:ItemChanges", &[], |xml| {
                for change in &self.changes {
                    change.write(xml);
                }
            });
        });
    }

    fn read(message: &Element) -> Result<Item, Unreadable> {
        Item::read_first(message)
    }
}

/// Moves items to Deleted Items.
pub struct DeleteItem {
    /// Who hears of it.
    pub notify: Notify,
    /// Which; at least one.
    pub ids: Vec<ItemId>,
}

impl Operation for DeleteItem {
    type Answer = ();
    const NAME: &'static str = "DeleteItem";
    const EFFECT: Effect = Effect::Writes;

    fn write(&self, xml: &mut Writer) {
        let attributes = [
            ("DeleteType", "MoveToDeletedItems"),
            meeting::on_delete(self.notify),
            ("AffectedTaskOccurrences", "AllOccurrences"),
        ];
        xml.element("m:DeleteItem", &attributes, |xml| {
            xml.element("m:ItemIds", &[], |xml| {
                for id in &self.ids {
                    write_id(xml, id, None);
                }
            });
        });
    }

    fn read(_message: &Element) -> Result<(), Unreadable> {
        Ok(())
    }
}

/// Moves items to another folder; they get new ids there.
pub struct MoveItem {
    /// Where to.
    pub folder: FolderId,
    /// Which; at least one.
    pub ids: Vec<ItemId>,
}

impl Operation for MoveItem {
    type Answer = Item;
    const NAME: &'static str = "MoveItem";
    const EFFECT: Effect = Effect::Writes;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:MoveItem", &[], |xml| {
            xml.element("m:ToFolderId", &[], |xml| {
                write_folder_id(xml, &self.folder)
            });
            xml.element("m:ItemIds", &[], |xml| {
                for id in &self.ids {
                    write_id(xml, id, None);
                }
            });
            xml.text("m:ReturnNewItemIds", &[], "true");
        });
    }

    fn read(message: &Element) -> Result<Item, Unreadable> {
        Item::read_first(message)
    }
}
