import { type Branch, exit, jump, type Part } from "../../asm/builder.ts";

const JUMP = jump("").insn.code;
const EXIT = exit().code;

/** The second half of a 64-bit constant, which is no instruction of its own. */
const isHalf = (part: Part | undefined): boolean => part !== undefined && "code" in part && part.code === 0;

/** Parts that some path from the first one reaches: Linux refuses programs that have others. */
export function reachable(parts: readonly Part[]): Part[] {
  const places = new Map<string, number>();
  for (const [at, part] of parts.entries()) if ("label" in part) places.set(part.label, at);
  const seen = new Uint8Array(parts.length);
  const waiting = [0];
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    for (let at = from; at < parts.length && seen[at] === 0; at++) {
      seen[at] = 1;
      const part = parts[at]!;
      if ("label" in part) continue;
      if ("to" in part) {
        const target = places.get((part as Branch).to);
        if (target !== undefined) waiting.push(target);
        if (part.insn.code === JUMP) break;
      } else if (part.code === EXIT) break;
    }
  }
  const kept = parts.filter((part, at) => seen[at] === 1 || (isHalf(part) && seen[at - 1] === 1));
  return kept.filter((part, at) => !isJumpToNext(kept, part, at));
}

/** A jump to where the program goes on anyway. */
function isJumpToNext(parts: readonly Part[], part: Part, at: number): boolean {
  if (!("to" in part) || part.insn.code !== JUMP) return false;
  for (let next = at + 1; next < parts.length; next++) {
    const behind = parts[next]!;
    if (!("label" in behind)) return false;
    if (behind.label === part.to) return true;
  }
  return false;
}
