/**
 * Programs with objects in map values and on the heap, made from a tape of numbers: allocated objects, lists, trees, kernel
 * pointers, resilient locks, saved interrupts, workqueues. Most are right; now and then something is left out or moved.
 */
import type { TypedText } from "../verifier/typed-programs.ts";
import { type Emit, Writer } from "./typed-generator.ts";

/** Objects, and where their nodes for a list and a tree are. */
const OBJECTS = [
  { type: "pair", data: 8, list: 0, tree: 0 },
  { type: "item", data: 56, list: 8, tree: 0 },
  { type: "leaf", data: 0, list: 0, tree: 8 },
  { type: "shared", data: 0, list: 16, tree: 40 },
] as const;
type ObjectRow = (typeof OBJECTS)[number];

/** Pointers in the value of `stash`, by what they point to. */
const POINTERS = { pair: 0, item: 8, shared: 16, task: 24 } as const;

const toStack = (at: number, register = 0): string => `*(u64 *)(r10 - ${at}) = r${register}`;
const fromStack = (register: number, at: number): string => `r${register} = *(u64 *)(r10 - ${at})`;
const flagAt = (register: number, at: number): string => `r${register} = r10\n r${register} += -${at}`;

function lookup(w: Writer, emit: Emit, map: string, none: string): number {
  const holder = w.place(8);
  emit(`*(u32 *)(r10 - 36) = ${w.pick(4)}\n r1 = map[${map}]\n r2 = r10\n r2 += -36\n call map_lookup_elem`);
  if (!w.rarely(40)) emit(`if r0 == 0 goto ${none}`);
  emit(toStack(holder));
  return holder;
}

/** A new object in a slot of the stack. */
function allocate(w: Writer, emit: Emit, type: string, none: string): number {
  const holder = w.place(8);
  emit(`r1 = local[${type}]\n r2 = 0\n call bpf_obj_new_impl`);
  if (!w.rarely(30)) emit(`if r0 == 0 goto ${none}`);
  emit(toStack(holder));
  return holder;
}

function drop(w: Writer, emit: Emit, holder: number): void {
  if (w.rarely(40)) return;
  emit(fromStack(1, holder), w.rarely(40) ? "r1 += 8" : "", "r2 = 0\n call bpf_obj_drop_impl");
}

function use(w: Writer, emit: Emit, holder: number, { data }: ObjectRow): void {
  const at = w.rarely(20) ? w.one([8, 16, 64, 80]) : data;
  emit(fromStack(1, holder));
  emit(w.one([`*(u64 *)(r1 + ${at}) = 5`, `r8 = *(u64 *)(r1 + ${at})`, `r8 = *(u32 *)(r1 + ${at})`]));
}

function object(w: Writer, emit: Emit, body: () => void): void {
  const row = w.one(OBJECTS);
  const none = w.label();
  const holder = allocate(w, emit, row.type, none);
  if (w.rarely(2)) use(w, emit, holder, row);
  if (row.type === "shared" && w.rarely(2)) {
    emit(fromStack(1, holder), "r2 = 0\n call bpf_refcount_acquire_impl");
    emit(w.rarely(20) ? "" : "r1 = r0\n r2 = 0\n call bpf_obj_drop_impl");
  }
  body();
  drop(w, emit, holder);
  emit(`${none}:`);
}

/** One operation on a list or tree with its lock held. */
function graph(w: Writer, emit: Emit, body: () => void): void {
  const none = w.label();
  const isTree = w.rarely(2);
  const row: ObjectRow = w.one<ObjectRow>(isTree ? [OBJECTS[2], OBJECTS[3]] : [OBJECTS[1], OBJECTS[3]]);
  const second = row.type === "shared";
  const value = lookup(w, emit, isTree ? "tree" : "queue", none);
  const root = `${fromStack(1, value)}\n r1 += ${w.rarely(30) ? 16 : second ? 24 : 8}`;
  const node = isTree ? row.tree : row.list;
  const inserts = !w.rarely(3);
  const holder = inserts ? allocate(w, emit, w.rarely(20) ? w.one(OBJECTS).type : row.type, none) : w.place(8);
  if (inserts && w.rarely(3)) use(w, emit, holder, row);
  if (!w.rarely(25)) emit(fromStack(1, value), "call spin_lock");
  if (inserts) {
    emit(root, fromStack(2, holder), `r2 += ${w.rarely(30) ? 8 : node}`);
    if (isTree) emit(`r3 = func[${less(w, node)}]\n r4 = 0\n r5 = 0\n call bpf_rbtree_add_impl`);
    else emit(`r3 = 0\n r4 = 0\n call bpf_list_push_${w.one(["front", "back"])}_impl`);
    if (w.rarely(3)) use(w, emit, holder, row);
  } else takeOut(w, emit, { isTree, root, node, holder });
  if (w.rarely(20)) body();
  if (!w.rarely(30)) emit(fromStack(1, value), "call spin_unlock");
  if (inserts ? w.rarely(15) : w.rarely(3)) use(w, emit, holder, row);
  if (!inserts && !w.rarely(20)) {
    const empty = w.label();
    emit(fromStack(1, holder), `if r1 == 0 goto ${empty}`, w.rarely(20) ? "" : `r1 += -${node}`);
    emit("r2 = 0\n call bpf_obj_drop_impl", `${empty}:`);
  }
  emit(`${none}:`);
}

