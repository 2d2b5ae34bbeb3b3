//! Policy and settings together: what holds, and who says so.

use crate::{ConfigError, LoadedPolicy, PolicyPlace, Profile, Settings};

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
            settings: Settings::load(profile)?,
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
