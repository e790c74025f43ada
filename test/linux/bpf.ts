/**
 * bpf(2) of the running Linux, for differential tests: `koffi` calls libc's `syscall` with number 321 (x86-64).
 *
 * Every call answers with plain data and an errno *name*; nothing throws. Buffers that the kernel reads and writes lie in
 * one native block, so no JavaScript memory has to keep an address. Suites begin with
 *
 * ```ts
 * describe.skipIf(!available)(suiteName("maps"), () => { ... });
 * ```
 *
 * and a skipped suite carries the reason in its name.
 */
import koffi from "koffi";
import { PROGRAM_TYPES } from "../../src/programs/types.ts";

const SYS_CLOSE = 3;
const SYS_SOCKET = 41;
const SYS_BPF = 321;

const COMMAND = {
  mapCreate: 0,
  lookup: 1,
  update: 2,
  delete: 3,
  nextKey: 4,
  progLoad: 5,
  progAttach: 8,
  progDetach: 9,
  testRun: 10,
  info: 15,
  progQuery: 16,
  btfLoad: 18,
  lookupAndDelete: 21,
  freeze: 22,
  linkCreate: 28,
  lookupBatch: 24,
  lookupAndDeleteBatch: 25,
  updateBatch: 26,
  deleteBatch: 27,
} as const;

/** Linux's map types that tests make, by name. */
export const LINUX_MAP_TYPES: Readonly<Record<string, number>> = {
  hash: 1,
  array: 2,
  prog_array: 3,
  perf_event_array: 4,
  percpu_hash: 5,
  percpu_array: 6,
  stack_trace: 7,
  cgroup_array: 8,
  lru_hash: 9,
  lru_percpu_hash: 10,
  lpm_trie: 11,
  array_of_maps: 12,
  hash_of_maps: 13,
  devmap: 14,
  sockmap: 15,
  cpumap: 16,
  xskmap: 17,
  sockhash: 18,
  cgroup_storage_deprecated: 19,
  reuseport_sockarray: 20,
  percpu_cgroup_storage_deprecated: 21,
  queue: 22,
  stack: 23,
  sk_storage: 24,
  devmap_hash: 25,
  struct_ops: 26,
  ringbuf: 27,
  inode_storage: 28,
  task_storage: 29,
  bloom_filter: 30,
  user_ringbuf: 31,
  cgrp_storage: 32,
  arena: 33,
};

/** Linux's program types, by name. */
export const LINUX_PROGRAM_TYPES: Readonly<Record<string, number>> = PROGRAM_TYPES;

/** What every call answers. */
export interface Answer {
  readonly ok: boolean;
  /** Errno name such as "EACCES"; unset when `ok`. */
  readonly errno?: string;
}

/** A command that makes a file descriptor; `fd` is -1 unless `ok`. */
export interface FdAnswer extends Answer {
  readonly fd: number;
}

export interface ProgLoadOptions {
  /** A name of `LINUX_PROGRAM_TYPES` or a number. */
  readonly type: string | number;
  /** Raw 8-byte instructions. A `ld_imm64` with src 1 or 2 holds an index into `mapFds`, which is replaced by the descriptor. */
  readonly insns: Uint8Array;
  readonly mapFds?: readonly number[];
  /** Descriptors that `map_idx` (src 5 and 6) means by their place. */
  readonly fdArray?: readonly number[];
  /** Default "GPL". */
  readonly license?: string;
  /** 0 (default), 1, 2 or 4: with 0 Linux writes no log. */
  readonly logLevel?: number;
  readonly flags?: number;
  readonly expectedAttachType?: number;
  /** A descriptor of `btfLoad`, and the functions that it describes. */
  readonly btfFd?: number;
  readonly functions?: readonly { readonly insn: number; readonly type: number }[];
  /** Words of `bpf_line_info`: instruction, offsets of file and text in the strings of the BTF, line and column. */
  readonly lineInfo?: readonly (readonly [insn: number, file: number, text: number, position: number])[];
  /** The function of Linux (or another program) that the program is for. */
  readonly attachBtfId?: number;
  /** The program that `attachBtfId` is a function of. */
  readonly attachProgFd?: number;
}

