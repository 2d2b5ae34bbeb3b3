//! The fake Exchange over its port, in one binary: it is compiled once, and the client is shared.

#[path = "exchange/client.rs"]
mod client;
#[path = "exchange/faults.rs"]
mod faults;
#[path = "exchange/wire.rs"]
mod wire;
