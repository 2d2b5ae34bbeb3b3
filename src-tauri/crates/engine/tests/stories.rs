//! Stories over memory: acts on both sides, a sync, and what is then on either side; written ones and random ones.

#[path = "stories/appointments.rs"]
mod appointments;
#[path = "stories/brakes.rs"]
mod brakes;
#[path = "stories/contacts.rs"]
mod contacts;
#[path = "stories/random.rs"]
mod random;
#[path = "stories/world.rs"]
mod world;
