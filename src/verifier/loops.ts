/**
 * Loops of the control-flow graph: instructions that can reach each other (strongly connected components, by Tarjan's
 * algorithm), numbered in the order in which they are complete. The log shows them.
 */
import { successors } from "./control-flow.ts";
import type { Environment } from "./environment.ts";
import { frameIndex, type State } from "./state.ts";
import { slotsOf } from "./structure.ts";

/** The loop of each instruction, from 1; 0 where there is none. */
export function findLoops(env: Environment): Int32Array {
  const count = env.insns.length;
  const loops = new Int32Array(count);
  const order = new Int32Array(count);
  const lowest = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const stack: number[] = [];
  let found = 0;
  let loop = 0;

  const finish = (root: number, next: readonly number[]): void => {
    const isLoop = stack[stack.length - 1] !== root || next.includes(root);
    if (isLoop) loop++;
    for (let member = -1; member !== root; ) {
      member = stack.pop()!;
      onStack[member] = 0;
      if (isLoop) loops[member] = loop;
    }
  };

  for (let start = 0; start < count; start += slotsOf(env.insns[start])) {
    if (order[start] !== 0) continue;
    const path: { index: number; next: readonly number[]; at: number }[] = [];
    const enter = (index: number): void => {
      order[index] = lowest[index] = ++found;
      onStack[index] = 1;
      stack.push(index);
      path.push({ index, next: successors(env, index), at: 0 });
    };
    enter(start);
    while (path.length > 0) {
      const top = path[path.length - 1];
      const { index, next } = top;
      if (top.at < next.length) {
        const target = next[top.at++];
        if (order[target] === 0) enter(target);
        else if (onStack[target]) lowest[index] = Math.min(lowest[index], order[target]);
        continue;
      }
      if (lowest[index] === order[index]) finish(index, next);
      path.pop();
      const below = path[path.length - 1];
      if (below) lowest[below.index] = Math.min(lowest[below.index], lowest[index]);
    }
  }
  return loops;
}

/** The loop that a state is in, with the calls that lead to it, as the log names it; undefined outside of loops. */
export function loopOf(env: Environment, state: State): string | undefined {
  const calls: number[] = [];
  for (let frame = 0; frame < state.frames.length; frame++) {
    const index = frameIndex(state, frame);
    const loop = env.loops[index];
    if (loop !== 0) return `(${[...calls, loop].join(",")})`;
    calls.push(index);
  }
  return undefined;
}
