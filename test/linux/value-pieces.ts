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

/** Maps with a timer, and where it is. */
const TIMED = [
  { map: "timed", at: 8, data: 0 },
  { map: "clocks", at: 0, data: 16 },
] as const;

/** A timer is set up with a function that may work on its element or start the timer again. */
export function timer(w: Writer, emit: Emit, body: () => void): void {
  const { map, at, data } = w.type === "sched_cls" ? w.one(TIMED) : TIMED[0];
  const [none, label] = [w.label(), w.label()];
  const holder = w.place(8);
  emit(`*(u32 *)(r10 - 36) = ${w.pick(6)}`, `r1 = map[${map}]\n r2 = r10\n r2 += -36\n call map_lookup_elem`);
  if (!w.rarely(25)) emit(`if r0 == 0 goto ${none}`);
  emit(`*(u64 *)(r10 - ${holder}) = r0`);
  const toTimer = `r1 = *(u64 *)(r10 - ${holder})\n r1 += ${w.rarely(25) ? data : at}`;
  if (!w.rarely(4)) emit(toTimer, `r2 = map[${w.rarely(20) ? "plain" : map}]\n r3 = 1\n call timer_init`);
  emit(toTimer, `r2 = func[${label}]\n call timer_set_callback`);
  body();
  if (!w.rarely(4)) emit(toTimer, "r2 = 1000\n r3 = 0", w.rarely(5) ? "call timer_cancel" : "call timer_start");
  const lines: string[] = [];
  if (w.rarely(2)) lines.push("r4 = *(u32 *)(r2 + 0)", `if r4 > ${w.one([0, 3])} goto +1`, "r4 = 0");
  if (w.rarely(3)) {
    const offset = w.rarely(10) ? at : map === "timed" ? 0 : 20;
    lines.push(`r5 = *(u32 *)(r3 + ${offset})\n r5 += 1\n *(u32 *)(r3 + ${offset}) = r5`);
  }
  if (w.rarely(3)) lines.push(`r6 = r3\n r1 = r3\n r1 += ${at}\n r2 = func[${label}]\n call timer_set_callback`);
  else if (w.pick(3) === 0) lines.push(`r1 = r3\n r1 += ${at}\n r2 = 1000\n r3 = 0\n call timer_start`);
  lines.push(`r0 = ${w.rarely(20) ? "r3" : w.rarely(20) ? 1 : 0}`, "exit");
  w.functions.push({ label, signature: "-> int", lines });
  emit(`${none}:`);
}