export interface ProgLoadAnswer extends FdAnswer {
  readonly log: string;
  /** Bytes of the program after Linux's rewriting. */
  readonly xlatedLength?: number;
  /** Wall time of the bpf(2) call. */
  readonly loadNs: number;
}

export interface MapCreateOptions {
  /** A name of `LINUX_MAP_TYPES` or a number. */
  readonly type: string | number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags?: number;
  readonly name?: string;
  /** Descriptor of the map that those in a map of maps are like. */
  readonly innerFd?: number;
  readonly numaNode?: number;
  readonly mapExtra?: bigint;
  /** A descriptor of `btfLoad`, and which of its types key and value have; 0: none. */
  readonly btfFd?: number;
  readonly btfKeyType?: number;
  readonly btfValueType?: number;
}

export interface TestRunOptions {
  readonly data?: Uint8Array;
  readonly repeat?: number;
  readonly ctx?: Uint8Array;
  /** Whether to ask for the context afterwards (default); raw tracepoints, which also want `repeat: 0`, refuse that. */
  readonly ctxOut?: boolean;
  /** Bytes offered for `dataOut`; default 64 KiB. */
  readonly dataOutSize?: number;
}

export interface TestRunAnswer extends Answer {
  readonly retval: number;
  readonly dataOut: Uint8Array;
  readonly ctxOut: Uint8Array;
  /** Mean nanoseconds of one run. */
  readonly durationNs: number;
}

const ATTR = 256;
const LOG_SIZE = 16 << 20;
const DATA_SIZE = 1 << 20;

/** The native block: bpf_attr first, then three data areas (key/insns, value/data in, out), then the log. */
interface Native {
  readonly syscall: (number: number, a: number, b: number | bigint, c: number) => number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly base: bigint;
}

const AREA = [ATTR, ATTR + DATA_SIZE, ATTR + 2 * DATA_SIZE, ATTR + 3 * DATA_SIZE] as const;
const LOG = ATTR + 4 * DATA_SIZE;

function openNative(): Native | string {
  if (process.platform !== "linux" || process.arch !== "x64")
    return `needs Linux on x86-64, this is ${process.platform} ${process.arch}`;
  if (process.getuid?.() !== 0) return "needs root, because bpf(2) does";
  try {
    const libc = koffi.load("libc.so.6");
    const block = koffi.alloc("uint8_t", LOG + LOG_SIZE);
    const buffer = koffi.view(block, LOG + LOG_SIZE);
    return {
      syscall: libc.func("long syscall(long, long, uint64_t, unsigned int)"),
      bytes: new Uint8Array(buffer),
      view: new DataView(buffer),
      base: koffi.address(block),
    };
  } catch (cause) {
    return `cannot call libc: ${cause instanceof Error ? cause.message : cause}`;
  }
}

const opened = openNative();
const native = typeof opened === "string" ? undefined : opened;

const ERRNO_NAMES = new Map<number, string>([
  ...Object.entries(koffi.os.errno).map(([name, number]) => [number, name] as const),
  // Two names share a number; Linux's bpf code speaks of these.
  [11, "EAGAIN"],
  [95, "EOPNOTSUPP"],
  // In Linux's own headers, not in libc's: `ENOTSUPP` of sockmap and of the verifier.
  [524, "ENOTSUPP"],
]);

/** Runs one command over the attr that is in place; the errno is 0 on success. */
function bpf(command: number, size = 152): { result: number; errno: number } {
  const { syscall, base } = native!;
  const result = syscall(SYS_BPF, command, base, size);
  return { result, errno: result < 0 ? koffi.errno() : 0 };
}

