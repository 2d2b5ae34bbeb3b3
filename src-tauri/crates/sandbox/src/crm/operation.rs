//! The operations of the service by name, and how each is called.
//! Deliberately not here: what they do (`operations`).

use super::Flavour;
use super::params::Method;
use crate::faults::Effect;

/// An operation of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    GetChallenge,
    Login,
    Logout,
    ExtendSession,
    ListTypes,
    Describe,
    RelatedTypes,
    Query,
    Sync,
    Retrieve,
    RetrieveRelated,
    FilesRetrieve,
    Create,
    Update,
    Revise,
    Delete,
    AddRelated,
}

/// Whether an operation needs a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    Session,
}

/// Name, method, parameters without which it is denied.
pub(super) type Call = (&'static str, Method, &'static [&'static str]);

const ALL: [Operation; 17] = [
    Operation::GetChallenge,
    Operation::Login,
    Operation::Logout,
    Operation::ExtendSession,
    Operation::ListTypes,
    Operation::Describe,
    Operation::RelatedTypes,
    Operation::Query,
    Operation::Sync,
    Operation::Retrieve,
    Operation::RetrieveRelated,
    Operation::FilesRetrieve,
    Operation::Create,
    Operation::Update,
    Operation::Revise,
    Operation::Delete,
    Operation::AddRelated,
];

impl Operation {
    /// The operation of that name in this version; names ignore case.
    pub(super) fn named(name: &str, flavour: Flavour) -> Option<Self> {
        let known = ALL
            .into_iter()
            .find(|operation| operation.name().eq_ignore_ascii_case(name))?;
        let is_new = matches!(
            known,
            Self::Revise
                | Self::RelatedTypes
                | Self::RetrieveRelated
                | Self::FilesRetrieve
                | Self::AddRelated
        );
        let too_new = flavour == Flavour::Five && is_new;
        (!too_new).then_some(known)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        self.call().0
    }

    /// Whether it changes records.
    pub(super) fn effect(self) -> Effect {
        match self {
            Self::Create | Self::Update | Self::Revise | Self::Delete | Self::AddRelated => {
                Effect::Writes
            }
            _ => Effect::Reads,
        }
    }

    /// How it is called.
    pub(super) fn call(self) -> Call {
        match self {
            Self::GetChallenge => ("getchallenge", Method::Get, &["username"]),
            Self::Login => ("login", Method::Post, &["username", "accessKey"]),
            Self::Logout => ("logout", Method::Post, &[]),
            Self::ExtendSession => ("extendsession", Method::Post, &[]),
            Self::ListTypes => ("listtypes", Method::Get, &[]),
            Self::Describe => ("describe", Method::Get, &["elementType"]),
            Self::RelatedTypes => ("relatedtypes", Method::Get, &["elementType"]),
            Self::Query => ("query", Method::Get, &["query"]),
            Self::Sync => ("sync", Method::Get, &[]),
            Self::Retrieve => ("retrieve", Method::Get, &["id"]),
            Self::RetrieveRelated => (
                "retrieve_related",
                Method::Get,
                &["id", "relatedType", "relatedLabel"],
            ),
            Self::FilesRetrieve => ("files_retrieve", Method::Get, &["id"]),
            Self::AddRelated => (
                "add_related",
                Method::Post,
                &["sourceRecordId", "relatedRecordId", "relationIdLabel"],
            ),
            Self::Create => ("create", Method::Post, &["elementType", "element"]),
            Self::Update => ("update", Method::Post, &["element"]),
            Self::Revise => ("revise", Method::Post, &["element"]),
            Self::Delete => ("delete", Method::Post, &["id"]),
        }
    }

    /// Whether it needs a session.
    pub(super) fn needs(self) -> Needs {
        match self {
            Self::GetChallenge | Self::Login => Needs::Nothing,
            _ => Needs::Session,
        }
    }
}
