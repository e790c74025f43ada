/** Programs of cgroups at options of sockets: what a process sets or gets may be changed, answered or refused. */
import { DIRECT_MAP_HIGH, type LinearMemory } from "../../memory/memory.ts";
import { GETSOCKOPT_CONTEXT } from "../../programs/socket-contexts.ts";
import { ERRNO } from "../errno.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { programsFor } from "./cgroup-hooks.ts";
import type { Sock } from "./sock.ts";

/** An option as the process names it. */
export interface AskedOption {
  level: number;
  name: number;
  value: Uint8Array;
}

/** What Linux has answered: `length` bytes of `value` count; `result` 0 or -errno. */
export interface AnsweredOption extends AskedOption {
  length: number;
  readonly result: number;
}

const OFFSET = new Map(GETSOCKOPT_CONTEXT.fields.map(({ name, offset }) => [name, offset]));
const CONTEXT = GETSOCKOPT_CONTEXT.size;
/** The least room that programs have for a value (`struct bpf_sockopt_buf`). */
const LEAST_ROOM = 64;

/** The option in memory, as `struct bpf_sockopt`. */
class OptionInMemory {
  readonly #memory: LinearMemory;
  readonly at: number;
  readonly #buffer: number;
  readonly room: number;

  constructor(memory: LinearMemory, socket: number, { level, name, value }: AskedOption, length: number) {
    this.#memory = memory;
    this.room = Math.max(value.length, LEAST_ROOM);
    this.at = memory.allocate(CONTEXT);
    this.#buffer = memory.allocate(this.room);
    memory.u8.fill(0, this.at, this.at + CONTEXT);
    memory.u8.fill(0, this.#buffer, this.#buffer + this.room);
    memory.u8.set(value, this.#buffer);
    this.#point("sk", socket);
    this.#point("optval", this.#buffer);
    this.#point("optval_end", this.#buffer + this.room);
    this.set("level", level);
    this.set("optname", name);
    this.set("optlen", length);
  }

  #point(field: string, to: number): void {
    this.set(field, to);
    this.#memory.view.setInt32(this.at + OFFSET.get(field)! + 4, DIRECT_MAP_HIGH, true);
  }

  set(field: string, value: number): void {
    this.#memory.view.setInt32(this.at + OFFSET.get(field)!, value, true);
  }

  get(field: string): number {
    return this.#memory.view.getInt32(this.at + OFFSET.get(field)!, true);
  }

  /** Offset of a field. */
  place(field: string): number {
    return this.at + OFFSET.get(field)!;
  }

  bytes(length: number): Uint8Array {
    return this.#memory.u8.slice(this.#buffer, this.#buffer + length);
  }

  free(): void {
    this.#memory.free(this.#buffer, this.room);
    this.#memory.free(this.at, CONTEXT);
  }
}

/**
 * `__cgroup_bpf_run_filter_setsockopt`: a program may refuse (EPERM), change what is set, or do all of it itself (it sets `optlen` to
 * -1): then the call returns 0 and Linux sets nothing.
 */
export function cgroupSetOption(t: Task, sk: Sock, asked: AskedOption): number | "go on" {
  const entries = programsFor(t, sk, "cgroup_setsockopt");
  if (entries.length === 0) return "go on";
  const { memory, network } = t.linux;
  t.enter(F.__cgroup_bpf_run_filter_setsockopt, 80, sk, undefined, undefined, undefined);
  const option = new OptionInMemory(memory, network.sockets.view(sk), asked, asked.value.length);
  try {
    const { error } = network.sockets.decide(t, "cgroup_setsockopt", entries, option.at, { sk });
    const length = option.get("optlen");
    if (error !== 0) return t.leave(error);
    if (length === -1) return t.leave(0);
    if (length < -1 || length > option.room) return t.leave(-ERRNO.EFAULT!);
    asked.level = option.get("level");
    asked.name = option.get("optname");
    // 0 says that the value stays what the process has passed.
    if (length !== 0) asked.value = option.bytes(length);
    t.leave(0);
    return "go on";
  } finally {
    option.free();
  }
}

/** `__cgroup_bpf_run_filter_getsockopt`: programs see Linux's answer, and may change value, length and result; 0 or -errno. */
export function cgroupGetOption(t: Task, sk: Sock, answer: AnsweredOption): number {
  const entries = programsFor(t, sk, "cgroup_getsockopt");
  if (entries.length === 0) return answer.result;
  const { memory, network } = t.linux;
  t.enter(F.__cgroup_bpf_run_filter_getsockopt, 80, sk, answer.level, answer.name);
  const option = new OptionInMemory(memory, network.sockets.view(sk), answer, answer.length);
  try {
    const { error } = network.sockets.decide(
      t,
      "cgroup_getsockopt",
      entries,
      option.at,
      { sk },
      { retval: answer.result, retvalAt: option.place("retval") },
    );
    const length = option.get("optlen");
    if (error < 0) return t.leave(error);
    if (length > answer.value.length || length < 0) return t.leave(-ERRNO.EFAULT!);
    if (length !== 0) {
      answer.value = option.bytes(length);
      answer.length = length;
    }
    return t.leave(error);
  } finally {
    option.free();
  }
}
