// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
import type { Counts } from "./Counts";
import type { Problem } from "./Problem";

export type LastRun = { started: number, finished: number, items: Counts, records: Counts, linked: number, conflicts: number, skipped: number, failed: number, problem: Problem | null, };
