// Generated from the crate `controller` by `cargo xtask bindings`. Do not edit.
import type { ComponentStatus } from "./ComponentStatus";
import type { Connection } from "./Connection";
import type { State } from "./State";

export type Snapshot = { state: State, since: number, mailbox: Connection, crm: Connection, components: Array<ComponentStatus>, next_run: number | null, managed: boolean, };
