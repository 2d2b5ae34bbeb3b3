//! What can be asked. Reading operations go by GET, writing ones by POST: with the wrong method the server does not see the
//! parameters (facts/crm.md 1).

use ports::MailFile;
use transport::{Method, Sending};

use super::without_control_characters;

/// The operations that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Begins a sign-in.
    GetChallenge,
    /// Ends it with a session.
    Login,
    /// Ends a session.
    Logout,
    /// The modules open to the user.
    ListTypes,
    /// A module's fields and the user's rights.
    Describe,
    /// A select.
    Query,
    /// One record.
    Retrieve,
    /// The records of another module that belong to one.
    RetrieveRelated,
    /// What changed since.
    Sync,
    /// A new record.
    Create,
    /// A whole record.
    Update,
    /// Some fields of a record.
    Revise,
    /// Removes a record.
    Delete,
}

impl Operation {
    /// The server's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::GetChallenge => "getchallenge",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::ListTypes => "listtypes",
            Self::Describe => "describe",
            Self::Query => "query",
            Self::Retrieve => "retrieve",
            Self::RetrieveRelated => "retrieve_related",
            Self::Sync => "sync",
            Self::Create => "create",
            Self::Update => "update",
            Self::Revise => "revise",
            Self::Delete => "delete",
        }
    }

    /// How it is sent.
    pub fn method(self) -> Method {
        match self {
            Self::GetChallenge
            | Self::ListTypes
            | Self::Describe
            | Self::Query
            | Self::Retrieve
            | Self::RetrieveRelated
            | Self::Sync => Method::GET,
            Self::Login
            | Self::Logout
            | Self::Create
            | Self::Update
            | Self::Revise
            | Self::Delete => Method::POST,
        }
    }

    /// What a lost answer means. A login that nobody heard of leaves a session behind, and no record.
    pub fn sending(self) -> Sending {
        match self {
            Self::Create | Self::Update | Self::Revise | Self::Delete => Sending::Write,
            Self::GetChallenge
            | Self::Login
            | Self::Logout
            | Self::ListTypes
            | Self::Describe
            | Self::Query
            | Self::Retrieve
            | Self::RetrieveRelated
            | Self::Sync => Sending::Read,
        }
    }
}

/// One request, without the session. It does not print: its parameters are somebody's data.
pub struct Request {
    /// What is asked.
    pub operation: Operation,
    /// With what.
    pub parameters: Vec<(&'static str, String)>,
    /// The files that go along; their contents are shared, not copied.
    pub files: Vec<MailFile>,
}

impl Request {
    fn new(operation: Operation, parameters: Vec<(&'static str, String)>) -> Self {
        Self {
            operation,
            parameters,
            files: Vec::new(),
        }
    }

    /// A challenge for this user.
    pub fn challenge(user: &str) -> Self {
        let user = without_control_characters(user);
        Self::new(Operation::GetChallenge, vec![("username", user)])
    }

    /// The answer to a challenge.
    pub fn login(user: &str, proof: String) -> Self {
        let user = without_control_characters(user);
        Self::new(
            Operation::Login,
            vec![("username", user), ("accessKey", proof)],
        )
    }

    /// The end of the session.
    pub fn logout() -> Self {
        Self::new(Operation::Logout, Vec::new())
    }

    /// All modules.
    pub fn list_types() -> Self {
        Self::new(Operation::ListTypes, Vec::new())
    }

    /// One module.
    pub fn describe(module: &str) -> Self {
        Self::new(
            Operation::Describe,
            vec![("elementType", module.to_owned())],
        )
    }

    /// A select.
    pub fn query(select: String) -> Self {
        Self::new(Operation::Query, vec![("query", select)])
    }

    /// One record.
    pub fn retrieve(id: &str) -> Self {
        Self::new(Operation::Retrieve, vec![("id", id.to_owned())])
    }

    /// What of another module belongs to a record; the module is called as its list is.
    pub fn retrieve_related(id: &str, module: &str) -> Self {
        let parameters = vec![
            ("id", id.to_owned()),
            ("relatedType", module.to_owned()),
            ("relatedLabel", module.to_owned()),
        ];
        Self::new(Operation::RetrieveRelated, parameters)
    }

    /// Own records modified later than this second.
    pub fn sync(module: &str, since: i64) -> Self {
        // Without a kind every call fails on some servers, and 0 or less on all (facts/crm.md 6).
        let parameters = vec![
            ("modifiedTime", since.max(1).to_string()),
            ("elementType", module.to_owned()),
            ("syncType", "user".to_owned()),
        ];
        Self::new(Operation::Sync, parameters)
    }

    /// A new record.
    pub fn create(module: &str, element: &Element) -> Self {
        let parameters = vec![
            ("elementType", module.to_owned()),
            ("element", element.to_json()),
        ];
        Self::new(Operation::Create, parameters)
    }

    /// The same with files, where the server takes them in the same request (facts/crm.md 8).
    pub fn create_with_files(module: &str, element: &Element, files: &[MailFile]) -> Self {
        Self {
            files: files.to_vec(),
            ..Self::create(module, element)
        }
    }

    /// A whole record; the element carries its id.
    pub fn update(element: &Element) -> Self {
        Self::new(Operation::Update, vec![("element", element.to_json())])
    }

    /// Some fields of a record; the element carries its id.
    pub fn revise(element: &Element) -> Self {
        Self::new(Operation::Revise, vec![("element", element.to_json())])
    }

    /// Removes a record.
    pub fn delete(id: &str) -> Self {
        Self::new(Operation::Delete, vec![("id", id.to_owned())])
    }
}

/// The values of a record to be written. `None` clears a field, references too (facts/crm.md 4).
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Element(std::collections::BTreeMap<String, Option<String>>);

impl Element {
    /// One without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value; an empty one clears the field.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = without_control_characters(value);
        let value = (!value.is_empty()).then_some(value);
        self.0.insert(name.to_owned(), value);
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has this field.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    fn to_json(&self) -> String {
        serde_json::to_string(&self.0).expect("text keys and text values are JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_sent_as_null() {
        let mut element = Element::new();
        element.set("phone", "");
        element.set("lastname", "a\u{0}b\n");
        let request = Request::revise(&element);
        let expected = r#"{"lastname":"ab\n","phone":null}"#.to_owned();
        assert_eq!(request.parameters, [("element", expected)]);
    }

    #[test]
    fn s1_only_writes_can_leave_an_unknown_outcome() {
        for operation in [
            Operation::Create,
            Operation::Update,
            Operation::Revise,
            Operation::Delete,
        ] {
            assert_eq!(operation.sending(), Sending::Write);
            assert_eq!(operation.method(), Method::POST);
        }
        assert_eq!(Operation::Login.sending(), Sending::Read);
    }
}
