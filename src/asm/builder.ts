import { describe } from "../isa/argument.ts";
import type { Instruction } from "../isa/instruction.ts";
import {
  type Branch,
  BuildError,
  integer,
  type Label,
  lettersOf,
  type MemoryType,
  type Part,
  SIGNED,
  slot,
  type UnsignedType,
} from "./builder-slot.ts";

export { type Branch, BuildError, type Label, type MemoryType, type Part, type UnsignedType } from "./builder-slot.ts";

/** Second operand of arithmetic and comparisons: a register of the same width, or a number. */
export type Value<Width extends 32 | 64> = Register<Width> | number;

/**
 * A register, as the start of instructions that read like assembly. Each method's comment is the text that it makes.
 *
 * @example
 * build(r0.mov(0), r1.jeq(0, "end"), r0.load("u32", r1, 4), label("end"), exit());
 */
export class Register<Width extends 32 | 64> {
  readonly number: number;
  readonly width: Width;

  constructor(number: number, width: Width) {
    this.number = number;
    this.width = width;
  }

  /** `r0 = r1`, `r0 = 1` */
  mov = (value: Value<Width>): Instruction => this.#arithmetic("mov", value);
  /** `r0 += r1` */
  add = (value: Value<Width>): Instruction => this.#arithmetic("add", value);
  /** `r0 -= r1` */
  sub = (value: Value<Width>): Instruction => this.#arithmetic("sub", value);
  /** `r0 *= r1` */
  mul = (value: Value<Width>): Instruction => this.#arithmetic("mul", value);
  /** `r0 /= r1` */
  div = (value: Value<Width>): Instruction => this.#arithmetic("div", value);
  /** `r0 s/= r1` */
  sdiv = (value: Value<Width>): Instruction => this.#arithmetic("sdiv", value);
  /** `r0 %= r1` */
  mod = (value: Value<Width>): Instruction => this.#arithmetic("mod", value);
  /** `r0 s%= r1` */
  smod = (value: Value<Width>): Instruction => this.#arithmetic("smod", value);
  /** `r0 |= r1` */
  or = (value: Value<Width>): Instruction => this.#arithmetic("or", value);
  /** `r0 &= r1` */
  and = (value: Value<Width>): Instruction => this.#arithmetic("and", value);
  /** `r0 ^= r1` */
  xor = (value: Value<Width>): Instruction => this.#arithmetic("xor", value);
  /** `r0 <<= r1` */
  lsh = (value: Value<Width>): Instruction => this.#arithmetic("lsh", value);
  /** `r0 >>= r1` */
  rsh = (value: Value<Width>): Instruction => this.#arithmetic("rsh", value);
  /** `r0 s>>= r1` */
  arsh = (value: Value<Width>): Instruction => this.#arithmetic("arsh", value);

  #arithmetic(name: string, value: Value<Width>): Instruction {
    return this.#binary(`${name}${this.width}`, value);
  }

  #binary(name: string, value: Value<Width>, offset = 0): Instruction {
    const dst = this.number;
    return typeof value === "number"
      ? slot(`${name}_imm`, { dst, imm: value, offset })
      : slot(`${name}_reg`, { dst, src: requireRegister(name, value, this.width), offset });
  }

  /** `r0 = -r0` */
  neg(): Instruction {
    return slot(`neg${this.width}`, { dst: this.number });
  }

  /** `r0 = (s8)r1`; the 32-bit form extends 8 and 16 bits. */
  signExtend(bits: Width extends 64 ? 8 | 16 | 32 : 8 | 16, from: Register<Width>): Instruction {
    return slot(`movsx${bits}to${this.width}`, { dst: this.number, src: from.number });
  }

  /** `r0 = be16 r0` */
  swap(order: "le" | "be" | "bswap", bits: 16 | 32 | 64): Instruction {
    return slot(`${order}${bits}`, { dst: this.number });
  }

  /** `r0 = *(u32 *)(r1 + 4)` */
  load(type: MemoryType, base: Register<64>, offset: number): Instruction {
    return slot(`ldx${lettersOf(type, SIGNED)}`, { dst: this.number, src: base.number, offset });
  }

  /** `r0 = 0x1122334455667788 ll` */
  loadImm64(value: bigint): Instruction[] {
    const bits = BigInt.asUintN(64, value);
    return this.#wide("ld_imm64", Number(BigInt.asIntN(32, bits)), Number(BigInt.asIntN(32, bits >> 32n)));
  }

  /** `r1 = map[0]`, by the map's index in the program's list */
  loadMap(index: number): Instruction[] {
    return this.#wide("ld_map_fd", index, 0);
  }

  /** `r1 = map[0][0]+8` */
  loadMapValue(index: number, offset = 0): Instruction[] {
    return this.#wide("ld_map_value", index, offset);
  }

  /** `r1 = map_idx[0]`, by the place in the loader's list of maps (`fdArray`) */
  loadMapByPlace(place: number): Instruction[] {
    return this.#wide("ld_map_idx", place, 0);
  }

  /** `r1 = map_idx[0][0]+8` */
  loadMapValueByPlace(place: number, offset = 0): Instruction[] {
    return this.#wide("ld_map_idx_value", place, offset);
  }

  /** `r1 = btf[42]`: the address of a variable of Linux, by its id in the BTF of `module` (0: Linux itself) */
  loadBtfId(id: number, module = 0): Instruction[] {
    return this.#wide("ld_btf_id", id, module);
  }

  #wide(name: string, imm: number, next: number): Instruction[] {
    integer(next, 32, name);
    return [slot(name, { dst: this.number, imm }), { code: 0, dst: 0, src: 0, offset: 0, imm: next }];
  }

  /** `if r0 == r1 goto label` */
  jeq = (value: Value<Width>, to: string): Branch => this.#branch("jeq", value, to);
  /** `if r0 != r1 goto label` */
  jne = (value: Value<Width>, to: string): Branch => this.#branch("jne", value, to);
  /** `if r0 > r1 goto label` */
  jgt = (value: Value<Width>, to: string): Branch => this.#branch("jgt", value, to);
  /** `if r0 >= r1 goto label` */
  jge = (value: Value<Width>, to: string): Branch => this.#branch("jge", value, to);
  /** `if r0 < r1 goto label` */
  jlt = (value: Value<Width>, to: string): Branch => this.#branch("jlt", value, to);
  /** `if r0 <= r1 goto label` */
  jle = (value: Value<Width>, to: string): Branch => this.#branch("jle", value, to);
  /** `if r0 s> r1 goto label` */
  jsgt = (value: Value<Width>, to: string): Branch => this.#branch("jsgt", value, to);
  /** `if r0 s>= r1 goto label` */
  jsge = (value: Value<Width>, to: string): Branch => this.#branch("jsge", value, to);
  /** `if r0 s< r1 goto label` */
  jslt = (value: Value<Width>, to: string): Branch => this.#branch("jslt", value, to);
  /** `if r0 s<= r1 goto label` */
  jsle = (value: Value<Width>, to: string): Branch => this.#branch("jsle", value, to);
  /** `if r0 & r1 goto label` */
  jset = (value: Value<Width>, to: string): Branch => this.#branch("jset", value, to);

  #branch(name: string, value: Value<Width>, to: string): Branch {
    return { insn: this.#binary(this.width === 64 ? name : `${name}32`, value), to, field: "offset" };
  }
}

