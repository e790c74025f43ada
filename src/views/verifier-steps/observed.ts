/** What registers held in runs, to be laid over what the verifier knew. */
import type { RunTrace } from "../../vm/debug/trace.ts";
import type { ExplorerData } from "./explorer.client.ts";

/** A run as this needs it. */
export interface ObservedRun {
  readonly run: RunTrace;
}

/** Different values of one register before one instruction; of more the first ones. */
const MOST_VALUES = 8;

/** By instruction, the values of each register before it, in the program that the run began with. */
export function observedValues(runs: readonly ObservedRun[]): ExplorerData["values"] {
  const seen = new Map<number, Map<string, Set<string>>>();
  for (const { run } of runs) {
    const registers = [...run.begin.registers];
    for (const step of run.steps) {
      if (step.program === 0) {
        const here = seen.get(step.slot) ?? new Map<string, Set<string>>();
        seen.set(step.slot, here);
        for (const [number, value] of registers.entries()) {
          const values = here.get(`R${number}`) ?? new Set<string>();
          if (values.size < MOST_VALUES) here.set(`R${number}`, values.add(`0x${value.toString(16)}`));
        }
      }
      for (const [number, value] of step.registers) registers[number] = value;
    }
  }
  return Object.fromEntries(
    [...seen].map(([slot, names]) => [slot, [...names].map(([name, values]) => [name, [...values]] as const)]),
  );
}
