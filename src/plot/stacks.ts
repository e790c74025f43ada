/** From what a profiler's map holds to lists of named frames. */
import { PlotError } from "./error.ts";
import { toCount } from "./format.ts";

/** Where a frame ran, as far as the sample tells; `mark` is for what stands in a stack but is no function. */
export type FrameKind = "frame" | "kernel" | "user" | "mark";

export interface Frame {
  readonly name: string;
  readonly kind: FrameKind;
}

/** Names of the frames of stack `id`, innermost first, as a stack map resolves them; nothing for an id it lost. */
export interface StackSource {
  get(id: number): readonly string[] | undefined;
}

/**
 * What identifies a stack: an id, or one id each for the kernel's and the user's part (negative: that part is absent, as
 * `bpf_get_stackid` says it), or the names of its frames themselves, innermost first.
 */
export type StackKey =
  | number
  | bigint
  | { readonly kernel?: number | bigint; readonly user?: number | bigint }
  | readonly string[];

/** A stack with its number of samples, outermost frame first. */
export interface CountedStack {
  readonly frames: readonly Frame[];
  readonly count: bigint;
}

/**
 * Resolves every key. A stack with no frames at all becomes one mark, so that no sample is lost from the picture.
 *
 * @throws {PlotError} `PLOT_STACK` for a key of another form, or for ids where `stacks` is missing; `PLOT_COUNT`
 */
export function resolveStacks(
  samples: Iterable<readonly [StackKey, number | bigint]>,
  stacks: StackSource | undefined,
): CountedStack[] {
  const resolved: CountedStack[] = [];
  for (const [key, value] of samples) {
    const count = toCount(value, "a stack");
    if (count === 0n) continue;
    const frames = framesOf(key, stacks);
    resolved.push({ frames: frames.length > 0 ? frames : [{ name: "[no stack]", kind: "mark" }], count });
  }
  return resolved;
}

function framesOf(key: StackKey, stacks: StackSource | undefined): Frame[] {
  if (isNames(key)) return outermostFirst(key, "frame");
  if (typeof key === "number" || typeof key === "bigint") return lookUp(key, "frame", stacks);
  if (key !== null && typeof key === "object" && ("kernel" in key || "user" in key))
    // The kernel was entered from the user's innermost frame, so its part goes on top.
    return [...lookUp(key.user ?? -1, "user", stacks), ...lookUp(key.kernel ?? -1, "kernel", stacks)];
  throw new PlotError(
    "PLOT_STACK",
    `a key of the samples is ${key === null ? "null" : typeof key}`,
    "keys are stack ids, structs { kernel, user } of ids, or arrays of frame names",
  );
}

function lookUp(rawId: number | bigint, kind: FrameKind, stacks: StackSource | undefined): Frame[] {
  // An id read as u32 shows its error code as a number above 2^31.
  const id = Number(BigInt.asIntN(32, BigInt(rawId)));
  if (id < 0) return [];
  if (!stacks)
    throw new PlotError(
      "PLOT_STACK",
      `stack id ${id} has no names`,
      "give { stacks }: the stack map that the ids are of",
    );
  const names = stacks.get(id);
  return names ? outermostFirst(names, kind) : [{ name: `[lost stack ${id}]`, kind: "mark" }];
}

function outermostFirst(names: readonly string[], kind: FrameKind): Frame[] {
  return names.map((name) => ({ name, kind })).reverse();
}

function isNames(key: StackKey): key is readonly string[] {
  return Array.isArray(key);
}