/** The number of a register that is an operand. Types say it too, but values of type `any` get past them. */
function requireRegister(name: string, value: unknown, width: 32 | 64): number {
  if (value instanceof Register && value.width === width) return value.number;
  const got = value instanceof Register ? `${value.width === 64 ? "r" : "w"}${value.number}` : describe(value);
  throw new BuildError(`${got} is no operand of ${name}: a number or a register of ${width} bits is`);
}

const wide = (number: number) => new Register(number, 64);
const half = (number: number) => new Register(number, 32);

/** The registers, and their lower halves. */
export const [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(wide);
export const [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(half);

/** `*(u32 *)(r10 - 8) = r1`, `*(u32 *)(r10 - 8) = 5` */
export function store(type: UnsignedType, base: Register<64>, offset: number, value: Value<64>): Instruction {
  const letter = lettersOf(type);
  return typeof value === "number"
    ? slot(`st${letter}`, { dst: base.number, offset, imm: value })
    : slot(`stx${letter}`, { dst: base.number, offset, src: requireRegister("store", value, 64) });
}

/** Atomic operations: those named `fetch_` leave the old value in the source register, `cmpxchg` in r0. */
export type AtomicOperation = `${"" | "fetch_"}${"add" | "or" | "and" | "xor"}` | "xchg" | "cmpxchg";

/** `lock *(u64 *)(r1 + 0) += r2`, `r2 = atomic_fetch_add((u64 *)(r1 + 0), r2)`, `r0 = cmpxchg_64(r1 + 0, r0, r2)` */
export function atomic(
  operation: AtomicOperation,
  type: "u32" | "u64",
  base: Register<64>,
  offset: number,
  source: Register<64>,
): Instruction {
  const prefix = operation.endsWith("xchg") ? "" : "atomic_";
  return slot(`${prefix}${operation}${type.slice(1)}`, { dst: base.number, src: source.number, offset });
}

/** `goto label` */
export function jump(to: string): Branch {
  return { insn: slot("ja", {}), to, field: "offset" };
}

/** `call 1`, by a helper's id */
export function call(helper: number): Instruction {
  return slot("call_helper", { imm: helper });
}

/** `call label`: a subprogram of the same program */
export function callSubprog(to: string): Branch {
  return { insn: slot("call_subprog", {}), to, field: "imm" };
}

/** `exit` */
export function exit(): Instruction {
  return slot("exit", {});
}

/** `name:` */
export function label(name: string): Label {
  return { label: name };
}

/** Puts parts together and resolves their labels; throws `BuildError`. */
export function build(...parts: readonly (Part | readonly Part[])[]): Instruction[] {
  const flat = parts.flat();
  const labels = new Map<string, number>();
  let size = 0;
  for (const part of flat) {
    if (!("label" in part)) size += 1;
    else if (labels.has(part.label)) throw new BuildError(`label ${part.label} is there twice`);
    else labels.set(part.label, size);
  }
  const insns: Instruction[] = [];
  for (const part of flat) {
    if ("label" in part) continue;
    insns.push("to" in part ? resolve(part, insns.length, labels) : part);
  }
  return insns;
}

function resolve({ insn, to, field }: Branch, at: number, labels: ReadonlyMap<string, number>): Instruction {
  const target = labels.get(to);
  if (target === undefined) throw new BuildError(`there is no label ${to}`);
  const distance = target - at - 1;
  integer(distance, field === "offset" ? 16 : 32, `the jump to ${to}`);
  return { ...insn, [field]: distance };
}

export {
  callKfunc,
  callRegister,
  castAddressSpace,
  jumpFar,
  loadAcquire,
  loadFunction,
  loadPacket,
  mayGoto,
  storeRelease,
} from "./builder-extensions.ts";
