/** What a tracing program is attached to: a function, tracepoint or iterator of Linux, whose arguments are its context. */
import type { Btf } from "../btf/btf.ts";
import { sizeOf } from "../btf/size.ts";
import { type BtfType, type FuncProtoType, isComposite } from "../btf/type.ts";
import type { AttachType } from "../programs/attach-types.ts";
import { ITERATOR_TARGETS } from "../programs/iterator-targets.ts";
import { NO_HOOKS, SLEEPABLE_HOOKS } from "../programs/lsm-hooks.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Environment } from "./environment.ts";
import { Rejection, reject } from "./rejection.ts";

/** A function, tracepoint or iterator, as its program sees it. */
export interface AttachTarget {
  readonly kind: "tracepoint" | "iterator" | "function" | "hook" | "member";
  /** As messages have it: without `btf_trace_`. */
  readonly name: string;
  readonly proto: FuncProtoType;
  /** The first parameter is Linux's own. */
  readonly skipped: number;
  readonly attachType: AttachType;
  /** Of a member: the structure of functions that it is of. */
  readonly struct?: string;
  /** Of a member: Linux's own function in its place, whose parameters' names say more. */
  readonly stub?: FuncProtoType;
}

/** What Linux tests such programs with; they call no helper. */
export const DUMMY_OPERATIONS = "bpf_dummy_ops";

const TYPED: ReadonlySet<string> = new Set(["tracing", "lsm", "struct_ops"]);
const TRACEPOINT_PREFIX = "btf_trace_";
const ITERATOR_PREFIX = "bpf_iter_";
const HOOK_PREFIX = "bpf_lsm_";
const MAX_ARGUMENTS = 12;
const LARGEST_ARGUMENT = 16;
/** Linux's greatest id. */
const MAX_ID = 0xf_ffff;

/** Functions that programs use themselves. */
const REJECTED: ReadonlySet<string> = new Set([
  "migrate_disable",
  "migrate_enable",
  "rcu_read_unlock_strict",
  "preempt_count_add",
  "preempt_count_sub",
  "__rcu_read_lock",
  "__rcu_read_unlock",
]);

const NEVER_RETURN: ReadonlySet<string> = new Set(["do_exit", "do_group_exit", "kthread_exit", "make_task_dead"]);

/** Which attach type the program has; a program that does not say it has its type's. */
const attachTypeOf = ({ spec, program }: Environment): AttachType | undefined =>
  spec.expectedAttachType ?? program.defaultAttach;

/** Finds what the program is attached to; undefined for types that are attached to nothing with types. */
export function checkAttachTarget(env: Environment): AttachTarget | undefined {
  const { spec } = env;
  if (!TYPED.has(spec.type)) return undefined;
  const attachType = attachTypeOf(env);
  if (spec.sleepable && (attachType === "trace_raw_tp" || attachType === "lsm_cgroup")) reject("sleepable_type");
  const kernel = env.kernel;
  if (kernel === undefined) return reject("not_modelled", `programs of type ${spec.type} without Linux's BTF`);
  const id = attachId(kernel, spec, attachType);
  if (id === 0) reject("attach_missing");
  if (id >= kernel.count) reject("attach_unknown", id);
  const type = kernel.type(id);
  switch (attachType) {
    case "struct_ops":
      return operation(env, kernel, type);
    case "trace_raw_tp":
      return tracepoint(kernel, type);
    case "trace_iter":
      return iterator(kernel, type);
    default:
      return functionTarget(env, kernel, type, attachType ?? "trace_fentry");
  }
}

/** What can be said of the number before the program is looked at. */
export function checkAttachId({ spec }: Environment): void {
  const { attachBtfId, attachProgram, type } = spec;
  if (attachProgram !== undefined && type !== "ext") {
    if (type === "tracing") reject("not_modelled", "programs of type tracing for another program");
    reject("attach_id");
  }
  if (attachBtfId === undefined || attachBtfId === 0) return;
  if (!(TYPED.has(type) || type === "ext") || (typeof attachBtfId === "number" && attachBtfId > MAX_ID))
    reject("attach_id");
}

function attachId(kernel: Btf, { attachBtfId = 0 }: ProgramSpec, attachType: AttachType | undefined): number {
  if (typeof attachBtfId === "number") return attachBtfId;
  const [kind, prefix] = NAMES[attachType ?? "trace_fentry"] ?? (["func", ""] as const);
  const full = attachBtfId.startsWith(prefix) ? attachBtfId : prefix + attachBtfId;
  return kernel.byName(full, kind)?.id ?? reject("attach_name", full);
}

const NAMES: Readonly<Partial<Record<AttachType, readonly ["func" | "typedef" | "struct", string]>>> = {
  trace_raw_tp: ["typedef", TRACEPOINT_PREFIX],
  trace_iter: ["func", ITERATOR_PREFIX],
  struct_ops: ["struct", ""],
  lsm_mac: ["func", HOOK_PREFIX],
  lsm_cgroup: ["func", HOOK_PREFIX],
};

function tracepoint(kernel: Btf, type: BtfType): AttachTarget {
  if (type.kind !== "typedef") return reject("attach_typedef", type.id);
  if (!type.name.startsWith(TRACEPOINT_PREFIX)) reject("attach_tracepoint", type.id, type.name);
  const pointer = kernel.type(type.type);
  const proto = pointer.kind === "ptr" ? kernel.type(pointer.type) : undefined;
  if (proto?.kind !== "func_proto") return reject("attach_no_tracepoint");
  const name = type.name.slice(TRACEPOINT_PREFIX.length);
  return { kind: "tracepoint", name, proto, skipped: 1, attachType: "trace_raw_tp" };
}

