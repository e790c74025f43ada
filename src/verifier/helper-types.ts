/** Which kinds of values each argument type of a helper accepts. */
import { ARGUMENTS, type ArgBase, type ArgType } from "../helpers/arguments.ts";
import { type Environment, registerAt } from "./environment.ts";
import { checkUnmodified } from "./memory.ts";
import {
  ALLOC,
  BASE_TYPE,
  MAYBE_NULL,
  OFF,
  PERCPU,
  RCU,
  RDONLY,
  RINGBUF,
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

/** The register holds what the argument asks for; which structure a BTF pointer points to is not looked at. */
export function checkArgumentType(env: Environment, kind: ArgType, register: number): void {
  const { base, rdonly, nullable } = ARGUMENTS[kind];
  const accepted = ACCEPTED[base];
  const type = env.words[registerAt(register) + TYPE];
  let wanted = type;
  if (rdonly) wanted &= ~RDONLY;
  if (nullable) wanted &= ~MAYBE_NULL;
  if (!accepted.includes(wanted)) reject("argument_type", register, typeName(type), accepted.map(typeName).join(", "));
}

/** Types whose pointers may have moved within what they point to. */
const MOVABLE: ReadonlySet<number> = new Set([
  TYPES.SCALAR,
  TYPES.STACK,
  TYPES.PACKET,
  TYPES.PACKET_META,
  TYPES.MAP_KEY,
  TYPES.MAP_VALUE,
  TYPES.MEM,
  TYPES.MEM | RDONLY,
  TYPES.MEM | RINGBUF,
  TYPES.BUF,
  TYPES.BUF | RDONLY,
  TYPES.ARENA,
]);

/** The pointer has not moved, where it must not have. */
export function checkArgumentOffset(env: Environment, kind: ArgType, register: number): void {
  const w = env.words;
  const r = registerAt(register);
  const type = w[r + TYPE];
  const { base, release } = ARGUMENTS[kind];
  if (release) {
    if (base === "ptr_to_dynptr" && type === TYPES.STACK) return;
    if (w[r + OFF] !== 0) reject("release_offset", register);
  } else if (MOVABLE.has(type)) return;
  // A pointer to a kernel structure may point to a member at a constant offset.
  const fixed = !release && (type & BASE_TYPE) === TYPES.BTF_ID && !(type & MAYBE_NULL);
  checkUnmodified(w, r, register, fixed);
}
