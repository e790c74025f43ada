/**
 * Programs of kinds that the other generators leave out, made from a tape of numbers: exceptions, arenas, loops that the
 * machine ends, private stacks, metadata in front of packets, dynptrs of packets, more iterators and callbacks, functions
 * whose parameters have tags, timers and workqueues from global functions. Most are right; now and then something is moved.
 */
import type { ProgramType } from "../../src/programs/types.ts";
import type { TypedText } from "../verifier/typed-programs.ts";
import { type Emit, Writer } from "./typed-generator.ts";

const TYPES: readonly ProgramType[] = ["sched_cls", "sched_cls", "xdp", "xdp", "syscall", "kprobe", "perf_event"];
const KEPT = [7, 8, 9] as const;
const DATA = [8, 16, 24, 32] as const;
const SIZES = [1, 2, 4, 8] as const;
const bits = (bytes: number): string => `u${8 * bytes}`;
const at = (register: number, offset: number): string => `r${register} = r10\n r${register} += -${offset}`;
const isPacket = (w: Writer): boolean => w.type === "xdp" || w.type === "sched_cls";

/** What a program is made of while it is written. */
interface Draft {
  readonly w: Writer;
  readonly emit: Emit;
  readonly depth: number;
  /** Which function is written: callbacks have neither the context nor the main function's registers. */
  readonly inside: "main" | "function";
}

type Kind = (draft: Draft, body: () => void) => void;

function number({ w, emit }: Draft): void {
  const kept = w.one(KEPT);
  const slot = w.one(DATA);
  emit(
    w.one([
      `r${kept} = ${w.one([0, 1, 7, 100, -1])}`,
      `call get_prandom_u32\n r${kept} = r0\n r${kept} &= ${w.one([1, 7, 255])}`,
      `r${kept} += ${w.one([1, 3])}`,
      `*(u64 *)(r10 - ${slot}) = r${kept}`,
      `r${kept} = *(u64 *)(r10 - ${slot})`,
    ]),
  );
}

const branch: Kind = ({ w, emit }, body) => {
  const over = w.label();
  emit(`if r${w.one(KEPT)} ${w.one(["==", "!=", "<", ">", "s<"])} ${w.one([0, 1, 5, 10])} goto ${over}`);
  body();
  emit(`${over}:`);
};

/** Throws here or in a function, mostly on one path, now and then while something is held. */
const exception: Kind = ({ w, emit }, body) => {
  const over = w.label();
  const what = w.rarely(12) ? "r1 = r10" : w.rarely(3) ? `r1 = r${w.one(KEPT)}` : `r1 = ${w.one([0, 1, 2, 7])}`;
  const throws = `${what}\n call bpf_throw`;
  const held = w.rarely(15) ? w.one(["bpf_rcu_read_lock", "bpf_preempt_disable"]) : undefined;
  if (held) emit(`call ${held}`);
  if (!w.rarely(6)) emit(`if r${w.one(KEPT)} ${w.one(["==", "<", "s>"])} ${w.one([1, 5, 10])} goto ${over}`);
  if (w.rarely(3)) {
    const label = `${w.rarely(2) ? "g" : ""}${w.label()}`;
    const lines = ["r7 = r1", ...(w.rarely(2) ? [`if r7 > ${w.one([0, 5])} goto +2`] : []), "r1 = 1\n call bpf_throw"];
    w.functions.push({ label, signature: "int -> int", lines: [...lines, "r0 = 0", "exit"] });
    emit(`r1 = ${w.one([0, 1, 9])}`, `call ${label}`);
  } else emit(throws);
  emit(`${over}:`);
  if (held) emit(`call ${held === "bpf_rcu_read_lock" ? "bpf_rcu_read_unlock" : "bpf_preempt_enable"}`);
  body();
};