interface Place {
  readonly isTree: boolean;
  readonly root: string;
  readonly node: number;
  readonly holder: number;
}

/** Looks at an object, or takes one out into the holder, which holds NULL where there is none. */
function takeOut(w: Writer, emit: Emit, { isTree, root, node, holder }: Place): void {
  const empty = w.label();
  emit(`*(u64 *)(r10 - ${holder}) = 0`);
  if (!isTree && !w.rarely(3)) {
    emit(root, `call bpf_list_pop_${w.one(["front", "back"])}`, toStack(holder));
    return;
  }
  emit(root, isTree ? `call bpf_rbtree_${w.one(["first", "root"])}` : `call bpf_list_${w.one(["front", "back"])}`);
  if (!w.rarely(20)) emit(`if r0 == 0 goto ${empty}`);
  if (w.rarely(2)) emit(`r8 = *(u64 *)(r0 - ${w.rarely(10) ? node + 8 : node})`);
  if (isTree && w.rarely(2)) {
    emit("r9 = r0", root, `r2 = r9\n call bpf_rbtree_${w.one(["left", "right"])}`);
    if (!w.rarely(20)) emit(`if r0 == 0 goto ${empty}`);
  }
  if (isTree) emit("r9 = r0", root, "r2 = r9\n call bpf_rbtree_remove", toStack(holder));
  emit(`${empty}:`);
}

/** A function that compares two objects of a tree. */
function less(w: Writer, node: number): string {
  const label = w.label();
  const lines = [
    `r3 = *(u64 *)(r1 - ${w.rarely(20) ? 0 : node})\n r4 = *(u64 *)(r2 - ${node})`,
    w.rarely(20) ? "call ktime_get_ns" : "",
    `r0 = ${w.rarely(20) ? 3 : 0}`,
    w.rarely(2) ? "exit" : "if r3 >= r4 goto +1\n r0 = 1\n exit",
  ];
  w.functions.push({ label, signature: "", lines });
  return label;
}

function pointer(w: Writer, emit: Emit, body: () => void): void {
  const none = w.label();
  const value = lookup(w, emit, w.one(["stash", "stashes"]), none);
  const name = w.one(["pair", "item", "shared", "task"] as const);
  const at = w.rarely(20) ? w.one([4, 32, 40, 56]) : POINTERS[name];
  switch (w.pick(4)) {
    case 0:
      load(w, emit, value, at);
      break;
    case 1:
      emit(fromStack(1, value), w.one(["*(u64 *)(r1 + 32) = 0", "r2 = *(u64 *)(r1 + 32)\n *(u64 *)(r1 + 32) = r2"]));
      if (w.rarely(10)) emit(fromStack(1, value), `*(u64 *)(r1 + ${at}) = 0`);
      break;
    default: {
      const fresh = w.rarely(2) && name !== "task";
      const holder = fresh ? allocate(w, emit, w.rarely(20) ? "leaf" : name, none) : 0;
      emit(fromStack(1, value), `r1 += ${at}`, fresh ? fromStack(2, holder) : "r2 = 0", "call kptr_xchg");
      if (w.rarely(30)) break;
      if (!w.rarely(30)) emit(`if r0 == 0 goto ${none}`);
      emit("r1 = r0", name === "task" ? "call bpf_task_release" : "r2 = 0\n call bpf_obj_drop_impl");
    }
  }
  body();
  emit(`${none}:`);
}

