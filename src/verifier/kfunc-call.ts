/** Calls of kernel functions, by their signature in Linux's BTF and what Linux registers with them. */
import { sizeOf } from "../btf/size.ts";
import { isComposite } from "../btf/type.ts";
import { REG } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { kfuncAllowed } from "../programs/kfunc-sets.ts";
import { inRcuSection } from "./btf-pointers.ts";
import { followKfuncCallback } from "./callbacks.ts";
import type { Dynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import { followIteratorNext, isProtected, unprotectIterators } from "./iterators.ts";
import { findKfunc, isKfuncCall, type Kfunc } from "./kfunc.ts";
import { checkKfuncArguments, type KfuncCall } from "./kfunc-arguments.ts";
import { castContext, castReadOnly } from "./kfunc-objects.ts";
import { isSecret } from "./leaks.ts";
import { giveToGraph, pushFailedLock, setNonOwning, setObjectResult } from "./objects.ts";
import { forgetPacketPointers } from "./packet.ts";
import { mayPointToLock } from "./records.ts";
import { acquireReference, releaseReference } from "./references.ts";
import {
  AUX,
  EXTRA,
  ID,
  MAYBE_NULL,
  markConstant,
  markNotInit,
  markPointer,
  markUnknown,
  PACKET_SLICE,
  RCU,
  RDONLY,
  REF,
  SLICE,
  TRUSTED,
  TYPE,
  TYPES,
  UNTRUSTED,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkReturnValue } from "./return-value.ts";
import { forEachRegister } from "./state.ts";

/** What can be said of a call before any path is followed: Linux looks functions up when it finds the subprograms. */
export function checkKfuncExists(env: Environment, insn: Instruction): void {
  if (!isKfuncCall(insn)) return;
  if (!env.gpl) reject("kfunc_license");
  if (insn.imm === 0 && insn.offset === 0) return;
  if (insn.offset !== 0) {
    const [why, errno] =
      insn.offset < 0
        ? (["negative offset disallowed for kernel module function call", "EINVAL"] as const)
        : (["kfunc offset > 0 without fd_array is invalid", "EPROTO"] as const);
    env.log.write(`${why}\n`);
    throw new Rejection("kfunc_no_module", [], errno);
  }
  if (env.kernel === undefined) reject("not_modelled", "kernel functions without Linux's BTF");
  const kfunc = findKfunc(env, insn.imm);
  if (kfunc === undefined) reject("kfunc_not_function", insn.imm >>> 0);
  if (kfunc?.name.startsWith("bpf_xdp_metadata_")) reject("kfunc_device");
}

/** Follows a call of a kernel function. */
export function checkKfuncCall(env: Environment, insn: Instruction): void {
  // Nobody minds as long as Linux finds in the end that it is never executed.
  if (insn.imm === 0) {
    env.unresolvedCalls.add(env.index);
    env.touchRegister(REG.R0);
    return;
  }
  const kfunc = findKfunc(env, insn.imm)!;
  const { row, name } = kfunc;
  if (row === undefined && isTagged(env, kfunc)) reject("not_modelled", `kernel function ${name}`);
  if (row === undefined || !kfuncAllowed(row, env.type, env.attachType)) reject("kfunc_not_allowed", name);
  else {
    const call: KfuncCall = {
      kfunc,
      iterator: undefined,
      dynptr: undefined,
      reference: 0,
      release: 0,
      constant: 0n,
      map: undefined,
      mapLookup: 0,
      callback: undefined,
      root: undefined,
      object: undefined,
      owning: false,
      resultSize: undefined,
    };
    if (name === "__bpf_trap") reject("kfunc_trap");
    if (TAKES_LOCK.has(name)) pushFailedLock(env);
    const sleeps = row.flags.has("sleepable");
    if (sleeps && !env.sleepable) reject("kfunc_sleeps", name);
    checkKfuncArguments(env, call);
    if (call.callback !== undefined) followKfuncCallback(env, name, call.callback);
    if (sleeps && env.state.resources.rcu > 0) reject("kfunc_sleeps_rcu", name);
    checkSections(env, name);
    if (sleeps && env.state.resources.irq !== 0) reject("irq_sleeps", name);
    if (name === "bpf_throw" && isSecret(env, REG.R1)) reject("leak_result", REG.R1);
    if (name === "bpf_throw" && !env.catches) checkReturnValue(env, REG.R1);
    if (sleeps && env.state.resources.preempt > 0) reject("kfunc_sleeps_preempt", name);
    if (row.flags.has("rcu_protected") && !inRcuSection(env)) reject("kfunc_needs_rcu", name);
    if (call.release !== 0) releaseReference(env, call.reference);
    if (INSERTS.has(name)) giveToGraph(env);
    const w = env.words;
    for (let register = REG.R0; register <= REG.R5; register++) {
      env.touchRegister(register);
      markNotInit(w, registerAt(register));
    }
    if (name === "bpf_xdp_pull_data") forgetPacketPointers(env.state, (words, r) => markUnknown(words, r));
    setResult(env, call);
    if (row.flags.has("iter_next")) followIteratorNext(env, call.iterator!);
  }
}

/** Kernel functions that may fail to take a lock. */
const TAKES_LOCK: ReadonlySet<string> = new Set(["bpf_res_spin_lock", "bpf_res_spin_lock_irqsave"]);
/** Kernel functions that put an object into a list or tree. */
const INSERTS: ReadonlySet<string> = new Set([
  "bpf_list_push_front_impl",
  "bpf_list_push_back_impl",
  "bpf_rbtree_add_impl",
]);

/** Whether BTF says that programs may call the function, so that only this verifier does not know it. */
function isTagged({ kernel }: Environment, { id }: Kfunc): boolean {
  for (const tag of kernel!.allByName("bpf_kfunc", "decl_tag")) if (tag.type === id) return true;
  return false;
}

/** RCU sections and sections without preemption. */
function checkSections(env: Environment, name: string): void {
  const { resources } = env.state;
  switch (name) {
    case "bpf_rcu_read_lock":
      if (resources.rcu > 0) reject("rcu_nested", name);
      env.state.resources = { ...resources, rcu: 1 };
      return;
    case "bpf_rcu_read_unlock":
      if (resources.rcu === 0) reject("rcu_unmatched", name);
      env.state.resources = { ...resources, rcu: 0 };
      // What was protected by the section may go away from now on.
      forEachRegister(env.state, (w, r) => {
        if (w[r + TYPE] & RCU) w[r + TYPE] = (w[r + TYPE] & ~(RCU | MAYBE_NULL)) | UNTRUSTED;
      });
      unprotectIterators(env.state);
      return;
    case "bpf_preempt_disable":
      env.state.resources = { ...resources, preempt: resources.preempt + 1 };
      return;
    case "bpf_preempt_enable":
      if (resources.preempt === 0) reject("preempt_unmatched", name);
      env.state.resources = { ...resources, preempt: resources.preempt - 1 };
      return;
    default:
  }
}

/** Kernel functions that return a part of a dynptr's memory. */
const SLICES: ReadonlySet<string> = new Set(["bpf_dynptr_slice", "bpf_dynptr_slice_rdwr"]);

/** A part of a dynptr's memory; that of a packet is gone when the packet changes. */
function setSlice(env: Environment, { id, kind }: Dynptr, size: number, readOnly: boolean): void {
  const w = env.words;
  const r = registerAt(REG.R0);
  const ofPacket = kind === "skb" || kind === "xdp" || kind === "skb_meta";
  markPointer(w, r, TYPES.MEM | SLICE | (ofPacket ? PACKET_SLICE : 0) | (readOnly ? RDONLY : 0));
  w[r + AUX] = size;
  w[r + EXTRA] = id;
  if (!readOnly && env.program.packetAccess !== "write") reject("slice_read_only");
}

/** Sets r0 by the function's return type. */
function setResult(env: Environment, call: KfuncCall): void {
  const { kfunc, reference, iterator, constant } = call;
  const kernel = env.kernel!;
  const w = env.words;
  const r = registerAt(REG.R0);
  const flags = kfunc.row!.flags;
  const type = kernel.resolve(kfunc.proto.type);
  switch (type.kind) {
    case "void":
      return;
    case "int":
    case "enum":
    case "enum64":
      if (TAKES_LOCK.has(kfunc.name)) markConstant(w, r, 0, 0);
      else markUnknown(w, r);
      return;
    case "ptr": {
      if (kfunc.name === "bpf_cast_to_kern_ctx") {
        castContext(env);
        return;
      }
      if (kfunc.name === "bpf_rdonly_cast") {
        castReadOnly(env, constant);
        return;
      }
      if (call.dynptr && SLICES.has(kfunc.name)) {
        setSlice(env, call.dynptr, Number(constant), kfunc.name === "bpf_dynptr_slice");
        break;
      }
      const target = kernel.resolve(type.type);
      if (setObjectResult(env, call)) break;
      if (target.kind === "void") {
        // An address of anything is a number.
        markUnknown(w, r);
        return;
      }
      if (isComposite(target)) {
        const protectedOne = flags.has("rcu_protected") || (iterator && isProtected(iterator));
        const safe = protectedOne
          ? RCU
          : flags.has("iter_next")
            ? TRUSTED
            : kfunc.name === "bpf_get_kmem_cache"
              ? UNTRUSTED
              : 0;
        markPointer(w, r, TYPES.BTF_ID | safe);
        w[r + AUX] = target.id;
        break;
      }
      const size = call.resultSize ?? sizeOf(kernel, target.id);
      if (size === undefined) reject("not_modelled", "addresses of anything as results");
      else {
        const writable =
          kfunc.name === "bpf_session_cookie" || kfunc.proto.params.some(({ name }) => name === "rdwr_buf_size");
        markPointer(w, r, writable ? TYPES.MEM : TYPES.MEM | RDONLY);
        w[r + AUX] = size;
        // The memory is the object's, and gone with it.
        w[r + REF] = reference;
      }
      break;
    }
    default:
      reject("not_modelled", `results of type ${type.kind}`);
  }
  // A counter that the program itself has raised cannot be 0.
  const nullable = flags.has("ret_null") && !(kfunc.name === "bpf_refcount_acquire_impl" && call.owning);
  if (nullable) {
    w[r + TYPE] |= MAYBE_NULL;
    w[r + ID] = env.newId();
  }
  if (flags.has("acquire")) {
    const id = acquireReference(env);
    if (nullable) w[r + ID] = id;
    w[r + REF] = id;
  } else if (call.root) setNonOwning(env, w, r);
  if (w[r + ID] === 0 && mayPointToLock(env, w, r)) w[r + ID] = env.newId();
}
