//! Challenge and login (facts/crm.md 2). The access key itself is never part of a request: only the md5 of challenge and key is.

use md5::{Digest, Md5};
use model::Secret;
use serde_json::Value;

/// The answer to `getchallenge`.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// To be joined with the access key.
    pub token: String,
    /// The server's clock, in seconds since 1970.
    pub server_time: Option<i64>,
}

/// The answer to `login`.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// To be sent with every request.
    pub session: String,
    /// The user's id.
    pub user: String,
    /// Product and version, as far as the server tells.
    pub server: String,
    /// The zone in which the CRM shows this user times, where the server tells it.
    pub time_zone: Option<String>,
}

impl Challenge {
    /// Reads the answer; `None` when it is something else.
    pub fn read(result: &Value) -> Option<Self> {
        Some(Self {
            token: result.get("token")?.as_str()?.to_owned(),
            server_time: result.get("serverTime").and_then(seconds),
        })
    }

    /// What proves to the server that the user knows the key.
    pub fn proof(&self, key: &Secret) -> String {
        let mut hasher = Md5::new();
        hasher.update(self.token.as_bytes());
        hasher.update(key.reveal().as_bytes());
        let hash = hasher.finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Login {
    /// Reads the answer; `None` when it is something else.
    pub fn read(result: &Value) -> Option<Self> {
        let text = |key: &str| result.get(key).and_then(Value::as_str).unwrap_or_default();
        let (session, user) = (text("sessionName"), text("userId"));
        if session.is_empty() || user.is_empty() {
            return None;
        }
        let version = match (text("vtigerVersion"), text("version")) {
            ("", "") => "webservice.php".to_owned(),
            ("", interface) => format!("webservice.php {interface}"),
            (product, _) => format!("vtiger {product}"),
        };
        Some(Self {
            session: session.to_owned(),
            user: user.to_owned(),
            server: version,
            time_zone: Some(text("time_zone").trim())
                .filter(|zone| !zone.is_empty())
                .map(str::to_owned),
        })
    }
}

/// A number of seconds, which PHP writes as a number or as text.
pub(super) fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_proof_is_the_md5_of_challenge_and_key() {
        let challenge =
            Challenge::read(&json!({"token": "6b031092b989d", "serverTime": "1795362962"}))
                .expect("a challenge");
        // md5sum of "6b031092b989dAbCdEfGhIjKlMnOp", reckoned with coreutils.
        assert_eq!(
            challenge.proof(&Secret::new("AbCdEfGhIjKlMnOp")),
            "f9254005d618054485a01bd0f18f9512"
        );
        assert_eq!(challenge.server_time, Some(1795362962));
    }

    // The first is the documented answer, which has nothing else (facts/crm.md 2 [D]); the second made up after 8.4.
    #[test]
    fn old_and_new_logins_are_read() {
        let old = Login::read(&json!({"sessionName": "s", "userId": "19x1"})).expect("a login");
        assert_eq!((old.session.as_str(), old.user.as_str()), ("s", "19x1"));
        assert_eq!(old.server, "webservice.php");
        assert_eq!(old.time_zone, None);
        let new = json!({"sessionName": "s", "userId": "19x5", "version": "0.22", "vtigerVersion": "8.4.0",
                         "time_zone": "Europe/Berlin"});
        let new = Login::read(&new).expect("a login");
        assert_eq!(new.server, "vtiger 8.4.0");
        assert_eq!(new.time_zone.as_deref(), Some("Europe/Berlin"));
        assert!(Login::read(&json!({"userId": "19x5"})).is_none());
    }
}
