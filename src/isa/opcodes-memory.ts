import { CLASS, MODE, SIZE } from "./constants.ts";
import type { OpcodeRow } from "./opcode-row.ts";

/** Access sizes with the letter of their mnemonics and their C type. */
export const SIZES = [
  { size: SIZE.B, letter: "b", bits: 8 },
  { size: SIZE.H, letter: "h", bits: 16 },
  { size: SIZE.W, letter: "w", bits: 32 },
  { size: SIZE.DW, letter: "dw", bits: 64 },
] as const;

export type Size = (typeof SIZES)[number];

// LLVM names the lower half of the register (w1) where it only uses that; the instruction is the same.
function load({ size, letter, bits }: Size): OpcodeRow {
  const from = `*(u${bits} *)({rs} {disp})`;
  return {
    code: CLASS.LDX | MODE.MEM | size,
    name: `ldx${letter}`,
    group: bits === 64 ? "base64" : "base32",
    since: 1,
    fixed: {},
    text: bits === 64 ? [`{rd} = ${from}`] : [`{rd} = ${from}`, `{wd} = ${from}`],
    mnemonic: [`ldx${letter} {rd}, [{rs}{disp}]`],
    doc: `dst = *(u${bits} *)(src + offset)`,
  };
}

function loadSigned({ size, letter, bits }: Size): OpcodeRow {
  return {
    code: CLASS.LDX | MODE.MEMSX | size,
    name: `ldxs${letter}`,
    group: bits === 32 ? "base64" : "base32",
    since: 4,
    fixed: {},
    text: [`{rd} = *(s${bits} *)({rs} {disp})`],
    mnemonic: [`ldxs${letter} {rd}, [{rs}{disp}]`, `ldx${letter}sx {rd}, [{rs}{disp}]`],
    doc: `dst = (s64)*(s${bits} *)(src + offset)`,
  };
}

function store({ size, letter, bits }: Size): OpcodeRow {
  const to = `*(u${bits} *)({rd} {disp})`;
  return {
    code: CLASS.STX | MODE.MEM | size,
    name: `stx${letter}`,
    group: bits === 64 ? "base64" : "base32",
    since: 1,
    fixed: {},
    text: bits === 64 ? [`${to} = {rs}`] : [`${to} = {rs}`, `${to} = {ws}`],
    mnemonic: [`stx${letter} [{rd}{disp}], {rs}`],
    doc: `*(u${bits} *)(dst + offset) = src`,
  };
}

function storeImmediate({ size, letter, bits }: Size): OpcodeRow {
  return {
    code: CLASS.ST | MODE.MEM | size,
    name: `st${letter}`,
    group: bits === 64 ? "base64" : "base32",
    since: 1,
    fixed: {},
    text: [`*(u${bits} *)({rd} {disp}) = ${bits === 64 ? "{imm}" : "{imm32}"}`],
    mnemonic: [`st${letter} [{rd}{disp}], {imm32}`],
    doc: `*(u${bits} *)(dst + offset) = imm`,
  };
}

/** Packet loads of classic BPF: R6 is the context, R0 the result in host order, R1..R5 are lost; out of range ends the program. */
function packet({ size, letter, bits }: Size): OpcodeRow[] {
  const common = { group: "packet", since: 1, fixed: {} } as const;
  return [
    {
      ...common,
      code: CLASS.LD | MODE.ABS | size,
      name: `ldabs${letter}`,
      text: [`r0 = *(u${bits} *)skb[{imm}]`],
      mnemonic: [`ldabs${letter} {imm32}`],
      doc: `r0 = ntoh${bits}(*(u${bits} *)(packet + imm))`,
    },
    {
      ...common,
      code: CLASS.LD | MODE.IND | size,
      name: `ldind${letter}`,
      text: [`r0 = *(u${bits} *)skb[{rs} {index}]`],
      mnemonic: [`ldind${letter} {rs}, {imm32}`],
      doc: `r0 = ntoh${bits}(*(u${bits} *)(packet + src + imm))`,
    },
  ];
}

const UP_TO_WORD = SIZES.filter(({ bits }) => bits < 64);

/** Loads and stores, apart from atomics and `ld_imm64`. */
export const MEMORY_ROWS: readonly OpcodeRow[] = [
  ...SIZES.map(load),
  ...UP_TO_WORD.map(loadSigned),
  ...SIZES.map(store),
  ...SIZES.map(storeImmediate),
  ...UP_TO_WORD.flatMap(packet),
];
