//! Why an entry that no link knows is not synced (R6.12): it is looked for on either side and judged by the rules a run goes by. Nothing is
//! written anywhere. What the state file knows is told by the controller.

use std::collections::BTreeSet;

use model::policy::FolderChoice;
use model::{
    Code, Component, Fields, HeadKind, Item, ItemId, LinkId, Owner, Problem, RecordId, RemoteId,
    Rights, Sought,
};
use ports::{ErrorKind, FolderPlace, FoundItem, FoundRecord};
use reconcile::{ItemSide, Known, Losses, RecordSide, Rules, Unit, decide};

use crate::Engine;

/// An entry of one side, judged as if nothing were known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlinked {
    /// The entry.
    pub entry: RemoteId,
    /// How a person calls it.
    pub title: String,
    /// Why it is not synced, the weightiest first.
    pub reasons: Vec<Problem>,
}

impl Engine {
    /// The rules of a run now. Asks the CRM what the user may do.
    pub async fn rules_of(&self, component: Component) -> ports::Result<Rules> {
        self.rules(component).await
    }

    /// The rules where the CRM does not answer: that is told by itself and stands in no entry's way.
    pub fn rules_without_crm(&self, component: Component) -> Rules {
        let all = Rights::FULL;
        self.rules_with(component, all)
    }

    /// Records of the CRM, whoever owns them.
    pub async fn find_records(
        &self,
        rules: &Rules,
        sought: &Sought,
    ) -> ports::Result<Vec<Unlinked>> {
        let found = self.doors.crm.find(rules.component, sought).await?;
        if found.is_empty() {
            return self.hidden_record(rules.component, sought).await;
        }
        let judged = found.into_iter().map(|found| judge_record(found, rules));
        Ok(judged.collect())
    }

    /// A record of that id which the CRM does not show this user: no search finds it, but the CRM says so when asked for it.
    async fn hidden_record(
        &self,
        component: Component,
        sought: &Sought,
    ) -> ports::Result<Vec<Unlinked>> {
        let id = RecordId::new(sought.text());
        let answers = self
            .doors
            .crm
            .read(component, std::slice::from_ref(&id))
            .await?;
        let denied = answers.into_iter().filter_map(Result::err);
        let denied = denied.filter(|failure| failure.kind == ErrorKind::Denied);
        let hidden = denied.map(|failure| Unlinked {
            entry: RemoteId::Crm(id.clone()),
            title: id.as_str().to_owned(),
            reasons: vec![failure.problem],
        });
        Ok(hidden.collect())
    }

    /// Items of the folder that is synced, and of the one that is not.
    pub async fn find_items(&self, rules: &Rules, sought: &Sought) -> ports::Result<Vec<Unlinked>> {
        let component = rules.component;
        let synced = self.place(component);
        let mut judged: Vec<Unlinked> = Vec::new();
        let mut seen = BTreeSet::new();
        for found in self.doors.mailbox.find(synced, sought).await? {
            seen.insert(found.item.id.clone());
            judged.push(self.judge_item(found, rules).await?);
        }
        let other = other(synced);
        let found = self.doors.mailbox.find(other, sought).await?;
        let elsewhere = found
            .into_iter()
            .filter(|found| !seen.contains(&found.item.id));
        judged.extend(elsewhere.map(|found| Unlinked {
            reasons: vec![outside_folder(other, synced)],
            ..unlinked_item(component, found.item.id, &found.item.fields)
        }));
        Ok(judged)
    }

    async fn judge_item(&self, found: FoundItem, rules: &Rules) -> ports::Result<Unlinked> {
        let (component, id) = (rules.component, found.item.id.clone());
        let shown = unlinked_item(component, id.clone(), &found.item.fields);
        let item = match found.kind {
            HeadKind::Single => Some(found.item),
            HeadKind::Series => self.first_occurrence(component, &id).await?,
        };
        let reason = match item {
            Some(item) => judged(unit_of_item(item), rules),
            None => Problem::new(Code::OutsideDays),
        };
        Ok(Unlinked {
            reasons: vec![reason],
            ..shown
        })
    }

