//! The state of one profile in one SQLite file.
