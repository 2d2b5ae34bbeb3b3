// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
import type { Phase } from "./Phase";

export type Progress = { phase: Phase, done: number, total: number | null, };
