//! The values of pick-lists (R4.2). The CRM's are chosen by its administrator, ours are few; what is not known reads as the value in
//! the middle, and what the CRM does not offer is not sent. Which list belongs to which field stands in `fields`.

use std::collections::BTreeMap;

use model::policy;

/// What a list means where the policy says nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// The policy's name of the list.
    pub name: &'static str,
    /// The CRM's value and ours; the first of several with one meaning is the one to write.
    pairs: &'static [(&'static str, &'static str)],
    /// What every other value reads as.
    otherwise: &'static str,
}

/// How far a task is.
pub static STATUS: Table = Table {
    name: "task_status",
    pairs: &[
        ("Not Started", "NotStarted"),
        ("In Progress", "InProgress"),
        ("Completed", COMPLETED),
        ("Pending Input", "WaitingOnOthers"),
        ("Deferred", "Deferred"),
        ("Planned", "NotStarted"),
    ],
    otherwise: "NotStarted",
};

/// How important a task is.
pub static PRIORITY: Table = Table {
    name: "task_priority",
    pairs: &[("Low", "Low"), ("Medium", "Normal"), ("High", "High")],
    otherwise: "Normal",
};

/// Our word for a task that is done.
pub const COMPLETED: &str = "Completed";

/// A pick-list of one CRM under one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickList {
    table: &'static Table,
    policy: policy::PickList,
    /// What the CRM offers this user; empty where it does not tell.
    offered: Vec<String>,
}

impl PickList {
    /// The list with what `describe` offers.
    pub fn new(table: &'static Table, policy: policy::PickList, offered: Vec<String>) -> Self {
        Self {
            table,
            policy,
            offered,
        }
    }

    /// Our value for one of the CRM's.
    pub fn read(&self, theirs: &str) -> &'static str {
        let theirs = theirs.trim();
        let chosen =
            best(texts(&self.policy.to_exchange), theirs).and_then(|ours| self.known(ours));
        let stock = || best(self.table.pairs.iter().copied(), theirs);
        chosen.or_else(stock).unwrap_or(self.table.otherwise)
    }

    /// The CRM's value for one of ours: the policy's, else the stock one, else none if the CRM does not offer it.
    pub fn write<'a>(&'a self, ours: &str) -> Option<&'a str> {
        let chosen = best(texts(&self.policy.to_crm), ours);
        let stock = self.table.pairs.iter().find(|pair| pair.1 == ours);
        [chosen, stock.map(|pair| pair.0)]
            .into_iter()
            .flatten()
            .find_map(|theirs| self.offer(theirs))
    }

    /// The value of a new record, which cannot be without one: if need be one that reads as ours, or the first there is.
    pub fn write_new<'a>(&'a self, ours: &str) -> Option<&'a str> {
        let alike = || self.offered.iter().find(|theirs| self.read(theirs) == ours);
        let any = || alike().or(self.offered.first()).map(String::as_str);
        self.write(ours).or_else(any)
    }

    /// What the policy says about reading.
    pub fn readings(&self) -> impl Iterator<Item = (&str, &str)> {
        texts(&self.policy.to_exchange)
    }

    /// The CRM's values that read as this one of ours.
    pub fn all_of(&self, ours: &str) -> Vec<String> {
        let stock = self.table.pairs.iter().map(|pair| pair.0.to_owned());
        let mut all: Vec<String> = stock
            .chain(self.policy.to_exchange.keys().cloned())
            .chain(self.offered.iter().cloned())
            .filter(|theirs| self.read(theirs) == ours)
            .collect();
        all.sort();
        all.dedup();
        all
    }

    fn known(&self, ours: &str) -> Option<&'static str> {
        let all = self.table.pairs.iter().map(|pair| (pair.1, pair.1));
        best(all, ours.trim())
    }

    /// A value as the CRM spells it, if it offers it.
    fn offer<'a>(&'a self, theirs: &'a str) -> Option<&'a str> {
        match self.offered.is_empty() {
            true => Some(theirs),
            false => spelling(&self.offered, theirs),
        }
    }
}

/// One of the values that are offered, as it is spelt there.
pub fn spelling<'a>(offered: &'a [String], wanted: &str) -> Option<&'a str> {
    let all = offered.iter().map(|value| (value.as_str(), value.as_str()));
    best(all, wanted)
}

/// A stock value if it is offered, else the first one that is.
pub fn stock_or_first<'a>(offered: &'a [String], stock: &'a str) -> &'a str {
    let first = offered.first().map_or(stock, String::as_str);
    spelling(offered, stock).unwrap_or(first)
}

