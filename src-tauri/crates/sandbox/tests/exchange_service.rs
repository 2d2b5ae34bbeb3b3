//! The fake Exchange over its port, in one binary: it is compiled once, and the client is shared.

#[path = "exchange/calendar.rs"]
mod calendar;
#[path = "exchange/calendar_acts.rs"]
mod calendar_acts;
#[path = "exchange/client.rs"]
mod client;
#[path = "exchange/faults.rs"]
mod faults;
#[path = "exchange/mails.rs"]
mod mails;
#[path = "exchange/meetings.rs"]
mod meetings;
#[path = "exchange/tasks.rs"]
mod tasks;
#[path = "exchange/wire.rs"]
mod wire;
