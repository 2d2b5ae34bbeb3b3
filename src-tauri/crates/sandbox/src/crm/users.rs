//! Who works with the CRM: users, their group, and what each may do in each module.
//! Deliberately not here: sessions.

use super::module::{self, Module, ModuleId, Sharing, USERS_PREFIX};
use super::records::{Number, Record};
use crate::company::{Role, User};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The groups a fresh installation has. The first one is the one of our users.
pub(super) const GROUPS: [(u64, &str, &str); 3] = [
    (2, "Team Selling", "Group Related to Sales"),
    (
        3,
        "Marketing Group",
        "Group Related to Marketing Activities",
    ),
    (
        4,
        "Support Group",
        "Group Related to providing Support to Customers",
    ),
];

/// What a user may do in a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Everything.
    Full,
    /// Reading only.
    ReadOnly,
    /// Nothing: the module does not exist for this user.
    Closed,
}

/// Whether a user can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Yes.
    Active,
    /// No, and the answer looks like a wrong key.
    Inactive,
}

/// A user as the CRM knows them.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) number: Number,
    pub(super) user: User,
    pub(super) status: Status,
    rights: HashMap<ModuleId, Rights>,
}

/// All users and groups.
#[derive(Debug)]
pub(super) struct Directory {
    accounts: Vec<Account>,
}

impl Directory {
    /// Users with the rights of their roles, numbered from 5.
    pub(super) fn new(users: &[User]) -> Self {
        let accounts = (5..).zip(users).map(|(number, user)| Account {
            number: Number(number),
            user: user.clone(),
            status: if user.role == Role::Inactive {
                Status::Inactive
            } else {
                Status::Active
            },
            rights: HashMap::new(),
        });
        Self {
            accounts: accounts.collect(),
        }
    }

    /// The user of that number.
    pub(super) fn account(&self, number: Number) -> &Account {
        self.accounts
            .iter()
            .find(|account| account.number == number)
            .expect("numbers of users come from here")
    }

    /// The user of that name, whatever its case.
    pub(super) fn named(&self, name: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.user.name.eq_ignore_ascii_case(name))
    }

    fn named_mut(&mut self, name: &str) -> Option<&mut Account> {
        self.accounts
            .iter_mut()
            .find(|account| account.user.name.eq_ignore_ascii_case(name))
    }

    /// Sets what a user may do in a module from now on. False where there is no such user.
    pub(super) fn set_rights(&mut self, name: &str, module: ModuleId, rights: Rights) -> bool {
        let account = self.named_mut(name);
        account.is_some_and(|account| {
            account.rights.insert(module, rights);
            true
        })
    }

    /// Sets whether a user can sign in from now on. False where there is no such user.
    pub(super) fn set_status(&mut self, name: &str, status: Status) -> bool {
        self.named_mut(name).is_some_and(|account| {
            account.status = status;
            true
        })
    }

    /// What a user may do in a module.
    pub(super) fn rights(&self, user: Number, module: &Module) -> Rights {
        if !module.is_entity() {
            return Rights::ReadOnly;
        }
        let account = self.account(user);
        account
            .rights
            .get(&module.id)
            .copied()
            .unwrap_or(match account.user.role {
                Role::ReadOnly if module.name == "Leads" => Rights::Closed,
                Role::ReadOnly => Rights::ReadOnly,
                Role::Full | Role::Colleague | Role::Inactive => Rights::Full,
            })
    }

    /// Whether sharing lets the user reach the record.
    pub(super) fn reaches(&self, user: Number, record: &Record) -> bool {
        match record.module.sharing {
            Sharing::Public => true,
            Sharing::Private => self.owners(user).contains(&record.owner),
        }
    }

    /// The user and the groups they are a member of.
    pub(super) fn owners(&self, user: Number) -> Vec<Number> {
        match self.account(user).user.role {
            Role::Full | Role::Colleague => vec![user, Number(GROUPS[0].0)],
            Role::ReadOnly | Role::Inactive => vec![user],
        }
    }

    /// The owner that an id such as `19x5` or `20x2` means.
    pub(super) fn owner(&self, id: &str) -> Option<Number> {
        let (prefix, number) = id.split_once('x')?;
        let number = Number(number.parse().ok()?);
        let known = match prefix.parse::<u32>().ok()? {
            USERS_PREFIX => self.accounts.iter().any(|account| account.number == number),
            prefix if Some(prefix) == module::stock_named("Groups").map(|groups| groups.prefix) => {
                is_group(number)
            }
            _ => false,
        };
        known.then_some(number)
    }

    /// What differs from the roles, for the state file.
    pub(super) fn snapshot(&self) -> Value {
        let one = |account: &Account| {
            let rights = account
                .rights
                .iter()
                .map(|(module, rights)| (module.name().to_owned(), json!(rights.as_str())));
            let status = if account.status == Status::Active {
                "active"
            } else {
                "inactive"
            };
            (
                account.user.name.clone(),
                json!({ "status": status, "rights": Map::from_iter(rights) }),
            )
        };
        Value::Object(self.accounts.iter().map(one).collect())
    }

    /// Puts back what [`Directory::snapshot`] gave.
    pub(super) fn restore(&mut self, saved: &Value) {
        for (name, saved) in saved.as_object().into_iter().flatten() {
            self.set_status(
                name,
                if saved["status"] == "inactive" {
                    Status::Inactive
                } else {
                    Status::Active
                },
            );
            for (module, rights) in saved["rights"].as_object().into_iter().flatten() {
                if let (Some(module), Some(rights)) = (
                    module::stock_named(module),
                    rights.as_str().and_then(Rights::named),
                ) {
                    self.set_rights(name, module.id, rights);
                }
            }
        }
    }
}

impl Rights {
    fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::Closed => "closed",
        }
    }

    /// Rights by their name: `full`, `read_only`, `closed`.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Full, Self::ReadOnly, Self::Closed]
            .into_iter()
            .find(|rights| rights.as_str() == name)
    }
}

/// Whether this number is a group's. Users and groups are numbered in one sequence.
pub(super) fn is_group(number: Number) -> bool {
    GROUPS.iter().any(|(group, _, _)| Number(*group) == number)
}

/// The id of a user or group.
pub(super) fn owner_id(number: Number) -> String {
    let prefix = if is_group(number) {
        module::stock_named("Groups").map_or(USERS_PREFIX, |groups| groups.prefix)
    } else {
        USERS_PREFIX
    };
    format!("{prefix}x{number}")
}
