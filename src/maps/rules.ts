/**
 * What `BPF_MAP_CREATE` demands of a map's attributes, one row a type: the flags that it knows, and what Linux's `map_alloc_check` or `map_alloc` of that type looks at before it allocates.
 */
import type { Errno } from "./errno.ts";
import { MAP_FLAGS } from "./flags.ts";
import type { MapSpec, MapType } from "./spec.ts";

/** Why a specification is no map: Linux's errno, the problem, what to do. */
export interface Refusal {
  readonly errno: Errno;
  readonly problem: string;
  readonly hint: string;
}

export const refuse = (errno: Errno, problem: string, hint: string): Refusal => ({ errno, problem, hint });

/** Looks at one attribute, or at some together. */
export type MapCheck = (spec: MapSpec) => Refusal | undefined;

/** The rules of one map type. */
export interface MapRules {
  /** All flags of creation that it knows. */
  readonly flags: number;
  /** What Linux looks at before the flags. */
  readonly before?: readonly MapCheck[];
  /** In Linux's order: the first that refuses gives the errno. */
  readonly checks: readonly MapCheck[];
}

/** The most that Linux's allocator gives at once. */
const KMALLOC_MAX = 4 * 2 ** 20;
/** Linux's largest element of a hash map: what its allocator gives at once, less the element's own 48 bytes. */
const MAX_HASH_ELEMENT = KMALLOC_MAX - 48;
/** Linux's largest value of an array. */
const MAX_ARRAY_VALUE = 2 ** 31 - 1;
/** Linux's largest value of one CPU (`PCPU_MIN_UNIT_SIZE`). */
const MAX_PER_CPU_VALUE = 32 * 1024;
/** Linux's `kernel.perf_event_max_stack`: no stack has more addresses. */
export const MAX_STACK_DEPTH = 127;
const PAGE = 4096;
/** Linux's largest value of an object's storage: 64 KiB less the storage's own header. */
const MAX_STORAGE_VALUE = 0xffff - 128;
/** Linux was built for so many CPUs (`CONFIG_NR_CPUS`) at most; a machine has far fewer. */
const MAX_CPUS = 8192;

/** The number of a memory node that means any. */
export const ANY_NODE = 0xffff_ffff;

const { NO_PREALLOC, NO_COMMON_LRU, NUMA_NODE, RDONLY, WRONLY, RDONLY_PROG, WRONLY_PROG, MMAPABLE } = MAP_FLAGS;
const { ZERO_SEED, PRESERVE_ELEMS, INNER_MAP, STACK_BUILD_ID, CLONE, LINK, VTYPE_BTF_OBJ_FD } = MAP_FLAGS;
const ACCESS = RDONLY | WRONLY | RDONLY_PROG | WRONLY_PROG;
const HASH = NO_PREALLOC | NO_COMMON_LRU | NUMA_NODE | ACCESS | ZERO_SEED;
const ARRAY = NUMA_NODE | ACCESS;

/** A check that says what must be true, and the hint where it is not. */
const must =
  (
    holds: (spec: MapSpec) => boolean,
    problem: (spec: MapSpec) => string,
    hint: string,
    errno: Errno = "EINVAL",
  ): MapCheck =>
  (spec) =>
    holds(spec) ? undefined : refuse(errno, problem(spec), hint);

const theKey = ({ keySize }: MapSpec): string => `a key of ${keySize} bytes`;
const theValue = ({ valueSize }: MapSpec): string => `a value of ${valueSize} bytes`;
const theFlags = ({ flags }: MapSpec): string => `flags 0x${flags.toString(16)}`;
const theEntries = ({ maxEntries }: MapSpec): string => `maxEntries ${maxEntries}`;
const without = (...flags: number[]): ((spec: MapSpec) => boolean) => {
  return (spec) => flags.every((flag) => (spec.flags & flag) === 0);
};