const failure = (errno: number): { ok: false; errno: string } => ({
  ok: false,
  errno: ERRNO_NAMES.get(errno) ?? `errno ${errno}`,
});

/** Clears bpf_attr and gives a writer for its fields. */
function attr() {
  const { bytes, view, base } = native!;
  bytes.fill(0, 0, ATTR);
  const writer = {
    u32(at: number, value: number) {
      view.setUint32(at, value, true);
      return writer;
    },
    u64(at: number, value: bigint) {
      view.setBigUint64(at, value, true);
      return writer;
    },
    /** Copies `data` into an area and stores its address. */
    pointer(at: number, area: 0 | 1 | 2 | 3, data?: Uint8Array) {
      if (data) bytes.set(data, AREA[area]);
      return writer.u64(at, base + BigInt(AREA[area]));
    },
    text(at: number, text: string) {
      bytes.set(new TextEncoder().encode(text).subarray(0, 15), at);
      return writer;
    },
  };
  return writer;
}

const out = (area: 0 | 1 | 2 | 3, length: number): Uint8Array => native!.bytes.slice(AREA[area], AREA[area] + length);

function fdAnswer({ result, errno }: { result: number; errno: number }): FdAnswer {
  return errno ? { ...failure(errno), fd: -1 } : { ok: true, fd: result };
}

function numberOf(table: Readonly<Record<string, number>>, type: string | number): number {
  const number = typeof type === "number" ? type : table[type];
  if (number === undefined)
    throw new TypeError(`the harness knows no type "${type}": add its number to the table in test/linux/bpf.ts`);
  return number;
}

/** BPF_MAP_CREATE. */
export function mapCreate(spec: MapCreateOptions): FdAnswer {
  attr()
    .u32(0, numberOf(LINUX_MAP_TYPES, spec.type))
    .u32(4, spec.keySize)
    .u32(8, spec.valueSize)
    .u32(12, spec.maxEntries)
    .u32(16, spec.flags ?? 0)
    .u32(20, spec.innerFd ?? 0)
    .u32(24, spec.numaNode ?? 0)
    .u32(48, spec.btfFd ?? 0)
    .u32(52, spec.btfKeyType ?? 0)
    .u32(56, spec.btfValueType ?? 0)
    .u64(64, spec.mapExtra ?? 0n)
    .text(28, spec.name ?? "");
  return fdAnswer(bpf(COMMAND.mapCreate));
}

/** The map and the key; maps without keys want no pointer to one. */
function keyed(fd: number, key: Uint8Array): ReturnType<typeof attr> {
  const fields = attr().u32(0, fd);
  return key.length === 0 ? fields : fields.pointer(8, 0, key);
}

/** BPF_MAP_LOOKUP_ELEM; a Bloom filter is asked for `valueIn`; `valueSize` is what Linux copies (for per-CPU maps: rounded to 8, times possible CPUs). */
export function mapLookup(
  fd: number,
  key: Uint8Array,
  valueSize: number,
  flags = 0n,
  valueIn?: Uint8Array,
): Answer & { readonly value?: Uint8Array } {
  keyed(fd, key).pointer(16, 2, valueIn).u64(24, flags);
  const { errno } = bpf(COMMAND.lookup);
  return errno ? failure(errno) : { ok: true, value: out(2, valueSize) };
}

/** BPF_MAP_UPDATE_ELEM; flags: 0 ANY, 1 NOEXIST, 2 EXIST. */
export function mapUpdate(fd: number, key: Uint8Array, value: Uint8Array, flags: number | bigint = 0): Answer {
  keyed(fd, key).pointer(16, 1, value).u64(24, BigInt(flags));
  const { errno } = bpf(COMMAND.update);
  return errno ? failure(errno) : { ok: true };
}

