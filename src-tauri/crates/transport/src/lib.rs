//! HTTP as every adapter needs it: TLS with the computer's own trust store, the system's proxy, address rules, sorting of
//! failures, counting, waiting. What is asked and what an answer means is the adapters' business.

pub mod address;
pub mod backoff;
pub mod bearer;
pub mod client;
pub mod count;
pub mod failure;
mod patience;
pub mod server_time;
mod timing;

pub use address::Address;
pub use backoff::{Backoff, TokioWaiting, Waiting};
pub use bearer::{BearerTokens, TokenSource};
pub use client::{Answer, Carrier, Client, Connections, Cookies, Options, Sieve, Stream};
pub use count::RequestCount;
pub use failure::Sending;
pub use timing::Timing;

/// What an adapter needs to build requests and read answers, in the version this crate sends.
pub use reqwest::{Method, RequestBuilder, StatusCode, header, multipart};
