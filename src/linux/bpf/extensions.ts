/** Extensions at work: which program stands in the place of which function of another one. */
import { ProgArrayMap } from "../../maps/prog-array.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** By program that is extended: its extensions by the instruction where the function begins that they replace. */
const attached = new WeakMap<LinuxProgram, Map<number, LinuxProgram>>();

/** The programs whose instructions are what a program runs, in the order of their slots: itself and its extensions. */
export function partsOf(program: LinuxProgram): readonly LinuxProgram[] {
  const places = attached.get(program);
  const whole = places?.get(0);
  return whole === undefined ? [program, ...(places?.values() ?? [])] : [whole];
}

/** Somebody's function is replaced: as with Linux's `is_extended`, it stays so. */
const extended = new WeakSet<LinuxProgram>();

/** A program that was ever extended cannot lie in an array of programs: its extension could tail-call it without end. */
export const isExtended = (program: LinuxProgram): boolean => extended.has(program);

/** Why a program cannot be replaced now. */
export type ExtensionRefusal = "replaced" | "array";

/**
 * Puts an extension in the place of the function of `target` that begins at `start`; what is returned puts the function back. A text:
 * another extension is there already, or the program lies in an array of programs (EBUSY, both).
 */
export function extend(
  bpf: BpfSubsystem,
  extension: LinuxProgram,
  target: LinuxProgram,
  start: number,
): ExtensionRefusal | (() => void) {
  const places = attached.get(target) ?? new Map<number, LinuxProgram>();
  if (places.has(start)) return "replaced";
  if (bpf.host.maps.some((map) => map instanceof ProgArrayMap && map.contains(target.id))) return "array";
  attached.set(target, places);
  extended.add(target);
  places.set(start, extension);
  apply(bpf, target, places);
  return () => {
    places.delete(start);
    apply(bpf, target, places);
  };
}

/** Where the whole program is replaced, what else of it is does not matter. */
function apply(bpf: BpfSubsystem, target: LinuxProgram, places: ReadonlyMap<number, LinuxProgram>): void {
  bpf.extend(
    target,
    [...places].map(([start, { spec, runnable, maps }]) => ({
      ...{ start, slots: spec.insns.length, by: runnable.xlated, maps },
    })),
  );
}
