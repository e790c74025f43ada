import type { AluOp, Operand, Operation } from "../operation.ts";
import type { WasmWith } from "../wasm/opcodes.ts";
import type { FrameBuilder } from "./frame.ts";

type Binary = Exclude<AluOp, "mov" | "div" | "sdiv" | "mod" | "smod">;

/** What eBPF's arithmetic is in WebAssembly; shift counts are masked alike. */
const BINARY = {
  add: "add",
  sub: "sub",
  mul: "mul",
  or: "or",
  and: "and",
  xor: "xor",
  lsh: "shl",
  rsh: "shr_u",
  arsh: "shr_s",
} as const satisfies Record<Binary, string>;

/** Emits arithmetic of one width: i64, or i32 with the upper half of the result cleared. */
export function emitAlu(frame: FrameBuilder, { op, wide, dst, src }: Operation & { kind: "alu" }): void {
  const w = new Width(frame, wide);
  switch (op) {
    case "mov":
      w.push(src);
      break;
    case "div":
      emitUnlessZero(
        w,
        src,
        () => w.const(0n),
        () => w.pushBoth(dst, src, "div_u"),
      );
      break;
    case "mod":
      emitUnlessZero(
        w,
        src,
        () => w.push({ register: dst }),
        () => w.pushBoth(dst, src, "rem_u"),
      );
      break;
    case "smod":
      emitUnlessZero(
        w,
        src,
        () => w.push({ register: dst }),
        () => w.pushBoth(dst, src, "rem_s"),
      );
      break;
    case "sdiv":
      emitSignedDivision(w, dst, src);
      break;
    default:
      w.pushBoth(dst, src, BINARY[op]);
  }
  w.pop(dst);
}

export function emitNeg(frame: FrameBuilder, { wide, dst }: Operation & { kind: "neg" }): void {
  const w = new Width(frame, wide);
  w.const(0n);
  w.push({ register: dst });
  w.op("sub");
  w.pop(dst);
}

export function emitExtend(frame: FrameBuilder, { bits, wide, dst, src }: Operation & { kind: "extend" }): void {
  if (wide) {
    frame.get(src);
    frame.f.op(`i64.extend${bits}_s`);
    frame.set(dst);
    return;
  }
  frame.getLow(src);
  if (bits !== 32) frame.f.op(`i32.extend${bits}_s`);
  frame.setLow(dst);
}

/** One width of arithmetic: the same instructions exist for i64 and i32. */
class Width {
  readonly frame: FrameBuilder;
  readonly type: "i64" | "i32";

  constructor(frame: FrameBuilder, wide: boolean) {
    this.frame = frame;
    this.type = wide ? "i64" : "i32";
  }

  push(operand: Operand): void {
    if ("constant" in operand) this.const(operand.constant);
    else if (this.type === "i64") this.frame.get(operand.register);
    else this.frame.getLow(operand.register);
  }

  const(value: bigint): void {
    if (this.type === "i64") this.frame.f.i64(value);
    else this.frame.f.i32(Number(BigInt.asIntN(32, value)));
  }

  op(name: (typeof BINARY)[Binary] | "div_u" | "div_s" | "rem_u" | "rem_s" | "eqz" | "le_u"): void {
    this.frame.f.op(`${this.type}.${name}` satisfies WasmWith<"none">);
  }

  pushBoth(dst: number, src: Operand, name: Parameters<Width["op"]>[0]): void {
    this.push({ register: dst });
    this.push(src);
    this.op(name);
  }

  pop(dst: number): void {
    if (this.type === "i64") this.frame.set(dst);
    else this.frame.setLow(dst);
  }
}

/** WebAssembly traps on a division by zero; eBPF has a result for it. */
function emitUnlessZero(w: Width, src: Operand, zero: () => void, nonzero: () => void): void {
  if ("constant" in src) {
    if (src.constant === 0n) zero();
    else nonzero();
    return;
  }
  const { f } = w.frame;
  w.push(src);
  w.op("eqz");
  f.begin("if", w.type);
  zero();
  f.op("else");
  nonzero();
  f.op("end");
}

/**
 * WebAssembly traps on x / 0 and on the lowest number / -1. For these two divisors the quotient that eBPF wants, 0 and -x,
 * is the product. They are the divisors that are at most 1 after adding 1.
 */
function emitSignedDivision(w: Width, dst: number, src: Operand): void {
  if ("constant" in src) {
    const product = src.constant === 0n || src.constant === -1n;
    w.pushBoth(dst, src, product ? "mul" : "div_s");
    return;
  }
  const { f } = w.frame;
  w.push(src);
  w.const(1n);
  w.op("add");
  w.const(1n);
  w.op("le_u");
  f.begin("if", w.type);
  w.pushBoth(dst, src, "mul");
  f.op("else");
  w.pushBoth(dst, src, "div_s");
  f.op("end");
}
