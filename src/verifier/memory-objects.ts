/** Access to objects of Linux that programs see through a pointer of a type of its own: sockets, flow keys, buffers. */
import { contextAccess } from "../programs/access.ts";
import type { ContextLayout } from "../programs/row.ts";
import { SOCK_COMMON_FIELDS, SOCK_FIELDS, TCP_SOCK_FIELDS, XDP_SOCK_FIELDS } from "../programs/socket-contexts.ts";
import { registerAt } from "./environment.ts";
import { formatBits } from "./format-state.ts";
import { isZero, toNumber, type Words } from "./int64.ts";
import { SMIN, TYPE, TYPES, typeName, VALUE } from "./registers.ts";
import { reject } from "./rejection.ts";
import { tnumIsConst } from "./tnum.ts";

const SOCKETS: Readonly<Record<number, ContextLayout>> = {
  [TYPES.SOCK_COMMON]: SOCK_COMMON_FIELDS,
  [TYPES.SOCKET]: SOCK_FIELDS,
  [TYPES.TCP_SOCK]: TCP_SOCK_FIELDS,
  [TYPES.XDP_SOCK]: XDP_SOCK_FIELDS,
};

/** A load through a pointer to a socket. */
export function checkSocketAccess(w: Words, register: number, offset: number, size: number): void {
  const r = registerAt(register);
  const type = w[r + TYPE];
  if (toNumber(w, r + SMIN) < 0) reject("min_negative", register);
  if (contextAccess(SOCKETS[type], offset, size, "read") === undefined)
    reject("socket_access", register, typeName(type), offset, size);
}

/** `struct bpf_flow_keys`. */
const FLOW_KEYS_SIZE = 56;

export function checkFlowKeys(offset: number, size: number): void {
  if (offset < 0 || offset + size > FLOW_KEYS_SIZE) reject("flow_keys_access", offset, size);
}

/** A buffer whose size is known when the program is attached: how far the program reaches is checked then. */
export function checkBuffer(w: Words, register: number, kind: string, offset: number, size: number): void {
  const r = registerAt(register);
  if (offset < 0) reject("buffer_offset", register, kind, offset, size);
  if (!tnumIsConst(w, r + VALUE) || !isZero(w, r + VALUE))
    reject("buffer_variable", register, offset, formatBits(w, r + VALUE));
}
