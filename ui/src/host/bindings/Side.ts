// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type Side = "mailbox" | "crm";
