import type { LinearMemory } from "../../memory/memory.ts";
import type { Arg, Task } from "../task.ts";
import type { Halves } from "./hook.ts";
import { writeLong } from "./words.ts";

/** Bytes of x86-64's `struct pt_regs`. */
export const PT_REGS_SIZE = 168;

/** Offsets of registers in it. */
export const REGISTER = {
  bp: 32,
  r9: 64,
  r8: 72,
  ax: 80,
  cx: 88,
  dx: 96,
  si: 104,
  di: 112,
  orig_ax: 120,
  ip: 128,
  cs: 136,
  flags: 144,
  sp: 152,
  ss: 160,
} as const;

/** Where the first six arguments of a function are. */
const ARGUMENTS = [REGISTER.di, REGISTER.si, REGISTER.dx, REGISTER.cx, REGISTER.r8, REGISTER.r9];

/** Interrupts are on. */
const FLAGS = 0x246;
const KERNEL = { cs: 0x10, ss: 0x18 };
const USER = { cs: 0x33, ss: 0x2b };

/** What registers hold at a probe. */
export interface Registers {
  readonly ip: Halves;
  readonly sp: number | bigint;
  readonly user: boolean;
  readonly args?: readonly Arg[];
  /** What a function gives back. */
  readonly result?: Arg;
}

/** Writes `struct pt_regs`; registers of which nothing is known are 0. */
export function writeRegisters(
  memory: LinearMemory,
  at: number,
  { ip, sp, user, args = [], result }: Registers,
  offsetOf: (object: object) => number,
): void {
  memory.u8.fill(0, at, at + PT_REGS_SIZE);
  for (let i = 0; i < args.length && i < ARGUMENTS.length; i++)
    writeLong(memory, at + ARGUMENTS[i]!, args[i], offsetOf);
  writeLong(memory, at + REGISTER.ax, result, offsetOf);
  writeLong(memory, at + REGISTER.sp, sp, offsetOf);
  memory.i32[(at + REGISTER.ip) >> 2] = ip[0];
  memory.i32[(at + REGISTER.ip + 4) >> 2] = ip[1];
  memory.i32[(at + REGISTER.orig_ax) >> 2] = -1;
  memory.i32[(at + REGISTER.orig_ax + 4) >> 2] = -1;
  memory.i32[(at + REGISTER.cs) >> 2] = user ? USER.cs : KERNEL.cs;
  memory.i32[(at + REGISTER.flags) >> 2] = FLAGS;
  memory.i32[(at + REGISTER.ss) >> 2] = user ? USER.ss : KERNEL.ss;
}

const KERNEL_STACKS = 0xffff_c900_0000_0000n;
const KERNEL_STACK = 0x8000n;
const USER_STACK = 0x7fff_ffff_e000n;
const FRAME_BYTES = 96;

/** Where a task's stack stands: each task has one of its own, nothing of it can be read. */
export function stackPointer(task: Task, user: boolean): bigint {
  if (user) return USER_STACK - BigInt(FRAME_BYTES * task.userDepth);
  return KERNEL_STACKS + KERNEL_STACK * BigInt(task.pid + 1) - BigInt(FRAME_BYTES * task.kernelDepth);
}
