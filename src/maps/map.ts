import { ArgumentError, isObject, requireWhole } from "../isa/argument.ts";
import { ArenaDeclaration, type ArenaDescription } from "./arena-view.ts";
import { type Codec, requireCodec, u32, u64 } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import { MAP_FLAGS } from "./flags.ts";
import { remember } from "./latest.ts";
import { perCpu } from "./percpu-codec.ts";
import { PerfDeclaration } from "./perf-view.ts";
import { RingbufDeclaration, recordBytes, recordOf } from "./ringbuf-view.ts";
import { MAX_STACK_DEPTH } from "./rules.ts";
import { noKey, SequenceDeclaration } from "./sequence-view.ts";
import type { MapSpec, MapType } from "./spec.ts";
import { StorageDeclaration, type StorageDescription } from "./storage-view.ts";
import { struct } from "./struct.ts";
import { TARGET_MAKERS } from "./target-declarations.ts";
import { type UserRing, UserRingbufDeclaration } from "./user-ringbuf-view.ts";

/** What every declaration says. */
interface Named {
  /** At most 15 letters, digits, underscores and dots. */
  readonly name: string;
  readonly maxEntries: number;
  /** `MAP_FLAGS`, or-ed. */
  readonly flags?: number;
}

/** The declaration's own description, checked to be one. */
function described<S>(maker: string, spec: S): S {
  if (isObject(spec)) return spec;
  throw new ArgumentError(`the argument of map.${maker}(...)`, "an object such as { name, ..., maxEntries }", spec);
}

/** A stack's addresses, innermost first; the zeros that fill its slot are not part of it. */
function stack(depth: number): Codec<readonly bigint[]> {
  return {
    name: `u64[${depth}]`,
    size: 8 * depth,
    align: 8,
    read(view, at) {
      const addresses: bigint[] = [];
      for (let index = 0; index < depth; index++) {
        const address = view.getBigUint64(at + 8 * index, true);
        if (address === 0n) break;
        addresses.push(address);
      }
      return addresses;
    },
    write(view, at, addresses) {
      for (let index = 0; index < depth; index++) u64.write(view, at + 8 * index, addresses[index] ?? 0n);
    },
  };
}

/** What declarations of the hash family say. */
type Keyed<K, V> = Named & { readonly key: Codec<K>; readonly value: Codec<V> };

/** A declaration whose values are one for each CPU. */
function perCpuDeclaration<K, V>(type: MapType, spec: Keyed<K, V>): MapDeclaration<K, readonly V[]> {
  requireCodec(`value of map "${spec.name}"`, spec.value);
  return new MapDeclaration({ type, ...spec, value: perCpu(spec.value) });
}

/** What a declaration of a ring buffer says. */
interface Ring {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly flags?: number;
}

function ringbuf(spec: Ring): RingbufDeclaration<Uint8Array>;
function ringbuf<V>(spec: Ring & { readonly value: Codec<V> }): RingbufDeclaration<V>;
function ringbuf<V>(
  spec: Ring & { readonly value?: Codec<V> },
): RingbufDeclaration<V> | RingbufDeclaration<Uint8Array> {
  const { value, ...rest } = described("ringbuf", spec);
  if (value === undefined) return remember(new RingbufDeclaration({ ...rest, record: recordBytes }));
  requireCodec("value of map.ringbuf(...)", value);
  return remember(new RingbufDeclaration({ ...rest, record: recordOf(value) }));
}

function perfEventArray(spec: Named): PerfDeclaration<Uint8Array>;
function perfEventArray<V>(spec: Named & { readonly value: Codec<V> }): PerfDeclaration<V>;
function perfEventArray<V>(
  spec: Named & { readonly value?: Codec<V> },
): PerfDeclaration<V> | PerfDeclaration<Uint8Array> {
  const { value, ...rest } = described("perfEventArray", spec);
  if (value === undefined) return remember(new PerfDeclaration({ ...rest, record: recordBytes }));
  requireCodec("value of map.perfEventArray(...)", value);
  return remember(new PerfDeclaration({ ...rest, record: recordOf(value) }));
}

/** What a map of maps says: `inner` is what each of them is like. */
type Holder = Named & { readonly inner: MapSpec };

/**
 * Declares maps. Nothing is created before a machine loads a program that uses one, but what no machine could create is
 * refused here: `ArgumentError` for a description that lacks something, `MapError` for attributes that Linux refuses.
 *
 * @example const counts = map.array({ name: "counts", value: u64, maxEntries: 4 });
 */
