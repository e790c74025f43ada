import type { LinearMemory } from "../memory/memory.ts";
import { roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";

/**
 * The values of all CPUs for one element, the distance between two of them always the same. Programs write the value of
 * their CPU; bpf(2) reads and writes all, each with the bytes that round it up to 8, as Linux copies them.
 */
export class PerCpuValues {
  readonly cpus: number;
  /** Bytes of one CPU's value, rounded up to 8. */
  readonly stride: number;
  readonly #memory: LinearMemory;
  readonly #valueSize: number;
  /** Distance between the CPUs' values. */
  readonly #distance: number;

  /** `distance` between two CPUs' values; by default they lie side by side. */
  constructor(memory: LinearMemory, cpus: number, valueSize: number, distance = roundUp8(valueSize)) {
    this.#memory = memory;
    this.cpus = cpus;
    this.#valueSize = valueSize;
    this.stride = roundUp8(valueSize);
    this.#distance = distance;
  }

  /** Bytes of the values of all CPUs, as bpf(2) has them. */
  get size(): number {
    return this.stride * this.cpus;
  }

  /** Where the value of the CPU that runs now lies, for the element whose first value is at `first`. */
  own(first: number): number {
    return first + this.#memory.cpu * this.#distance;
  }

  /** A program's update of an element that is there. */
  setOwn(first: number, value: number): void {
    copyBytes(this.#memory, this.own(first), value, this.#valueSize);
  }

  /** A program's new element: the other CPUs' values are zero. */
  initialise(first: number, value: number): void {
    const { u8 } = this.#memory;
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      const at = first + cpu * this.#distance;
      u8.fill(0, at, at + this.stride);
    }
    this.setOwn(first, value);
  }

  /** bpf(2)'s update: the values of all CPUs. */
  setAll(first: number, values: number): void {
    for (let cpu = 0; cpu < this.cpus; cpu++)
      copyBytes(this.#memory, first + cpu * this.#distance, values + cpu * this.stride, this.stride);
  }

  /** bpf(2)'s lookup: the values of all CPUs. */
  readAll(first: number, out: number): void {
    for (let cpu = 0; cpu < this.cpus; cpu++)
      copyBytes(this.#memory, out + cpu * this.stride, first + cpu * this.#distance, this.stride);
  }
}
