import type { CallTarget } from "../call.ts";
import type { AddressOperation } from "../load-address.ts";
import type { Operand, Operation } from "../operation.ts";
import { type Access, MAX_CALL_FRAMES, SCRATCH_REGISTER, type Xlated, type XlatedFacts } from "../types.ts";

/** The interpreter's own opcodes; the number is the position. `execute` switches over these numbers. */
export const CODES = [
  // 64-bit arithmetic: 0
  ...[
    "add64",
    "sub64",
    "mul64",
    "div64",
    "sdiv64",
    "or64",
    "and64",
    "lsh64",
    "rsh64",
    "mod64",
    "smod64",
    "xor64",
    "mov64",
  ],
  ...["arsh64", "neg64", "extend64"],
  // 32-bit arithmetic: 16
  ...[
    "add32",
    "sub32",
    "mul32",
    "div32",
    "sdiv32",
    "or32",
    "and32",
    "lsh32",
    "rsh32",
    "mod32",
    "smod32",
    "xor32",
    "mov32",
  ],
  ...["arsh32", "neg32", "extend32"],
  // byte order: 32
  ...["keep", "swap16", "swap32", "swap64"],
  // memory: 36
  ...["load8", "load16", "load32", "load64", "loads8", "loads16", "loads32", "store8", "store16", "store32", "store64"],
  ...["atomic"],
  // control: 48
  ...["jump", "helper", "call", "exit"],
  // 64-bit branches: 52
  ...["eq64", "ne64", "gt64", "ge64", "lt64", "le64", "set64", "sgt64", "sge64", "slt64", "sle64"],
  // 32-bit branches: 63
  ...["eq32", "ne32", "gt32", "ge32", "lt32", "le32", "set32", "sgt32", "sge32", "slt32", "sle32"],
  // the two slots of ld_imm64: 74
  ...["constant", "second"],
  // calls that go elsewhere: 76
  ...["tail", "indirect"],
  // arenas: 78
  ...["cast", "arena"],
  // a helper's call that is stepped into: 80
  ...["rounds"],
];

const NUMBER_OF: ReadonlyMap<string, number> = new Map(CODES.map((name, number) => [name, number]));

/** The number of the tail call's opcode. */
export const TAIL = CODES.indexOf("tail");

/** The number of the opcode of helpers whose callbacks are stepped into. */
export const ROUNDS = CODES.indexOf("rounds");

/** In the register file, r0..r11 come first; then what calls save: r1..r10 of each caller. */
export const FIRST_SAVED = SCRATCH_REGISTER + 1;
export const SAVED = 10;

/** The constants of the program follow. */
export const FIRST_CONSTANT = FIRST_SAVED + SAVED * MAX_CALL_FRAMES;

/** A program laid out for the interpreter: one element a slot in each array. */
export interface Code {
  readonly op: Uint8Array;
  /** Register that is written or, for stores and branches, read first. */
  readonly dst: Uint8Array;
  /** Index in the register file of the second operand: an immediate is a register that nobody writes. */
  readonly src: Uint32Array;
  /** Offset of a memory access, target of a jump, helper's id, or number of bits. */
  readonly aux: Int32Array;
  readonly access: Uint8Array;
  readonly constants: readonly bigint[];
}

/** Numbers of `Access` in `Code.access`. */
export const ACCESS: Readonly<Record<Access, number>> = { proved: 0, probe: 1, checked: 2, arena: 3 };

/**
 * Lays a program out. `addressOf` gives the 64-bit value that a `ld_imm64` of a map, function or symbol loads; `castTo` is
 * the upper half of addresses in the arena.
 */
export function layOut(
  xlated: Xlated,
  operations: readonly Operation[],
  calls: readonly (CallTarget | undefined)[],
  addressOf: (operation: AddressOperation, at: number) => bigint,
  castTo: bigint,
): Code {
  const count = operations.length;
  const constants: bigint[] = [];
  const indexOf = new Map<bigint, number>();
  const constant = (value: bigint): number => {
    let index = indexOf.get(value);
    if (index === undefined) {
      index = FIRST_CONSTANT + constants.push(value) - 1;
      indexOf.set(value, index);
    }
    return index;
  };
  const operand = (o: Operand): number => ("register" in o ? o.register : constant(o.constant));

  /** Name of the opcode, dst, src, aux. */
  const fields = (o: Operation, at: number): [string, number, number, number] => {
    switch (o.kind) {
      case "alu":
        return [o.op + width(o.wide), o.dst, operand(o.src), 0];
      case "neg":
        return [`neg${width(o.wide)}`, o.dst, 0, 0];
      case "extend":
        return [`extend${width(o.wide)}`, o.dst, o.src, o.bits];
      case "end":
        return [o.swap ? `swap${o.bits}` : "keep", o.dst, 0, o.bits];
      case "cast":
        return ["cast", o.dst, o.src, Number(castTo >> 32n) | 0];
      case "constant":
        return ["constant", o.dst, constant(o.value), 0];
      case "map":
      case "function":
      case "symbol":
        return ["constant", o.dst, constant(BigInt.asIntN(64, addressOf(o, at))), 0];
      case "load":
        return [`load${o.signed ? "s" : ""}${o.bytes * 8}`, o.dst, o.base, o.offset];
      case "store":
        return [`store${o.bytes * 8}`, o.base, operand(o.src), o.offset];
      case "atomic":
        return ["atomic", o.base, o.src, o.offset];
      case "jump":
        return ["jump", 0, 0, o.to];
      case "branch":
        return [o.condition + width(o.wide), o.left, operand(o.right), o.to];
      case "helper":
      case "kfunc":
        return [calls[at]?.tail ? "tail" : "helper", 0, 0, o.id];
      case "indirect":
        return ["indirect", o.register, 0, 0];
      case "call":
        return ["call", 0, 0, o.to];
      case "exit":
      case "second":
        return [o.kind, 0, 0, 0];
    }
  };

  const op = new Uint8Array(count);
  const dst = new Uint8Array(count);
  const src = new Uint32Array(count);
  const aux = new Int32Array(count);
  const access = new Uint8Array(count);
  operations.forEach((operation, at) => {
    const [name, ...numbers] = fields(operation, at);
    const inArena = xlated.facts[at]?.access === "arena";
    op[at] = NUMBER_OF.get(inArena ? "arena" : name)!;
    [dst[at], src[at], aux[at]] = numbers;
    access[at] = ACCESS[accessOf(xlated.facts[at])];
  });
  return { op, dst, src, aux, access, constants };
}

/** A load or store about which nothing is known is checked. */
export function accessOf(facts: XlatedFacts | undefined): Access {
  return facts?.access ?? "checked";
}

const width = (wide: boolean): string => (wide ? "64" : "32");
