import fc from "fast-check";
import { ALU, ATOMIC, CALL, CLASS, JMP, LD_IMM64, LD_IMM64_CODE, MODE, SIZE, SOURCE } from "../../src/isa/constants.ts";
import type { Instruction } from "../../src/isa/instruction.ts";

/** Bytes of memory that a random program may use: r9 points to them. */
export const MEMORY_SIZE = 64;

/** Instructions whose jump targets are still the numbers of pieces. */
export type Piece = (slotOf: (piece: number) => number, at: number) => Instruction[];

const plain = (insn: Partial<Instruction> & { code: number }): Piece => {
  const whole = { dst: 0, src: 0, offset: 0, imm: 0, ...insn };
  return () => [whole];
};

/** r0..r8 are the program's; r9 is its memory and r10 its stack. */
const register = fc.integer({ min: 0, max: 8 });
const imm = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(0, 1, -1, 31, 32, 63, 64, -(2 ** 31), 2 ** 31 - 1),
);
const constant = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 63n - 1n, 2n ** 32n, 2n ** 32n - 1n, 2n ** 31n),
);

const aluClass = fc.constantFrom(CLASS.ALU, CLASS.ALU64);
const source = fc.constantFrom(SOURCE.K, SOURCE.X);
const binary = fc.constantFrom(
  ...[ALU.ADD, ALU.SUB, ALU.MUL, ALU.DIV, ALU.OR, ALU.AND, ALU.LSH, ALU.RSH, ALU.MOD, ALU.XOR, ALU.MOV, ALU.ARSH],
);

const alu: fc.Arbitrary<Piece> = fc
  .record({ kind: aluClass, op: binary, from: source, dst: register, src: register, imm, signed: fc.boolean() })
  .map(({ kind, op, from, dst, src, imm, signed }) => {
    const offset = signed && (op === ALU.DIV || op === ALU.MOD) ? 1 : 0;
    const shift = op === ALU.LSH || op === ALU.RSH || op === ALU.ARSH;
    const value = shift ? imm & (kind === CLASS.ALU ? 31 : 63) : imm;
    const divides = op === ALU.DIV || op === ALU.MOD;
    const operand = from === SOURCE.X ? { src } : { imm: divides && value === 0 ? 3 : value };
    return plain({ code: kind | op | from, dst, offset, ...operand });
  });

const unary: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ kind: aluClass, dst: register }).map(({ kind, dst }) => plain({ code: kind | ALU.NEG, dst })),
  fc
    .record({ dst: register, src: register, bits: fc.constantFrom(8, 16, 32) })
    .map(({ dst, src, bits }) => plain({ code: CLASS.ALU64 | ALU.MOV | SOURCE.X, dst, src, offset: bits })),
  fc
    .record({ dst: register, src: register, bits: fc.constantFrom(8, 16) })
    .map(({ dst, src, bits }) => plain({ code: CLASS.ALU | ALU.MOV | SOURCE.X, dst, src, offset: bits })),
  fc
    .record({
      code: fc.constantFrom(CLASS.ALU | SOURCE.K, CLASS.ALU | SOURCE.X, CLASS.ALU64 | SOURCE.K),
      dst: register,
      bits: fc.constantFrom(16, 32, 64),
    })
    .map(({ code, dst, bits }) => plain({ code: code | ALU.END, dst, imm: bits })),
);

const wideImmediate: fc.Arbitrary<Piece> = fc.record({ dst: register, value: constant }).map(({ dst, value }) => {
  const half = (shift: bigint) => Number(BigInt.asIntN(32, value >> shift));
  return () => [
    { code: LD_IMM64_CODE, dst, src: 0, offset: 0, imm: half(0n) },
    { code: 0, dst: 0, src: 0, offset: 0, imm: half(32n) },
  ];
});

/** A place on the stack: [base register, offset aligned to the size]. */
const stackPlace = (_bytes: number) => fc.integer({ min: 1, max: 8 }).map((i) => [10, -8 * i] as [number, number]);

/** A place that every access may use. */
const anyPlace = (bytes: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: MEMORY_SIZE / bytes - 1 }).map((i) => [9, i * bytes] as [number, number]),
    stackPlace(bytes),
  );

