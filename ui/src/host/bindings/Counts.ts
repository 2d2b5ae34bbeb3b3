// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type Counts = { created: number, updated: number, deleted: number, };
