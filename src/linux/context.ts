import type { LinearMemory } from "../memory/memory.ts";
import type { Sample } from "./profile.ts";
import type { Task } from "./task.ts";

/** `struct bpf_perf_event_data`: the registers (168 bytes), sample_period, addr. */
export const PERF_EVENT_CONTEXT = 184;

/** Offsets in x86-64's `struct pt_regs`. */
const RIP = 128;
const CS = 136;
const FLAGS = 144;

/** The four common fields: type u16, flags u8, preempt_count u8, pid s32. */
function writeCommon(memory: LinearMemory, at: number, id: number, task: Task): void {
  const word = at >> 2;
  memory.i32[word] = id;
  memory.i32[word + 1] = task.pid;
}

/** A number as u64; beyond 2^53 it cannot be exact, and no register of the simulation is. */
function writeU64(memory: LinearMemory, at: number, value: number): void {
  memory.i32[at >> 2] = value;
  memory.i32[(at >> 2) + 1] = value >> 31 === 0 && value < 2 ** 31 ? 0 : Math.floor(value / 2 ** 32);
}

/** The record of `syscalls:sys_enter_*`. */
export function writeSysEnter(
  memory: LinearMemory,
  at: number,
  id: number,
  task: Task,
  nr: number,
  args: readonly number[],
): void {
  writeCommon(memory, at, id, task);
  memory.i32[(at + 8) >> 2] = nr;
  for (let i = 0; i < args.length; i++) writeU64(memory, at + 16 + 8 * i, args[i]!);
}

/** The record of `syscalls:sys_exit_*`. */
export function writeSysExit(memory: LinearMemory, at: number, id: number, task: Task, nr: number, ret: number): void {
  writeCommon(memory, at, id, task);
  memory.i32[(at + 8) >> 2] = nr;
  writeU64(memory, at + 16, ret);
}

/** The context of a `perf_event` program: where the CPU was, in Linux or in the program. */
export function writePerfEvent(memory: LinearMemory, at: number, sample: Sample, ip: readonly [number, number]): void {
  memory.u8.fill(0, at, at + PERF_EVENT_CONTEXT);
  const inKernel = sample.frames.kernelDepth > 0;
  memory.u32[(at + RIP) >> 2] = ip[0];
  memory.u32[(at + RIP + 4) >> 2] = ip[1];
  memory.i32[(at + CS) >> 2] = inKernel ? 0x10 : 0x33;
  memory.i32[(at + FLAGS) >> 2] = 0x246;
  writeU64(memory, at + 168, sample.period);
}
