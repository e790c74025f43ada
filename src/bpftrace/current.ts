import type { SessionMachine } from "./run/session.ts";

let latest: WeakRef<SessionMachine> | undefined;

/** Notes a machine as the one that cells mean when they name none. */
export function noteMachine(machine: SessionMachine): void {
  latest = new WeakRef(machine);
}

/** The machine that was made last; undefined where there is none. */
export const currentMachine = (): SessionMachine | undefined => latest?.deref();
