/**
 * Programs with callbacks, iterators, dynptrs, records, sections and global functions, made from a tape of numbers: each
 * choice takes the next one. Most are right; now and then something is left out or put in another's place.
 */
import type { ProgramType } from "../../src/programs/types.ts";
import type { TypedText } from "../verifier/typed-programs.ts";
import { lockedValue, timer } from "./value-pieces.ts";

const TYPES: readonly ProgramType[] = ["socket_filter", "sched_cls", "sched_cls", "tracepoint"];

/** Offsets of the stack: four slots of data, then one object after the other, each with its own place. */
const DATA = [8, 16, 24, 32] as const;
const FIRST_OBJECT = 48;

export class Writer {
  readonly lines: string[] = [];
  readonly functions: { label: string; signature: string; lines: string[] }[] = [];
  type: ProgramType = "socket_filter";
  readonly #tape: readonly number[];
  #at = 0;
  #labels = 0;
  #object = FIRST_OBJECT;

  constructor(tape: readonly number[]) {
    this.#tape = tape;
  }

  get exhausted(): boolean {
    return this.#at >= this.#tape.length;
  }

  pick(limit: number): number {
    return (this.#tape[this.#at++] ?? 0) % limit;
  }

  /** True once in `times`; never when the tape is at its end, so that what it leads to is an ending. */
  rarely(times: number): boolean {
    return this.pick(times) === times - 1;
  }

  one<T>(list: readonly T[]): T {
    return list[this.pick(list.length)];
  }

  label(): string {
    return `l${this.#labels++}`;
  }

  /** A place for an object of so many bytes, below all others. */
  place(bytes: number): number {
    this.#object += bytes;
    if (this.#object > 240) this.#object = FIRST_OBJECT + bytes;
    return this.#object;
  }
}

export type Emit = (...lines: string[]) => void;
const pointTo = (register: number, offset: number): string => `r${register} = r10\n r${register} += -${offset}`;
/** Registers that keep a number over calls. */
const KEPT = [7, 8, 9] as const;

function step(w: Writer, emit: Emit, depth: number): void {
  const body = (): void => {
    for (let k = w.pick(3); k > 0; k--) step(w, emit, depth + 1);
  };
  const kind = depth > 2 ? w.pick(6) : w.pick(19);
  const kept = w.one(KEPT);
  const slot = w.one(DATA);
  switch (kind) {
    case 0:
      emit(`r${kept} = ${w.one([0, 1, 7, 8, 100, -1])}`);
      return;
    case 1:
      emit("call get_prandom_u32", `r${kept} = r0`, w.rarely(2) ? `r${kept} &= ${w.one([1, 7, 15, 255])}` : "");
      return;
    case 2:
      emit(`r${kept} ${w.one(["+=", "-=", "&=", "|=", "<<="])} ${w.one([1, 2, 3, 7])}`);
      return;
    case 3:
      emit(`*(u64 *)(r10 - ${slot}) = r${kept}`);
      return;
    case 4:
      emit(`r${kept} = *(u64 *)(r10 - ${slot})`);
      return;
    case 5: {
      const over = w.label();
      emit(`if r${kept} ${w.one(["==", "!=", "<", ">", "s<"])} ${w.one([0, 1, 5, 10])} goto ${over}`);
      body();
      emit(`${over}:`);
      return;
    }
    case 6:
    case 7:
      record(w, emit, body);
      return;
    case 8:
    case 9:
      dynptr(w, emit, body);
      return;
    case 10:
    case 11:
      iterate(w, emit, body);
      return;
    case 12:
      section(w, emit, body);
      return;
    case 13:
    case 14:
      callBack(w, emit, slot);
      return;
    case 15:
      callGlobal(w, emit, kept, slot);
      return;
    case 16:
      if (w.type !== "tracepoint" || w.rarely(20)) timer(w, emit, body);
      return;
    default:
      // Elsewhere it would be the end of every program.
      if (w.type === "sched_cls" || w.rarely(20)) lockedValue(w, emit, body);
  }
}

function record(w: Writer, emit: Emit, body: () => void): void {
  const none = w.label();
  const holder = w.place(8);
  const checks = !w.rarely(25);
  emit("r1 = map[ring]", `r2 = ${w.one([8, 16, 24])}`, "r3 = 0", "call ringbuf_reserve");
  if (checks) emit(`if r0 == 0 goto ${none}`);
  emit(`*(u64 *)(r10 - ${holder}) = r0`);
  if (w.rarely(2)) emit(`*(u64 *)(r0 + ${w.rarely(10) ? 24 : 0}) = 5`);
  body();
  if (!w.rarely(20)) {
    emit(`r1 = *(u64 *)(r10 - ${holder})`, w.rarely(25) ? "r1 += 8" : "", "r2 = 0");
    emit(`call ${w.one(["ringbuf_submit", "ringbuf_discard"])}`);
  }
  emit(`${none}:`);
}

function dynptr(w: Writer, emit: Emit, body: () => void): void {
  const at = w.place(16);
  const local = w.rarely(2);
  if (local)
    emit(
      "*(u32 *)(r10 - 36) = 0\n r1 = map[array]",
      pointTo(2, 36),
      "call map_lookup_elem\n r1 = r0\n r2 = 16\n r3 = 0",
      pointTo(4, at),
      "call dynptr_from_mem",
    );
  else emit("r1 = map[ring]\n r2 = 16\n r3 = 0", pointTo(4, at), "call ringbuf_reserve_dynptr");
  if (w.rarely(25)) emit(`*(u64 *)(r10 - ${w.one([at, at - 8])}) = 0`);
  const here = w.rarely(30) ? at - 8 : at;
  switch (w.pick(5)) {
    case 0:
      emit(pointTo(1, here), "r2 = 0\n r3 = 8\n call dynptr_data", w.rarely(10) ? "" : "if r0 == 0 goto +1");
      emit(`*(u64 *)(r0 + ${w.rarely(10) ? 8 : 0}) = 1`);
      break;
    case 1:
      emit(pointTo(1, 8), "r2 = 8", pointTo(3, here), "r4 = 0\n r5 = 0\n call dynptr_read");
      break;
    case 2:
      emit(pointTo(1, here), "r2 = 0", pointTo(3, 16), "r4 = 8\n r5 = 0\n call dynptr_write");
      break;
    case 3:
      emit(pointTo(1, here), `call ${w.one(["bpf_dynptr_size", "bpf_dynptr_is_null", "bpf_dynptr_is_rdonly"])}`);
      break;
    default:
  }
  body();
  if (local || w.rarely(20)) return;
  emit(pointTo(1, at), "r2 = 0", `call ${w.one(["ringbuf_submit_dynptr", "ringbuf_discard_dynptr"])}`);
}

function iterate(w: Writer, emit: Emit, body: () => void): void {
  const at = w.place(8);
  const [again, done] = [w.label(), w.label()];
  emit(pointTo(1, at), `r2 = ${w.one([0, 3])}\n r3 = ${w.one([0, 5, 100])}`);
  if (!w.rarely(30)) emit("call bpf_iter_num_new");
  emit(`${again}:`, pointTo(1, w.rarely(40) ? at + 1 : at), "call bpf_iter_num_next");
  if (!w.rarely(40)) emit(`if r0 == 0 goto ${done}`);
  if (w.rarely(2)) emit(`r${w.one(KEPT)} = *(u32 *)(r0 + ${w.rarely(15) ? 4 : 0})`);
  if (w.rarely(3)) emit(`r${w.one(KEPT)} += 1`);
  body();
  emit(`goto ${again}`, `${done}:`);
  if (!w.rarely(25)) emit(pointTo(1, at), "call bpf_iter_num_destroy");
}

function section(w: Writer, emit: Emit, body: () => void): void {
  const [open, close] = w.one([
    ["bpf_rcu_read_lock", "bpf_rcu_read_unlock"],
    ["bpf_preempt_disable", "bpf_preempt_enable"],
  ]);
  if (!w.rarely(25)) emit(`call ${open}`);
  body();
  if (!w.rarely(25)) emit(`call ${close}`);
}

function callBack(w: Writer, emit: Emit, slot: number): void {
  const label = w.label();
  const each = w.rarely(3);
  const lines: string[] = [];
  const context = each ? "r4" : "r2";
  if (w.rarely(2)) lines.push(`r5 = *(u64 *)(${context} + 0)`, "r5 += 1", `*(u64 *)(${context} + 0) = r5`);
  if (w.rarely(3)) lines.push("if r1 == 3 goto +1", "r1 = 0");
  if (each && w.rarely(2)) lines.push(`r5 = *(u64 *)(r3 + ${w.rarely(15) ? 16 : 8})`);
  if (w.rarely(4)) step(w, (...more) => lines.push(...more.map((line) => line.replace(/r[789]\b/g, "r0"))), 3);
  lines.push(`r0 = ${w.rarely(20) ? 2 : w.pick(2)}`, "exit");
  w.functions.push({ label, signature: w.one(["-> int", "int, void* -> int"]), lines });
  if (each) emit(`r1 = map[${w.rarely(20) ? "stacks" : w.one(["array", "hash"])}]`);
  else if (w.rarely(3)) emit(`r1 = r${w.one(KEPT)}`);
  else emit(`r1 = ${w.one([0, 1, 2, 5, 1000])}`);
  emit(`r2 = func[${label}]`, pointTo(3, slot), `r4 = 0\n call ${each ? "for_each_map_elem" : "loop"}`);
}

function callGlobal(w: Writer, emit: Emit, kept: number, slot: number): void {
  const label = `g${w.label()}`;
  const [signature, set, use] = w.one([
    ["int -> int", `r1 = r${kept}`, "r1 &= 7\n r2 = r10\n r2 += -8\n r2 += r1\n r0 = *(u8 *)(r2 + 0)"],
    ["mem -> int", pointTo(1, slot + 8), "r0 = 0\n if r1 == 0 goto +1\n r0 = *(u32 *)(r1 + 4)"],
    ["ctx -> int", "r1 = r6", "r0 = 1"],
  ] as const);
  const lines = [w.rarely(15) ? "r0 = *(u32 *)(r1 + 0)" : use, w.rarely(20) ? "r0 = r10" : "", "exit"];
  w.functions.push({ label, signature, lines });
  emit(w.rarely(15) ? `r1 = ${w.one(["r10", "0", "r6"])}` : set, `call ${label}`);
  if (w.rarely(2)) emit(`r${kept} = r0`);
}

/** The program that a tape stands for; functions whose label begins with `g` are global. */
export function typedTextFromTape(tape: readonly number[]): TypedText {
  const w = new Writer(tape);
  w.type = w.one(TYPES);
  const emit: Emit = (...lines) => w.lines.push(...lines);
  emit(
    "r6 = r1",
    ...KEPT.map((register) => `r${register} = ${register}`),
    ...DATA.map((at) => `*(u64 *)(r10 - ${at}) = 0`),
  );
  while (!w.exhausted) step(w, emit, 0);
  emit("r0 = 0", "exit");
  const functions = w.functions.map(({ label, lines }) => `${label}:\n${lines.join("\n")}`);
  return {
    name: "generated",
    type: w.type,
    text: [...w.lines, ...functions].join("\n"),
    functions: w.functions.map(({ label }) => label),
    signatures: w.functions.map(({ signature }) => signature),
    globals: w.functions.map(({ label }) => label.startsWith("g")),
  };
}
