import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import type { MapMachine } from "./runtime.ts";
import { ReferenceArrayMap } from "./slots.ts";
import type { MapSpec } from "./spec.ts";

/** Cgroups by index, for `bpf_current_task_under_cgroup`. A machine has no descriptors: values are ids of cgroups. */
export class CgroupArrayMap extends ReferenceArrayMap {
  readonly #machine: MapMachine;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec);
    this.#machine = machine;
  }

  protected override resolve(id: number): number {
    return this.#machine.hasCgroup?.(id) === true ? id : -ERRNO.EBADF;
  }

  /** Linux does not tell which cgroups are there. */
  protected override describe(_id: number): number {
    return -ERRNO.ENOTSUPP;
  }
}
