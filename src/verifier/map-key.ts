/** The key of a lookup, where it is a known constant on the stack: then an array's element surely exists. */
import type { Environment } from "./environment.ts";
import { toNumberU, type Words } from "./int64.ts";
import { markSlotPrecise } from "./precision.ts";
import { FRAME, OFF, TYPE, TYPES, VALUE } from "./registers.ts";
import { BYTE, byteType, isSpilledScalar, slotAt } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

/** The constant that a key pointer points to, or undefined. The verdict then depends on it, so it is marked precise. */
export function constantKey(env: Environment, w: Words, r: number, keySize: number): number | undefined {
  if (w[r + TYPE] !== TYPES.STACK || !tnumIsConst(w, r + VALUE)) return undefined;
  const place = -(w[r + OFF] + w[r + VALUE]) - 1;
  const index = place >> 3;
  const slot = slotAt(index);
  const frame = w[r + FRAME];
  const { words } = env.state.frames[frame];
  const run = (type: number): number => {
    let length = 0;
    for (let byte = place & 7; byte >= 0 && byteType(words, slot, byte) === type; byte--) length++;
    return length;
  };
  if (run(BYTE.ZERO) >= keySize) return 0;
  if (!isSpilledScalar(words, slot) || run(BYTE.SPILL) !== keySize || !tnumIsConst(words, slot + VALUE))
    return undefined;
  markSlotPrecise(env, frame, index);
  return toNumberU(words, slot + VALUE);
}
