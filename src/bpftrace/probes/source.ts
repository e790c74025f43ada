import type { Btf } from "../../btf/btf.ts";

/** A field of a tracepoint's record. */
export interface RecordField {
  readonly type: string;
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** What bpftrace asks the machine about the places where programs attach. */
export interface ProbeSource {
  /** The types of its Linux. */
  readonly btf: Btf;
  readonly cpus: number;
  /** All hooks by name: `tracepoint:sched:sched_switch`, `kprobe:vfs_read`, ... */
  hooks(): readonly string[];
  /** Fields of a tracepoint's record, by `category:name`. */
  fields(tracepoint: string): readonly RecordField[] | undefined;
  /** The file of a program or library: `libc` is found where libraries lie. */
  program(name: string): string;
  /** The id of the cgroup of a path, or of its directory. */
  cgroup(path: string): number | undefined;
  /** The address of a symbol of Linux. */
  address(symbol: string): bigint | undefined;
  /** The function of Linux that begins at an address. */
  functionAt(address: bigint): string | undefined;
}
