import { ADDR_SPACE_CAST, ALU, CLASS, SOURCE } from "./constants.ts";
import type { ConformanceGroup, IsaVersion, OpcodeRow } from "./opcode-row.ts";

/** A binary operation in its four forms: 64 and 32 bits wide, by immediate and by register. */
interface Binary {
  readonly op: number;
  readonly name: string;
  /** The assignment operator, as LLVM writes it. */
  readonly sign: string;
  /** What it computes of D, the old `dst`, and X, the other operand; SD and SX are the same as signed numbers. */
  readonly doc: string;
  readonly group?: "divmul";
  /** 1 makes division and modulo signed. */
  readonly offset?: number;
  readonly since?: IsaVersion;
}

const BINARY: readonly Binary[] = [
  { op: ALU.ADD, name: "add", sign: "+=", doc: "D + X" },
  { op: ALU.SUB, name: "sub", sign: "-=", doc: "D - X" },
  { op: ALU.MUL, name: "mul", sign: "*=", doc: "D * X", group: "divmul" },
  { op: ALU.DIV, name: "div", sign: "/=", doc: "X ? D / X : 0", group: "divmul", offset: 0 },
  { op: ALU.OR, name: "or", sign: "|=", doc: "D | X" },
  { op: ALU.AND, name: "and", sign: "&=", doc: "D & X" },
  { op: ALU.LSH, name: "lsh", sign: "<<=", doc: "D << (X & MASK)" },
  { op: ALU.RSH, name: "rsh", sign: ">>=", doc: "D >> (X & MASK)" },
  { op: ALU.MOD, name: "mod", sign: "%=", doc: "X ? D % X : D", group: "divmul", offset: 0 },
  { op: ALU.XOR, name: "xor", sign: "^=", doc: "D ^ X" },
  { op: ALU.MOV, name: "mov", sign: "=", doc: "X" },
  { op: ALU.ARSH, name: "arsh", sign: "s>>=", doc: "SD >> (X & MASK)" },
  {
    op: ALU.DIV,
    name: "sdiv",
    sign: "s/=",
    doc: "X ? SD / SX : 0",
    group: "divmul",
    offset: 1,
    since: 4,
  },
  {
    op: ALU.MOD,
    name: "smod",
    sign: "s%=",
    doc: "X ? SD % SX : D",
    group: "divmul",
    offset: 1,
    since: 4,
  },
];

function binary({ op, name, sign, doc, group = undefined, offset, since = 1 }: Binary): OpcodeRow[] {
  const at = (width: 32 | 64): ConformanceGroup => `${group ?? "base"}${width}`;
  // A register move has forms told apart by `offset` (sign extension), so its plain form fixes it; an immediate has not.
  const fixed = (source: number) => {
    if (offset !== undefined) return { offset };
    return op === ALU.MOV && source === SOURCE.X ? { offset: 0 } : {};
  };
  const row = (width: 32 | 64, source: number): OpcodeRow => {
    const register = source === SOURCE.X;
    const operand = register ? "src" : "imm";
    const [dst, src] = width === 64 ? ["{rd}", register ? "{rs}" : "{imm}"] : ["{wd}", register ? "{ws}" : "{imm32}"];
    return {
      code: (width === 64 ? CLASS.ALU64 : CLASS.ALU) | source | op,
      name: `${name}${width}_${register ? "reg" : "imm"}`,
      group: at(width),
      since,
      fixed: fixed(source),
      text: [`${dst} ${sign} ${src}`],
      mnemonic: mnemonics(name, width, register ? "{rd}, {rs}" : "{rd}, {imm32}"),
      doc: `dst = ${describe(doc, width, operand)}`,
    };
  };
  return [row(64, SOURCE.K), row(64, SOURCE.X), row(32, SOURCE.K), row(32, SOURCE.X)];
}

/** 64 bits are the default: `add` and `add64` are the same, `add32` is the other. */
const mnemonics = (name: string, width: 32 | 64, operands: string): [string, ...string[]] =>
  width === 64 ? [`${name} ${operands}`, `${name}64 ${operands}`] : [`${name}32 ${operands}`];