/** A pointer is read, in an RCU section or not. */
function load(w: Writer, emit: Emit, value: number, at: number): void {
  const over = w.label();
  const section = w.rarely(2);
  if (section) emit("call bpf_rcu_read_lock");
  emit(fromStack(1, value), `r7 = *(u64 *)(r1 + ${at})`);
  if (section && w.rarely(6)) emit("call bpf_rcu_read_unlock");
  if (!w.rarely(20)) emit(`if r7 == 0 goto ${over}`);
  emit(w.one(["r8 = *(u64 *)(r7 + 0)", "*(u64 *)(r7 + 0) = 1", "r8 = *(u64 *)(r7 + 56)"]));
  emit(`${over}:`);
  if (section && !w.rarely(10)) emit("call bpf_rcu_read_unlock");
}

function interrupts(w: Writer, emit: Emit, body: () => void): void {
  const at = w.place(8);
  if (!w.rarely(30)) emit(flagAt(1, at), "call bpf_local_irq_save");
  body();
  if (w.rarely(40)) emit(`*(u64 *)(r10 - ${at}) = 0`);
  if (!w.rarely(30)) emit(flagAt(1, w.rarely(40) ? at - 8 : at), "call bpf_local_irq_restore");
}

function resilient(w: Writer, emit: Emit, body: () => void): void {
  const none = w.label();
  const irq = w.rarely(2);
  const value = lookup(w, emit, "resilient", none);
  const flag = w.place(8);
  const lock = `${fromStack(1, value)}\n r1 += ${w.rarely(30) ? 0 : 8}`;
  const second = irq ? flagAt(2, flag) : "";
  emit(lock, second, `call bpf_res_spin_lock${irq ? "_irqsave" : ""}`);
  if (!w.rarely(25)) emit(`if r0 != 0 goto ${none}`);
  if (w.rarely(2)) emit(fromStack(1, value), "*(u64 *)(r1 + 0) = 1");
  if (w.rarely(4)) resilient(w, emit, () => {});
  if (w.rarely(10)) body();
  if (!w.rarely(25)) emit(lock, second, `call bpf_res_spin_unlock${irq !== w.rarely(20) ? "_irqrestore" : ""}`);
  body();
  emit(`${none}:`);
}

function work(w: Writer, emit: Emit): void {
  const none = w.label();
  const map = w.one(["works", "moreWorks"]);
  const value = lookup(w, emit, map, none);
  const at = `${fromStack(1, value)}\n r1 += ${w.rarely(30) ? 0 : 8}`;
  const label = w.label();
  const lines: string[] = [];
  if (w.rarely(2)) lines.push(`r1 = *(u64 *)(r3 + ${w.rarely(20) ? 8 : 0})\n r1 += 1\n *(u64 *)(r3 + 24) = r1`);
  if (w.rarely(3)) lines.push("r1 = r3\n r1 += 8\n r2 = 0\n call bpf_wq_start");
  lines.push(`r0 = ${w.rarely(20) ? 1 : 0}`, "exit");
  w.functions.push({ label, signature: "", lines });
  emit(at, `r2 = map[${w.rarely(20) ? "works" : map}]\n r3 = 0\n call bpf_wq_init`);
  emit(at, `r2 = func[${label}]\n r3 = 0\n r4 = 0\n call bpf_wq_set_callback_impl`);
  emit(at, "r2 = 0\n call bpf_wq_start", `${none}:`);
}

function step(w: Writer, emit: Emit, depth: number): void {
  const body = (): void => {
    if (depth < 2 && w.rarely(2)) step(w, emit, depth + 1);
  };
  switch (w.pick(9)) {
    case 0:
      object(w, emit, body);
      return;
    case 1:
    case 2:
    case 3:
      graph(w, emit, body);
      return;
    case 4:
    case 5:
      pointer(w, emit, body);
      return;
    case 6:
      interrupts(w, emit, body);
      return;
    case 7:
      resilient(w, emit, body);
      return;
    default:
      work(w, emit);
  }
}

/** The program that a tape stands for. */
export function objectTextFromTape(tape: readonly number[]): TypedText {
  const w = new Writer(tape);
  w.type = w.one(["sched_cls", "sched_cls", "syscall"]);
  const emit: Emit = (...lines) => w.lines.push(...lines.filter((line) => line !== ""));
  emit("r8 = 8\n r9 = 9");
  while (!w.exhausted) step(w, emit, 0);
  emit("r0 = 0", "exit");
  return {
    name: "generated",
    type: w.type,
    objects: true,
    text: [...w.lines, ...w.functions.map(({ label, lines }) => `${label}:\n${lines.join("\n")}`)].join("\n"),
    functions: w.functions.map(({ label }) => label),
  };
}
