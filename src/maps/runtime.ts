import type { LinearMemory } from "../memory/memory.ts";
import type { MapSpec, StorageType } from "./spec.ts";

/** How users name objects of Linux whose structs lie in linear memory: by pid, inode number, socket cookie, cgroup id. */
export interface ObjectNames {
  /** Offset of the struct, or -EBADF. */
  objectOf(type: StorageType, name: number): number;
  /** The other way; undefined where nothing lies there any more. */
  nameOf(type: StorageType, offset: number): number | undefined;
  /** `gone` is told the offset of each object that goes. */
  whenGone(gone: (offset: number) => void): void;
}

/** What maps see of the machine that they are in. */
export interface MapMachine {
  /** Possible CPUs; the one that runs now is `memory.cpu`. */
  readonly cpus: number;
  /** All maps by `RuntimeMap.index`. */
  readonly maps: readonly (RuntimeMap | undefined)[];
  /** Whether there is a network device with this number. Without it there is none. */
  hasDevice?(ifindex: number): boolean;
  /** Whether there is a cgroup with this id. Without it there is none. */
  hasCgroup?(id: number): boolean;
  /** What an XDP program is meant for, by its id; undefined where there is none. */
  xdpProgram?(id: number): "xdp" | "xdp_devmap" | "xdp_cpumap" | undefined;
  /** Offset of what programs see of an AF_XDP socket, by its number; 0 where there is none. */
  xsk?(number: number): number;
  /** The socket of a cookie as programs see it (offset of `struct bpf_sock`); 0 if it has gone. Without it there are none. */
  socket?(cookie: number): number;
  /** A socket is put into the map with this index: 0 or -errno. */
  joinSocket?(map: number, cookie: number): number;
  /** Objects of Linux that values belong to. Without it there are none. */
  readonly storage?: ObjectNames;
}

/** An arena in linear memory. */
export interface ArenaPlace {
  /** Offset of its table: for each page a u32, where it lies in linear memory, or 0. */
  readonly table: number;
  readonly pages: number;
  /** The process's address of the first page; programs reach bytes by its low half. */
  readonly start: bigint;
}

/** Where an array's elements lie: element `i` of CPU `c` at `base + c * perCpu + i * stride`. */
export interface ElementPlace {
  readonly base: number;
  /** Distance between elements. */
  readonly stride: number;
  /** Distance between the areas of the CPUs, for per-CPU arrays only. */
  readonly perCpu?: number;
}

/**
 * A map that exists in a machine: its elements lie in the machine's linear memory.
 *
 * The low-level face below is what jitted code and helpers call: keys and values are *offsets* into that memory,
 * results are an offset, 0 for "no element", or `-errno`. It never throws and never allocates on lookup.
 * All that changes lies in memory too: whoever restores the memory's bytes has restored the map.
 *
 * Programs see the value of the CPU that they run on (`memory.cpu`); bpf(2) sees the values of all CPUs, one after the
 * other, each rounded up to 8 bytes. So there are two faces: `lookup`, `update`, `delete` for programs, and `userLookup`,
 * `userUpdate`, `userDelete`, `nextKey` for bpf(2).
 */
export interface RuntimeMap {
  readonly spec: MapSpec;
  /** Index in the machine's map table, which programs see as the map. */
  readonly index: number;
  /** The memory that the offsets below are of. */
  readonly memory: LinearMemory;
  /** Offset of the map's header (its `struct bpf_map`) in memory; `const_ptr_to_map` registers hold its address. */
  readonly header: number;
  /** All memory that is the map's, where it is known. */
  readonly blocks?: readonly (readonly [at: number, size: number])[];
  /** For arrays: where the elements lie, so that lookups can be inlined. */
  readonly elements?: ElementPlace;
  /** For arenas: where their pages are found. */
  readonly arena?: ArenaPlace;
  /** For arrays of programs: where the places of programs lie, a u32 each: its slot in the machine's table of entries, or 0. */
  readonly programs?: { readonly base: number; readonly stride: number };
  /** Whether it holds the program with this id, which therefore stays loaded. */
  holds?(program: number): boolean;
  /** Elements that are there now; for arrays always `maxEntries`. */
  readonly size: number;
  lookup(key: number): number;
  /** `lookup` with what is constant bound, for callers that call it often; undefined where that gains nothing. */
  bindLookup?(): ((key: number) => number) | undefined;
  /** `flags`: 0 any, 1 only a new element, 2 only an existing one; others (also negative) give -EINVAL. */
  update(key: number, value: number, flags: number): number;
  delete(key: number): number;
  /** Bytes that bpf(2) copies for a value. */
  readonly userValueSize: number;
  /** `BPF_MAP_LOOKUP_ELEM`: copies `userValueSize` bytes to `out`; 0 or -errno. */
  userLookup(key: number, out: number, flags?: number): number;
  /** `BPF_MAP_UPDATE_ELEM`: takes `userValueSize` bytes at `value`; 0 or -errno. */
  userUpdate(key: number, value: number, flags: number): number;
  /** `BPF_MAP_DELETE_ELEM`. */
  userDelete(key: number): number;
  /** Writes the key after `key` (0: the first) to `out`; 0, or -ENOENT at the end. */
  nextKey(key: number, out: number): number;
  /** Gives the memory back. Offsets that lookups gave are void after that. */
  free(): void;
}
