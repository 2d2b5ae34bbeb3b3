//! The settings, as a window shows and changes them, and pausing for a while.

use config::SetBy;
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use model::{Code, Problem};

use crate::doctor::Subject;
use crate::view::{self, ManagedValue, PauseFor, Preferences};
use crate::{Controller, facts};

impl Controller {
    /// What the settings show. Whether the program starts with the computer is the shell's to tell.
    pub async fn preferences(&self) -> ports::Result<Preferences> {
        let configuration = self.configuration()?;
        let managed = configuration.entries().into_iter();
        let managed = managed.filter(|entry| entry.set_by == SetBy::Policy);
        let policy = &self.inner.policy;
        Ok(Preferences {
            past_days: configuration.past_days().value,
            language: configuration.settings.language.clone(),
            autostart: None,
            managed: managed
                .map(|entry| ManagedValue {
                    key: entry.key,
                    value: entry.value,
                })
                .collect(),
            policy_file: policy.file.as_ref().map(|file| file.display().to_string()),
            policy_warnings: policy.warnings.clone(),
            advice: self.advice().await?,
            log_folder: self.log_folder().display().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// Where logs are.
    pub fn log_folder(&self) -> std::path::PathBuf {
        self.inner.profile.log_folder()
    }

    /// Chooses a language; `None` for the system's.
    pub fn set_language(&self, language: Option<String>) -> ports::Result<()> {
        let mut settings = self.inner.profile.settings()?;
        settings.language = language;
        Ok(self.inner.profile.save(&settings)?)
    }

    /// How many past days of appointments and tasks are synced; the next run follows (R3.3).
    pub async fn set_past_days(&self, days: u32) -> ports::Result<()> {
        let mut settings = self.inner.profile.settings()?;
        settings.past_days = Some(days);
        self.inner.profile.save(&settings)?;
        self.forget_account().await;
        self.sync_now();
        Ok(())
    }

    /// What was found missing at the last run and would make things better (R5.5).
    async fn advice(&self) -> ports::Result<Vec<view::Problem>> {
        let kept = self.inner.store.fact(facts::ADVICE).await?;
        let kept: Vec<Problem> = kept
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        Ok(kept
            .iter()
            .map(|problem| view::Problem::since(problem, 0))
            .collect())
    }

    /// Looks again for what is worth an advice, and keeps it for the settings.
    pub async fn look_for_advice(&self) -> ports::Result<()> {
        let found = self.doctor().await?.into_iter();
        let advice: Vec<Problem> = found
            .filter(|finding| matches!(finding.subject, Subject::MailKey | Subject::MailModules))
            .filter_map(|finding| finding.problem)
            .filter(|problem| problem.code != Code::NotConnected)
            .collect();
        let text = serde_json::to_string(&advice).expect("problems are plain values");
        self.remember(facts::ADVICE, &text).await
    }

    /// Nothing is synced for this long.
    pub async fn pause_for(&self, how: PauseFor) -> ports::Result<()> {
        let until = match how {
            PauseFor::Hour => self
                .inner
                .clock
                .now()
                .checked_add(SignedDuration::from_hours(1)),
            PauseFor::Tomorrow => return self.pause_until(tomorrow(self.inner.clock.now())).await,
            PauseFor::Resume => return self.set_paused(true).await,
        };
        self.pause_until(until.ok()).await
    }
}

/// The language the user of this profile chose. Asked before the profile is opened; what is wrong with it is told then.
pub fn chosen_language(profile: Option<std::path::PathBuf>) -> Option<String> {
    config::Profile::open(profile)
        .ok()?
        .settings()
        .ok()?
        .language
}

/// Where the logs of a profile go, which is made where it is not there; nothing where it cannot be.
pub fn log_folder(profile: Option<std::path::PathBuf>) -> Option<std::path::PathBuf> {
    let profile = config::Profile::open(profile).ok()?;
    Some(profile.log_folder())
}

/// Six in the morning of the next day, by the computer's clock.
fn tomorrow(now: Timestamp) -> Option<Timestamp> {
    let today = Zoned::new(now, jiff::tz::TimeZone::system());
    let morning = today
        .date()
        .checked_add(1.day())
        .ok()?
        .to_datetime(time(6, 0, 0, 0));
    Some(
        morning
            .to_zoned(today.time_zone().clone())
            .ok()?
            .timestamp(),
    )
}
