//! What is shown: put together from settings, store and what went wrong last. Trouble is kept in the profile with the time it began, so
//! that every program shows the same and none forgets it (S9).

use jiff::Timestamp;
use model::{Component, Side};
use ports::{ErrorKind, Failure, ImportState};
use serde::{Deserialize, Serialize};

use crate::view::{self, ComponentStatus, Connection, LastRun, Problem, Snapshot, State};
use crate::{Controller, SYNCED, facts};

/// What is wrong with a side, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Trouble {
    since: i64,
    state: State,
    problem: model::Problem,
}

/// Before anything is known.
pub(crate) fn blank() -> Snapshot {
    Snapshot {
        state: State::NotConnected,
        since: 0,
        mailbox: Connection::default(),
        crm: Connection::default(),
        components: Vec::new(),
        next_run: None,
        to_decide: 0,
        awaits_start: false,
        disconnecting: false,
        paused_until: None,
        notice: None,
        managed: false,
    }
}

/// Host and port of an address, as failures name them.
pub(crate) fn server_of(url: &str) -> String {
    transport::Address::parse(url)
        .map(|address| address.server())
        .unwrap_or_default()
}

impl Controller {
    /// Puts together anew what is shown.
    pub(crate) async fn refresh(&self) -> ports::Result<()> {
        let before = self.snapshot();
        let disconnecting = self.is_disconnecting().await?;
        let mut now = Snapshot {
            mailbox: self.connection(Side::Mailbox).await?,
            crm: self.connection(Side::Crm).await?,
            components: self.component_statuses().await?,
            next_run: before.next_run,
            awaits_start: !disconnecting && self.awaits_start().await?,
            disconnecting,
            paused_until: self.paused_until().await?,
            notice: self.notice().await?,
            managed: self.inner.policy.is_managed(),
            ..blank()
        };
        let enabled = now.components.iter().filter(|status| status.enabled);
        let refused: u64 = enabled.map(|status| status.refused).sum();
        now.to_decide = refused + self.braked().await?.len() as u64;
        (now.state, now.since) = self.state(&now).await?;
        if now.since == 0 {
            now.since = if now.state == before.state && before.since > 0 {
                before.since
            } else {
                view::millis(self.inner.clock.now())
            };
        }
        self.inner.shown.send_replace(now);
        Ok(())
    }

    async fn connection(&self, side: Side) -> ports::Result<Connection> {
        let settings = self.inner.profile.settings()?;
        let (account, url) = match side {
            Side::Mailbox => settings
                .exchange
                .map(|exchange| (exchange.mailbox.unwrap_or(exchange.user), exchange.url))
                .unzip(),
            Side::Crm => settings.crm.map(|crm| (crm.user, crm.url)).unzip(),
        };
        let trouble = self.trouble(side).await?;
        Ok(Connection {
            connected: account.is_some(),
            account: account.unwrap_or_default(),
            server: url.map(|url| server_of(&url)).unwrap_or_default(),
            problem: trouble.map(|trouble| Problem::since(&trouble.problem, trouble.since)),
        })
    }

    async fn component_statuses(&self) -> ports::Result<Vec<ComponentStatus>> {
        let runs = self.inner.store.last_runs().await?;
        let enabled = self.components();
        let mut statuses = Vec::new();
        for &component in SYNCED {
            let (links, waiting) = match component {
                Component::Emails => self.mail_counts().await?,
                Component::Contacts | Component::Appointments | Component::Tasks => (
                    self.inner.store.link_count(component).await?,
                    self.inner.store.waiting_count(component).await?,
                ),
            };
            statuses.push(ComponentStatus {
                component: component.into(),
                enabled: enabled.contains(&component),
                links,
                waiting,
                refused: self.inner.store.refusals(component).await?.len() as u64,
                last_run: runs.get(&component).and_then(LastRun::of),
                progress: None,
            });
        }
        Ok(statuses)
    }

    /// How many mails were imported, and how many are to be.
    async fn mail_counts(&self) -> ports::Result<(u64, u64)> {
        let state = &self.inner.mail_state;
        let imports = state.mail_imports().await?;
        let waiting = imports
            .iter()
            .filter(|import| import.state == ImportState::Waiting);
        Ok((state.mails_imported().await?, waiting.count() as u64))
    }

    async fn state(&self, now: &Snapshot) -> ports::Result<(State, i64)> {
        if !(now.mailbox.connected && now.crm.connected) || now.awaits_start {
            return Ok((State::NotConnected, 0));
        }
        if self.is_paused().await? && !now.disconnecting {
            return Ok((State::Paused, 0));
        }
        for side in [Side::Mailbox, Side::Crm] {
            if let Some(trouble) = self.trouble(side).await? {
                return Ok((trouble.state, trouble.since));
            }
        }
        let waits = |status: &ComponentStatus| {
            let last = status.last_run.as_ref();
            let troubled = last.is_some_and(|run| run.conflicts > 0 || run.problem.is_some());
            // Nobody could do anything about one that is switched off.
            status.enabled && (status.refused > 0 || troubled)
        };
        Ok(if now.disconnecting || now.components.iter().any(waits) {
            (State::Attention, 0)
        } else {
            (State::InSync, 0)
        })
    }

    async fn paused_until(&self) -> ports::Result<Option<i64>> {
        let until = self.pause_now().await?.and_then(|pause| pause.until);
        Ok(until.map(view::millis))
    }

    async fn trouble(&self, side: Side) -> ports::Result<Option<Trouble>> {
        let kept = self.inner.store.fact(&facts::trouble(side)).await?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// What is wrong with a side, if anything.
    pub(crate) async fn open_trouble(&self, side: Side) -> ports::Result<Option<model::Problem>> {
        Ok(self.trouble(side).await?.map(|trouble| trouble.problem))
    }

    /// Keeps what is wrong; the time it began stays while it is the same, or while the server is out of reach for one reason after another.
    pub(crate) async fn keep_trouble(&self, side: Side, failure: &Failure) -> ports::Result<()> {
        let earlier = self.trouble(side).await?;
        let since = earlier
            .filter(|earlier| {
                let state = state_of(&failure.kind);
                earlier.problem.code == failure.problem.code
                    || (state == State::Offline && earlier.state == state)
            })
            .map_or_else(
                || view::millis(self.inner.clock.now()),
                |earlier| earlier.since,
            );
        let trouble = Trouble {
            since,
            state: state_of(&failure.kind),
            problem: failure.problem.clone(),
        };
        let text = serde_json::to_string(&trouble)
            .map_err(|cause| Failure::bug("a problem cannot be stored").caused_by(cause))?;
        self.remember(&facts::trouble(side), &text).await
    }

    pub(crate) async fn forget_trouble(&self, side: Side) -> ports::Result<()> {
        self.inner.store.set_fact(&facts::trouble(side), None).await
    }
}

fn state_of(kind: &ErrorKind) -> State {
    match kind {
        ErrorKind::Offline | ErrorKind::Throttled { .. } | ErrorKind::OutcomeUnknown => {
            State::Offline
        }
        ErrorKind::SignInNeeded => State::SignedOut,
        ErrorKind::Denied
        | ErrorKind::Gone
        | ErrorKind::Stale
        | ErrorKind::Refused { .. }
        | ErrorKind::Malformed
        | ErrorKind::Bug => State::Attention,
    }
}

/// When a run is due, as the window counts it.
pub(crate) fn due(at: Timestamp) -> Option<i64> {
    Some(view::millis(at))
}