const fourByteKey = must((s) => s.keySize === 4, theKey, "Its key is an index: use a key of 4 bytes.");
const someKey = must((s) => s.keySize > 0, theKey, "Give it a key of at least one byte.");
const someEntries = must((s) => s.maxEntries > 0, theEntries, "It is the number of elements that there is room for.");
const someValue = must((s) => s.valueSize > 0, theValue, "It is the number of bytes of a value.");
const noKey = must((s) => s.keySize === 0, theKey, "It has no keys: use a key of 0 bytes.");
const noValue = must(
  (s) => s.valueSize === 0,
  theValue,
  "Its records have sizes of their own: use a value of 0 bytes.",
);
const fourByteValue = must((s) => s.valueSize === 4, theValue, "Its values name objects: use a value of 4 bytes.");
const fourOrEight = must((s) => s.valueSize === 4 || s.valueSize === 8, theValue, "Use a value of 4 or 8 bytes.");
const oneProgramAccess = must(
  (s) => (s.flags & (RDONLY_PROG | WRONLY_PROG)) !== (RDONLY_PROG | WRONLY_PROG),
  theFlags,
  "Programs may be kept from writing or from reading, not from both.",
);
const belowTwoGiB = must((s) => s.valueSize <= MAX_ARRAY_VALUE, theValue, "Keep values below 2 GiB.", "E2BIG");
const perCpuValue = must(
  (s) => s.valueSize <= MAX_PER_CPU_VALUE,
  theValue,
  "Keep the value of one CPU at most 32 KiB.",
  "E2BIG",
);
/** The flag may stand with the number that means "any node". */
const anyNode = ({ flags, numaNode }: MapSpec): boolean => (flags & NUMA_NODE) === 0 || numaNode === ANY_NODE;
const noNumaNode = must(anyNode, theFlags, "Each CPU's values lie near that CPU: leave NUMA_NODE out.");
const belowFourMiB = must(
  (s) => s.keySize + s.valueSize < MAX_HASH_ELEMENT,
  (s) => `an element of ${s.keySize + s.valueSize} bytes`,
  "Keep elements below 4 MiB.",
  "E2BIG",
);
/** Buckets are a power of two, of 16 bytes each, whose size fits into 32 bits. */
const hashSize = must((s) => s.maxEntries <= 2 ** 27, theEntries, "Use at most 134217728.", "E2BIG");
const powerOfTwo = must((s) => s.maxEntries <= 2 ** 31, theEntries, "Use at most 2147483648.", "E2BIG");
const commonLru = must(without(NO_COMMON_LRU), theFlags, "NO_COMMON_LRU is for LRU maps.");
const preallocated = must(
  without(NO_PREALLOC),
  theFlags,
  "An LRU map takes its elements from a fixed stock: leave NO_PREALLOC out.",
  "ENOTSUPP",
);
const numaOrOwnLists = must(
  (s) => (s.flags & NO_COMMON_LRU) === 0 || anyNode(s),
  theFlags,
  "Lists of the CPUs lie near those: leave NUMA_NODE or NO_COMMON_LRU out.",
);
const notPreallocated = must((s) => (s.flags & NO_PREALLOC) !== 0, theFlags, "Add NO_PREALLOC.");
const programsNeverSeeValues = must(
  without(RDONLY_PROG, WRONLY_PROG),
  theFlags,
  "Programs cannot read or write its values: leave RDONLY_PROG and WRONLY_PROG out.",
);
const kmallocValue = must((s) => s.valueSize <= KMALLOC_MAX, theValue, "Keep values at most 4 MiB.", "E2BIG");
const pages = must(
  (s) => Number.isInteger(Math.log2(s.maxEntries)) && s.maxEntries % PAGE === 0,
  ({ maxEntries }) => `size ${maxEntries} (Linux's max_entries)`,
  "A ring buffer's size in bytes is a power of two of at least 4096.",
);
const someInner: MapCheck = (spec) =>
  spec.inner === undefined
    ? refuse("EBADF", "no inner map", "Say what its maps are like: inner: { type, keySize, ... }.")
    : innerRefusal(spec.inner);

