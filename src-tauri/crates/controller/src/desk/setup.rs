//! Signing in, the preview of the first sync, and disconnecting, as a window asks for them.

use config::Configuration;
use model::policy::FolderChoice;
use model::{Component, Secret, Side};

use super::planned;
use crate::view::{
    Act, CrmForm, ExchangeForm, LeftAlone, OAuthForm, PlannedLine, PreviewPart, Problem, Removal,
    Removed, SignInForms,
};
use crate::{
    Claim, Controller, CrmSignIn, ExchangeSignIn, OAuthAttempt, OAuthSignIn, PreviewComponent,
    Remember, SignInMethod, facts,
};

/// How the predefined folders are called (R1.2).
const FOLDER: &str = "CRM-Sync";
/// How many examples are shown of each component.
const EXAMPLES: usize = 6;

impl Controller {
    /// What is known before the user types anything.
    pub fn sign_in_forms(&self) -> ports::Result<SignInForms> {
        let configuration = self.configuration()?;
        let (crm_url, exchange_url) = (configuration.crm_url(), configuration.exchange_url());
        let past_days = configuration.past_days().value;
        let settings = configuration.settings;
        let (crm, exchange) = (
            settings.crm.unwrap_or_default(),
            settings.exchange.unwrap_or_default(),
        );
        let email = exchange.mailbox.unwrap_or_default();
        Ok(SignInForms {
            crm_url: crm_url.value,
            crm_url_managed: crm_url.set_by == config::SetBy::Policy,
            crm_user: crm.user,
            exchange_url: exchange_url.value,
            exchange_url_managed: exchange_url.set_by == config::SetBy::Policy,
            exchange_user: match exchange.user.eq_ignore_ascii_case(&email) {
                true => String::new(),
                false => exchange.user,
            },
            email,
            oauth_offered: self.oauth_offered(),
            oauth_used: exchange.method == SignInMethod::OAuth,
            past_days,
        })
    }

    /// Signs in at the CRM with what was typed.
    pub async fn sign_in_to_crm(&self, form: CrmForm) -> ports::Result<()> {
        let preset = self.configuration()?.policy.policy.crm_url;
        let entry = CrmSignIn {
            url: given(preset).unwrap_or(form.url),
            user: form.user.trim().to_owned(),
            access_key: given(form.access_key).map(Secret::new),
            remember: remember(form.keep),
            claim: claim(form.take_over),
        };
        self.hold_first_sync().await?;
        let kept = entry.access_key.is_none();
        self.may_try(Side::Crm, kept).await?;
        let done = self.connect_crm(entry).await.map(drop);
        self.count_kept(Side::Crm, kept, done).await
    }

    /// Signs in at Exchange with what was typed.
    pub async fn sign_in_to_exchange(&self, form: ExchangeForm) -> ports::Result<()> {
        let email = form.email.trim().to_owned();
        let entry = ExchangeSignIn {
            url: given(form.url),
            user: given(form.user).unwrap_or_else(|| email.clone()),
            email: given(email),
            // A blank at its end is part of it.
            password: (!form.password.is_empty()).then(|| Secret::new(form.password)),
            method: SignInMethod::Auto,
            past_days: Some(form.past_days),
            remember: remember(form.keep),
            claim: claim(form.take_over),
        };
        self.hold_first_sync().await?;
        let kept = entry.password.is_none();
        self.may_try(Side::Mailbox, kept).await?;
        let done = self.connect_exchange(entry).await.map(drop);
        self.count_kept(Side::Mailbox, kept, done).await
    }

    /// A kept secret that was refused too often is not tried again, however often a form is sent with an empty field (R7.5).
    async fn may_try(&self, side: Side, kept: bool) -> ports::Result<()> {
        match kept {
            true => self.may_sign_in_at(side).await,
            false => Ok(()),
        }
    }

    async fn count_kept(
        &self,
        side: Side,
        kept: bool,
        done: ports::Result<()>,
    ) -> ports::Result<()> {
        if let (true, Err(failure)) = (kept, &done) {
            self.count_sign_in(side, failure).await?;
        }
        done
    }