/** An address in the arena, cast or not, and what is done with it. */
const arena: Kind = ({ w, emit }, body) => {
  const kept = w.one(KEPT);
  if (w.type === "syscall" && w.rarely(2)) {
    emit(`r1 = map[${w.rarely(12) ? "array" : "arena"}]\n r2 = 0\n r3 = ${w.rarely(12) ? "r10" : w.one([1, 2])}`);
    emit(`r4 = -1\n r5 = 0\n call bpf_arena_${w.one(["alloc", "alloc", "reserve"])}_pages\n r${kept} = r0`);
  } else emit("r1 = map[arena][0]", `r${kept} = addr_space_cast(r1, 0, ${w.rarely(30) ? 2 : 1})`);
  for (let k = 1 + w.pick(3); k > 0; k--) {
    const size = w.one(SIZES);
    const place = `*(${bits(size)} *)(r${kept} + ${w.one([0, 3, 8, 4096, -8])})`;
    emit(
      w.one([
        `${place} = 1`,
        `${place} = r${kept}`,
        `r0 = ${place}`,
        `r${kept} += ${w.one([8, 4096])}`,
        `r${kept} ${w.one(["*=", "&=", ">>="])} 3`,
        `r0 = 1\n lock *(u64 *)(r${kept} + 8) += r0`,
        `r0 = 1\n r0 = atomic_fetch_${w.one(["add", "xor", "and"])}((u64 *)(r${kept} + 8), r0)`,
        `r0 = load_acquire((u32 *)(r${kept} + 0))`,
        `r0 = *(u64 *)(r${kept} + 8)\n r${kept} = addr_space_cast(r0, 0, 1)`,
        `*(u64 *)(r10 - 8) = r${kept}\n r${kept} = *(u64 *)(r10 - 8)`,
        `if r${kept} == 0 goto +1\n *(u8 *)(r${kept} + 0) = 1`,
      ]),
    );
  }
  body();
  if (!w.rarely(8)) emit(`r${kept} = ${w.one([0, 5])}`);
};

/** A loop that the machine ends: a counter or a sum in it converges where it is not needed exactly. */
const mayGoto: Kind = ({ w, emit, depth }, body) => {
  const [again, done] = [w.label(), w.label()];
  const kept = w.one(KEPT);
  emit(`r${kept} = 0`, `${again}:`);
  if (!w.rarely(40)) emit(`may_goto ${done}`);
  else emit(`if r${kept} > 5 goto ${done}`);
  if (w.rarely(2)) emit(`r${kept} += 1`);
  if (w.rarely(3)) emit(`if r${kept} == ${w.one([3, 10])} goto ${done}`);
  if (depth < 1) body();
  emit(`goto ${again}`, `${done}:`);
};

/** Functions with large stacks: some kinds of programs have those in memory of their own. */
const stacks: Kind = ({ w, emit }) => {
  const label = w.label();
  const bytes = w.one([8, 40, 64, 120, 256, 400, 500, 512]);
  const lines = [`*(u64 *)(r10 - ${bytes}) = ${w.one([0, 1])}`, `r0 = *(u64 *)(r10 - ${bytes})`];
  const deeper = w.functions.findLast(({ lines: [first] }) => first.startsWith("*(u64 *)(r10"));
  if (deeper && w.rarely(2)) lines.push(`call ${deeper.label}`);
  if (w.rarely(6)) lines.push("r1 = 0\n r2 = map[programs]\n r3 = 0\n call tail_call");
  w.functions.push({ label, signature: "-> int", lines: [...lines, "r0 = 0", "exit"] });
  emit(`call ${label}`);
};

/** Bytes in front of a packet, compared with where it begins. */
const metadata: Kind = ({ w, emit, inside }) => {
  if (!isPacket(w) || inside === "function") return;
  const [meta, data] = w.type === "xdp" ? [8, 0] : [140, 76];
  if (w.type === "xdp" && w.rarely(2)) emit(`r1 = r6\n r2 = ${w.one([-8, -4, -32])}\n call xdp_adjust_meta`);
  const over = w.label();
  const length = w.one([4, 8, 16]);
  const [from, to] = w.rarely(12) ? [data, meta] : [meta, data];
  emit(`r2 = *(u32 *)(r6 + ${from})\n r3 = *(u32 *)(r6 + ${to})\n r4 = r2\n r4 += ${length}`);
  emit(w.one([`if r4 > r3 goto ${over}`, `if r3 < r4 goto ${over}`, `if r4 >= r3 goto ${over}`]));
  const size = w.one(SIZES);
  const offset = w.rarely(10) ? length : w.pick(length - size + 1);
  emit(w.rarely(2) ? `r0 = *(${bits(size)} *)(r2 + ${offset})` : `*(${bits(size)} *)(r2 + ${offset}) = 1`);
  emit(`${over}:`);
};

