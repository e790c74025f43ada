import { Btf } from "../btf/btf.ts";
import { buildBtf } from "../btf/build.ts";
import { type Codec, requireCodec, u32 } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import { MAP_FLAGS } from "./flags.ts";
import { kernelTypes } from "./kernel-codec.ts";
import type { ObjectStorageMap } from "./object-storage.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { MapBtf, StorageType } from "./spec.ts";
import { MapView } from "./view.ts";

/** One machine's values of objects, by what names the object. */
export class StorageView<V> extends MapView<number, V> {
  /** All objects that have a value, in the order of their names; Linux's bpf(2) has no order to go through them in. */
  override *entries(): IterableIterator<[number, V]> {
    for (const name of (this.runtime as ObjectStorageMap).names()) {
      const value = this.get(name);
      if (value !== undefined) yield [name, value];
    }
  }
}

/** Linux wants to know the types of keys and values of a storage: a number, and so many bytes. */
function typesOf(bytes: number): MapBtf {
  const int = (name: string, size: number) =>
    ({ kind: "int", name, size, bits: 8 * size, bitOffset: 0, encoding: "" }) as const;
  const types = buildBtf([
    int("unsigned int", 4),
    int("unsigned char", 1),
    { kind: "array", name: "", type: 2, indexType: 1, length: bytes },
  ]);
  return { btf: new Btf(types), keyType: 1, valueType: 3 };
}

/**
 * Values that belong to tasks, inodes, sockets or cgroups, as a notebook declares them; they go when the object goes. Keys are
 * what names the object: a pid, an inode's number, a socket's cookie, a cgroup's id.
 *
 * @example const starts = map.taskStorage({ name: "starts", value: u64 });
 */
export class StorageDeclaration<V> extends MapDeclaration<number, V> {
  constructor(type: StorageType, { name, value, flags = 0 }: StorageDescription<V>) {
    requireCodec(`value of map "${name}"`, value);
    const btf = kernelTypes(name, u32, value) ?? typesOf(value.size);
    super({ ...{ type, name, value, key: u32, maxEntries: 0, btf }, flags: flags | MAP_FLAGS.NO_PREALLOC });
  }

  protected override view(runtime: RuntimeMap, used?: () => boolean): StorageView<V> {
    return new StorageView(this, runtime, used);
  }
}

/** What a declaration of a storage says. */
export interface StorageDescription<V> {
  readonly name: string;
  readonly value: Codec<V>;
  readonly flags?: number;
}
