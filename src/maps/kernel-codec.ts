/** Members of map values that belong to Linux: programs pass their address to helpers, and nobody reads or writes them. */
import { Btf } from "../btf/btf.ts";
import { buildBtf } from "../btf/build.ts";
import type { BtfTypeSpec } from "../btf/type.ts";
import type { Codec } from "./codec.ts";
import type { PerCpuCodec } from "./percpu-codec.ts";
import type { MapBtf } from "./spec.ts";
import type { StructCodec } from "./struct.ts";

/** A member that Linux looks after. Structures of TypeScript do not have it: it is zero when an element is made. */
export interface KernelCodec extends Codec<undefined> {
  /** The C structure by whose name Linux finds it. */
  readonly kernel: "bpf_spin_lock" | "bpf_timer";
}

const kernelCodec = (kernel: KernelCodec["kernel"], size: number, align: number): KernelCodec => ({
  name: `struct ${kernel}`,
  ...{ kernel, size, align },
  read: () => undefined,
  write: () => undefined,
});

/**
 * `struct bpf_spin_lock`: a lock in the values of a hash or array, for `bpf_spin_lock` and `bpf_spin_unlock`. One a value.
 *
 * @example
 * map.array({ name: "counter", value: struct({ lock: bpfSpinLock, count: u64 }), maxEntries: 1 }).set(0, { count: 0n });
 */
export const bpfSpinLock: KernelCodec = kernelCodec("bpf_spin_lock", 4, 4);

/** `struct bpf_timer`: a timer in the values of a map, for `bpf_timer_init` and its like. @example struct({ timer: bpfTimer, fired: u64 }) */
export const bpfTimer: KernelCodec = kernelCodec("bpf_timer", 16, 8);

/** Whether a codec is of a member that belongs to Linux. */
export const isKernelCodec = (codec: Codec<unknown>): codec is KernelCodec => "kernel" in codec;

const isStruct = (codec: Codec<unknown>): codec is StructCodec<unknown> => "fields" in codec;

/** What a per-CPU map has for each CPU. */
const eachOf = (codec: Codec<unknown>): Codec<unknown> =>
  "each" in codec ? (codec as PerCpuCodec<unknown>).each : codec;

const hasKernelMember = (codec: Codec<unknown>): boolean =>
  isKernelCodec(codec) || (isStruct(codec) && codec.fields.some((field) => hasKernelMember(field.codec)));

/** Types of the BTF, by number from 1. */
class Types {
  readonly list: BtfTypeSpec[] = [];
  readonly #known = new Map<string, number>();

  once(key: string, type: () => BtfTypeSpec): number {
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.list.push(type());
      this.#known.set(key, id);
    }
    return id;
  }

  unsigned(size: number): number {
    const names: Readonly<Record<number, string>> = { 1: "unsigned char", 2: "unsigned short", 4: "unsigned int" };
    const name = names[size] ?? "unsigned long long";
    return this.once(name, () => ({ kind: "int", name, size, bits: 8 * size, bitOffset: 0, encoding: "" }));
  }

  bytes(length: number): number {
    const [type, indexType] = [this.unsigned(1), this.unsigned(4)];
    return this.once(`u8[${length}]`, () => ({ kind: "array", name: "", type, indexType, length }));
  }

  of(codec: Codec<unknown>, name: string): number {
    if (isKernelCodec(codec)) {
      const content = codec.size === 4 ? this.unsigned(4) : this.bytes(codec.size);
      const members = [{ name: "opaque", type: content, bitOffset: 0, bitSize: 0 }];
      return this.once(codec.kernel, () => ({ kind: "struct", name: codec.kernel, size: codec.size, members }));
    }
    if (!isStruct(codec)) return [1, 2, 4, 8].includes(codec.size) ? this.unsigned(codec.size) : this.bytes(codec.size);
    const members = codec.fields.map((field) => {
      const type = this.of(field.codec, `${name}_${field.name}`);
      return { name: field.name, type, bitOffset: 8 * field.offset, bitSize: 0 };
    });
    return this.once(name, () => ({ kind: "struct", name, size: codec.size, members }));
  }
}

/**
 * The BTF that a map needs for Linux to find locks and timers in its values; undefined where there are none.
 *
 * @example kernelTypes("counter", u32, struct({ lock: bpfSpinLock, count: u64 }))?.valueType
 */
export function kernelTypes(name: string, key: Codec<unknown>, value: Codec<unknown>): MapBtf | undefined {
  const each = eachOf(value);
  if (!hasKernelMember(each)) return undefined;
  const types = new Types();
  const keyType = types.of(key, `${name}_key`);
  const valueType = types.of(each, `${name}_value`);
  return { btf: new Btf(buildBtf(types.list)), keyType, valueType };
}
