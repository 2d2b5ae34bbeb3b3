// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type FieldChange = { field: string, before: string, after: string, };
