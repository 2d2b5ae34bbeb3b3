//! What the settings show.

use serde::{Deserialize, Serialize};

use super::Problem;

shown! {
    /// A value the organisation has set.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct ManagedValue {
        /// Its name in the policy.
        pub key: String,
        /// The value as the policy writes it.
        pub value: String,
    }
}

shown! {
    /// What the settings show.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Preferences {
        /// The language the user chose, e.g. `de`; `null` for the system's.
        pub language: Option<String>,
        /// How many past days of appointments and tasks are synced.
        pub past_days: u32,
        /// Whether the app starts with the computer; `null` where it cannot be told.
        pub autostart: Option<bool>,
        /// What the organisation has set.
        pub managed: Vec<ManagedValue>,
        /// The policy's file; `null` where there is none.
        pub policy_file: Option<String>,
        /// What the policy file says that this version does not know.
        pub policy_warnings: Vec<String>,
        /// What there is to say about the connections, such as a missing field for the Message-ID (R5.5).
        pub advice: Vec<Problem>,
        /// Where logs are.
        pub log_folder: String,
        /// Which version this is.
        pub version: String,
    }
}

shown! {
    /// For how long nothing is synced.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum PauseFor {
        /// An hour.
        Hour,
        /// Until tomorrow morning.
        Tomorrow,
        /// Until somebody resumes.
        Resume,
    }
}

shown! {
    /// What the window shows first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    enum Place {
        /// How it stands.
        Overview,
        /// What waits for the user.
        Conflicts,
        /// What was done.
        Activity,
        /// The settings.
        Settings,
        /// Signing in, or again.
        SignIn,
        /// Which program this is.
        About,
    }
}
