/**
 * The largest programs that Linux accepts: a million followed instructions, and as many remembered states with as much in
 * them as it lets a program have. Run as a program with a name it verifies that one and tells what it took.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { verify } from "../../src/verifier/verify.ts";
import { program } from "./programs.ts";

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");
const spills = (count: number): string => lines(count, (slot) => `*(u64 *)(r10 - ${8 * (slot + 1)}) = r10`);

/** Eight instructions that lead to one checkpoint. */
const CHECKPOINT = `${lines(6, () => "r7 += 1")}\nif r6 == 1 goto +0\nif r6 == 1 goto +0`;

/** Many times the same instructions between a head and the return: the text would take more memory than the verification. */
function long(head: string, body: string, times: number): ProgramSpec {
  const whole = program(head);
  const part = program(body).insns;
  const insns = [...whole.insns];
  for (let k = 0; k < times; k++) insns.push(...part);
  insns.push(...program("r0 = 0\nexit").insns);
  return { ...whole, lines: undefined, insns };
}

const nested = lines(7, (k) => `call f${k}\nr0 = 0\nexit\nf${k}:\nr6 = 0\nr7 = 0\n${spills(7)}`);

export const LARGE_PROGRAMS: Readonly<Record<string, () => ProgramSpec>> = {
  "a million instructions in a row": () => long("r0 = 0", "r0 = 0", 999_997),
  "a loop to the limit with a full stack": () =>
    program(`r0 = 0\n${spills(60)}\n1: r0 += 1\nif r0 < 499000 goto 1b\nexit`),
  "125,000 states with a full stack": () => long(`r6 = 0\nr7 = 0\n${spills(60)}`, CHECKPOINT, 124_900),
  "125,000 states with eight frames": () => long(`r6 = 0\nr7 = 0\n${nested}`, CHECKPOINT, 124_800),
};

export interface Memory {
  readonly ok: boolean;
  readonly processed: number;
  readonly states: number;
  /** The most that the process had in memory, V8 and all code included. */
  readonly megabytes: number;
}

/** Verifies one of them in a process of its own with a heap of a gigabyte. */
export function memoryOf(name: string): Memory {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "--max-old-space-size=1024", fileURLToPath(import.meta.url), name],
    { encoding: "utf8" },
  );
  if (stdout === "") throw new Error(stderr.slice(0, 500));
  return JSON.parse(stdout) as Memory;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ok, processed, log } = verify(LARGE_PROGRAMS[process.argv[2]](), { logLevel: 4 });
  const states = Number(/total_states (\d+)/.exec(log)?.[1]);
  const megabytes = process.resourceUsage().maxRSS >> 10;
  console.log(JSON.stringify({ ok, processed, states, megabytes }));
}