/** BPF_MAP_DELETE_ELEM. */
export function mapDelete(fd: number, key: Uint8Array): Answer {
  keyed(fd, key);
  const { errno } = bpf(COMMAND.delete);
  return errno ? failure(errno) : { ok: true };
}

/** BPF_MAP_GET_NEXT_KEY; without `key` the first one. At the end ENOENT. */
export function mapNextKey(
  fd: number,
  key: Uint8Array | undefined,
  keySize: number,
): Answer & { readonly key?: Uint8Array } {
  const fields = attr().u32(0, fd).pointer(16, 2);
  if (key?.length) fields.pointer(8, 0, key);
  const { errno } = bpf(COMMAND.nextKey);
  return errno ? failure(errno) : { ok: true, key: out(2, keySize) };
}

/** BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
export function mapLookupAndDelete(
  fd: number,
  key: Uint8Array,
  valueSize: number,
  flags = 0n,
): Answer & { readonly value?: Uint8Array } {
  keyed(fd, key).pointer(16, 2).u64(24, flags);
  const { errno } = bpf(COMMAND.lookupAndDelete);
  return errno ? failure(errno) : { ok: true, value: out(2, valueSize) };
}

/** A command on many elements: how many Linux says it did, and for lookups their keys and values one after the other. */
export interface BatchAnswer extends Answer {
  readonly count: number;
  readonly next: Uint8Array;
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
}

/** BPF_MAP_*_BATCH; `from` is what the command before gave as `next`, `keys` and `values` what updates and deletions take. */
export function mapBatch(
  command: "lookupBatch" | "lookupAndDeleteBatch" | "updateBatch" | "deleteBatch",
  fd: number,
  options: {
    readonly count: number;
    readonly keySize: number;
    readonly valueSize: number;
    readonly from?: Uint8Array;
    readonly keys?: Uint8Array;
    readonly values?: Uint8Array;
  },
): BatchAnswer {
  const { bytes, view, base } = native!;
  const { count, keySize, valueSize, from } = options;
  const out4 = AREA[0] + 4096;
  const fields = attr();
  // in_batch, out_batch, keys, values, count, fd
  if (from) fields.pointer(0, 0, from);
  fields
    .u64(8, base + BigInt(out4))
    .pointer(16, 1, options.keys)
    .pointer(24, 2, options.values);
  fields.u32(32, count).u32(36, fd);
  const { errno } = bpf(COMMAND[command]);
  const done = view.getUint32(32, true);
  return {
    ...(errno ? failure(errno) : { ok: true }),
    count: done,
    next: bytes.slice(out4, out4 + Math.max(4, keySize)),
    keys: out(1, done * keySize),
    values: out(2, done * valueSize),
  };
}

/** BPF_MAP_FREEZE. */
export function mapFreeze(fd: number): Answer {
  attr().u32(0, fd);
  const { errno } = bpf(COMMAND.freeze);
  return errno ? failure(errno) : { ok: true };
}

/** Replaces the map indexes of `ld_imm64` slots by descriptors. */
function patchMaps(insns: Uint8Array, fds: readonly number[]): Uint8Array {
  const patched = insns.slice();
  const view = new DataView(patched.buffer);
  for (let at = 0; at + 8 <= patched.length; at += 8) {
    if (patched[at] !== 0x18) continue;
    const source = patched[at + 1] >> 4;
    if (source === 1 || source === 2) view.setInt32(at + 4, fds[view.getInt32(at + 4, true)] ?? -1, true);
    at += 8; // the second slot
  }
  return patched;
}

/** BPF_BTF_LOAD; with the log of what is wrong with it. */
export function btfLoad(types: Uint8Array): FdAnswer & { readonly log: string } {
  const { bytes } = native!;
  bytes[LOG] = 0;
  attr()
    .pointer(0, 0, types)
    .u64(8, native!.base + BigInt(LOG))
    .u32(16, types.length)
    .u32(20, LOG_SIZE)
    .u32(24, 1);
  const answer = fdAnswer(bpf(COMMAND.btfLoad));
  return { ...answer, log: new TextDecoder().decode(bytes.slice(LOG, bytes.indexOf(0, LOG))) };
}

