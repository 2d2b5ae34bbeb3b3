//! The parameters of a request as PHP sees them: from the address and, of a POST, from the form in the body, urlencoded or in parts.
//! Deliberately not here: files in a form of parts; those come with e-mails and documents.

use crate::http::Request;
use std::collections::BTreeMap;

/// The parameters of one request.
pub(super) struct Params {
    get: BTreeMap<String, String>,
    post: BTreeMap<String, String>,
}

/// Where an operation looks for its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// In the address.
    Get,
    /// In the form.
    Post,
}

impl Params {
    /// The parameters of a request.
    pub(super) fn of(request: &Request) -> Self {
        let post = if request.method == "POST" {
            form(request)
        } else {
            BTreeMap::new()
        };
        Self {
            get: request.query_pairs(),
            post,
        }
    }

    /// A parameter wherever it stands, as the operation and the session are looked for.
    pub(super) fn anywhere(&self, name: &str) -> Option<&str> {
        self.post
            .get(name)
            .or_else(|| self.get.get(name))
            .map(String::as_str)
    }

    /// A parameter where this method puts it.
    pub(super) fn get(&self, method: Method, name: &str) -> Option<&str> {
        let params = match method {
            Method::Get => &self.get,
            Method::Post => &self.post,
        };
        params.get(name).map(String::as_str)
    }
}

fn form(request: &Request) -> BTreeMap<String, String> {
    let kind = request.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return url::form_urlencoded::parse(&request.body)
            .into_owned()
            .collect();
    }
    match kind.split_once("boundary=") {
        Some((kind, boundary)) if kind.starts_with("multipart/form-data") => {
            parts(&request.body, boundary.trim_matches('"'))
        }
        _ => BTreeMap::new(),
    }
}

fn parts(body: &[u8], boundary: &str) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    text.split(&delimiter).filter_map(part).collect()
}

/// Name and value of a part that is no file.
fn part(part: &str) -> Option<(String, String)> {
    let (head, value) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
    let line = head.lines().find(|line| {
        line.to_ascii_lowercase()
            .starts_with("content-disposition:")
    })?;
    if line.contains("filename=\"") {
        return None;
    }
    let (_, name) = line.split_once("name=\"")?;
    let (name, _) = name.split_once('"')?;
    Some((name.to_owned(), value.strip_suffix("\r\n")?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_in_parts_gives_its_fields_and_leaves_files_out() {
        let body = "--xyz\r\nContent-Disposition: form-data; name=\"element\"\r\n\r\n{\"a\": \"b\r\nc\"}\r\n--xyz\r\nContent-Disposition: \
                    form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\n--xyz--\r\n";
        let fields = parts(body.as_bytes(), "xyz");
        assert_eq!(
            fields,
            BTreeMap::from([("element".to_owned(), "{\"a\": \"b\r\nc\"}".to_owned())])
        );
    }
}
