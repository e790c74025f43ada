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

/** A stack with its number of samples, outermost frame first; equal frames of one plot are one object. */
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
  // Samples that were recorded one by one name the same key again and again.
  const counts = new Map<StackKey, bigint>();
  for (const [key, value] of samples) counts.set(key, (counts.get(key) ?? 0n) + toCount(value, "a stack"));
  const frameOf = interner();
  const resolved: CountedStack[] = [];
  for (const [key, count] of counts) {
    if (count === 0n) continue;
    const frames = framesOf(key, stacks, frameOf);
    resolved.push({ frames: frames.length > 0 ? frames : [frameOf("[no stack]", "mark")], count });
  }
  return resolved;
}

type FrameOf = (name: string, kind: FrameKind) => Frame;

/** One object for each frame, so that equal frames are compared by identity. */
function interner(): FrameOf {
  const known = { frame: new Map(), kernel: new Map(), user: new Map(), mark: new Map() } satisfies Record<
    FrameKind,
    Map<string, Frame>
  >;
  return (name, kind) => {
    const names: Map<string, Frame> = known[kind];
    let frame = names.get(name);
    if (!frame) names.set(name, (frame = { name, kind }));
    return frame;
  };
}

function framesOf(key: StackKey, stacks: StackSource | undefined, frameOf: FrameOf): Frame[] {
  const outermostFirst = (names: readonly string[], kind: FrameKind) =>
    names.map((name) => frameOf(name, kind)).reverse();
  const lookUp = (rawId: number | bigint, kind: FrameKind): Frame[] => {
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
    return names ? outermostFirst(names, kind) : [frameOf(`[lost stack ${id}]`, "mark")];
  };
  if (isNames(key)) return outermostFirst(key, "frame");
  if (typeof key === "number" || typeof key === "bigint") return lookUp(key, "frame");
  if (key !== null && typeof key === "object" && ("kernel" in key || "user" in key))
    // The kernel was entered from the user's innermost frame, so its part goes on top.
    return [...lookUp(key.user ?? -1, "user"), ...lookUp(key.kernel ?? -1, "kernel")];
  throw new PlotError(
    "PLOT_STACK",
    `a key of the samples is ${key === null ? "null" : typeof key}`,
    "keys are stack ids, structs { kernel, user } of ids, or arrays of frame names",
  );
}

function isNames(key: StackKey): key is readonly string[] {
  return Array.isArray(key);
}
