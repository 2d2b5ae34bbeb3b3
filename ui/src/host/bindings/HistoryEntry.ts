// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
import type { Act } from "./Act";
import type { Component } from "./Component";
import type { FieldChange } from "./FieldChange";
import type { Problem } from "./Problem";
import type { Side } from "./Side";

export type HistoryEntry = { id: number, at: number, run: number, component: Component, side: Side, act: Act, title: string, item: string | null, record: string | null, fields: Array<FieldChange>, reason: Problem | null, };
