//! The whole CRM port, against the sandbox (both versions it plays, and its faults) and, for what the sandbox cannot play, against
//! a server that answers from a script. Nothing here sleeps: clocks are set, pauses are counted.

mod appointments;
mod appointments_written;
mod changes;
mod installations;
mod invited;
mod lost_answers;
mod mails;
mod mails_found;
mod mails_scripted;
mod mails_written;
mod organisations;
mod owned;
mod reading;
mod script;
mod scripted;
mod scripted_calendar;
mod secrecy;
mod signing_in;
mod stage;
mod tasks;
mod writing;
