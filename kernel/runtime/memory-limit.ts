import { totalmem } from "node:os";

/** Environment variable that sets the limit, in MiB; `bpfbook kernel install --memory` writes it into the kernelspec. */
export const MEMORY_VARIABLE = "BPFBOOK_MEMORY";

/** Least and greatest limit that is taken without being asked for, in MiB: V8 spends seconds a GiB before it gives up. */
const LEAST = 256;
const MOST = 2048;

/**
 * How much JavaScript the process of the cells may hold, in MiB: what the variable says, else half of what the machine or the
 * container (Binder gives 2 GB) has, so that the cell gets an error before the system kills the whole kernel.
 *
 * @example
 * ```ts
 * memoryLimit({ BPFBOOK_MEMORY: "512" }, 8 * 2 ** 30); // 512
 * memoryLimit({}, 2 * 2 ** 30); // 1024
 * ```
 */
export function memoryLimit(
  environment: Readonly<Record<string, string | undefined>>,
  available: number = availableMemory(),
): number {
  const asked = Number(environment[MEMORY_VARIABLE]);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return Math.max(LEAST, Math.min(MOST, Math.floor(available / 2 ** 21)));
}

/** Bytes that the control group allows, or that the machine has. */
function availableMemory(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}
