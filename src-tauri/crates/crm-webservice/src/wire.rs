//! What travels over `webservice.php`: text in, types out, no I/O. The CRM's own names for operations, codes and keys end here
//! and in `convert`. Which answer leads to which act is decided elsewhere.

pub mod code;
pub mod envelope;
pub mod module;
pub mod request;
pub mod row;
#[cfg(test)]
mod samples;
pub mod sign_in;
pub mod sync;

pub use code::{Denial, ErrorCode, ServerError};
pub use envelope::Answered;
pub use module::Module;
pub use request::Request;
pub use row::Row;
pub use sync::SyncPage;

/// The text without characters that the server would store and hand back raw, which makes its next answer invalid JSON
/// (facts/crm.md 1, measured with U+0000, 0001, 000B, 001F).
pub fn without_control_characters(text: &str) -> String {
    text.chars()
        .filter(|letter| *letter >= ' ' || matches!(letter, '\t' | '\r' | '\n'))
        .collect()
}