/** Writes the letters of a binary operation's description out for one width and operand. */
function describe(doc: string, width: 32 | 64, operand: string): string {
  const unsigned = width === 64 ? "" : "(u32)";
  const text = doc
    .replace("MASK", String(width - 1))
    .replace(/\bSD\b/, `(s${width})dst`)
    .replace(/\bSX\b/, `(s${width})${operand}`)
    .replaceAll(/\bD\b/g, `${unsigned}dst`)
    .replaceAll(/\bX\b/g, `${unsigned}${operand}`);
  return width === 64 || doc === "X" ? text : `(u32)(${text})`;
}

function negate(width: 32 | 64): OpcodeRow {
  const wide = width === 64;
  return {
    code: (wide ? CLASS.ALU64 : CLASS.ALU) | ALU.NEG,
    name: `neg${width}`,
    group: wide ? "base64" : "base32",
    since: 1,
    fixed: {},
    text: [wide ? "{rd} = -{rd}" : "{wd} = -{wd}"],
    mnemonic: mnemonics("neg", width, "{rd}"),
    doc: wide ? "dst = -dst" : "dst = (u32)-dst",
  };
}

function signExtend(width: 32 | 64, bits: 8 | 16 | 32): OpcodeRow {
  const wide = width === 64;
  return {
    code: (wide ? CLASS.ALU64 : CLASS.ALU) | SOURCE.X | ALU.MOV,
    name: `movsx${bits}to${width}`,
    group: wide ? "base64" : "base32",
    since: 4,
    fixed: { offset: bits },
    text: [wide ? `{rd} = (s${bits}){rs}` : `{wd} = (s${bits}){ws}`],
    mnemonic: [`movsx${bits}${width} {rd}, {rs}`],
    doc: wide ? `dst = (s64)(s${bits})src` : `dst = (u32)(s32)(s${bits})src`,
  };
}

/** `le` and `be` convert from or to the machine's order, `bswap` always swaps. All clear the bits above `bits`. */
function byteOrder(name: "le" | "be" | "bswap", bits: 16 | 32 | 64): OpcodeRow {
  const code = { le: CLASS.ALU | SOURCE.K, be: CLASS.ALU | SOURCE.X, bswap: CLASS.ALU64 | SOURCE.K }[name];
  return {
    code: code | ALU.END,
    name: `${name}${bits}`,
    group: bits === 64 ? "base64" : "base32",
    since: name === "bswap" ? 4 : 1,
    fixed: { imm: bits },
    text: [`{rd} = ${name}${bits} {rd}`],
    mnemonic: name === "bswap" ? [`bswap${bits} {rd}`, `swap${bits} {rd}`] : [`${name}${bits} {rd}`],
    doc: name === "bswap" ? `dst = swapped((u${bits})dst)` : `dst = hto${name}${bits}(dst)`,
  };
}

const ADDRESS_SPACE: OpcodeRow = {
  code: CLASS.ALU64 | SOURCE.X | ALU.MOV,
  name: "addr_space_cast",
  group: "extension",
  since: 4,
  fixed: { offset: ADDR_SPACE_CAST },
  text: ["{rd} = addr_space_cast({rs}, {toSpace}, {fromSpace})"],
  mnemonic: ["addr_space_cast {rd}, {rs}, {toSpace}, {fromSpace}"],
  doc: "dst = src, a pointer of one address space as one of another (arenas)",
};

/** Arithmetic: classes ALU and ALU64. */
export const ALU_ROWS: readonly OpcodeRow[] = [
  ...BINARY.flatMap(binary),
  negate(64),
  negate(32),
  signExtend(64, 8),
  signExtend(64, 16),
  signExtend(64, 32),
  signExtend(32, 8),
  signExtend(32, 16),
  ...(["le", "be", "bswap"] as const).flatMap((name) =>
    [16, 32, 64].map((bits) => byteOrder(name, bits as 16 | 32 | 64)),
  ),
  ADDRESS_SPACE,
];
