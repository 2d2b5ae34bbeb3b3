// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type State = "not_connected" | "in_sync" | "syncing" | "paused" | "attention" | "signed_out" | "offline";
