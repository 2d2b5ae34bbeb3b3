//! Policy and settings together: what holds, and who says so.

use crate::{ConfigError, LoadedPolicy, PolicyEntry, PolicyPlace, Profile, Settings};

/// How many past days of appointments and tasks are synced until the user says otherwise (R3.3).
pub const DEFAULT_PAST_DAYS: u32 = 30;

/// Who set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetBy {
    /// The program.
    Default,
    /// The user.
    User,
    /// The organisation: the user cannot change it.
    Policy,
}

impl SetBy {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::User => "user",
            Self::Policy => "policy",
        }
    }
}

/// A value with who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// What holds.
    pub value: T,
    /// Who says so.
    pub set_by: SetBy,
}

/// All that was set for a profile.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// The organisation's.
    pub policy: LoadedPolicy,
    /// The user's.
    pub settings: Settings,
}

impl Configuration {
    /// Reads both.
    pub fn load(place: &PolicyPlace, profile: &Profile) -> Result<Self, ConfigError> {
        Ok(Self {
            policy: LoadedPolicy::load(place)?,
            settings: profile.settings()?,
        })
    }

    /// The CRM's address; empty until one is known.
    pub fn crm_url(&self) -> Setting<String> {
        let user = self.settings.crm.as_ref().map(|crm| crm.url.as_str());
        address(&self.policy.policy.crm_url, user)
    }

    /// Exchange's address (R8.3); empty where it has to be found from the e-mail address.
    pub fn exchange_url(&self) -> Setting<String> {
        let user = self.settings.exchange.as_ref();
        address(
            &self.policy.policy.exchange_url,
            user.map(|exchange| exchange.url.as_str()),
        )
    }

    /// Every value that holds, with who set it: the policy's keys, where the user's own address stands in for a preset one, and
    /// what only the user sets.
    pub fn entries(&self) -> Vec<PolicyEntry> {
        let addresses = [
            ("crm_url", self.crm_url()),
            ("exchange_url", self.exchange_url()),
        ];
        let mut entries = self.policy.entries();
        for (key, setting) in addresses {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.key == key) {
                entry.value = toml::Value::from(setting.value).to_string();
                entry.set_by = setting.set_by;
            }
        }
        let past_days = self.past_days();
        entries.push(PolicyEntry {
            key: "past_days".to_owned(),
            value: past_days.value.to_string(),
            set_by: past_days.set_by,
        });
        entries.sort_by(|one, other| one.key.cmp(&other.key));
        entries
    }

    /// How many past days of appointments and tasks are synced.
    pub fn past_days(&self) -> Setting<u32> {
        match self.settings.past_days {
            Some(value) => Setting {
                value,
                set_by: SetBy::User,
            },
            None => Setting {
                value: DEFAULT_PAST_DAYS,
                set_by: SetBy::Default,
            },
        }
    }
}

fn address(policy: &str, user: Option<&str>) -> Setting<String> {
    let (value, set_by) = match (policy, user.unwrap_or_default()) {
        ("", "") => ("", SetBy::Default),
        ("", user) => (user, SetBy::User),
        (policy, _) => (policy, SetBy::Policy),
    };
    Setting {
        value: value.to_owned(),
        set_by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CrmSettings;

    fn setting(value: &str, set_by: SetBy) -> Setting<String> {
        Setting {
            value: value.to_owned(),
            set_by,
        }
    }

    #[test]
    fn the_policys_address_counts_before_the_users() {
        let mut configuration = Configuration::default();
        assert_eq!(configuration.crm_url(), setting("", SetBy::Default));
        configuration.settings.crm = Some(CrmSettings {
            url: "https://user".to_owned(),
            ..CrmSettings::default()
        });
        assert_eq!(
            configuration.crm_url(),
            setting("https://user", SetBy::User)
        );
        configuration.policy.policy.crm_url = "https://policy".to_owned();
        assert_eq!(
            configuration.crm_url(),
            setting("https://policy", SetBy::Policy)
        );
    }

    #[test]
    fn every_value_is_listed_with_who_set_it() {
        let mut configuration = Configuration::default();
        configuration.settings.past_days = Some(7);
        configuration.settings.crm = Some(CrmSettings {
            url: "https://user".to_owned(),
            ..CrmSettings::default()
        });
        let entries = configuration.entries();
        let told = |key: &str| {
            let entry = entries.iter().find(|entry| entry.key == key);
            entry.map(|entry| (entry.value.as_str(), entry.set_by))
        };
        assert_eq!(told("crm_url"), Some(("\"https://user\"", SetBy::User)));
        assert_eq!(told("exchange_url"), Some(("\"\"", SetBy::Default)));
        assert_eq!(told("past_days"), Some(("7", SetBy::User)));
        assert_eq!(told("max_failed_sign_ins"), Some(("2", SetBy::Default)));
        assert!(entries.is_sorted_by(|one, other| one.key < other.key));
    }

    #[test]
    fn r3_3_the_user_says_how_many_past_days() {
        let mut configuration = Configuration::default();
        assert_eq!(configuration.past_days().set_by, SetBy::Default);
        configuration.settings.past_days = Some(0);
        let expected = Setting {
            value: 0,
            set_by: SetBy::User,
        };
        assert_eq!(configuration.past_days(), expected);
    }
}
