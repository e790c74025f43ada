import { watch } from "../../memory/changes.ts";
import { DIRECT_MAP, FIRST_OFFSET } from "../../memory/memory.ts";
import type { Environment } from "../environment.ts";
import type { Execution } from "../interpreter/execution.ts";
import { STACK_SIZE } from "../types.ts";
import type { Changes, MemoryChange } from "./debug-state.ts";
import { memoryAccess } from "./memory-access.ts";
import type { StackBytes } from "./stack-bytes.ts";

/** Runs of changed bytes that are told of one helper call. */
const MOST_CHANGES = 64;

const offsetOf = (address: bigint): number => Number(BigInt.asUintN(32, address - DIRECT_MAP));

/** Whether the step led into a program that was tail-called or a function that a helper calls, which is next in `run`. */
function enters(run: Execution): () => boolean {
  const { depth, program, pc, isTailCall } = run;
  if (isTailCall) return () => run.program !== program || run.pc !== pc + 1;
  return () => run.depth > depth;
}

/**
 * Executes one instruction and keeps book of the stack's bytes. What a helper wrote is seen by what changed, and by what
 * its prototype says that it fills. Throws as `Execution.advance` does.
 */
export function stepWithStack(environment: Environment, run: Execution, stack: StackBytes): void {
  const operation = run.next;
  const entered = enters(run);
  switch (operation.kind) {
    case "store":
    case "atomic": {
      const access = memoryAccess(run)!;
      run.advance(1);
      const at = offsetOf(access.address);
      if (isStack(run, at)) stack.write(at, access.bytes);
      break;
    }
    case "call":
      run.advance(1);
      break;
    case "helper":
    case "kfunc":
    case "indirect": {
      const { memory } = environment;
      const [low, top] = stackOf(run);
      const before = memory.u8.slice(low, top);
      const filled = operation.kind === "helper" ? filledBy(environment, run, operation.id) : [];
      run.advance(1);
      const after = memory.u8;
      for (let i = 0; i < before.length; i++) if (after[low + i] !== before[i]) stack.write(low + i, 1);
      for (const { at, bytes } of filled) if (isStack(run, at)) stack.write(at, Math.min(bytes, top - at));
      break;
    }
    default:
      run.advance(1);
  }
  if (entered()) stack.enter(offsetOf(run.register(10)), STACK_SIZE);
}

/** Executes one instruction; what it changed. */
export function stepWithChanges(environment: Environment, run: Execution, stack: StackBytes): Changes {
  const { memory } = environment;
  const registers = run.state().registers;
  const registersNow = () => {
    const after = run.state().registers;
    return after.flatMap((value, number) => (value === registers[number] ? [] : [number]));
  };
  const access = memoryAccess(run);
  const { kind } = run.next;
  const calls = (kind === "helper" || kind === "kfunc" || kind === "indirect") && !run.isTailCall && !run.isQuietCall;
  if (calls) {
    const changed = watch(memory, run.writes ?? [[0, memory.allocatorState().top]]);
    stepWithStack(environment, run, stack);
    const changes = changed().slice(0, MOST_CHANGES);
    return {
      registers: registersNow(),
      memory: changes.flatMap(({ word, before: words }): MemoryChange[] => {
        const old = new Uint8Array(words.buffer);
        const at = 4 * word;
        // Below the first page helpers leave the upper half of their result.
        if (at < FIRST_OFFSET) return [];
        return [{ address: memory.address(at), before: old, after: memory.u8.slice(at, at + old.length) }];
      }),
    };
  }
  if (access === undefined || access.kind === "read") {
    stepWithStack(environment, run, stack);
    return { registers: registersNow(), memory: [] };
  }
  const at = offsetOf(access.address);
  const before = memory.u8.slice(at, at + access.bytes);
  stepWithStack(environment, run, stack);
  const after = memory.u8.slice(at, at + access.bytes);
  return { registers: registersNow(), memory: [{ address: access.address, before, after }] };
}

/** From the lowest byte of the running function's stack to the end of the main function's. */
function stackOf(run: Execution): readonly [number, number] {
  const pointer = run.register(10);
  const main = run.callers()[0]?.registers.at(-1) ?? pointer;
  return [offsetOf(pointer) - STACK_SIZE, offsetOf(main)];
}

function isStack(run: Execution, at: number): boolean {
  const [low, top] = stackOf(run);
  return at >= low && at < top;
}

/** Where a helper's prototype says that it fills memory, and how much. */
function filledBy(environment: Environment, run: Execution, id: number): { at: number; bytes: number }[] {
  const args = environment.helperRow(id)?.args ?? [];
  return args.flatMap((type, i) => {
    const sized = args[i + 1] === "const_size" || args[i + 1] === "const_size_or_zero";
    if (type !== "ptr_to_uninit_mem" || !sized) return [];
    return [{ at: offsetOf(run.register(i + 1)), bytes: Number(BigInt.asUintN(32, run.register(i + 2))) }];
  });
}
