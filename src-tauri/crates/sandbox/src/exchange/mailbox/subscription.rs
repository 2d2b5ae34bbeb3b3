//! Subscriptions and the events they collect. Events only say that something happened; they hold no content and no change key, as on
//! Exchange.
//! Deliberately not here: waiting for events; the operation that streams them does that.

use super::Mailbox;
use crate::exchange::identity::{FolderKey, ItemKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// More events than this are not kept; the client is told that it missed some.
const MOST_EVENTS: usize = 50_000;

/// How a client learns of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// It asks; the subscription lives so many minutes after the last time.
    Pull {
        /// Minutes.
        timeout: i64,
    },
    /// It keeps a connection open.
    Streaming,
}

/// What a subscription is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Every folder of the mailbox.
    AllFolders,
    /// These folders.
    Folders(BTreeSet<FolderKey>),
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventKind {
    /// Something came into being.
    Created,
    /// Something is gone.
    Deleted,
    /// Something is another than before.
    Modified,
    /// Something went from one folder to another.
    Moved,
    /// Something was copied into a folder.
    Copied,
    /// A mail was delivered.
    NewMail,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// An item.
    Item(ItemKey),
    /// A folder.
    Folder(FolderKey),
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number, the client's watermark once it has it.
    pub number: u64,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub time: Timestamp,
    /// To what.
    pub subject: Subject,
    /// In which folder.
    pub parent: FolderKey,
    /// What it was before, and where.
    pub old: Option<(Subject, FolderKey)>,
}

/// A subscription of a client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subscription {
    /// Its number.
    pub number: u64,
    /// How its events are fetched.
    pub delivery: Delivery,
    /// What it is about.
    pub scope: Scope,
    /// What it wants to know.
    pub kinds: BTreeSet<EventKind>,
    /// Events not fetched yet.
    pub events: VecDeque<Event>,
    /// The number of the newest event that was dropped, 0 for none.
    pub dropped: u64,
    /// The number of the last event that was told, 0 for none.
    pub told: u64,
    /// When its client was last heard of.
    pub last_heard: Timestamp,
}

/// To whom a move is told as a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovesTold {
    /// Subscriptions of folders by id; others see a creation and changed folders. Exchange 2013 and later.
    #[default]
    ByFolder,
    /// Subscriptions of all folders; others see a creation or a deletion. gromox.
    ToAllFolders,
    /// Nobody: everyone sees a creation and a deletion, as when a phone copies and deletes.
    Never,
}

impl EventKind {
    /// The name of its event type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "CreatedEvent",
            Self::Deleted => "DeletedEvent",
            Self::Modified => "ModifiedEvent",
            Self::Moved => "MovedEvent",
            Self::Copied => "CopiedEvent",
            Self::NewMail => "NewMailEvent",
        }
    }

    /// The kind of an event type's name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Created,
            Self::Deleted,
            Self::Modified,
            Self::Moved,
            Self::Copied,
            Self::NewMail,
        ];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

impl Subscription {
    /// Takes the events up to a watermark as seen, and returns the next ones.
    pub fn events_after(&mut self, watermark: u64, most: usize) -> Vec<Event> {
        while self
            .events
            .front()
            .is_some_and(|event| event.number <= watermark)
        {
            self.events.pop_front();
        }
        self.events.iter().take(most).cloned().collect()
    }

    fn push(&mut self, event: Event) {
        if !self.kinds.contains(&event.kind) {
            return;
        }
        self.events.push_back(event);
        while self.events.len() > MOST_EVENTS {
            self.dropped = self
                .events
                .pop_front()
                .map_or(self.dropped, |event| event.number);
        }
    }

    fn covers(&self, folder: FolderKey) -> bool {
        match &self.scope {
            Scope::AllFolders => true,
            Scope::Folders(folders) => folders.contains(&folder),
        }
    }
}

impl Mailbox {
    /// Starts a subscription and returns its number.
    pub fn subscribe(
        &mut self,
        delivery: Delivery,
        scope: Scope,
        kinds: BTreeSet<EventKind>,
        now: Timestamp,
    ) -> u64 {
        let number = self
            .subscriptions
            .keys()
            .next_back()
            .map_or(1, |last| last + 1)
            .max(self.last_change + 1);
        let events = VecDeque::new();
        let new = Subscription {
            number,
            delivery,
            scope,
            kinds,
            events,
            dropped: 0,
            told: 0,
            last_heard: now,
        };
        self.subscriptions.insert(number, new);
        number
    }

    /// A subscription that still lives at this time; its client was heard of now.
    pub fn subscription(&mut self, number: u64, now: Timestamp) -> Option<&mut Subscription> {
        self.subscriptions
            .retain(|_, subscription| match subscription.delivery {
                Delivery::Pull { timeout } => {
                    now.duration_since(subscription.last_heard).as_mins() <= timeout
                }
                Delivery::Streaming => true,
            });
        let found = self.subscriptions.get_mut(&number)?;
        found.last_heard = now;
        Some(found)
    }

    pub(super) fn tell(
        &mut self,
        kind: EventKind,
        item: ItemKey,
        parent: FolderKey,
        old: Option<(ItemKey, FolderKey)>,
        now: Timestamp,
    ) {
        let old = old.map(|(key, parent)| (Subject::Item(key), parent));
        self.announce(kind, Subject::Item(item), parent, old, now);
    }

    pub(super) fn announce(
        &mut self,
        kind: EventKind,
        subject: Subject,
        parent: FolderKey,
        old: Option<(Subject, FolderKey)>,
        now: Timestamp,
    ) {
        if self.subscriptions.is_empty() {
            return;
        }
        let mut subscriptions = std::mem::take(&mut self.subscriptions);
        for subscription in subscriptions.values_mut() {
            let told = subscription.hears(self.moves_told, kind, subject, parent, old);
            for (kind, subject, parent, old) in told {
                // A number of its own for each event, so that a watermark stands between any two.
                let number = self.next_change();
                subscription.push(Event {
                    number,
                    kind,
                    time: now,
                    subject,
                    parent,
                    old,
                });
            }
        }
        self.subscriptions = subscriptions;
    }
}

type Told = (EventKind, Subject, FolderKey, Option<(Subject, FolderKey)>);

impl Subscription {
    /// What this subscription hears of an event.
    fn hears(
        &self,
        moves: MovesTold,
        kind: EventKind,
        subject: Subject,
        parent: FolderKey,
        old: Option<(Subject, FolderKey)>,
    ) -> Vec<Told> {
        let here = self.covers(parent);
        let Some((old_subject, old_parent)) = old.filter(|_| kind == EventKind::Moved) else {
            return if here {
                vec![(kind, subject, parent, old)]
            } else {
                Vec::new()
            };
        };
        let there = self.covers(old_parent);
        let all = self.scope == Scope::AllFolders;
        match moves {
            MovesTold::ByFolder if all => vec![
                (EventKind::Created, subject, parent, None),
                (EventKind::Modified, Subject::Folder(parent), parent, None),
                (
                    EventKind::Modified,
                    Subject::Folder(old_parent),
                    old_parent,
                    None,
                ),
            ],
            MovesTold::ByFolder | MovesTold::ToAllFolders
                if here && (all || moves == MovesTold::ByFolder) =>
            {
                vec![(kind, subject, parent, old)]
            }
            MovesTold::ByFolder if there => vec![(kind, subject, parent, old)],
            _ => {
                let created = here.then_some((EventKind::Created, subject, parent, None));
                let deleted = there.then_some((EventKind::Deleted, old_subject, old_parent, None));
                created.into_iter().chain(deleted).collect()
            }
        }
    }
}
