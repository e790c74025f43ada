/** Flags of map creation (`BPF_F_*`), with their numbers. */
export const MAP_FLAGS = {
  /** Elements are allocated when they are added. Nothing that a program sees depends on it. */
  NO_PREALLOC: 1 << 0,
  /** The hash starts from 0, so the order of elements is the same each time. Here it always does. */
  ZERO_SEED: 1 << 6,
} as const;

/** Flags of an update: what must be true of the element before it. */
export const UPDATE_FLAGS = { any: 0, noexist: 1, exist: 2 } as const;

export type UpdateMode = keyof typeof UPDATE_FLAGS;
