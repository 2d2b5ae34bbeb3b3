//! The administrator's settings (DESIGN 5) with their defaults. Reading files and telling who set what is in `config`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Component;

/// Who wins when both sides changed (R6.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Nobody: the user decides.
    None,
    /// The CRM's data always win.
    Crm,
    /// The mailbox's data always win.
    Exchange,
    /// The later modification wins.
    #[default]
    LastModified,
}

/// How soon changes travel (R1.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Communication {
    /// In the background, at an interval.
    #[default]
    Asynchronous,
    /// Within seconds.
    Synchronous,
}

/// What happens with private items (R3.8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivateItems {
    /// They are not synced.
    #[default]
    Skip,
    /// The CRM sees that the time is taken, nothing else.
    Busy,
    /// They sync like all others.
    Full,
}

/// The whole policy document. Every key has a default, so an empty document is a whole policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // the keys are described in DESIGN 5 and in the administrator's manual
pub struct Policy {
    pub crm_url: String,
    pub exchange_url: String,
    pub components: Vec<Component>,
    pub conflict_strategy: Strategy,
    pub event_types: Vec<String>,
    pub communication: Communication,
    pub max_failed_sign_ins: u32,
    pub private_items: PrivateItems,
    pub mail_conflicts_to_user: bool,
    pub send_invitations: bool,
    pub series_horizon_days: u32,
    pub crm_time_zone: String,
    pub oauth: OAuth,
    pub folders: Folders,
    pub emails: Emails,
    pub pick_lists: BTreeMap<String, PickList>,
    pub fields: FieldOverrides,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            crm_url: String::new(),
            exchange_url: String::new(),
            components: Component::ALL.to_vec(),
            conflict_strategy: Strategy::default(),
            event_types: vec!["Meeting".to_owned(), "Call".to_owned()],
            communication: Communication::default(),
            max_failed_sign_ins: 2,
            private_items: PrivateItems::default(),
            mail_conflicts_to_user: false,
            send_invitations: false,
            series_horizon_days: 180,
            crm_time_zone: "auto".to_owned(),
            oauth: OAuth::default(),
            folders: Folders::default(),
            emails: Emails::default(),
            pick_lists: BTreeMap::new(),
            fields: FieldOverrides::default(),
        }
    }
}

/// Sign-in by OAuth; empty means the vendor's registration, Microsoft's public cloud and the scope of the mailbox's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct OAuth {
    pub client_id: String,
    pub tenant: String,
    pub authority: String,
    pub scopes: Vec<String>,
    pub graph_url: String,
}

impl Default for OAuth {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            tenant: "organizations".to_owned(),
            authority: String::new(),
            scopes: Vec::new(),
            graph_url: String::new(),
        }
    }
}

/// Which mailbox folder a component lives in (R1.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FolderChoice {
    /// A folder of that name below the standard folder.
    #[default]
    #[serde(rename = "CRM-Sync")]
    CrmSync,
    /// The mailbox's own folder.
    #[serde(rename = "standard")]
    Standard,
}

/// Which folder e-mails are imported from (R1.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailFolderChoice {
    /// The folder tree `CRM-Sync`.
    #[default]
    #[serde(rename = "CRM-Sync")]
    CrmSync,
    /// Every new mail of the inbox.
    #[serde(rename = "inbox")]
    Inbox,
}

/// The table `[folders]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Folders {
    pub contacts: FolderChoice,
    pub appointments: FolderChoice,
    pub tasks: FolderChoice,
    pub emails: MailFolderChoice,
    pub include_subfolders: bool,
    pub include_sent: bool,
}

/// What is done with an address that no record has (R5.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoMatch {
    /// A lead is made.
    #[default]
    CreateLead,
    /// The mail is stored without a reference.
    Nothing,
}

/// Where a new lead's last name comes from (R5.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastNameRule {
    /// The address before the @.
    #[default]
    MailboxPart,
    /// The transmitted name.
    DisplayName,
    /// `???`.
    Placeholder,
}

/// Where a new lead's company comes from (R5.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyRule {
    /// The whole domain.
    #[default]
    Domain,
    /// The domain without its ending.
    DomainWithoutTld,
    /// `???`.
    Placeholder,
}

/// The table `[emails]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Emails {
    pub no_match: NoMatch,
    pub last_name: LastNameRule,
    pub company: CompanyRule,
    pub blacklist: Vec<String>,
    pub message_id_field: String,
}

/// How values of one pick-list travel where the other side lacks them (R4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct PickList {
    pub to_exchange: BTreeMap<String, String>,
    pub to_crm: BTreeMap<String, String>,
}

/// Our field name to the CRM's, where an installation differs from the stock names (DESIGN 6).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct FieldOverrides {
    pub contacts: BTreeMap<String, String>,
    pub appointments: BTreeMap<String, String>,
    pub tasks: BTreeMap<String, String>,
}

impl Policy {
    /// The folder of a component; of the e-mails the root of theirs.
    pub fn folder(&self, component: Component) -> FolderChoice {
        match component {
            Component::Contacts => self.folders.contacts,
            Component::Appointments => self.folders.appointments,
            Component::Tasks => self.folders.tasks,
            Component::Emails => match self.folders.emails {
                MailFolderChoice::CrmSync => FolderChoice::CrmSync,
                MailFolderChoice::Inbox => FolderChoice::Standard,
            },
        }
    }
}
