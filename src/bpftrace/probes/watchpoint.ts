import type { Provider } from "./providers.ts";
import type { Resolution } from "./resolve.ts";
import type { ProbeSource } from "./source.ts";

const LENGTHS: ReadonlySet<string> = new Set(["1", "2", "4", "8"]);

/** Accesses that a processor can watch for together: writing, reading or writing, executing. */
const MODES: ReadonlySet<string> = new Set(["r", "w", "rw", "wr", "x"]);

/** Why a place in memory cannot be watched: programs of the machine have no instructions that load and store. */
const NO_LOADS =
  "no instruction of this machine loads or stores there; addresses of Linux's functions can be watched with mode x";

/** `watchpoint:ADDRESS:LENGTH:MODE`. What is executed can be watched: the first instruction of a function of Linux. */
export function watchpoint(provider: Provider, parts: readonly string[], source: ProbeSource): Resolution {
  const [written = "", length = "", mode = ""] = parts;
  if (!/^(?:0x[0-9a-fA-F]{1,16}|\d{1,20})$/.test(written))
    return { error: `Invalid address of watchpoint: ${written}` };
  const address = BigInt(written);
  if (address === 0n) return { error: "watchpoint must be attached to a non-zero address" };
  if (!LENGTHS.has(length)) return { error: "watchpoint length must be one of (1,2,4,8)" };
  if (!/^[rwx]+$/.test(mode)) return { error: "watchpoint mode must be combination of (r,w,x)" };
  if (new Set(mode).size < mode.length) return { error: "watchpoint modes may not be duplicated" };
  if (!MODES.has(mode)) return { error: `invalid watchpoint mode: ${mode}` };
  const name = `watchpoint:${parts.join(":")}`;
  const target = mode === "x" ? source.functionAt(address) : undefined;
  const point = { provider, name, hook: `kprobe:${target}`, target: target ?? written };
  if (target !== undefined) return { points: [point] };
  return { error: `${name} cannot be attached: ${NO_LOADS}`, missing: true, point };
}