export const map = {
  /** Elements by key, added and removed at will. @example map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 }) */
  hash: <K, V>(spec: Keyed<K, V>): MapDeclaration<K, V> =>
    remember(new MapDeclaration({ type: "hash", ...described("hash", spec) })),

  /** A hash map with a value for each CPU; values are arrays. @example map.percpuHash({ name: "hits", key: u32, value: u64, maxEntries: 64 }) */
  percpuHash: <K, V>(spec: Keyed<K, V>): MapDeclaration<K, readonly V[]> =>
    remember(perCpuDeclaration("percpu_hash", described("percpuHash", spec))),

  /** A hash map that makes room by evicting what was not used lately. @example map.lruHash({ name: "seen", key: u32, value: u64, maxEntries: 1000 }) */
  lruHash: <K, V>(spec: Keyed<K, V>): MapDeclaration<K, V> =>
    remember(new MapDeclaration({ type: "lru_hash", ...described("lruHash", spec) })),

  /** Both. @example map.lruPercpuHash({ name: "seen", key: u32, value: u64, maxEntries: 1000 }) */
  lruPercpuHash: <K, V>(spec: Keyed<K, V>): MapDeclaration<K, readonly V[]> =>
    remember(perCpuDeclaration("lru_percpu_hash", described("lruPercpuHash", spec))),

  /**
   * Values by prefix: a lookup finds the longest prefix that its key begins with. A key is `{ bits, data }`; `data` of an
   * address is its bytes, as on the wire.
   *
   * @example map.lpmTrie({ name: "routes", data: bytes(4), value: u32, maxEntries: 100 }).set({ bits: 8, data: Uint8Array.of(10, 0, 0, 0) }, 1)
   */
  lpmTrie: <D, V>(
    spec: Named & { readonly data: Codec<D>; readonly value: Codec<V> },
  ): MapDeclaration<{ bits: number; data: D }, V> => {
    const { data, flags = 0, ...rest } = described("lpmTrie", spec);
    requireCodec("data of map.lpmTrie(...)", data);
    if (data.align > 4)
      throw new ArgumentError(
        "data of map.lpmTrie(...)",
        "a codec that lies right behind the 4 bytes of bits",
        data.name,
      );
    const key = struct({ bits: u32, data }) as unknown as Codec<{ bits: number; data: D }>;
    return remember(new MapDeclaration({ type: "lpm_trie", key, flags: flags | MAP_FLAGS.NO_PREALLOC, ...rest }));
  },

  /** An array for each CPU; values are arrays by CPU. @example map.percpuArray({ name: "n", value: u64, maxEntries: 1 }) */
  percpuArray: <V>(spec: Named & { readonly value: Codec<V> }): MapDeclaration<number, readonly V[]> =>
    remember(perCpuDeclaration("percpu_array", { key: u32, ...described("percpuArray", spec) })),

  /** First in, first out: `push`, `peek`, `pop`. @example map.queue({ name: "jobs", value: u32, maxEntries: 8 }) */
  queue: <V>(spec: Named & { readonly value: Codec<V> }): SequenceDeclaration<V> =>
    remember(new SequenceDeclaration({ type: "queue", key: noKey, ...described("queue", spec) })),

  /** Last in, first out: `push`, `peek`, `pop`. @example map.stack({ name: "free", value: u32, maxEntries: 8 }) */
  stack: <V>(spec: Named & { readonly value: Codec<V> }): SequenceDeclaration<V> =>
    remember(new SequenceDeclaration({ type: "stack", key: noKey, ...described("stack", spec) })),

  /**
   * A set that answers "certainly not" or "perhaps": `push`, `mayHave`. `hashes` is the number of hash functions, 5 by default.
   *
   * @example map.bloomFilter({ name: "known", value: u32, maxEntries: 1000 }).push(7).mayHave(7) // true
   */
  bloomFilter: <V>(spec: Named & { readonly value: Codec<V>; readonly hashes?: number }): SequenceDeclaration<V> => {
    const { hashes = 0, ...rest } = described("bloomFilter", spec);
    requireWhole("hashes of map.bloomFilter(...)", hashes, 0, 15);
    return remember(new SequenceDeclaration({ type: "bloom_filter", key: noKey, mapExtra: BigInt(hashes), ...rest }));
  },

  /**
   * Records from programs to a reader, in order: `read()` takes those that are ready. `size` in bytes is a power of two of at
   * least 4096; without `value` records are bytes.
   *
   * @example map.ringbuf({ name: "events", value: struct({ pid: u32, comm: char(16) }), size: 65536 })
   */
  ringbuf,

  /**
   * Records from the notebook to programs, which read them with `bpf_user_ringbuf_drain`. `size` in bytes is a power of two of at least 4096.
   *
   * @example map.userRingbuf({ name: "orders", value: u64, size: 4096 }).write(7n)
   */
  userRingbuf: <V>(spec: UserRing<V>): UserRingbufDeclaration<V> =>
    remember(new UserRingbufDeclaration(described("userRingbuf", spec))),

  /**
   * Records from programs to a reader, through a buffer for each CPU: `read()`. Older than ring buffers, and found in many tools.
   *
   * @example map.perfEventArray({ name: "events", value: struct({ pid: u32 }), maxEntries: 2 })
   */
  perfEventArray,

  /** Programs by index, for `bpf_tail_call`; a value is a loaded program's id. @example map.progArray({ name: "next", maxEntries: 4 }) */
  progArray: (spec: Named): MapDeclaration<number, number> =>
    remember(new MapDeclaration({ type: "prog_array", key: u32, value: u32, ...described("progArray", spec) })),

  /** Maps by index, all like `inner`; a value is a map's id. @example map.arrayOfMaps({ name: "days", inner: counts, maxEntries: 7 }) */
  arrayOfMaps: (spec: Holder): MapDeclaration<number, number> =>
    remember(new MapDeclaration({ type: "array_of_maps", key: u32, value: u32, ...described("arrayOfMaps", spec) })),

  /** Maps by key. @example map.hashOfMaps({ name: "by_user", key: u32, inner: counts, maxEntries: 100 }) */
  hashOfMaps: <K>(spec: Holder & { readonly key: Codec<K> }): MapDeclaration<K, number> =>
    remember(new MapDeclaration({ type: "hash_of_maps", value: u32, ...described("hashOfMaps", spec) })),

  /**
   * Memory that programs and the notebook share, page by page: `read`, `write`. A pointer in it is good in both.
   *
   * @example map.arena({ name: "heap", pages: 16 })
   */
  arena: (spec: ArenaDescription): ArenaDeclaration => remember(new ArenaDeclaration(described("arena", spec))),

  /** Elements 0 to `maxEntries - 1`, always there, zero at first. @example map.array({ name: "n", value: u64, maxEntries: 1 }) */
  array: <V>(spec: Named & { readonly value: Codec<V> }): MapDeclaration<number, V> =>
    remember(new MapDeclaration({ type: "array", key: u32, ...described("array", spec) })),

  /**
   * Cgroups by index, for `bpf_current_task_under_cgroup`; a value is a cgroup's id. All tasks are in the first one, 1.
   *
   * @example m.map(map.cgroupArray({ name: "only", maxEntries: 1 })).set(0, 1)
   */
  cgroupArray: (spec: Named): MapDeclaration<number, number> =>
    remember(new MapDeclaration({ type: "cgroup_array", key: u32, value: u32, ...described("cgroupArray", spec) })),

  ...TARGET_MAKERS,

  /**
   * A value for each task, gone with the task; a key is a pid.
   *
   * @example map.taskStorage({ name: "starts", value: u64 })
   */
  taskStorage: <V>(spec: StorageDescription<V>): StorageDeclaration<V> =>
    remember(new StorageDeclaration("task_storage", described("taskStorage", spec))),

  /**
   * A value for each inode that a program has asked for; a key is an inode's number.
   *
   * @example map.inodeStorage({ name: "opens", value: u64 })
   */
  inodeStorage: <V>(spec: StorageDescription<V>): StorageDeclaration<V> =>
    remember(new StorageDeclaration("inode_storage", described("inodeStorage", spec))),

  /**
   * A value for each socket that a program has asked for; a key is a socket's cookie.
   *
   * @example map.skStorage({ name: "bytes", value: u64 })
   */
  skStorage: <V>(spec: StorageDescription<V>): StorageDeclaration<V> =>
    remember(new StorageDeclaration("sk_storage", described("skStorage", spec))),

  /**
   * A value for each cgroup that a program has asked for; a key is a cgroup's id.
   *
   * @example map.cgrpStorage({ name: "forks", value: u64 })
   */
  cgrpStorage: <V>(spec: StorageDescription<V>): StorageDeclaration<V> =>
    remember(new StorageDeclaration("cgrp_storage", described("cgrpStorage", spec))),

  /**
   * Stacks by the id that `bpf_get_stackid` returns, each at most `depth` addresses (default and most: 127).
   *
   * @example map.stackTrace({ name: "stacks", maxEntries: 1024 })
   */
  stackTrace: (spec: Named & { readonly depth?: number }): MapDeclaration<number, readonly bigint[]> => {
    const { depth = MAX_STACK_DEPTH, ...rest } = described("stackTrace", spec);
    requireWhole("depth of map.stackTrace(...)", depth, 1, MAX_STACK_DEPTH);
    return remember(new MapDeclaration({ type: "stack_trace", key: u32, value: stack(depth), ...rest }));
  },
};
