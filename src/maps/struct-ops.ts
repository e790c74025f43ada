import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import { MapError } from "./error.ts";
import { MAP_FLAGS } from "./flags.ts";
import { MAP_HEADER_SIZE, writeMapHeader } from "./header.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** `enum bpf_struct_ops_state`. */
const STATE = { INIT: 0, IN_USE: 1, TO_BE_FREE: 2, READY: 3 } as const;

/** Who knows the structures that programs may implement. Errors are negative numbers. */
export interface OperationsOwner {
  /** Whether the value is one that may be registered: 0 or -errno. `validates`: also whether nothing is missing. */
  check(struct: string, value: Uint8Array, validates: boolean): number;
  /** Registers it; what is returned takes it back. */
  register(struct: string, value: Uint8Array): (() => void) | number;
}

/**
 * One structure of functions that programs implement, such as a congestion control. bpf(2) writes it once: descriptors of programs
 * (here their ids) stand in the place of functions. Without `MAP_FLAGS.LINK` that registers it and deleting takes it back, with it a link does.
 */
export class StructOpsMap implements RuntimeMap {
  readonly spec: MapSpec;
  readonly index: number;
  readonly memory: LinearMemory;
  readonly header: number;
  readonly size = 1;
  readonly userValueSize: number;
  /** Name of the structure. */
  readonly struct: string;
  readonly #base: number;
  #owner: OperationsOwner | undefined;
  #undo: (() => void) | undefined;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    if (spec.operations === undefined)
      throw new MapError(
        "ENOTSUPP",
        spec.name,
        "no structure of operations is named",
        'Say which: operations: "tcp_congestion_ops".',
      );
    this.spec = spec;
    this.struct = spec.operations;
    this.index = index;
    this.memory = memory;
    this.userValueSize = spec.valueSize;
    this.#base = memory.allocate(spec.valueSize, 8);
    memory.u8.fill(0, this.#base, this.#base + spec.valueSize);
    this.header = writeMapHeader(memory, index, spec);
  }

  /** Says who registers; without it every update fails with ENOTSUPP. */
  connect(owner: OperationsOwner): void {
    this.#owner = owner;
  }

  get #state(): number {
    return this.memory.u32[(this.#base + 4) >> 2]!;
  }

  set #state(state: number) {
    this.memory.u32[(this.#base + 4) >> 2] = state;
  }

  get #bytes(): Uint8Array {
    return this.memory.u8.subarray(this.#base, this.#base + this.userValueSize);
  }

  /** Whether Linux uses it now. */
  get registered(): boolean {
    return this.#undo !== undefined;
  }

  /** It is registered until it is deleted, or for as long as a link holds it. */
  get isLinked(): boolean {
    return (this.spec.flags & MAP_FLAGS.LINK) !== 0;
  }

  /** `BPF_LINK_CREATE`: 0 or -errno. */
  register(): number {
    if (!this.isLinked || this.#state !== STATE.READY) return -ERRNO.EINVAL;
    return this.#enter();
  }

  /** The link has ended. */
  unregister(): void {
    this.#undo?.();
    this.#undo = undefined;
  }

  #enter(): number {
    if (this.#undo !== undefined) return -ERRNO.EEXIST;
    const undo = this.#owner?.register(this.struct, this.#bytes.slice()) ?? -ERRNO.ENOTSUPP;
    if (typeof undo === "number") return undo;
    this.#undo = undo;
    return 0;
  }

  /** Programs do not reach it. */
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
    if (this.memory.view.getUint32(key, true) !== 0) return -ERRNO.ENOENT;
    this.memory.u8.copyWithin(out, this.#base, this.#base + this.userValueSize);
    return 0;
  }

  userUpdate(key: number, value: number, flags: number): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    if (this.memory.view.getUint32(key, true) !== 0) return -ERRNO.E2BIG;
    const bytes = this.memory.u8.slice(value, value + this.userValueSize);
    // The two numbers in front are Linux's own.
    if (bytes.subarray(0, 8).some((byte) => byte !== 0)) return -ERRNO.EINVAL;
    if (this.#state !== STATE.INIT) return -ERRNO.EBUSY;
    const wrong = this.#owner?.check(this.struct, bytes, this.isLinked) ?? -ERRNO.ENOTSUPP;
    if (wrong !== 0) return wrong;
    this.memory.u8.set(bytes, this.#base);
    if (this.isLinked) {
      this.#state = STATE.READY;
      return 0;
    }
    const entered = this.#enter();
    if (entered === 0) this.#state = STATE.IN_USE;
    else this.#bytes.fill(0);
    return entered;
  }

  userDelete(key: number): number {
    if (this.isLinked) return -ERRNO.EOPNOTSUPP;
    if (this.memory.view.getUint32(key, true) !== 0) return -ERRNO.ENOENT;
    switch (this.#state) {
      case STATE.IN_USE:
        this.unregister();
        this.#state = STATE.TO_BE_FREE;
        return 0;
      case STATE.TO_BE_FREE:
        return -ERRNO.EINPROGRESS;
      default:
        return -ERRNO.ENOENT;
    }
  }

  nextKey(key: number, out: number): number {
    if (key !== 0 && this.memory.view.getUint32(key, true) === 0) return -ERRNO.ENOENT;
    this.memory.view.setUint32(out, 0, true);
    return 0;
  }

  free(): void {
    this.unregister();
    this.memory.free(this.#base, this.userValueSize);
    this.memory.free(this.header, MAP_HEADER_SIZE);
  }
}
