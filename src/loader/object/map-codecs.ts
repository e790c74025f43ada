/** How the keys, values and records of an object's maps are read. */
import type { Btf } from "../../btf/btf.ts";
import { sizeOf } from "../../btf/size.ts";
import type { ObjectFile } from "../../elf/object.ts";
import { bytes, type Codec, u8, u16, u32, u64 } from "../../maps/codec.ts";
import { perCpu } from "../../maps/percpu-codec.ts";
import type { RecordCodec } from "../../maps/ringbuf-view.ts";
import { noKey } from "../../maps/sequence-view.ts";
import { isPerCpu, type MapSpec, type MapType } from "../../maps/spec.ts";
import { arrayOf } from "../../maps/struct.ts";
import { type BpfValue, codecOf } from "./btf-codec.ts";

const BY_SIZE: Readonly<Record<number, Codec<number> | Codec<bigint>>> = { 1: u8, 2: u16, 4: u32, 8: u64 };

/** A type of which only the size is known: an unsigned number where it can be one. */
const bySize = (size: number): Codec<BpfValue> => (BY_SIZE[size] ?? bytes(Math.max(1, size))) as Codec<BpfValue>;

/** The codecs of a map's keys and values; type 0 where only a size is given. */
export function mapCodecs(
  btf: Btf | undefined,
  spec: MapSpec,
  types: { readonly keyType: number; readonly valueType: number },
): { readonly key: Codec<BpfValue>; readonly value: Codec<BpfValue> } {
  const typed = (type: number, size: number): Codec<BpfValue> => {
    const codec = btf === undefined || type === 0 ? undefined : codecOf(btf, type);
    return codec?.size === size ? codec : bySize(size);
  };
  const key = spec.keySize === 0 ? (noKey as Codec<BpfValue>) : typed(types.keyType, spec.keySize);
  if (spec.type === "stack_trace") return { key, value: arrayOf(u64, spec.valueSize / 8) as Codec<BpfValue> };
  const value = typed(types.valueType, spec.valueSize);
  return { key, value: isPerCpu(spec.type) ? (perCpu(value) as unknown as Codec<BpfValue>) : value };
}

/**
 * Structs that records may be: those that global variables of the object point to, as `struct event *unused;` is written
 * to keep a type in BTF.
 */
export function recordTypes({
  btf,
}: ObjectFile): readonly { readonly name: string; readonly id: number; readonly size: number }[] {
  const found = new Map<number, { name: string; id: number; size: number }>();
  if (btf === undefined) return [];
  for (const type of btf.types()) {
    if (type.kind !== "var") continue;
    const pointer = btf.resolve(type.type);
    const to = pointer.kind === "ptr" ? btf.resolve(pointer.type) : undefined;
    if (to?.kind !== "struct" || to.name === "") continue;
    const size = sizeOf(btf, to.id);
    if (size !== undefined && size > 0) found.set(to.id, { name: to.name, id: to.id, size });
  }
  return [...found.values()];
}

/** Bytes in which a record arrives: perf buffers fill samples, with the four bytes of their size, up to eight. */
export const recordSize = (size: number, type: MapType): number =>
  type === "perf_event_array" ? ((size + 4 + 7) & ~7) - 4 : size;

/**
 * Reads records by their length: as the one struct of {@link recordTypes} that has it, else as bytes. Linux does not know
 * what a record is either.
 */
export function recordsOf(file: ObjectFile, type: MapType): RecordCodec<BpfValue> {
  const codecs = new Map<number, Codec<BpfValue> | undefined>();
  for (const { id, size: own } of recordTypes(file)) {
    const size = recordSize(own, type);
    // Two structs of one size: nobody can tell them apart.
    codecs.set(size, codecs.has(size) ? undefined : codecOf(file.btf!, id));
  }
  return {
    name: "record",
    decode(view, at, size) {
      const codec = codecs.get(size);
      return codec ? codec.read(view, at) : new Uint8Array(view.buffer, view.byteOffset + at, size).slice();
    },
  };
}