/** A structure of functions that programs may implement. */
interface Operations {
  /** Members that they may not. */
  readonly refused: ReadonlySet<string>;
  /** Members whose programs may wait; left out: nobody asks. */
  readonly waiting?: ReadonlySet<string>;
}

const OPERATIONS: Readonly<Record<string, Operations>> = {
  tcp_congestion_ops: { refused: new Set(["get_info"]) },
  [DUMMY_OPERATIONS]: { refused: new Set(), waiting: new Set(["test_sleepable"]) },
};

/** Supported by Linux where it is built with them, and not here. */
const OTHER_OPERATIONS: ReadonlySet<string> = new Set(["Qdisc_ops", "sched_ext_ops", "hid_bpf_ops"]);

/** One function of a structure of them. */
function operation({ spec, gpl }: Environment, kernel: Btf, type: BtfType): AttachTarget {
  if (!gpl) reject("operations_license");
  const { name: struct } = type;
  if (type.kind !== "struct" || !Object.hasOwn(OPERATIONS, struct)) {
    if (OTHER_OPERATIONS.has(struct)) reject("not_modelled", `the operations of ${struct}`);
    return reject("attach_operations", type.id);
  }
  const index = type.members.findIndex(({ name }) => name === spec.attachMember);
  if (index < 0) return reject("attach_member_index", type.members.length, struct);
  const { name, type: pointer } = type.members[index];
  const pointed = kernel.resolve(pointer);
  const proto = pointed.kind === "ptr" ? kernel.resolve(pointed.type) : undefined;
  if (proto?.kind !== "func_proto") return reject("attach_member", name, index, struct);
  const { refused, waiting } = OPERATIONS[struct];
  if (refused.has(name)) reject("attach_member_unsupported", name, struct);
  if (spec.sleepable && waiting?.has(name) === false)
    throw new Rejection("attach_member_unsupported", [name, struct], "EINVAL");
  const own = kernel.byName(`${struct}__${name}`, "func");
  const stub = own?.kind === "func" ? kernel.type(own.type) : undefined;
  return {
    ...{ kind: "member", name, proto, skipped: 0, attachType: "struct_ops", struct },
    ...(stub?.kind === "func_proto" ? { stub } : {}),
  };
}

function iterator(kernel: Btf, type: BtfType): AttachTarget {
  const { proto, name } = checkFunction(kernel, type);
  if (!name.startsWith(ITERATOR_PREFIX)) reject("attach_iterator");
  if (!Object.hasOwn(ITERATOR_TARGETS, name.slice(ITERATOR_PREFIX.length))) reject("attach_iterator");
  return { kind: "iterator", name, proto, skipped: 0, attachType: "trace_iter" };
}

/** A function with arguments that a program can be given. */
function checkFunction(kernel: Btf, type: BtfType): { readonly name: string; readonly proto: FuncProtoType } {
  if (type.kind !== "func") return reject("attach_function", type.id);
  const { name } = type;
  const proto = kernel.type(type.type);
  if (proto.kind !== "func_proto") return reject("attach_function", type.id);
  const { params } = proto;
  if (params.length > MAX_ARGUMENTS) reject("attach_arguments", name, params.length);
  const result = kernel.resolve(proto.type);
  if (isComposite(result)) reject("attach_result", name, kindName(result));
  params.forEach((param, index) => {
    if (index === params.length - 1 && param.type === 0) reject("attach_variadic", name);
    const size = sizeOf(kernel, param.type);
    if (size === undefined || size > LARGEST_ARGUMENT)
      reject("attach_argument", name, index, kindName(kernel.resolve(param.type)));
  });
  return { name, proto };
}

function functionTarget(env: Environment, kernel: Btf, type: BtfType, attachType: AttachType): AttachTarget {
  const { spec } = env;
  const { name, proto } = checkFunction(kernel, type);
  const common = { name, proto, skipped: 0, attachType } as const;
  if (spec.type === "lsm") {
    const hook = name.slice(HOOK_PREFIX.length);
    if (spec.sleepable && !SLEEPABLE_HOOKS.has(hook)) reject("attach_sleepable", name);
    if (!env.gpl) reject("attach_license");
    if (!name.startsWith(HOOK_PREFIX) || NO_HOOKS.has(hook)) reject("attach_tracepoint", type.id, name);
    return { kind: "hook", ...common };
  }
  // Which functions errors may be injected into is not in BTF: of those that it may be, system calls are known.
  const injectable = name.startsWith("__x64_sys_");
  const test = /^bpf_(modify_return_test|fentry_test1$)/.test(name);
  if (spec.sleepable && !injectable) reject("attach_sleepable", name);
  if (attachType === "modify_return" && !(injectable || test || name.startsWith("security_")))
    reject("attach_modify", name);
  if (REJECTED.has(name)) reject("attach_rejected", name);
  if (attachType !== "trace_fentry" && NEVER_RETURN.has(name)) reject("attach_noreturn", name);
  return { kind: "function", ...common };
}

/** A kind as Linux's messages spell it. */
export const kindName = ({ kind }: Pick<BtfType, "kind">): string => (kind === "void" ? "UNKNOWN" : kind.toUpperCase());
