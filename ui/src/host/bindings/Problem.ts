// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
export type Problem = { code: string, values: { [key in string]: string }, since: number, };
