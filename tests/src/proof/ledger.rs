//! What the users did to an entry since both sides last agreed, and what may have become of it. Where servers failed in between, more
//! than one end can be right; where none did, only one.

use model::{Component, Side, Strategy};

/// Where an end of an entry is, as the users left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// There is none.
    Nowhere,
    /// Where the connector sees it.
    Here,
    /// An item outside the folder, or a record of a colleague; by its id.
    Elsewhere(String),
}

/// One field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// What both sides last agreed on.
    pub agreed: String,
    /// What the user typed since, in the mailbox and in the CRM.
    pub typed: [Option<String>; 2],
    /// All that was ever typed into it.
    pub ever: Vec<String>,
}

impl Value {
    fn whatever(&self) -> Vec<&str> {
        let ever = self.ever.iter().map(String::as_str);
        ever.chain([self.agreed.as_str()]).collect()
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, which no other entry has.
    pub name: String,
    /// The item.
    pub item: End,
    /// The record.
    pub record: End,
    /// Its fields.
    pub values: Vec<Value>,
    /// When the users last changed the item and the record.
    pub changed: [u32; 2],
    /// Whether the users took the item or the record away since, even if they brought it back.
    pub lost: [bool; 2],
    /// Whether both ends were there when both sides last agreed.
    pub linked: bool,
    /// Whether the item stays away from the mailbox (R2.4).
    pub away: bool,
    /// Whether the item is the one the user made.
    pub own_item: bool,
    /// Whether there is a copy of the item that the connector has not seen yet: if the original went, the copy would count as the original
    /// that was moved and renamed, so it stays until the next calm. Or whether it is such a copy, which stays as well.
    pub copied: bool,
    /// Whether its ends came and went in a way that leaves open what is right.
    pub tangled: bool,
    /// Whether the state was lost while an end was elsewhere: brought back it would be an entry of its own.
    pub severed: bool,
    /// Whether the state was lost since both sides were last looked at.
    pub forgotten: bool,
    /// Whether the history of what was typed was lost with the state.
    pub untold: bool,
}

/// Which ends there must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Both.
    Both,
    /// The record only: a contact stays away from the mailbox (R2.4).
    RecordOnly,
    /// None.
    None,
    /// Both or none.
    BothOrNone,
    /// The record, and perhaps the item.
    RecordAtLeast,
    /// Whatever the servers' failures made of it.
    Any,
}

impl Ends {
    /// Whether this is what there is.
    pub fn allow(self, item: bool, record: bool) -> bool {
        match self {
            Ends::Both => item && record,
            Ends::RecordOnly => !item && record,
            Ends::None => !item && !record,
            Ends::BothOrNone => item == record,
            Ends::RecordAtLeast => record,
            Ends::Any => true,
        }
    }
}

fn place(side: Side) -> usize {
    match side {
        Side::Mailbox => 0,
        Side::Crm => 1,
    }
}

impl Entry {
    /// An entry that was just made on one side.
    pub fn new(name: String, side: Side, values: Vec<String>, now: u32) -> Self {
        let value = |typed: String| {
            let mut value = Value::default();
            value.typed[place(side)] = Some(typed.clone()).filter(|typed| !typed.is_empty());
            value.ever.push(typed);
            value
        };
        let mut entry = Self {
            name,
            item: End::Nowhere,
            record: End::Nowhere,
            values: values.into_iter().map(value).collect(),
            changed: [0, 0],
            lost: [false, false],
            linked: false,
            away: false,
            own_item: side == Side::Mailbox,
            copied: false,
            tangled: false,
            severed: false,
            forgotten: false,
            untold: false,
        };
        *entry.end(side) = End::Here;
        entry.changed[place(side)] = now;
        entry
    }

    fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Mailbox => &mut self.item,
            Side::Crm => &mut self.record,
        }
    }

    /// The user typed something into a field.
    pub fn type_in(&mut self, side: Side, field: usize, value: String, now: u32) {
        self.values[field].ever.push(value.clone());
        self.values[field].typed[place(side)] = Some(value);
        self.tangled |= self.forgotten && self.typed() == [true, true];
        self.changed[place(side)] = now;
    }

    /// The user took an end away.
    pub fn lose(&mut self, side: Side, end: End) {
        *self.end(side) = end;
        self.lost[place(side)] = true;
        // Nobody knows any more that there was another end.
        self.tangled |= self.forgotten;
    }

    /// The user brought an end back.
    pub fn bring_back(&mut self, side: Side) {
        *self.end(side) = End::Here;
        // After a calm in between the connector has drawn its conclusions; what the ends meet as is then a matter of stamps.
        self.tangled |= !self.lost[place(side)];
    }

    /// What the connector knew of the entry is gone, or is what it knew long ago: only what was changed on one side alone can still be told.
    pub fn forget(&mut self) {
        (self.forgotten, self.untold) = (true, true);
        self.tangled |= self.lost != [false, false] || self.away || self.typed() == [true, true];
        self.severed |=
            matches!(self.item, End::Elsewhere(_)) || matches!(self.record, End::Elsewhere(_));
    }

    /// Whether the user typed anything since, in the mailbox and in the CRM.
    fn typed(&self) -> [bool; 2] {
        [0, 1].map(|side| self.values.iter().any(|value| value.typed[side].is_some()))
    }

    /// Which ends there must be, now that nothing is left to do.
    pub fn ends(&self, component: Component, rule: Strategy, disturbed: bool) -> Ends {
        let (item, record) = (self.item == End::Here, self.record == End::Here);
        if self.tangled {
            return Ends::Any;
        }
        let was_lost = self.lost != [false, false];
        if was_lost && disturbed {
            return match (component, self.lost[1]) {
                (Component::Contacts, false) if self.linked => Ends::RecordAtLeast,
                _ => Ends::Any,
            };
        }
        let typed = |side| self.typed()[place(side)];
        match (item, record) {
            (true, true) => Ends::Both,
            (false, false) => Ends::None,
            (false, true) if self.away => Ends::RecordOnly,
            // An item whose record is another's waits for the user; it is not made a second record.
            (true, false) if !self.linked && matches!(self.record, End::Elsewhere(_)) => Ends::Any,
            (true, false) if !self.linked && !self.lost[1] => Ends::Both,
            (false, true) if !self.linked && !self.lost[0] => Ends::Both,
            // A new item or record that was taken away before anybody saw it.
            (true, false) | (false, true) if !self.linked => Ends::Any,
            (false, true) if component == Component::Contacts => Ends::RecordOnly,
            (false, true) if rule == Strategy::Crm => Ends::Both,
            (false, true) if rule == Strategy::Exchange => Ends::None,
            (false, true) if typed(Side::Crm) => Ends::Both,
            (false, true) => Ends::None,
            (true, false) if matches!(self.record, End::Elsewhere(_)) => Ends::None,
            (true, false) if rule == Strategy::Exchange => Ends::Both,
            (true, false) if rule == Strategy::Crm => Ends::None,
            (true, false) if typed(Side::Mailbox) => Ends::Both,
            (true, false) => Ends::None,
        }
    }

    /// The values that may stand in a field on both sides.
    pub fn allowed(&self, field: usize, rule: Strategy, disturbed: bool) -> Vec<&str> {
        let value = &self.values[field];
        let [item, record] = [0, 1].map(|side| value.typed[side].as_deref());
        if self.tangled || disturbed && self.lost != [false, false] {
            return value.whatever();
        }
        if disturbed && rule != Strategy::LastModified {
            // A sync in between may have taken over what was typed first, so that what came later is put back to it.
            return value.whatever();
        }
        let loose = disturbed || self.lost != [false, false];
        let put_back = |side: usize| match rule {
            Strategy::Crm => self.linked && side == 0,
            Strategy::Exchange => self.linked && side == 1,
            Strategy::LastModified | Strategy::None => false,
        };
        match (item, record) {
            (None, None) => vec![&value.agreed],
            (Some(item), Some(record)) if loose => vec![item, record, &value.agreed],
            (Some(one), None) | (None, Some(one)) if self.lost != [false, false] => {
                vec![one, &value.agreed]
            }
            (Some(_), None) if put_back(0) => vec![&value.agreed],
            (None, Some(_)) if put_back(1) => vec![&value.agreed],
            (Some(one), None) | (None, Some(one)) => vec![one],
            (Some(_), Some(record)) if rule == Strategy::Crm => vec![record],
            (Some(item), Some(_)) if rule == Strategy::Exchange => vec![item],
            (Some(item), Some(record)) => match self.changed[0] > self.changed[1] {
                true => vec![item],
                false => vec![record],
            },
        }
    }

    /// What the users typed into ends they did not take away themselves, and what both agreed on: whatever of it stands nowhere any more
    /// must be in the history (S4).
    pub fn kept_values(&self) -> Vec<&str> {
        let ends = [&self.item, &self.record];
        // What was moved out or given away is where the users took it, with all that is in it.
        let is_open = |side: usize| {
            !self.untold && !self.lost[side] && !matches!(ends[side], End::Elsewhere(_))
        };
        let sides = [0, 1].into_iter().filter(|&side| is_open(side));
        let typed = sides.flat_map(|side| {
            let values = self.values.iter();
            values.filter_map(move |value| value.typed[side].as_deref())
        });
        typed.collect()
    }

    /// Both sides agree on this.
    pub fn agree(&mut self, item: bool, record: bool, values: Option<Vec<String>>) {
        for (value, now) in self.values.iter_mut().zip(values.into_iter().flatten()) {
            value.agreed = now;
        }
        self.away = !item && record;
        for (side, end) in [&self.item, &self.record].into_iter().enumerate() {
            if *end == End::Nowhere {
                for value in &mut self.values {
                    value.typed[side] = None;
                }
            }
        }
        self.copied = false;
        if item && record {
            for value in &mut self.values {
                value.typed = [None, None];
            }
            self.untold = false;
        }
        if item || !matches!(self.item, End::Elsewhere(_)) {
            self.item = if item { End::Here } else { End::Nowhere };
        }
        if record || !matches!(self.record, End::Elsewhere(_)) {
            self.record = if record { End::Here } else { End::Nowhere };
        }
        self.own_item &= item && self.lost == [false, false];
        self.linked = item && record;
        self.lost = [false, false];
        (self.tangled, self.forgotten) = (false, false);
    }
}