fn texts(map: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> + Clone {
    map.iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
}

/// What stands beside this key, else beside the first one that differs in capitals only.
fn best<'a, T>(entries: impl Iterator<Item = (&'a str, T)> + Clone, key: &str) -> Option<T> {
    let exact = entries.clone().find(|(name, _)| *name == key);
    let folded = key.to_lowercase();
    let found = exact.or_else(|| {
        entries
            .into_iter()
            .find(|(name, _)| name.to_lowercase() == folded)
    });
    found.map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(table: &'static Table, offered: &[&str]) -> PickList {
        let offered = offered.iter().map(|value| (*value).to_owned()).collect();
        PickList::new(table, policy::PickList::default(), offered)
    }

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        pairs.iter().map(owned).collect()
    }

    const STOCK: &[&str] = &[
        "Not Started",
        "In Progress",
        "Completed",
        "Pending Input",
        "Deferred",
        "Planned",
    ];

    #[test]
    fn r4_2_every_stock_value_has_its_counterpart() {
        let status = list(&STATUS, STOCK);
        for (theirs, ours, back) in [
            ("Not Started", "NotStarted", "Not Started"),
            ("In Progress", "InProgress", "In Progress"),
            ("Completed", "Completed", "Completed"),
            ("Pending Input", "WaitingOnOthers", "Pending Input"),
            ("Deferred", "Deferred", "Deferred"),
            ("Planned", "NotStarted", "Not Started"),
        ] {
            assert_eq!(status.read(theirs), ours);
            assert_eq!(status.write(ours), Some(back));
        }
        let priority = list(&PRIORITY, &["High", "Medium", "Low"]);
        for (theirs, ours) in [("High", "High"), ("Medium", "Normal"), ("Low", "Low")] {
            assert_eq!(priority.read(theirs), ours);
            assert_eq!(priority.write(ours), Some(theirs));
        }
    }

    #[test]
    fn r4_2_what_nothing_maps_reads_as_the_value_in_the_middle() {
        for theirs in ["überfällig", "", "Notstarted "] {
            assert_eq!(list(&STATUS, STOCK).read(theirs), "NotStarted", "{theirs}");
            assert_eq!(list(&PRIORITY, &[]).read(theirs), "Normal", "{theirs}");
        }
    }

    #[test]
    fn r4_2_the_policy_comes_before_the_stock_pairs() {
        let policy = policy::PickList {
            to_exchange: map(&[
                ("überfällig", "waitingonothers"),
                ("Deferred", "NotStarted"),
                ("x", "Nonsense"),
            ]),
            to_crm: map(&[("WaitingOnOthers", "überfällig"), ("Deferred", "Vertagt")]),
        };
        let offered = ["Überfällig", "Deferred"].map(str::to_owned).to_vec();
        let status = PickList::new(&STATUS, policy, offered);
        assert_eq!(
            status.read("ÜBERFÄLLIG"),
            "WaitingOnOthers",
            "ignoring capitals"
        );
        assert_eq!(status.read("Deferred"), "NotStarted");
        assert_eq!(status.read("x"), "NotStarted", "no value of ours");
        assert_eq!(
            status.write("WaitingOnOthers"),
            Some("Überfällig"),
            "as the CRM spells it"
        );
        assert_eq!(
            status.write("Deferred"),
            Some("Deferred"),
            "the policy's is not offered"
        );
        assert_eq!(status.write("Completed"), None, "neither is the stock one");
    }

    #[test]
    fn r4_2_capitals_are_ignored_only_where_nothing_fits_exactly() {
        let policy = policy::PickList {
            to_exchange: map(&[("open", "InProgress"), ("OPEN", "Deferred")]),
            to_crm: BTreeMap::new(),
        };
        let status = PickList::new(&STATUS, policy, Vec::new());
        assert_eq!(status.read("open"), "InProgress");
        assert_eq!(status.read("OPEN"), "Deferred");
        assert_eq!(status.read("Open"), "Deferred", "the first of the alphabet");
        assert_eq!(status.read("in progress"), "InProgress");
    }

    #[test]
    fn r4_2_a_new_task_gets_a_value_whatever_is_offered() {
        let own = list(&STATUS, &["Offen", "completed"]);
        assert_eq!(own.write_new("Completed"), Some("completed"));
        assert_eq!(
            own.write_new("NotStarted"),
            Some("Offen"),
            "it reads as not started"
        );
        assert_eq!(own.write_new("Deferred"), Some("Offen"), "the first one");
        assert_eq!(list(&STATUS, &[]).write_new("Deferred"), Some("Deferred"));
    }

    #[test]
    fn r3_3_all_values_of_a_task_that_is_done_are_known() {
        let policy = policy::PickList {
            to_exchange: map(&[("Erledigt", "Completed"), ("Completed", "InProgress")]),
            to_crm: BTreeMap::new(),
        };
        let offered = vec!["Erledigt".to_owned(), "ERLEDIGT".to_owned()];
        let status = PickList::new(&STATUS, policy, offered);
        assert_eq!(status.all_of(COMPLETED), ["ERLEDIGT", "Erledigt"]);
    }

    fn any_list() -> impl Strategy<Value = PickList> {
        let value = || {
            prop_oneof![
                prop::sample::select(STOCK).prop_map(str::to_owned),
                "[A-Za-z ]{0,3}"
            ]
        };
        let ours = || {
            prop_oneof![
                prop::sample::select(STATUS.pairs).prop_map(|pair| pair.1.to_owned()),
                "[a-z]{0,3}",
            ]
        };
        let to_exchange = prop::collection::btree_map(value(), ours(), 0..6);
        let to_crm = prop::collection::btree_map(ours(), value(), 0..6);
        let offered = prop::collection::vec(value(), 0..8);
        (to_exchange, to_crm, offered).prop_map(|(to_exchange, to_crm, offered)| {
            let policy = policy::PickList {
                to_exchange,
                to_crm,
            };
            PickList::new(&STATUS, policy, offered)
        })
    }

    proptest! {
        #[test]
        fn r4_2_every_value_reads_as_one_of_ours_and_only_offered_ones_are_written(
            list in any_list(), theirs in "[A-Za-zäß ]{0,12}",
        ) {
            let ours = list.read(&theirs);
            prop_assert!(STATUS.pairs.iter().any(|pair| pair.1 == ours));
            for written in [list.write(ours), list.write_new(ours)].into_iter().flatten() {
                prop_assert!(list.offered.is_empty() || list.offered.iter().any(|value| value == written));
            }
            prop_assert!(list.write_new(ours).is_some());
        }
    }
}
