//! Sorts what an authority refuses, once (facts/graph.md, 1.4): by Microsoft's number where there is one, else by the error of RFC 6749
//! and OpenID Connect. Its sentences are never read, and never shown.

use std::fmt;
use std::time::Duration;

use model::Code;
use ports::{ErrorKind, Failure};
use serde::{Deserialize, Serialize};

use crate::Registration;

/// An authority that fails by itself is left alone for so long at least.
pub const REST: Duration = Duration::from_secs(60);

/// Why an authority gives no token.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Refusal {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    /// Microsoft's second word for it.
    #[serde(default)]
    suberror: Option<String>,
    /// What the next sign-in has to show (RFC 9470 and Microsoft's continuous access evaluation).
    #[serde(default)]
    claims: Option<String>,
    #[serde(default)]
    error_codes: Vec<u32>,
}

impl Refusal {
    /// A refusal that came in a redirection.
    pub fn new(error: &str, description: Option<String>) -> Self {
        Self {
            error: error.to_owned(),
            error_description: description,
            ..Self::default()
        }
    }

    /// What the next sign-in has to show.
    pub fn claims(&self) -> Option<&str> {
        self.claims.as_deref().filter(|claims| !claims.is_empty())
    }

    /// Microsoft's number of it, which stands in its sentence too.
    fn number(&self) -> Option<u32> {
        let first = self.error_codes.first().copied();
        first.or_else(|| {
            let (_, after) = self.error_description.as_deref()?.split_once("AADSTS")?;
            let end = after.find(|c: char| !c.is_ascii_digit());
            after[..end.unwrap_or(after.len())].parse().ok()
        })
    }

    /// What it is called where a detail is shown: words of a protocol and numbers only.
    fn detail(&self) -> String {
        match self.number() {
            Some(number) => format!("AADSTS{number}"),
            None => {
                let word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
                self.error.chars().filter(word).take(60).collect()
            }
        }
    }

    fn code(&self) -> Option<Code> {
        let by_number = self.number().and_then(by_number);
        by_number.or_else(|| by_error(&self.error, self.suberror.as_deref()))
    }

    /// What is done about it. Without a code of ours the authority fails by itself.
    pub fn sort(&self, registration: &Registration) -> Failure {
        let failure = match self.code() {
            Some(code) => Failure::new(ErrorKind::SignInNeeded, code),
            None => {
                let kind = ErrorKind::Throttled { after: Some(REST) };
                Failure::new(kind, Code::ServerBusy)
            }
        };
        let failure = failure
            .with("server", registration.authority.server())
            .with("detail", self.detail());
        let may_agree = matches!(
            failure.problem.code,
            Code::ConsentMissing | Code::ConsentDeclined
        );
        match registration.consent_page().filter(|_| may_agree) {
            Some(address) => failure.with("address", address),
            None => failure,
        }
    }
}

/// The numbers of Microsoft's sign-in that are told apart; `None` where the error says enough.
fn by_number(number: u32) -> Option<Code> {
    Some(match number {
        700_082 | 70_008 | 50_173 | 50_132 | 50_133 | 54_005 | 70_000 | 70_043 => Code::SignInEnded,
        50_076 | 50_079 | 50_074 | 50_072 | 50_078 => Code::SecondFactorNeeded,
        53_000 | 53_001 | 53_003 | 530_003 | 50_097 | 50_129 | 50_131 => Code::AccessRestricted,
        65_001 | 90_094 | 90_095 => Code::ConsentMissing,
        65_004 => Code::ConsentDeclined,
        700_016 | 50_020 | 50_034 | 500_011 | 650_052 => Code::AccountNotInTenant,
        50_194 | 7_000_218 | 50_011 => Code::SignInMisconfigured,
        50_057 => Code::AccountDisabled,
        50_055 => Code::PasswordExpired,
        50_053 => Code::AccountLocked,
        _ => return None,
    })
}

/// The errors of the protocols; `None` for those of a server that fails by itself.
fn by_error(error: &str, suberror: Option<&str>) -> Option<Code> {
    Some(match (error, suberror) {
        ("temporarily_unavailable" | "server_error", _) => return None,
        ("consent_required", _) | (_, Some("consent_required")) => Code::ConsentMissing,
        (_, Some("user_password_expired")) => Code::PasswordExpired,
        (_, Some("message_only" | "protection_policy_required")) => Code::AccessRestricted,
        ("access_denied", _) => Code::ConsentDeclined,
        (
            "invalid_grant"
            | "interaction_required"
            | "login_required"
            | "account_selection_required",
            _,
        ) => Code::SignInEnded,
        // Everything else is about how the program was registered, or an error nobody has heard of.
        _ => Code::SignInMisconfigured,
    })
}

impl oauth2::ErrorResponse for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail())
    }
}

impl fmt::Debug for Refusal {
    // Its sentence may name people and places.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({})", self.detail())
    }
}

