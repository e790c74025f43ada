import { workloadNamed, workloads } from "../../linux/workloads/index.ts";
import { Machine } from "../../machine.ts";
import { oneOf, releaseFlag, wholeNumber } from "../flags.ts";
import type { Given } from "./options.ts";

/** Words of the command line that say which machine it is. */
export type MachineWords = Pick<Given["values"], "workload" | "command" | "replay" | "seed" | "cpus" | "release">;

/** Makes the machine, `busy` with its workload: everything at once unless another is named. Throws `UsageError`. */
export function makeMachine(words: MachineWords, busy = true): Machine {
  const release = releaseFlag(words.release) ?? "6.18";
  const cpus = wholeNumber("cpus", words.cpus, 1, 64) ?? 2;
  const seed = wholeNumber("seed", words.seed, 0, Number.MAX_SAFE_INTEGER) ?? 1;
  const name = oneOf("workload", words.workload, ["none", ...Object.keys(workloads)]);
  const machine = new Machine({ cpus, seed, release });
  const alone = words.command !== undefined || words.replay !== undefined;
  if (busy && name !== "none" && (name !== undefined || !alone)) machine.spawn(workloadNamed(name ?? "mixed"));
  return machine;
}

/** Starts the workload of `-c`; gives the pid of its first process. Throws `UsageError`. */
export function startCommand(machine: Machine, command: string | undefined): number | undefined {
  const name = oneOf("c", command, Object.keys(workloads));
  return name === undefined ? undefined : machine.spawn(workloadNamed(name)).pid;
}
