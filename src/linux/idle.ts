import { F, type KernelFunction } from "./symbols.ts";
import type { Task } from "./task.ts";

/** How an idle task came to be, on the CPU that booted and on the others. */
const BOOT: readonly KernelFunction[] = ["common_startup_64", "x86_64_start_kernel", "start_kernel", "rest_init"];
const SECONDARY: readonly KernelFunction[] = ["common_startup_64", "start_secondary"];

/** What it does all the time. */
const HALTED: readonly KernelFunction[] = [
  "cpu_startup_entry",
  "do_idle",
  "cpuidle_enter",
  "cpuidle_enter_state",
  "default_enter_idle",
  "default_idle",
  "pv_native_safe_halt",
];

/** Puts the stack of a halted CPU on its idle task. */
export function idleFrames(idle: Task, cpu: number): void {
  for (const name of [...(cpu === 0 ? BOOT : SECONDARY), ...HALTED]) idle.kernel[idle.kernelDepth++] = F[name];
}
