/**
 * Iterators of Linux's objects (`BPF_TRACE_ITER`): a program is run once for each object, and once more for none; what it prints is
 * the text of the iterator. Order, numbers and the last run are as on Linux 6.18.
 */

import { ERRNO } from "../../maps/errno.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { isPerCpu } from "../../maps/spec.ts";
import { DIRECT_MAP } from "../../memory/memory.ts";
import { allocateArguments, writeArguments } from "../hooks/arguments.ts";
import type { Linux } from "../linux.ts";
import { BPF_LINK, BPF_MAP, BPF_PROG, KALLSYM } from "../objects/bpf-objects.ts";
import type { AnyRow } from "../objects/row.ts";
import type { Arg, Task } from "../task.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** What an iterator goes through, where it does not go through all. */
export interface IteratorTarget {
  /** The map whose elements `bpf_map_elem` visits. */
  readonly map?: RuntimeMap;
  /** `task` and `task_file`: the threads of this process only. */
  readonly pid?: number;
}

/** The machine as iterators need it. */
interface Visited {
  readonly linux: Linux;
  readonly bpf: BpfSubsystem;
  readonly target: IteratorTarget;
  /** The address of an object as the struct of a row. */
  readonly at: (object: object, row: AnyRow) => bigint;
}

/** The arguments behind `meta` for each object, in order. */
type Visit = (visited: Visited) => Iterable<readonly Arg[]>;

const DIRECT = (offset: number): bigint => DIRECT_MAP + BigInt(offset);

const tasksOf = ({ linux, target: { pid } }: Visited): readonly Task[] =>
  [...linux.tasks()]
    .filter((task) => task.pid > 0 && (pid === undefined || task.tgid === pid))
    .sort((a, b) => a.pid - b.pid);

function* files(visited: Visited): Iterable<readonly Arg[]> {
  const seen = new Set<unknown>();
  for (const task of tasksOf(visited)) {
    // Threads share the files of their process.
    if (seen.has(task.files)) continue;
    seen.add(task.files);
    for (const [fd, file] of task.files.entries()) yield [task, fd, file];
  }
}

function* elements({ target: { map }, at }: Visited): Iterable<readonly Arg[]> {
  if (map === undefined) return;
  const { memory, spec } = map;
  const key = memory.allocate(spec.keySize);
  const value = memory.allocate(map.userValueSize);
  try {
    for (let from = 0; map.nextKey(from, key) === 0; from = key) {
      // Of maps for each CPU the values of all of them, which are copies; of others the value itself.
      const copied = isPerCpu(spec.type) && map.userLookup(key, value) === 0;
      const place = copied ? value : map.lookup(key);
      if (place > 0) yield [at(map, BPF_MAP), DIRECT(key), DIRECT(place)];
    }
  } finally {
    memory.free(key, spec.keySize);
    memory.free(value, map.userValueSize);
  }
}

function* cgroups({ linux }: Visited): Iterable<readonly Arg[]> {
  const all = linux.cgroups.list();
  const below = (parent: unknown): readonly object[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each)]);
  for (const cgroup of below(undefined)) yield [cgroup];
}

/** By the name behind `iter/`. */
const ITERATORS: Readonly<Record<string, Visit>> = {
  task: (visited) => tasksOf(visited).map((task) => [task]),
  task_file: files,
  bpf_map: ({ linux, at }) => linux.maps.filter((map) => map !== undefined).map((map) => [at(map, BPF_MAP)]),
  bpf_prog: ({ bpf, at }) => [...bpf.programs.values()].map((program) => [at(program, BPF_PROG)]),
  bpf_link: ({ bpf, at }) => [...bpf.links.values()].map((link) => [at(link, BPF_LINK)]),
  bpf_map_elem: elements,
  cgroup: cgroups,
  ksym: ({ linux, at }) => linux.symbols.kernelFrames().map((frame) => [at(linux.symbols.of(frame), KALLSYM)]),
  tcp: ({ linux }) => linux.network.initial.sockets().flatMap((sk) => (sk.proto === 6 ? [[sk, sk.uid]] : [])),
  udp: ({ linux }) => linux.network.initial.sockets().flatMap((sk) => (sk.proto === 17 ? [[sk, sk.uid, 0]] : [])),
};

/** Names of all that can be iterated over. */
export const ITERATOR_NAMES: readonly string[] = Object.keys(ITERATORS);

/** `struct bpf_iter_meta`: the file, the session's number, the object's. */
const META = { seq: 0, session: 8, number: 16, size: 24 } as const;
const SEQ_FILE = 120;

/** Linux prints an object into 8 pages; one that needs more ends the reading (E2BIG). */
const MOST_FOR_ONE = 8 * 4096;
/** What somebody who reads all of it gets at most. */
const MOST = 16 << 20;

/** What an iterator's program printed, and the errno that ended the reading early, if one did. */
export interface IteratorText {
  readonly text: string;
  readonly errno: "EAGAIN" | "E2BIG" | undefined;
}

let sessions = 0;

/**
 * Reads an iterator to its end: runs the program for each object that exists now. A program that answers 1 asks for the same
 * object again, which ends this reading with EAGAIN.
 */
export function readIterator(
  linux: Linux,
  bpf: BpfSubsystem,
  {
    name,
    target,
    run,
  }: { readonly name: string; readonly target: IteratorTarget; readonly run: (context: number) => number },
): IteratorText {
  const { memory, objects } = linux;
  const meta = memory.allocate(META.size);
  const seq = memory.allocate(SEQ_FILE);
  const context = allocateArguments(memory);
  const parts: Uint8Array[] = [];
  let size = 0;
  let own = 0;
  const sequence = (bytes: Uint8Array): number => {
    if (own + bytes.length > MOST_FOR_ONE || size + bytes.length > MOST) own = Number.POSITIVE_INFINITY;
    if (own === Number.POSITIVE_INFINITY) return -ERRNO.EOVERFLOW!;
    own += bytes.length;
    size += bytes.length;
    parts.push(bytes.slice());
    return 0;
  };
  memory.view.setBigUint64(meta + META.seq, DIRECT(seq), true);
  memory.view.setBigUint64(meta + META.session, BigInt(++sessions), true);
  let number = 0;
  const show = (args: readonly Arg[]): IteratorText["errno"] => {
    linux.standOn(0);
    own = 0;
    memory.view.setBigUint64(meta + META.number, BigInt(number), true);
    writeArguments(memory, context, [DIRECT(meta), ...args], objects.written);
    const answer = run(context);
    return own === Number.POSITIVE_INFINITY ? "E2BIG" : answer === 0 ? undefined : "EAGAIN";
  };
  linux.sequence = sequence;
  let errno: IteratorText["errno"];
  let count = 0;
  try {
    linux.standOn(0);
    const at = (object: object, row: AnyRow): bigint => DIRECT(objects.written(object, row));
    for (const args of ITERATORS[name]!({ linux, bpf, target, at })) {
      number = count++;
      errno = show(args);
      if (errno !== undefined) break;
    }
    if (errno === undefined)
      errno = show(name === "bpf_map_elem" && target.map ? [at(target.map, BPF_MAP), 0, 0] : [0, 0, 0]);
  } finally {
    linux.sequence = undefined;
    linux.standOn(undefined);
    memory.free(meta, META.size);
    memory.free(seq, SEQ_FILE);
  }
  const all = new Uint8Array(size);
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return { text: new TextDecoder().decode(all), errno };
}
