/** Programs with BTF of their own, which call functions of Linux and hand functions of theirs to helpers. */
import { assemble } from "../../src/asm/assemble.ts";
import { type Btf, parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import type { BtfTypeSpec, Linkage } from "../../src/btf/type.ts";
import { helperId } from "../../src/helpers/names.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { ARENA_START } from "../../src/maps/arena.ts";
import { MAP_FLAGS } from "../../src/maps/flags.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import type { AttachType } from "../../src/programs/attach-types.ts";
import type { FunctionInfo, ProgramSpec } from "../../src/programs/spec.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { ARRAY, HASH, STACKS } from "./programs.ts";
import { CALLBACK_FUNCTION, MAIN_FUNCTION, mapOf, OBJECT_TYPES, type ObjectType, VALUE_BTF } from "./value-types.ts";

const FROZEN: MapSpec = {
  type: "array",
  name: "frozen",
  keySize: 4,
  valueSize: 16,
  maxEntries: 1,
  flags: 0,
  frozen: Uint8Array.from({ length: 16 }, (_, at) => 17 * at + 1),
};

/** Texts by where they begin: `a` 0, `%d %s` 8, `%d %q` 16, `x=%llx %d` 24, and one without an end 56. */
const TEXTS = new Uint8Array(64);
for (const [at, text] of [
  [0, "a"],
  [8, "%d %s"],
  [16, "%d %q"],
  [24, "x=%llx %d"],
  [40, "\x07"],
  [56, "no end.."],
] as const)
  TEXTS.set(new TextEncoder().encode(text), at);

const ARENA: MapSpec = {
  ...{ type: "arena", name: "arena", keySize: 0, valueSize: 0, maxEntries: 4, flags: MAP_FLAGS.MMAPABLE },
  mapExtra: ARENA_START,
};

const RING: MapSpec = { type: "ringbuf", name: "ring", keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 };
export const TYPED_MAPS: readonly MapSpec[] = [
  ARRAY,
  HASH,
  STACKS,
  RING,
  { type: "prog_array", name: "programs", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 },
  mapOf("array", "locked", "locked"),
  mapOf("hash", "nested", "nested"),
  mapOf("array", "one", "locked", { maxEntries: 1 }),
  mapOf("hash", "plain", "plain"),
  mapOf("hash", "timed", "timed"),
  mapOf("array", "clocks", "timedAndLocked"),
  mapOf("array", "queue", "queue"),
  mapOf("hash", "tree", "tree"),
  mapOf("array", "treeOne", "tree", { maxEntries: 1 }),
  mapOf("array", "queueOne", "queue", { maxEntries: 1 }),
  mapOf("array", "stash", "stash"),
  mapOf("hash", "stashes", "stash"),
  mapOf("array", "pointers", "pointingArray"),
  mapOf("array", "unreleasable", "unreleasable"),
  mapOf("array", "weakFile", "weakFile"),
  mapOf("array", "resilient", "resilientPair"),
  mapOf("hash", "resilients", "resilient"),
  mapOf("array", "works", "works"),
  mapOf("array", "tasks", "tasks"),
  mapOf("hash", "moreTasks", "tasks"),
  mapOf("hash", "moreWorks", "works"),
  {
    ...mapOf("hash", "outer", "number"),
    type: "array_of_maps",
    valueSize: 4,
    btf: undefined,
    inner: mapOf("array", "inner", "timed"),
  } as MapSpec,
  { ...FROZEN, name: "constants", flags: MAP_FLAGS.RDONLY_PROG },
  { ...FROZEN, name: "settled" },
  { ...FROZEN, name: "frozenHash", type: "hash", flags: MAP_FLAGS.RDONLY_PROG },
  { ...FROZEN, name: "frozenMany", maxEntries: 4, flags: MAP_FLAGS.RDONLY_PROG },
  { ...FROZEN, name: "texts", valueSize: 64, flags: MAP_FLAGS.RDONLY_PROG, frozen: TEXTS },
  { type: "user_ringbuf", name: "samples", keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 },
  { ...ARENA, name: "arena" },
  { ...ARENA, name: "arena2", mapExtra: 1n << 45n },
  { ...ARENA, name: "nowhere", mapExtra: 0n },
];

/** One program: `func[label]` is the address of a function, `call bpf_...` calls the function of Linux with that name. */
export interface TypedText {
  readonly name: string;
  readonly text: string;
  /** Default `socket_filter`. */
  readonly type?: ProgramType;
  /** Labels of its functions in order; those of `func_info`. Left out: the program has no BTF. */
  readonly functions?: readonly string[];
  readonly linkage?: Linkage;
  /** Which functions are global; left out: as `linkage` says. */
  readonly globals?: readonly boolean[];
  /** Of each function: `ctx, mem@nonnull -> int`, with the tags of a parameter. Left out: `-> int`. */
  readonly signatures?: readonly string[];
  /** Tags of the main function. */
  readonly tags?: readonly string[];
  /** What a tracing program is attached to: the name of a type of Linux. */
  readonly attach?: { readonly to: string; readonly as?: AttachType; readonly member?: string };
  readonly sleepable?: boolean;
  readonly license?: string;
  /** Its types are those of its maps' values, so that it can allocate objects: `local[item]` is the id of one. */
  readonly objects?: boolean;
  /** What differs in the records of its functions from what its labels say, by their order. */
  readonly records?: readonly Partial<FunctionInfo>[];
  /** Linux's message; undefined: accepted. */
  readonly error?: string;
  readonly errno?: string;
}

/** Placeholders that the assembler takes for a helper's id and for a 64-bit constant. */
const KFUNC = 0x4000_0000;
const FUNCTION = 0x5f5f_0000;
const SYMBOL = 0x5e5e_0000;

/** Bytes in front of a member: `mm`, or a member of a struct in it: `se.vruntime`. */
function offsetOf(kernel: Btf, struct: string, path: string): number {
  const found = pathOf(kernel, kernel.byName(struct, "struct")!.id, path)!;
  return found.bitOffset / 8;
}

/** Linux's message, with the ids that types have in this Linux: `type[task_struct]`. */
export const messageOf = ({ error }: TypedText, kernel: Btf): string | undefined =>
  error?.replace(/type\[(\w+)\]/g, (_, name: string) => `${kernel.byName(name)!.id}`);

/** Assembles it for a Linux with the given types; `maps` are those that it may name. */
export function typedProgram(each: TypedText, kernel: Btf, maps: readonly MapSpec[] = TYPED_MAPS): ProgramSpec {
  const { text, type, functions, signatures, linkage = "static", globals } = each;
  const kfuncs: string[] = [];
  const symbols: string[] = [];
  const labels: string[] = [];
  const plain = text
    .replace(/func\[(\w+)\]/g, (_, label: string) => `${FUNCTION + labels.push(label) - 1} ll`)
    .replace(/ksym\[(\w+)\]/g, (_, name: string) => `${SYMBOL + symbols.push(name) - 1} ll`)
    .replace(/type\[(\w+)\]/g, (_, name: string) => `${kernel.byName(name, "struct")!.id}`)
    .replace(/local\[(\w+)\]/g, (_, name: string) => `${OBJECT_TYPES[name as ObjectType]}`)
    .replace(/\b(\w+)->([\w.]+)/g, (_, struct: string, path: string) => `${offsetOf(kernel, struct, path)}`);
  const assembled = assemble(plain, {
    helper: (name) =>
      /^(__)?bpf_|^css_|^tcp_(reno|slow|cong)/.test(name) ? KFUNC + kfuncs.push(name) - 1 : helperId(name),
    map: (name) => {
      const index = maps.findIndex((map) => map.name === name);
      return index < 0 ? undefined : index;
    },
  });
  const insns = assembled.insns.map((insn, at): Instruction => {
    if (insn.code === 0x85 && insn.imm >= KFUNC)
      return { ...insn, src: 2, imm: kernel.byName(kfuncs[insn.imm - KFUNC], "func")?.id ?? 0 };
    if (insn.code === 0x18 && insn.imm >> 16 === FUNCTION >> 16)
      return { ...insn, src: 4, imm: assembled.labels.get(labels[insn.imm & 0xffff])! - at - 1 };
    if (insn.code === 0x18 && insn.imm >> 16 === SYMBOL >> 16)
      return { ...insn, src: 3, imm: kernel.byName(symbols[insn.imm & 0xffff])!.id };
    return insn;
  });
  const { attach, sleepable, license = "GPL" } = each;
  const program: ProgramSpec = {
    type: type ?? "socket_filter",
    name: "test",
    insns,
    maps,
    license,
    ...(sleepable ? { sleepable } : {}),
    ...(attach
      ? {
          attachBtfId:
            kernel.byName(
              attach.to,
              attach.as === "trace_iter" ? "func" : attach.member === undefined ? undefined : "struct",
            )?.id ?? 0,
          ...(attach.member === undefined ? {} : { attachMember: attach.member }),
          expectedAttachType: attach.member === undefined ? (attach.as ?? "trace_raw_tp") : "struct_ops",
        }
      : {}),
  };
  if (functions === undefined && !each.objects) return program;
  const starts = [0, ...(functions ?? []).map((label) => assembled.labels.get(label)!)];
  if (functions === undefined || each.objects) {
    const list = starts.map((insn, k) => ({ insn, type: k === 0 ? MAIN_FUNCTION : CALLBACK_FUNCTION }));
    return { ...program, btf: VALUE_BTF, functions: list };
  }
  const plainOnes = functions.map(() => "-> int");
  const linkages = functions.map(
    (_, k): Linkage => (globals === undefined ? linkage : globals[k] ? "global" : "static"),
  );
  const { btf, ids } = functionTypes(
    signatures ?? plainOnes,
    linkages,
    type === "xdp" ? "xdp_md" : "__sk_buff",
    each.tags ?? [],
  );
  const records = starts.map((insn, k) => ({ insn, type: ids[k], ...each.records?.[k] }));
  return { ...program, btf, functions: records };
}

const known = new Map<string, Btf>();

interface Functions {
  readonly btf: Btf;
  readonly ids: readonly number[];
}

/**
 * BTF with `main` and the functions of the signatures, `f1` and so on. A signature is its arguments' types and its result:
 * `ctx, mem -> int`. One object for the same question.
 */
function functionTypes(
  signatures: readonly string[],
  linkages: readonly Linkage[],
  context: string,
  tags: readonly string[],
): Functions {
  const key = `${signatures.join(";")} ${linkages} ${context} ${tags}`;
  const types: BtfTypeSpec[] = [];
  const add = (type: BtfTypeSpec): number => types.push(type);
  const struct = (name: string, size: number): number =>
    add({ kind: "struct", name, size, members: [{ name: "a", type: int, bitOffset: 0, bitSize: 0 }] });
  const pointer = (type: number): number => add({ kind: "ptr", name: "", type });
  const int = add({ kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" });
  const named: Readonly<Record<string, number>> = {
    int,
    void: 0,
    ctx: pointer(struct(context, 4)),
    mem: pointer(struct("sixteen", 16)),
    opaque: pointer(add({ kind: "fwd", name: "opaque", of: "struct" })),
    "void*": pointer(0),
    struct: struct("eight", 8),
    dynptr: pointer(struct("bpf_dynptr", 16)),
    task: pointer(struct("task_struct", 4)),
    nothing: pointer(struct("no_such_struct", 4)),
    "int*": pointer(int),
  };
  const ids = ["ctx -> int", ...signatures].map((signature, k) => {
    const [params, result] = signature.split("->").map((part) => part.trim());
    const list =
      params === ""
        ? []
        : params.split(",").map((word, n) => ({ name: `p${n}`, type: named[word.split("@")[0].trim()] }));
    const type = add({ kind: "func_proto", name: "", type: named[result], params: list });
    const linkage = k === 0 ? "global" : linkages[k - 1];
    const id = add({ kind: "func", name: k === 0 ? "main" : `f${k}`, type, linkage });
    const tag = (name: string, component: number): number =>
      add({ kind: "decl_tag", name, type: id, component, attribute: false });
    params.split(",").forEach((word, n) => {
      for (const each of word.trim().split("@").slice(1)) tag(`arg:${each}`, n);
    });
    if (k === 0) for (const each of tags) tag(each, -1);
    return id;
  });
  let btf = known.get(key);
  if (btf === undefined) {
    btf = parseBtf(buildBtf(types));
    known.set(key, btf);
  }
  return { btf, ids };
}

/** A Linux with just the functions that the cases call, as the running one declares them. */
export const SMALL_KERNEL: Btf = smallKernel();

function smallKernel(): Btf {
  const types: BtfTypeSpec[] = [];
  const add = (type: BtfTypeSpec): number => types.push(type);
  const int = add({ kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" });
  const long = add({ kind: "int", name: "unsigned long", size: 8, bits: 64, bitOffset: 0, encoding: "" });
  const pointer = (type: number): number => add({ kind: "ptr", name: "", type });
  const members = [{ name: "__opaque", type: long, bitOffset: 0, bitSize: 0 }];
  const iterator = pointer(add({ kind: "struct", name: "bpf_iter_num", size: 8, members }));
  const declare = (name: string, result: number, ...params: (readonly [name: string, type: number])[]): void => {
    const list = params.map(([param, type]) => ({ name: param, type }));
    const proto = add({ kind: "func_proto", name: "", type: result, params: list });
    add({ kind: "func", name, type: proto, linkage: "static" });
  };
  for (const name of ["bpf_rcu_read_lock", "bpf_rcu_read_unlock", "bpf_preempt_disable", "bpf_preempt_enable"])
    declare(name, 0);
  declare("bpf_iter_num_new", int, ["it", iterator], ["start", int], ["end", int]);
  declare("bpf_iter_num_next", pointer(int), ["it", iterator]);
  declare("bpf_iter_num_destroy", 0, ["it", iterator]);
  declare("bpf_dynptr_init", 0, ["ptr", pointer(0)]);
  return parseBtf(buildBtf(types));
}
