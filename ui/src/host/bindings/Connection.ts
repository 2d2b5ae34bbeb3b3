// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
import type { Problem } from "./Problem";

export type Connection = { connected: boolean, account: string, server: string, problem: Problem | null, };
