import type { Release } from "../btf/data/machine.ts";
import type { ObjectNames, RuntimeMap } from "../maps/runtime.ts";
import type { LinearMemory } from "../memory/memory.ts";
import type { Callbacks } from "./callbacks.ts";
import type { PacketHost } from "./packet-host.ts";
import type { ProcessHost } from "./process-host.ts";
import type { SocketHost } from "./socket-host.ts";

/** The task on whose behalf a program runs. */
export interface CurrentTask {
  readonly pid: number;
  readonly tgid: number;
  readonly uid: number;
  readonly gid: number;
  /** At most 15 bytes, as `task_struct.comm`. */
  readonly comm: string;
}

/** The machine as helpers see it. Whoever runs programs (the simulated Linux, a bare test) is one. */
export interface Host {
  readonly memory: LinearMemory;
  /** All maps by `RuntimeMap.index`. */
  readonly maps: readonly (RuntimeMap | undefined)[];
  /** Subprograms that helpers can call. */
  readonly callbacks: Callbacks;
  /** Virtual nanoseconds since boot; an integer below 2^53. */
  ktimeNs(): number;
  /** The CPU that runs now. */
  cpu(): number;
  task(): CurrentTask;
  /** The address of a function or variable of Linux; without it, or where it is undefined, there is none. */
  symbolAddress?(name: string): bigint | undefined;
  /** Offset of the current task's `struct task_struct`; without it there is none, and its address is 0. */
  taskStruct?(): number;
  /** A program is about to read memory of Linux: what lies there must be as it is now. */
  refreshKernel?(offset: number, size: number): void;
  /** The address of the function that is probed now, in halves. */
  probedFunction?(): readonly [low: number, high: number] | undefined;
  /** What the running program was attached with. */
  attachCookie?(): bigint;
  /** Which end of a function a session's program runs at, and where its eight bytes lie; without a session `undefined`. */
  session?(): { readonly isReturn: boolean; readonly cookieAt: number } | undefined;
  /** The Linux whose structs programs see; left out: none. */
  readonly release?: Release;
  /** The probed function shall return this at once. */
  overrideReturn?(result: bigint): void;
  /** 32 random bits, from the machine's seed. */
  random(): number;
  /**
   * Where `size` readable bytes at an address of the current task lie in linear memory, or a negative errno (EFAULT: not
   * mapped, or not there yet). Without it no task has memory.
   */
  userOffset?(low: number, high: number, size: number): number;
  /** Runs something on this CPU, as an interrupt, so many nanoseconds from now. Without it there are no timers. */
  later?(ns: number, run: () => void): void;
  /** Processes, cgroups, signals; without it there are none but the current task. */
  readonly processes?: ProcessHost;
  /** The network, for programs that send packets on; without it there is none. */
  readonly packets?: PacketHost;
  /** Sockets, and what programs at cgroups are told; without it there are none. */
  readonly sockets?: SocketHost;
  /** The objects of Linux that values of storage maps belong to; without it there are none. */
  readonly storage?: ObjectNames;
  /** Takes what the program of an iterator prints: 0, or -EOVERFLOW. Without it no iterator is being read. */
  readonly sequence?: ((bytes: Uint8Array) => number) | undefined;
  /** One line into the trace pipe. */
  trace(line: string): void;
  /** Return addresses, innermost first, as [low, high] pairs flattened; of Linux or of the current program's user side. */
  stack(kind: "kernel" | "user"): readonly number[];
}
