import { r0, r1, r2 } from "../../asm/builder.ts";
import type { Value } from "../analyse/typed.ts";
import { sizeOfType } from "../types/type.ts";
import type { Emitter } from "./emitter.ts";
import { placeOf } from "./memory.ts";

/** Leaves in r0 where a part begins in a text, or -1: every place is looked at, the first that fits counts. */
export function stringIndex(e: Emitter, { text, part }: Extract<Value, { op: "string-index" }>): void {
  const found = e.newLabel();
  e.temporarily(() => {
    const at = placeOf(e, text);
    for (let start = 0; start + part.length < sizeOfType(text.type); start++) {
      const next = e.newLabel();
      e.emit(r0.mov(start));
      for (let index = 0; index < part.length; index++)
        e.emit(r1.load("u8", at.base, at.offset + start + index), r1.jne(part.charCodeAt(index), next));
      e.jump(found);
      e.label(next);
    }
  });
  e.emit(r0.mov(-1));
  e.label(found);
}

/** Leaves in r0 the difference of the first bytes that differ, as `memcmp` does. */
export function compareBytes(e: Emitter, { left, right, count }: Extract<Value, { op: "compare-bytes" }>): void {
  const end = e.newLabel();
  e.temporarily(() => {
    const [a, b] = [placeOf(e, left), placeOf(e, right)];
    for (let index = 0; index < count; index++)
      e.emit(
        r0.load("u8", a.base, a.offset + index),
        r2.load("u8", b.base, b.offset + index),
        r0.sub(r2),
        r0.jne(0, end),
      );
  });
  e.label(end);
}
