/** What registers and stack slots hold at the end of a recorded path. */
import type { PathStep } from "./record.ts";

/** Name (`R3`, `fp-8`) to value in Linux's spelling. A name that is missing was never touched on the path. */
export type PathState = ReadonlyMap<string, string>;

/** What the innermost function knows at the end of the path; the callers' registers are theirs. */
export function stateAtEnd(path: readonly PathStep[]): PathState {
  const frames: Map<string, string>[] = [new Map()];
  for (const { frame, changed } of path) {
    frames.length = Math.min(frames.length, frame + 1);
    while (frames.length <= frame) frames.push(new Map());
    for (const [name, value] of changed) frames[frame].set(name, value);
  }
  return frames.at(-1)!;
}
