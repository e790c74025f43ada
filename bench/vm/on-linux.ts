import { encode } from "../../src/isa/encode.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import * as linux from "../../test/linux/bpf.ts";
import type { Timed } from "./measure.ts";
import type { BenchProgram } from "./programs.ts";

/** A program loaded into the running Linux. */
export interface LinuxBench {
  readonly retval: number;
  readonly run: Timed;
  close(): void;
}

/** Why there is no column of Linux; empty where there is one. */
export const { why } = linux;

/** How many CPUs' values an update of a per-CPU map brings: more than any machine here has. */
const CPUS = 64;

const bytes = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

/** `partner` is the program at index 1 of the array of programs, where there is one. */
export function onLinux(
  program: BenchProgram,
  spec: ProgramSpec,
  partner: ProgramSpec | undefined,
  data: Uint8Array,
): LinuxBench | undefined {
  if (!linux.available) return undefined;
  const maps = spec.maps.map((map) => linux.mapCreate(map).fd);
  const load = ({ type, insns }: ProgramSpec): number => {
    const { fd, ok, errno } = linux.progLoad({ type, insns: encode(insns), mapFds: maps });
    if (!ok) throw new RangeError(`${program.name}: Linux refuses it (${errno})`);
    return fd;
  };
  const fd = load(spec);
  const partners = partner === undefined ? [] : [load(partner)];
  for (const [i, count] of program.filled.entries()) {
    const { type, valueSize } = spec.maps[i]!;
    for (let key = 0; key < count; key++) {
      const value =
        type === "prog_array" ? bytes(fd) : new Uint8Array(valueSize * (type === "percpu_array" ? CPUS : 1));
      linux.mapUpdate(maps[i]!, bytes(key), value);
    }
  }
  for (const each of partners) linux.mapUpdate(maps[0]!, bytes(1), bytes(each));
  return {
    retval: linux.progTestRun(fd, { data }).retval >>> 0,
    run: (repeat) => linux.progTestRun(fd, { data, repeat }).durationNs,
    close() {
      for (const each of [fd, ...partners, ...maps]) linux.close(each);
    },
  };
}
