//! Policy, settings and the profile directory.
