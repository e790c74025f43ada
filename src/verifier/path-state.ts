/** What registers and stack slots hold at a refusal. */
import { ExplorationCursor } from "./exploration.ts";
import type { Verdict } from "./verdict.ts";

/** Name (`R3`, `fp-8`) to value in Linux's spelling. A name that is missing was never touched on the path. */
export type PathState = ReadonlyMap<string, string>;

/**
 * What the innermost function knows where the program was refused: from the exploration, if there is one. The path alone
 * tells only what its instructions touched, and a comparison with the packet's end changes other registers too.
 */
export function stateAtEnd({ exploration, path = [] }: Verdict): PathState {
  const refused = exploration?.branches.find(({ end }) => end === "refused");
  if (exploration && refused && refused.count > 0) {
    const cursor = new ExplorationCursor(exploration).goTo(refused.first + refused.count - 1);
    return new Map(Object.entries(cursor.frames().at(-1) ?? {}));
  }
  const frames: Map<string, string>[] = [new Map()];
  for (const { frame, changed } of path) {
    frames.length = Math.min(frames.length, frame + 1);
    while (frames.length <= frame) frames.push(new Map());
    for (const [name, value] of changed) frames[frame].set(name, value);
  }
  return frames.at(-1)!;
}
