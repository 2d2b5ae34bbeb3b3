//! The mailbox port over Exchange Web Services.
