//! The whole CRM port, against the sandbox (both versions it plays, and its faults) and, for what the sandbox cannot play, against
//! a server that answers from a script. Nothing here sleeps: clocks are set, pauses are counted.

mod changes;
mod owned;
mod reading;
mod script;
mod scripted;
mod secrecy;
mod signing_in;
mod stage;
mod writing;