/** A dynptr of the packet, and slices, copies and pieces of it. */
const packetDynptr: Kind = ({ w, emit, inside }, body) => {
  if (!isPacket(w) || inside === "function") return;
  const place = w.place(16);
  const other = w.place(16);
  const from = w.type === "xdp" ? "xdp" : w.rarely(6) ? "skb_meta" : "skb";
  emit(`r1 = r6\n r2 = ${w.rarely(15) ? 1 : 0}\n ${at(3, place)}\n call bpf_dynptr_from_${from}`);
  const none = w.label();
  switch (w.pick(6)) {
    case 0:
    case 1: {
      const size = w.one([8, 16]);
      const writes = w.rarely(2);
      const buffer = w.rarely(4) ? "r3 = 0" : at(3, 32);
      emit(`${at(1, place)}\n r2 = ${w.one([0, 14])}\n ${buffer}\n r4 = ${w.rarely(15) ? 40 : size}`);
      emit(`call bpf_dynptr_slice${writes ? "_rdwr" : ""}`);
      if (!w.rarely(15)) emit(`if r0 == 0 goto ${none}`);
      emit(writes !== w.rarely(12) ? "*(u64 *)(r0 + 0) = 1" : `r1 = *(u64 *)(r0 + ${w.rarely(10) ? 12 : size - 8})`);
      break;
    }
    case 2:
      emit(`${at(1, place)}\n ${at(2, other)}\n call bpf_dynptr_clone\n ${at(1, other)}\n call bpf_dynptr_size`);
      break;
    case 3:
      emit(`${at(1, place)}\n r2 = ${w.one([0, 8])}\n r3 = 8\n call bpf_dynptr_adjust`);
      break;
    case 4:
      emit(`${at(1, 16)}\n r2 = ${w.one([8, 16, 24])}\n ${at(3, place)}\n r4 = 0\n r5 = 0\n call dynptr_read`);
      break;
    default:
      emit(`${at(1, place)}\n r2 = 0\n ${at(3, place)}\n r4 = 4\n r5 = 8\n call bpf_dynptr_copy`);
  }
  if (w.rarely(8)) emit(`*(u64 *)(r10 - ${place}) = 0`);
  body();
  if (w.rarely(5)) emit(`${at(1, place)}\n call bpf_dynptr_is_null`);
  emit(`${none}:`);
};

/** Iterators over bits and numbers; what a loop adds up converges. */
const iterate: Kind = ({ w, emit, depth }, body) => {
  const isBits = w.rarely(2);
  const [name, place] = isBits ? ["bits", w.place(16)] : ["num", w.place(8)];
  const [again, done] = [w.label(), w.label()];
  emit(
    `*(u64 *)(r10 - 8) = 5\n ${at(1, place)}`,
    isBits ? `${at(2, 8)}\n r3 = ${w.one([1, 1, 0])}` : "r2 = 0\n r3 = 9",
  );
  emit(`call bpf_iter_${w.rarely(30) ? "num" : name}_new`);
  emit(`${again}:`, at(1, place), `call bpf_iter_${name}_next`);
  if (!w.rarely(30)) emit(`if r0 == 0 goto ${done}`);
  emit(w.rarely(2) ? `r${w.one(KEPT)} = *(u32 *)(r0 + 0)` : `r${w.one(KEPT)} += 1`);
  if (depth < 2) body();
  emit(w.rarely(8) ? `if r${w.one(KEPT)} < 9 goto ${again}` : `goto ${again}`, `${done}:`);
  if (!w.rarely(20)) emit(at(1, place), `call bpf_iter_${name}_destroy`);
};

/** A function that a helper calls, which writes to the caller's stack through its context. */
const callBack: Kind = ({ w, emit, depth }) => {
  const label = w.label();
  const [helper, context] = w.one([
    ["loop", 2],
    ["for_each_map_elem", 4],
    ["user_ringbuf_drain", 2],
  ] as const);
  const lines: string[] = [`r6 = r${context}`, "r7 = 1\n r8 = 2\n r9 = 3"];
  for (const slot of DATA) lines.push(`*(u64 *)(r10 - ${slot}) = 0`);
  if (w.rarely(2)) lines.push(`r1 = *(u64 *)(r6 + 0)\n r1 += 1\n *(u64 *)(r6 + ${w.rarely(15) ? 64 : 0}) = r1`);
  const inner: Emit = (...more) => lines.push(...more);
  for (let k = w.pick(3); k > 0; k--) step({ w, emit: inner, depth: depth + 2, inside: "function" });
  lines.push(`r0 = ${w.rarely(20) ? 2 : w.pick(2)}`, "exit");
  w.functions.push({ label, signature: "-> int", lines });
  const first = { loop: "r1 = 10", for_each_map_elem: "r1 = map[hash]", user_ringbuf_drain: "r1 = map[samples]" };
  const [second, third] = [`r2 = func[${label}]`, at(3, w.one(DATA))];
  emit(first[helper], second, third, `r4 = 0\n call ${helper}`);
};

