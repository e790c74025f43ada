/**
 * Loops of the control-flow graph: instructions that can reach each other (strongly connected components, by Tarjan's
 * algorithm), numbered in the order in which they are complete. The log shows them. While a loop is being followed, a state
 * that joins an unfinished one knows only part of what that will need: such joins are kept with the pass through the loop,
 * and precision is carried over them when the pass is finished.
 */
import type { Environment } from "./environment.ts";
import { frameIndex, type State } from "./state.ts";

/** A path that joined a checkpoint of a loop before that was finished. */
export interface BackEdge {
  /** The path's state where it joined. */
  readonly state: State;
  readonly joined: State;
}

/** One pass through a loop, reached by one chain of calls. */
export interface LoopVisit {
  /** As the log names it: call sites and the loop's number. */
  readonly name: string;
  /** The checkpoint that entered the loop; undefined when all its paths are finished. */
  entry: State | undefined;
  backEdges: BackEdge[];
}

/** Numbers the loops in `env.loops`: of each instruction, from 1; 0 where there is none. */
export function findLoops(env: Environment): void {
  const { edges } = env;
  const count = env.insns.length;
  const loops = new Int32Array(count);
  env.loops = loops;
  env.hasLoops = env.goesBack;
  if (!env.hasLoops) return;

  const order = new Int32Array(count);
  const lowest = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const members = new Int32Array(count);
  let height = 0;
  /** The way down: instructions, and which of their edges comes next. */
  const path = new Int32Array(count);
  const edge = new Uint8Array(count);
  let found = 0;
  let loop = 0;

  const finish = (root: number): void => {
    const isLoop = members[height - 1] !== root || edges[2 * root] === root || edges[2 * root + 1] === root;
    if (isLoop) loop++;
    for (let member = -1; member !== root; ) {
      member = members[--height];
      onStack[member] = 0;
      if (isLoop) loops[member] = loop;
    }
  };

  for (let start = 0; start < count; start++) {
    // The second slot of a 64-bit constant is no instruction.
    if (order[start] !== 0 || env.insns[start].code === 0) continue;
    let depth = 0;
    let index = start;
    for (;;) {
      if (order[index] === 0) {
        order[index] = lowest[index] = ++found;
        onStack[index] = 1;
        members[height++] = index;
      }
      if (edge[index] < 2) {
        const target = edges[2 * index + edge[index]++];
        if (target < 0) continue;
        if (order[target] === 0) {
          path[depth++] = index;
          index = target;
        } else if (onStack[target]) lowest[index] = Math.min(lowest[index], order[target]);
        continue;
      }
      if (lowest[index] === order[index]) finish(index);
      if (depth === 0) break;
      const below = path[--depth];
      lowest[below] = Math.min(lowest[below], lowest[index]);
      index = below;
    }
  }
}

/** The loop that a state is in, with the calls that lead to it, as the log names it; undefined outside of loops. */
export function loopOf(env: Environment, state: State): string | undefined {
  if (!env.hasLoops) return undefined;
  let calls = "";
  for (let frame = 0; frame < state.frames.length; frame++) {
    const index = frameIndex(state, frame);
    const loop = env.loops[index];
    if (loop !== 0) return `(${calls}${loop})`;
    calls += `${index},`;
  }
  return undefined;
}
