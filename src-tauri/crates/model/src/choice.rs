//! What a person decided about a linked entry: in a conflict, or to undo what was overwritten. It holds for the values that were shown;
//! what is newer is never written over by it (S3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Field, Fields, Side};

/// What is to stand in a field on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// What this side shows.
    Keep(Side),
    /// Something else.
    Value(String),
    /// What this side still shows: what went over it on the other was not meant (R6.8).
    Back(Side),
    /// On either side what it shows: neither is written over, though they differ (R6.8).
    Stay,
}

/// The decision on one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// What the item showed, in common form.
    pub item: String,
    /// What the record showed, in common form.
    pub record: String,
    /// What was picked.
    pub pick: Pick,
}

impl Picked {
    /// The value that was picked.
    pub fn wanted(&self) -> &str {
        match &self.pick {
            Pick::Keep(Side::Mailbox) | Pick::Back(Side::Mailbox) | Pick::Stay => &self.item,
            Pick::Keep(Side::Crm) | Pick::Back(Side::Crm) => &self.record,
            Pick::Value(value) => value,
        }
    }

    /// Whether both sides hold what was shown; one that has taken over what was picked does too, so that a decision survives a crash
    /// between the two writes.
    pub fn holds(&self, item: &str, record: &str) -> bool {
        let is = |now: &str, shown: &str| now == shown || now == self.wanted();
        is(item, &self.item) && is(record, &self.record)
    }

    /// Whether it still holds and there is something left to do.
    pub fn is_open(&self, item: &str, record: &str) -> bool {
        let done = item == self.wanted() && record == self.wanted();
        self.holds(item, record) && !done
    }
}

/// The decision on an entry of which one end is gone while the other was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survivor {
    /// Whose state is kept: that of the side where it was deleted, or that of the side where it was changed.
    pub keep: Side,
    /// What the end that is left showed, in common form.
    pub values: Fields,
}

/// All that was decided about an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// By field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<Field, Picked>,
    /// Where one end is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survivor: Option<Survivor>,
}

impl Choice {
    /// Whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.survivor.is_none()
    }

    /// Whose state is kept, if the end that is left holds these values.
    pub fn survivor(&self, left: &Fields) -> Option<Side> {
        let survivor = self.survivor.as_ref()?;
        (survivor.values == *left).then_some(survivor.keep)
    }

    /// What was picked for fields that belong together: for each of them, unless both sides hold the same of it.
    pub fn wanted(&self, group: &[Field], item: &Fields, record: &Fields) -> Option<Fields> {
        let mut wanted = Fields::new();
        let mut picks = false;
        for &field in group {
            let (held, kept) = (item.get(field), record.get(field));
            match self.fields.get(&field) {
                Some(picked) if picked.holds(held, kept) => {
                    picks = true;
                    wanted.set(field, picked.wanted());
                }
                _ if held == kept => wanted.set(field, held),
                _ => return None,
            }
        }
        picks.then_some(wanted)
    }

    /// Whether fields that belong together stay as they are on either side.
    pub fn stays(&self, group: &[Field], item: &Fields, record: &Fields) -> bool {
        let stays = |field: &Field| {
            let picked = self.fields.get(field);
            picked.is_some_and(|picked| {
                picked.pick == Pick::Stay && picked.holds(item.get(*field), record.get(*field))
            })
        };
        let same = |field: &Field| item.get(*field) == record.get(*field);
        group.iter().any(stays) && group.iter().all(|field| stays(field) || same(field))
    }

    /// Whether a field goes back to what it was before something went over it.
    pub fn puts_back(&self, field: Field) -> bool {
        let picked = self.fields.get(&field);
        picked.is_some_and(|picked| matches!(picked.pick, Pick::Back(_)))
    }

    /// Only what still holds and is not done yet.
    pub fn open(&self, item: &Fields, record: &Fields) -> Self {
        let fields = self.fields.iter();
        let open =
            fields.filter(|(field, picked)| picked.is_open(item.get(**field), record.get(**field)));
        Self {
            fields: open
                .map(|(field, picked)| (*field, picked.clone()))
                .collect(),
            survivor: self
                .survivor
                .clone()
                .filter(|survivor| survivor.values == *item || survivor.values == *record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(pick: Pick) -> Picked {
        Picked {
            item: "m".to_owned(),
            record: "c".to_owned(),
            pick,
        }
    }

    #[test]
    fn r6_4_a_side_or_something_else_can_be_picked() {
        assert_eq!(picked(Pick::Keep(Side::Mailbox)).wanted(), "m");
        assert_eq!(picked(Pick::Keep(Side::Crm)).wanted(), "c");
        assert_eq!(picked(Pick::Value("both".to_owned())).wanted(), "both");
    }

    #[test]
    fn s3_a_decision_holds_for_what_was_shown_and_while_it_is_carried_out() {
        let both = picked(Pick::Value("both".to_owned()));
        for (item, record, holds, open) in [
            ("m", "c", true, true),
            ("both", "c", true, true),
            ("m", "both", true, true),
            ("both", "both", true, false),
            ("newer", "c", false, false),
            ("m", "newer", false, false),
            ("c", "m", false, false),
        ] {
            let found = (both.holds(item, record), both.is_open(item, record));
            assert_eq!(found, (holds, open), "{item} {record}");
        }
    }

    #[test]
    fn r6_8_what_stays_does_so_while_both_sides_show_what_was_shown() {
        let choice = Choice {
            fields: BTreeMap::from([(Field::Start, picked(Pick::Stay))]),
            survivor: None,
        };
        let side = |start: &str, end: &str| {
            Fields::new()
                .with(Field::Start, start)
                .with(Field::End, end)
        };
        let group = [Field::Start, Field::End];
        for (item, record, stays) in [
            (("m", "e"), ("c", "e"), true),
            (("m", "e"), ("c", "f"), false),
            (("m", "e"), ("newer", "e"), false),
            (("newer", "e"), ("c", "e"), false),
        ] {
            let (item, record) = (side(item.0, item.1), side(record.0, record.1));
            assert_eq!(choice.stays(&group, &item, &record), stays);
        }
        assert!(!Choice::default().stays(&group, &side("m", "e"), &side("m", "e")));
    }

    #[test]
    fn fields_that_belong_together_are_decided_together() {
        let choice = Choice {
            fields: BTreeMap::from([(Field::Start, picked(Pick::Keep(Side::Crm)))]),
            survivor: None,
        };
        let group = [Field::Start, Field::End];
        let side = |start: &str, end: &str| {
            Fields::new()
                .with(Field::Start, start)
                .with(Field::End, end)
        };
        let agreed = choice.wanted(&group, &side("m", "e"), &side("c", "e"));
        assert_eq!(agreed, Some(side("c", "e")));
        let open = choice.wanted(&group, &side("m", "e"), &side("c", "f"));
        assert_eq!(open, None, "the ends differ, and nobody decided on them");
        assert_eq!(
            Choice::default().wanted(&group, &side("m", "e"), &side("m", "e")),
            None
        );
    }
}
