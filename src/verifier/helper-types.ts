/** Which kinds of values each argument type of a helper accepts. */
import { ARGUMENTS, type ArgBase, type ArgType } from "../helpers/arguments.ts";
import { checkPointerOffset } from "./argument-offset.ts";
import { structId, structName, structsMatch } from "./btf-pointers.ts";
import { type Environment, registerAt } from "./environment.ts";
import type { HelperCall } from "./helper-call.ts";
import { checkExchanged } from "./kernel-pointers.ts";
import {
  ALLOC,
  AUX,
  BASE_TYPE,
  MAYBE_NULL,
  OFF,
  PACKET_SLICE,
  PERCPU,
  RCU,
  RDONLY,
  RINGBUF,
  SLICE,
  TRUSTED,
  TYPE,
  TYPES,
  typeName,
} from "./registers.ts";
import { reject } from "./rejection.ts";

const SCALAR = [TYPES.SCALAR];
const MEMORY = [
  TYPES.STACK,
  TYPES.PACKET,
  TYPES.PACKET_META,
  TYPES.MAP_KEY,
  TYPES.MAP_VALUE,
  TYPES.MEM,
  TYPES.MEM | RINGBUF,
  TYPES.BUF,
  TYPES.BTF_ID | TRUSTED,
];
const SOCKETS = [TYPES.SOCK_COMMON, TYPES.SOCKET, TYPES.TCP_SOCK, TYPES.XDP_SOCK];
const ALLOCATED = TYPES.BTF_ID | ALLOC;

/** In the order in which Linux lists them; none: anything goes. */
const ACCEPTED: Readonly<Record<ArgBase, readonly number[]>> = {
  anything: [],
  const_map_ptr: [TYPES.MAP_PTR],
  ptr_to_map_key: MEMORY,
  ptr_to_map_value: MEMORY,
  ptr_to_mem: MEMORY,
  const_size: SCALAR,
  const_size_or_zero: SCALAR,
  const_alloc_size_or_zero: SCALAR,
  ptr_to_ctx: [TYPES.CTX],
  ptr_to_spin_lock: [TYPES.MAP_VALUE, ALLOCATED],
  ptr_to_timer: [TYPES.MAP_VALUE],
  ptr_to_sock_common: SOCKETS,
  ptr_to_socket: [TYPES.SOCKET],
  ptr_to_btf_id: [TYPES.BTF_ID, TYPES.BTF_ID | TRUSTED, TYPES.BTF_ID | RCU],
  ptr_to_btf_id_sock_common: [...SOCKETS, TYPES.BTF_ID, TYPES.BTF_ID | TRUSTED],
  ptr_to_percpu_btf_id: [TYPES.BTF_ID | PERCPU, TYPES.BTF_ID | PERCPU | RCU, TYPES.BTF_ID | PERCPU | TRUSTED],
  ptr_to_ringbuf_mem: [TYPES.MEM | RINGBUF],
  ptr_to_func: [TYPES.FUNC],
  ptr_to_stack: [TYPES.STACK],
  ptr_to_const_str: [TYPES.MAP_VALUE],
  ptr_to_dynptr: [TYPES.STACK, TYPES.DYNPTR],
  kptr_xchg_dest: [TYPES.MAP_VALUE, ALLOCATED],
};

/** The register holds what the argument asks for; a pointer to a structure of Linux points to the right one. */
export function checkArgumentType(env: Environment, kind: ArgType, register: number, call: HelperCall): void {
  const { base, rdonly, nullable } = ARGUMENTS[kind];
  const accepted = ACCEPTED[base];
  const type = env.words[registerAt(register) + TYPE];
  let wanted = type;
  if (rdonly) wanted &= ~RDONLY;
  if (nullable) wanted &= ~MAYBE_NULL;
  if (call.exchange && type & ALLOC) wanted &= ~(ALLOC | PERCPU);
  if (base === "ptr_to_mem") wanted &= ~(SLICE | PACKET_SLICE);
  if (!accepted.includes(wanted)) reject("argument_type", register, typeName(type), accepted.map(typeName).join(", "));
  if (accepted.length > 0 && (type & BASE_TYPE) === TYPES.BTF_ID) checkStruct(env, kind, register, call);
}

/** Helpers that release any socket, whichever structure the pointer is of. */
const RELEASES_SOCKETS = "sk_release";

/** What a pointer to a structure of Linux points to, once its type fits. */
function checkStruct(env: Environment, kind: ArgType, register: number, { row: { name }, exchange }: HelperCall): void {
  const { base, rdonly, nullable, release, struct } = ARGUMENTS[kind];
  const w = env.words;
  const r = registerAt(register);
  const type = w[r + TYPE];
  if (ACCEPTED[base] === MEMORY) {
    if (!rdonly) reject("helper_writes", `bpf_${name}`, register, typeName(type));
    return;
  }
  if (type & ALLOC) {
    if (type & MAYBE_NULL) reject("linux_bug", "invalid PTR_TO_BTF_ID register for type match");
    if (exchange) checkExchanged(env, register, exchange);
    return;
  }
  if (type & PERCPU) return;
  if (type & MAYBE_NULL && (!nullable || release)) reject("helper_nullable", register);
  if (exchange) {
    checkExchanged(env, register, exchange);
    return;
  }
  const wanted = struct ?? (base === "ptr_to_btf_id_sock_common" ? "sock_common" : undefined);
  if (wanted === undefined) reject("not_modelled", `pointers to structures for bpf_${name}`);
  else if (!structsMatch(env, w[r + AUX], w[r + OFF], structId(env, wanted), !!release && name !== RELEASES_SOCKETS))
    reject("helper_struct", register, structName(env, w, r), wanted);
}

/** The pointer has not moved, where it must not have. */
export function checkArgumentOffset(env: Environment, kind: ArgType, register: number): void {
  const w = env.words;
  const r = registerAt(register);
  const { base, release } = ARGUMENTS[kind];
  // It is what lies on the stack that is given back.
  if (release && base === "ptr_to_dynptr" && w[r + TYPE] === TYPES.STACK) return;
  checkPointerOffset(w, r, register, release);
}
