import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import type { MapMachine } from "./runtime.ts";
import { SlotArrayMap } from "./slots.ts";
import type { MapSpec } from "./spec.ts";

/**
 * `xskmap`: AF_XDP sockets by index, mostly by the number of a device's queue. bpf(2) writes a socket's descriptor and may
 * not read; a machine has no descriptors, so here the value is the socket's number (`m.net.xsk(...).id`). Sockets that were
 * closed count as not there.
 */
export class XskMap extends SlotArrayMap {
  readonly #machine: MapMachine;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec);
    this.#machine = machine;
  }

  #xsk(at: number): number {
    const socket = this.slot(at);
    return socket === 0 ? 0 : (this.#machine.xsk?.(socket) ?? 0);
  }

  override get size(): number {
    let count = 0;
    for (let at = 0; at < this.spec.maxEntries; at++) if (this.#xsk(at) !== 0) count++;
    return count;
  }

  /** The number of the socket at an index; 0 for none. */
  socketAt(index: number): number {
    return this.#xsk(index) === 0 ? 0 : this.slot(index);
  }

  /** For programs: the socket itself (`struct bpf_xdp_sock`). */
  override lookup(key: number): number {
    const at = this.place(key);
    return at === undefined ? 0 : this.#xsk(at);
  }

  /** Linux does not tell users which sockets are there. */
  override userLookup(_key: number, _out: number, flags = 0): number {
    return flags !== 0 ? -ERRNO.EINVAL : -ERRNO.EOPNOTSUPP;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const at = this.place(key);
    if (at === undefined) return -ERRNO.E2BIG;
    const socket = this.memory.view.getUint32(value, true);
    if (socket === 0 || (this.#machine.xsk?.(socket) ?? 0) === 0) return -ERRNO.EBADF;
    const old = this.socketAt(at);
    if (old === socket) return 0;
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    this.setSlot(at, socket);
    return 0;
  }

  override userDelete(key: number): number {
    const at = this.place(key);
    if (at === undefined) return -ERRNO.EINVAL;
    this.setSlot(at, 0);
    return 0;
  }
}
