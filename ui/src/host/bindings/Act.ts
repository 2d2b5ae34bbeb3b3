// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type Act = "created" | "updated" | "deleted" | "linked" | "unlinked" | "refused";