    /// The first occurrence in the days that are synced stands for all of them.
    async fn first_occurrence(
        &self,
        component: Component,
        series: &ItemId,
    ) -> ports::Result<Option<Item>> {
        let mailbox = &self.doors.mailbox;
        let Some(folder) = mailbox.find_folder(self.place(component)).await? else {
            return Ok(None);
        };
        let series = std::slice::from_ref(series);
        let window = self.window();
        let answers = mailbox
            .occurrences(component, &folder, series, &window)
            .await?;
        Ok(answers.into_iter().flatten().flatten().next())
    }
}

fn judge_record(found: FoundRecord, rules: &Rules) -> Unlinked {
    let (record, component) = (found.record, rules.component);
    let values = mapping::from_record(component, &record.fields);
    let (entry, title) = (
        RemoteId::Crm(record.id.clone()),
        mapping::title(component, &values),
    );
    let mut reasons = Vec::new();
    if record.owner == Owner::Other {
        reasons.push(Problem::new(Code::NotAssignedToUser));
    }
    if let Some(other) = found.other_type {
        reasons.push(Problem::new(Code::TypeNotSynced).with("type", other));
    }
    let reason = judged(
        Unit {
            record: RecordSide::Present(record),
            ..unit(entry.clone())
        },
        rules,
    );
    if reasons.is_empty() || reason.code == Code::OutsideDays {
        reasons.push(reason);
    }
    Unlinked {
        entry,
        title,
        reasons,
    }
}

/// What a run would say to it.
fn judged(unit: Unit, rules: &Rules) -> Problem {
    let component = rules.component;
    let covers = match &unit.item {
        ItemSide::Present(_) => rules.covers(&unit.item_values(component)),
        ItemSide::Absent | ItemSide::Unchanged | ItemSide::Gone => {
            rules.covers(&unit.record_values(component))
        }
    };
    if !covers {
        return Problem::new(Code::OutsideDays);
    }
    let decision = decide(&unit, rules);
    let reason = decision.passes.or(decision.waits);
    reason.unwrap_or_else(|| Problem::new(Code::ComesWithNextRun))
}

fn unit_of_item(item: Item) -> Unit {
    let entry = RemoteId::Mailbox(item.id.clone());
    Unit {
        item: ItemSide::Present(item),
        ..unit(entry)
    }
}

fn unit(entry: RemoteId) -> Unit {
    Unit {
        id: LinkId::new(""),
        link: None,
        known: Known::Stored,
        item: ItemSide::Absent,
        record: RecordSide::Absent,
        subjects: vec![entry],
        choice: None,
        losses: Losses::Follow,
    }
}

fn unlinked_item(component: Component, id: ItemId, fields: &Fields) -> Unlinked {
    let values = mapping::from_item(component, fields);
    Unlinked {
        entry: RemoteId::Mailbox(id),
        title: mapping::title(component, &values),
        reasons: Vec::new(),
    }
}

/// The folder the policy does not name.
fn other(place: FolderPlace) -> FolderPlace {
    FolderPlace {
        choice: match place.choice {
            FolderChoice::CrmSync => FolderChoice::Standard,
            FolderChoice::Standard => FolderChoice::CrmSync,
        },
        ..place
    }
}

fn outside_folder(lies: FolderPlace, synced: FolderPlace) -> Problem {
    Problem::new(Code::OutsideFolder)
        .with("folder", name(lies))
        .with("synced", name(synced))
}

/// As messages call a folder; texts have the words for the standard ones.
fn name(place: FolderPlace) -> &'static str {
    match place.choice {
        FolderChoice::CrmSync => "CRM-Sync",
        FolderChoice::Standard => place.component.name(),
    }
}