/** BPF_PROG_LOAD. */
export function progLoad(options: ProgLoadOptions): ProgLoadAnswer {
  const { bytes } = native!;
  const insns = patchMaps(options.insns, options.mapFds ?? []);
  const license = new TextEncoder().encode(`${options.license ?? "GPL"}\0`);
  const level = options.logLevel ?? 0;
  const fields = attr()
    .u32(0, numberOf(LINUX_PROGRAM_TYPES, options.type))
    .u32(4, insns.length / 8)
    .pointer(8, 0, insns)
    .pointer(16, 1, license)
    .u32(24, level)
    .u32(44, options.flags ?? 0)
    .u32(68, options.expectedAttachType ?? 0);
  if (options.btfFd !== undefined) fields.u32(72, options.btfFd);
  if (options.attachBtfId !== undefined) fields.u32(108, options.attachBtfId);
  if (options.attachProgFd !== undefined) fields.u32(112, options.attachProgFd);
  if (options.functions) {
    const info = Uint32Array.from(options.functions.flatMap(({ insn, type }) => [insn, type]));
    fields.u32(76, 8).pointer(80, 2, new Uint8Array(info.buffer)).u32(88, options.functions.length);
  }
  if (options.fdArray) {
    const at = AREA[2] + DATA_SIZE / 2;
    bytes.set(new Uint8Array(Int32Array.from(options.fdArray).buffer), at);
    fields.u64(120, native!.base + BigInt(at));
  }
  if (options.lineInfo) {
    const info = Uint32Array.from(options.lineInfo.flat());
    fields.u32(92, 16).pointer(96, 3, new Uint8Array(info.buffer)).u32(104, options.lineInfo.length);
  }
  if (level) {
    bytes[LOG] = 0;
    fields.u32(28, LOG_SIZE).u64(32, native!.base + BigInt(LOG));
  }
  const start = process.hrtime.bigint();
  const answer = fdAnswer(bpf(COMMAND.progLoad));
  const loadNs = Number(process.hrtime.bigint() - start);
  const log = level ? new TextDecoder().decode(bytes.slice(LOG, bytes.indexOf(0, LOG))) : "";
  return { ...answer, log, loadNs, ...(answer.ok ? { xlatedLength: xlatedLength(answer.fd) } : {}) };
}

/** bpf_prog_info.xlated_prog_len. */
function xlatedLength(fd: number): number {
  const { bytes, view } = native!;
  bytes.fill(0, AREA[2], AREA[2] + 256);
  attr().u32(0, fd).u32(4, 232).pointer(8, 2);
  bpf(COMMAND.info, 16);
  return view.getUint32(AREA[2] + 20, true);
}

/** The instructions after Linux's rewriting, as `bpftool prog dump xlated` reads them. */
export function progXlated(fd: number): Uint8Array {
  const { bytes, view, base } = native!;
  const length = xlatedLength(fd);
  bytes.fill(0, AREA[2], AREA[2] + 256);
  view.setUint32(AREA[2] + 20, length, true);
  view.setBigUint64(AREA[2] + 32, base + BigInt(AREA[3]), true);
  attr().u32(0, fd).u32(4, 232).pointer(8, 2);
  bpf(COMMAND.info, 16);
  return out(3, length);
}

