//! The fake Exchange (being built).
pub mod schema;
pub mod xml;
