//! Folders: GetFolder, CreateFolder, UpdateFolder, DeleteFolder, EmptyFolder. FindFolder is in `query`.

use model::{AccountName, FolderId};

use super::envelope::{Effect, Operation};
use super::item::write_folder_id;
use super::property::Property;
use super::tree::{Element, Unreadable};
use super::writer::Writer;

/// A folder every mailbox has, whatever it is called in the user's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distinguished {
    /// The top of what the user sees.
    Root,
    /// The inbox.
    Inbox,
    /// What was sent.
    Sent,
    /// What was deleted.
    Deleted,
    /// What is being written.
    Drafts,
    /// What is being sent.
    Outbox,
    /// What nobody wanted.
    Junk,
    /// The address book.
    Contacts,
    /// The calendar.
    Calendar,
    /// The to-do list.
    Tasks,
}

impl Distinguished {
    fn name(self) -> &'static str {
        match self {
            Distinguished::Root => "msgfolderroot",
            Distinguished::Inbox => "inbox",
            Distinguished::Sent => "sentitems",
            Distinguished::Deleted => "deleteditems",
            Distinguished::Drafts => "drafts",
            Distinguished::Outbox => "outbox",
            Distinguished::Junk => "junkemail",
            Distinguished::Contacts => "contacts",
            Distinguished::Calendar => "calendar",
            Distinguished::Tasks => "tasks",
        }
    }
}

/// How a folder is named in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// By what it is for.
    Distinguished(Distinguished),
    /// By what it is for, in the mailbox of this address.
    In(&'a AccountName, Distinguished),
    /// By the id the server gave.
    Id(&'a FolderId),
}

impl Place<'_> {
    /// Writes the id element.
    pub fn write(&self, xml: &mut Writer) {
        match self {
            Place::Distinguished(folder) => {
                xml.empty("t:DistinguishedFolderId", &[("Id", folder.name())]);
            }
            Place::In(mailbox, folder) => {
                let attributes = [("Id", folder.name())];
                xml.element("t:DistinguishedFolderId", &attributes, |xml| {
                    xml.element("t:Mailbox", &[], |xml| {
                        xml.text("t:EmailAddress", &[], mailbox.as_str());
                    });
                });
            }
            Place::Id(id) => write_folder_id(xml, id),
        }
    }
}

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderKind {
    /// `IPF.Note`.
    Mail,
    /// `IPF.Contact`.
    Contacts,
    /// `IPF.Appointment`.
    Calendar,
    /// `IPF.Task`.
    Tasks,
}

impl FolderKind {
    fn element(self) -> &'static str {
        match self {
            FolderKind::Mail => "t:Folder",
            FolderKind::Contacts => "t:ContactsFolder",
            FolderKind::Calendar => "t:CalendarFolder",
            FolderKind::Tasks => "t:TasksFolder",
        }
    }

    /// The folder class.
    pub fn class(self) -> &'static str {
        match self {
            FolderKind::Mail => "IPF.Note",
            FolderKind::Contacts => "IPF.Contact",
            FolderKind::Calendar => "IPF.Appointment",
            FolderKind::Tasks => "IPF.Task",
        }
    }
}

/// A folder as answers show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// The folder it lies in.
    pub parent: Option<FolderId>,
    /// Its class.
    pub class: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The connector's property.
    pub connector: Option<String>,
    /// How many items and folders are directly in it.
    pub entries: Option<u64>,
}

impl Folder {
    /// Reads an element such as `ContactsFolder`.
    pub fn read(element: &Element) -> Result<Self, Unreadable> {
        let id = element.required("FolderId")?;
        let text = |id: &Element| {
            id.attribute("Id")
                .filter(|text| !text.is_empty())
                .map(FolderId::new)
        };
        let parent = element.child("ParentFolderId").and_then(text);
        let count = |name: &str| element.text_of(name)?.parse::<u64>().ok();
        Ok(Self {
            id: text(id).ok_or_else(|| id.misses("Id"))?,
            parent,
            class: element.text_of("FolderClass").map(str::to_owned),
            name: element.text_of("DisplayName").map(str::to_owned),
            connector: Property::read_all(element).remove(&Property::Connector),
            entries: count("TotalCount")
                .zip(count("ChildFolderCount"))
                .map(|(items, folders)| items + folders),
        })
    }

    /// Whether it holds this kind: its class is that of the kind, or below it.
    pub fn holds(&self, kind: FolderKind) -> bool {
        let class = self.class.as_deref().unwrap_or_default();
        let rest = class.strip_prefix(kind.class());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    fn read_first(message: &Element) -> Result<Self, Unreadable> {
        let folders = message.required("Folders")?;
        let first = folders.children().next();
        Folder::read(first.ok_or_else(|| folders.misses("folder"))?)
    }
}

const SHOWN: [&str; 5] = [
    "folder:ParentFolderId",
    "folder:FolderClass",
    "folder:DisplayName",
    "folder:TotalCount",
    "folder:ChildFolderCount",
];

/// Writes `m:FolderShape` with what [`Folder`] knows.
pub fn write_folder_shape(xml: &mut Writer) {
    xml.element("m:FolderShape", &[], |xml| {
        xml.text("t:BaseShape", &[], "IdOnly");
        xml.element("t:AdditionalProperties", &[], |xml| {
            for uri in SHOWN {
                xml.empty("t:FieldURI", &[("FieldURI", uri)]);
            }
            Property::Connector.write_path(xml);
        });
    });
}

/// Reads one folder.
pub struct GetFolder<'a> {
    /// Which one.
    pub place: Place<'a>,
}