const BYTES = { [SIZE.B]: 1, [SIZE.H]: 2, [SIZE.W]: 4, [SIZE.DW]: 8 } as const;
const size = fc.constantFrom(SIZE.B, SIZE.H, SIZE.W, SIZE.DW);

const memory: fc.Arbitrary<Piece> = fc
  .record({
    size,
    kind: fc.constantFrom("load", "extend", "store", "constant"),
    register,
    imm,
  })
  .chain(({ size, kind, register, imm }) =>
    anyPlace(BYTES[size]).map(([base, offset]) => {
      const mode = kind === "extend" && size !== SIZE.DW ? MODE.MEMSX : MODE.MEM;
      if (kind === "load" || kind === "extend") {
        return plain({ code: CLASS.LDX | mode | size, dst: register, src: base, offset });
      }
      if (kind === "store") return plain({ code: CLASS.STX | MODE.MEM | size, dst: base, src: register, offset });
      return plain({ code: CLASS.ST | MODE.MEM | size, dst: base, offset, imm });
    }),
  );

const atomicOp = fc.constantFrom(
  ...[ATOMIC.ADD, ATOMIC.OR, ATOMIC.AND, ATOMIC.XOR].flatMap((op) => [op, op | ATOMIC.FETCH]),
  ATOMIC.XCHG,
  ATOMIC.CMPXCHG,
);

const atomicAt = (place: typeof anyPlace): fc.Arbitrary<Piece> =>
  fc
    .record({ size: fc.constantFrom(SIZE.W, SIZE.DW), op: atomicOp, src: register })
    .chain(({ size, op, src }) =>
      place(BYTES[size]).map(([dst, offset]) =>
        plain({ code: CLASS.STX | MODE.ATOMIC | size, dst, src, offset, imm: op }),
      ),
    );

const condition = fc.constantFrom(
  ...[JMP.JEQ, JMP.JGT, JMP.JGE, JMP.JSET, JMP.JNE, JMP.JSGT, JMP.JSGE, JMP.JLT, JMP.JLE, JMP.JSLT, JMP.JSLE],
);

/** A branch to a piece that `target` picks among those that there are. */
const branch = (target: fc.Arbitrary<number>): fc.Arbitrary<Piece> =>
  fc
    .record({
      kind: fc.constantFrom(CLASS.JMP, CLASS.JMP32),
      condition,
      from: source,
      dst: register,
      src: register,
      imm,
      target,
    })
    .map(({ kind, condition, from, dst, src, imm, target }) => (slotOf, at) => [
      {
        code: kind | condition | from,
        dst,
        src: from === SOURCE.X ? src : 0,
        offset: slotOf(target) - at - 1,
        imm: from === SOURCE.X ? 0 : imm,
      },
    ]);

const jump = (target: fc.Arbitrary<number>): fc.Arbitrary<Piece> =>
  fc.record({ wide: fc.boolean(), target }).map(({ wide, target }) => (slotOf, at) => {
    const distance = slotOf(target) - at - 1;
    return [
      wide
        ? { code: CLASS.JMP | JMP.JA, dst: 0, src: 0, offset: distance, imm: 0 }
        : { code: CLASS.JMP32 | JMP.JA, dst: 0, src: 0, offset: 0, imm: distance },
    ];
  });

const call = (target: fc.Arbitrary<number>): fc.Arbitrary<Piece> =>
  target.map((target) => (slotOf, at) => [
    { code: CLASS.JMP | JMP.CALL, dst: 0, src: CALL.SUBPROG, offset: 0, imm: slotOf(target) - at - 1 },
  ]);

const exit: Piece = plain({ code: CLASS.JMP | JMP.EXIT });

const straight: readonly fc.WeightedArbitrary<Piece>[] = [
  { weight: 6, arbitrary: alu },
  { weight: 2, arbitrary: unary },
  { weight: 1, arbitrary: wideImmediate },
  { weight: 3, arbitrary: memory },
];

const withAtomics = [...straight, { weight: 1, arbitrary: atomicAt(anyPlace) }];