    /// Begins to sign in at Exchange in the browser.
    pub async fn sign_in_by_browser(&self, form: OAuthForm) -> ports::Result<OAuthAttempt> {
        let entry = OAuthSignIn {
            email: given(form.email),
            past_days: Some(form.past_days),
            remember: remember(form.keep),
            claim: claim(form.take_over),
        };
        self.hold_first_sync().await?;
        self.begin_oauth(entry).await
    }

    /// The first sync of a profile without links waits until the user has seen what it would do (R6.10).
    pub(crate) async fn hold_first_sync(&self) -> ports::Result<()> {
        let settings = self.inner.profile.settings()?;
        let is_connected = settings.crm.is_some() && settings.exchange.is_some();
        // Whoever only signs in again has had a first sync, whether it found anything or not.
        if (is_connected && !self.awaits_start().await?) || self.has_links().await? {
            return Ok(());
        }
        self.remember(facts::AWAITS_START, "yes").await
    }

    pub(crate) async fn awaits_start(&self) -> ports::Result<bool> {
        Ok(self.inner.store.fact(facts::AWAITS_START).await?.is_some())
    }

    /// The first sync may begin.
    pub async fn start(&self) -> ports::Result<()> {
        self.inner.store.set_fact(facts::AWAITS_START, None).await?;
        self.refresh().await?;
        self.sync_now();
        Ok(())
    }

    /// What a run would do, in numbers and examples. Asks both servers and writes nothing.
    pub async fn preview_parts(&self) -> ports::Result<Vec<PreviewPart>> {
        let report = self.preview(None).await?;
        let parts = report.components.into_iter();
        Ok(parts
            .map(|(component, part)| preview_part(component, part))
            .collect())
    }

    /// What a disconnect would remove from the mailbox.
    pub async fn removals(&self) -> ports::Result<Vec<Removal>> {
        let mut all = Vec::new();
        for component in self.components() {
            let place = self.inner.policy.policy.folder(component);
            // Where mails are imported from the inbox, nothing is removed.
            if component != Component::Emails || place == FolderChoice::CrmSync {
                all.push(self.removal(component).await?);
            }
        }
        Ok(all)
    }

    async fn removal(&self, component: Component) -> ports::Result<Removal> {
        let policy = &self.inner.policy.policy;
        let own = policy.folder(component) == FolderChoice::CrmSync;
        let entries = match (component, own) {
            (Component::Emails, _) => 0,
            (_, true) => self.inner.store.link_count(component).await?,
            (_, false) => self.made_records(component).await?.len() as u64,
        };
        Ok(Removal {
            component: component.into(),
            folder: own.then(|| FOLDER.to_owned()),
            entries,
            kept: match own {
                true => self.strays(component).await?.len() as u64,
                false => 0,
            },
        })
    }

    /// Disconnects and tells what was removed.
    pub async fn leave(&self) -> ports::Result<Removed> {
        let report = self.disconnect().await?;
        Ok(Removed {
            folders: report.folders,
            items: report.items,
            kept: report.kept,
            mails: report.mails,
        })
    }

    pub(crate) fn configuration(&self) -> ports::Result<Configuration> {
        Ok(Configuration {
            policy: self.inner.policy.clone(),
            settings: self.inner.profile.settings()?,
        })
    }
}

fn remember(keep: bool) -> Remember {
    match keep {
        true => Remember::InStore,
        false => Remember::No,
    }
}

fn claim(take_over: bool) -> Claim {
    match take_over {
        true => Claim::TakeOver,
        false => Claim::IfFree,
    }
}

/// What was typed, if anything was.
fn given(text: String) -> Option<String> {
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

fn preview_part(component: Component, part: PreviewComponent) -> PreviewPart {
    let mut examples: Vec<PlannedLine> = part.operations.iter().map(planned).collect();
    // What would be deleted is seen first.
    examples.sort_by_key(|line| line.act != Act::Deleted);
    examples.truncate(EXAMPLES);
    let left = part.skipped.iter().take(EXAMPLES);
    PreviewPart {
        component: component.into(),
        items: part.tally.items.into(),
        records: part.tally.records.into(),
        linked: part.tally.linked,
        left: part.skipped.len() as u64,
        examples,
        left_examples: left
            .map(|(title, problem)| LeftAlone {
                title: title.clone(),
                problem: Problem::since(problem, 0),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
