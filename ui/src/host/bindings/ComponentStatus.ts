// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
import type { Component } from "./Component";
import type { LastRun } from "./LastRun";
import type { Progress } from "./Progress";

export type ComponentStatus = { component: Component, enabled: boolean, links: number, waiting: number, refused: number, last_run: LastRun | null, progress: Progress | null, };
