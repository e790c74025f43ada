import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { HashTable } from "./hash-table.ts";
import type { MapMachine } from "./runtime.ts";
import { SlotArrayMap } from "./slots.ts";
import type { MapSpec } from "./spec.ts";

/** Sockets in a map, by their cookies: users name them so, for a machine has no descriptors. */
export interface SocketMap {
  /** The cookie of the socket under a key; 0 for none. */
  cookieAt(key: number): number;
  /** `bpf_sock_map_update` and its like: 0 or -errno. */
  put(key: number, cookie: number, flags: number): number;
}

/** Whether a map holds sockets that data is sent between. */
export const isSocketMap = (map: unknown): map is SocketArrayMap | SocketHashMap =>
  map instanceof SocketArrayMap || map instanceof SocketHashMap;

/** A cookie in a user's value: 4 or 8 bytes, of which the machine's cookies need 4. */
const cookieIn = ({ view }: LinearMemory, value: number): number => view.getUint32(value, true);

/** What a user reads: the cookie, where there is room for one (values of 8 bytes), as on Linux. */
function tell(memory: LinearMemory, { valueSize }: MapSpec, out: number, cookie: number): number {
  if (valueSize !== 8) return -ERRNO.ENOSPC;
  memory.view.setUint32(out, cookie, true);
  memory.view.setUint32(out + 4, 0, true);
  return 0;
}

/** `sockmap`: sockets by index. Those that have gone count as not there. */
export class SocketArrayMap extends SlotArrayMap implements SocketMap {
  readonly #machine: MapMachine;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec);
    this.#machine = machine;
  }

  /** The socket in a place: its cookie, if it still is. */
  #live(at: number): number {
    const cookie = this.slot(at);
    return cookie !== 0 && this.#machine.socket?.(cookie) !== 0 ? cookie : 0;
  }

  override get size(): number {
    let count = 0;
    for (let at = 0; at < this.spec.maxEntries; at++) if (this.#live(at) !== 0) count++;
    return count;
  }

  cookieAt(key: number): number {
    const at = this.place(key);
    return at === undefined ? 0 : this.#live(at);
  }

  /** For programs: the socket itself. */
  override lookup(key: number): number {
    const cookie = this.cookieAt(key);
    return cookie === 0 ? 0 : (this.#machine.socket?.(cookie) ?? 0);
  }

  put(key: number, cookie: number, flags: number): number {
    const at = this.place(key);
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    if (at === undefined) return -ERRNO.E2BIG;
    const old = this.#live(at);
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    this.setSlot(at, cookie);
    return 0;
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const cookie = this.cookieAt(key);
    if (this.spec.valueSize !== 8) return -ERRNO.ENOSPC;
    return cookie === 0 ? -ERRNO.ENOENT : tell(this.memory, this.spec, out, cookie);
  }

  /** Whether the socket may be here: 0 or -errno. */
  protected join(cookie: number): number {
    return this.#machine.joinSocket?.(this.index, cookie) ?? -ERRNO.EBADF;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    const cookie = cookieIn(this.memory, value);
    const refused = this.join(cookie);
    return refused !== 0 ? refused : this.put(key, cookie, flags);
  }

  override delete(key: number): number {
    const at = this.place(key);
    if (at === undefined || this.#live(at) === 0) return -ERRNO.EINVAL;
    this.setSlot(at, 0);
    return 0;
  }
}

/** `reuseport_sockarray`: sockets that share a port, by index; a socket is in one place of one such array. */
export class ReuseportArrayMap extends SocketArrayMap {
  readonly #maps: MapMachine["maps"];

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec, machine);
    this.#maps = machine.maps;
  }

  #has(cookie: number): boolean {
    for (let at = 0; at < this.spec.maxEntries; at++) if (this.slot(at) === cookie) return true;
    return false;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    const cookie = cookieIn(this.memory, value);
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    if (this.place(key) === undefined) return -ERRNO.E2BIG;
    const joined = this.join(cookie);
    if (joined === -ERRNO.EBADF) return joined;
    const old = this.cookieAt(key);
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    if (joined !== 0) return joined;
    if (this.#maps.some((map) => map instanceof ReuseportArrayMap && map.#has(cookie))) return -ERRNO.EBUSY;
    return this.put(key, cookie, flags);
  }

  override delete(key: number): number {
    const at = this.place(key);
    if (at === undefined) return -ERRNO.E2BIG;
    if (this.cookieAt(key) === 0) return -ERRNO.ENOENT;
    this.setSlot(at, 0);
    return 0;
  }
}

/** `sockhash`: sockets by key. */
export class SocketHashMap extends HashTable implements SocketMap {
  readonly #machine: MapMachine;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec, { valueBytes: 8, elements: spec.maxEntries });
    this.#machine = machine;
  }

  /** The element of a key whose socket still is. */
  #element(key: number): number {
    const element = this.find(key, this.hash(key));
    if (element === 0) return 0;
    return this.#machine.socket?.(this.memory.view.getUint32(element + this.value, true)) === 0 ? 0 : element;
  }

  cookieAt(key: number): number {
    const element = this.#element(key);
    return element === 0 ? 0 : this.memory.view.getUint32(element + this.value, true);
  }

  lookup(key: number): number {
    const cookie = this.cookieAt(key);
    return cookie === 0 ? 0 : (this.#machine.socket?.(cookie) ?? 0);
  }

  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  put(key: number, cookie: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const hash = this.hash(key);
    const old = this.find(key, hash);
    const live = this.#element(key) !== 0;
    if (live && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (!live && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    const element = old === 0 ? this.take() : old;
    if (element === 0) return -ERRNO.E2BIG;
    this.memory.view.setUint32(element + this.value, cookie, true);
    if (old === 0) this.link(element, key, hash);
    return 0;
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    if (this.spec.valueSize !== 8) return -ERRNO.ENOSPC;
    const cookie = this.cookieAt(key);
    return cookie === 0 ? -ERRNO.ENOENT : tell(this.memory, this.spec, out, cookie);
  }

  override userUpdate(key: number, value: number, flags: number): number {
    const cookie = cookieIn(this.memory, value);
    const refused = this.#machine.joinSocket?.(this.index, cookie) ?? -ERRNO.EBADF;
    return refused !== 0 ? refused : this.put(key, cookie, flags);
  }
}
