/**
 * The context of a program that is attached to a function, tracepoint or iterator: its arguments in order, 8 bytes each, and
 * behind them what it returns. What a load gives follows from the argument's type.
 *
 * Behaviour and messages: `btf_ctx_access` of Linux 6.18.
 */
import type { Btf } from "../btf/btf.ts";
import { type BtfType, isComposite, isModifier } from "../btf/type.ts";
import { ITERATOR_TARGETS } from "../programs/iterator-targets.ts";
import { BOOLEAN_HOOKS, UNTRUSTED_HOOKS } from "../programs/lsm-hooks.ts";
import type { ReturnRange } from "../programs/row.ts";
import { NULLABLE_TRACEPOINT_ARGUMENTS } from "../programs/tracepoint-arguments.ts";
import { type AttachTarget, kindName } from "./attach-target.ts";
import { syncBounds } from "./bounds.ts";
import { type Environment, registerAt } from "./environment.ts";
import { set } from "./int64.ts";
import {
  AUX,
  ID,
  MAYBE_NULL,
  markPointer,
  markUnknown,
  PERCPU,
  RDONLY,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  TRUSTED,
  TYPES,
  USER,
} from "./registers.ts";
import { reject } from "./rejection.ts";

const SLOT = 8;
const MAX_ARGUMENTS = 12;
const MAX_ERRNO = 4095;

/** What a load gives. */
type Loaded =
  | { readonly kind: "number" }
  | { readonly kind: "result" }
  /** Memory of a size that is known when the program is attached, with flags of a type. */
  | { readonly kind: "buffer"; readonly flags: number }
  /** A pointer to the structure `id` of Linux, with flags of a type. */
  | { readonly kind: "pointer"; readonly id: number; readonly flags: number };

/** Checks a read of the context and sets the register that receives it (-1: none). */
export function accessFunctionContext(
  env: Environment,
  target: AttachTarget,
  offset: number,
  size: number,
  way: "read" | "write",
  value: number,
): void {
  const loaded = load(env, target, offset, size, way);
  if (loaded === undefined) {
    reject("context_access", offset, size);
    return;
  }
  if (value < 0) return;
  const w = env.words;
  const r = registerAt(value);
  switch (loaded.kind) {
    case "number":
      markUnknown(w, r);
      return;
    case "result": {
      markUnknown(w, r);
      const range = hookRange(target);
      if (range) setRange32(env, r, range);
      return;
    }
    case "buffer":
      markPointer(w, r, TYPES.BUF | loaded.flags);
      w[r + ID] = env.newId();
      return;
    case "pointer":
      markPointer(w, r, TYPES.BTF_ID | loaded.flags);
      w[r + AUX] = loaded.id;
      if (loaded.flags & MAYBE_NULL) w[r + ID] = env.newId();
  }
}

