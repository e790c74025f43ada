/** Flags of map creation (`BPF_F_*`), with their numbers. */
export const MAP_FLAGS = {
  /** Elements are allocated when they are added. Nothing that a program sees depends on it. */
  NO_PREALLOC: 1 << 0,
  /** Each CPU has an LRU list and a share of the elements of its own. */
  NO_COMMON_LRU: 1 << 1,
  /** Elements lie on the memory node that `numaNode` names. */
  NUMA_NODE: 1 << 2,
  /** bpf(2) may only read. */
  RDONLY: 1 << 3,
  /** bpf(2) may only write. */
  WRONLY: 1 << 4,
  /** Stacks are stored as build ids and offsets in files, not as addresses. */
  STACK_BUILD_ID: 1 << 5,
  /** The hash starts from 0, so the order of elements is the same each time. Here it always does. */
  ZERO_SEED: 1 << 6,
  /** Programs may only read. */
  RDONLY_PROG: 1 << 7,
  /** Programs may only write. */
  WRONLY_PROG: 1 << 8,
  /** A socket's copy by accept(2) gets a copy of its storage. */
  CLONE: 1 << 9,
  /** The values can be mapped into a process. */
  MMAPABLE: 1 << 10,
  /** Perf events stay in the array when whoever put them there closes it. */
  PRESERVE_ELEMS: 1 << 11,
  /** Maps of maps take arrays with any number of elements. */
  INNER_MAP: 1 << 12,
  /** A struct_ops map is attached by a link. */
  LINK: 1 << 13,
  /** The value's BTF is that of a module. */
  VTYPE_BTF_OBJ_FD: 1 << 15,
  /** A token stands for the privileges of who creates the map. */
  TOKEN_FD: 1 << 16,
  /** An access to an arena's page that is not there kills the process. */
  SEGV_ON_FAULT: 1 << 17,
  /** Pointers in an arena are not converted for user space. */
  NO_USER_CONV: 1 << 18,
} as const;

/** Flags of an update: what must be true of the element before it. */
export const UPDATE_FLAGS = { any: 0, noexist: 1, exist: 2 } as const;

/** Flag of an update or a lookup: under the value's `bpf_spin_lock`. */
export const LOCK_FLAG = 4;

export type UpdateMode = keyof typeof UPDATE_FLAGS;
