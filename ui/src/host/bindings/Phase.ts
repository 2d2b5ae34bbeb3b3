// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type Phase = "reading_mailbox" | "reading_crm" | "planning" | "writing" | "finishing";
