//! Whole-product scenarios: the real adapters, engine and store between the two halves of the sandbox. The window is not built here.

pub mod calendar;
pub mod firewall;
pub mod mortal;
pub mod people;
pub mod post;
pub mod proof;
pub mod stage;
