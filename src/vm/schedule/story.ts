import { DIRECT_MAP } from "../../memory/memory.ts";
import { memoryAccess } from "../debug/memory-access.ts";
import type { Interleaving } from "./interleaving.ts";
import type { Schedule } from "./schedule.ts";

/** One instruction of a schedule that could matter to another CPU, with what went before it. */
export interface StoryLine {
  readonly cpu: number;
  /** Slot of the program as it was written. */
  readonly slot: number;
  /** As the verifier's log writes it. */
  readonly text: string;
  /** What it did: reads and writes with the value that memory then holds (unsigned), calls with what they returned. */
  readonly did: "read" | "wrote" | "updated" | "returned";
  readonly value: bigint;
  /** Instructions that this CPU executed since its line before, which concern nobody else. */
  readonly own: number;
}

/**
 * What a schedule does, told by the instructions that touch what CPUs share. The interleaving is afterwards where it was.
 *
 * @example story(both, outcome.schedule).map(({ cpu, text, value }) => `CPU ${cpu}: ${text} (${value})`);
 */
export function story(both: Interleaving, schedule: Schedule): StoryLine[] {
  const start = both.executed;
  const lines: StoryLine[] = [];
  const own = new Map<number, number>();
  for (const { cpu, steps } of schedule) {
    for (let i = 0; i < steps; i++) {
      const line = both.isShared(cpu) ? tell(both, cpu, own.get(cpu) ?? 0) : undefined;
      if (line === undefined && !both.step(cpu)) break;
      own.set(cpu, line === undefined ? (own.get(cpu) ?? 0) + 1 : 0);
      if (line !== undefined) lines.push(line);
    }
  }
  both.backTo(start);
  return lines;
}

/** Executes one shared instruction. */
function tell(both: Interleaving, cpu: number, own: number): StoryLine {
  const run = both.run(cpu);
  const access = memoryAccess(run);
  const place = { cpu, slot: run.origin(run.pc), text: both.textOf(cpu), own };
  both.step(cpu);
  if (access === undefined) return { ...place, did: "returned", value: run.register(0) };
  const { view } = both.environment.memory;
  const at = Number(access.address - DIRECT_MAP);
  const value = [...Array(access.bytes).keys()].reduce(
    (sum, i) => sum | (BigInt(view.getUint8(at + i)) << BigInt(8 * i)),
    0n,
  );
  return { ...place, did: DID[access.kind], value };
}

const DID = { read: "read", write: "wrote", update: "updated" } as const;
