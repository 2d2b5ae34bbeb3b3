//! What the first start asks and shows: signing in on both sides, what the first sync would do, and what a disconnect would remove.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Component, Counts, PlannedLine, Problem};

shown! {
    /// What is known before the user types anything.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct SignInForms {
        /// The CRM's address.
        pub crm_url: String,
        /// Whether the organisation has set it.
        pub crm_url_managed: bool,
        /// The user at the CRM.
        pub crm_user: String,
        /// Exchange's address; empty where it is found by the e-mail address.
        pub exchange_url: String,
        /// Whether the organisation has set it.
        pub exchange_url_managed: bool,
        /// The user's e-mail address.
        pub email: String,
        /// The user at Exchange, where that is another name.
        pub exchange_user: String,
        /// Whether signing in by OAuth is offered here.
        pub oauth_offered: bool,
        /// Whether the mailbox is, or was last, signed in to by OAuth.
        pub oauth_used: bool,
        /// How many past days of appointments and tasks are synced.
        pub past_days: u32,
    }
}

shown! {
    /// Signing in at the CRM.
    #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct CrmForm {
        /// Its address.
        pub url: String,
        /// Who.
        pub user: String,
        /// The access key; empty for the one that is kept.
        pub access_key: String,
        /// Whether a mailbox that another CRM or computer works in is taken over.
        pub take_over: bool,
        /// Whether what opens it is kept in the credential store; if not, it is asked for again after the next start.
        pub keep: bool,
    }
}

shown! {
    /// Signing in at Exchange with a password.
    #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct ExchangeForm {
        /// Its address; empty to find it by the e-mail address.
        pub url: String,
        /// The e-mail address.
        pub email: String,
        /// Who; empty for the e-mail address.
        pub user: String,
        /// The password; empty for the one that is kept.
        pub password: String,
        /// How many past days of appointments and tasks are synced.
        pub past_days: u32,
        /// Whether a mailbox that another CRM or computer works in is taken over.
        pub take_over: bool,
        /// Whether what opens it is kept in the credential store; if not, it is asked for again after the next start.
        pub keep: bool,
    }
}

shown! {
    /// Signing in at Exchange in the browser.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct OAuthForm {
        /// The e-mail address, where it is known.
        pub email: String,
        /// How many past days of appointments and tasks are synced.
        pub past_days: u32,
        /// Whether a mailbox that another CRM or computer works in is taken over.
        pub take_over: bool,
        /// Whether what opens it is kept in the credential store; if not, it is asked for again after the next start.
        pub keep: bool,
    }
}

// What is typed as a secret is in no log, whoever prints these.
impl fmt::Debug for CrmForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrmForm")
            .field("url", &self.url)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ExchangeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeForm")
            .field("url", &self.url)
            .field("email", &self.email)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

shown! {
    /// An entry that would be left alone.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct LeftAlone {
        /// How a person calls it.
        pub title: String,
        /// Why.
        pub problem: Problem,
    }
}

shown! {
    /// What a run would do for one component (R6.10).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct PreviewPart {
        /// Which.
        pub component: Component,
        /// Writes in the mailbox.
        pub items: Counts,
        /// Writes in the CRM.
        pub records: Counts,
        /// How many entries are on both sides and would be joined.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub linked: u64,
        /// How many would be left alone.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub left: u64,
        /// Some of what would be done.
        pub examples: Vec<PlannedLine>,
        /// Some of what would be left alone.
        pub left_examples: Vec<LeftAlone>,
    }
}

shown! {
    /// What a disconnect would remove from the mailbox, for one component (R7.7).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Removal {
        /// Which.
        pub component: Component,
        /// The predefined folder that goes with all that is in it; `null` where the standard folder is used, of which only what the
        /// connector made goes.
        pub folder: Option<String>,
        /// How many entries are in it, or were made by the connector.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub entries: u64,
        /// How many of them never reached the CRM and are moved to the standard folder first.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub kept: u64,
    }
}

shown! {
    /// What a disconnect removed.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Removed {
        /// Predefined folders.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub folders: u64,
        /// Items of standard folders that the connector had made.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub items: u64,
        /// Items that never reached the CRM and are in the standard folder now.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub kept: u64,
        /// Mails that were moved back to where they came from.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub mails: u64,
    }
}
