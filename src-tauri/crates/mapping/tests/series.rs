//! The occurrences of series: written cases, properties of random ones, and what another program makes of the same rules.

#[path = "series/cases.rs"]
mod cases;
#[path = "series/other_opinion.rs"]
mod other_opinion;
#[path = "series/properties.rs"]
mod properties;
#[path = "series/random.rs"]
mod random;
#[path = "series/zones.rs"]
mod zones;