/** Parameters with tags: what the caller passes, and what the function does with it. */
const tagged: Kind = ({ w, emit, inside }) => {
  const label = `g${w.label()}`;
  const MEMORY = at(1, w.one([16, 24, 32]));
  const [signature, set, use] = w.one([
    ["mem@nonnull", MEMORY, "r0 = *(u32 *)(r1 + 12)"],
    ["mem@nonnull", "r1 = 0", "r0 = *(u32 *)(r1 + 4)"],
    ["mem, int", `${MEMORY}\n r2 = r7`, "if r1 == 0 goto +1\n r0 = *(u32 *)(r1 + 4)"],
    ["void*@arena", "r1 = 5", "r0 = *(u8 *)(r1 + 0)"],
    ["int*@untrusted", "r1 = r9", "r0 = *(u32 *)(r1 + 100)"],
    ["void*@ctx", "r1 = r6", "r0 = r1"],
    ["ctx", "r1 = r6", "r0 = 1"],
    ["int, int", "r1 = r7\n r2 = r8", "r1 += r2\n r0 = r1"],
  ] as const);
  if (set === "r1 = r6" && inside === "function") return;
  const lines = ["r0 = 0", w.rarely(20) ? "r0 = *(u64 *)(r1 + 16)" : use, ...(w.rarely(2) ? [] : ["r0 = 0"]), "exit"];
  w.functions.push({ label, signature: `${signature} -> ${w.rarely(30) ? "void" : "int"}`, lines });
  emit(w.rarely(20) ? "r1 = r10" : set, `call ${label}`, w.rarely(3) ? `r${w.one(KEPT)} = r0` : "r0 = 0");
};

/** Texts and memory for helpers: sizes that are known, bounded, or too large. */
const memory: Kind = ({ w, emit }) => {
  const kept = w.one(KEPT);
  emit(
    w.one([
      `*(u64 *)(r10 - 8) = 49\n ${at(1, 8)}\n r2 = ${w.one([8, 8, 7])}\n r3 = 0\n ${at(4, 16)}\n call strtol\n r${kept} = r0`,
      `*(u64 *)(r10 - 8) = 0\n ${at(1, 8)}\n r2 = 8\n r3 = map[texts][0]${w.rarely(8) ? "+56" : ""}\n call strncmp`,
      `*(u64 *)(r10 - 16) = 1\n ${at(1, 8)}\n r2 = 8\n r3 = map[texts][0]+${w.one([0, 16, 24])}\n ${at(4, 16)}\n r5 = ${w.one([8, 16])}\n call snprintf`,
      `r${kept} &= 7\n ${at(1, 8)}\n r2 = r${kept}\n r3 = 0\n call probe_read_kernel`,
      "r1 = r10\n r2 = 5\n call bpf_strcmp",
    ]),
  );
};

/** Another kind more often than a plain number; deep down only what ends. */
const KINDS: readonly Kind[] = [
  exception,
  exception,
  arena,
  arena,
  mayGoto,
  stacks,
  metadata,
  metadata,
  packetDynptr,
  packetDynptr,
  iterate,
  iterate,
  callBack,
  tagged,
  memory,
  branch,
  branch,
];

function step(draft: Draft): void {
  const { w, depth } = draft;
  if (depth > 2 || w.rarely(3)) {
    number(draft);
    return;
  }
  w.one(KINDS)(draft, () => {
    for (let k = w.pick(3); k > 0; k--) step({ ...draft, depth: depth + 1 });
  });
}

/** The program that a tape stands for; functions whose label begins with `g` are global. */
export function kindsTextFromTape(tape: readonly number[]): TypedText {
  const w = new Writer(tape);
  w.type = w.one(TYPES);
  const emit: Emit = (...lines) => w.lines.push(...lines);
  // What catches comes first, so that its name is known.
  const catches = w.rarely(4);
  if (catches) {
    const lines = [w.rarely(12) ? "r0 = r1 \n r1 = 0\n call bpf_throw" : `r0 = ${w.one(["r1", "0", "1"])}`, "exit"];
    w.functions.push({ label: w.rarely(20) ? "catcher" : "gcatcher", signature: "int -> int", lines });
  }
  emit("r6 = r1", ...KEPT.map((register) => `r${register} = ${register}`));
  emit(...DATA.map((slot) => `*(u64 *)(r10 - ${slot}) = 0`));
  while (!w.exhausted) step({ w, emit, depth: 0, inside: "main" });
  emit("r0 = 0", "exit");
  return {
    name: "generated",
    type: w.type,
    text: [...w.lines, ...w.functions.map(({ label, lines }) => `${label}:\n${lines.join("\n")}`)].join("\n"),
    functions: w.functions.map(({ label }) => label),
    signatures: w.functions.map(({ signature }) => signature),
    globals: w.functions.map(({ label }) => label.startsWith("g")),
    ...(catches ? { tags: ["exception_callback:f1"] } : {}),
  };
}
