//! Decides what a sync does. No I/O, no clock.