function load(
  env: Environment,
  target: AttachTarget,
  offset: number,
  size: number,
  way: "read" | "write",
): Loaded | undefined {
  const kernel = env.kernel!;
  const { log } = env;
  const { name, proto, skipped, kind } = target;
  const say = (text: string): undefined => {
    log.write(`func '${name}' ${text}\n`);
    return undefined;
  };
  if (offset < 0 || offset >= SLOT * MAX_ARGUMENTS || way === "write" || offset % size !== 0) return undefined;
  if (offset % SLOT !== 0) return say(`offset ${offset} is not multiple of 8`);
  const index = argumentAt(kernel, target, offset);
  const params = proto.params.slice(skipped);
  if (index > params.length) return say(`doesn't have ${index + 1}-th argument`);
  let type: BtfType;
  const isResult = index === params.length;
  if (isResult) {
    switch (target.attachType) {
      case "lsm_mac":
      case "lsm_cgroup":
      case "trace_fexit":
        type = kernel.type(proto.type);
        break;
      case "modify_return":
        type = kernel.resolve(proto.type);
        if (!isSmallNumber(type)) {
          log.write(`ret type ${kindName(type)} not allowed for fmod_ret\n`);
          return undefined;
        }
        break;
      default:
        return say(`doesn't have ${index + 1}-th argument`);
    }
  } else type = kernel.type(params[index].type);
  while (isModifier(type)) type = kernel.type(type.type);
  if (isSmallNumber(type) || isComposite(type)) return { kind: isResult && kind === "hook" ? "result" : "number" };
  if (type.kind !== "ptr")
    return say(`arg${index} '${type.name || "(anon)"}' has type ${kindName(type)}. Only pointer access is allowed`);
  if (size !== SLOT) return say(`size ${size} must be 8`);
  const special = kind === "iterator" ? ITERATOR_TARGETS[name.slice("bpf_iter_".length)][index] : undefined;
  if (special === "buffer") return { kind: "buffer", flags: MAYBE_NULL };
  if (special === "readonly_buffer") return { kind: "buffer", flags: MAYBE_NULL | RDONLY };
  const behind = kernel.resolve(type.type);
  if (behind.kind === "void" || behind.kind === "int") return { kind: "number" };
  if (special !== undefined) {
    const flags = special === "nullable" ? MAYBE_NULL : MAYBE_NULL | TRUSTED;
    return { kind: "pointer", id: behind.id, flags };
  }
  if (target.stub?.params[index]?.name.endsWith("__nullable"))
    return { kind: "pointer", id: behind.id, flags: MAYBE_NULL | TRUSTED };
  if (!isComposite(behind)) return say(`arg${index} type ${kindName(behind)} is not a struct`);
  say(`arg${index} has btf_id ${behind.id} type ${kindName(behind)} '${behind.name || "(anon)"}'`);
  // What is passed to a congestion control is always a socket of TCP.
  const tcp = kind === "member" && behind.name === "sock" ? kernel.byName("tcp_sock", "struct")?.id : undefined;
  let flags = isTrusted(target) ? TRUSTED : 0;
  if (!isResult && isNullable(target, index, params[index].name)) flags |= MAYBE_NULL;
  return { kind: "pointer", id: tcp ?? behind.id, flags: flags | tagFlags(kernel.type(type.type)) };
}

/**
 * The argument that begins at an offset: a structure passed by value takes as many slots as it needs. Linux counts from its
 * own first parameter of a tracepoint, and goes no further than one place behind the result.
 */
function argumentAt(kernel: Btf, { proto }: AttachTarget, offset: number): number {
  const { params } = proto;
  let end = 0;
  for (let index = 0; index < params.length; index++) {
    end += slotBytes(kernel, params[index].type);
    if (offset < end) return index;
  }
  return offset < end + slotBytes(kernel, proto.type) ? params.length : params.length + 1;
}

function slotBytes(kernel: Btf, id: number): number {
  const type = kernel.resolve(id);
  if (type.kind === "ptr") return SLOT;
  return "size" in type ? Math.ceil(type.size / SLOT) * SLOT : 0;
}

const isSmallNumber = (type: BtfType): boolean =>
  (type.kind === "int" && type.size <= SLOT) || type.kind === "enum" || type.kind === "enum64";

function isTrusted({ kind, name }: AttachTarget): boolean {
  if (kind === "hook") return !UNTRUSTED_HOOKS.has(name.slice("bpf_lsm_".length));
  return kind !== "function";
}

const isNullable = ({ kind, name }: AttachTarget, index: number, parameter: string): boolean =>
  parameter.endsWith("__nullable") ||
  (kind === "tracepoint" &&
    Object.hasOwn(NULLABLE_TRACEPOINT_ARGUMENTS, name) &&
    NULLABLE_TRACEPOINT_ARGUMENTS[name].includes(index));

function tagFlags(type: BtfType): number {
  if (type.kind !== "type_tag" || type.attribute) return 0;
  return type.name === "user" ? USER : type.name === "percpu" ? PERCPU : 0;
}

/** What a hook of a security module may return; undefined where nothing is asked of it. */
export function hookRange({ kind, attachType, name, proto }: AttachTarget): ReturnRange | undefined {
  if (kind !== "hook" || attachType !== "lsm_mac" || proto.type === 0) return undefined;
  return BOOLEAN_HOOKS.has(name.slice("bpf_lsm_".length)) ? { min: 0, max: 1 } : { min: -MAX_ERRNO, max: 0 };
}

function setRange32(env: Environment, r: number, { min, max }: ReturnRange): void {
  const w = env.words;
  set(w, r + SMIN, min, min >> 31);
  set(w, r + SMAX, max, max >> 31);
  w[r + S32_MIN] = min;
  w[r + S32_MAX] = max;
  syncBounds(w, r);
}
