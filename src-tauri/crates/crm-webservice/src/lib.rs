//! The CRM port over `webservice.php`, the interface of CRM+ and of vtiger, from which it descends. What was measured on real servers
//! stands in facts/crm.md; what to do with the records is not decided here.

mod address;
mod cache;
mod convert;
mod crm;
mod failure;
#[cfg(any(test, feature = "hostile"))]
pub mod hostile;
mod query;
mod session;
mod token;
mod wire;

pub use convert::fields::Invited;
pub use crm::{CrmOptions, WebserviceCrm};
pub use session::KeyHistory;
