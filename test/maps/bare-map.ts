/** A map driven with bytes instead of offsets, as bpf(2) drives Linux's; `program` is how programs see it. */
import { createMap } from "../../src/maps/create.ts";
import { errnoName } from "../../src/maps/errno.ts";
import type { RuntimeMap } from "../../src/maps/runtime.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

/** What an operation answers: an errno name, or what was read. */
export interface Outcome {
  readonly ok: boolean;
  readonly errno?: string;
  readonly value?: Uint8Array;
  readonly key?: Uint8Array;
}

const outcome = (result: number): Outcome => (result < 0 ? { ok: false, errno: errnoName(result) } : { ok: true });

export class BareMap {
  readonly memory: LinearMemory;
  readonly runtime: RuntimeMap;
  readonly #maps: RuntimeMap[] = [];
  readonly #key: number;
  readonly #out: number;
  readonly #value: number;

  /** `skew` moves keys away from alignment. */
  constructor(spec: MapSpec, skew = 0, memory: LinearMemory = new LinearMemory(), cpus = 2) {
    this.memory = memory;
    this.runtime = createMap(this.memory, 0, spec, { cpus, maps: this.#maps });
    this.#maps.push(this.runtime);
    this.#key = this.memory.allocate(spec.keySize + 8) + skew;
    this.#out = this.memory.allocate(spec.keySize + 8) + skew;
    this.#value = this.memory.allocate(this.runtime.userValueSize + 8) + skew;
  }

  #put(at: number, bytes: Uint8Array): number {
    this.memory.u8.set(bytes, at);
    return at;
  }

  lookup(key: Uint8Array): Outcome {
    const result = this.runtime.userLookup(this.#put(this.#key, key), this.#value);
    return result < 0
      ? outcome(result)
      : { ok: true, value: this.memory.u8.slice(this.#value, this.#value + this.runtime.userValueSize) };
  }

  update(key: Uint8Array, value: Uint8Array, flags = 0): Outcome {
    return outcome(this.runtime.userUpdate(this.#put(this.#key, key), this.#put(this.#value, value), flags));
  }

  delete(key: Uint8Array): Outcome {
    return outcome(this.runtime.userDelete(this.#put(this.#key, key)));
  }

  /** The same as programs do it, on the CPU that `memory.cpu` says. */
  readonly program = {
    lookup: (key: Uint8Array): Uint8Array | undefined => {
      const at = this.runtime.lookup(this.#put(this.#key, key));
      return at === 0 ? undefined : this.memory.u8.slice(at, at + this.runtime.spec.valueSize);
    },
    update: (key: Uint8Array, value: Uint8Array, flags = 0): Outcome =>
      outcome(this.runtime.update(this.#put(this.#key, key), this.#put(this.#value, value), flags)),
    delete: (key: Uint8Array): Outcome => outcome(this.runtime.delete(this.#put(this.#key, key))),
  };

  nextKey(key: Uint8Array | undefined): Outcome {
    const result = this.runtime.nextKey(key ? this.#put(this.#key, key) : 0, this.#out);
    return result < 0
      ? outcome(result)
      : { ok: true, key: this.memory.u8.slice(this.#out, this.#out + this.runtime.spec.keySize) };
  }

  /** All elements in order. */
  dump(): [Uint8Array, Uint8Array][] {
    const elements: [Uint8Array, Uint8Array][] = [];
    for (let next = this.nextKey(undefined); next.ok; next = this.nextKey(next.key))
      elements.push([next.key!, this.lookup(next.key!).value!]);
    return elements;
  }
}
