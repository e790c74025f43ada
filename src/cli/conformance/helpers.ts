import type { HelperRow } from "../../helpers/row.ts";
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { ExecutionError } from "../../vm/errors.ts";

/** The run ends at once with r0 = 0: what helper 5 of these asks for. */
export class Unwound extends Error {
  readonly code = "UNWOUND";
}

const common = { gplOnly: false, returns: "integer" } as const;
const number = "anything";

/** Longest text that `strcmp_ext` reads. */
const LONGEST = 4096;

/**
 * The functions that the cases of ubpf and bpf_conformance call by number: 0 gather_bytes, 1 memfrob, 2 trash_registers,
 * 3 sqrti, 4 strcmp_ext, 5 unwind.
 */
export const TEST_HELPERS: readonly HelperRow[] = [
  {
    ...common,
    id: 0,
    name: "gather_bytes",
    args: [number, number, number, number, number],
    passing: "u64",
    doc: "Puts the low bytes of its arguments together, the first one highest.",
    implement:
      ({ memory }) =>
      (...halves) => {
        const [a, b, c, d, e] = [0, 2, 4, 6, 8].map((i) => halves[i]! & 0xff) as [
          number,
          number,
          number,
          number,
          number,
        ];
        memory.returnHigh = a;
        return (b << 24) | (c << 16) | (d << 8) | e;
      },
  },
  {
    ...common,
    id: 1,
    name: "memfrob",
    args: ["ptr_to_mem", "const_size_or_zero"],
    passing: "pointer",
    doc: "Turns bits 1, 3 and 5 (42) of each byte over; returns its first argument.",
    implement:
      ({ memory }) =>
      (at, size) => {
        for (let i = at! >>> 0; i < (at! >>> 0) + (size! >>> 0); i++) memory.u8[i] = memory.u8[i]! ^ 42;
        return at!;
      },
  },
  {
    ...common,
    id: 2,
    name: "trash_registers",
    args: [],
    passing: "void",
    doc: "Overwrites what a call may overwrite.",
    implement: () => () => 0,
  },
  {
    ...common,
    id: 3,
    name: "sqrti",
    args: [number],
    passing: "i32",
    doc: "The square root of a 32-bit number, rounded down.",
    implement: () => (low) => Math.floor(Math.sqrt(low! >>> 0)),
  },
  {
    ...common,
    id: 4,
    name: "strcmp_ext",
    args: [number, number],
    passing: "i32",
    doc: "Compares two texts that end with a zero byte: 0 if they are equal.",
    implement:
      ({ memory }) =>
      (a, aHigh, b, bHigh) => {
        const inMemory = aHigh === DIRECT_MAP_HIGH && bHigh === DIRECT_MAP_HIGH;
        for (let i = 0; inMemory && i < LONGEST; i++) {
          const [x, y] = [memory.u8[(a! >>> 0) + i], memory.u8[(b! >>> 0) + i]];
          if (x === undefined || y === undefined) break;
          if (x !== y) return x < y ? -1 : 1;
          if (x === 0) return 0;
        }
        throw new ExecutionError("bad-argument", 0, "strcmp_ext compares texts in memory that end with a zero byte");
      },
  },
  {
    ...common,
    id: 5,
    name: "unwind",
    args: [number],
    passing: "u64",
    doc: "Returns its argument; where that is 0 the whole run ends, with r0 = 0.",
    implement:
      ({ memory }) =>
      (low, high) => {
        if (low === 0 && high === 0) throw new Unwound();
        memory.returnHigh = high!;
        return low!;
      },
  },
];