const array = [someEntries, fourByteKey, someValue, oneProgramAccess];
const descriptors = [fourByteValue, programsNeverSeeValues, ...array];
const hash = [oneProgramAccess, someEntries, someKey, someValue, belowFourMiB, hashSize];
const storageValue = must(
  (s) => s.valueSize <= MAX_STORAGE_VALUE,
  theValue,
  `Keep values at most ${MAX_STORAGE_VALUE} bytes.`,
  "E2BIG",
);
const objectStorage = [
  must((s) => s.maxEntries === 0, theEntries, "It has as many elements as there are objects: use 0."),
  must((s) => s.keySize === 4, theKey, "Its key is the descriptor of an object: use a key of 4 bytes."),
  notPreallocated,
  someValue,
  must(
    (s) => Boolean((s.btf?.keyType ?? s.btfKeyTypeId) && (s.btf?.valueType ?? s.btfValueTypeId)),
    () => "no BTF types",
    "Give it the BTF ids of its key's and value's types: btfKeyTypeId, btfValueTypeId.",
  ),
  storageValue,
];
const cgroupStorage = [
  must((s) => s.keySize === 8 || s.keySize === 16, theKey, "Use bpf_cgroup_storage_key (16 bytes) or a cgroup id (8)."),
  someValue,
];
const cgroupStorageRest = [
  oneProgramAccess,
  must((s) => s.maxEntries === 0, theEntries, "It has an element for each attachment: use 0."),
];

