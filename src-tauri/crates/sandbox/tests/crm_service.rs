//! The fake CRM over HTTP, beyond what the independent probe asks: sessions, faults, versions, the control door, the state file.
//! Deliberately not here: the probe itself, which is `crm_probe`.

#[path = "crm/client.rs"]
mod client;
#[path = "crm/control.rs"]
mod control;
#[path = "crm/emails.rs"]
mod emails;
#[path = "crm/events.rs"]
mod events;
#[path = "crm/faults.rs"]
mod faults;
#[path = "crm/flavours.rs"]
mod flavours;
#[path = "crm/installation.rs"]
mod installation;
#[path = "crm/service.rs"]
mod service;
#[path = "crm/state.rs"]
mod state;
#[path = "crm/tasks.rs"]
mod tasks;