/** r9 = the memory that r1 points to. */
const memoryOfRun: readonly Piece[] = [plain({ code: CLASS.ALU64 | ALU.MOV | SOURCE.X, dst: 9, src: 1 })];

/** r9 = memory on the stack, set to zero. */
const memoryOnStack: readonly Piece[] = [
  plain({ code: CLASS.ALU64 | ALU.MOV | SOURCE.X, dst: 9, src: 10 }),
  plain({ code: CLASS.ALU64 | ALU.ADD, dst: 9, imm: -64 - MEMORY_SIZE }),
  ...Array.from({ length: MEMORY_SIZE / 8 }, (_, i) =>
    plain({ code: CLASS.ST | MODE.MEM | SIZE.DW, dst: 9, offset: 8 * i }),
  ),
];

/** r9 = memory in an XDP packet, whose length is checked; the program returns 0 for a shorter one. */
const memoryInPacket: readonly Piece[] = [
  plain({ code: CLASS.LDX | MODE.MEM | SIZE.W, dst: 9, src: 1 }),
  plain({ code: CLASS.LDX | MODE.MEM | SIZE.W, dst: 2, src: 1, offset: 4 }),
  plain({ code: CLASS.ALU64 | ALU.MOV | SOURCE.X, dst: 3, src: 9 }),
  plain({ code: CLASS.ALU64 | ALU.ADD, dst: 3, imm: MEMORY_SIZE }),
  plain({ code: CLASS.JMP | JMP.JLE | SOURCE.X, dst: 3, src: 2, offset: 2 }),
  plain({ code: CLASS.ALU64 | ALU.MOV, dst: 0 }),
  plain({ code: CLASS.JMP | JMP.EXIT }),
];

/** r9 = the first value of the array that is map 0. */
const memoryInMap: readonly Piece[] = [
  plain({ code: CLASS.ST | MODE.MEM | SIZE.W, dst: 10, offset: -4 }),
  plain({ code: CLASS.ALU64 | ALU.MOV | SOURCE.X, dst: 2, src: 10 }),
  plain({ code: CLASS.ALU64 | ALU.ADD, dst: 2, imm: -4 }),
  () => [
    { code: LD_IMM64_CODE, dst: 1, src: LD_IMM64.MAP_FD, offset: 0, imm: 0 },
    { code: 0, dst: 0, src: 0, offset: 0, imm: 0 },
  ],
  plain({ code: CLASS.JMP | JMP.CALL, imm: 1 }),
  plain({ code: CLASS.JMP | JMP.JNE, dst: 0, offset: 2 }),
  plain({ code: CLASS.ALU64 | ALU.MOV, dst: 0 }),
  plain({ code: CLASS.JMP | JMP.EXIT }),
  plain({ code: CLASS.ALU64 | ALU.MOV | SOURCE.X, dst: 9, src: 0 }),
];

/** Where an acceptable program has its 64 bytes of memory. */
export const PLACES = { stack: memoryOnStack, packet: memoryInPacket, map: memoryInMap } as const;

export type Place = keyof typeof PLACES;

/** Sets r0..r8 to constants and 64 bytes of stack to zero. */
const prologue = fc.array(constant, { minLength: 9, maxLength: 9 }).map((values): Piece[] => [
  ...Array.from({ length: 8 }, (_, i) => plain({ code: CLASS.ST | MODE.MEM | SIZE.DW, dst: 10, offset: -8 * (i + 1) })),
  ...values.map((value, dst): Piece => {
    const half = (shift: bigint) => Number(BigInt.asIntN(32, value >> shift));
    return () => [
      { code: LD_IMM64_CODE, dst, src: 0, offset: 0, imm: half(0n) },
      { code: 0, dst: 0, src: 0, offset: 0, imm: half(32n) },
    ];
  }),
]);