impl Operation for GetFolder<'_> {
    type Answer = Folder;
    const NAME: &'static str = "GetFolder";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:GetFolder", &[], |xml| {
            write_folder_shape(xml);
            xml.element("m:FolderIds", &[], |xml| self.place.write(xml));
        });
    }

    fn read(message: &Element) -> Result<Folder, Unreadable> {
        Folder::read_first(message)
    }
}

/// Reads several folders: one message for each, in the order asked.
pub struct GetFolders<'a> {
    /// Which; at least one.
    pub places: Vec<Place<'a>>,
}

impl Operation for GetFolders<'_> {
    type Answer = Folder;
    const NAME: &'static str = "GetFolder";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:GetFolder", &[], |xml| {
            write_folder_shape(xml);
            xml.element("m:FolderIds", &[], |xml| {
                for place in &self.places {
                    place.write(xml);
                }
            });
        });
    }

    fn read(message: &Element) -> Result<Folder, Unreadable> {
        Folder::read_first(message)
    }
}

/// Makes a folder.
pub struct CreateFolder<'a> {
    /// Below which one.
    pub parent: Place<'a>,
    /// What it holds.
    pub kind: FolderKind,
    /// Its name.
    pub name: &'a str,
}

impl Operation for CreateFolder<'_> {
    type Answer = Folder;
    const NAME: &'static str = "CreateFolder";
    const EFFECT: Effect = Effect::Writes;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:CreateFolder", &[], |xml| {
            xml.element("m:ParentFolderId", &[], |xml| self.parent.write(xml));
            xml.element("m:Folders", &[], |xml| {
                xml.element(self.kind.element(), &[], |xml| {
                    xml.text("t:FolderClass", &[], self.kind.class());
                    xml.text("t:DisplayName", &[], self.name);
                });
            });
        });
    }

    fn read(message: &Element) -> Result<Folder, Unreadable> {
        Folder::read_first(message)
    }
}

/// Writes the connector's property on a folder, or takes it away.
pub struct UpdateFolder<'a> {
    /// Which folder.
    pub folder: &'a FolderId,
    /// What it holds.
    pub kind: FolderKind,
    /// The property's text.
    pub connector: Option<&'a str>,
}

impl Operation for UpdateFolder<'_> {
    type Answer = Folder;
    const NAME: &'static str = "UpdateFolder";
    const EFFECT: Effect = Effect::Writes;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:UpdateFolder", &[], |xml| {
            xml.element("m:FolderChanges", &[], |xml| {
                xml.element("t:FolderChange", &[], |xml| {
                    write_folder_id(xml, self.folder);
                    xml.element("t:Updates", &[], |xml| {
                        self.write_update(xml);
                    });
                });
            });
        });
    }

    fn read(message: &Element) -> Result<Folder, Unreadable> {
        Folder::read_first(message)
    }
}

impl UpdateFolder<'_> {
    fn write_update(&self, xml: &mut Writer) {
        let Some(text) = self.connector else {
            return xml.element("t:DeleteFolderField", &[], |xml| {
                Property::Connector.write_path(xml);
            });
        };
        xml.element("t:SetFolderField", &[], |xml| {
            Property::Connector.write_path(xml);
            xml.element(self.kind.element(), &[], |xml| {
                Property::Connector.write(xml, text);
            });
        });
    }
}

/// Removes a folder for good.
pub struct DeleteFolder<'a> {
    /// Which one.
    pub folder: &'a FolderId,
}

impl Operation for DeleteFolder<'_> {
    type Answer = ();
    const NAME: &'static str = "DeleteFolder";
    const EFFECT: Effect = Effect::Writes;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:DeleteFolder", &[("DeleteType", "HardDelete")], |xml| {
            write_folder_ids(xml, self.folder);
        });
    }

    fn read(_message: &Element) -> Result<(), Unreadable> {
        Ok(())
    }
}

/// Removes everything inside a folder for good.
pub struct EmptyFolder<'a> {
    /// Which one.
    pub folder: &'a FolderId,
}

impl Operation for EmptyFolder<'_> {
    type Answer = ();
    const NAME: &'static str = "EmptyFolder";
    const EFFECT: Effect = Effect::Writes;

    fn write(&self, xml: &mut Writer) {
        let attributes = [("DeleteType", "HardDelete"), ("DeleteSubFolders", "true")];
        xml.element("m:EmptyFolder", &attributes, |xml| {
            write_folder_ids(xml, self.folder);
        });
    }

    fn read(_message: &Element) -> Result<(), Unreadable> {
        Ok(())
    }
}

fn write_folder_ids(xml: &mut Writer, folder: &FolderId) {
    xml.element("m:FolderIds", &[], |xml| write_folder_id(xml, folder));
}
