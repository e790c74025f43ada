import type { StructWriter } from "./struct-writer.ts";

/**
 * How one kind of the simulation's objects looks as a struct of Linux.
 *
 * @example
 * export const PID: StructRow<Task> = {
 *   struct: "pid",
 *   write: (w, task) => w.int("numbers[0].nr", task.pid),
 * };
 */
export interface StructRow<T extends object = never> {
  /** The struct's name in Linux's BTF. */
  readonly struct: string;
  /** Bytes behind the struct that belong to the object: the buffer of a packet. */
  readonly room?: number;
  /** Writes the members that are known; all others are 0. Members that a release does not have are skipped. */
  readonly write: (w: StructWriter, object: T) => void;
}

/** A row whatever it is written from. */
export type AnyRow = StructRow<never>;