#[cfg(test)]
mod tests {
    use model::policy;

    use super::*;

    fn registration() -> Registration {
        let policy = policy::OAuth {
            client_id: "id".to_owned(),
            ..policy::OAuth::default()
        };
        let mailbox = crate::mailbox_server(&policy, "").expect("Microsoft's");
        Registration::of(&policy, &mailbox).expect("registered")
    }

    fn sorted(json: &str) -> Failure {
        let refusal: Refusal = serde_json::from_str(json).expect("a refusal");
        refusal.sort(&registration())
    }

    #[test]
    fn r7_4_each_refusal_of_microsoft_has_its_own_problem() {
        for (error, number, code) in [
            ("invalid_grant", 700_082, Code::SignInEnded),
            ("invalid_grant", 70_008, Code::SignInEnded),
            ("invalid_grant", 50_173, Code::SignInEnded),
            ("invalid_grant", 70_043, Code::SignInEnded),
            ("interaction_required", 50_076, Code::SecondFactorNeeded),
            ("invalid_grant", 50_079, Code::SecondFactorNeeded),
            ("invalid_grant", 53_003, Code::AccessRestricted),
            ("access_denied", 53_003, Code::AccessRestricted),
            ("interaction_required", 530_003, Code::AccessRestricted),
            ("invalid_grant", 65_001, Code::ConsentMissing),
            ("access_denied", 90_094, Code::ConsentMissing),
            ("access_denied", 65_004, Code::ConsentDeclined),
            ("unauthorized_client", 700_016, Code::AccountNotInTenant),
            ("invalid_grant", 50_034, Code::AccountNotInTenant),
            ("invalid_request", 50_194, Code::SignInMisconfigured),
            ("invalid_client", 7_000_218, Code::SignInMisconfigured),
            ("invalid_request", 50_011, Code::SignInMisconfigured),
            ("invalid_grant", 50_057, Code::AccountDisabled),
            ("invalid_grant", 50_055, Code::PasswordExpired),
            ("invalid_grant", 50_053, Code::AccountLocked),
            ("invalid_grant", 1, Code::SignInEnded),
        ] {
            let told = [
                format!(r#"{{"error":"{error}","error_codes":[{number}]}}"#),
                format!(r#"{{"error":"{error}","error_description":"AADSTS{number}: So it is."}}"#),
            ];
            for told in told {
                let failure = sorted(&told);
                assert_eq!(failure.kind, ErrorKind::SignInNeeded, "{told}");
                assert_eq!(failure.problem.code, code, "{told}");
                assert_eq!(failure.problem.values["detail"], format!("AADSTS{number}"));
            }
        }
    }

    #[test]
    fn errors_of_other_authorities_are_sorted_by_their_name() {
        for (error, code) in [
            ("invalid_grant", Code::SignInEnded),
            ("login_required", Code::SignInEnded),
            ("access_denied", Code::ConsentDeclined),
            ("consent_required", Code::ConsentMissing),
            ("invalid_client", Code::SignInMisconfigured),
            ("invalid_scope", Code::SignInMisconfigured),
            ("novelty", Code::SignInMisconfigured),
        ] {
            let failure = Refusal::new(error, None).sort(&registration());
            assert_eq!(failure.problem.code, code, "{error}");
            assert_eq!(failure.problem.values["detail"], error);
        }
    }

    #[test]
    fn an_authority_that_fails_by_itself_is_left_alone() {
        for told in [
            r#"{"error":"temporarily_unavailable","error_codes":[90033]}"#,
            r#"{"error":"server_error"}"#,
        ] {
            let failure = sorted(told);
            let after = Some(REST);
            assert_eq!(failure.kind, ErrorKind::Throttled { after }, "{told}");
        }
    }

    #[test]
    fn r7_4_missing_consent_comes_with_the_page_for_administrators() {
        let failure = sorted(r#"{"error":"invalid_grant","suberror":"consent_required"}"#);
        assert_eq!(failure.problem.code, Code::ConsentMissing);
        let address = &failure.problem.values["address"];
        assert!(
            address
                .starts_with("https://login.microsoftonline.com/organizations/v2.0/adminconsent")
        );
        let other = sorted(r#"{"error":"invalid_grant"}"#);
        assert!(!other.problem.values.contains_key("address"));
    }

    #[test]
    fn s11_the_authoritys_sentences_are_not_repeated() {
        let refusal = Refusal {
            claims: Some("hunter3".to_owned()),
            ..Refusal::new("bad <hunter2>?", Some("for hunter2".to_owned()))
        };
        let failure = refusal.sort(&registration());
        let shown = format!("{refusal} {refusal:?} {failure} {failure:?}");
        assert!(
            !shown.contains("for hunter2") && !shown.contains("hunter3"),
            "{shown}"
        );
        assert!(!shown.contains('<'), "{shown}");
    }
}
