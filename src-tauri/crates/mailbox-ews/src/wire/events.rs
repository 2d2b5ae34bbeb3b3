//! Subscriptions and what they tell: Subscribe, GetEvents, GetStreamingEvents.

use jiff::Timestamp;
use model::{FolderId, ItemId};

use super::envelope::{Effect, Operation};
use super::item::{time, write_folder_id};
use super::tree::{Element, Unreadable};
use super::writer::Writer;

/// How long a server keeps events for somebody who asks for them; the most the schema allows.
const PULL_MINUTES: &str = "1440";
/// How long one answer lasts; the most the schema allows.
const STREAM_MINUTES: &str = "30";
/// Where a server gives no watermarks (grommunio) it reads none either, but the schema wants one.
const NO_WATERMARK: &str = "none";

/// All that may have happened to what is in a folder.
const EVERY_EVENT: [&str; 5] = [
    "NewMailEvent",
    "CreatedEvent",
    "DeletedEvent",
    "ModifiedEvent",
    "MovedEvent",
];

/// Which folders a subscription is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// These; at least one.
    Folders(&'a [FolderId]),
    /// All of the mailbox.
    All,
}

/// Wants to be told of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subscribe<'a> {
    /// Of moves, when asked for them.
    Moves(Scope<'a>),
    /// Of everything, at once; of these folders, at least one.
    Everything(&'a [FolderId]),
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Where its events begin.
    pub watermark: Option<String>,
}

impl Operation for Subscribe<'_> {
    type Answer = Subscription;
    const NAME: &'static str = "Subscribe";
    const EFFECT: Effect = Effect::Reads;
    const NEEDS_SAME_SERVER: bool = true;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:Subscribe", &[], |xml| match self {
            Subscribe::Moves(Scope::All) => {
                let attributes = [("SubscribeToAllFolders", "true")];
                xml.element("m:PullSubscriptionRequest", &attributes, write_pull);
            }
            Subscribe::Moves(Scope::Folders(folders)) => {
                xml.element("m:PullSubscriptionRequest", &[], |xml| {
                    write_folders(xml, folders);
                    write_pull(xml);
                });
            }
            Subscribe::Everything(folders) => {
                xml.element("m:StreamingSubscriptionRequest", &[], |xml| {
                    write_folders(xml, folders);
                    write_kinds(xml, &EVERY_EVENT);
                });
            }
        });
    }

    fn read(message: &Element) -> Result<Subscription, Unreadable> {
        let id = text(message, "SubscriptionId");
        Ok(Subscription {
            id: id.ok_or_else(|| message.misses("SubscriptionId"))?,
            watermark: text(message, "Watermark"),
        })
    }
}

fn write_pull(xml: &mut Writer) {
    write_kinds(xml, &["MovedEvent"]);
    xml.text("t:Timeout", &[], PULL_MINUTES);
}

fn write_folders(xml: &mut Writer, folders: &[FolderId]) {
    xml.element("t:FolderIds", &[], |xml| {
        for folder in folders {
            write_folder_id(xml, folder);
        }
    });
}

fn write_kinds(xml: &mut Writer, kinds: &[&str]) {
    xml.element("t:EventTypes", &[], |xml| {
        for kind in kinds {
            xml.text("t:EventType", &[], kind);
        }
    });
}

/// Asks what happened since.
pub struct GetEvents<'a> {
    /// To which subscription it was told.
    pub subscription: &'a str,
    /// The last event that is known.
    pub watermark: Option<&'a str>,
}

/// That an item was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// When.
    pub at: Option<Timestamp>,
    /// Its id now.
    pub item: ItemId,
    /// The folder it lies in now.
    pub folder: FolderId,
    /// Its id before.
    pub old_item: ItemId,
    /// The folder it lay in.
    pub old_folder: FolderId,
}

/// Some events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// Moves of items; those of folders are left out.
    pub moves: Vec<Moved>,
    /// How many events there were, of whatever kind.
    pub count: usize,
    /// The last of them.
    pub watermark: Option<String>,
    /// Whether there are more.
    pub more: bool,
}

impl Operation for GetEvents<'_> {
    type Answer = Events;
    const NAME: &'static str = "GetEvents";
    const EFFECT: Effect = Effect::Reads;
    const NEEDS_SAME_SERVER: bool = true;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:GetEvents", &[], |xml| {
            xml.text("m:SubscriptionId", &[], self.subscription);
            let watermark = self.watermark.unwrap_or(NO_WATERMARK);
            xml.text("m:Watermark", &[], watermark);
        });
    }

    fn read(message: &Element) -> Result<Events, Unreadable> {
        let notification = message.required("Notification")?;
        let moves = notification.all("MovedEvent").filter_map(moved);
        let marks = notification
            .children()
            .filter(|child| child.name.ends_with("Event"));
        Ok(Events {
            moves: moves.collect(),
            count: events(notification).count(),
            watermark: marks.filter_map(|event| text(event, "Watermark")).last(),
            more: notification.text_of("MoreEvents").map(str::trim) == Some("true"),
        })
    }
}

fn moved(event: &Element) -> Option<Moved> {
    let id = |name| {
        let id = event.child(name)?.attribute("Id")?;
        (!id.is_empty()).then(|| id.to_owned())
    };
    Some(Moved {
        at: event.text_of("TimeStamp").and_then(time),
        item: ItemId::new(id("ItemId")?),
        folder: FolderId::new(id("ParentFolderId")?),
        old_item: ItemId::new(id("OldItemId")?),
        old_folder: FolderId::new(id("OldParentFolderId")?),
    })
}

/// What happened; a sign of life is nothing that happened.
fn events(notification: &Element) -> impl Iterator<Item = &Element> {
    let events = notification.children();
    events.filter(|child| child.name.ends_with("Event") && child.name != "StatusEvent")
}

/// Asks to be told what happens, in one answer that lasts long and consists of many envelopes.
pub struct GetStreamingEvents<'a> {
    /// By which subscription.
    pub subscription: &'a str,
}

/// What an envelope of a stream tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// That the connection stands.
    Life,
    /// That something happened.
    News,
    /// That the server ends the answer.
    End,
}

impl Operation for GetStreamingEvents<'_> {
    type Answer = Told;
    const NAME: &'static str = "GetStreamingEvents";
    const EFFECT: Effect = Effect::Reads;
    const NEEDS_SAME_SERVER: bool = true;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:GetStreamingEvents", &[], |xml| {
            xml.element("m:SubscriptionIds", &[], |xml| {
                xml.text("t:SubscriptionId", &[], self.subscription);
            });
            xml.text("m:ConnectionTimeout", &[], STREAM_MINUTES);
        });
    }

    fn read(message: &Element) -> Result<Told, Unreadable> {
        let lists = message.all("Notifications");
        let mut notifications = lists.flat_map(|list| list.all("Notification"));
        Ok(
            if notifications.any(|notification| events(notification).next().is_some()) {
                Told::News
            } else if message.text_of("ConnectionStatus").map(str::trim) == Some("Closed") {
                Told::End
            } else {
                Told::Life
            },
        )
    }
}

fn text(element: &Element, name: &str) -> Option<String> {
    let text = element.text_of(name).map(str::trim);
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}
