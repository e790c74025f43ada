import { r0, r1, r2, r3 } from "../../asm/builder.ts";
import type { Emitter } from "./emitter.ts";

/** Replaces the number in r0 by that of its row. */
export function bucketOf(e: Emitter, name: "hist" | "lhist" | "tseries", parameters: readonly bigint[]): void {
  switch (name) {
    case "hist":
      powers(e, Number(parameters[0]));
      return;
    case "lhist":
      steps(e, parameters);
      return;
    case "tseries":
      e.helper("ktime_get_boot_ns");
      e.constant(r1, parameters[0]!);
      e.emit(r0.div(r1));
      return;
  }
}

/**
 * Rows of `hist`: 0 for negative numbers, then one for each number below `2^k`, then `2^k` for each power of two. The
 * highest bit is found by halving: 32, 16, 8, 4, 2, 1.
 */
function powers(e: Emitter, k: number): void {
  const small = e.newLabel();
  const negative = e.newLabel();
  const end = e.newLabel();
  e.emit(r0.jslt(0, negative), r0.jlt(2 ** k, small), r1.mov(r0), r2.mov(0));
  for (const shift of [32, 16, 8, 4, 2, 1]) {
    const lower = e.newLabel();
    // 2^32 fits no immediate, so the upper half is looked at instead.
    if (shift === 32) e.emit(r3.mov(r1), r3.rsh(32), r3.jeq(0, lower));
    else e.emit(r1.jlt(2 ** shift, lower));
    e.emit(r1.rsh(shift), r2.add(shift));
    e.label(lower);
  }
  // r2 is the highest bit; the k bits below it tell the part of the power.
  e.emit(r1.mov(r2), r1.sub(k), r0.rsh(r1), r0.and(2 ** k - 1), r1.add(1), r1.lsh(k), r0.add(r1), r0.add(1));
  e.jump(end);
  e.label(negative);
  e.emit(r0.mov(0));
  e.jump(end);
  e.label(small);
  e.emit(r0.add(1));
  e.label(end);
}

/** Rows of `lhist`: 0 below the least, then one for each step, then one for the rest. */
function steps(e: Emitter, [min = 0n, max = 0n, step = 1n]: readonly bigint[]): void {
  const under = e.newLabel();
  const over = e.newLabel();
  const end = e.newLabel();
  e.constant(r1, min);
  e.emit(r0.jslt(r1, under));
  e.constant(r1, max);
  e.emit(r0.jsge(r1, over));
  e.constant(r1, min);
  e.emit(r0.sub(r1));
  e.constant(r1, step);
  e.emit(r0.div(r1), r0.add(1));
  e.jump(end);
  e.label(under);
  e.emit(r0.mov(0));
  e.jump(end);
  e.label(over);
  e.constant(r0, (max - min) / step + 1n);
  e.label(end);
}
