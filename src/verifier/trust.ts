/** How far a pointer may be trusted: by its flags, and by the reference that it holds. */
import type { Words } from "./int64.ts";
import { ALLOC, BASE_TYPE, NON_OWN_REF, REF, TRUSTED, TYPE, TYPES } from "./registers.ts";

/** Flags of pointers that are surely valid. */
export const SAFE: number = ALLOC | TRUSTED | NON_OWN_REF;

/** Types that are a structure of Linux by another name. */
export const STRUCT_OF_TYPE: Readonly<Record<number, string>> = {
  [TYPES.SOCKET]: "sock",
  [TYPES.SOCK_COMMON]: "sock_common",
  [TYPES.TCP_SOCK]: "tcp_sock",
  [TYPES.MAP_PTR]: "bpf_map",
};

export const hasUnsafeFlags = (type: number): boolean => (type & ~(BASE_TYPE | SAFE)) !== 0;

/** The object surely exists, and cannot go away. */
export function isTrusted(w: Words, r: number): boolean {
  if (w[r + REF] !== 0) return true;
  const type = w[r + TYPE];
  if (hasUnsafeFlags(type)) return false;
  return STRUCT_OF_TYPE[type & BASE_TYPE] !== undefined || (type & SAFE) !== 0;
}
