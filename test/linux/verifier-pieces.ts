/** What generated programs are put together from: maps, pieces of code, and jumps that are counted in pieces. */
import type { Instruction } from "../../src/isa/instruction.ts";
import type { MapSpec } from "../../src/maps/spec.ts";

/** What the map of maps holds. */
export const INNER: MapSpec = { type: "array", name: "inner", keySize: 4, valueSize: 24, maxEntries: 4, flags: 0 };

/** The maps that every program has. */
export const MAPS: readonly MapSpec[] = [
  { type: "array", name: "numbers", keySize: 4, valueSize: 48, maxEntries: 8, flags: 0 },
  { type: "hash", name: "table", keySize: 8, valueSize: 16, maxEntries: 8, flags: 0 },
  { type: "array", name: "state", keySize: 4, valueSize: 64, maxEntries: 1, flags: 0 },
  { type: "stack_trace", name: "stacks", keySize: 4, valueSize: 1016, maxEntries: 4, flags: 0 },
  { type: "percpu_array", name: "counts", keySize: 4, valueSize: 32, maxEntries: 4, flags: 0 },
  { type: "prog_array", name: "programs", keySize: 4, valueSize: 4, maxEntries: 8, flags: 0 },
  { type: "ringbuf", name: "ring", keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 },
  { type: "array_of_maps", name: "outer", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0, inner: INNER },
];

/** Maps whose elements are sockets, and one of devices: only programs that use them have them. */
export const SOCKET_MAPS: readonly MapSpec[] = [
  { type: "sockmap", name: "sockets", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 },
  { type: "sockhash", name: "byport", keySize: 8, valueSize: 4, maxEntries: 4, flags: 0 },
  { type: "devmap", name: "devices", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 },
];

/** How many of them are looked up by key and used as they are; and where the others lie. */
export const PLAIN_MAPS = 4;
export const PER_CPU = 4;
export const PROGRAM_ARRAY = 5;
export const RING = 6;
export const OUTER = 7;

/** A slot, or a jump over the next `over` pieces. */
export type Piece = { insns: Instruction[]; over?: number };

/** One slot; numbers are cut to the width of their fields. */
export const insn = (code: number, dst = 0, src = 0, offset = 0, imm = 0): Instruction => ({
  code,
  dst,
  src,
  offset: (offset << 16) >> 16,
  imm: imm | 0,
});

/** Puts the pieces in a row and turns piece distances into slot distances. */
export function link(pieces: readonly Piece[], functions: readonly number[]): Instruction[] {
  const places: number[] = [];
  let count = 0;
  for (const piece of pieces) {
    places.push(count);
    count += piece.insns.length;
  }
  const main = functions[0] ?? pieces.length;
  return pieces.flatMap((piece, index) =>
    piece.insns.map((each, k) => {
      const at = places[index] + k;
      if (each.code === 0x85 && each.src === 1 && each.imm < 0)
        return { ...each, imm: places[functions[-each.imm - 1]] - at - 1 };
      if (piece.over === undefined || k > 0) return each;
      // Within the main function a jump stays in front of its last instruction.
      const last = index < main ? main - 1 : pieces.length - 1;
      const target = Math.max(0, Math.min(index + 1 + piece.over, last));
      return { ...each, offset: places[target] - at - 1 };
    }),
  );
}
