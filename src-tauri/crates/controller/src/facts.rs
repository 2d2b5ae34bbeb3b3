//! The names of what a profile remembers besides links and history.

/// Which CRM and user the links belong to.
pub(crate) const CRM_FINGERPRINT: &str = "account.crm";
/// Which mailbox the links belong to.
pub(crate) const MAILBOX_ADDRESS: &str = "account.mailbox";
/// How the mailbox's server calls itself.
pub(crate) const MAILBOX_SERVER: &str = "server.mailbox";
/// How the CRM's server calls itself.
pub(crate) const CRM_SERVER: &str = "server.crm";
/// What the CRM's modules look like, so that a short run need not ask.
pub(crate) const CRM_CACHE: &str = "cache.crm";
/// The zone whose midnights bound the user's days, an IANA name: the one the CRM shows this user times in, else the computer's when
/// the account was connected. A journey with the computer does not move it.
pub(crate) const ZONE: &str = "zone";
/// Whether the first sync waits for the user's word.
pub(crate) const AWAITS_START: &str = "awaits_start";
/// What was found that would make things better, as JSON.
pub(crate) const ADVICE: &str = "advice";
/// Whether the user asked for quiet: until when, or `yes` until somebody resumes.
pub(crate) const PAUSED: &str = "paused";
/// A disconnect that was begun and is not over.
pub(crate) const DISCONNECTING: &str = "disconnecting";
/// Something the user should know although all is well again, as JSON.
pub(crate) const NOTICE: &str = "notice";
/// The conflicts that were mailed to the user and still wait, as JSON.
pub(crate) const MAILED_CONFLICTS: &str = "mailed_conflicts";
/// Failed sign-ins in a row at the mailbox.
pub(crate) const FAILED_EXCHANGE: &str = "failed_sign_ins.exchange";
/// Failed sign-ins in a row at the CRM.
pub(crate) const FAILED_CRM: &str = "failed_sign_ins.crm";
/// The problem of a side and since when, as `<unix ms> <json>`.
pub(crate) fn trouble(side: model::Side) -> String {
    format!("trouble.{side}")
}
