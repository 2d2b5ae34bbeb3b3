//! What happens in a story, as a random test draws it and as a file keeps it. A number picks one of what is there, so that a story stays
//! one when acts are taken out of it.

use std::fmt;
use std::str::FromStr;

use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// Something that somebody does, or that befalls the connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The user makes an item.
    Enter,
    /// The user makes a record.
    Record,
    /// The user changes a field of an item: which entry, which field.
    EditItem(u8, u8),
    /// The user changes a field of a record: which entry, which field.
    EditRecord(u8, u8),
    /// The user deletes an item.
    DeleteItem(u8),
    /// The user deletes a record.
    DeleteRecord(u8),
    /// The user moves an item out of the folder.
    MoveOut(u8),
    /// The user moves one back that was moved out.
    MoveBack(u8),
    /// The user copies an item and gives the copy a name of its own.
    Duplicate(u8),
    /// The user gives a record to a colleague.
    GiveAway(u8),
    /// The user takes one back.
    TakeBack(u8),
    /// A sync while a server fails: which fault, and how many requests it lets pass.
    Disturb(u8, u8),
    /// The program ends and starts again.
    Restart,
    /// The disk is full after so many steps of a sync; then it has room again.
    FillDisk(u8),
    /// The clock of the user's computer jumps: so many quarters of an hour before or after the servers' time.
    Jump(u8),
    /// A copy of the state is put by.
    BackUp,
    /// The last copy is put back, as if nothing had been since.
    PutBack,
    /// The state is lost.
    Forget,
    /// Hours pass.
    Rest(u8),
    /// The servers work; syncs until nothing is left to do, then everything is looked at.
    Settle,
}

impl Act {
    /// Whether a user does it, on either side.
    pub fn is_of_a_user(self) -> bool {
        match self {
            Enter | Record | EditItem(..) | EditRecord(..) | DeleteItem(_) | DeleteRecord(_)
            | MoveOut(_) | MoveBack(_) | Duplicate(_) | GiveAway(_) | TakeBack(_) => true,
            Disturb(..) | Restart | FillDisk(_) | Jump(_) | BackUp | PutBack | Forget | Rest(_)
            | Settle => false,
        }
    }
}

use Act::{
    BackUp, DeleteItem, DeleteRecord, Disturb, Duplicate, EditItem, EditRecord, Enter, FillDisk,
    Forget, GiveAway, Jump, MoveBack, MoveOut, PutBack, Record, Rest, Restart, Settle, TakeBack,
};

/// How likely each is.
pub fn act() -> impl Strategy<Value = Act> {
    let one = any::<u8>;
    let two = any::<(u8, u8)>;
    prop_oneof![
        4 => Just(Enter),
        4 => Just(Record),
        8 => two().prop_map(|(entry, field)| EditItem(entry, field)),
        8 => two().prop_map(|(entry, field)| EditRecord(entry, field)),
        1 => one().prop_map(DeleteItem),
        1 => one().prop_map(DeleteRecord),
        1 => one().prop_map(MoveOut),
        1 => one().prop_map(MoveBack),
        1 => one().prop_map(Duplicate),
        1 => one().prop_map(GiveAway),
        1 => one().prop_map(TakeBack),
        4 => two().prop_map(|(fault, passes)| Disturb(fault, passes % 6)),
        1 => Just(Restart),
        1 => one().prop_map(|steps| FillDisk(steps % 12)),
        1 => one().prop_map(Jump),
        1 => Just(BackUp),
        1 => Just(PutBack),
        1 => Just(Forget),
        1 => one().prop_map(|hours| Rest(hours % 48)),
        5 => Just(Settle),
    ]
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Enter => f.write_str("enter"),
            Record => f.write_str("record"),
            EditItem(entry, field) => write!(f, "edit-item {entry} {field}"),
            EditRecord(entry, field) => write!(f, "edit-record {entry} {field}"),
            DeleteItem(entry) => write!(f, "delete-item {entry}"),
            DeleteRecord(entry) => write!(f, "delete-record {entry}"),
            MoveOut(entry) => write!(f, "move-out {entry}"),
            MoveBack(entry) => write!(f, "move-back {entry}"),
            Duplicate(entry) => write!(f, "copy {entry}"),
            GiveAway(entry) => write!(f, "give-away {entry}"),
            TakeBack(entry) => write!(f, "take-back {entry}"),
            Disturb(fault, passes) => write!(f, "disturb {fault} {passes}"),
            Restart => f.write_str("restart"),
            FillDisk(steps) => write!(f, "fill-disk {steps}"),
            Jump(quarters) => write!(f, "jump {quarters}"),
            BackUp => f.write_str("back-up"),
            PutBack => f.write_str("put-back"),
            Forget => f.write_str("forget"),
            Rest(hours) => write!(f, "rest {hours}"),
            Settle => f.write_str("settle"),
        }
    }
}

