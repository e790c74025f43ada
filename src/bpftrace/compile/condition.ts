import { r0, r1, r2 } from "../../asm/builder.ts";
import type { Comparison, Value } from "../analyse/typed.ts";
import { sizeOfType } from "../types/type.ts";
import { behind, type Emitter } from "./emitter.ts";
import { placeOf } from "./memory.ts";
import { operands, scalar } from "./scalar.ts";

/** The comparison that holds where this one does not. */
const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

/** Jumps to a label if the truth of a value is `when`, else goes on behind. */
export function jumpIf(e: Emitter, value: Value, to: string, when: boolean): void {
  switch (value.op) {
    case "integer":
      if ((value.value !== 0n) === when) e.jump(to);
      return;
    case "not":
      jumpIf(e, value.operand, to, !when);
      return;
    case "logical": {
      // `a && b` is false as soon as one is, `a || b` true as soon as one is.
      const early = value.operator === "||";
      if (early === when) {
        jumpIf(e, value.left, to, when);
        jumpIf(e, value.right, to, when);
        return;
      }
      const behindBoth = e.newLabel();
      jumpIf(e, value.left, behindBoth, early);
      jumpIf(e, value.right, to, when);
      e.label(behindBoth);
      return;
    }
    case "compare":
      compare(e, value, to, when);
      return;
    case "equal-bytes":
      equalBytes(e, value, to, when);
      return;
    case "strcontains":
      contains(e, value, to, when);
      return;
    default:
      scalar(e, value);
      e.emit(when ? r0.jne(0, to) : r0.jeq(0, to));
      return;
  }
}

function compare(e: Emitter, value: Extract<Value, { op: "compare" }>, to: string, when: boolean): void {
  const operator = when ? value.operator : OPPOSITE[value.operator];
  const { left, right, signed } = value;
  scalar(e, left);
  let by: number | typeof r1 = r1;
  if (right.op === "integer" && right.value >= -0x8000_0000n && right.value <= 0x7fff_ffffn) by = Number(right.value);
  else operands(e, right);
  switch (operator) {
    case "==":
      e.emit(r0.jeq(by, to));
      return;
    case "!=":
      e.emit(r0.jne(by, to));
      return;
    case "<":
      e.emit(signed ? r0.jslt(by, to) : r0.jlt(by, to));
      return;
    case "<=":
      e.emit(signed ? r0.jsle(by, to) : r0.jle(by, to));
      return;
    case ">":
      e.emit(signed ? r0.jsgt(by, to) : r0.jgt(by, to));
      return;
    case ">=":
      e.emit(signed ? r0.jsge(by, to) : r0.jge(by, to));
      return;
  }
}

/** Both sides are filled up with zeros, so equal texts have equal bytes. */
function equalBytes(e: Emitter, value: Extract<Value, { op: "equal-bytes" }>, to: string, when: boolean): void {
  const unequal = e.newLabel();
  const equal = e.newLabel();
  // Where the bytes are equal the value is `!negate`.
  const [onEqual, onUnequal] = value.negate === when ? [false, true] : [true, false];
  e.temporarily(() => {
    const bytes = Math.min(sizeOfType(value.left.type), sizeOfType(value.right.type), value.limit);
    // A literal is compared with numbers; an array of single bytes is as good as one.
    const [text, other] = value.left.op === "string" ? [value.left, value.right] : [value.right, value.left];
    const at = placeOf(e, other);
    const second = text.op === "string" ? undefined : placeOf(e, text);
    for (let done = 0; done < bytes; ) {
      const width =
        ([8, 4, 2] as const).find(
          (size) =>
            size <= bytes - done &&
            (at.offset + done) % size === 0 &&
            (second === undefined || (second.offset + done) % size === 0),
        ) ?? 1;
      const type = `u${(width * 8) as 8 | 16 | 32 | 64}` as const;
      e.emit(r1.load(type, at.base, at.offset + done));
      if (second !== undefined) {
        const from = behind(second, done);
        e.emit(r2.load(type, from.base, from.offset), r1.jne(r2, unequal));
      } else if (text.op === "string") {
        let wanted = 0n;
        for (let index = 0; index < width; index++)
          wanted |= BigInt(text.value.charCodeAt(done + index) || 0) << BigInt(8 * index);
        if (wanted < 0x8000_0000n) e.emit(r1.jne(Number(wanted), unequal));
        else e.emit(r2.loadImm64(wanted), r1.jne(r2, unequal));
      }
      done += width;
    }
  });
  if (onEqual) e.jump(to);
  else e.jump(equal);
  e.label(unequal);
  if (onUnequal) e.jump(to);
  e.label(equal);
}

/** Looks at every place where the part could begin. */
function contains(e: Emitter, { text, part }: Extract<Value, { op: "strcontains" }>, to: string, when: boolean): void {
  const found = e.newLabel();
  const end = e.newLabel();
  e.temporarily(() => {
    const at = placeOf(e, text);
    const last = sizeOfType(text.type) - part.length;
    for (let start = 0; start < last; start++) {
      const next = e.newLabel();
      for (let index = 0; index < part.length; index++)
        e.emit(r1.load("u8", at.base, at.offset + start + index), r1.jne(part.charCodeAt(index), next));
      e.jump(found);
      e.label(next);
    }
  });
  e.jump(when ? end : to);
  e.label(found);
  if (when) e.jump(to);
  e.label(end);
}
