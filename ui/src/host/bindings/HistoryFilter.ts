// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type HistoryFilter = { text: string | null, record: string | null, limit: number, before: number | null, };
