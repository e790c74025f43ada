/** Pieces of generated programs that use what is special in map values. */
import type { Emit, Writer } from "./typed-generator.ts";

/** Maps with a lock: where it is, and where a number is. */
const LOCKED = [
  { map: "locked", at: 0, data: 8 },
  { map: "nested", at: 12, data: 16 },
] as const;

/** A lookup, and work on the value with its lock held. */
export function lockedValue(w: Writer, emit: Emit, body: () => void): void {
  const { map, at, data } = w.rarely(20) ? ({ map: "plain", at: 0, data: 8 } as const) : w.one(LOCKED);
  const none = w.label();
  const holder = w.place(8);
  emit(`*(u32 *)(r10 - 36) = ${w.pick(6)}`, `r1 = map[${map}]\n r2 = r10\n r2 += -36\n call map_lookup_elem`);
  if (!w.rarely(25)) emit(`if r0 == 0 goto ${none}`);
  emit(`*(u64 *)(r10 - ${holder}) = r0`);
  const value = `r1 = *(u64 *)(r10 - ${holder})`;
  const toLock = `${value}\n r1 += ${w.rarely(25) ? data : at}`;
  if (!w.rarely(25)) emit(toLock, "call spin_lock");
  emit(value);
  if (w.rarely(3)) emit(`r2 = *(u64 *)(r1 + ${w.rarely(12) ? at : data})\n r2 += 1\n *(u64 *)(r1 + ${data}) = r2`);
  if (w.rarely(3)) {
    const over = w.label();
    emit(
      `r2 = *(u32 *)(r1 + ${data})\n if r2 > ${w.one([0, 7, 100])} goto ${over}\n *(u32 *)(r1 + ${data}) = 1\n ${over}:`,
    );
  }
  if (w.rarely(15)) body();
  if (w.rarely(15)) emit("call get_prandom_u32");
  if (!w.rarely(25)) emit(toLock, "call spin_unlock");
  body();
  emit(`${none}:`);
}