export const MAP_RULES: Readonly<Record<MapType, MapRules>> = {
  hash: { flags: HASH, checks: [commonLru, ...hash] },
  percpu_hash: { flags: HASH, checks: [commonLru, noNumaNode, ...hash, perCpuValue] },
  lru_hash: {
    flags: HASH,
    checks: [oneProgramAccess, preallocated, numaOrOwnLists, ...hash],
  },
  lru_percpu_hash: {
    flags: HASH,
    checks: [oneProgramAccess, preallocated, noNumaNode, ...hash, perCpuValue],
  },
  array: {
    flags: ARRAY | MMAPABLE | INNER_MAP,
    checks: [...array, belowTwoGiB],
  },
  percpu_array: { flags: ARRAY, checks: [noNumaNode, ...array, belowTwoGiB, perCpuValue] },
  prog_array: { flags: ARRAY, checks: descriptors },
  perf_event_array: { flags: ARRAY | PRESERVE_ELEMS, checks: descriptors },
  cgroup_array: { flags: ARRAY, checks: descriptors },
  array_of_maps: { flags: ARRAY, checks: [...descriptors, someInner] },
  hash_of_maps: { flags: HASH, checks: [fourByteValue, commonLru, ...hash, someInner] },
  stack_trace: {
    flags: NUMA_NODE | RDONLY | WRONLY | STACK_BUILD_ID,
    checks: [
      someEntries,
      fourByteKey,
      must(
        (s) => {
          const entry = s.flags & STACK_BUILD_ID ? 32 : 8;
          return s.valueSize % entry === 0 && s.valueSize >= 8 && s.valueSize / entry <= MAX_STACK_DEPTH;
        },
        theValue,
        `Use 8 bytes for each of 1 to ${MAX_STACK_DEPTH} addresses.`,
      ),
      powerOfTwo,
    ],
  },
  lpm_trie: {
    flags: NO_PREALLOC | NUMA_NODE | ACCESS,
    checks: [
      someEntries,
      someValue,
      notPreallocated,
      oneProgramAccess,
      must(
        (s) => s.keySize >= 5 && s.keySize <= 260,
        theKey,
        "Its key is a prefix length of 4 bytes and 1 to 256 bytes of data.",
      ),
      must((s) => s.valueSize <= KMALLOC_MAX - 300, theValue, "Keep values below 4 MiB."),
    ],
  },
  queue: { flags: ARRAY, checks: [someEntries, noKey, someValue, oneProgramAccess, kmallocValue] },
  stack: { flags: ARRAY, checks: [someEntries, noKey, someValue, oneProgramAccess, kmallocValue] },
  bloom_filter: {
    flags: ARRAY | ZERO_SEED,
    before: [kmallocValue],
    checks: [
      someEntries,
      noKey,
      someValue,
      oneProgramAccess,
      must(
        (s) => (s.mapExtra ?? 0n) <= 15n,
        (s) => `mapExtra ${s.mapExtra}`,
        "It is the number of hash functions: 1 to 15, or 0 for 5.",
      ),
    ],
  },
  ringbuf: { flags: NUMA_NODE, checks: [noKey, noValue, pages] },
  user_ringbuf: { flags: NUMA_NODE, checks: [noKey, noValue, pages] },
  devmap: { flags: NUMA_NODE | RDONLY | WRONLY, checks: [someEntries, fourByteKey, fourOrEight] },
  devmap_hash: {
    flags: NUMA_NODE | RDONLY | WRONLY,
    checks: [
      someEntries,
      fourByteKey,
      fourOrEight,
      must((s) => s.maxEntries <= 2 ** 31, theEntries, "Use at most 2147483648."),
    ],
  },
  cpumap: {
    flags: NUMA_NODE,
    checks: [
      someEntries,
      fourByteKey,
      fourOrEight,
      must((s) => s.maxEntries <= MAX_CPUS, theEntries, `Use at most ${MAX_CPUS} CPUs.`, "E2BIG"),
    ],
  },
  xskmap: { flags: NUMA_NODE | RDONLY | WRONLY, checks: [someEntries, fourByteKey, fourByteValue] },
  sockmap: { flags: NUMA_NODE | RDONLY | WRONLY, checks: [someEntries, fourByteKey, fourOrEight] },
  sockhash: {
    flags: NUMA_NODE | RDONLY | WRONLY,
    checks: [
      someEntries,
      someKey,
      fourOrEight,
      must((s) => s.keySize <= 512, theKey, "Use at most 512 bytes.", "E2BIG"),
    ],
  },
  reuseport_sockarray: { flags: ARRAY, checks: [fourOrEight, ...array] },
  sk_storage: { flags: NO_PREALLOC | CLONE, checks: objectStorage },
  inode_storage: { flags: NO_PREALLOC | CLONE, checks: objectStorage },
  task_storage: { flags: NO_PREALLOC | CLONE, checks: objectStorage },
  cgrp_storage: { flags: NO_PREALLOC | CLONE, checks: objectStorage },
  cgroup_storage_deprecated: {
    flags: NUMA_NODE | ACCESS,
    before: [...cgroupStorage, storageValue],
    checks: cgroupStorageRest,
  },
  percpu_cgroup_storage_deprecated: {
    flags: NUMA_NODE | ACCESS,
    before: [...cgroupStorage, perCpuValue],
    checks: cgroupStorageRest,
  },
  struct_ops: {
    flags: LINK | VTYPE_BTF_OBJ_FD,
    checks: [someValue, fourByteKey, must((s) => s.maxEntries === 1, theEntries, "It holds one structure: use 1.")],
  },
  arena: {
    flags: MMAPABLE | MAP_FLAGS.SEGV_ON_FAULT | MAP_FLAGS.NO_USER_CONV,
    checks: [
      noKey,
      noValue,
      someEntries,
      must((s) => (s.flags & MMAPABLE) !== 0, theFlags, "Add MMAPABLE."),
      must(
        (s) => (s.mapExtra ?? 0n) % BigInt(PAGE) === 0n,
        (s) => `mapExtra ${s.mapExtra}`,
        "It is the arena's first address: use a multiple of 4096, or 0.",
      ),
      must(
        (s) => s.maxEntries * PAGE <= 2 ** 32,
        theEntries,
        "It is a number of pages: at most 1048576 (4 GiB).",
        "E2BIG",
      ),
      must(
        ({ mapExtra = 0n, maxEntries }) =>
          mapExtra >> 32n === BigInt.asUintN(64, mapExtra + BigInt(maxEntries * PAGE) - 1n) >> 32n,
        ({ mapExtra }) => `mapExtra 0x${mapExtra?.toString(16)}`,
        "The low halves of its addresses must not wrap: let it end before the next multiple of 4 GiB.",
        "ERANGE",
      ),
    ],
  },
};

/** Types that no map of maps can hold, because Linux cannot tell whether two of them are alike. */
const NEVER_INNER: ReadonlySet<MapType> = new Set([
  "prog_array",
  "struct_ops",
  "cgroup_storage_deprecated",
  "percpu_cgroup_storage_deprecated",
]);

function innerRefusal({ type }: MapSpec): Refusal | undefined {
  if (type === "array_of_maps" || type === "hash_of_maps")
    return refuse("EINVAL", "an inner map that is a map of maps", "Maps nest only one level deep.");
  if (NEVER_INNER.has(type))
    return refuse("ENOTSUPP", `an inner map of type ${type}`, "Linux puts no maps of this type into others.");
  return undefined;
}
