import fc from "fast-check";
import { CLASS, MODE, SIZE } from "../../src/isa/constants.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { acceptableProgram, type Piece } from "./arbitrary.ts";
import { assembleText } from "./support.ts";

/**
 * Programs with what only Linux knows: packet loads of classic BPF, loops with may_goto, ordered accesses, per-CPU values,
 * tail calls. Each is a piece of its own that leaves all registers set, so Linux's verifier accepts any sequence of them.
 */

/** Names of the maps that `extendedProgram` uses, by index. */
export const MAP_NAMES = ["percpu", "shared", "jmp"] as const;

/** Elements of each map; one index more is asked for. */
export const MAP_ENTRIES = 4;

/** Below the 128 bytes that random programs use: the context, a key, a counter. */
const [CONTEXT, KEY, COUNTER] = [-136, -144, -152];

const fixed = (text: string): Piece => {
  const insns = assembleText(text, MAP_NAMES);
  return () => [...insns];
};

/** After a call r1..r5 are lost. */
const restore = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, i) => `r${first + i} = ${1000003 * (first + i)}`).join("\n");

const packetOffset = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 70 }) },
  // Around the network header and the link layer's.
  { weight: 2, arbitrary: fc.integer({ min: -0x10_0004, max: -0x10_0000 + 70 }) },
  { weight: 2, arbitrary: fc.integer({ min: -0x20_0004, max: -0x20_0000 + 70 }) },
  fc.constantFrom(-1, -(2 ** 31), 2 ** 31 - 1, 0x7fff),
);

const packetLoad: fc.Arbitrary<Piece> = fc
  .record({
    size: fc.constantFrom(SIZE.B, SIZE.H, SIZE.W),
    at: packetOffset,
    index: fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined }),
  })
  .map(({ size, at, index }) => {
    const mode = index === undefined ? MODE.ABS : MODE.IND;
    const load: Instruction = {
      code: CLASS.LD | mode | size,
      dst: 0,
      src: index === undefined ? 0 : 7,
      offset: 0,
      imm: at,
    };
    const before = assembleText(`r6 = *(u64 *)(r10 ${CONTEXT})\nr7 = ${index ?? 7}`);
    const after = assembleText(restore(1, 6));
    return () => [...before, load, ...after];
  });

const mayGoto: fc.Arbitrary<Piece> = fc
  .record({ rounds: fc.integer({ min: 0, max: 8 }), factor: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) })
  .map(({ rounds, factor }) =>
    fixed(
      `
      *(u64 *)(r10 ${COUNTER}) = 0
    again:
      may_goto done
      r0 *= ${factor}
      r0 += 1
      r1 = *(u64 *)(r10 ${COUNTER})
      r1 += 1
      *(u64 *)(r10 ${COUNTER}) = r1
      if r1 < ${rounds} goto again
    done:`.concat("\nr1 = 5"),
    ),
  );

const ordered: fc.Arbitrary<Piece> = fc
  .record({ bits: fc.constantFrom(8, 16, 32, 64), load: fc.boolean(), register: fc.integer({ min: 0, max: 8 }) })
  .chain(({ bits, load, register }) =>
    fc.integer({ min: 1, max: 8 }).map((word) => {
      const at = `(u${bits} *)(r10 - ${8 * word})`;
      return fixed(load ? `r${register} = load_acquire(${at})` : `store_release(${at}, r${register})`);
    }),
  );

const addToMap = (map: string): fc.Arbitrary<Piece> =>
  fc
    .record({ key: fc.integer({ min: 0, max: MAP_ENTRIES }), register: fc.integer({ min: 6, max: 8 }) })
    .map(({ key, register }) =>
      fixed(`
        *(u32 *)(r10 ${KEY}) = ${key}
        r1 = map[${map}]
        r2 = r10
        r2 += ${KEY}
        call map_lookup_elem
        if r0 == 0 goto none
        r1 = *(u64 *)(r0 + 0)
        r1 += r${register}
        *(u64 *)(r0 + 0) = r1
        r0 = r1
      none:
        ${restore(1, 5)}
        r0 &= 0xffff`),
    );

const tailCall: fc.Arbitrary<Piece> = fc.integer({ min: 0, max: MAP_ENTRIES }).map((index) =>
  fixed(`
      r1 = *(u64 *)(r10 ${CONTEXT})
      r2 = map[jmp]
      r3 = ${index}
      call tail_call
      ${restore(0, 5)}`),
);

/** What an extended program may be made of. */
export const EXTENSIONS = {
  "packet loads": [{ weight: 3, arbitrary: packetLoad }],
  "loops with may_goto": [{ weight: 2, arbitrary: mayGoto }],
  "ordered accesses": [{ weight: 4, arbitrary: ordered }],
  "per-CPU and shared arrays": [
    { weight: 2, arbitrary: addToMap("percpu") },
    { weight: 2, arbitrary: addToMap("shared") },
  ],
  "tail calls": [
    { weight: 2, arbitrary: tailCall },
    { weight: 1, arbitrary: addToMap("shared") },
  ],
} as const satisfies Record<string, readonly fc.WeightedArbitrary<Piece>[]>;

export type Extension = keyof typeof EXTENSIONS;

/** A socket filter with one kind of extension, or with all that may stand together. */
export const extendedProgram = (extension: Extension): fc.Arbitrary<Instruction[]> =>
  acceptableProgram("stack", {
    before: [fixed(`*(u64 *)(r10 ${CONTEXT}) = r1`)],
    pieces: EXTENSIONS[extension],
  });
