//! A running sandbox: starts both halves on loopback, keeps their state, tells where they are and stops them.
//! Deliberately not here: what the halves do.

use crate::Ground;
use crate::clock::Clock;
use crate::company::{Company, User, day_of};
use crate::crm::{Crm, Installation, StartError};
use crate::exchange::Exchange;
use crate::faults::{Faults, Side};
use crate::http::{self, Service};
use crate::options::Options;
use crate::state::{Keeper, Kept, Saved, StateError};
use crate::zones;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Why a sandbox could not start or stop.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken or not allowed.
    #[error("cannot listen on 127.0.0.1:{0}")]
    Port(u16, #[source] std::io::Error),
    /// The state file.
    #[error(transparent)]
    State(#[from] StateError),
    /// The state file holds something the mailbox half cannot read.
    #[error("the state of the exchange half cannot be read")]
    SavedState(#[source] serde_json::Error),
    /// The CRM half cannot be made from its saved state and its options.
    #[error("the crm half cannot be made")]
    Crm(#[from] StartError),
    /// There is no such zone.
    #[error("there is no time zone {0:?}")]
    Zone(String),
}

/// A running sandbox. Dropping it stops it at once; [`Running::stop`] saves its state before.
pub struct Running {
    /// The address of the EWS service.
    pub exchange_url: String,
    /// The address of the CRM, without `webservice.php`.
    pub crm_url: String,
    /// The users of both halves, the first one first.
    pub users: Vec<User>,
    /// The fake Exchange, for acting as the owner of a mailbox and looking at everything.
    pub exchange: Exchange,
    /// The CRM, for acting as its users and looking at everything.
    pub crm: Arc<Crm>,
    /// What both halves stand on: company, faults, clock.
    pub ground: Arc<Ground>,
    servers: Vec<JoinHandle<std::io::Result<()>>>,
    keeper: Option<JoinHandle<Result<(), StateError>>>,
    stop: watch::Sender<bool>,
}

/// Starts a sandbox.
pub async fn start(options: Options) -> Result<Running, SandboxError> {
    let ground = ground(&options);
    let mut saved = options
        .state
        .as_deref()
        .map(Saved::read)
        .transpose()?
        .unwrap_or_default();
    let installation = installation(&options)?;
    let crm = Arc::new(Crm::new(
        Arc::clone(&ground),
        installation,
        saved.take("crm"),
    )?);
    let exchange = Exchange::new(Arc::clone(&ground), options.mode, saved.take("exchange"));
    let exchange = exchange.map_err(SandboxError::SavedState)?;
    let exchange_listener = listen(options.exchange_port).await?;
    let crm_listener = listen(options.crm_port).await?;
    let (exchange_port, crm_port) = (port(&exchange_listener), port(&crm_listener));
    let servers = vec![
        serve(exchange_listener, Arc::new(exchange.clone())),
        serve(crm_listener, Arc::clone(&crm) as Arc<dyn Service>),
    ];
    let (stop, stopped) = watch::channel(false);
    let halves: Vec<Arc<dyn Kept>> = vec![
        Arc::new(exchange.clone()),
        Arc::clone(&crm) as Arc<dyn Kept>,
    ];
    let keeper = options
        .state
        .map(|path| tokio::spawn(Keeper::new(path, halves).run(stopped)));
    Ok(Running {
        exchange_url: format!("http://127.0.0.1:{exchange_port}/EWS/Exchange.asmx"),
        crm_url: format!("http://127.0.0.1:{crm_port}"),
        users: ground.company.users.clone(),
        exchange,
        crm,
        ground,
        servers,
        keeper,
        stop,
    })
}

fn ground(options: &Options) -> Arc<Ground> {
    let clock = Clock::default();
    clock.set_apart(
        Side::Exchange,
        SignedDuration::from_secs(options.exchange_clock_offset),
    );
    clock.set_apart(
        Side::Crm,
        SignedDuration::from_secs(options.crm_clock_offset),
    );
    options.clock.into_iter().for_each(|time| clock.set(time));
    let today = options.today;
    let today = today.unwrap_or_else(|| day_of(clock.now(Side::Exchange)));
    let people = Company::make(options.seed, options.sizes);
    Arc::new(Ground {
        company: people
            .with_calendar(options.seed, options.calendar, today)
            .with_mails(options.seed, options.mails, today),
        faults: Arc::new(Faults::new(options.faults.clone())),
        clock: Arc::new(clock),
    })
}

fn installation(options: &Options) -> Result<Installation, SandboxError> {
    let zone = |name: &str| zones::named(name).ok_or_else(|| SandboxError::Zone(name.to_owned()));
    Ok(Installation {
        flavour: options.crm_flavour,
        zone: zone(&options.crm_zone)?,
        users_zone: zone(&options.crm_users_zone)?,
        fields: options.crm_fields.clone(),
        values: options.crm_values.clone(),
        key_field: options.crm_key_field,
        partner: options.crm_partner,
        largest_upload: options.crm_largest_upload,
    })
}

impl Running {
    /// The line that tells other programs where everything is.
    pub fn ready_line(&self) -> Value {
        let mailboxes = self.users.iter().map(
            |user| json!({ "user": user.email, "password": user.password, "email": user.email }),
        );
        let keys = self.users.iter().map(|user| json!({ "user": user.name, "access_key": user.access_key, "role": user.role.as_str() }));
        json!({
            "exchange": { "url": self.exchange_url, "users": mailboxes.collect::<Vec<_>>() },
            "crm": { "url": self.crm_url, "users": keys.collect::<Vec<_>>() },
        })
    }

    /// Stops both halves and saves the state a last time.
    pub async fn stop(mut self) -> Result<(), SandboxError> {
        for server in &self.servers {
            server.abort();
        }
        self.stop.send_replace(true);
        if let Some(keeper) = self.keeper.take() {
            keeper.await.expect("the keeper does not panic")?;
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
        if let Some(keeper) = &self.keeper {
            keeper.abort();
        }
    }
}

async fn listen(port: u16) -> Result<TcpListener, SandboxError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| SandboxError::Port(port, error))
}

fn port(listener: &TcpListener) -> u16 {
    listener
        .local_addr()
        .expect("a bound listener has an address")
        .port()
}

fn serve(listener: TcpListener, half: Arc<dyn Service>) -> JoinHandle<std::io::Result<()>> {
    tokio::spawn(http::serve(listener, half))
}
