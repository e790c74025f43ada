/** The map types this release implements, by Linux's `bpf_map_type` names in lower case, with their numbers. */
export const MAP_TYPES = {
  hash: 1,
  array: 2,
  stack_trace: 7,
} as const;

export type MapType = keyof typeof MAP_TYPES;

/** What `BPF_MAP_CREATE` takes: plain data, no machine. A typed declaration (`map.hash(...)`) is one too. */
export interface MapSpec {
  readonly type: MapType;
  readonly name: string;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `BPF_F_*` creation flags. */
  readonly flags: number;
}
