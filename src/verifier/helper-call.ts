/** Calls of helpers: the arguments by the helper's prototype, the result, and what the call destroys. */
import { helperName } from "../helpers/names.ts";
import type { HelperRow, Signature } from "../helpers/row.ts";
import { helperById, signatureOf } from "../helpers/table.ts";
import { REG } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { MAP_TYPES } from "../maps/spec.ts";
import { followCallback } from "./callbacks.ts";
import { type Environment, registerAt } from "./environment.ts";
import { checkArgument } from "./helper-arguments.ts";
import { setResult } from "./helper-result.ts";
import { mapFits } from "./map-functions.ts";
import { forgetPacketPointers } from "./packet.ts";
import { acquireReference, releaseReference } from "./references.ts";
import { ID, isNull, markNotInit, markUnknown, OFF, REF } from "./registers.ts";
import { reject } from "./rejection.ts";
import { type RawMemory, storeToStack } from "./stack.ts";

/** One call, and what its arguments have told so far. */
export interface HelperCall {
  readonly row: HelperRow;
  /** As programs of this type see it. */
  readonly signature: Signature;
  /** Index of the map, once its argument was seen. */
  map: number | undefined;
  /** A constant key of an array. */
  key: number | undefined;
  /** Memory on the stack that the helper fills. */
  raw: RawMemory | undefined;
  /** Greatest size that may be passed. */
  greatestSize: number;
  /** Bytes of memory that the helper returns. */
  allocated: number;
  /** The subprogram that the helper calls back. */
  callback: number | undefined;
  /** Register whose object the call gives back; 0: none. */
  release: number;
  /** Reference that an argument holds; 0: none. */
  reference: number;
}

/** Follows a call of a helper. */
export function checkHelperCall(env: Environment, insn: Instruction): void {
  const row = findHelper(env, insn.imm);
  const signature = signatureOf(row, env.spec.type);
  if (signature.gplOnly && !env.gpl) reject("gpl_only");
  if (row.mightSleep) reject("might_sleep");
  if (row.name === "tail_call") reject("not_modelled", "tail calls");
  const call: HelperCall = {
    row,
    signature,
    map: undefined,
    key: undefined,
    raw: undefined,
    greatestSize: 0,
    allocated: 0,
    callback: undefined,
    release: 0,
    reference: 0,
  };
  for (let index = 0; index < signature.args.length; index++) checkArgument(env, call, index);
  if (call.map !== undefined) env.noteMap(call.map);
  if (row.name === "map_lookup_elem") env.noteKey(call.key);
  if (call.raw) fillRaw(env, call.raw);
  if (call.release) release(env, call);
  if (call.callback !== undefined) followCallback(env, row.name, call.callback);

  const w = env.words;
  for (let register = REG.R0; register <= REG.R5; register++) {
    env.touchRegister(register);
    markNotInit(w, registerAt(register));
  }
  setResult(env, call);
  // The same object seen as another: good as long as the one that was passed.
  if (CASTS.has(row.name)) w[registerAt(REG.R0) + REF] = call.reference;
  if (ACQUIRING.has(row.name)) {
    // The id serves twice: the comparison with NULL finds all copies by it, and so does giving back.
    const id = acquireReference(env);
    w[registerAt(REG.R0) + ID] = id;
    w[registerAt(REG.R0) + REF] = id;
  }
  if (call.map !== undefined) {
    const map = env.maps[call.map];
    if (!mapFits(map.type, row.name)) reject("map_function", MAP_TYPES[map.type], `bpf_${row.name}`, row.id);
  }
  if (row.changesPacket) forgetPacketPointers(env.state, (words, r) => markUnknown(words, r));
}

/** Helpers whose result has to be given back. */
const ACQUIRING: ReadonlySet<string> = new Set(["sk_lookup_tcp", "sk_lookup_udp", "skc_lookup_tcp", "ringbuf_reserve"]);

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

/** The object in register `call.release` is given back; NULL may be, too, where the helper takes it. */
function release(env: Environment, { row, release: register, reference }: HelperCall): void {
  const released = reference !== 0 && releaseReference(env, reference);
  if (!released && !isNull(env.words, registerAt(register))) reject("release_unknown", `bpf_${row.name}`, row.id);
}

function findHelper(env: Environment, id: number): HelperRow {
  if (id === 0) reject("helper_not_allowed", "bpf_unspec", id);
  const name = helperName(id);
  const row = helperById(id);
  if (name === undefined || row === undefined) return reject("unknown_helper", "unknown", id);
  if (!env.program.helpers.has(name)) reject("helper_not_allowed", `bpf_${name}`, id);
  return row;
}

/** Each byte becomes data, as if the program had stored it. */
function fillRaw(env: Environment, { register, size }: RawMemory): void {
  const offset = env.words[registerAt(register) + OFF];
  for (let at = 0; at < size; at++) storeToStack(env, register, offset + at, 1, -1);
}
