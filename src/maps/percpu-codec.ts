import { roundUp8 } from "./base.ts";
import { type Codec, CodecError } from "./codec.ts";

/** The values of all CPUs of a machine, as an array by the number of the CPU. */
export interface PerCpuCodec<T> extends Codec<readonly T[]> {
  /** The codec for a machine with so many CPUs: what bpf(2) copies. */
  forCpus(cpus: number): Codec<readonly T[]>;
  /** Of one CPU's value. */
  readonly each: Codec<T>;
}

/**
 * One value for each CPU. `size` is that of one value, as creation of a map takes it. An array that is shorter than the
 * number of CPUs leaves the others zero.
 *
 * @example perCpu(u64).forCpus(2).size // 16
 */
export function perCpu<T>(value: Codec<T>): PerCpuCodec<T> {
  const stride = roundUp8(value.size);
  const forCpus = (cpus: number): Codec<readonly T[]> => ({
    name: `${value.name} for each CPU`,
    size: stride * cpus,
    align: 8,
    read: (view, at) => Array.from({ length: cpus }, (_, cpu) => value.read(view, at + cpu * stride)),
    write(view, at, values, path = "") {
      if (!Array.isArray(values) || values.length > cpus)
        throw new CodecError(path, `an array of at most ${cpus} values, one for each CPU`, values);
      new Uint8Array(view.buffer, view.byteOffset + at, stride * cpus).fill(0);
      for (const [cpu, each] of values.entries()) value.write(view, at + cpu * stride, each, `${path}[${cpu}]`);
    },
  });
  return { ...forCpus(1), size: value.size, forCpus, each: value };
}

/** Whether a codec is one of `perCpu`. */
export const isPerCpuCodec = <T>(codec: Codec<T>): codec is Codec<T> & { forCpus(cpus: number): Codec<T> } =>
  "forCpus" in codec;
