import { ATOMIC, CLASS, MODE, SIZE } from "./constants.ts";
import type { OpcodeRow } from "./opcode-row.ts";
import { SIZES, type Size } from "./opcodes-memory.ts";

const WIDTHS = [
  { size: SIZE.W, bits: 32, group: "atomic32" },
  { size: SIZE.DW, bits: 64, group: "atomic64" },
] as const;

type Width = (typeof WIDTHS)[number];

const ARITHMETIC = [
  { op: ATOMIC.ADD, name: "add", sign: "+=" },
  { op: ATOMIC.OR, name: "or", sign: "|=" },
  { op: ATOMIC.AND, name: "and", sign: "&=" },
  { op: ATOMIC.XOR, name: "xor", sign: "^=" },
] as const;

/** Each form twice where LLVM names a 32-bit operand by its half register; registers of 64 bits are read as well. */
function forms(width: Width, text: (src: string) => string): [string, ...string[]] {
  return width.bits === 64 ? [text("{rs}")] : [text("{ws}"), text("{rs}")];
}

/** `lock add`, which is `lock add64`, or `lock add32`. */
function mnemonics({ bits }: Width, names: readonly string[]): [string, ...string[]] {
  const suffixes = bits === 64 ? ["", "64"] : ["32"];
  const [first, ...others] = names.flatMap((name) =>
    suffixes.map((suffix) => `lock ${name}${suffix} [{rd}{disp}], {rs}`),
  );
  return [first, ...others];
}

function arithmetic(width: Width, { op, name, sign }: (typeof ARITHMETIC)[number]): OpcodeRow[] {
  const { size, bits, group } = width;
  const code = CLASS.STX | MODE.ATOMIC | size;
  const at = `(u${bits} *)({rd} {disp})`;
  const doc = `*(u${bits} *)(dst + offset) ${sign} src`;
  return [
    {
      code,
      name: `atomic_${name}${bits}`,
      group,
      since: op === ATOMIC.ADD ? 1 : 3,
      fixed: { imm: op },
      text: bits === 64 ? [`lock *${at} ${sign} {rs}`] : [`lock *${at} ${sign} {rs}`, `lock *${at} ${sign} {ws}`],
      mnemonic: mnemonics(width, [name]),
      doc,
    },
    {
      code,
      name: `atomic_fetch_${name}${bits}`,
      group,
      since: 3,
      fixed: { imm: op | ATOMIC.FETCH },
      text: forms(width, (src) => `${src} = atomic_fetch_${name}(${at}, ${src})`),
      mnemonic: mnemonics(width, [`fetch ${name}`, `fetch_${name}`]),
      log: `{rs} = atomic${bits === 64 ? "64" : ""}_fetch_${name}(${at}, {rs})`,
      doc: `${doc}; src = the old value`,
    },
  ];
}

function exchange(width: Width): OpcodeRow[] {
  const { size, bits, group } = width;
  const code = CLASS.STX | MODE.ATOMIC | size;
  const at = `(u${bits} *)({rd} {disp})`;
  const atomic = `atomic${bits === 64 ? "64" : ""}`;
  const suffix = bits === 64 ? "_64" : "32_32";
  return [
    {
      code,
      name: `xchg${bits}`,
      group,
      since: 3,
      fixed: { imm: ATOMIC.XCHG },
      text: forms(width, (src) => `${src} = xchg${suffix}({rd} {disp}, ${src})`),
      mnemonic: mnemonics(width, ["xchg"]),
      log: `{rs} = ${atomic}_xchg(${at}, {rs})`,
      doc: `swaps *(u${bits} *)(dst + offset) and src`,
    },
    {
      code,
      name: `cmpxchg${bits}`,
      group,
      since: 3,
      fixed: { imm: ATOMIC.CMPXCHG },
      mnemonic: mnemonics(width, ["cmpxchg"]),
      text: forms(width, (src) => {
        const r0 = src === "{ws}" ? "w0" : "r0";
        return `${r0} = cmpxchg${suffix}({rd} {disp}, ${r0}, ${src})`;
      }),
      log: `r0 = ${atomic}_cmpxchg(${at}, r0, {rs})`,
      doc: `old = *(u${bits} *)(dst + offset); if (old == r0) it becomes src; r0 = old`,
    },
  ];
}

/** Loads and stores with ordering, of all sizes. */
function ordered({ size, letter, bits }: Size): OpcodeRow[] {
  const common = { code: CLASS.STX | MODE.ATOMIC | size, group: "extension", since: 4 } as const;
  const acquire = (dst: string) => `${dst} = load_acquire((u${bits} *)({rs} {disp}))`;
  const release = (src: string) => `store_release((u${bits} *)({rd} {disp}), ${src})`;
  return [
    {
      ...common,
      name: `load_acquire_${letter}`,
      fixed: { imm: ATOMIC.LOAD_ACQ },
      text: bits === 64 ? [acquire("{rd}")] : [acquire("{rd}"), acquire("{wd}")],
      mnemonic: [`load_acquire_${letter} {rd}, [{rs}{disp}]`],
      doc: `dst = *(u${bits} *)(src + offset), before every later access`,
    },
    {
      ...common,
      name: `store_release_${letter}`,
      fixed: { imm: ATOMIC.STORE_REL },
      text: bits === 64 ? [release("{rs}")] : [release("{rs}"), release("{ws}")],
      mnemonic: [`store_release_${letter} [{rd}{disp}], {rs}`],
      doc: `*(u${bits} *)(dst + offset) = src, after every earlier access`,
    },
  ];
}

/** Class STX, mode ATOMIC; `imm` says which operation. */
export const ATOMIC_ROWS: readonly OpcodeRow[] = [
  ...WIDTHS.flatMap((width) => [
    ...ARITHMETIC.flatMap((operation) => arithmetic(width, operation)),
    ...exchange(width),
  ]),
  ...SIZES.flatMap(ordered),
];
