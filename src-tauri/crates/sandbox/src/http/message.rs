//! A request as it came and a reply as it goes out, both without anything of hyper's body machinery.
//! Deliberately not here: meaning of paths and bodies.

use hyper::HeaderMap;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use jiff::Timestamp;
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// A request, its body read to the end.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path without the query, as sent.
    pub path: String,
    /// The query without its question mark; empty where there is none.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Request {
    pub(super) fn new(head: hyper::http::request::Parts, body: Bytes) -> Self {
        Self {
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
        }
    }

    /// A header as text; `None` where it is absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The query's pairs, decoded; of a repeated name the last one counts.
    pub fn query_pairs(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }
}

/// What goes back.
#[derive(Debug)]
pub enum Reply {
    /// One answer with its whole body.
    Whole {
        /// The HTTP status.
        status: u16,
        /// The headers; length and date are added.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
    /// An answer in pieces (chunked); it ends when the sender of the pieces is dropped.
    Stream {
        /// The HTTP status.
        status: u16,
        /// The headers.
        headers: HeaderMap,
        /// The pieces, each sent as soon as it is there.
        chunks: mpsc::Receiver<Bytes>,
    },
    /// No answer: the connection is dropped.
    Cut,
}

impl Reply {
    /// A whole answer of a content type.
    pub fn whole(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self::Whole {
            status,
            headers,
            body: body.into(),
        }
    }

    /// An answer of which the second half is missing.
    pub fn half(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let body: Bytes = body.into();
        let half = body.len() / 2;
        Self::whole(200, content_type, body.slice(..half))
    }

    /// A whole answer in JSON.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::whole(status, "application/json; charset=utf-8", body.to_string())
    }

    /// The same answer with the moment it was made at, by the server's clock.
    #[must_use]
    pub fn dated(self, at: Timestamp) -> Self {
        let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        self.with_header("Date", &date)
    }

    /// The same answer with one more header line; a header of that name may stand several times.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("the fakes use valid header names");
        let value: HeaderValue = value.parse().expect("the fakes use valid header values");
        if let Self::Whole { headers, .. } | Self::Stream { headers, .. } = &mut self {
            headers.append(name, value);
        }
        self
    }
}
