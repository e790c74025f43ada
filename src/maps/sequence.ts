import { MapBase } from "./base.ts";
import { ERRNO } from "./errno.ts";

/**
 * A map without keys: elements go in and come out. bpf(2) speaks to it with its ordinary commands: an update pushes, a lookup
 * peeks, a lookup-and-delete pops.
 */
export abstract class SequenceMap extends MapBase {
  /** Adds `valueSize` bytes; 0 or -errno. */
  abstract push(value: number, flags: number): number;
  /** Copies the next element to `out`, which is zeroed where there is none; 0 or -errno. */
  abstract peek(out: number): number;
  /** The same, and removes it. */
  abstract pop(out: number): number;

  lookup(_key: number): number {
    return 0;
  }

  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  delete(_key: number): number {
    return -ERRNO.EINVAL;
  }

  nextKey(_key: number, _out: number): number {
    return -ERRNO.EINVAL;
  }

  override userLookup(_key: number, out: number, flags = 0): number {
    return flags === 0 ? this.peek(out) : -ERRNO.EINVAL;
  }

  override userUpdate(_key: number, value: number, flags: number): number {
    return this.push(value, flags);
  }
}
