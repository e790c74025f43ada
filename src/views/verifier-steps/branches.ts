/** The branches of an exploration in words. */
import { plural } from "../../plot/format.ts";
import type { Branch, Exploration } from "../../verifier/exploration.ts";

/** Where a branch parted from another one. */
export function branchOrigin({ steps }: Exploration, { fork }: Branch): string {
  return fork < 0
    ? "from the beginning"
    : `parted from branch ${steps[fork]!.branch} at instruction ${steps[fork]!.insn}`;
}

/** How far it went, and why no further. */
export function branchEnd({ steps }: Exploration, { count, end, at, coveredBy }: Branch): string {
  const way = plural(count, "step");
  switch (end) {
    case "exit":
      return `${way} to the exit`;
    case "refused":
      return `${way}, refused at instruction ${at}`;
    case "cut":
      return `${way}, and no more were kept`;
    case "covered": {
      const older = coveredBy === undefined ? undefined : steps[coveredBy];
      return `${way} to instruction ${at}: what holds there is covered by ${older ? `an older state, of branch ${older.branch}` : "an older state"}`;
    }
  }
}

/** How deep a branch hangs in the tree of branches. */
export function branchDepth({ branches, steps }: Exploration, branch: Branch): number {
  let depth = 0;
  for (let at = branch; at.fork >= 0 && depth < 64; depth++) at = branches[steps[at.fork]!.branch]!;
  return depth;
}