impl FromStr for Act {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let number = |place: usize| {
            let word: &&str = words
                .get(place)
                .ok_or_else(|| format!("{text}: a number is missing"))?;
            word.parse::<u8>()
                .map_err(|error| format!("{text}: {error}"))
        };
        Ok(match words.first().copied().unwrap_or_default() {
            "enter" => Enter,
            "record" => Record,
            "edit-item" => EditItem(number(1)?, number(2)?),
            "edit-record" => EditRecord(number(1)?, number(2)?),
            "delete-item" => DeleteItem(number(1)?),
            "delete-record" => DeleteRecord(number(1)?),
            "move-out" => MoveOut(number(1)?),
            "move-back" => MoveBack(number(1)?),
            "copy" => Duplicate(number(1)?),
            "give-away" => GiveAway(number(1)?),
            "take-back" => TakeBack(number(1)?),
            "disturb" => Disturb(number(1)?, number(2)?),
            "restart" => Restart,
            "fill-disk" => FillDisk(number(1)?),
            "jump" => Jump(number(1)?),
            "back-up" => BackUp,
            "put-back" => PutBack,
            "forget" => Forget,
            "rest" => Rest(number(1)?),
            "settle" => Settle,
            other => return Err(format!("{other} is nothing that happens")),
        })
    }
}

/// What a server may do to a sync; `{}` is how many requests pass before.
pub const FAULTS: &[&str] = &[
    "exchange:cut-before:CreateItem:{}+1",
    "exchange:cut-after:CreateItem:{}+1",
    "exchange:cut-before:UpdateItem:{}+1",
    "exchange:cut-after:UpdateItem:{}+1",
    "exchange:cut-before:DeleteItem:{}+1",
    "exchange:cut-after:DeleteItem:{}+1",
    "exchange:empty-500-after:CreateItem:{}+1",
    "exchange:busy::{}+2:3000",
    "exchange:503::{}+2:2",
    "exchange:html:GetItem:{}+1",
    "exchange:empty-500:SyncFolderItems:{}+1",
    "exchange:invalid-sync-state:SyncFolderItems:{}+1",
    "exchange:cut-before:FindItem:{}+1",
    "crm:cut-before:create:{}+1",
    "crm:cut-after:create:{}+1",
    "crm:cut-before:revise:{}+1",
    "crm:cut-after:revise:{}+1",
    "crm:cut-before:delete:{}+1",
    "crm:cut-after:delete:{}+1",
    "crm:empty-500-after:create:{}+1",
    "crm:empty-500-after:revise:{}+1",
    "crm:busy::{}+2:3000",
    "crm:503::{}+1:2",
    "crm:expired-session::{}+1",
    "crm:html:query:{}+1",
    "crm:html:retrieve:{}+1",
    "crm:empty-500:sync:{}+1",
    "crm:no-sync::{}+2",
    "exchange:cut-body::{}+1",
    "exchange:cut-body:CreateItem:{}+1",
    "exchange:twice:SyncFolderItems:{}+2",
    "exchange:reversed:SyncFolderItems:{}+2",
    "crm:cut-body::{}+1",
    "crm:cut-body:create:{}+1",
    "crm:twice:sync:{}+2",
    "crm:reversed:sync:{}+2",
];

/// The fault of this number, as the sandbox's command line writes it.
pub fn fault(number: u8, passes: u8) -> String {
    let fault = FAULTS[usize::from(number) % FAULTS.len()];
    fault.replace("{}", &passes.to_string())
}
