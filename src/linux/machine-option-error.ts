import { shown } from "./shown.ts";

/** A machine that cannot be built. */
export class MachineOptionError extends Error {
  readonly code = "EINVAL";
  constructor(option: string, given: unknown, expected: string) {
    super(`a machine's ${option} must be ${expected}, not ${shown(given)}`);
    this.name = "MachineOptionError";
  }
}
