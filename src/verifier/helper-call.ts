/** Calls of helpers: the arguments by the helper's prototype, the result, and what the call destroys. */
import { helperName } from "../helpers/names.ts";
import type { HelperRow, Signature } from "../helpers/row.ts";
import { helperById, signatureOf } from "../helpers/table.ts";
import { REG } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { MAP_TYPES } from "../maps/spec.ts";
import { PROGRAM_TYPES } from "../programs/types.ts";
import { followCallback } from "./callbacks.ts";
import { checkFormat } from "./constant-strings.ts";
import { type Dynptr, releaseDynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import { checkArgument } from "./helper-arguments.ts";
import { setResult } from "./helper-result.ts";
import { toNumberU } from "./int64.ts";
import { type Exchange, giveToPointer } from "./kernel-pointers.ts";
import { CHANGES_MAP, isReadOnly, isSocketMap, mapFits, mayChangeSockets } from "./map-functions.ts";
import { forgetPacketPointers } from "./packet.ts";
import { mayNamePaths } from "./path-names.ts";
import { markPrecise } from "./precision.ts";
import { acquireReference, checkNothingHeld, releaseReference } from "./references.ts";
import {
  ID,
  isConstant,
  isNull,
  markNotInit,
  markUnknown,
  OFF,
  REF,
  TYPE,
  TYPES,
  typeName,
  VALUE,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { type RawMemory, storeToStack } from "./stack.ts";

/** What each CPU has one of: a variable of Linux, or an object that the program allocated. */
export interface PerCpu {
  /** Whose types `id` is of, as in `EXTRA`. */
  readonly btf: number;
  readonly id: number;
  readonly allocated: boolean;
}

/** One call, and what its arguments have told so far. */
export interface HelperCall {
  readonly row: HelperRow;
  /** As programs of this type see it. */
  readonly signature: Signature;
  /** Index of the map, once its argument was seen. */
  map: number | undefined;
  /** Of a map within a map: the lookup that it came from. */
  mapLookup: number;
  /** A constant key of an array. */
  key: number | undefined;
  /** Memory on the stack that the helper fills. */
  raw: RawMemory | undefined;
  /** Greatest size that may be passed. */
  greatestSize: number;
  /** Bytes of memory that the helper returns. */
  allocated: number;
  /** The dynptr that the helper reads or writes. */
  dynptr: Dynptr | undefined;
  /** The subprogram that the helper calls back. */
  callback: number | undefined;
  /** Register whose object the call gives back; 0: none. */
  release: number;
  /** Type of the per-CPU variable or object that an argument points to. */
  variable: PerCpu | undefined;
  /** Reference that an argument holds; 0: none. */
  reference: number;
  /** The pointer that `bpf_kptr_xchg` exchanges. */
  exchange: Exchange | undefined;
}

/** Follows a call of a helper. */
export function checkHelperCall(env: Environment, insn: Instruction): void {
  const row = findHelper(env, insn.imm);
  const signature = signatureOf(row, env.type);
  if (signature.gplOnly && !env.gpl) reject("gpl_only");
  if (row.denied?.includes(env.type) || (row.name === "d_path" && !mayNamePaths(env))) reject("helper_denied");
  if (row.mightSleep) {
    if (!env.sleepable) reject("might_sleep");
    const { rcu, preempt, irq } = env.state.resources;
    const region = rcu > 0 ? "rcu_read_lock" : preempt > 0 ? "non-preemptible" : irq !== 0 ? "IRQ-disabled" : "";
    if (region !== "") reject("helper_sleeps", `bpf_${row.name}`, row.id, region);
  }
  const call: HelperCall = {
    row,
    signature,
    map: undefined,
    mapLookup: 0,
    key: undefined,
    raw: undefined,
    greatestSize: 0,
    allocated: 0,
    callback: undefined,
    dynptr: undefined,
    release: 0,
    variable: undefined,
    reference: 0,
    exchange: undefined,
  };
  for (let index = 0; index < signature.args.length; index++) checkArgument(env, call, index);
  if (call.map !== undefined) {
    env.noteMap(call.map);
    if (CHANGES_MAP.has(row.name) && isReadOnly(env.maps[call.map])) reject("map_change");
  }
  if (row.name === "tail_call") checkTailCall(env, call);
  // It cannot report an error, so there is nothing that a flag could change.
  if (row.name === "get_local_storage" && !isNull(env.words, registerAt(REG.R2))) reject("storage_flags");
  if (row.name === "map_lookup_elem") env.noteKey(call.key);
  if (call.raw) fillRaw(env, call.raw);
  if (call.release) release(env, call);
  if (call.callback !== undefined) followCallback(env, row.name, call.callback);
  if (row.name === "snprintf") checkFormat(env);
  if (row.name === "dynptr_from_mem") checkDynptrMemory(env);

  const w = env.words;
  for (let register = REG.R0; register <= REG.R5; register++) {
    env.touchRegister(register);
    markNotInit(w, registerAt(register));
  }
  setResult(env, call);
  if (row.name === "get_func_ip") checkHasFunction(env, row);
  // The same object seen as another: good as long as the one that was passed.
  if (CASTS.has(row.name)) w[registerAt(REG.R0) + REF] = call.reference;
  if (ACQUIRING.has(row.name) || findsSocket(env, call)) {
    // The id serves twice: the comparison with NULL finds all copies by it, and so does giving back.
    const id = acquireReference(env);
    w[registerAt(REG.R0) + ID] = id;
    w[registerAt(REG.R0) + REF] = id;
  }
  if (call.map !== undefined) {
    const { type } = env.maps[call.map];
    const { name } = row;
    const socketsMayChange = mayChangeSockets(env.type, env.attachType, name);
    if (!mapFits(type, name, socketsMayChange)) {
      if (isSocketMap(type) && !socketsMayChange && (name === "map_update_elem" || name === "map_delete_elem"))
        env.log.write("cannot update sockmap in this context\n");
      reject("map_function", MAP_TYPES[type], `bpf_${name}`, row.id);
    }
  }
  // Writing through a dynptr may move the packet as well.
  const writesPacket = row.name === "dynptr_write" && /^skb/.test(call.dynptr!.kind);
  // Behind a tail call that did not happen the packet is what it was.
  if ((row.changesPacket && row.name !== "tail_call") || writesPacket)
    forgetPacketPointers(env.state, (words, r) => markUnknown(words, r));
}

/** Helpers whose result has to be given back. */
const ACQUIRING: ReadonlySet<string> = new Set([
  "sk_lookup_tcp",
  "sk_lookup_udp",
  "skc_lookup_tcp",
  "ringbuf_reserve",
  "kptr_xchg",
]);

/** Helpers that return the socket they got, as one of another kind. */
const CASTS: ReadonlySet<string> = new Set([
  "tcp_sock",
  "sk_fullsock",
  "skc_to_tcp_sock",
  "skc_to_tcp6_sock",
  "skc_to_udp6_sock",
  "skc_to_mptcp_sock",
  "skc_to_tcp_timewait_sock",
  "skc_to_tcp_request_sock",
]);

/** A lookup in a map of sockets gives a socket that has to be given back, too. */
const findsSocket = (env: Environment, { row, map }: HelperCall): boolean =>
  row.name === "map_lookup_elem" && map !== undefined && isSocketMap(env.maps[map].type);

/** Nothing may be held when the program goes over to another; a constant index is compared exactly from now on. */
function checkTailCall(env: Environment, { map }: HelperCall): void {
  const { type, maxEntries } = env.maps[map!];
  if (type !== "prog_array") reject("tail_call_map");
  const index = registerAt(REG.R3);
  if (isConstant(env.words, index, false) && toNumberU(env.words, index + VALUE) < maxEntries) markPrecise(env, REG.R3);
  checkNothingHeld(env, "tail_call", "program");
}

/** The object in register `call.release` is given back; NULL may be, too, where the helper takes it. */
function release(env: Environment, { row, release: register, reference, dynptr }: HelperCall): void {
  if (dynptr) {
    releaseDynptr(env, register);
    return;
  }
  const released =
    reference !== 0 && (row.name === "kptr_xchg" ? giveToPointer(env, reference) : releaseReference(env, reference));
  if (!released && !isNull(env.words, registerAt(register))) reject("release_unknown", `bpf_${row.name}`, row.id);
}

/** A dynptr to memory of the program must outlive the program. */
function checkDynptrMemory({ words: w }: Environment): void {
  const type = w[registerAt(REG.R1) + TYPE];
  if (type !== TYPES.MAP_VALUE) reject("dynptr_memory", typeName(type));
}

function findHelper(env: Environment, id: number): HelperRow {
  if (id === 0) reject("helper_not_allowed", "bpf_unspec", id);
  const name = helperName(id);
  const row = helperById(id);
  if (name === undefined || row === undefined) return reject("unknown_helper", "unknown", id);
  if (!env.mayCall(name)) reject("helper_not_allowed", `bpf_${name}`, id);
  return row;
}

/** The program is attached to a function, whose address can be asked for. */
function checkHasFunction({ spec: { type }, attach }: Environment, { name, id }: HelperRow): void {
  if (type === "kprobe" || attach?.kind === "function") return;
  if (type === "tracing") reject("function_address_tracing", `bpf_${name}`, id);
  reject("function_address", `bpf_${name}`, id, PROGRAM_TYPES[type]);
}

/** Each byte becomes data, as if the program had stored it. */
function fillRaw(env: Environment, { register, size }: RawMemory): void {
  const offset = env.words[registerAt(register) + OFF];
  for (let at = 0; at < size; at++) storeToStack(env, register, offset + at, 1, -1);
}