/** Mixes r1..r8 and all memory into the low half of r0, so that one number shows any difference. */
const epilogue: readonly Piece[] = [
  ...Array.from({ length: 8 }, (_, i) => mix(plain({ code: CLASS.ALU64 | ALU.XOR | SOURCE.X, src: i + 1 }))),
  ...Array.from({ length: 8 }, (_, i) => mixMemory(10, -8 * (i + 1))),
  ...Array.from({ length: MEMORY_SIZE / 8 }, (_, i) => mixMemory(9, 8 * i)),
  [
    plain({ code: CLASS.ALU64 | ALU.MOV | SOURCE.X, dst: 1, src: 0 }),
    plain({ code: CLASS.ALU64 | ALU.RSH, dst: 1, imm: 32 }),
    plain({ code: CLASS.ALU64 | ALU.XOR | SOURCE.X, src: 1 }),
    exit,
  ],
].flat();

function mix(piece: Piece): Piece[] {
  return [plain({ code: CLASS.ALU64 | ALU.MUL, imm: 0x01000193 }), piece];
}

function mixMemory(base: number, offset: number): Piece[] {
  const load = plain({ code: CLASS.LDX | MODE.MEM | SIZE.DW, dst: 1, src: base, offset });
  return [load, ...mix(plain({ code: CLASS.ALU64 | ALU.XOR | SOURCE.X, src: 1 }))];
}

/** Lays pieces out one after the other and tells each where the others are. */
function assemblePieces(pieces: readonly Piece[]): Instruction[] {
  const slots: number[] = [];
  let end = 0;
  for (const piece of pieces) {
    slots.push(end);
    end += piece(() => 0, 0).length;
  }
  return pieces.flatMap((piece, i) => piece((target) => slots[target]!, slots[i]!));
}

/**
 * Programs that may do anything but touch memory that is not theirs: jumps forwards, backwards and into loops, calls of
 * any instruction as a function. Many do not end by themselves.
 */
export const wildProgram: fc.Arbitrary<Instruction[]> = fc.integer({ min: 1, max: 30 }).chain((count) =>
  prologue.chain((registers) => {
    const start = [...memoryOfRun, ...registers];
    const target = fc.integer({ min: start.length, max: start.length + count });
    const piece = fc.oneof(
      ...withAtomics,
      { weight: 4, arbitrary: branch(target) },
      { weight: 1, arbitrary: jump(target) },
      { weight: 1, arbitrary: fc.constant(exit) },
    );
    return fc
      .array(piece, { minLength: count, maxLength: count })
      .map((pieces) => assemblePieces([...start, ...pieces, exit]));
  }),
);

/** Programs that also call themselves; the function that is called finds r9 empty, so it does not touch memory by it. */
export const recursiveProgram: fc.Arbitrary<Instruction[]> = fc.integer({ min: 1, max: 20 }).chain((count) => {
  const target = fc.integer({ min: 0, max: count });
  const piece = fc.oneof(
    { weight: 6, arbitrary: alu },
    { weight: 3, arbitrary: branch(target) },
    { weight: 2, arbitrary: call(target) },
    { weight: 1, arbitrary: fc.constant(exit) },
  );
  return fc.array(piece, { minLength: count, maxLength: count }).map((pieces) => assemblePieces([...pieces, exit]));
});

/**
 * Programs that Linux's verifier accepts: all registers are set, branches only go forwards, and r0 tells of everything that
 * the program computed. With memory on the stack it is a socket filter, else an XDP program. `before` are instructions at
 * the start, where r1 is the context; `pieces` are more of what a program may be made of.
 */
export const acceptableProgram = (
  place: Place,
  {
    before = [],
    pieces: more = [],
  }: { before?: readonly Piece[]; pieces?: readonly fc.WeightedArbitrary<Piece>[] } = {},
): fc.Arbitrary<Instruction[]> =>
  fc.integer({ min: 1, max: 40 }).chain((count) =>
    prologue.chain((registers) => {
      const start = [...before, ...PLACES[place], ...registers];
      // Linux has no atomics on packets.
      const atomic = atomicAt(place === "packet" ? stackPlace : anyPlace);
      const pieces = Array.from({ length: count }, (_, i) =>
        fc.oneof(
          ...straight,
          ...more,
          { weight: 1, arbitrary: atomic },
          {
            weight: 3,
            arbitrary: branch(fc.integer({ min: start.length + i + 1, max: start.length + count })),
          },
        ),
      );
      return fc.tuple(...pieces).map((body) => assemblePieces([...start, ...body, ...epilogue]));
    }),
  );
