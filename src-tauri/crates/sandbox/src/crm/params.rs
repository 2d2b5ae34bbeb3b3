//! The parameters of a request as PHP sees them: from the address and, of a POST, from the form in the body, urlencoded or in parts,
//! with the files of the latter.
//! Deliberately not here: which operation looks for what.

use crate::http::Request;
use hyper::body::Bytes;
use std::collections::BTreeMap;

/// The parameters of one request.
pub(super) struct Params {
    get: BTreeMap<String, String>,
    form: Form,
}

/// What a form in a body holds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Form {
    fields: BTreeMap<String, String>,
    files: Vec<Upload>,
}

/// A file of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upload {
    /// The field it was sent in.
    field: String,
    /// Its name, without a path.
    pub(super) name: String,
    /// Its content type, as the client says; empty where it says none.
    pub(super) kind: String,
    pub(super) bytes: Bytes,
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
    /// The parameters of a request. A body larger than this is not looked at, and everything in it is missing (`post_max_size`).
    pub(super) fn of(request: &Request, largest: Option<usize>) -> Self {
        let fits = largest.is_none_or(|largest| request.body.len() <= largest);
        let form = if request.method == "POST" && fits {
            form(request)
        } else {
            Form::default()
        };
        Self {
            get: request.query_pairs(),
            form,
        }
    }

    /// A parameter wherever it stands, as the operation and the session are looked for.
    pub(super) fn anywhere(&self, name: &str) -> Option<&str> {
        self.form
            .fields
            .get(name)
            .or_else(|| self.get.get(name))
            .map(String::as_str)
    }

    /// A parameter where this method puts it.
    pub(super) fn get(&self, method: Method, name: &str) -> Option<&str> {
        let params = match method {
            Method::Get => &self.get,
            Method::Post => &self.form.fields,
        };
        params.get(name).map(String::as_str)
    }

    /// Whether a parameter has this text in it.
    pub(super) fn has_text(&self, text: &str) -> bool {
        let mut all = self.get.values().chain(self.form.fields.values());
        all.any(|value| value.contains(text))
    }

    /// The files, in the order of their fields.
    pub(super) fn files(&self) -> &[Upload] {
        &self.form.files
    }
}

fn form(request: &Request) -> Form {
    let kind = request.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let fields = url::form_urlencoded::parse(&request.body);
        return Form {
            fields: fields.into_owned().collect(),
            files: Vec::new(),
        };
    }
    match kind.split_once("boundary=") {
        Some((kind, boundary)) if kind.starts_with("multipart/form-data") => {
            parts(&request.body, boundary.trim_matches('"'))
        }
        _ => Form::default(),
    }
}

fn parts(body: &Bytes, boundary: &str) -> Form {
    let mut form = Form::default();
    let delimiter = format!("\r\n--{boundary}");
    let first = &delimiter.as_bytes()[2..];
    let Some(start) = find(body, first) else {
        return form;
    };
    let mut rest = &body[start + first.len()..];
    while !rest.starts_with(b"--") {
        let Some(end) = find(rest, delimiter.as_bytes()) else {
            break;
        };
        form.add(body, &rest[..end]);
        rest = &rest[end + delimiter.len()..];
    }
    form
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

impl Form {
    /// A part as a field or a file; what is neither is left out. Of a repeated field the last one counts.
    fn add(&mut self, body: &Bytes, part: &[u8]) {
        let Some(end) = find(part, b"\r\n\r\n") else {
            return;
        };
        let (head, content) = (String::from_utf8_lossy(&part[..end]), &part[end + 4..]);
        let line = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            let line = lines.find(|(known, _)| known.trim().eq_ignore_ascii_case(name));
            line.map_or("", |(_, value)| value.trim())
        };
        let disposition = line("content-disposition");
        let Some(field) = parameter(disposition, "name") else {
            return;
        };
        let Some(path) = parameter(disposition, "filename") else {
            let text = String::from_utf8_lossy(content).into_owned();
            self.fields.insert(field, text);
            return;
        };
        let upload = Upload {
            name: path
                .rsplit(['/', '\\'])
                .next()
                .unwrap_or_default()
                .to_owned(),
            kind: line("content-type").to_owned(),
            bytes: body.slice_ref(content),
            field,
        };
        match self
            .files
            .iter_mut()
            .find(|known| known.field == upload.field)
        {
            Some(known) => *known = upload,
            None => self.files.push(upload),
        }
    }
}

/// A parameter of a header line, as PHP reads it: the name is exact, so that `filename*` is none, and a backslash keeps a quote.
fn parameter(line: &str, wanted: &str) -> Option<String> {
    let mut rest = line;
    while let Some((_, after)) = rest.split_once(';') {
        let (name, value) = after.split_once('=')?;
        let (value, left) = match value.trim_start().strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let end = value.find(';').unwrap_or(value.len());
                (value[..end].trim().to_owned(), &value[end..])
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = left;
    }
    None
}

/// The text up to the closing quote, and what follows it.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[at + 1..]),
            '\\' if text[at + 1..].starts_with(['"', '\\']) => {
                value.extend(letters.next().map(|(_, kept)| kept));
            }
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests;
