//! A fake Exchange and a fake CRM with made-up data.

pub mod http;
