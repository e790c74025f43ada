/** The arguments of a helper call, each checked by its type in the helper's prototype. */
import { ARGUMENTS, type ArgType } from "../helpers/arguments.ts";
import { REG } from "../isa/constants.ts";
import { checkConstantString } from "./constant-strings.ts";
import { checkAcquired, checkDynptr, makeDynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import type { HelperCall } from "./helper-call.ts";
import { checkHelperMemory, checkSizeArgument } from "./helper-memory.ts";
import { checkArgumentOffset, checkArgumentType } from "./helper-types.ts";
import { toNumberU } from "./int64.ts";
import { checkExchangePlace } from "./kernel-pointers.ts";
import { refuseLeak } from "./leaks.ts";
import { isSocketMap } from "./map-functions.ts";
import { constantKey } from "./map-key.ts";
import { checkAlignment } from "./memory.ts";
import { markPrecise } from "./precision.ts";
import { readRegister } from "./register-use.ts";
import { AUX, EXTRA, isNull, isPacketPointer, RCU, REF, TYPE, TYPES, VALUE } from "./registers.ts";
import { reject } from "./rejection.ts";
import { checkFieldPointer } from "./special-fields.ts";
import { checkHelperLock } from "./spin-locks.ts";
import { tnumIsConst } from "./tnum.ts";

/** Checks argument `index` (0 is r1) of the call, and notes in `call` what it tells about the others and the result. */
export function checkArgument(env: Environment, call: HelperCall, index: number): void {
  const register = REG.R1 + index;
  readRegister(env, register);
  if (call.signature.args[index] === "anything") {
    refuseLeak(env, register, "helper function");
    return;
  }
  const w = env.words;
  const r = registerAt(register);
  if (isPacketPointer(w[r + TYPE])) {
    const { packetAccess, packetArguments } = env.program;
    if (!packetAccess || !(packetArguments || call.row.packetAccess)) reject("helper_packet");
  }
  const kind = resolveMapArgument(env, call, call.signature.args[index]);
  const arg = ARGUMENTS[kind];
  if (!(arg.nullable && isNull(w, r))) {
    checkArgumentType(env, kind, register, call);
    checkArgumentOffset(env, kind, register);
  }
  if (arg.release) {
    if (arg.base === "ptr_to_dynptr") checkAcquired(env, register);
    else if (w[r + REF] === 0 && !isNull(w, r)) reject("release_unowned", register);
    call.release = register;
  }
  if (w[r + REF] !== 0 && arg.base !== "kptr_xchg_dest") {
    if (call.reference !== 0) reject("two_references", register, w[r + REF], call.reference);
    call.reference = w[r + REF];
  }
  checkValue(env, call, kind, register);
}

/** Values of some maps are not memory of the map's value size to copy. */
function resolveMapArgument(env: Environment, { map, row }: HelperCall, kind: ArgType): ArgType {
  if (map === undefined || ARGUMENTS[kind].base !== "ptr_to_map_value") return kind;
  const { type } = env.maps[map];
  if (isSocketMap(type)) {
    if (kind !== "ptr_to_map_value") reject("socket_map_argument");
    return "ptr_to_btf_id_sock_common";
  }
  return type === "bloom_filter" && row.name === "map_peek_elem" ? "ptr_to_map_value" : kind;
}

function checkValue(env: Environment, call: HelperCall, kind: ArgType, register: number): void {
  const w = env.words;
  const r = registerAt(register);
  const { base, nullable, uninit, write, size, aligned, dynptr } = ARGUMENTS[kind];
  const way = write ? "write" : "read";
  switch (base) {
    case "const_map_ptr":
      if (call.map !== undefined && (call.map !== w[r + AUX] || call.mapLookup !== w[r + EXTRA]))
        reject("timer_map", call.mapLookup, w[r + EXTRA]);
      call.map = w[r + AUX];
      call.mapLookup = w[r + EXTRA];
      return;
    case "ptr_to_map_key": {
      const map = env.maps[call.map!];
      checkHelperMemory(env, register, { size: map.keySize, way: "read", zeroAllowed: false, raw: false });
      if (map.type === "array" || map.type === "percpu_array") call.key = constantKey(env, w, r, map.keySize);
      return;
    }
    case "ptr_to_map_value": {
      if (nullable && isNull(w, r)) return;
      const { valueSize } = env.maps[call.map!];
      call.raw = checkHelperMemory(env, register, { size: valueSize, way, zeroAllowed: false, raw: !!uninit });
      return;
    }
    case "ptr_to_mem":
      // Else it is checked with the size that follows it.
      if (size === undefined) return;
      call.raw = checkHelperMemory(env, register, { size, way, zeroAllowed: false, raw: !!uninit });
      if (aligned) checkAlignment(w, r, { offset: 0, size, aligned: true });
      return;
    case "const_size":
    case "const_size_or_zero":
      checkSizeArgument(env, call, register, base === "const_size_or_zero");
      return;
    case "const_alloc_size_or_zero":
      if (!tnumIsConst(w, r + VALUE)) reject("size_constant", register);
      call.allocated = toNumberU(w, r + VALUE);
      markPrecise(env, register);
      return;
    case "ptr_to_spin_lock":
      checkHelperLock(env, register, call.row.name === "spin_lock");
      return;
    case "ptr_to_timer":
      checkFieldPointer(env, register, "bpf_timer", "bpf_timer");
      call.map = w[r + AUX];
      call.mapLookup = w[r + EXTRA];
      return;
    case "ptr_to_func":
      call.callback = w[r + AUX];
      return;
    case "ptr_to_dynptr":
      if (uninit) makeDynptr(env, register, dynptr!);
      else call.dynptr = checkDynptr(env, register, { kind: dynptr, mutates: !ARGUMENTS[kind].rdonly });
      return;
    case "kptr_xchg_dest":
      call.exchange = checkExchangePlace(env, register);
      if (w[r + TYPE] === TYPES.MAP_VALUE) call.map = w[r + AUX];
      return;
    case "ptr_to_percpu_btf_id":
      call.variable = { btf: w[r + EXTRA], id: w[r + AUX], allocated: (w[r + TYPE] & RCU) !== 0 };
      return;
    case "ptr_to_const_str":
      checkConstantString(env, register);
      return;
    case "ptr_to_btf_id":
    case "ptr_to_btf_id_sock_common":
    case "ptr_to_sock_common":
    case "ptr_to_socket":
    case "ptr_to_ringbuf_mem":
    case "ptr_to_stack":
    case "ptr_to_ctx":
    case "anything":
      return;
  }
}
