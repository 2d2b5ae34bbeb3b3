//! What belongs together: a link, or what may become one, with what either side showed.

use model::{Choice, Component, Fields, Item, Link, LinkId, LinkState, Record, RemoteId};

use crate::Losses;

/// What is known of the mailbox's end.
#[allow(clippy::large_enum_variant)] // most sides of a run were read: a box for each would only cost more
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemSide {
    /// There never was one.
    Absent,
    /// It was not among the changes: it still is what the base says.
    Unchanged,
    /// The server says that it left the folder.
    Gone,
    /// It was read.
    Present(Item),
}

/// What is known of the CRM's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordSide {
    /// There never was one.
    Absent,
    /// It was not among the changes: it still is what the base says.
    Unchanged,
    /// The server says that it is deleted.
    Gone,
    /// It is now assigned to somebody else (R1.5).
    Left,
    /// It was read and is the user's.
    Present(Record),
}

/// Whether a link is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is in the state file, or there is none.
    Stored,
    /// It was made again from an item's stamp and has to be kept.
    Rebuilt,
}

/// One thing to decide on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The id of the link, or of the link to be.
    pub id: LinkId,
    /// The link, if there is one already.
    pub link: Option<Link>,
    /// Whether the state file knows the link.
    pub known: Known,
    /// The mailbox's end.
    pub item: ItemSide,
    /// The CRM's end.
    pub record: RecordSide,
    /// The observations that are dealt with when this unit is.
    pub subjects: Vec<RemoteId>,
    /// What a person decided about it.
    pub choice: Option<Choice>,
    /// What a person said about the loss of an end.
    pub losses: Losses,
}

impl Unit {
    /// Whether one end of a pair is gone, or both.
    pub fn is_lost(&self) -> bool {
        let is_live = |link: &Link| matches!(link.state, LinkState::Live { .. });
        let gone = self.item == ItemSide::Gone
            || matches!(self.record, RecordSide::Gone | RecordSide::Left);
        gone && self.link.as_ref().is_some_and(is_live)
    }

    /// The item's values in common form: as read, else as last agreed.
    pub fn item_values(&self, component: Component) -> Fields {
        match &self.item {
            ItemSide::Present(item) => mapping::from_item(component, &item.fields),
            ItemSide::Absent | ItemSide::Unchanged | ItemSide::Gone => self
                .link
                .as_ref()
                .map(|link| link.base.item.clone())
                .unwrap_or_default(),
        }
    }

    /// The record's values in common form: as read, else as last agreed.
    pub fn record_values(&self, component: Component) -> Fields {
        match &self.record {
            RecordSide::Present(record) => mapping::from_record(component, &record.fields),
            RecordSide::Absent | RecordSide::Unchanged | RecordSide::Gone | RecordSide::Left => {
                self.link
                    .as_ref()
                    .map(|link| link.base.record.clone())
                    .unwrap_or_default()
            }
        }
    }

    /// How a person calls it.
    pub fn title(&self, component: Component) -> String {
        let item = mapping::title(component, &self.item_values(component));
        if item.is_empty() {
            mapping::title(component, &self.record_values(component))
        } else {
            item
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{Base, ChangeKey, Field, ItemId, RecordId, Stamping};

    use super::*;

    fn unit(state: LinkState, item: ItemSide, record: RecordSide, base: Base) -> Unit {
        Unit {
            id: LinkId::new("l1"),
            link: Some(Link {
                id: LinkId::new("l1"),
                component: Component::Tasks,
                record: RecordId::new("r1"),
                state,
                base,
                stamped: None,
                stamping: Stamping::Allowed,
            }),
            known: Known::Stored,
            item,
            record,
            subjects: Vec::new(),
            choice: None,
            losses: Losses::Follow,
        }
    }

    #[test]
    fn an_entry_is_called_as_in_the_mailbox_else_as_in_the_crm() {
        let called = |item: &str, record: &str| {
            let name = |name: &str| Fields::new().with(Field::Subject, name);
            let base = Base {
                item: name(item),
                record: name(record),
            };
            let (item, record) = (ItemSide::Unchanged, RecordSide::Unchanged);
            unit(LinkState::StaysAway, item, record, base).title(Component::Tasks)
        };
        assert_eq!(called("Call", "Call back"), "Call");
        assert_eq!(called("", "Call back"), "Call back");
    }

    #[test]
    fn r6_8_a_pair_is_lost_once_one_of_its_ends_is_gone() {
        let live = || LinkState::Live {
            item: ItemId::new("i1"),
            change_key: ChangeKey::new("1"),
        };
        let is_lost = |item, record| unit(live(), item, record, Base::default()).is_lost();
        let ends = [
            (ItemSide::Unchanged, RecordSide::Unchanged, false),
            (ItemSide::Gone, RecordSide::Unchanged, true),
            (ItemSide::Unchanged, RecordSide::Gone, true),
            (ItemSide::Unchanged, RecordSide::Left, true),
            (ItemSide::Gone, RecordSide::Gone, true),
        ];
        for (item, record, expected) in ends {
            let told = format!("{item:?} {record:?}");
            assert_eq!(is_lost(item, record), expected, "{told}");
        }
        let away = |record| {
            unit(
                LinkState::StaysAway,
                ItemSide::Absent,
                record,
                Base::default(),
            )
        };
        assert!(!away(RecordSide::Gone).is_lost(), "it has one end only");
        let mut unlinked = unit(live(), ItemSide::Gone, RecordSide::Gone, Base::default());
        unlinked.link = None;
        assert!(!unlinked.is_lost(), "there was no pair");
    }
}
