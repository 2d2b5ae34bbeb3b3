//! What the user has set, in `settings.toml` of the profile; the file holds only what differs from the program's own values.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::ConfigError;
use crate::policy::located;

/// The user's settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How many past days of appointments and tasks are synced (R3.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past_days: Option<u32>,
    /// The language, as in `de`; the system's where the user chose none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Which installation of the program this is; made at random once, and not kept with the state, which may be lost (R7.10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The CRM the user connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crm: Option<CrmSettings>,
    /// The mailbox the user connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeSettings>,
    /// What a newer version wrote: kept, so that going back and forth loses nothing.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

/// The table `[crm]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CrmSettings {
    /// Its address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The name the user signs in with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
}

/// The table `[exchange]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExchangeSettings {
    /// Its address, as typed or as found.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The name the user signs in with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// How the user signs in.
    #[serde(skip_serializing_if = "is_auto")]
    pub method: SignInMethod,
    /// The primary address of the mailbox, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
}

/// How the user signs in to Exchange (R8.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// The best way the server offers.
    #[default]
    Auto,
    /// Basic over TLS.
    Basic,
    /// NTLM over TLS.
    Ntlm,
    /// OAuth, in the browser.
    #[serde(rename = "oauth")]
    OAuth,
}

impl Settings {
    pub(crate) fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => {
                return Err(ConfigError::Profile {
                    tried: "read",
                    file: file.to_owned(),
                    source,
                });
            }
        };
        let text = text.trim_start_matches('\u{feff}');
        toml::from_str(text).map_err(|error| ConfigError::SettingsMalformed {
            source: located(text, &error),
            file: file.to_owned(),
        })
    }

    pub(crate) fn save(&self, file: &Path) -> Result<(), ConfigError> {
        let text = toml::to_string_pretty(self).expect("settings are tables and plain values");
        replace(file, &text).map_err(|source| ConfigError::Profile {
            tried: "write",
            file: file.to_owned(),
            source,
        })
    }
}

fn replace(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension("toml.new");
    let mut written = fs::File::create(&new)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    drop(written);
    fs::rename(&new, file)
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde calls
fn is_auto(method: &SignInMethod) -> bool {
    *method == SignInMethod::Auto
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Profile;

    fn profile() -> (tempfile::TempDir, Profile) {
        let place = tempfile::tempdir().expect("a folder");
        let profile = Profile::open(Some(place.path().to_owned())).expect("made");
        (place, profile)
    }

    fn whole() -> Settings {
        Settings {
            past_days: Some(0),
            device: Some("d1".to_owned()),
            language: Some("de".to_owned()),
            crm: Some(CrmSettings {
                url: "https://crm.example.com".to_owned(),
                user: "anna".to_owned(),
            }),
            exchange: Some(ExchangeSettings {
                url: "https://mail.example.com/EWS/Exchange.asmx".to_owned(),
                user: r"ACME\anna".to_owned(),
                method: SignInMethod::Ntlm,
                mailbox: Some("anna@example.com".to_owned()),
            }),
            unknown: toml::Table::new(),
        }
    }

    #[test]
    fn settings_are_read_as_they_were_written() {
        let (_place, profile) = profile();
        assert_eq!(profile.settings().expect("none"), Settings::default());
        profile.save(&whole()).expect("written");
        assert_eq!(profile.settings().expect("read"), whole());
        profile.save(&Settings::default()).expect("written");
        assert_eq!(profile.settings().expect("read"), Settings::default());
    }

    #[test]
    fn the_file_holds_only_what_differs() {
        let (_place, profile) = profile();
        let settings = Settings {
            past_days: Some(7),
            ..Settings::default()
        };
        profile.save(&settings).expect("written");
        let text = fs::read_to_string(profile.settings_file()).expect("there");
        assert_eq!(text, "past_days = 7\n");
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let (_place, profile) = profile();
        let text = "past_days = 7\nshape = \"round\"\n\n[colours]\nred = 1\n";
        fs::write(profile.settings_file(), text).expect("written");
        let mut settings = profile.settings().expect("read");
        assert_eq!(settings.past_days, Some(7));
        settings.past_days = None;
        profile.save(&settings).expect("written");
        let text = fs::read_to_string(profile.settings_file()).expect("there");
        assert_eq!(text, "shape = \"round\"\n\n[colours]\nred = 1\n");
    }

    #[test]
    fn each_way_to_sign_in_has_its_word() {
        for (method, word) in [
            (SignInMethod::Auto, None),
            (SignInMethod::Basic, Some("basic")),
            (SignInMethod::Ntlm, Some("ntlm")),
            (SignInMethod::OAuth, Some("oauth")),
        ] {
            let settings = ExchangeSettings {
                method,
                ..ExchangeSettings::default()
            };
            let table = toml::Table::try_from(&settings).expect("plain values");
            let written = table.get("method").and_then(toml::Value::as_str);
            assert_eq!(written, word);
            let read: ExchangeSettings = table.try_into().expect("read");
            assert_eq!(read, settings);
        }
    }

    #[test]
    fn broken_settings_are_told_and_stay() {
        let (_place, profile) = profile();
        let text = "language = \"de\"\npast_days = \"many\"\n";
        fs::write(profile.settings_file(), text).expect("written");
        let error = profile.settings().expect_err("not a number");
        let problem = error.problem();
        assert_eq!(problem.code, model::Code::StateUnusable);
        let told = &problem.values["detail"];
        assert!(told.starts_with("line 2"), "{told}");
        let kept = fs::read_to_string(profile.settings_file()).expect("there");
        assert_eq!(kept, text);
    }

    #[test]
    fn s11_settings_have_no_place_for_a_secret() {
        let text = toml::to_string(&whole()).expect("plain values");
        for word in ["password", "key", "secret", "token"] {
            assert!(!text.contains(word), "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_text_survives(user in "\\PC*", url in ".*", language in proptest::option::of(".*")) {
            let (_place, profile) = profile();
            let settings = Settings {
                language,
                crm: Some(CrmSettings { url, user }),
                ..Settings::default()
            };
            profile.save(&settings).expect("written");
            prop_assert_eq!(profile.settings().expect("read"), settings);
        }
    }
}
