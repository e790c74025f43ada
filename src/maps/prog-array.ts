import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import { MAP_HEADER_SIZE, writeMapHeader } from "./header.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** A program as an array of programs sees it. */
export interface ArrayProgram {
  /** By which tail calls find it in the machine's table of entries; not 0. */
  readonly slot: number;
  /** A function of it is or was replaced: no array takes it, since the replacement could tail-call it without end. */
  readonly isExtended?: boolean;
  /** What programs of one array share: their type, and for some types where they attach. */
  readonly kind: string;
}

/** The programs of a machine by id, for their arrays; undefined where there is no such program. */
export type FindProgram = (id: number) => ArrayProgram | undefined;

/** Bytes of a place: the program's slot in the table of entries (0: no program), and its id. */
const STRIDE = 8;

/**
 * Programs by index, for `bpf_tail_call`. bpf(2) writes a program's file descriptor and reads its id; a machine has no file
 * descriptors for programs, so here the value is the id both ways. Programs never look an element up.
 *
 * The first program that uses the array, or that is put there, decides which kind it holds: one of another kind is refused.
 */
export class ProgArrayMap implements RuntimeMap {
  readonly spec: MapSpec;
  readonly index: number;
  readonly memory: LinearMemory;
  readonly header: number;
  readonly programs: { readonly base: number; readonly stride: number };
  readonly size: number;
  readonly userValueSize = 4;
  readonly #base: number;
  #find: FindProgram = () => undefined;
  #kind: string | undefined;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    this.spec = spec;
    this.index = index;
    this.memory = memory;
    this.size = spec.maxEntries;
    this.#base = memory.allocate(STRIDE * spec.maxEntries);
    this.header = writeMapHeader(memory, index, spec);
    this.programs = { base: this.#base, stride: STRIDE };
  }

  /** Says where the programs are that updates name; until then every update fails with EBADF. */
  connect(find: FindProgram): void {
    this.#find = find;
  }

  /** Whether programs of the kind may use the array or lie in it; the first question decides. */
  accepts(kind: string): boolean {
    this.#kind ??= kind;
    return this.#kind === kind;
  }

  /** The kind that it holds; undefined before the first. */
  get kind(): string | undefined {
    return this.#kind;
  }

  /** Whether some place has the program with this id. */
  contains(id: number): boolean {
    const { u32 } = this.memory;
    for (let place = this.#base >> 2, at = 0; at < this.size; at++, place += STRIDE >> 2)
      if (u32[place] !== 0 && u32[place + 1] === id) return true;
    return false;
  }

  /** Programs cannot look programs up. */
  lookup(_key: number): number {
    return 0;
  }

  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  delete(_key: number): number {
    return -ERRNO.EINVAL;
  }

  userLookup(key: number, out: number): number {
    const place = this.#place(key);
    if (place === undefined || this.memory.u32[place >> 2] === 0) return -ERRNO.ENOENT;
    this.memory.view.setUint32(out, this.memory.u32[(place >> 2) + 1]!, true);
    return 0;
  }

  /** `value` holds the id of a program: EBADF where there is none, EINVAL for one of another kind, EBUSY for one that is extended. */
  userUpdate(key: number, value: number, flags: number): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const place = this.#place(key);
    if (place === undefined) return -ERRNO.E2BIG;
    const id = this.memory.view.getUint32(value, true);
    const program = this.#find(id);
    if (program === undefined) return -ERRNO.EBADF;
    if (program.kind === "ext" || !this.accepts(program.kind)) return -ERRNO.EINVAL;
    if (program.isExtended) return -ERRNO.EBUSY;
    this.memory.u32.set([program.slot, id], place >> 2);
    return 0;
  }

  userDelete(key: number): number {
    const place = this.#place(key);
    if (place === undefined) return -ERRNO.E2BIG;
    if (this.memory.u32[place >> 2] === 0) return -ERRNO.ENOENT;
    this.memory.u32.fill(0, place >> 2, (place >> 2) + 2);
    return 0;
  }

  nextKey(key: number, out: number): number {
    const at = key === 0 ? this.size : this.memory.view.getUint32(key, true);
    if (at === this.size - 1) return -ERRNO.ENOENT;
    this.memory.view.setUint32(out, at >= this.size ? 0 : at + 1, true);
    return 0;
  }

  free(): void {
    this.memory.free(this.#base, STRIDE * this.size);
    this.memory.free(this.header, MAP_HEADER_SIZE);
  }

  #place(key: number): number | undefined {
    const at = this.memory.view.getUint32(key, true);
    return at < this.size ? this.#base + STRIDE * at : undefined;
  }
}