/** BPF_PROG_TEST_RUN. */
export function progTestRun(fd: number, options: TestRunOptions): TestRunAnswer {
  const { view } = native!;
  const { data, ctx } = options;
  const fields = attr()
    .u32(0, fd)
    .u32(32, options.repeat ?? 1);
  if (data)
    fields
      .u32(8, data.length)
      .pointer(16, 0, data)
      .u32(12, options.dataOutSize ?? 65536)
      .pointer(24, 2);
  const wantsContext = ctx !== undefined && options.ctxOut !== false;
  if (ctx) fields.u32(40, ctx.length).pointer(48, 1, ctx);
  if (wantsContext) fields.u32(44, ctx.length).pointer(56, 3);
  const { errno } = bpf(COMMAND.testRun);
  const length = data ? Math.min(view.getUint32(12, true), options.dataOutSize ?? 65536) : 0;
  const sizes = errno ? { data: 0, ctx: 0 } : { data: length, ctx: wantsContext ? view.getUint32(44, true) : 0 };
  return {
    ...(errno ? failure(errno) : { ok: true }),
    retval: view.getUint32(4, true),
    dataOut: out(2, sizes.data),
    ctxOut: out(3, sizes.ctx),
    durationNs: view.getUint32(36, true),
  };
}

/** The program's id. */
export function progId(fd: number): number {
  xlatedLength(fd);
  return native!.view.getUint32(AREA[2] + 4, true);
}

/** BPF_PROG_ATTACH; `replace` is the descriptor of the program that shall go. */
export function progAttach(target: number, prog: number, type: number, flags: number, replace = 0): Answer {
  attr().u32(0, target).u32(4, prog).u32(8, type).u32(12, flags).u32(16, replace);
  const { errno } = bpf(COMMAND.progAttach);
  return errno ? failure(errno) : { ok: true };
}

/** BPF_LINK_CREATE of an attach type: a program and where it goes; `btfId`: a function of the target. */
export function linkCreate(prog: number, target: number, type: number, btfId = 0): FdAnswer {
  attr().u32(0, prog).u32(4, target).u32(8, type).u32(16, btfId);
  return fdAnswer(bpf(COMMAND.linkCreate));
}

/** BPF_PROG_DETACH. */
export function progDetach(target: number, prog: number, type: number): Answer {
  attr().u32(0, target).u32(4, prog).u32(8, type);
  const { errno } = bpf(COMMAND.progDetach);
  return errno ? failure(errno) : { ok: true };
}

/** BPF_PROG_QUERY: ids of the programs that are attached, or with `effective` that run; `flags` of those attached. */
export function progQuery(target: number, type: number, effective = false): Answer & { ids: number[]; flags: number } {
  const { view } = native!;
  attr()
    .u32(0, target)
    .u32(4, type)
    .u32(8, effective ? 1 : 0)
    .pointer(16, 2)
    .u32(24, 1024);
  const { errno } = bpf(COMMAND.progQuery);
  if (errno) return { ...failure(errno), ids: [], flags: 0 };
  const count = view.getUint32(24, true);
  return {
    ok: true,
    ids: Array.from({ length: count }, (_, i) => view.getUint32(AREA[2] + 4 * i, true)),
    flags: view.getUint32(12, true),
  };
}

/** socket(2): a descriptor, or below 0. */
export function openSocket(family: number, type: number, protocol = 0): number {
  return native!.syscall(SYS_SOCKET, family, type, protocol);
}

/** Closes a descriptor that one of these calls made. */
export function close(fd: number): void {
  if (fd >= 0) native?.syscall(SYS_CLOSE, fd, 0, 0);
}

/** Tries a real map: root inside a container often lacks the capability, or the kernel has bpf(2) locked down. */
function probe(): string {
  if (!native) return opened as string;
  const { ok, fd, errno } = mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1 });
  if (!ok) return `bpf(2) answers ${errno} to a map of one element`;
  close(fd);
  return "";
}

/** Why bpf(2) cannot be used here; empty when it can. */
export const why: string = probe();

/** Whether bpf(2) can be used here. */
export const available: boolean = why === "";

if (!available) console.warn(`comparisons with the running Linux are skipped: ${why}`);

/** The name of a suite, with the reason when it is skipped. */
export const suiteName = (name: string): string => (available ? name : `${name} (skipped: ${why})`);
