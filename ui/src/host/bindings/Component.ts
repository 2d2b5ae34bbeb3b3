// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type Component = "emails" | "contacts" | "appointments" | "tasks";
